"""Distributions of real numbers: `Normal`, `Laplace`, `StudentT` and `Uniform`."""

import math as python_math

import numpy as np

from minitf.compat.v1.distributions.distribution import (
    FULLY_REPARAMETERIZED,
    Distribution,
    checked,
    new_seed,
    reals,
)
from minitf.compat.v1.distributions.divergences import RegisterKL
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops import array, debugging, math, random, special
from minitf.ops.gathering import where

_LOG_2, _LOG_2_PI = python_math.log(2.0), python_math.log(2.0 * python_math.pi)


class _LocationScale(Distribution):
    """`loc + scale * z`, where `z` is of a standard distribution."""

    _batch_of = ("loc", "scale")

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name=None):
        parameters = dict(locals())
        name = parameters["name"] = name or type(self).__name__
        with stack.frame.name_scope(name) as scope:
            given = {"loc": loc, "scale": scale}
            self._loc, self._scale = reals(given, validate_args, "scale")
        super().__init__(self._scale.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, [self._loc, self._scale], scope)  # fmt: skip

    loc = property(lambda self: self._loc)
    scale = property(lambda self: self._scale)

    def _z(self, x):
        return (x - self.loc) / self.scale

    def _mean(self):
        return self.loc * array.ones_like(self.scale)

    def _mode(self):
        return self._mean()

    def _whole_scale(self):
        return self.scale * array.ones_like(self.loc)


class Normal(_LocationScale):
    """The normal distribution of mean `loc` and standard deviation `scale`.

    >>> float(Normal(0.0, 1.0).cdf(0.0))
    0.5
    """

    def _sample_n(self, n, seed=None):
        return random.normal(self._full(n), dtype=self.dtype, seed=seed) * self.scale + self.loc

    def _log_prob(self, x):
        return -0.5 * math.square(self._z(x)) - (0.5 * _LOG_2_PI + math.log(self.scale))

    def _cdf(self, x):
        return _ndtr(self._z(x))

    def _log_cdf(self, x):
        return _log_ndtr(self._z(x))

    def _survival_function(self, x):
        return _ndtr(-self._z(x))

    def _log_survival_function(self, x):
        return _log_ndtr(-self._z(x))

    def _quantile(self, p):
        return math.ndtri(p) * self.scale + self.loc

    def _entropy(self):
        return 0.5 * (_LOG_2_PI + 1.0) + math.log(self._whole_scale())

    def _stddev(self):
        return self._whole_scale()


class Laplace(_LocationScale):
    """The two-sided exponential distribution around `loc`.

    >>> float(Laplace(0.0, 1.0).prob(0.0))
    0.5
    """

    def _sample_n(self, n, seed=None):
        number = self.dtype.as_numpy_dtype
        u = random.uniform(
            self._full(n), np.nextafter(number(-1), number(0)), 1.0, self.dtype, seed
        )
        return self.loc - self.scale * math.sign(u) * math.log1p(-math.abs(u))

    def _log_prob(self, x):
        return -math.abs(self._z(x)) - (_LOG_2 + math.log(self.scale))

    def _cdf(self, x):
        z = self._z(x)
        return 0.5 + 0.5 * math.sign(z) * (1.0 - math.exp(-math.abs(z)))

    def _log_cdf(self, x):
        return _log_cdf_laplace(self._z(x))

    def _log_survival_function(self, x):
        return _log_cdf_laplace(-self._z(x))

    def _entropy(self):
        return _LOG_2 + 1.0 + math.log(self._whole_scale())

    def _stddev(self):
        return python_math.sqrt(2.0) * self._whole_scale()


