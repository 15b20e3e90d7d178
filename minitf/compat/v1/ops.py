"""Ops with TF 1.x's argument names and orders, where they are not those of TensorFlow 2."""

from math import prod

import numpy as np

from minitf import conversions, dtypes, symbolic_gradients
from minitf.core import dispatch
from minitf.core.frames import stack
from minitf.core.slices import IndexedSlices
from minitf.ops import array as array_ops
from minitf.ops import blocks, control_flow, gathering, joining, linalg, math, random, reductions
from minitf.ops.ragged import RaggedTensor
from minitf.ops.sparse import SparseTensor
from minitf.shapes import as_shape
from minitf.tape import UnconnectedGradients


def either(new_name, new, old_name, old):
    """The one of two arguments, of which one is the other's older name, that is given.

    Raises:
      ValueError: both are given.
    """
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old


# Reductions ---------------------------------------------------------------------------------------


def _reduction(reduce):
    """`reduce` with the older names `reduction_indices` and `keep_dims` too."""

    def reduction(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None,
                  keep_dims=None):  # fmt: skip
        axis = either("axis", axis, "reduction_indices", reduction_indices)
        keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
        return reduce(input_tensor, axis, bool(keepdims), name)

    reduction.__name__, reduction.__doc__ = reduce.__name__, reduce.__doc__
    return reduction


reduce_all = _reduction(reductions.reduce_all)
reduce_any = _reduction(reductions.reduce_any)
reduce_logsumexp = _reduction(reductions.reduce_logsumexp)
reduce_max = _reduction(reductions.reduce_max)
reduce_mean = _reduction(reductions.reduce_mean)
reduce_min = _reduction(reductions.reduce_min)
reduce_prod = _reduction(reductions.reduce_prod)
reduce_sum = _reduction(reductions.reduce_sum)


