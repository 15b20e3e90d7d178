"""Layers that make one tensor of several: sums, products, extremes, concatenation, dot products."""

import functools
import operator

from minitf.keras.layer import Layer
from minitf.keras.promotion import together
from minitf.keras.symbolic import KerasTensor
from minitf.ops.array import (
    broadcast_to,
    ensure_shape,
    expand_dims,
    ones_like,
    reshape,
    shape,
    squeeze,
    transpose,
    zeros_like,
)
from minitf.ops.gathering import where
from minitf.ops.joining import concat
from minitf.ops.linalg import matmul
from minitf.ops.math import cast, logical_or, maximum, minimum
from minitf.ops.normalization import l2_normalize
from minitf.ops.reductions import reduce_any


class Merge(Layer):
    """Base class: a subclass has `_merge(inputs)`, of tensors of one rank.

    Raises:
      ValueError: the inputs are no list, or their shapes do not fit.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def _merge(self, inputs):
        raise NotImplementedError

    def build(self, input_shape):
        if not isinstance(input_shape[0], tuple | list):
            raise ValueError(
                "A merge layer should be called on a list of inputs. "
                f"Received: input_shape={input_shape} (not a list of shapes)"
            )
        if len({s[0] for s in input_shape if s} - {None}) > 1:
            raise ValueError(
                "Cannot merge tensors with different batch sizes. "
                f"Received tensors with shapes {input_shape}"
            )
        self.compute_output_shape(input_shape)

    def call(self, inputs):
        if not isinstance(inputs, list | tuple):
            raise ValueError(
                "A merge layer should be called on a list of inputs. "
                f"Received: inputs={inputs} (not a list of tensors)"
            )
        rank = max(len(x.shape) for x in inputs)
        merged = []
        for given, x in zip(inputs, together(*inputs)):
            for _ in range(rank - len(x.shape)):  # new axes come after the batch
                x = expand_dims(x, 1)
            mask = getattr(given, "_keras_mask", None)
            if mask is not None:
                x._keras_mask = mask
            merged.append(x)
        return self._merge(merged)

    def compute_output_shape(self, input_shape):
        inner = functools.reduce(_broadcast, [tuple(s[1:]) for s in input_shape])
        batches = {s[0] for s in input_shape} - {None}
        return (batches.pop() if len(batches) == 1 else None, *inner)

    def compute_output_spec(self, inputs):
        output_shape = self.compute_output_shape([tuple(x.shape) for x in inputs])
        return KerasTensor(output_shape, dtype=self.compute_dtype)

    def compute_mask(self, inputs, mask=None):
        if mask is None:
            return None
        _check_masks(inputs, mask)
        if any(m is None for m in mask):
            return None
        return functools.reduce(logical_or, [cast(m, "bool") for m in mask])


def _broadcast(a, b):
    """The shape of an elementwise operation on shapes `a` and `b`."""
    if len(a) < len(b):
        a, b = b, a
    result = list(a[: len(a) - len(b)])
    for m, n in zip(a[len(a) - len(b) :], b):
        if m is not None and n is not None and 1 not in (m, n) and m != n:
            raise ValueError(f"Inputs have incompatible shapes. Received shapes {a} and {b}")
        result.append(None if m is None or n is None else n if m == 1 else m)
    return tuple(result)


def _check_masks(inputs, mask):
    for name, value in (("mask", mask), ("inputs", inputs)):
        if not isinstance(value, list | tuple):
            raise ValueError(f"`{name}` should be a list. Received: {name}={value}")
    if len(mask) != len(inputs):
        raise ValueError(
            "The lists `inputs` and `mask` should have the same length. "
            f"Received: inputs={inputs} of length {len(inputs)}, and mask={mask} of length "
            f"{len(mask)}"
        )


class Add(Merge):
    """The sum of the inputs.

    >>> import numpy as np
    >>> Add()([np.ones([2]), np.ones([2])]).numpy()
    array([2., 2.], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(operator.add, inputs)


class Subtract(Merge):
    """The first input minus the second; ValueError for another number of inputs."""

    def build(self, input_shape):
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ValueError(
                "A `Subtract` layer should be called on exactly 2 inputs. "
                f"Received: input_shape={input_shape}"
            )

    def _merge(self, inputs):
        if len(inputs) != 2:
            raise ValueError(
                "A `Subtract` layer should be called on exactly 2 inputs. "
                f"Received: inputs={inputs}"
            )
        return inputs[0] - inputs[1]


class Multiply(Merge):
    """The product of the inputs; where one is masked, that of the others."""

    def _merge(self, inputs):
        masks = [_spread_mask(x) for x in inputs]
        if all(m is None for m in masks):
            return functools.reduce(operator.mul, inputs)
        kept = [x if m is None else where(m, x, ones_like(x)) for x, m in zip(inputs, masks)]
        output = functools.reduce(operator.mul, kept)
        if all(m is not None for m in masks):
            mask = functools.reduce(logical_or, masks)
            output = where(mask, output, zeros_like(output))
            output._keras_mask = reduce_any(mask, -1)
        return output


class Average(Merge):
    """The mean of the inputs."""

    def _merge(self, inputs):
        return functools.reduce(operator.add, inputs) / len(inputs)


def _spread_mask(x):
    """The mask of `x`, of the shape of `x`; None where there is none."""
    mask = getattr(x, "_keras_mask", None)
    return None if mask is None else broadcast_to(expand_dims(mask, -1), shape(x))


def _extreme(choose, inputs):
    """`choose` of all inputs, place by place, among those that are not masked."""
    output = mask = None
    for x in inputs:
        x_mask = _spread_mask(x)
        if output is None:
            output, mask = x, x_mask
            continue
        if x_mask is not None:
            x = where(x_mask, x, output)
        if mask is not None:
            output = where(mask, output, x)
        mask = logical_or(mask, x_mask) if mask is not None and x_mask is not None else None
        output = choose(output, x)
    if mask is not None:
        output._keras_mask = reduce_any(mask, -1)
    return output


class Maximum(Merge):
    """The largest of the inputs, place by place."""

    def _merge(self, inputs):
        return _extreme(maximum, inputs)


class Minimum(Merge):
    """The smallest of the inputs, place by place."""

    def _merge(self, inputs):
        return _extreme(minimum, inputs)


class Concatenate(Merge):
    """The inputs one after the other along `axis`.

    >>> import numpy as np
    >>> Concatenate()([np.ones([1, 2]), np.zeros([1, 1])]).numpy()
    array([[1., 1., 0.]], dtype=float32)
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape):
        if len(input_shape) < 1 or not isinstance(input_shape[0], tuple | list):
            raise ValueError(
                "A `Concatenate` layer should be called on a list of at least 1 input. "
                f"Received: input_shape={input_shape}"
            )
        others = [[n for i, n in enumerate(s) if i != self.axis % len(s)] for s in input_shape]
        fits = len({len(s) for s in others}) == 1 and all(
            len(set(sizes) - {None}) <= 1 for sizes in zip(*others)
        )
        if not fits:
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the "
                f"concatenation axis. Received: input_shape={input_shape}"
            )

    def _merge(self, inputs):
        return concat(inputs, self.axis)

    def compute_output_shape(self, input_shape):
        if not isinstance(input_shape, list | tuple) or not isinstance(
            input_shape[0], list | tuple
        ):
            raise ValueError(
                "A `Concatenate` layer should be called on a list of inputs. "
                f"Received: input_shape={input_shape}"
            )
        sizes = [s[self.axis] for s in input_shape]
        output_shape = list(input_shape[0])
        output_shape[self.axis] = None if None in sizes else sum(sizes)
        return tuple(output_shape)

    def compute_mask(self, inputs, mask=None):
        if mask is None:
            return None
        _check_masks(inputs, mask)
        if all(m is None for m in mask):
            return None
        full = []
        for x, m in zip(inputs, mask):
            if m is None:
                m = ones_like(x, dtype="bool")
            elif len(m.shape) < len(x.shape):
                m = logical_or(cast(expand_dims(m, -1), "bool"), zeros_like(x, dtype="bool"))
            full.append(m)
        return reduce_any(cast(concat(full, self.axis), "bool"), -1)

    def get_config(self):
        return {**super().get_config(), **self._config_of("axis")}


class Dot(Merge):
    """The dot products, batch by batch, of two tensors along an axis of each.

    Args:
      axes: an axis, or one of the first and one of the second input; not 0.
      normalize: whether the vectors are scaled to length 1 first: the cosine of their angle.

    Raises:
      TypeError, ValueError: `axes` is neither; the sizes along the axes differ.
    """

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            if not isinstance(axes, list | tuple):
                raise TypeError(
                    "Invalid type for argument `axes`: it should be a list or an int. "
                    f"Received: axes={axes}"
                )
            if len(axes) != 2:
                raise ValueError(
                    "Invalid format for argument `axes`: it should contain two elements. "
                    f"Received: axes={axes}"
                )
            if not all(isinstance(axis, int) for axis in axes):
                raise ValueError(
                    "Invalid format for argument `axes`: list elements should be integers. "
                    f"Received: axes={axes}"
                )
        self.axes, self.normalize = axes, normalize

    def _axes_of(self, shapes):
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return [axis % len(s) for axis, s in zip(axes, shapes)]

    def build(self, input_shape):
        self._check(input_shape)
        first, second = self._axes_of(input_shape)
        sizes = input_shape[0][first], input_shape[1][second]
        if sizes[0] != sizes[1]:
            raise ValueError(
                f"Incompatible input shapes: axis values {sizes[0]} (at axis {first}) != "
                f"{sizes[1]} (at axis {second}). Full input shapes: {input_shape[0]}, "
                f"{input_shape[1]}"
            )

    @staticmethod
    def _check(input_shape):
        if len(input_shape) != 2 or not isinstance(input_shape[0], list | tuple):
            raise ValueError(
                "A `Dot` layer should be called on a list of 2 inputs. "
                f"Received: input_shape={input_shape}"
            )

    def call(self, inputs):
        if len(inputs) != 2:
            raise ValueError(
                f"A `Dot` layer should be called on exactly 2 inputs. Received: inputs={inputs}"
            )
        inputs = together(*inputs)
        axes = self._axes_of([x.shape for x in inputs])
        if self.normalize:
            inputs = [l2_normalize(x, axis) for x, axis in zip(inputs, axes)]
        return batch_dot(*inputs, axes)

    def compute_output_shape(self, input_shape):
        self._check(input_shape)
        first, second = self._axes_of(input_shape)
        left = [n for i, n in enumerate(input_shape[0]) if i != first]
        right = [n for i, n in enumerate(input_shape[1]) if i not in (0, second)]
        return (*left, *right) if len(left) + len(right) > 1 else (*left, 1)

    def compute_mask(self, inputs, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), **self._config_of("axes", "normalize")}


def batch_dot(x, y, axes):
    """Sums over axis `axes[0]` of `x` and `axes[1]` of `y`, row by row of the batch.

    The result has the other axes of `x`, then those of `y`; for two matrices, shape `(batch, 1)`.
    """
    if 0 in axes:
        raise ValueError(
            "Cannot perform batch_dot over axis 0. If your inputs are not batched, add a dummy "
            "batch dimension to your inputs using keras.ops.expand_dims(x, 0)"
        )
    x_rank, y_rank = len(x.shape), len(y.shape)
    x_others = [i for i in range(1, x_rank) if i != axes[0]]
    y_others = [i for i in range(1, y_rank) if i != axes[1]]
    x = transpose(x, [0, *x_others, axes[0]])
    y = transpose(y, [0, axes[1], *y_others])
    x_shape, y_shape = shape(x), shape(y)
    left = reshape(x, concat([x_shape[:1], [-1], x_shape[-1:]], 0))
    right = reshape(y, concat([y_shape[:2], [-1]], 0))
    products = matmul(left, right)
    if x_rank == 2 and y_rank == 2:
        return squeeze(products, 1)
    result = reshape(products, concat([x_shape[:-1], y_shape[2:]], 0))
    static = [*x.shape[:-1], *y.shape[2:]]
    return ensure_shape(result, static)


def add(inputs, **kwargs):
    """The sum of the inputs: `Add(**kwargs)(inputs)`."""
    return Add(**kwargs)(inputs)


def subtract(inputs, **kwargs):
    """The first input minus the second: `Subtract(**kwargs)(inputs)`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs, **kwargs):
    """The product of the inputs: `Multiply(**kwargs)(inputs)`."""
    return Multiply(**kwargs)(inputs)


def average(inputs, **kwargs):
    """The mean of the inputs: `Average(**kwargs)(inputs)`."""
    return Average(**kwargs)(inputs)


def maximum_of(inputs, **kwargs):
    """The largest of the inputs: `Maximum(**kwargs)(inputs)`."""
    return Maximum(**kwargs)(inputs)


def minimum_of(inputs, **kwargs):
    """The smallest of the inputs: `Minimum(**kwargs)(inputs)`."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs, axis=-1, **kwargs):
    """The inputs one after the other: `Concatenate(axis, **kwargs)(inputs)`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs, axes=-1, **kwargs):
    """The dot products of two inputs: `Dot(axes, **kwargs)(inputs)`."""
    return Dot(axes=axes, **kwargs)(inputs)
