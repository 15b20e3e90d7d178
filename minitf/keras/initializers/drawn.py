"""First values that are random, scaled to the size of a layer."""

import math

from minitf.keras import random, serialization
from minitf.keras.initializers.base import Initializer
from minitf.ops.array import reshape, transpose
from minitf.ops.linalg import diag_part, qr
from minitf.ops.math import cast, sign

# What is left of a normal distribution's standard deviation when it is cut at two of them.
_TRUNCATED_STDDEV = 0.87962566103423978
_LONGEST_ROW = 2**20


def _from_row(draw, shape, *args):
    """`draw(shape, ...)`, taken from the beginning of a row as long as the next power of four.

    Layers have many shapes, but few powers of four: each row's program is compiled only once.
    """
    size = math.prod(shape)
    if not 1 < size <= _LONGEST_ROW:
        return draw(shape, *args)
    length = 4 ** -(-(size - 1).bit_length() // 2)
    return reshape(draw([length], *args)[:size], shape)


class RandomInitializer(Initializer):
    """Base class of the random ones.

    An integer `seed` gives the same numbers at each call; None is such an integer, drawn when the
    initializer is made; a `keras.random.SeedGenerator` gives others at each call.

    Raises:
      ValueError: `seed` is something else.
    """

    def __init__(self, seed=None):
        self._init_seed = seed
        if seed is None:
            seed = random.make_default_seed()
        elif isinstance(seed, dict):
            seed = serialization.deserialize_keras_object(seed)
        elif not isinstance(seed, (int, random.SeedGenerator)):
            raise ValueError(
                "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an "
                f"integer. Received: seed={seed}"
            )
        self.seed = seed

    def get_config(self):
        return {"seed": serialization.serialize_keras_object(self._init_seed)}


class RandomNormal(RandomInitializer):
    """Numbers from a normal distribution.

    >>> RandomNormal(stddev=1.0, seed=1)([2]).shape
    TensorShape([2])
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        self.mean, self.stddev = mean, stddev
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        return _from_row(random.normal, shape, self.mean, self.stddev, dtype, self.seed)

    def get_config(self):
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """Numbers from a normal distribution, none further than two standard deviations away."""

    def __call__(self, shape, dtype=None):
        return _from_row(random.truncated_normal, shape, self.mean, self.stddev, dtype, self.seed)


class RandomUniform(RandomInitializer):
    """Numbers from [minval, maxval)."""

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        self.minval, self.maxval = minval, maxval
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        return random.uniform(shape, self.minval, self.maxval, dtype, self.seed)

    def get_config(self):
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


class VarianceScaling(RandomInitializer):
    """Numbers of variance `scale / n`, with n the number of a layer's inputs or outputs.

    Args:
      scale: a positive number.
      mode: n is `"fan_in"` (inputs), `"fan_out"` (outputs) or `"fan_avg"` (their mean).
      distribution: `"truncated_normal"`, `"untruncated_normal"` or `"uniform"`.
      input_axes, output_axes: the axes whose sizes make up the fans; by default the last two, times
        the size of the others, as in kernels.

    Raises:
      ValueError: an argument is not one of these.
    """

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None,
                 input_axes=None, output_axes=None):  # fmt: skip
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        modes = {"fan_in", "fan_out", "fan_avg"}
        if mode not in modes:
            raise ValueError(f"Invalid `mode` argument: {mode}. Please use one of {modes}")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        distributions = {"uniform", "truncated_normal", "untruncated_normal"}
        if distribution not in distributions:
            raise ValueError(
                f"Invalid `distribution` argument: {distribution}. "
                f"Please use one of {distributions}"
            )
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2.0}
        variance = self.scale / max(1.0, fans[self.mode])
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.uniform(shape, -limit, limit, dtype, self.seed)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return _from_row(random.normal, shape, 0.0, stddev, dtype, self.seed)
        stddev /= _TRUNCATED_STDDEV
        return _from_row(random.truncated_normal, shape, 0.0, stddev, dtype, self.seed)

    def get_config(self):
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


def compute_fans(shape, input_axes=None, output_axes=None):
    """How many inputs and outputs a unit of a layer with weights of this shape has.

    >>> compute_fans((784, 10)), compute_fans((3, 3, 16, 32))
    ((784, 10), (144, 288))
    """
    shape = tuple(shape)
    if input_axes is not None and output_axes is not None:
        return tuple(int(math.prod(shape[a] for a in axes)) for axes in (input_axes, output_axes))
    if len(shape) < 2:
        return int(math.prod(shape)), int(math.prod(shape))
    field = math.prod(shape[:-2])
    return int(shape[-2] * field), int(shape[-1] * field)


class _FixedScaling(VarianceScaling):
    """Variance scaling by a rule with a name: (scale, mode, distribution)."""

    rule = (1.0, "fan_in", "truncated_normal")

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(*self.rule, seed, input_axes, output_axes)

    def get_config(self):
        config = super().get_config()
        return {key: config[key] for key in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_FixedScaling):
    """Uniform, variance 1 / mean of fans (Glorot and Bengio, 2010). Keras's default for kernels.

    >>> GlorotUniform(seed=1)([2, 2]).numpy()
    array([[ 0.9271029 , -0.09802794],
           [ 0.24566245, -0.2630809 ]], dtype=float32)
    """

    rule = (1.0, "fan_avg", "uniform")


class GlorotNormal(_FixedScaling):
    """Normal, variance 1 / mean of fans (Glorot and Bengio, 2010)."""

    rule = (1.0, "fan_avg", "truncated_normal")


class LecunNormal(_FixedScaling):
    """Normal, variance 1 / inputs (LeCun et al., 1998)."""

    rule = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_FixedScaling):
    """Uniform, variance 1 / inputs (LeCun et al., 1998)."""

    rule = (1.0, "fan_in", "uniform")


class HeNormal(_FixedScaling):
    """Normal, variance 2 / inputs (He et al., 2015), for ReLU layers."""

    rule = (2.0, "fan_in", "truncated_normal")


class HeUniform(_FixedScaling):
    """Uniform, variance 2 / inputs (He et al., 2015), for ReLU layers."""

    rule = (2.0, "fan_in", "uniform")


class Orthogonal(RandomInitializer):
    """A random orthogonal matrix times `gain` (Saxe et al., 2014); all axes but the last are rows.

    Raises:
      ValueError: fewer than two axes.
    """

    def __init__(self, gain=1.0, seed=None):
        self.gain = gain
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        if len(shape) < 2:
            raise ValueError(
                "The tensor to initialize must be at least two-dimensional. "
                f"Received: shape={shape} of rank {len(shape)}."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        drawn = _from_row(random.normal, tall, 0.0, 1.0, dtype, self.seed)
        # LAPACK has no half precision.
        q, r = qr(cast(drawn, "float32") if drawn.dtype.size == 2 else drawn)
        q *= sign(diag_part(r))  # makes the factorisation unique
        q = cast(self.gain * q, drawn.dtype)
        return reshape(transpose(q) if rows < columns else q, shape)

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}
