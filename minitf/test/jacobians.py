"""Derivatives by the tape beside derivatives by finite differences."""

import numpy as np

from minitf.core.dispatch import convert_to_tensor
from minitf.tape import GradientTape


def _by_tape(f, inputs, which):
    with GradientTape(persistent=True) as tape:
        tape.watch(inputs[which])
        output = f(*inputs)
        numbers = [output] if output.shape.rank == 0 else _flat(output)
    rows = [tape.gradient(number, inputs[which]) for number in numbers]
    size = inputs[which].shape.num_elements()
    zero = np.zeros(size, inputs[which].dtype.as_numpy_dtype)
    return np.array([zero if row is None else convert_to_tensor(row).numpy().ravel()
                     for row in rows]).reshape(len(rows), size)  # fmt: skip


def _flat(tensor):
    shape = tensor.shape.as_list()
    return [tensor[index] for index in np.ndindex(*shape)]


def _by_differences(f, inputs, which, delta):
    array, columns = inputs[which].numpy(), []
    for position in np.ndindex(array.shape):
        ends = []
        for step in (delta, -delta):
            moved = array.copy()
            moved[position] += step
            moved = convert_to_tensor(moved)
            ends.append(f(*inputs[:which], moved, *inputs[which + 1 :]).numpy().ravel())
        columns.append((ends[0] - ends[1]) / (2 * delta))
    size = f(*inputs).shape.num_elements()
    return np.stack(columns, 1) if columns else np.zeros([size, 0], array.dtype)


def compute_gradient(f, x, delta=None):
    """The Jacobians of `f` at the arguments `x`: by the tape, and by finite differences.

    Args:
      f: a function of tensors that returns a tensor.
      x: a list or tuple of its arguments, of a float dtype.
      delta: the step of the differences; default: 1/1024.

    Returns:
      Two tuples, each with a matrix per argument: a row per number of the output, a column per
      number of the argument.

    Raises:
      ValueError: `x` is no list.
      NotImplementedError: an argument is complex.

    >>> import minitf as tf
    >>> by_tape, by_differences = compute_gradient(tf.square, [tf.constant([1.0, 3.0])])
    >>> by_tape[0].tolist(), by_differences[0].tolist()
    ([[2.0, 0.0], [0.0, 6.0]], [[2.0, 0.0], [0.0, 6.0]])
    """
    if not isinstance(x, list | tuple):
        raise ValueError(
            f"`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), "
            f"not a {type(x)}"
        )
    inputs = [convert_to_tensor(value) for value in x]
    if any(t.dtype.is_complex for t in inputs):
        raise NotImplementedError("tf.test.compute_gradient: complex arguments")
    delta = 1.0 / 1024 if delta is None else delta
    everywhere = range(len(inputs))
    return (tuple(_by_tape(f, inputs, i) for i in everywhere),
            tuple(_by_differences(f, inputs, i, delta) for i in everywhere))  # fmt: skip
