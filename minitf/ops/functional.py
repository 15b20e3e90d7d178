"""`map_fn`, `vectorized_map`, `scan`, `foldl`, `foldr`: a function over the rows of tensors."""

import jax

from minitf import dtypes, nest
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import Op
from minitf.graphs.func_graph import Body
from minitf.ops import array, control_flow
from minitf.ops.bodies import traced
from minitf.ops.tensor_array import TensorArray
from minitf.shapes import TensorShape, TensorSpec


def _rows(elems, name):
    """(the tensors of `elems`, how many rows they have: an int or a tensor)."""
    tensors = nest.map_structure(convert_to_tensor, elems)
    flat = nest.flatten(tensors)
    if not flat:
        raise ValueError(
            f"elems must be a Tensor or (possibly nested) sequence of Tensors. Got {elems}"
        )  # noqa: E501
    for t in flat:
        if t.shape.rank == 0:
            raise ValueError(
                f"Elements in elems must be 1+ dimensional Tensors, not scalars. ({name})"
            )  # noqa: E501
    sizes = {t.shape[0] for t in flat if t.shape.rank is not None and t.shape[0] is not None}
    if len(sizes) > 1:
        a, b = sorted(sizes)[:2]
        raise ValueError(f"Dimensions {a} and {b} are not compatible")
    return tensors, sizes.pop() if sizes else array.shape(flat[0])[0]


def _row(tensors, i):
    return nest.map_structure(lambda t: t[i], tensors)


def _written(arrays, i, result):
    return nest.map_structure(lambda ta, x: ta.write(i, x), arrays, result)


def _stacked(arrays):
    return nest.map_structure(lambda ta: ta.stack(), arrays)


def _array_of(like, n):
    """An empty `TensorArray` for results of a dtype, a spec, or the dtype of a tensor."""
    dtype = like if isinstance(like, dtypes.DType) else getattr(like, "dtype", like)
    shape = like.shape if isinstance(like, TensorSpec) else None
    return TensorArray(dtypes.as_dtype(dtype), n, element_shape=shape)


def map_fn(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False,
           infer_shape=True, name=None, fn_output_signature=None):  # fmt: skip
    """The results of `fn` for each row of `elems`, stacked.

    Args:
      fn: takes a row of `elems` (a tensor, or a structure of them).
      elems: a tensor, or a structure of tensors with the same first dimension.
      fn_output_signature: the dtypes of what `fn` returns, if they are not those of `elems`.

    >>> import minitf as tf
    >>> map_fn(lambda x: x * x, tf.constant([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    if not callable(fn):
        raise TypeError(f"The provided function {fn} is not callable.fn must be callable.")
    tensors, n = _rows(elems, "map_fn")
    signature = fn_output_signature if fn_output_signature is not None else dtype
    arrays = nest.map_structure(lambda s: _array_of(s, n),
                                tensors if signature is None else signature)  # fmt: skip

    def body(i, arrays):
        result = fn(_row(tensors, i))
        nest.assert_same_structure(signature if signature is not None else elems, result,
                                   check_types=False)  # fmt: skip
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
        return jax.vmap(lambda *inputs: body(inputs), axes, axis_size=values[0].shape[0])(*values)

    return Op("VectorizedMap", run, "?*", num_outputs=None, costly=True,
              infer=lambda inputs, attrs: outputs,
              made_by=(_vectorized_op, (body, count, outputs)), bodies=[body])  # fmt: skip


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
