"""A fingerprint is a number that depends on all bytes of a text and is the same everywhere.

Offers `fingerprint64` (FarmHash, https://github.com/google/farmhash), `hash64` (after MurmurHash2,
https://github.com/aappleby/smhasher) and `siphash` (keyed, https://131002.net/siphash).
"""

import struct

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _u64(data, at):
    return int.from_bytes(data[at : at + 8], "little")


def _u32(data, at):
    return int.from_bytes(data[at : at + 4], "little")


def _rotate(x, by):
    return (x >> by | x << (64 - by)) & _MASK if by else x


def _shift_mix(x):
    return x ^ x >> 47


def _mix16(u, v, multiplier):
    a = (u ^ v) * multiplier & _MASK
    b = (v ^ _shift_mix(a)) * multiplier & _MASK
    return _shift_mix(b) * multiplier & _MASK


def _weak32(data, at, a, b):
    w, x, y, z = (_u64(data, at + 8 * i) for i in range(4))
    a = (a + w) & _MASK
    b = _rotate((b + a + z) & _MASK, 21)
    c = a
    a = (a + x + y) & _MASK
    return (a + z) & _MASK, (b + _rotate(a, 44) + c) & _MASK


def _short(data):
    n = len(data)
    multiplier = (_K2 + 2 * n) & _MASK
    if n >= 8:
        a, b = (_u64(data, 0) + _K2) & _MASK, _u64(data, n - 8)
        c = (_rotate(b, 37) * multiplier + a) & _MASK
        d = (_rotate(a, 25) + b) * multiplier & _MASK
        return _mix16(c, d, multiplier)
    if n >= 4:
        return _mix16((n + (_u32(data, 0) << 3)) & _MASK, _u32(data, n - 4), multiplier)
    if n:
        y, z = data[0] + (data[n >> 1] << 8), n + (data[n - 1] << 2)
        return _shift_mix((y * _K2 ^ z * _K0) & _MASK) * _K2 & _MASK
    return _K2


def _to32(data):
    n = len(data)
    multiplier = (_K2 + 2 * n) & _MASK
    a, b = _u64(data, 0) * _K1 & _MASK, _u64(data, 8)
    c, d = _u64(data, n - 8) * multiplier & _MASK, _u64(data, n - 16) * _K2 & _MASK
    u = (_rotate((a + b) & _MASK, 43) + _rotate(c, 30) + d) & _MASK
    return _mix16(u, (a + _rotate((b + _K2) & _MASK, 18) + c) & _MASK, multiplier)


def _to64(data):
    n = len(data)
    multiplier = (_K2 + 2 * n) & _MASK
    a, b = _u64(data, 0) * _K2 & _MASK, _u64(data, 8)
    c, d = _u64(data, n - 8) * multiplier & _MASK, _u64(data, n - 16) * _K2 & _MASK
    y = (_rotate((a + b) & _MASK, 43) + _rotate(c, 30) + d) & _MASK
    z = _mix16(y, (a + _rotate((b + _K2) & _MASK, 18) + c) & _MASK, multiplier)
    e, f = _u64(data, 16) * multiplier & _MASK, _u64(data, 24)
    g = (y + _u64(data, n - 32)) * multiplier & _MASK
    h = (z + _u64(data, n - 24)) * multiplier & _MASK
    u = (_rotate((e + f) & _MASK, 43) + _rotate(g, 30) + h) & _MASK
    return _mix16(u, (e + _rotate((f + a) & _MASK, 18) + g) & _MASK, multiplier)


