"""Putting tensors together and taking them apart."""

import contextlib

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core import convert
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack as frames
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.ops.array import ensure_shape, identity
from minitf.ops.math import cast
from minitf.shapes import listed


def _concat(*values_and_axis):
    *values, axis = values_and_axis
    if np.size(axis) != 1 or np.ndim(axis) > 1:
        raise errors.InvalidArgumentError(
            None, None, f"axis tensor should be a scalar integer, but got shape {np.shape(axis)}"
        )
    axis, rank = int(np.asarray(axis).reshape(())), values[0].ndim
    if not rank:
        raise ValueError("ConcatOp : Can't concatenate scalars (use tf.stack instead)")
    if not -rank <= axis < rank:
        raise errors.InvalidArgumentError(
            None, None,
            f"ConcatOp : Expected concatenating dimensions in the range [{-rank}, {rank}), but got "
            f"{axis}",
        )  # fmt: skip
    for i, value in enumerate(values):
        pairs = enumerate(zip(value.shape, values[0].shape))
        unequal = [j for j, (a, b) in pairs if a != b and j != axis % rank]
        if value.ndim != rank or unequal:
            problem = (
                "Ranks of all input tensors should match" if value.ndim != rank
                else f"Dimension {unequal[0]} in both shapes must be equal"
            )  # fmt: skip
            raise errors.InvalidArgumentError(
                None, None, f"ConcatOp : {problem}: shape[0] = {listed(values[0].shape)} vs. "
                f"shape[{i}] = {listed(value.shape)}",
            )  # fmt: skip
    return jnp.concatenate(values, axis)


_CONCAT_OPS = {}


def _concat_op(count):
    """ConcatV2 of `count` values: its last input, the axis, has to be known."""
    if count not in _CONCAT_OPS:
        name = "ConcatV2" if not _CONCAT_OPS else f"ConcatV2[{count}]"
        _CONCAT_OPS[count] = define(name, _concat, "T" * count + "i", static=(count,))
        _CONCAT_OPS[count].name = "ConcatV2"
        _CONCAT_OPS[count].arguments = (*(f"values_{i}" for i in range(count)), "axis")
    return _CONCAT_OPS[count]


def concat(values, axis, name="concat"):
    """The tensors of the list `values`, one after the other along `axis`; a single one as it is.

    >>> concat([[1, 2], [3]], 0).numpy()
    array([1, 2, 3], dtype=int32)
    """
    if not isinstance(values, list | tuple):
        values = [values]
    values = tuple(values)
    if len(values) == 1:
        with frames.frame.name_scope(name):
            convert_to_tensor(axis, dtypes.int32, name="concat_dim").shape.assert_has_rank(0)
            return identity(values[0], name)
    return execute(_concat_op(len(values)), (*values, axis), (), name)


def _pack(*values, axis):
    for i, value in enumerate(values):
        if value.shape != values[0].shape:
            raise errors.InvalidArgumentError(
                None, None, "Shapes of all inputs must match: values[0].shape = "
                f"{listed(values[0].shape)} != values[{i}].shape = {listed(value.shape)}",
            )  # fmt: skip
    return jnp.stack(values, axis)


PACK = define("Pack", _pack, "T*")
UNPACK = define(
    "Unpack",
    lambda value, *, num, axis: tuple(
        jax.lax.index_in_dim(value, i, axis, keepdims=False) for i in range(num)
    ),
    "T",
    num_outputs=None,
)


def stack(values, axis=0, name="stack"):
    """The tensors of the list `values` along a new axis.

    >>> stack([[1, 2], [3, 4]], axis=1).numpy().tolist()
    [[1, 3], [2, 4]]
    """
    values = tuple(unstack(values) if isinstance(values, Tensor) else values)
    if not values:
        return convert_to_tensor([], name=name)
    known = [v.shape.rank for v in values if isinstance(v, Tensor) and v.shape.rank is not None]
    if not known and axis == 0 and not convert.contains_tensor(values):
        with contextlib.suppress(TypeError, ValueError):  # as one constant, where it is one
            return convert_to_tensor(values, name=name)
    if known and not -known[0] - 1 <= axis <= known[0]:
        raise ValueError(f"Argument `axis` = {axis} not in range [{-known[0] - 1}, {known[0] + 1})")
    return execute(PACK, values, (axis,), name)