class StudentT(Distribution):
    """Student's distribution of `df` degrees of freedom, moved to `loc` and scaled by `scale`.

    >>> float(StudentT(3.0, 0.0, 1.0).variance())
    3.0
    """

    _batch_of = ("df", "loc", "scale")

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name="StudentT"):
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            given = {"df": df, "loc": loc, "scale": scale}
            self._df, self._loc, self._scale = reals(given, validate_args, "df")
        super().__init__(self._scale.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, [self._df, self._loc, self._scale], scope)  # fmt: skip

    df = property(lambda self: self._df)
    loc = property(lambda self: self._loc)
    scale = property(lambda self: self._scale)

    def _ones(self):
        return array.ones(self.batch_shape_tensor(), self.dtype)

    def _sample_n(self, n, seed=None):
        normals = random.normal(self._full(n), dtype=self.dtype, seed=seed)
        df = self.df * self._ones()
        squares = random.gamma([n], 0.5 * df, 0.5, self.dtype, new_seed(seed, "student_t"))
        return normals * math.rsqrt(squares / df) * self.scale + self.loc

    def _log_prob(self, x):
        y = (x - self.loc) / self.scale
        normalization = (
            math.log(math.abs(self.scale))
            + 0.5 * math.log(self.df)
            + 0.5 * np.log(np.pi)
            + math.lgamma(0.5 * self.df)
            - math.lgamma(0.5 * (self.df + 1.0))
        )
        return -0.5 * (self.df + 1.0) * math.log1p(y**2.0 / self.df) - normalization

    def _cdf(self, x):
        y = (x - self.loc) / math.abs(self.scale)
        tail = 0.5 * special.betainc(0.5 * self.df, 0.5, self.df / (y**2.0 + self.df))
        return where(y < 0, tail, 1.0 - tail)

    def _entropy(self):
        df = self.df * self._ones()
        return (
            math.log(math.abs(self.scale))
            + 0.5 * math.log(df)
            + math.lgamma(0.5 * df)
            + 0.5 * np.log(np.pi)
            - math.lgamma(0.5 * (df + 1.0))
            + 0.5 * (df + 1.0) * (math.digamma(0.5 * (df + 1.0)) - math.digamma(0.5 * df))
        )

    def _mean(self):
        message = "mean not defined for components of df <= 1"
        return self._defined(self.loc * self._ones(), (self.df, message))

    def _variance(self):
        finite = self.df > 2.0
        rest = where(finite, self.df - 2.0, array.ones_like(self.df))  # no NaN in gradients
        variance = self._ones() * math.square(self.scale) * self.df / rest
        infinity = convert_to_tensor(np.inf, self.dtype)
        message = "variance not defined for components of df <= 1"
        return self._defined(where(finite, variance, infinity), (self.df, message))

    def _mode(self):
        return array.identity(self.loc)


class Uniform(Distribution):
    """Numbers of `[low, high)`, each as likely as any other.

    >>> float(Uniform(0.0, 4.0).mean())
    2.0
    """

    _batch_of = ("low", "high")

    def __init__(self, low=0.0, high=1.0, validate_args=False, allow_nan_stats=True,
                 name="Uniform"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            self._low, self._high = reals({"low": low, "high": high}, False)
            if validate_args:
                message = "uniform not defined when low >= high."
                test = debugging.assert_less(self._low, self._high, message)
                self._low, self._high = checked(self._low, test), checked(self._high, test)
        super().__init__(self._low.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, [self._low, self._high], scope)  # fmt: skip

    low = property(lambda self: self._low)
    high = property(lambda self: self._high)

    def range(self, name="range"):
        """`high - low`."""
        with self._name_scope(name):
            return self.high - self.low

    def _sample_n(self, n, seed=None):
        samples = random.uniform(self._full(n), dtype=self.dtype, seed=seed)
        return self.low + self.range() * samples

    def _prob(self, x):
        x = x * array.ones(self.batch_shape_tensor(), x.dtype)
        outside = math.logical_or(x < self.low, x >= self.high)
        inside = where(outside, array.zeros_like(x), array.ones_like(x) / self.range())
        return where(math.is_nan(x), x, inside)

    def _cdf(self, x):
        shape = array.broadcast_dynamic_shape(array.shape(x), self.batch_shape_tensor())
        ones = array.ones(shape, self.dtype)
        part = (x * ones - self.low) / self.range()
        return where(x >= self.high, ones, where(x < self.low, 0 * ones, part))

    def _entropy(self):
        return math.log(self.range())

    def _mean(self):
        return (self.low + self.high) / 2.0

    def _variance(self):
        return math.square(self.range()) / 12.0

    def _stddev(self):
        return self.range() / python_math.sqrt(12.0)


# Areas -------------------------------------------------------------------------------------------


def _ndtr(x):
    """The area under the standard normal's density up to `x`."""
    return 0.5 * math.erfc(-x * python_math.sqrt(0.5))


def _log_ndtr(x):
    """The logarithm of that area, by its asymptotic series where the area is tiny."""
    low, high = (-20.0, 8.0) if x.dtype.name == "float64" else (-10.0, 5.0)
    tail = math.minimum(x, low)
    square = math.square(tail)
    series = 1.0 - 1.0 / square + 3.0 / math.square(square) - 15.0 / (square * square * square)
    lower = -0.5 * square - math.log(-tail) - 0.5 * _LOG_2_PI + math.log(series)
    middle = math.log(_ndtr(math.maximum(x, low)))
    return where(x > high, -_ndtr(-x), where(x > low, middle, lower))


def _log_cdf_laplace(x):
    """The logarithm of the standard Laplace distribution's `cdf`, exact in both tails."""
    return where(x < 0, x - _LOG_2, math.log1p(-0.5 * math.exp(-math.abs(x))))


@RegisterKL(Normal, Normal)
def _kl_normal_normal(a, b, name=None):
    with stack.frame.name_scope(name or "kl_normal_normal"):
        ratio = math.square(a.scale) / math.square(b.scale)
        distance = math.squared_difference(a.loc, b.loc) / (2.0 * math.square(b.scale))
        return distance + 0.5 * (ratio - 1.0 - math.log(ratio))
