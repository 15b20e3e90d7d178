"""Convolution in one, two and three dimensions, transposed, depthwise, separable and dilated.

Here TensorFlow's arguments are read; `correlation.py` does the work. A transposed convolution is
the gradient of one: a convolution is linear in its input and in its filter.
"""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from minitf import errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.graphs.inference import partial_value
from minitf.ops.correlation import Window, correlate, spread
from minitf.ops.windows import (
    amounts,
    channels_first,
    for_every_axis,
    padding_of,
    patches,
    spatial_axes,
)
from minitf.shapes import TensorShape


class Geometry(NamedTuple):
    """How the windows of a convolution lie; the tuples have an entry per spatial axis."""

    strides: tuple
    padding: Any
    dilations: tuple
    data_format: str | None

    @classmethod
    def of(cls, rank, strides, padding, dilations, data_format):
        """From TensorFlow's arguments for a convolution over `rank` axes.

        Raises:
          ValueError: a list of the wrong length.
          tf.errors.UnimplementedError: strides over batch or channels.
        """
        every = [
            for_every_axis(strides, rank, data_format, "strides"),
            for_every_axis(dilations, rank, data_format, "dilations"),
        ]
        for name, values in zip(("strides", "dilations"), every):
            if np.prod(values) != np.prod(spatial_axes(values, data_format)):
                raise errors.UnimplementedError(
                    None, None,
                    f"Current implementation does not yet support {name} in the batch and depth "
                    "dimensions.",
                )  # fmt: skip
        strides, dilations = (spatial_axes(values, data_format) for values in every)
        return cls(strides, padding_of(padding, data_format), dilations, data_format)


def _convolve(input, filter, *, geometry):
    """The correlation of `input` with `filter` [*window, in depth, out depth].

    Axes before the batch axis are batch axes too. An input deeper than the filter is convolved in
    groups.
    """
    rank = len(geometry.strides)
    if input.ndim < rank + 2:
        raise ValueError(f"input must be {rank + 2}-dimensional: {list(input.shape)}")
    batch = input.shape[: input.ndim - rank - 1]
    x = _channels_last(input.reshape(-1, *input.shape[len(batch) :]), geometry)
    y = correlate(x, filter, _window(x.shape, filter.shape, geometry))
    y = _channels_as_given(y, geometry)
    return y.reshape(*batch, *y.shape[1:]) if len(batch) > 1 else y


def _window(shape, filter_shape, geometry):
    """The `Window` of a filter of this shape over an input [batch, *space, channels]."""
    strides, padding, dilations, _ = geometry
    rank = len(strides)
    if len(filter_shape) != rank + 2:
        raise ValueError(f"filter must be {rank + 2}-dimensional: {list(filter_shape)}")
    groups = _groups(shape[-1], *filter_shape[-2:])
    edges = amounts(shape[1:-1], filter_shape[:rank], strides, dilations, padding)
    return Window(strides, tuple(edges), dilations, groups)


def _channels_last(x, geometry):
    return jnp.moveaxis(x, 1, -1) if channels_first(geometry.data_format) else x


def _channels_as_given(x, geometry):
    return jnp.moveaxis(x, -1, 1) if channels_first(geometry.data_format) else x


def _groups(depth, filter_depth, out_depth):
    if not filter_depth or depth % filter_depth:
        raise ValueError(
            f"input depth must be evenly divisible by filter depth: {depth} vs {filter_depth}"
        )
    groups = depth // filter_depth
    if out_depth % groups:
        raise ValueError(
            f"output depth must be evenly divisible by number of groups: {out_depth} vs {groups}"
        )
    return groups


def _convolve_depthwise(input, filter, *, geometry):
    """Each channel of `input` with its own filters: `filter` is [*window, depth, multiplier]."""
    if filter.ndim != 4:
        raise ValueError(f"filter must be 4-dimensional: {list(filter.shape)}")
    depth = input.shape[-3 if channels_first(geometry.data_format) else -1]
    if depth != filter.shape[2]:
        raise ValueError(
            "output depth must be evenly divisible by number of groups: "
            f"{filter.shape[3]} vs {depth}"
        )
    return _convolve(input, filter.reshape(*filter.shape[:2], 1, -1), geometry=geometry)


