"""The one convolution, written so that it and its gradients run fast.

XLA has fast code for the CPU where an image is [batch, *space, channels] and a filter is
[*window, in, out]. Other layouts, such as JAX's transposes have, it rearranges first, but not
inside of a loop: there a filter's gradient takes ten times as long. So each gradient here is the
transpose of a form of the convolution with just the layout whose transpose is the fast one, or of
matrix products: that of deep filters, of those that see few numbers, and that for an input with
more places than windows. Where sums of products are faster than any convolution (windows of one
place, filters per channel), or where XLA has no fast code (volumes), there are other forms. On a
GPU, XLA's own convolution stays.

`correlate` convolves, `spread` is its transpose for the input.
"""

import functools
import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from minitf.ops.windows import numbers, taps

# A filter's gradient is a product per place of its window, if these are few and many channels deep;
# it is one product for all places if a window sees few numbers.
_FEW, _DEEP, _SEEN = 9, 16, 27
# An input's gradient is a product, if the input has more places than there are windows: as a
# convolution it would multiply with the zeros around these.
_MORE = 1.3
_PART = 2**24  # elements of the largest matrix; all of the cores work on one, but not on many
_LETTERS = "", "W", "HW", "DHW"


class Window(NamedTuple):
    """How the windows lie: a number, or a pair (before, after) of padding, per spatial axis."""

    strides: tuple
    padding: tuple
    dilations: tuple
    groups: int = 1


def correlate(x, filter, window):
    """The correlation of `x` [batch, *space, depth] with `filter` [*window, depth, out depth].

    With `window.groups` above 1, `filter` has the depth of one group.
    """
    if jax.default_backend() != "cpu":
        return _plain(x, filter, window)
    if window.groups > 1:
        form = _channel_by_channel if filter.shape[-2] == 1 else _plain
    elif math.prod(filter.shape[:-2]) == 1 and not any(map(any, window.padding)):
        form = _place_by_place
    else:
        form = _slice_by_slice if len(window.strides) == 3 else _correlate
    return form(x, filter, window)


def spread(y, filter, shape, window):
    """The transpose of `correlate` for an input of `shape`: every `y` times its window's filter."""
    if jax.default_backend() != "cpu" or window.groups > 1:
        return _transposed(lambda x: _plain(x, filter, window), shape, y)
    return _spread(y, filter, shape, window)


# Ways to say the same convolution -----------------------------------------------------------------


def _plain(x, filter, window):
    letters = _LETTERS[len(window.strides)]
    return _convolve(x, filter, window, f"N{letters}C", f"{letters}IO", f"N{letters}C")


def _for_input(x, filter, window):
    """As `_plain`; of this, the transpose in `x` is fast."""
    if _is_wasteful(x, filter, window):
        return _part_after_part(x, filter, window)
    letters = _LETTERS[len(window.strides)]
    swapped = filter.swapaxes(-1, -2)
    return _convolve(x, swapped, window, f"N{letters}C", f"{letters}OI", f"N{letters}C")


def _for_filter(x, filter, window):
    """As `_plain`; of this, the transpose in `filter` is fast."""
    if _is_deep(x, filter, window):
        return _place_after_place(x, filter, window)
    if math.prod(filter.shape[:-1]) <= min(_SEEN, filter.shape[-1]):
        return _at_once(x, filter, window)
    letters = _LETTERS[len(window.strides)]
    x, filter = x.swapaxes(0, -1), jnp.moveaxis(filter, -2, 0)
    y = _convolve(x, filter, window, f"C{letters}N", f"I{letters}O", f"{letters}NC")
    return jnp.moveaxis(y, -2, 0)


def _at_once(x, filter, window):
    """As `_plain`: one product, with a matrix that has a column for what each window sees."""
    *places, depth, out_depth = filter.shape
    seen = [*taps(x, places, window.strides, window.dilations, window.padding, 0)]
    columns = jnp.concatenate([tap.reshape(-1, depth).T for tap in seen])
    y = lax.dot_general(columns, filter.reshape(-1, out_depth), (((0,), (0,)), ((), ())))
    return y.reshape(*seen[0].shape[:-1], out_depth)