def argmax(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the largest element along `axis` (default 0)."""
    axis = either("axis", axis, "dimension", dimension)
    return reductions.argmax(input, axis, output_type, name)


def argmin(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """The index of the smallest element along `axis` (default 0)."""
    axis = either("axis", axis, "dimension", dimension)
    return reductions.argmin(input, axis, output_type, name)


def count_nonzero(input_tensor=None, axis=None, keepdims=None, dtype=dtypes.int64, name=None,
                  reduction_indices=None, keep_dims=None, input=None):  # fmt: skip
    """How many elements are not zero."""
    tensor = dispatch.convert_to_tensor(either("input", input, "input_tensor", input_tensor))
    is_nonzero = math.cast(math.not_equal(tensor, math.cast(0, tensor.dtype)), dtype)
    return reduce_sum(is_nonzero, axis, keepdims, name, reduction_indices, keep_dims)


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None, keep_dims=None):
    """The norm of vectors or matrices."""
    return linalg.norm(tensor, ord, axis, either("keepdims", keepdims, "keep_dims", keep_dims),
                       name)  # fmt: skip


# Shapes -------------------------------------------------------------------------------------------


def expand_dims(input, axis=None, name=None, dim=None):
    """`input` with one more axis of size 1, at `axis`."""
    return array_ops.expand_dims(input, either("axis", axis, "dim", dim), name)


def squeeze(input, axis=None, name=None, squeeze_dims=None):
    """`input` without the axes of size 1, or without those in `axis`."""
    return array_ops.squeeze(input, either("axis", axis, "squeeze_dims", squeeze_dims), name)


def shape(input, name=None, out_type=None):
    """The shape, as an int32 tensor."""
    return array_ops.shape(input, out_type or dtypes.int32, name)


def size(input, name=None, out_type=dtypes.int32):
    """The number of elements."""
    return array_ops.size(input, out_type, name)


def transpose(a, perm=None, name="transpose", conjugate=False):
    """`a` with its axes in the order `perm`, by default reversed."""
    return array_ops.transpose(a, perm, conjugate, name)


def pad(tensor, paddings, mode="CONSTANT", name=None, constant_values=0):
    """`tensor` with a margin."""
    return array_ops.pad(tensor, paddings, mode, constant_values, name)


def batch_to_space(input, crops, block_size=None, name=None, block_shape=None):
    """Batch as blocks of space, cropped."""
    block_shape = either("block_shape", block_shape, "block_size", block_size)
    return blocks.batch_to_space(input, block_shape, crops, name)


def space_to_batch(input, paddings, block_size=None, name=None, block_shape=None):
    """Blocks of space (after zero padding) as batch."""
    block_shape = either("block_shape", block_shape, "block_size", block_size)
    return blocks.space_to_batch(input, block_shape, paddings, name)


def zeros_like(tensor, dtype=None, name=None, optimize=True):
    """Zeros of the shape of `tensor`."""
    return array_ops.zeros_like(tensor, dtype, name)


def ones_like(tensor, dtype=None, name=None, optimize=True):
    """Ones of the shape of `tensor`."""
    return array_ops.ones_like(tensor, dtype, name)


def constant(value, dtype=None, shape=None, name="Const", verify_shape=False):
    """A tensor of the value; TF 1.x fills the rest of `shape` with the last element.

    Raises:
      TypeError: `verify_shape` and the value has another shape.
    """
    if shape is None:
        return array_ops.constant(value, dtype, name=name)
    values, dims = np.asarray(value), as_shape(shape).as_list()
    if verify_shape and list(values.shape) != dims:
        raise TypeError(f"Expected Tensor's shape: {tuple(dims)}, got {values.shape}.")
    missing = prod(dims) - values.size
    if missing > 0 and values.size > 1:
        value = np.append(values.ravel(), np.full(missing, values.ravel()[-1], values.dtype))
        dtype = dtype or array_ops.constant(values.ravel()[-1].item()).dtype
    return array_ops.constant(value, dtype, dims, name)


def gather(params, indices, validate_indices=None, name=None, axis=None, batch_dims=0):
    """The slices of `params` along `axis` at `indices`."""
    return gathering.gather(params, indices, validate_indices, axis, batch_dims, name)


def gather_nd(params, indices, name=None, batch_dims=0, bad_indices_policy=""):
    """The slices of `params` that index vectors name."""
    return gathering.gather_nd(params, indices, batch_dims, name, bad_indices_policy)


def boolean_mask(tensor, mask, name="boolean_mask", axis=None):
    """The elements of `tensor` where `mask` is true."""
    return gathering.boolean_mask(tensor, mask, axis, name)


def where(condition, x=None, y=None, name=None):
    """Elements of `x` where `condition` holds, else of `y`; a vector chooses whole rows.

    Without `x` and `y`: the index vectors of what is true.

    Raises:
      ValueError: only one of `x` and `y` is given.
    """
    if (x is None) != (y is None):
        raise ValueError("x and y must both be non-None or both be None.")
    if x is None:
        return gathering.where(condition, name=name)
    condition, x = dispatch.convert_to_tensor(condition), dispatch.convert_to_tensor(x)
    if isinstance(x, RaggedTensor) and condition.shape.rank == 1:
        places = array_ops.range(x.nrows())
        chosen = gathering.where(condition, places, places + x.nrows())
        return gathering.gather(joining.concat([x, y], 0), chosen)
    if condition.shape.rank == 1 and (x.shape.rank or 1) > 1:
        condition = array_ops.reshape(condition, [-1] + [1] * (x.shape.rank - 1))
    return gathering.where(condition, x, y, name or "Select")


def concat(values, axis, name="concat"):
    """The tensors of the list `values`, one after the other along `axis`.

    TF 0.x had the axis first; a number and a list are put right.
    """
    if isinstance(values, int) and isinstance(axis, list | tuple):
        values, axis = axis, values
    return joining.concat(values, axis, name)


def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    """Parts of `value` along `axis`, of equal or of the given sizes.

    TF 0.x had the axis first; two numbers and then a tensor are put right.
    """
    if isinstance(value, int) and isinstance(num_or_size_splits, int) and not isinstance(axis, int):
        value, axis = axis, value
    return joining.split(value, num_or_size_splits, axis, num, name)


def batch_gather(params, indices, name=None):
    """The elements of `params` at `indices` along the last axis of `indices`, in each batch."""
    indices = dispatch.convert_to_tensor(indices)
    return gathering.gather(params, indices, batch_dims=indices.shape.rank - 1, name=name)


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None, seq_dim=None,
                     batch_dim=None):  # fmt: skip
    """`input` with the first `seq_lengths[i]` steps of example i in reverse."""
    seq_axis = either("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = either("batch_axis", batch_axis, "batch_dim", batch_dim) or 0
    input = dispatch.convert_to_tensor(input)
    lengths = math.cast(seq_lengths, dtypes.int32)
    steps = array_ops.range(array_ops.shape(input)[seq_axis])
    turned = array_ops.expand_dims(lengths, 1) - 1 - steps
    index = gathering.where(turned >= 0, turned, steps + turned * 0)
    order = [batch_axis, seq_axis, *(i for i in range(input.shape.rank)
                                     if i not in (batch_axis, seq_axis))]  # fmt: skip
    found = gathering.gather(array_ops.transpose(input, order), index, batch_dims=1, axis=1)
    return array_ops.transpose(found, np.argsort(order).tolist(), name=name)


# Numbers ------------------------------------------------------------------------------------------


def add(x, y, name=None):
    """The sum, elementwise."""
    return math.add(x, y, name or "Add")


def div(x, y, name=None):
    """Python 2's division: whole numbers for integers, rounded down."""
    x = dispatch.convert_to_tensor(x)
    y = dispatch.convert_to_tensor(y, x.dtype.base_dtype)
    return math.floordiv(x, y, name) if x.dtype.is_integer else math.truediv(x, y, name)


def _to(dtype):
    def to(x, name=None):
        return math.cast(x, dtype, name)

    to.__name__, to.__doc__ = f"to_{dtype.name}", f"`x` as {dtype.name}."
    return to


to_float = _to(dtypes.float32)
to_double = _to(dtypes.float64)
to_int32 = _to(dtypes.int32)
to_int64 = _to(dtypes.int64)
to_bfloat16 = _to(dtypes.bfloat16)
to_complex64 = _to(dtypes.complex64)
to_complex128 = _to(dtypes.complex128)


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    """`value` itself where it is a tensor, indexed slices or sparse, else the tensor of it.

    Raises:
      ValueError: it has another dtype.
    """
    if not isinstance(value, IndexedSlices | SparseTensor):
        return dispatch.convert_to_tensor(value, dtype, name=name)
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible tensor conversion requested to `dtype` {dtypes.as_dtype(dtype).name} "
            f"for `value` ({value}) with dtype {value.dtype.name}."
        )
    return value


def convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None, dtype_hint=None):
    """`value` as a tensor of `dtype`, or where it can be of `dtype_hint`."""
    hint = either("dtype_hint", dtype_hint, "preferred_dtype", preferred_dtype)
    return conversions.convert_to_tensor(value, dtype, hint, name)


def multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    """Draws class numbers from the distributions that the rows of `logits` are."""
    return random.categorical(logits, num_samples, output_dtype, seed, name)


def set_random_seed(seed):
    """Sets the seed of the default graph."""
    random.set_seed(seed)


def gradients(ys, xs, grad_ys=None, name="gradients", colocate_gradients_with_ops=False,
              gate_gradients=False, aggregation_method=None, stop_gradients=None,
              unconnected_gradients=UnconnectedGradients.NONE):  # fmt: skip
    """The gradient of the sum of `ys` with respect to each of `xs`; see `tf.gradients`."""
    return symbolic_gradients.gradients(ys, xs, grad_ys, name, gate_gradients, aggregation_method,
                                        stop_gradients, unconnected_gradients)  # fmt: skip


def hessians(ys, xs, name="hessians", colocate_gradients_with_ops=False, gate_gradients=False,
             aggregation_method=None):  # fmt: skip
    """For each of `xs` the second derivatives of the sum of `ys`; see `tf.hessians`."""
    return symbolic_gradients.hessians(ys, xs, gate_gradients, aggregation_method, name)


# Control flow -------------------------------------------------------------------------------------


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """What `true_fn()` returns if `pred` holds, else what `false_fn()` returns.

    Args:
      strict: False: where ops run eagerly, a list of one result is that result.
    """
    true_fn = either("true_fn", true_fn, "fn1", fn1)
    false_fn = either("false_fn", false_fn, "fn2", fn2)
    found = control_flow.cond(pred, true_fn, false_fn, name)
    return found if strict else stack.frame.alone(found)


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10,
               back_prop=True, swap_memory=False, name=None, maximum_iterations=None,
               return_same_structure=False):  # fmt: skip
    """Repeats `body` while `cond` holds.

    In a graph a single loop variable comes back alone, elsewhere if `body` returns it alone.
    """
    alone = stack.frame.is_graph

    def in_list(*values):
        nonlocal alone
        result = body(*values)
        if len(loop_vars) == 1 and not isinstance(result, list | tuple | dict):
            alone, result = True, [result]
        return result

    found = control_flow.while_loop(
        cond, body if return_same_structure or not callable(body) else in_list, loop_vars,
        shape_invariants, parallel_iterations, back_prop, swap_memory, maximum_iterations, name,
    )  # fmt: skip
    alone = alone and not return_same_structure and isinstance(found, list | tuple)
    return found[0] if alone and len(found) == 1 else found