def _convolve_apart(input, filter, *, geometry):
    """`_convolve_depthwise` of the images of every `dilation`-th pixel, put together again."""
    x = _channels_last(input, geometry)
    places, edges = [], []
    for size, window, stride, dilation, given in zip(
        x.shape[1:3], filter.shape, geometry.strides, geometry.dilations, _whole(geometry, filter)
    ):
        left_over = -(size + sum(given)) % dilation
        length = (size + sum(given) + left_over) // dilation  # of each of the images
        count = dilation * (-(-(length - window + 1) // stride)) - left_over
        edges.append((given[0], given[1] + left_over))
        places.append([i // dilation * stride * dilation + i % dilation for i in range(count)])
    dense = Geometry((1, 1), tuple(edges), geometry.dilations, None)
    y = _convolve_depthwise(x, filter, geometry=dense)
    rows, columns = (np.array(p, int) for p in places)
    return _channels_as_given(y[:, rows][:, :, columns], geometry)


def _whole(geometry, filter):
    """The padding (before, after) of both axes with which steps of one pixel keep the size."""
    if geometry.padding == "VALID":
        return (0, 0), (0, 0)
    if geometry.padding != "SAME":
        return geometry.padding
    spare = [(n - 1) * d for n, d in zip(filter.shape, geometry.dilations)]
    return [(n // 2, n - n // 2) for n in spare]


def _spread_input(input_sizes, filter, out_backprop, *, geometry):
    """The gradient of `_convolve` for an input of these sizes."""
    sizes = _sizes(input_sizes, out_backprop)
    _check_sizes(lambda x: _convolve(x, filter, geometry=geometry), sizes, out_backprop)
    shape = jax.eval_shape(lambda x: _channels_last(x, geometry), _like(sizes, filter)).shape
    window = _window(shape, filter.shape, geometry)
    x = spread(_channels_last(out_backprop, geometry), filter, shape, window)
    return _channels_as_given(x, geometry)


def _spread_depthwise(input_sizes, filter, out_backprop, *, geometry):
    sizes = _sizes(input_sizes, out_backprop)
    convolve = functools.partial(_convolve_depthwise, filter=filter, geometry=geometry)
    return _pullback(convolve, sizes, out_backprop)


def _gradient_of_filter(convolve):
    """The op's function for the gradient of `convolve` for a filter of given sizes."""

    def of_filter(input, filter_sizes, out_backprop, *, geometry):
        sizes = tuple(map(int, filter_sizes))
        return _pullback(lambda f: convolve(input, f, geometry=geometry), sizes, out_backprop)

    return of_filter


def _sizes_given(position):
    """`infer` of an op whose result has the sizes that are its input at `position`."""

    def infer(inputs, attrs):
        sizes = partial_value(inputs[position])
        rank = inputs[-1].shape.rank
        shape = None if rank is None else [None] * rank
        if sizes is not None:
            shape = [None if n == -1 else int(n) for n in sizes]
        return [(TensorShape(shape), inputs[-1].dtype)]

    return infer


def _sizes(input_sizes, out_backprop):
    """The shape of the input; its batch may be given as -1."""
    return tuple(b if n == -1 else int(n) for n, b in zip(input_sizes, out_backprop.shape))


def _like(shape, array):
    return jax.ShapeDtypeStruct(shape, array.dtype)


def _check_sizes(linear, shape, cotangent):
    computed = jax.eval_shape(linear, _like(shape, cotangent)).shape
    if computed != cotangent.shape:
        raise ValueError(
            "Size of out_backprop doesn't match computed: "
            f"actual = {list(cotangent.shape)}, computed = {list(computed)}"
        )


def _pullback(linear, shape, cotangent):
    _check_sizes(linear, shape, cotangent)
    return jax.vjp(linear, jnp.zeros(shape, cotangent.dtype))[1](cotangent)[0]


# By rank.
CONV = None, *(define(f"Conv{n}D", _convolve, "TT") for n in (1, 2, 3))
CONV_BACKPROP_INPUT = (
    None,
    *(
        define(name, _spread_input, "iTT", static=(0,), infer=_sizes_given(0))
        for name in ("Conv1DBackpropInput", "Conv2DBackpropInput", "Conv3DBackpropInputV2")
    ),
)
CONV_BACKPROP_FILTER = (
    None,
    None,
    *(
        define(name, _gradient_of_filter(_convolve), "TiT", static=(1,), infer=_sizes_given(1))
        for name in ("Conv2DBackpropFilter", "Conv3DBackpropFilterV2")
    ),
)
DEPTHWISE = define("DepthwiseConv2dNative", _convolve_depthwise, "TT")
DEPTHWISE_APART = define("DepthwiseConv2dApart", _convolve_apart, "TT")
DEPTHWISE_BACKPROP_INPUT = define(
    "DepthwiseConv2dNativeBackpropInput",
    _spread_depthwise,
    "iTT",
    static=(0,),
    infer=_sizes_given(0),
)
DEPTHWISE_BACKPROP_FILTER = define(
    "DepthwiseConv2dNativeBackpropFilter",
    _gradient_of_filter(_convolve_depthwise),
    "TiT",
    static=(1,),
    infer=_sizes_given(1),
)

# Convolution --------------------------------------------------------------------------------------


def conv1d(input, filters, stride, padding, data_format="NWC", dilations=None, name=None):
    """Convolves `input` [batch, width, depth] with `filters` [width, depth, out depth]."""
    geometry = Geometry.of(1, stride, padding, dilations, data_format)
    return execute(CONV[1], (input, filters), (geometry,), name or "conv1d")


def conv2d(input, filters, strides, padding, data_format="NHWC", dilations=None, name=None):
    """Convolves images with filters (without flipping them: a cross-correlation).

    Args:
      input: [batch, height, width, depth], or [batch, depth, height, width] for "NCHW"; more batch
        axes may stand in front.
      filters: [height, width, depth, out depth]; where `depth` is a divisor of the input's, the
        convolution is grouped.
      strides: a number, or one for height and one for width, or one for each axis.
      padding: "SAME", "VALID", or a pair (before, after) for each axis.
      dilations: as `strides`.

    Raises:
      tf.errors.InvalidArgumentError: sizes or depths do not fit.

    >>> import numpy as np
    >>> conv2d(np.ones((1, 3, 3, 1), "f"), np.ones((2, 2, 1, 1), "f"), 1, "VALID").numpy().ravel()
    array([4., 4., 4., 4.], dtype=float32)
    """
    geometry = Geometry.of(2, strides, padding, dilations, data_format)
    return execute(CONV[2], (input, filters), (geometry,), name)


def conv3d(input, filters, strides, padding, data_format="NDHWC", dilations=None, name=None):
    """Convolves volumes [batch, depth, height, width, channels]; see `conv2d`.

    `strides` and `dilations` are lists of five.
    """
    if not isinstance(strides, list | tuple):
        raise TypeError(f"Expected list for 'strides' argument to 'conv3d' Op, not {strides}.")
    if len(strides) < 5:
        raise errors.InvalidArgumentError(
            None, None, f"Length for attr 'strides' of {len(strides)} must be at least minimum 5"
        )
    geometry = Geometry.of(3, strides, padding, dilations, data_format)
    return execute(CONV[3], (input, filters), (geometry,), name)


def convolution(input, filters, strides=None, padding="VALID", data_format=None, dilations=None,
                name=None):  # fmt: skip
    """Convolves over as many axes as `filters` has before its last two; see `conv2d`."""
    input, filters = convert_to_tensor(input), convert_to_tensor(filters)
    rank = filters.shape.rank - 2
    if not 1 <= rank <= 3:
        raise ValueError(
            "`num_spatial_dims` must be 1, 2, or 3. "
            f"Received: num_spatial_dims={rank} of filters of shape {filters.shape}"
        )
    if not isinstance(padding, str):
        raise TypeError(f"Expected string for argument 'padding' not {padding}.")
    geometry = Geometry.of(rank, strides, padding, dilations, data_format)
    if max(geometry.strides) > 1 and max(geometry.dilations) > 1:
        raise ValueError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
            f"strides={strides} and dilation_rate={dilations}"
        )
    return execute(CONV[rank], (input, filters), (geometry,), name or "convolution")


def atrous_conv2d(value, filters, rate, padding, name=None):
    """`conv2d` with `dilations=rate` and stride 1."""
    if np.min(rate) < 1:
        raise ValueError(
            f"all values of `dilation_rate` must be positive. Received: dilation_rate={rate}"
        )
    return conv2d(value, filters, 1, padding, dilations=rate, name=name)


# Transposed ---------------------------------------------------------------------------------------


def _conv_transpose(rank, input, filters, output_shape, strides, padding, data_format, dilations,
                    name):  # fmt: skip
    geometry = Geometry.of(rank, strides, padding, dilations, data_format)
    op = CONV_BACKPROP_INPUT[rank]
    return execute(op, (output_shape, filters, input), (geometry,), name)


def conv1d_transpose(input, filters, output_shape, strides, padding="SAME", data_format="NWC",
                     dilations=None, name=None):  # fmt: skip
    """The gradient of `conv1d` for its input; see `conv2d_transpose`."""
    return _conv_transpose(1, input, filters, output_shape, strides, padding, data_format,
                           dilations, name or "conv1d_transpose")  # fmt: skip


def conv2d_transpose(input, filters, output_shape, strides, padding="SAME", data_format="NHWC",
                     dilations=None, name=None):  # fmt: skip
    """The gradient of `conv2d` for its input: it makes images larger where `conv2d` shrinks them.

    Args:
      input: [batch, height, width, depth].
      filters: [height, width, out depth, depth].
      output_shape: the shape of the result (its batch size may be -1); `conv2d` of such a tensor
        has the shape of `input`.
      strides, padding, data_format, dilations: those of that `conv2d`.

    >>> import numpy as np
    >>> x, f = np.ones((1, 1, 1, 1), "f"), np.ones((2, 2, 3, 1), "f")
    >>> conv2d_transpose(x, f, [1, 2, 2, 3], 2).shape
    TensorShape([1, 2, 2, 3])
    """
    return _conv_transpose(2, input, filters, output_shape, strides, padding, data_format,
                           dilations, name or "conv2d_transpose")  # fmt: skip


def conv3d_transpose(input, filters, output_shape, strides, padding="SAME", data_format="NDHWC",
                     dilations=None, name=None):  # fmt: skip
    """The gradient of `conv3d` for its input; see `conv2d_transpose`."""
    return _conv_transpose(3, input, filters, output_shape, strides, padding, data_format,
                           dilations, name or "conv3d_transpose")  # fmt: skip


def conv_transpose(input, filters, output_shape, strides, padding="SAME", data_format=None,
                   dilations=None, name=None):  # fmt: skip
    """The transposed convolution over as many axes as `output_shape` has beside batch and depth."""
    sizes = convert_to_tensor(output_shape).shape.num_elements()
    rank = 0 if sizes is None else sizes - 2
    if not 1 <= rank <= 3:
        raise ValueError(f"`output_shape` must be of length 3, 4, or 5. Received: {output_shape}")
    return _conv_transpose(rank, input, filters, output_shape, strides, padding, data_format,
                           dilations, name or "conv_transpose")  # fmt: skip


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    """`conv2d_transpose` with `dilations=rate` and stride 1."""
    return conv2d_transpose(value, filters, output_shape, 1, padding, dilations=rate, name=name)


# Depthwise and separable --------------------------------------------------------------------------


def depthwise_conv2d(input, filter, strides, padding, data_format=None, dilations=None, name=None):
    """Convolves each channel with filters of its own.

    Args:
      input: [batch, height, width, depth].
      filter: [height, width, depth, multiplier].
      strides, padding, data_format, dilations: see `conv2d`. Where both windows and their steps are
        spread, a step is one among the pixels that a window can see: TensorFlow takes the image
        apart into as many as `dilations` says, and convolves each of them.

    Returns:
      [batch, height, width, depth * multiplier].
    """
    geometry = Geometry.of(2, strides, padding, dilations, data_format)
    is_strided = max(geometry.strides) > 1 and max(geometry.dilations) > 1
    op = DEPTHWISE_APART if is_strided else DEPTHWISE
    return execute(op, (input, filter), (geometry,), name or "depthwise")


def depthwise_conv2d_backprop_input(input_sizes, filter, out_backprop, strides, padding,
                                    data_format="NHWC", dilations=(1, 1, 1, 1),
                                    name=None):  # fmt: skip
    """The gradient of `depthwise_conv2d` for an input of shape `input_sizes`."""
    geometry = Geometry.of(2, strides, padding, dilations, data_format)
    inputs = (input_sizes, filter, out_backprop)
    return execute(DEPTHWISE_BACKPROP_INPUT, inputs, (geometry,), name)


def depthwise_conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding,
                                     data_format="NHWC", dilations=(1, 1, 1, 1),
                                     name=None):  # fmt: skip
    """The gradient of `depthwise_conv2d` for a filter of shape `filter_sizes`."""
    geometry = Geometry.of(2, strides, padding, dilations, data_format)
    inputs = (input, filter_sizes, out_backprop)
    return execute(DEPTHWISE_BACKPROP_FILTER, inputs, (geometry,), name)


def separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, data_format=None,
                     dilations=None, name=None):  # fmt: skip
    """`depthwise_conv2d`, then a convolution of 1x1 windows with `pointwise_filter`."""
    name = name or "separable_conv2d"
    depthwise = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations,
                                 f"{name}/depthwise")  # fmt: skip
    return conv2d(depthwise, pointwise_filter, 1, "VALID", data_format, name=name)


# Gradients of the TF 1.x face ---------------------------------------------------------------------


def conv2d_backprop_input(input_sizes, filter, out_backprop, strides, padding, data_format="NHWC",
                          dilations=(1, 1, 1, 1), name=None):  # fmt: skip
    """The gradient of `conv2d` for an input of shape `input_sizes`."""
    geometry = Geometry.of(2, strides, padding, dilations, data_format)
    return execute(CONV_BACKPROP_INPUT[2], (input_sizes, filter, out_backprop), (geometry,), name)


def conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, data_format="NHWC",
                           dilations=(1, 1, 1, 1), name=None):  # fmt: skip
    """The gradient of `conv2d` for a filter of shape `filter_sizes`."""
    geometry = Geometry.of(2, strides, padding, dilations, data_format)
    return execute(CONV_BACKPROP_FILTER[2], (input, filter_sizes, out_backprop), (geometry,), name)


def conv3d_backprop_filter(input, filter_sizes, out_backprop, strides, padding,
                           data_format="NDHWC", dilations=(1, 1, 1, 1, 1),
                           name=None):  # fmt: skip
    """The gradient of `conv3d` for a filter of shape `filter_sizes`."""
    geometry = Geometry.of(3, strides, padding, dilations, data_format)
    return execute(CONV_BACKPROP_FILTER[3], (input, filter_sizes, out_backprop), (geometry,), name)


# Morphology ---------------------------------------------------------------------------------------


def _dilate(input, filter, *, geometry):
    """The maximum over each window of `input + filter`; equal maxima give the gradient to one."""
    if filter.ndim != 3:
        raise ValueError(f"filter must be 3-dimensional: {list(filter.shape)}")
    window = filter.shape[:2]
    strides, padding, dilations, _ = geometry
    seen = patches(input, window, strides, dilations, padding, -np.inf)
    sums = (seen + filter).reshape(*seen.shape[:3], -1, seen.shape[-1])
    first = jnp.argmax(sums, axis=3, keepdims=True)
    return jnp.take_along_axis(sums, first, axis=3)[:, :, :, 0]


DILATION = define("Dilation2D", _dilate, "TT")


def dilation2d(input, filters, strides, padding, data_format, dilations, name=None):
    """Grayscale dilation: the maximum over each window of the sum of image and filter.

    Args:
      input: [batch, height, width, depth].
      filters: [height, width, depth].
    """
    if data_format != "NHWC":
        raise ValueError(
            "`data_format` values other  than 'NHWC' are not supported. "
            f"Received: data_format={data_format}"
        )
    geometry = Geometry.of(2, strides, padding, dilations, data_format)
    return execute(DILATION, (input, filters), (geometry,), name)


def erosion2d(value, filters, strides, padding, data_format, dilations, name=None):
    """Grayscale erosion: the minimum over each window of the image less the filter."""
    flipped = execute(FLIP, (convert_to_tensor(filters),))
    return -dilation2d(-convert_to_tensor(value), flipped, strides, padding, data_format,
                       dilations, name or "erosion2d")  # fmt: skip


FLIP = define("FlipWindow", lambda filter: filter[::-1, ::-1], "T")
