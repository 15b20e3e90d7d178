"""XLA's gathers and scatters, by NumPy: windows of an array that are read, or written to.

`gather`, and what `scatter` makes, are rules of `rehearsal.py`: they take arrays and an equation.
"""

import numpy as np
from jax.lax import GatherScatterMode


def gather(arrays, equation):
    """The windows of an array that begin at indices; those that reach beyond it may be filled."""
    (x, indices), params = arrays, equation.params
    numbers = params["dimension_numbers"]
    places, inside = _places(
        x.shape, indices, params["slice_sizes"], equation.outvars[0].aval.ndim,
        axes=numbers.start_index_map,
        windows=numbers.offset_dims,
        narrow=numbers.collapsed_slice_dims,
        shared=dict(zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims)),
    )  # fmt: skip
    if params["mode"] is GatherScatterMode.FILL_OR_DROP:
        return np.where(inside, x[places], np.asarray(params["fill_value"], x.dtype))
    return x[places]


def scatter(write):
    """The rule of a scatter; `write(array, places, values)` changes the array."""

    def run(arrays, equation):
        (x, indices, updates), params = arrays, equation.params
        numbers = params["dimension_numbers"]
        shared = dict(zip(numbers.operand_batching_dims, numbers.scatter_indices_batching_dims))
        sizes, wide = [1] * x.ndim, iter(numbers.update_window_dims)
        for axis in range(x.ndim):
            if axis not in numbers.inserted_window_dims and axis not in shared:
                sizes[axis] = updates.shape[next(wide)]
        places, inside = _places(
            x.shape, indices, sizes, updates.ndim,
            axes=numbers.scatter_dims_to_operand_dims,
            windows=numbers.update_window_dims,
            narrow=numbers.inserted_window_dims,
            shared=shared,
        )  # fmt: skip
        if params["mode"] is GatherScatterMode.CLIP:
            inside = True
        kept = np.broadcast_to(inside, updates.shape)
        result = x.copy()
        places = tuple(np.broadcast_to(place, updates.shape)[kept] for place in places)
        write(result, places, updates[kept])
        return result

    return run


def _places(shape, indices, sizes, rank, axes, windows, narrow, shared):
    """(where along each axis of an array the elements of its windows are, moved inside; which
    windows were inside), to be broadcast to the `rank` axes of the windows.

    Args:
      shape: of the array.
      indices: where windows begin along `axes`, which are the last axis of the indices.
      sizes: of a window, along each axis of the array.
      windows: the axes, out of `rank`, along which the elements of a window lie.
      narrow: the axes of the array that a window has one place of, and none of `windows` for.
      shared: {axis of the array: the axis of the indices that goes along with it}.
    """
    outer = [axis for axis in range(rank) if axis not in windows]

    def along(axis, values):
        return values.reshape([-1 if i == axis else 1 for i in range(rank)])

    def of_windows(values):
        sizes = dict(zip(outer, values.shape))
        return values.reshape([sizes.get(i, 1) for i in range(rank)])

    starts, inside = indices.astype(np.int64), np.ones(indices.shape[:-1], bool)
    places, wide = [], iter(windows)
    for axis, size in enumerate(sizes):
        place = np.zeros([1] * rank, np.int64)
        if axis in axes:
            start, last = starts[..., axes.index(axis)], shape[axis] - size
            inside &= (start >= 0) & (start <= last)
            place = of_windows(np.clip(start, 0, last))
        if axis in shared:
            place = place + along(outer[shared[axis]], np.arange(shape[axis]))
        elif axis not in narrow:
            place = place + along(next(wide), np.arange(size))
        places.append(place)
    return tuple(places), of_windows(inside)


def write(array, places, values):
    """Of several values for one place, the last one stays."""
    array[places] = values
