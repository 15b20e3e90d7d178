"""First values of variables: callables of (shape, dtype), as `tf.get_variable` takes them."""

import math

import numpy as np

from minitf import dtypes
from minitf.compat.v1.lookup import tables_initializer as tables_initializer
from minitf.compat.v1.variables import (
    global_variables_initializer,
    local_variables_initializer,
    variables_initializer,
)
from minitf.ops import array, linalg
from minitf.ops import random as random_ops
from minitf.ops.linalg import qr
from minitf.ops.slicing import slice_
from minitf.shapes import as_shape


class Initializer:
    """Base class: calling it with a shape gives a tensor."""

    makes_floats = False  # whether it refuses other dtypes

    def __init__(self, dtype=dtypes.float32):
        self.dtype = dtypes.as_dtype(dtype)
        if self.makes_floats and not self.dtype.is_floating:
            raise ValueError(
                f"Argument `dtype` is expected to be floating point. Received: {self.dtype}."
            )

    def __call__(self, shape, dtype=None, partition_info=None):
        raise NotImplementedError

    def _dtype(self, dtype):
        return self.dtype if dtype is None else dtypes.as_dtype(dtype).base_dtype

    def get_config(self):
        """What the constructor needs to make an equal initializer."""
        return {k: v.name if k == "dtype" else v for k, v in vars(self).items()}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _whole(shape, partition_info):
    """The dims of the variable, of which `shape` may be only a part's."""
    return as_shape(shape if partition_info is None else partition_info.full_shape).as_list()


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape, dtype=None, partition_info=None):
        return array.zeros(shape, self._dtype(dtype))


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape, dtype=None, partition_info=None):
        return array.ones(shape, self._dtype(dtype))


class Constant(Initializer):
    """One value everywhere, or a list of as many as the shape has elements.

    Raises:
      TypeError: `value` is no number, list or array.
    """

    def __init__(self, value=0, dtype=dtypes.float32, verify_shape=False):
        if not (np.isscalar(value) or isinstance(value, tuple | list | np.ndarray)):
            raise TypeError(
                f"Invalid type for initial value={value} of type: {type(value).__name__}. "
                "Expected Python scalar, list or tuple of values, or numpy.ndarray."
            )
        super().__init__(dtype)
        self.value, self._verify = value, verify_shape

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        dtype = self._dtype(dtype)
        values = np.asarray(self.value)
        dims = as_shape(shape).as_list()
        verify = self._verify if verify_shape is None else verify_shape
        if verify and list(values.shape) != dims:
            raise TypeError(f"Expected Tensor's shape: {tuple(dims)}, got {values.shape}.")
        if values.size == 1:
            return array.constant(values.reshape(()).item(), dtype, dims)
        if values.size < math.prod(dims):  # TF 1.x goes on with the last value
            rest = np.full(math.prod(dims) - values.size, values.ravel()[-1])
            values = np.concatenate([values.ravel(), rest])
        return array.constant(values.reshape(dims), dtype)


class RandomUniform(Initializer):
    """Uniform in [minval, maxval)."""

    def __init__(self, minval=0.0, maxval=None, seed=None, dtype=dtypes.float32):
        super().__init__(dtype)
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.uniform(shape, self.minval, self.maxval, self._dtype(dtype), self.seed)


class RandomNormal(Initializer):
    """Normal with the given mean and standard deviation."""

    makes_floats = True

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        super().__init__(dtype)
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.normal(shape, self.mean, self.stddev, self._dtype(dtype), self.seed)


class TruncatedNormal(RandomNormal):
    """Normal; what is more than two standard deviations off is drawn again."""

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self._dtype(dtype)
        return random_ops.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)


class UniformUnitScaling(Initializer):
    """Uniform, so wide that a linear layer keeps the scale of its inputs."""

    makes_floats = True

    def __init__(self, factor=1.0, seed=None, dtype=dtypes.float32):
        super().__init__(dtype)
        self.factor, self.seed = factor, seed

    def __call__(self, shape, dtype=None, partition_info=None):
        rows = math.prod(_whole(shape, partition_info)[:-1]) or 1
        bound = math.sqrt(3 / rows) * self.factor
        return random_ops.uniform(shape, -bound, bound, self._dtype(dtype), self.seed)


