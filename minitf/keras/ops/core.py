"""Control flow, and the parts of tensors, as `tf.keras.ops` has them."""

import numpy as np

from minitf import custom_gradient as gradients
from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config
from minitf.ops import array, control_flow, functional, gathering, joining, math, slicing


def cond(pred, true_fn, false_fn):
    """What `true_fn()` or `false_fn()` returns."""
    return control_flow.cond(pred, true_fn, false_fn)


def switch(index, branches, *operands):
    """What the branch number `index` returns for the operands."""
    index = math.minimum(math.maximum(index, 0), len(branches) - 1)
    return control_flow.switch_case(index, [lambda f=f: f(*operands) for f in branches])


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    """The variables after `body`, again and again while `cond` holds.

    >>> while_loop(lambda i: i < 10, lambda i: i + 4, (convert_to_tensor(0),))[0].numpy()
    np.int32(12)
    """
    alone = not isinstance(loop_vars, list | tuple)
    variables = (loop_vars,) if alone else tuple(loop_vars)

    def step(*values):
        result = body(*values)
        return (result,) if not isinstance(result, list | tuple) else tuple(result)

    result = control_flow.while_loop(cond, step, variables, maximum_iterations=maximum_iterations)
    return result[0] if alone else tuple(result)


def fori_loop(lower, upper, body_fun, init_val):
    """`init_val` after `body_fun(i, value)` for each i from `lower` up to `upper`."""
    return control_flow.while_loop(
        lambda i, value: i < upper,
        lambda i, value: (i + 1, body_fun(i, value)),
        (convert_to_tensor(lower), init_val),
    )[1]


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    """(state, outputs) of `f(state, x)` for each x along the first axis.

    Raises:
      ValueError: neither `xs` nor `length`.
    """
    if xs is None and length is None:
        raise ValueError("Got no `xs` to scan over and `length` not provided.")
    count = length if xs is None else nest.flatten(xs)[0].shape[0]
    state, outputs = init, [None] * count
    for i in range(count - 1, -1, -1) if reverse else range(count):
        x = None if xs is None else nest.map_structure(lambda part, i=i: part[i], xs)
        state, outputs[i] = f(state, x)
    if outputs[0] is None:
        return state, None
    return state, nest.map_structure(lambda *parts: joining.stack(parts), *outputs)


def map(f, xs):  # noqa: A001  Keras's name
    """`f` of each part along the first axis."""
    xs = nest.map_structure(convert_to_tensor, xs)
    count = nest.flatten(xs)[0].shape[0]
    parts = [f(nest.map_structure(lambda x, i=i: x[i], xs)) for i in range(count)]
    return nest.map_structure(lambda *each: joining.stack(each), *parts)


def vectorized_map(function, elements):
    """`function` of each part along the first axis, all at once."""
    return functional.vectorized_map(function, elements)


def slice(inputs, start_indices, shape):  # noqa: A001  Keras's name
    """The part of `inputs` of a shape that begins at `start_indices`."""
    return slicing.slice_(inputs, start_indices, shape)


def slice_update(inputs, start_indices, updates):
    """`inputs` with `updates` in place of the part that begins at `start_indices`."""
    updates = convert_to_tensor(updates)
    grid = np.indices(updates.shape.as_list()).reshape(updates.shape.rank, -1).T
    indices = math.cast(grid, "int64") + math.cast(start_indices, "int64")
    return gathering.tensor_scatter_nd_update(inputs, indices, array.reshape(updates, [-1]))


def scatter(indices, values, shape):
    """Zeros of a shape, with `values` added at `indices`."""
    return gathering.scatter_nd(indices, values, shape)


def scatter_update(inputs, indices, updates, reduction=None):
    """`inputs` with `updates` at `indices`.

    Args:
      reduction: None puts them there; `"add"`, `"min"` and `"max"` join them with what is there.
    """
    names = {None: "update", "add": "add", "min": "min", "max": "max"}
    if reduction not in names:
        raise ValueError(f"Unsupported reduction: {reduction}")
    update = getattr(gathering, f"tensor_scatter_nd_{names[reduction]}")
    return update(inputs, indices, updates)


def unstack(x, num=None, axis=0):
    """The parts along an axis, as a list."""
    return joining.unstack(x, num, axis)


def custom_gradient(f):
    """`f`, which returns its value and the function of its gradient."""
    return gradients.custom_gradient(f)


def dtype(x):
    """The name of the dtype."""
    return config.standardize_dtype(x.dtype)


def saturate_cast(x, dtype):
    """`x` in another dtype; what is out of its range becomes the nearest that is not."""
    return math.saturate_cast(x, config.standardize_dtype(dtype))
