"""`map_fn`, `vectorized_map`, `scan`, `foldl`, `foldr`: a function over the rows of tensors."""

import functools

import jax

from minitf import dtypes, nest
from minitf.core.checks import observed, shows
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import Op
from minitf.graphs.func_graph import Body
from minitf.ops import array, control_flow, joining, ragged_ops
from minitf.ops.bodies import traced
from minitf.ops.ragged import RaggedTensor, RaggedTensorSpec
from minitf.ops.tensor_array import TensorArray
from minitf.shapes import TensorShape, TensorSpec


def _rows(elems, name):
    """(the tensors of `elems`, how many rows they have: an int or a tensor)."""
    flat = []

    def noted(x):
        flat.append(x if isinstance(x, RaggedTensor) else convert_to_tensor(x))
        return flat[-1]

    tensors = _each(noted, elems)
    if not flat:
        raise ValueError(
            f"elems must be a Tensor or (possibly nested) sequence of Tensors. Got {elems}"
        )  # noqa: E501
    for t in flat:
        if t.shape.rank == 0:
            raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    sizes = {t.shape[0] for t in flat if t.shape.rank is not None and t.shape[0] is not None}
    if len(sizes) > 1:
        a, b = sorted(sizes)[:2]
        raise ValueError(f"Dimensions {a} and {b} are not compatible")
    return tensors, sizes.pop() if sizes else number_of_rows(flat[0])


def number_of_rows(tensor):
    """The size of the first axis of a tensor, dense or ragged, as an int32 scalar."""
    if isinstance(tensor, RaggedTensor):
        return tensor.nrows(dtypes.int32)
    return array.shape(tensor)[0]


def _each(function, structure, *others):
    """`function` of the leaves of structures; here a ragged tensor is a leaf."""
    if isinstance(structure, RaggedTensor) or not nest.is_nested(structure):
        return function(structure, *others)
    if isinstance(structure, dict):
        made = [(k, _each(function, x, *(o[k] for o in others))) for k, x in structure.items()]
        return type(structure)(made)
    made = [_each(function, *xs) for xs in zip(structure, *others)]
    return type(structure)(*made) if hasattr(structure, "_fields") else type(structure)(made)


def _row(tensors, i):
    return _each(lambda t: t[i], tensors)


def _written(arrays, i, result):
    return _each(lambda ta, x: ta.write(i, x), arrays, result)


def _stacked(arrays):
    return nest.map_structure(lambda ta: ta.stack(), arrays)


def _row_spec(tensor):
    """What describes the rows of `tensor`, so far as it is needed."""
    if not isinstance(tensor, RaggedTensor):
        return tensor.dtype
    shape = tensor.shape[1:]
    return RaggedTensorSpec(shape, tensor.dtype, max(tensor.ragged_rank - 1, 0))


class _RaggedRows:
    """Results of different sizes, as a `TensorArray` has those of one: their values, joined.

    Args:
      spec: of one result, which is a tensor where its ragged rank is 0.
      values: the results so far, joined along their first axis.
      lengths: an array of their sizes.
    """

    def __init__(self, spec, lengths, values=None):
        self._spec, self._lengths, self._values = spec, lengths, values
        if values is None:
            dims = spec.shape[spec.ragged_rank + 1 :] if spec.shape.rank else ()
            self._values = array.zeros([0, *(d or 0 for d in dims)], spec.dtype)
            for _ in range(spec.ragged_rank):
                self._values = RaggedTensor.from_row_lengths(
                    self._values, array.zeros([0], dtypes.int64)
                )

    def __tf_loop_state__(self):
        return self._values, self._lengths.__tf_loop_state__()

    def __tf_from_loop_state__(self, state):
        values, lengths = state
        lengths = self._lengths.__tf_from_loop_state__(lengths)
        return _RaggedRows(self._spec, lengths, values)

    def write(self, index, result):
        """The rows with `result` after the others."""
        if not isinstance(result, RaggedTensor):
            result = convert_to_tensor(result)
        lengths = self._lengths.write(index, number_of_rows(result))
        concat = ragged_ops.concat if self._spec.ragged_rank else joining.concat
        return _RaggedRows(self._spec, lengths, concat([self._values, result], 0))

    def stack(self):
        """All results as one ragged tensor."""
        return RaggedTensor.from_row_lengths(self._values, self._lengths.stack())


def _array_of(like, n):
    """What is empty and takes `n` results of a dtype, a spec, or the dtype of a tensor."""
    if isinstance(like, RaggedTensorSpec):
        return _RaggedRows(like, TensorArray(dtypes.int32, n, element_shape=[]))
    dtype = like if isinstance(like, dtypes.DType) else getattr(like, "dtype", like)
    shape = like.shape if isinstance(like, TensorSpec) else None
    return TensorArray(dtypes.as_dtype(dtype), n, element_shape=shape)