class VarianceScaling(Initializer):
    """Random with variance `scale / n`, where n is the fan in, the fan out, or their mean.

    Raises:
      ValueError: `scale` is not positive, or `mode` or `distribution` is unknown.
    """

    makes_floats = True

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None,
                 dtype=dtypes.float32):  # fmt: skip
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(
                "Argument `mode` should be one of ('fan_in', 'fan_out', 'fan_avg'). "
                f"Received: {mode}"
            )
        distribution = distribution.lower()
        known = ("normal", "uniform", "truncated_normal", "untruncated_normal")
        if distribution not in known:
            raise ValueError(
                "Argument `distribution` should be one of ('normal', uniform', "
                f"'truncated_normal', 'untruncated_normal'). Received: {distribution}"
            )
        super().__init__(dtype)
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed

    def __call__(self, shape, dtype=None, partition_info=None):
        dtype = self._dtype(dtype)
        fan_in, fan_out = _fans(_whole(shape, partition_info))
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            bound = math.sqrt(3.0 * variance)
            return random_ops.uniform(shape, -bound, bound, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return random_ops.normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        # Cutting a normal at two standard deviations leaves it 0.87962566 of its deviation.
        stddev = math.sqrt(variance) / 0.87962566103423978
        return random_ops.truncated_normal(shape, 0.0, stddev, dtype, self.seed)

    def get_config(self):
        return super().get_config()


def _fans(dims):
    """The numbers of inputs and of outputs of each unit of a kernel of shape `dims`."""
    if not dims:
        return 1.0, 1.0
    if len(dims) == 1:
        return float(dims[0]), float(dims[0])
    field = math.prod(dims[:-2])
    return float(dims[-2] * field), float(dims[-1] * field)


def _scaling(name, doc, scale, mode, distribution):
    """A class of `VarianceScaling` with fixed settings."""

    def __init__(self, seed=None, dtype=dtypes.float32):
        VarianceScaling.__init__(self, scale, mode, distribution, seed, dtype)

    def get_config(self):
        return {"seed": self.seed, "dtype": self.dtype.name}

    members = {"__init__": __init__, "get_config": get_config, "__doc__": doc}
    return type(name, (VarianceScaling,), members)


GlorotUniform = _scaling("GlorotUniform", "Glorot's (Xavier's) uniform.", 1.0, "fan_avg", "uniform")
GlorotNormal = _scaling(
    "GlorotNormal", "Glorot's (Xavier's) normal.", 1.0, "fan_avg", "truncated_normal"
)
LecunUniform = _scaling("LecunUniform", "LeCun's uniform.", 1.0, "fan_in", "uniform")
LecunNormal = _scaling("LecunNormal", "LeCun's normal.", 1.0, "fan_in", "truncated_normal")
HeUniform = _scaling("HeUniform", "He's uniform.", 2.0, "fan_in", "uniform")
HeNormal = _scaling("HeNormal", "He's normal.", 2.0, "fan_in", "truncated_normal")


class Orthogonal(Initializer):
    """An orthogonal matrix times `gain`, from the QR decomposition of normal numbers.

    Raises:
      ValueError: the shape has fewer than two dimensions.
    """

    makes_floats = True

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        super().__init__(dtype)
        self.gain, self.seed = gain, seed

    def __call__(self, shape, dtype=None, partition_info=None):
        dims, dtype = as_shape(shape).as_list(), self._dtype(dtype)
        if len(dims) < 2:
            raise ValueError("The tensor to initialize, specified by argument `shape` must be at "
                             f"least two-dimensional. Received shape={shape}")  # fmt: skip
        rows, columns = math.prod(dims[:-1]), dims[-1]
        flat = (max(rows, columns), min(rows, columns))
        q, r = qr(random_ops.normal(flat, dtype=dtype, seed=self.seed), full_matrices=False)
        q *= linalg.diag_part(r) / abs(linalg.diag_part(r))
        if rows < columns:
            q = array.transpose(q)
        return self.gain * array.reshape(q, dims)


class Identity(Initializer):
    """The identity matrix times `gain`; ValueError for what is no matrix."""

    makes_floats = True

    def __init__(self, gain=1.0, dtype=dtypes.float32):
        super().__init__(dtype)
        self.gain = gain

    def __call__(self, shape, dtype=None, partition_info=None):
        dims, dtype = _whole(shape, partition_info), self._dtype(dtype)
        if len(dims) != 2:
            raise ValueError("The tensor to initialize, specified by argument `shape` must be at "
                             f"least two-dimensional. Received shape={shape}")  # fmt: skip
        whole = self.gain * linalg.eye(*dims, dtype=dtype)
        return whole if partition_info is None else slice_(whole, partition_info.var_offset, shape)


zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
uniform_unit_scaling_initializer = UniformUnitScaling
variance_scaling_initializer = VarianceScaling
glorot_uniform_initializer = GlorotUniform
glorot_normal_initializer = GlorotNormal
orthogonal_initializer = Orthogonal

# The names of `tf.initializers`; `tables_initializer` is there as it is called at the top.
zeros, ones, constant, identity = Zeros, Ones, Constant, Identity
random_uniform, random_normal = RandomUniform, RandomNormal
truncated_normal, uniform_unit_scaling = TruncatedNormal, UniformUnitScaling
variance_scaling, orthogonal = VarianceScaling, Orthogonal
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal, lecun_uniform, lecun_normal = HeUniform, HeNormal, LecunUniform, LecunNormal
global_variables, local_variables, variables = (
    global_variables_initializer,
    local_variables_initializer,
    variables_initializer,
)
