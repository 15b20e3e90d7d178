"""`map_fn`, `vectorized_map`, `scan`, `foldl`, `foldr`: a function over the rows of tensors."""

import functools

import jax
import jax.numpy as jnp

from minitf import dtypes, nest
from minitf.core.checks import observed, shows
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import Op
from minitf.core.tensor import Tensor
from minitf.graphs.func_graph import Body
from minitf.ops import control_flow, joining
from minitf.ops.bodies import traced
from minitf.ops.collected import COMPOSITES, array_of, number_of_rows, row_of, row_spec
from minitf.ops.handles import READ
from minitf.ops.tensor_array import TensorArray
from minitf.shapes import TensorShape


def _rows(elems, name, broadcast=False):
    """(the tensors of `elems`, how many rows they have: an int or a tensor).

    With `broadcast` a tensor of one row stands for any number of equal ones.
    """
    flat = []

    def noted(x):
        flat.append(x if isinstance(x, COMPOSITES) else convert_to_tensor(x))
        return flat[-1]

    tensors = _each(noted, elems)
    if not flat:
        raise ValueError(
            f"elems must be a Tensor or (possibly nested) sequence of Tensors. Got {elems}, "
            "which does not contain any Tensors."
        )
    for t in flat:
        if t.shape.rank == 0:
            raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    sizes = {t.shape[0] for t in flat if t.shape.rank is not None and t.shape[0] is not None}
    if broadcast and len(sizes) > 1:
        sizes.discard(1)
    if len(sizes) > 1:
        a, b = sorted(sizes)[:2]
        raise ValueError(f"Dimensions {a} and {b} are not compatible")
    return tensors, sizes.pop() if sizes else number_of_rows(flat[0])


def _each(function, structure, *others):
    """`function` of the leaves of structures; here ragged and sparse tensors are leaves."""
    if isinstance(structure, COMPOSITES) or not nest.is_nested(structure):
        return function(structure, *others)
    if isinstance(structure, dict):
        made = [(k, _each(function, x, *(o[k] for o in others))) for k, x in structure.items()]
        return type(structure)(made)
    made = [_each(function, *xs) for xs in zip(structure, *others)]
    return type(structure)(*made) if hasattr(structure, "_fields") else type(structure)(made)


def _row(tensors, i):
    return _each(lambda t: row_of(t, i), tensors)


def _written(arrays, i, result):
    return _each(lambda ta, x: ta.write(i, x), arrays, result)


def _stacked(arrays, n):
    """All that the arrays took, `n` rows."""

    def stacked(rows):
        made = rows.stack()
        if isinstance(n, int) and isinstance(made, Tensor):
            made.set_shape(TensorShape([n]).concatenate(made.shape[1:]))
        return made

    return nest.map_structure(stacked, arrays)


