"""Picking elements by index or condition, and writing them back."""

import collections

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack as frames
from minitf.core.gradients import densify
from minitf.core.registry import define
from minitf.core.slices import IndexedSlices
from minitf.ops import array, math, reductions
from minitf.ops.joining import concat
from minitf.shapes import TensorShape, listed


def _gather(params, indices, *, axis, batch_dims):
    if batch_dims:
        inner = lambda p, i: _gather(p, i, axis=axis - 1, batch_dims=batch_dims - 1)  # noqa: E731
        return jax.vmap(inner)(params, indices)
    if not params.shape[axis]:  # no index is valid here: there are none, or the check refuses them
        shape = params.shape[:axis] + indices.shape + params.shape[axis + 1 :]
        return jnp.zeros(shape, params.dtype)
    return jnp.take(params, indices, axis, mode="fill", fill_value=0)


def _gather_gradient(record, cotangents):
    """For lookups of rows the gradient is `IndexedSlices`, else it is dense."""
    axis, batch_dims = record.attrs
    params, indices = record.inputs
    cotangent = densify(cotangents[0])
    if axis or batch_dims:
        return [execute(GATHER_GRAD, (params, indices, cotangent), record.attrs), None]
    flat = array.reshape(indices, [-1])
    tail = params.shape.as_list()[1:] if params.shape.rank is not None else None
    if tail is None or None in tail:
        return [execute(GATHER_GRAD, (params, indices, cotangent), record.attrs), None]
    values = array.reshape(cotangent, [-1, *tail])
    return [IndexedSlices(values, flat, array.shape(params)), None]


GATHER = define(
    "GatherV2", _gather, "Ti", backward=_gather_gradient,
    verify=lambda params, indices, *, axis, batch_dims: check_indices(
        indices, params.shape[axis]
    ),
)  # fmt: skip
GATHER_GRAD = define(
    "GatherGrad",
    lambda params, indices, cotangent, *, axis, batch_dims: jax.vjp(
        lambda p: _gather(p, indices, axis=axis, batch_dims=batch_dims), params
    )[1](cotangent)[0],
    "TiT",
)

GATHER_DYNAMIC = define(
    "GatherV2Dynamic",
    lambda params, indices, axis, *, batch_dims: _gather_along(
        params, indices, axis=int(axis), batch_dims=batch_dims
    ),
    "Ti?",
    static=(2,),
    costly=True,  # for the values of the indices, which it looks at
)  # along an axis that is known only when the graph runs


def _gather_along(params, indices, *, axis, batch_dims):
    axis = array._normal_axis(axis, params.ndim)
    check_indices(indices, params.shape[axis])
    return _gather(params, indices, axis=axis, batch_dims=batch_dims)


def check_indices(indices, size):
    """Raises where one of `indices` (an array, maybe traced) is not in `[0, size)`."""
    known = inspected(indices)
    if known is None:
        return
    bad = (known < 0) | (known >= size)
    if shows(bad):
        position = tuple(int(i) for i in np.argwhere(bad)[0])
        place = listed(position) if position else ""
        raise errors.InvalidArgumentError(
            None, None, f"indices{place} = {known[position]} is not in [0, {size})"
        )


def check_index_vectors(indices, shape, what=""):
    """Raises where an index vector (of an array, maybe traced) points outside `shape`."""
    known = inspected(indices)
    if known is None or known.shape[-1] > len(shape):  # the op itself says that there are too many
        return
    bad = ((known < 0) | (known >= np.array(shape[: known.shape[-1]]))).any(-1)
    if shows(bad):
        position = tuple(int(i) for i in np.argwhere(bad)[0])
        raise errors.InvalidArgumentError(
            None, None,
            f"indices{listed(position)} = {known[position].tolist()} does not "
            f"index into {what}shape {listed(shape)}",
        )  # fmt: skip