def unstack(value, num=None, axis=0, name="unstack"):
    """The list of the slices of `value` along `axis`.

    Raises:
      ValueError: the number of slices is not known.
    """
    value = convert_to_tensor(value)
    rank = value.shape.rank
    if rank is not None and not -rank <= axis < rank:
        raise ValueError(f"Argument `axis` = {axis} not in range [{-rank}, {rank})")
    if num is None:
        num = value.shape[axis] if rank is not None else None
        if num is None:
            raise ValueError(f"Cannot infer argument `num` from shape {value.shape}")
    elif rank is not None and value.shape[axis] not in (None, num):
        raise frames.frame.invalid(
            f"Input shape axis {axis} must equal {num}, got shape {listed(value.shape)}"
        )
    return list(execute(UNPACK, (value,), (int(num), axis), name))


def pack_nested(values, dtype=None):
    """A nested list that contains tensors, as one tensor; a dtype that is given is cast to."""

    def is_tensor(value):
        return isinstance(value, Tensor) or hasattr(value, "__tf_tensor__")

    first = next((v.dtype for v in values if is_tensor(v)), None)

    def part(value):
        if is_tensor(value):
            return value if dtype is None else cast(value, dtype)
        if isinstance(value, list | tuple):
            return pack_nested(value, dtype or first)
        is_keras = hasattr(value, "__tf_execute__")
        return value if is_keras else convert_to_tensor(value, dtype or first)

    return stack([part(v) for v in values], name="packed")


convert._pack.append(pack_nested)


def _check_split_dim(value, split_dim):
    if not -value.ndim <= split_dim < value.ndim:
        raise ValueError(
            f"-input rank(-{value.ndim}) <= split_dim < input rank ({value.ndim}), but got "
            f"{split_dim}"
        )


def _split_equally(value, split_dim, *, num_split):
    _check_split_dim(value, split_dim)
    size = value.shape[split_dim]
    if num_split < 1 or size % num_split:
        raise ValueError(
            "Number of ways to split should evenly divide the split dimension, but got split_dim "
            f"{split_dim} (size = {size}) and num_split {num_split}"
        )
    return tuple(jnp.split(value, num_split, int(split_dim)))


def _split(value, size_splits, split_dim):
    _check_split_dim(value, split_dim)
    size, sizes = value.shape[split_dim], np.array(size_splits)
    sizes[sizes == -1] = size - sizes[sizes != -1].sum()
    if sizes.sum() != size or (sizes < 0).any():
        raise ValueError(
            "Determined shape must either match input shape along split_dim exactly if fully "
            "specified, or be less than the size of the input along split_dim if not fully "
            f"specified.  Got: {sizes.sum()}"
        )
    return tuple(jnp.split(value, np.cumsum(sizes)[:-1].tolist(), int(split_dim)))


SPLIT_EQUALLY = define("Split", _split_equally, "Ti", static=(1,), num_outputs=None)
SPLIT = define("SplitV", _split, "Tii", static=(1, 2), num_outputs=None)


def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    """`value` cut along `axis` into equal parts, or into parts of the given sizes.

    >>> [x.numpy().tolist() for x in split([1, 2, 3, 4], [1, -1])]
    [[1], [2, 3, 4]]
    """
    sizes = convert.static_value(num_or_size_splits)
    if isinstance(num_or_size_splits, Tensor) and num_or_size_splits.shape.rank == 0:
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {num_or_size_splits}"
        )
    if sizes is not None and np.ndim(sizes) == 0:
        return list(execute(SPLIT_EQUALLY, (value, axis), (int(sizes),), name))
    given = convert_to_tensor(num_or_size_splits)
    count = given.shape[0] if given.shape.rank else None
    if count is None and num is None:
        raise ValueError(f"Cannot infer argument `num` from shape {given}")
    if count is not None and num not in (count, None):
        raise frames.frame.invalid(f"`num` is {num}, but there are {count} sizes")
    if sizes is None or sizes.dtype == object:  # some are known only when the graph runs
        sizes, value = ensure_shape(given, [num or count]), convert_to_tensor(value)
        if isinstance(value, Tensor):
            return _split_by_unknown(value, sizes, axis)
    return list(execute(SPLIT, (value, sizes, axis), (), name))


def _split_by_unknown(value, sizes, axis):
    """The parts of a tensor whose sizes are known only when the graph runs."""
    parts, end = [], 0
    before = (slice(None),) * (axis + value.shape.rank if axis < 0 else axis)
    for size in unstack(sizes):
        parts.append(value[(*before, slice(end, end + size))])
        end = end + size
    return parts


def parallel_stack(values, name="parallel_stack"):
    """As `stack`, along a new first axis; only in graphs, as TensorFlow has it.

    Raises:
      RuntimeError: it is called eagerly.
    """
    if frames.frame.sees(*values):
        raise RuntimeError("tf.parallel_stack() is not compatible with eager execution.")
    return stack(values, 0, name)