def _part_after_part(x, filter, window):
    """As `_plain`: a product, as in `_at_once`, but with a row for what each window sees.

    Where that were a large matrix, some images come after others.
    """
    *places, depth, out_depth = filter.shape
    flat = filter.reshape(-1, out_depth).T
    batch = x.shape[0]
    least = math.ceil(batch * _count(x, filter, window) * flat.shape[1] / _PART)
    parts = next((n for n in range(max(1, least), batch) if batch % n == 0), max(1, batch))

    def of_part(x):
        seen = [*taps(x, places, window.strides, window.dilations, window.padding, 0)]
        rows = jnp.concatenate([tap.reshape(-1, depth) for tap in seen], 1)
        y = lax.dot_general(rows, flat, (((1,), (1,)), ((), ())))
        return y.reshape(*seen[0].shape[:-1], out_depth)

    y = lax.map(of_part, x.reshape(parts, batch // parts, *x.shape[1:]))
    return y.reshape(batch, *y.shape[2:])


def _is_wasteful(x, filter, window):
    """Whether the gradient for `x`, as a convolution, would often multiply with zeros."""
    more = math.prod(x.shape[1:-1]) >= _MORE * _count(x, filter, window)
    return more and set(window.strides) == {1}


def _count(x, filter, window):
    """The number of windows of an image."""
    strides, padding, dilations, _ = window
    return math.prod(numbers(x.shape[1:-1], filter.shape, strides, dilations, padding))


def _place_after_place(x, filter, window):
    """As `_plain`, for `_is_deep` windows: the sum of a product for each of their places.

    Of this, the transpose in `filter` is made of products of matrices that lie as XLA likes them;
    the barriers keep it from folding the rearrangement into the products, which makes them slow.
    """
    *places, depth, out_depth = filter.shape
    parts = filter.reshape(-1, depth, out_depth).swapaxes(1, 2)
    parts = lax.optimization_barrier(parts)
    seen = taps(x, places, window.strides, window.dilations, window.padding, 0)
    total = 0
    for part, tap in zip(parts, seen):
        shape = tap.shape[:-1]
        total += lax.dot_general(part, tap.reshape(-1, depth), (((1,), (1,)), ((), ())))
    return lax.optimization_barrier(total).T.reshape(*shape, out_depth)


def _is_deep(x, filter, window):
    """Whether windows are so deep, and lie so simply, that products are the faster gradient."""
    simple = all(n == 1 for n in (*window.strides, *window.dilations))
    few = math.prod(filter.shape[:-2]) <= _FEW
    return few and simple and not any(map(any, window.padding)) and x.shape[-1] >= _DEEP


def _convolve(x, filter, window, *layouts):
    return lax.conv_general_dilated(
        x, filter, window.strides, window.padding, rhs_dilation=window.dilations,
        dimension_numbers=layouts, feature_group_count=window.groups,
    )  # fmt: skip


def _transposed(linear, shape, cotangent):
    return jax.linear_transpose(linear, jax.ShapeDtypeStruct(shape, cotangent.dtype))(cotangent)[0]


@functools.partial(jax.custom_jvp, nondiff_argnums=(2,))
def _correlate(x, filter, window):
    return _plain(x, filter, window)


@_correlate.defjvp
def _correlate_jvp(window, primals, tangents):
    (x, filter), (dx, dfilter) = primals, tangents
    tangent = _for_input(dx, filter, window) + _for_filter(x, dfilter, window)
    return _correlate(x, filter, window), tangent


@functools.partial(jax.custom_jvp, nondiff_argnums=(2, 3))
def _spread(y, filter, shape, window):
    return _transposed(lambda x: _for_input(x, filter, window), shape, y)


@_spread.defjvp
def _spread_jvp(shape, window, primals, tangents):
    (y, filter), (dy, dfilter) = primals, tangents

    def gradient_of_filter(x):
        return _transposed(lambda f: _for_filter(x, f, window), filter.shape, y)

    of_y = _transposed(lambda x: _plain(x, filter, window), shape, dy)
    tangent = of_y + _transposed(gradient_of_filter, shape, dfilter)
    return _spread(y, filter, shape, window), tangent


# Other forms --------------------------------------------------------------------------------------


def _place_by_place(x, filter, window):
    """With windows of one place: a matrix product."""
    strides = tuple(slice(None, None, stride) for stride in window.strides)
    return jnp.matmul(x[:, *strides], filter.reshape(filter.shape[-2:]))


def _channel_by_channel(x, filter, window):
    """With filters of their own for each channel: what the window sees, weighted and added up."""
    *places, _, depth = filter.shape
    x = jnp.repeat(x, depth // x.shape[-1], axis=-1)
    seen = taps(x, places, window.strides, window.dilations, window.padding, 0)
    return sum(tap * weight for tap, weight in zip(seen, filter.reshape(-1, depth)))


def _slice_by_slice(x, filter, window):
    """A convolution of volumes: the sum of those of their slices."""
    total = 0
    (stride, *strides), (edge, *padding), (dilation, *dilations), _ = window
    flat = Window(tuple(strides), tuple(padding), tuple(dilations))
    slices = taps(x.reshape(*x.shape[:2], -1), filter.shape[:1], (stride,), (dilation,), (edge,), 0)
    for tap, part in zip(slices, filter):
        seen = correlate(tap.reshape(-1, *x.shape[2:]), part, flat)
        total += seen.reshape(*tap.shape[:2], *seen.shape[1:])
    return total