def gather(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    """The slices of `params` along `axis` (default `batch_dims`) at `indices`.

    >>> gather([10, 20, 30], [2, 0]).numpy()
    array([30, 10], dtype=int32)

    Raises:
      tf.errors.InvalidArgumentError: an index is out of range.
    """
    params = convert_to_tensor(params)
    indices = convert_to_tensor(indices)
    axis = batch_dims if axis is None else axis
    if hasattr(axis, "dtype") and static_value(axis) is None:
        return execute(GATHER_DYNAMIC, (params, indices, axis), (int(batch_dims),), name)
    axis, rank = int(axis), params.shape.rank
    if rank is not None:
        if not -rank <= axis < rank:
            raise frames.frame.invalid(
                f"Expected axis in the range [{-rank}, {rank}), but got {axis}"
            )
        axis %= rank
    if batch_dims < 0:
        batch_dims += indices.shape.rank
    return execute(GATHER, (params, indices), (axis, int(batch_dims)), name)


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None):
    """`input` with the first `seq_lengths[i]` elements of row i along `seq_axis` backwards.

    >>> reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1).numpy().tolist()
    [[2, 1, 3], [6, 5, 4]]
    """
    axes = int(seq_axis or 0), int(batch_axis or 0)
    return execute(REVERSE_SEQUENCE, (input, seq_lengths), axes, name)


def _reverse_sequence(input, seq_lengths, *, seq_dim, batch_dim):
    for what, axis in (("seq_dim", seq_dim), ("batch_dim", batch_dim)):
        if axis >= input.ndim:
            raise ValueError(f"{what} must be < input rank ( {axis} vs. {input.ndim})")
    rows = jnp.moveaxis(input, (batch_dim, seq_dim), (0, 1))
    if rows.shape[0] != seq_lengths.shape[0]:
        raise ValueError(
            f"Length of seq_lengths != input.dims({batch_dim}), ({seq_lengths.shape[0]} vs. "
            f"{rows.shape[0]})"
        )
    places = jnp.arange(rows.shape[1], dtype=seq_lengths.dtype)
    lengths = seq_lengths[:, None]
    places = jnp.where(places < lengths, lengths - 1 - places, places)
    rows = jax.vmap(lambda row, place: jnp.take(row, place, 0))(rows, places)
    return jnp.moveaxis(rows, (0, 1), (batch_dim, seq_dim))


def _no_longer(input, seq_lengths, *, seq_dim, batch_dim):
    if seq_dim >= input.ndim:  # the op itself says so
        return
    lengths, size = inspected(seq_lengths), input.shape[seq_dim]
    if lengths is not None and shows((lengths < 0) | (lengths > size)):
        raise errors.InvalidArgumentError(None, None, f"seq_lens(i) > input.dims({seq_dim})")


REVERSE_SEQUENCE = define("ReverseSequence", _reverse_sequence, "Ti", verify=_no_longer)


def _in_range(indices, dims):
    known = inspected(indices)
    if known is not None and shows((known < 0) | (known >= dims.prod())):
        raise errors.InvalidArgumentError(
            None, None, f"index is out of bound as with dims: {np.asarray(dims).tolist()}"
        )