def map_fn(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False,
           infer_shape=True, name=None, fn_output_signature=None):  # fmt: skip
    """The results of `fn` for each row of `elems`, stacked.

    Args:
      fn: takes a row of `elems` (a tensor, or a structure of them).
      elems: a tensor, or a structure of tensors with the same first dimension.
      fn_output_signature: the dtypes or specs of what `fn` returns, if they are not those of
        the rows. With a `RaggedTensorSpec`, results of different sizes make a `RaggedTensor`.

    >>> import minitf as tf
    >>> map_fn(lambda x: x * x, tf.constant([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    if not callable(fn):
        raise TypeError(f"The provided function {fn} is not callable.fn must be callable.")
    tensors, n = _rows(elems, "map_fn")
    signature = fn_output_signature if fn_output_signature is not None else dtype
    signature = _each(_row_spec, tensors) if signature is None else signature
    arrays = nest.map_structure(lambda s: _array_of(s, n), signature)

    def body(i, arrays):
        result = fn(_row(tensors, i))
        nest.assert_same_structure(signature, _each(lambda _: None, result), check_types=False)
        return i + 1, _written(arrays, i, result)

    _, arrays = control_flow.loop(lambda i, _: i < n, body, (0, arrays),
                                  name=name or "map/while", uses=tensors)  # fmt: skip
    return _stacked(arrays)


def vectorized_map(fn, elems, fallback_to_while_loop=True, warn=True):
    """As `map_fn`, all rows at once: `jax.vmap` of what `fn` was traced to.

    >>> import minitf as tf
    >>> vectorized_map(lambda x: x * x, tf.constant([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    tensors, _ = _rows(elems, "vectorized_map")
    flat = nest.flatten(tensors)
    specs = [(t.shape[1:] if t.shape.rank else TensorShape(None), t.dtype) for t in flat]
    graph, result = traced(
        "loop_body", lambda *rows: fn(nest.pack_sequence_as(tensors, rows)), specs
    )
    with stack.push(graph):
        result = nest.map_structure(lambda x: graph.adopt(convert_to_tensor(x)), result)
    body = Body(graph, graph.inputs, nest.flatten(result))
    if any(o.op_def.stateful or o.op_def.host for o in body.operations):
        signature = nest.map_structure(lambda t: t.dtype, result)
        return map_fn(fn, elems, fn_output_signature=signature)
    rows = flat[0].shape[0] if flat[0].shape.rank else None
    outputs = [(TensorShape([rows]).concatenate(t.shape), t.dtype) for t in body.outputs]
    op = _vectorized_op(body, len(flat), outputs)
    made = execute(op, (*flat, *body.captured), (), "vectorized_map")
    return nest.pack_sequence_as(result, made)


def _vectorized_op(body, count, outputs):
    def run(*values):
        axes = (*[0] * count, *[None] * (len(values) - count))
        of_row = jax.vmap(functools.partial(observed, lambda *row: body(row)), axes,
                          axis_size=values[0].shape[0])  # fmt: skip
        results, flaws = of_row(*values)
        shows(flaws)
        return results

    def eagerly(inputs, attrs):
        """One row after the other."""
        if not inputs[0].shape[0]:
            return execute(op, inputs)
        rows = zip(*[joining.unstack(x) for x in inputs[:count]])
        found = [body.eagerly([*row, *inputs[count:]]) for row in rows]
        return [joining.stack(list(column)) for column in zip(*found)]

    op = Op("VectorizedMap", run, "?*", num_outputs=None, costly=True,
              infer=lambda inputs, attrs: outputs, eagerly=eagerly,
              made_by=(_vectorized_op, (body, count, outputs)), bodies=[body])  # fmt: skip
    return op


def _initial(initializer, tensors, n, reverse):
    """(first accumulator, the first row that is still to be folded, the end)."""
    if initializer is not None:
        return nest.map_structure(convert_to_tensor, initializer), 0
    return _row(tensors, n - 1 if reverse else 0), 1


def _fold(fn, elems, initializer, reverse, name):
    if not callable(fn):
        raise TypeError(f"{name}: {fn} is not callable. Please provide a callable function.")
    tensors, n = _rows(elems, name)
    start, first = _initial(initializer, tensors, n, reverse)

    def body(i, accumulated):
        row = _row(tensors, n - 1 - i if reverse else i)
        return i + 1, fn(accumulated, row)

    return control_flow.loop(lambda i, _: i < n, body, (first, start),
                             name=f"{name}/while", uses=tensors)[1]  # fmt: skip


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False,
          name=None):  # fmt: skip
    """`fn(... fn(fn(initializer, row 0), row 1) ..., last row)`.

    >>> import minitf as tf
    >>> foldl(lambda a, x: a + x, tf.constant([1, 2, 3])).numpy()
    np.int32(6)
    """
    return _fold(fn, elems, initializer, False, name or "foldl")


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False,
          name=None):  # fmt: skip
    """As `foldl`, from the last row to the first."""
    return _fold(fn, elems, initializer, True, name or "foldr")


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False,
         infer_shape=True, reverse=False, name=None):  # fmt: skip
    """All accumulated values of a fold, stacked.

    Args:
      fn: `fn(accumulated, row)`, returns what has the structure of `initializer`.
      initializer: the first accumulated value; by default the first row.
      reverse: from the last row to the first.

    >>> import minitf as tf
    >>> scan(lambda a, x: a + x, tf.constant([1, 2, 3])).numpy()
    array([1, 3, 6], dtype=int32)
    """
    if not callable(fn):
        raise TypeError(f"{fn} is not callable. Please provide a callable function.")
    tensors, n = _rows(elems, "scan")
    start, first = _initial(initializer, tensors, n, reverse)
    arrays = nest.map_structure(lambda t: TensorArray(t.dtype, n, element_shape=t.shape), start)
    place = (lambda i: n - 1 - i) if reverse else (lambda i: i)
    if first:
        arrays = _written(arrays, place(0), start)

    def body(i, accumulated, arrays):
        accumulated = fn(accumulated, _row(tensors, place(i)))
        nest.assert_same_structure(start, accumulated, check_types=False)
        return i + 1, accumulated, _written(arrays, place(i), accumulated)

    arrays = control_flow.loop(lambda i, *_: i < n, body, (first, start, arrays),
                               name=name or "scan/while", uses=tensors)[2]  # fmt: skip
    return _stacked(arrays)
