"""`lax.while_loop` with a gradient of its own: for loops whose number of steps nobody knows.

The forward pass saves the carry of every `stride`-th step in a buffer of fixed size (where the
buffer is full, every other one is dropped and the stride doubles); the reverse pass goes from
saved carry to saved carry, runs the steps between them again, and rewinds each. The reverse pass
is made of the same loop, so it can be differentiated too.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from minitf.core.frames import stack

_SAVED = 256  # carries kept; up to this many steps nothing runs again but the step rewound


@functools.partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def while_loop(test, step, carry, consts):
    """The first carry for which `test(carry, consts)` is false; `carry = step(carry, consts)`."""
    return jax.lax.while_loop(lambda c: test(c, consts), lambda c: step(c, consts), carry)


def _forward(test, step, carry, consts):
    saved = jax.tree.map(lambda x: jnp.zeros((_SAVED, *jnp.shape(x)), jnp.result_type(x)), carry)

    def recorded(state, consts):
        carry, count, stride, saved = state
        full = count == _SAVED * stride
        stride = jnp.where(full, stride * 2, stride)
        saved = jax.lax.cond(full, _thinned, lambda s: s, saved)
        slot = jnp.where(count % stride == 0, count // stride, _SAVED)  # beyond the end: dropped
        saved = jax.tree.map(lambda s, x: s.at[slot].set(x, mode="drop"), saved, carry)
        return step(carry, consts), count + 1, stride, saved

    state = (carry, jnp.int32(0), jnp.int32(1), saved)
    carry, count, stride, saved = while_loop(_on_carry(test), recorded, state, consts)
    return carry, (count, stride, saved, consts)


def _on_carry(test):
    return lambda state, consts: test(state[0], consts)


def _thinned(saved):
    """Every other saved carry, at the front."""
    return jax.tree.map(lambda s: jnp.concatenate([s[::2], jnp.zeros_like(s[1::2])]), saved)


def _reverse(test, step, residuals, cotangent):
    count, stride, saved, consts = residuals
    exact = [_is_exact(x) for x in jax.tree.leaves(consts)]

    def rewind_step(carry, consts, cotangent):
        """The cotangents of the carry and of the inexact constants, for one step."""
        floats, rest = _parted(carry)
        inexact = [x for x, e in zip(jax.tree.leaves(consts), exact) if not e]
        held = [x for x, e in zip(jax.tree.leaves(consts), exact) if e]

        def of_floats(floats, inexact):
            given, kept = iter(inexact), iter(held)
            leaves = [next(kept) if e else next(given) for e in exact]
            whole = jax.tree.unflatten(jax.tree.structure(consts), leaves)
            return _parted(step(_joined(carry, floats, rest), whole))[0]

        with stack.repeat():
            return jax.vjp(of_floats, floats, inexact)[1](cotangent)

    def segment(state, operands):
        """Rewinds the steps after one saved carry."""
        n, cotangent, total = state
        stride, saved, consts = operands
        slot = (n - 1) // stride
        first = slot * stride
        start = jax.tree.map(lambda s: s[slot], saved)

        def fill(state, operands):
            i, carry, buffer = state
            with stack.repeat():
                after = step(carry, operands[1])
            buffer = jax.tree.map(lambda b, x: b.at[i].set(x, mode="drop"), buffer, carry)
            return i + 1, after, buffer

        _, _, between = while_loop(
            lambda state, operands: state[0] < operands[0],
            fill,
            (jnp.int32(0), start, jax.tree.map(jnp.zeros_like, saved)),
            (n - first, consts),
        )

        def back(state, operands):
            i, cotangent, total = state
            between, consts = operands
            carry = jax.tree.map(lambda b: b[i - 1], between)
            cotangent, more = rewind_step(carry, consts, cotangent)
            return i - 1, cotangent, jax.tree.map(jnp.add, total, more)

        _, cotangent, total = while_loop(
            lambda state, operands: state[0] > 0,
            back,
            (n - first, cotangent, total),
            (between, consts),
        )
        return first, cotangent, total

    floats = [c for c in jax.tree.leaves(cotangent) if c.dtype != jax.dtypes.float0]
    total = [jnp.zeros_like(x) for x, e in zip(jax.tree.leaves(consts), exact) if not e]
    _, floats, total = while_loop(
        lambda state, operands: state[0] > 0,
        segment,
        (count, floats, total),
        (stride, saved, consts),
    )
    kinds = jax.tree.map(lambda s: s[0], saved)
    given = iter(total)
    leaves = [_no_cotangent(x) if e else next(given)
              for x, e in zip(jax.tree.leaves(consts), exact)]  # fmt: skip
    of_consts = jax.tree.unflatten(jax.tree.structure(consts), leaves)
    nothing = [_no_cotangent(x) for x in jax.tree.leaves(kinds) if _is_exact(x)]
    return _joined(kinds, floats, nothing), of_consts


def _is_exact(x):
    return not jnp.issubdtype(jnp.result_type(x), jnp.inexact)


def _no_cotangent(x):
    return np.zeros(jnp.shape(x), jax.dtypes.float0)


def _parted(tree):
    """(the inexact leaves, the others)."""
    leaves = jax.tree.leaves(tree)
    return [x for x in leaves if not _is_exact(x)], [x for x in leaves if _is_exact(x)]


def _joined(tree, floats, rest):
    """The inverse of `_parted`, in the structure of `tree`."""
    floats, rest = iter(floats), iter(rest)
    leaves = [next(rest) if _is_exact(x) else next(floats) for x in jax.tree.leaves(tree)]
    return jax.tree.unflatten(jax.tree.structure(tree), leaves)


while_loop.defvjp(_forward, _reverse)