def _long(data):
    n, seed = len(data), 81
    y = (seed * _K1 + 113) & _MASK
    z = _shift_mix((y * _K2 + 113) & _MASK) * _K2 & _MASK
    v, w = (0, 0), (0, 0)
    x = (seed * _K2 + _u64(data, 0)) & _MASK

    def block(at, x, y, z, v, w, multiplier, weights):
        wv, wx, wy = weights
        x = _rotate((x + y + v[0] + _u64(data, at + 8)) & _MASK, 37) * multiplier & _MASK
        y = _rotate((y + v[1] + _u64(data, at + 48)) & _MASK, 42) * multiplier & _MASK
        x ^= w[1] * wx & _MASK
        y = (y + v[0] * wy + _u64(data, at + 40)) & _MASK
        z = _rotate((z + w[0]) & _MASK, 33) * multiplier & _MASK
        v = _weak32(data, at, v[1] * multiplier & _MASK, (x + w[0]) & _MASK)
        w = _weak32(data, at + 32, (z + w[1]) & _MASK, (y + _u64(data, at + 16)) & _MASK)
        return z, y, x, v, w

    end = (n - 1) // 64 * 64
    for at in range(0, end, 64):
        x, y, z, v, w = block(at, x, y, z, v, w, _K1, (1, 1, 1))
    multiplier = (_K1 + ((z & 0xFF) << 1)) & _MASK
    w = ((w[0] + (n - 1 & 63)) & _MASK, w[1])
    v = ((v[0] + w[0]) & _MASK, v[1])
    w = ((w[0] + v[0]) & _MASK, w[1])
    x, y, z, v, w = block(n - 64, x, y, z, v, w, multiplier, (1, 9, 9))
    u = (_mix16(v[0], w[0], multiplier) + _shift_mix(y) * _K0 + z) & _MASK
    return _mix16(u, (_mix16(v[1], w[1], multiplier) + x) & _MASK, multiplier)


def fingerprint64(data):
    """FarmHash's 64-bit fingerprint of bytes.

    >>> fingerprint64(b"") == 0x9AE16A3B2F90404F
    True
    """
    n = len(data)
    return (_short if n <= 16 else _to32 if n <= 32 else _to64 if n <= 64 else _long)(data)


def concat64(first, second):
    """The fingerprint of two fingerprints, in this order (`FingerprintCat64`)."""
    multiplier, mask = 0xC6A4A7935BD1E995, 2**64 - 1
    mixed = first ^ multiplier ^ (_shift_mix(second * multiplier & mask) * multiplier & mask)
    mixed = mixed * multiplier & mask
    return _shift_mix(_shift_mix(mixed) * multiplier & mask)


def hash64(data, seed=0xDECAFCAFFE):
    """MurmurHash2's 64-bit hash."""
    m, n = 0xC6A4A7935BD1E995, len(data)
    h = seed ^ n * m & _MASK
    for at in range(0, n - n % 8, 8):
        k = _u64(data, at) * m & _MASK
        k = (k ^ k >> 47) * m & _MASK
        h = (h ^ k) * m & _MASK
    if n % 8:
        h = (h ^ int.from_bytes(data[n - n % 8 :], "little")) * m & _MASK
    h = (h ^ h >> 47) * m & _MASK
    return h ^ h >> 47


_SIP_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


def siphash(data, key):
    """SipHash-2-4 under a key of two 64-bit numbers."""
    a, b, c, d = (key[i % 2] ^ word for i, word in enumerate(_SIP_START))

    def rounds(state, count):
        a, b, c, d = state
        for _ in range(count):
            a, c = (a + b) & _MASK, (c + d) & _MASK
            b, d = _rotate(b, 51) ^ a, _rotate(d, 48) ^ c
            a = _rotate(a, 32)
            c, a = (c + b) & _MASK, (a + d) & _MASK
            b, d = _rotate(b, 47) ^ c, _rotate(d, 43) ^ a
            c = _rotate(c, 32)
        return a, b, c, d

    whole = len(data) // 8 * 8
    words = [*struct.unpack(f"<{whole // 8}Q", data[:whole])]
    words.append(int.from_bytes(data[whole:], "little") | (len(data) & 0xFF) << 56)
    for word in words:
        a, b, c, d = rounds((a, b, c, d ^ word), 2)
        a ^= word
    a, b, c, d = rounds((a, b, c ^ 0xFF, d), 4)
    return a ^ b ^ c ^ d