UNRAVEL_INDEX = define(
    "UnravelIndex",
    lambda indices, dims: jnp.stack(
        [indices // jnp.prod(dims[i + 1 :]) % dims[i] for i in range(dims.shape[0])]
    ).astype(indices.dtype),
    "TT", differentiable=False, verify=_in_range,
)  # fmt: skip


def unravel_index(indices, dims, name=None):
    """The positions, one row per axis, of flat `indices` in an array of shape `dims`.

    >>> unravel_index([5], [2, 3]).numpy().tolist()
    [[1], [2]]
    """
    return execute(UNRAVEL_INDEX, (indices, dims), (), name)


def _gather_nd(params, indices, *, batch_dims):
    if batch_dims:
        return jax.vmap(lambda p, i: _gather_nd(p, i, batch_dims=batch_dims - 1))(params, indices)
    if not indices.shape[-1]:  # all of `params`, for each index
        return jnp.broadcast_to(params, (*indices.shape[:-1], *params.shape))
    return params.at[_places(indices, params)].get(mode="fill", fill_value=0)


def _places(indices, params):
    """The index vectors in the last axis of `indices`, axis by axis."""
    if indices.shape[-1] > params.ndim:
        raise ValueError(
            "index innermost dimension length must be <= params rank; saw: "
            f"{indices.shape[-1]} vs. {params.ndim}"
        )
    return tuple(jnp.moveaxis(indices, -1, 0))


def _gather_nd_gradient(record, cotangents):
    """Rows, where the index vectors have one element: as for `gather`."""
    params, indices = record.inputs
    cotangent = densify(cotangents[0])
    if indices.shape.rank == 2 and indices.shape[-1] == 1 and record.attrs == (0,):
        return [IndexedSlices(cotangent, array.squeeze(indices, [-1]), array.shape(params)), None]
    return [execute(GATHER_ND_GRAD, (params, indices, cotangent), record.attrs), None]


GATHER_ND_GRAD = define(
    "GatherNdGrad",
    lambda params, indices, cotangent, *, batch_dims: jax.vjp(
        lambda p: _gather_nd(p, indices, batch_dims=batch_dims), params
    )[1](cotangent)[0],
    "TiT",
)
GATHER_ND = define(
    "GatherNd", _gather_nd, "Ti", backward=_gather_nd_gradient,
    verify=lambda params, indices, *, batch_dims: _can_gather(params, indices, batch_dims),
)  # fmt: skip


def _can_gather(params, indices, batch_dims):
    if not params.size and 0 not in indices.shape[:-1]:
        raise errors.InvalidArgumentError(
            None, None,
            f"Requested more than 0 entries, but params is empty.  Params shape: "
            f"{list(params.shape)}",
        )  # fmt: skip
    check_index_vectors(indices, params.shape[batch_dims:], "param ")


def gather_nd(params, indices, batch_dims=0, name=None, bad_indices_policy=""):
    """The elements or slices of `params` at the index vectors of the last axis of `indices`.

    Raises:
      tf.errors.InvalidArgumentError: an index is out of range; with `bad_indices_policy="IGNORE"`
        there are zeros for it.
    """
    params, indices = convert_to_tensor(params), convert_to_tensor(indices)
    if _ignores(bad_indices_policy, errors.NotFoundError):
        fits = index_fits(indices, array.shape(params)[batch_dims:])
        found = gather_nd(params, where(fits[..., None], indices, 0), batch_dims, name)
        return where(array.reshape(fits, _and_ones(fits, found)), found, array.zeros_like(found))
    for what, rank in (("params", params.shape.rank), ("indices", indices.shape.rank)):
        if rank is not None and batch_dims and batch_dims >= rank:
            raise ValueError(
                f"Argument `batch_dims` = {batch_dims} must be less than rank(`{what}`) = {rank}"
            )
    return execute(GATHER_ND, (params, indices), (int(batch_dims),), name)


def _ignores(policy, error):
    """Whether `policy` says that indices out of range count as none; `error` of an unknown one."""
    if policy not in ("", "DEFAULT", "ERROR", "IGNORE"):
        raise error(None, None, f"Unknown bad indices handling attribute: {policy}")
    return policy == "IGNORE"


def index_fits(indices, dims):
    """Whether each index vector (the last axis of `indices`) points into the sizes `dims`."""
    sizes = math.cast(dims[: indices.shape[-1]], indices.dtype)
    return reductions.reduce_all((indices >= 0) & (indices < sizes), -1)


def _and_ones(fits, found):
    """The shape of `fits` with ones up to the rank of `found`."""
    ones = array.ones([array.rank(found) - fits.shape.rank], dtypes.int32)
    return concat([array.shape(fits), ones], 0)


# Scattering --------------------------------------------------------------------------------------


def _scatter(update):
    """An op `(tensor, indices, updates)`; indices out of range write nothing."""

    def fn(tensor, indices, updates):
        at = tensor.at[_places(indices, tensor)]
        return getattr(at, update)(updates, mode="drop")

    return fn


SCATTER_ND = define(
    "ScatterNd",
    lambda indices, updates, shape: _scatter("add")(
        jnp.zeros(array._dims(shape), updates.dtype), indices, updates
    ),
    "iTi",
    static=(2,),
)


def _inside(tensor, indices, updates):
    check_index_vectors(indices, tensor.shape)
    _fits(tensor.shape, indices.shape, updates.shape)


def _fits(whole, indices, updates):
    """Raises InvalidArgumentError where the shapes give not one slice of updates per index."""
    slices = (*indices[:-1], *whole[indices[-1] :])
    if updates not in (slices, ()):  # a scalar fills them all
        raise errors.InvalidArgumentError(
            None, None, "Inner dimensions of output shape must match inner dimensions of updates "
            f"shape. Output: {list(whole)} updates: {list(updates)}")  # fmt: skip


TENSOR_SCATTER = {
    update: define(name, _scatter(update), "TiT", verify=_inside)
    for update, name in {
        "set": "TensorScatterUpdate",
        "add": "TensorScatterAdd",
        "min": "TensorScatterMin",
        "max": "TensorScatterMax",
    }.items()
}
TENSOR_SCATTER_SUB = define(
    "TensorScatterSub",
    lambda tensor, indices, updates: _scatter("add")(tensor, indices, -updates),
    "TiT",
    verify=_inside,
)


CHECK_INDEX_VECTORS = define(
    "IndexVectors", lambda indices, *, shape: indices, "i", differentiable=False,
    verify=lambda indices, *, shape: check_index_vectors(indices, shape),
)  # fmt: skip


def scatter_nd(indices, updates, shape, bad_indices_policy="", name=None):
    """Zeros of `shape` with `updates` added at `indices`.

    Raises:
      tf.errors.InvalidArgumentError: an index is out of range; with `bad_indices_policy="IGNORE"`
        nothing is added for it.
    """
    indices, dims = convert_to_tensor(indices), static_value(shape)
    if _ignores(bad_indices_policy, errors.InvalidArgumentError):
        sizes = math.cast(shape, indices.dtype)
        beyond = array.broadcast_to(sizes[: indices.shape[-1]], array.shape(indices))
        indices = where(index_fits(indices, sizes)[..., None], indices, beyond)
        return execute(SCATTER_ND, (indices, updates, shape), (), name)
    if dims is not None:
        indices = execute(CHECK_INDEX_VECTORS, (indices,), (tuple(np.asarray(dims).tolist()),))
    updates = convert_to_tensor(updates)
    if dims is not None and all(x.shape.is_fully_defined() for x in (indices, updates)):
        _fits(tuple(dims), tuple(indices.shape), tuple(updates.shape))
    if updates.dtype in (dtypes.string, dtypes.bool):  # they cannot be added
        return tensor_scatter_nd_update(array.zeros(shape, updates.dtype), indices, updates, name)
    return execute(SCATTER_ND, (indices, updates, shape), (), name)


def _tensor_scatter(name, op, doc):
    def function(tensor, indices, updates, name=None):
        return execute(op, (tensor, indices, updates), (), name)

    function.__name__ = function.__qualname__ = f"tensor_scatter_nd_{name}"
    function.__doc__ = f"A copy of `tensor` with {doc} at the index vectors `indices`."
    return function


tensor_scatter_nd_update = _tensor_scatter("update", TENSOR_SCATTER["set"], "`updates`")
tensor_scatter_nd_add = _tensor_scatter("add", TENSOR_SCATTER["add"], "`updates` added")
tensor_scatter_nd_sub = _tensor_scatter("sub", TENSOR_SCATTER_SUB, "`updates` subtracted")
tensor_scatter_nd_max = _tensor_scatter("max", TENSOR_SCATTER["max"], "the larger of old and new")
tensor_scatter_nd_min = _tensor_scatter("min", TENSOR_SCATTER["min"], "the smaller of old and new")


# Conditions --------------------------------------------------------------------------------------


def _places_where(condition):
    if not condition.ndim:
        raise errors.InvalidArgumentError(None, None, "WhereOp : Unhandled input dimensions: 0")
    return np.argwhere(condition).astype(np.int64)


SELECT = define("SelectV2", lambda condition, t, e: jnp.where(condition, t, e), "bTT")
WHERE = define(
    "Where",
    lambda condition: _places_where(condition),
    "?",
    host=True,
    infer=lambda inputs, attrs: [(TensorShape([None, inputs[0].shape.rank]), dtypes.int64)],
)


def where(condition, x=None, y=None, name=None):
    """`x` where `condition` holds and `y` elsewhere; alone, the positions where it holds.

    >>> where([True, False], 1.0, 2.0).numpy()
    array([1., 2.], dtype=float32)
    >>> where([False, True]).numpy().tolist()
    [[1]]
    """
    if x is None and y is None:
        return execute(WHERE, (condition,), (), name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    if not hasattr(condition, "dtype"):
        condition = convert_to_tensor(condition, dtypes.bool)
    return execute(SELECT, (condition, x, y), (), name)


def boolean_mask(tensor, mask, axis=None, name="boolean_mask"):
    """The elements (or slices from `axis` on) of `tensor` where `mask` is True, in order.

    Raises:
      ValueError: the mask is a scalar, or its shape does not fit.
    """
    tensor, mask = convert_to_tensor(tensor), convert_to_tensor(mask)
    axis = 0 if axis is None else axis
    at, rank = static_value(axis), mask.shape.rank
    if rank == 0:
        raise ValueError("mask cannot be scalar.")
    if rank is None:
        raise ValueError(
            "Number of mask dimensions must be specified, even if some dimensions are None.  E.g. "
            "shape=[None] is ok, but shape=None is not."
        )
    positions = array.squeeze(where(array.reshape(mask, [-1])), [1])
    if at is None or tensor.shape.rank is None:
        shape = array.shape(tensor)
        flat = array.reshape(tensor, concat([shape[:axis], [-1], shape[axis + rank :]], 0))
        return gather(flat, positions, axis=axis, name=name)
    axis, dims = int(at), tensor.shape.as_list()
    part = tensor.shape[axis : axis + rank]
    if not part.is_compatible_with(mask.shape):
        raise ValueError(f"Shapes {part} and {mask.shape} are incompatible")
    flat = array.reshape(tensor, [*_known(tensor, dims, 0, axis), -1,
                                  *_known(tensor, dims, axis + rank, len(dims))])  # fmt: skip
    return gather(flat, positions, axis=axis, name=name)


def _known(tensor, dims, start, stop):
    """The dimensions from `start` to `stop`, as tensors where they are unknown."""
    sizes = dims[start:stop]
    if None not in sizes:
        return sizes
    shape = array.shape(tensor)
    return [shape[i] if dims[i] is None else dims[i] for i in range(start, stop)]


# Sets of values ----------------------------------------------------------------------------------

Unique = collections.namedtuple("Unique", ["y", "idx"])
UniqueWithCounts = collections.namedtuple("UniqueWithCounts", ["y", "idx", "count"])


def _unique(x, axis=None):
    """(the different values or slices in order of appearance, where each element is, how often)."""
    if x.ndim == 1:
        axis = None
    elif axis is None:
        raise errors.InvalidArgumentError(None, None, "unique expects a 1D vector.")
    values, first, inverse, counts = np.unique(
        x, return_index=True, return_inverse=True, return_counts=True, equal_nan=False, axis=axis
    )
    order = np.argsort(first, kind="stable")
    rank = np.argsort(order, kind="stable")
    return np.take(values, order, axis or 0), rank[inverse.ravel()], counts[order]


def _unique_op(name, outputs):
    def fn(x, *, out_idx):
        values, positions, counts = _unique(x)
        return (values, positions.astype(out_idx), counts.astype(out_idx))[:outputs]

    def infer(inputs, attrs):
        if inputs[0].shape.rank not in (1, None):
            raise ValueError(f"Shape must be rank 1 but is rank {inputs[0].shape.rank}")
        idx = dtypes.from_numpy_dtype(attrs[0])
        found = [(TensorShape([None]), inputs[0].dtype), (inputs[0].shape, idx),
                 (TensorShape([None]), idx)]  # fmt: skip
        return found[:outputs]

    return define(name, fn, "?", host=True, num_outputs=outputs, infer=infer)


def _unique_slices_op(name, outputs):
    """Of the slices along an axis that is an input: a vector of it, empty for the only axis."""

    def fn(x, axis, *, out_idx):
        along = int(axis[0]) if np.size(axis) else None
        if along is not None and not -x.ndim <= along < x.ndim:
            raise errors.InvalidArgumentError(
                None, None, f"axis should be between 0 and {x.ndim} but got {along}"
            )
        values, positions, counts = _unique(x, along)
        return (values, positions.astype(out_idx), counts.astype(out_idx))[:outputs]

    def infer(inputs, attrs):
        idx, shape = dtypes.from_numpy_dtype(attrs[0]), inputs[0].shape
        values = TensorShape(None if shape.rank is None else [None] * shape.rank)
        axis, places = static_value(inputs[1]), TensorShape([None])
        if axis is not None and shape.rank:
            at = int(axis[0]) % shape.rank if len(axis) else 0
            places = shape[at : at + 1]
        found = [(values, inputs[0].dtype), (places, idx), (TensorShape([None]), idx)]
        return found[:outputs]

    return define(name, fn, "?i", host=True, num_outputs=outputs, infer=infer)


UNIQUE = _unique_op("Unique", 2)
UNIQUE_WITH_COUNTS = _unique_op("UniqueWithCounts", 3)
UNIQUE_SLICES = _unique_slices_op("UniqueV2", 2)
UNIQUE_SLICES_WITH_COUNTS = _unique_slices_op("UniqueWithCountsV2", 3)


def unique(x, out_idx=dtypes.int32, name=None):
    """(the different values of a vector in order of appearance, the position of each element)."""
    return Unique(*execute(UNIQUE, (x,), (dtypes.as_dtype(out_idx).np,), name))


def unique_with_counts(x, out_idx=dtypes.int32, name=None):
    """As `unique`, and how often each value appears."""
    return UniqueWithCounts(
        *execute(UNIQUE_WITH_COUNTS, (x,), (dtypes.as_dtype(out_idx).np,), name)
    )
