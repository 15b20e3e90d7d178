"""Integers as rows of bits."""

import jax
import jax.numpy as jnp

from minitf.core.registry import define
from minitf.ops.table import binary, unary


def _shift(shift):
    """`shift(x, y)`, where y counts as 0 if it is negative, and as the last bit if it is larger."""
    return lambda x, y: shift(x, jnp.clip(y, 0, x.dtype.itemsize * 8 - 1).astype(x.dtype))


# fmt: off
invert = unary("invert", "Invert", lambda x: jnp.bitwise_not(x), "Every bit of x flipped.", differentiable=False)  # noqa: E501
bitwise_and = binary("bitwise_and", "BitwiseAnd", lambda x, y: jnp.bitwise_and(x, y), "The bits set in both x and y.", differentiable=False)  # noqa: E501
bitwise_or = binary("bitwise_or", "BitwiseOr", lambda x, y: jnp.bitwise_or(x, y), "The bits set in x or y.", differentiable=False)  # noqa: E501
bitwise_xor = binary("bitwise_xor", "BitwiseXor", lambda x, y: jnp.bitwise_xor(x, y), "The bits set in exactly one of x and y.", differentiable=False)  # noqa: E501
left_shift = binary("left_shift", "LeftShift", _shift(jnp.left_shift), "The bits of x moved up by y.", differentiable=False)  # noqa: E501
right_shift = binary("right_shift", "RightShift", _shift(jnp.right_shift), "The bits of x moved down by y; the sign stays.", differentiable=False)  # noqa: E501
# fmt: on

POPULATION_COUNT = define(
    "PopulationCount",
    lambda x: jax.lax.population_count(x).astype(jnp.uint8),
    "T",
    differentiable=False,
)  # how many bits are set
