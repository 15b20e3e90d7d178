"""Rows of `keras.ops` that call `jax.numpy` directly."""

import numpy as np

from rows import A, F, I, row

HOLES = A([[1.0, np.nan, 3.0], [np.nan, 5.0, 0.5]])
UNARY = """arcsinh cbrt deg2rad rad2deg exp2 sinc real signbit isneginf isposinf nan_to_num
diagonal trace tril triu diff fliplr flipud rot90 cumprod median ptp count_nonzero diag""".split()
POSITIVE = "log2 log10 reciprocal".split()
PAIRS = """arctan2 hypot logaddexp fmax fmin fmod heaviside isclose allclose inner outer vdot tensordot""".split()
BITS = "gcd lcm bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift".split()


def op(name, *inputs, **options):
    return row(f"keras.ops.{name}", *inputs, unknown=False, **options)


ROWS = [
    *[op(name, F(3, 3)) for name in UNARY],
    *[op(name, F(3, low=0.5)) for name in POSITIVE],
    op("arctanh", F(3, low=-0.9, high=0.9)),
    op("arccosh", F(3, low=1.1, high=3.0)),
    op("log2", I(3, low=1)),
    *[op(name, F(3, 3), F(3, 3, seed=1), gradient=name not in ("fmod", "heaviside"))
      for name in PAIRS],
    op("arctan2", I(3), F(3)),
    *[op(name, I(4, low=1), I(4, low=1, seed=1)) for name in BITS],
    op("logical_xor", A([True, False], dtype=bool), A([True, True], dtype=bool)),
    op("bitwise_not", I(4)),
    op("cross", F(2, 3), F(2, 3, seed=1)),
    op("correlate", F(4), F(2)),
    op("corrcoef", F(3, 3), compiled=False),
    op("isin", I(4), I(3), compiled=False),
    op("kron", F(2, 2), F(2, 1), compiled=False),
    op("diagflat", F(2)),
    op("trunc", F(3), gradient=False),
    op("moveaxis", F(2, 3, 4), source=0, destination=2),
    op("swapaxes", F(2, 3, 4), axis1=0, axis2=2),
    op("roll", F(2, 3), shift=1, axis=1),
    op("hstack", [F(2, 1), F(2, 2)]),
    op("vstack", [F(1, 2), F(2, 2)]),
    op("dstack", [F(2), F(2, seed=1)]),
    op("meshgrid", F(2), F(3)),
    op("array_split", F(5), indices_or_sections=2),
    op("searchsorted", A(1.0, 2.0, 3.0), F(4)),
    op("digitize", F(4), bins=[-1.0, 0.0, 1.0]),
    *[op(f"nan{name}", HOLES, axis=1, gradient=False)
      for name in ("sum", "prod", "mean", "max", "min", "std", "var")],
]  # fmt: skip