def map_fn(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False,
           infer_shape=True, name=None, fn_output_signature=None):  # fmt: skip
    """The results of `fn` for each row of `elems`, stacked.

    Args:
      fn: takes a row of `elems` (a tensor, or a structure of them).
      elems: a tensor, or a structure of tensors with the same first dimension.
      back_prop: False: in a graph, no gradient goes through the rows.
      fn_output_signature: the dtypes or specs of what `fn` returns, if they are not those of
        the rows. With a `RaggedTensorSpec`, results of different sizes make a `RaggedTensor`,
        with a `SparseTensorSpec` sparse ones a `SparseTensor`.

    >>> import minitf as tf
    >>> map_fn(lambda x: x * x, tf.constant([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    if not callable(fn):
        raise TypeError(f"The provided function {fn} is not callable.fn must be callable.")
    tensors, n = _rows(elems, "map_fn")
    signature = fn_output_signature if fn_output_signature is not None else dtype
    signature = _each(row_spec, tensors) if signature is None else signature
    arrays = nest.map_structure(lambda s: array_of(s, n), signature)

    def body(i, arrays):
        result = fn(_row(tensors, i))
        nest.assert_same_structure(signature, _each(lambda _: None, result))
        return i + 1, _written(arrays, i, result)

    _, arrays = control_flow.loop(lambda i, _: i < n, body, (0, arrays),
                                  name=name or "map/while", back_prop=back_prop,
                                  uses=tensors)  # fmt: skip
    return _stacked(arrays, n)


def vectorized_map(fn, elems, fallback_to_while_loop=True, warn=True):
    """As `map_fn`, all rows at once: `jax.vmap` of what `fn` was traced to.

    Args:
      fn: takes a row of `elems`, returns a structure of tensors and None.
      elems: a tensor or a structure of tensors; those of one row stand beside all rows.
      fallback_to_while_loop: whether rows run one after the other where they cannot run at once:
        with random numbers, assignments, text, Python functions.

    Raises:
      ValueError: they cannot, and `fallback_to_while_loop` is false.

    >>> import minitf as tf
    >>> vectorized_map(lambda x: x * x, tf.constant([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    tensors, _ = _rows(elems, "vectorized_map", broadcast=True)
    flat = []
    _each(flat.append, tensors)
    if others := [t for t in flat if isinstance(t, COMPOSITES)]:
        raise ValueError(f"vectorized_map does not take rows of {others[0]}: see map_fn")
    specs = [(t.shape[1:] if t.shape.rank else TensorShape(None), t.dtype) for t in flat]
    graph, result = traced(
        "loop_body", lambda *rows: fn(nest.pack_sequence_as(tensors, rows)), specs
    )
    with stack.push(graph):
        result = nest.map_structure(
            lambda x: x if x is None else graph.adopt(convert_to_tensor(x)), result
        )
    body = Body(graph, graph.inputs, [t for t in nest.flatten(result) if t is not None])
    if not body.outputs:
        return result
    if apart := [o for o in body.operations if _is_one_by_one(o)]:
        if not fallback_to_while_loop:
            raise ValueError(f"No pfor vectorization defined for {apart[0].type}\n{apart[0]!r}")
        return _one_by_one(fn, tensors, result)
    sizes = [t.shape[0] if t.shape.rank else None for t in flat]
    rows = None if None in sizes else max(sizes)
    outputs = [(TensorShape([rows]).concatenate(t.shape), t.dtype) for t in body.outputs]
    getattr(stack.frame, "used_variables", {}).update(graph.used_variables)
    for variable in graph.trainable_variables:
        stack.frame.access(variable)
    op = _vectorized_op(body, len(flat), outputs)
    made = execute(op, (*flat, *body.captured), (), "vectorized_map")
    return _filled(result, made)


def _is_one_by_one(operation):
    """Whether an operation cannot run for all rows at once: it has effects, or works on text."""
    op = operation.op_def
    if op.bodies:
        return any(_is_one_by_one(o) for body in op.bodies for o in body.operations)
    tensors = (*operation.inputs, *operation.outputs)
    is_text = any(t is not None and t.dtype is dtypes.string for t in tensors)
    return op.host or op.stateful and op is not READ or is_text


def _one_by_one(fn, tensors, result):
    """What `vectorized_map` returns, where rows have to run one after the other."""
    kinds = [t.dtype for t in nest.flatten(result) if t is not None]
    flat = map_fn(lambda row: [x for x in nest.flatten(fn(row)) if x is not None], tensors,
                  fn_output_signature=kinds)  # fmt: skip
    return _filled(result, flat)


def _filled(structure, tensors):
    """The structure with `tensors` in place of what is not None."""
    given = iter(tensors)
    return nest.map_structure(lambda x: x if x is None else next(given), structure)


def _common_size(tensors):
    """How many rows there are; a tensor may have a single one for all."""
    sizes = {t.shape[0] for t in tensors}
    return next(iter(sizes - {1}), 1)


def _vectorized_op(body, count, outputs):
    def run(*values):
        rows, captured = values[:count], values[count:]
        size = _common_size(rows)
        rows = [jnp.broadcast_to(x, (size, *x.shape[1:])) for x in rows]
        of_row = functools.partial(observed, lambda *row: body([*row, *captured]))
        results, flaws = jax.vmap(of_row, axis_size=size)(*rows)
        shows(flaws)
        return results

    def eagerly(inputs, attrs):
        """One row after the other."""
        size = _common_size(inputs[:count])
        if not size:
            return execute(op, inputs)
        rows = [joining.unstack(x) for x in inputs[:count]]
        rows = zip(*[x if len(x) == size else x * size for x in rows])
        found = [body.eagerly([*row, *inputs[count:]]) for row in rows]
        return [joining.stack(list(column)) for column in zip(*found)]

    op = Op("VectorizedMap", run, "?*", num_outputs=None, costly=True,
            resource=bool(body.num_cells), infer=lambda inputs, attrs: outputs, eagerly=eagerly,
            made_by=(_vectorized_op, (body, count, outputs)), bodies=[body])  # fmt: skip
    return op


def _initial(initializer, tensors, n, reverse):
    """(first accumulator, the first row that is still to be folded, the end)."""
    if initializer is not None:
        return nest.map_structure(convert_to_tensor, initializer), 0
    return _row(tensors, n - 1 if reverse else 0), 1


def _fold(fn, elems, initializer, reverse, back_prop, name):
    if not callable(fn):
        raise TypeError(f"{name}: {fn} is not callable. Please provide a callable function.")
    tensors, n = _rows(elems, name)
    start, first = _initial(initializer, tensors, n, reverse)

    def body(i, accumulated):
        row = _row(tensors, n - 1 - i if reverse else i)
        return i + 1, fn(accumulated, row)

    return control_flow.loop(lambda i, _: i < n, body, (first, start), name=f"{name}/while",
                             back_prop=back_prop, uses=tensors)[1]  # fmt: skip


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False,
          name=None):  # fmt: skip
    """`fn(... fn(fn(initializer, row 0), row 1) ..., last row)`.

    >>> import minitf as tf
    >>> foldl(lambda a, x: a + x, tf.constant([1, 2, 3])).numpy()
    np.int32(6)
    """
    return _fold(fn, elems, initializer, False, back_prop, name or "foldl")


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False,
          name=None):  # fmt: skip
    """As `foldl`, from the last row to the first."""
    return _fold(fn, elems, initializer, True, back_prop, name or "foldr")


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False,
         infer_shape=True, reverse=False, name=None):  # fmt: skip
    """All accumulated values of a fold, stacked.

    Args:
      fn: `fn(accumulated, row)`, returns what has the structure of `initializer`.
      initializer: the first accumulated value; by default the first row.
      back_prop: False: in a graph, no gradient goes through the fold.
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
                               name=name or "scan/while", back_prop=back_prop,
                               uses=tensors)[2]  # fmt: skip
    return _stacked(arrays, n)
