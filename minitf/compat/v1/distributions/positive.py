"""Distributions of positive numbers: `Gamma`, `Exponential`, `Beta` and `Dirichlet`."""

import numpy as np

from minitf.compat.v1.distributions.distribution import (
    FULLY_REPARAMETERIZED,
    Distribution,
    at_least_two_classes,
    checked,
    last_dimension,
    new_seed,
    reals,
)
from minitf.compat.v1.distributions.divergences import RegisterKL
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops import array, debugging, math, random, reductions, special
from minitf.ops.diagonals import set_diag
from minitf.ops.products import matmul


class Gamma(Distribution):
    """The gamma distribution of shape `concentration` and inverse scale `rate`.

    >>> float(Gamma(4.0, 2.0).mean())
    2.0
    """

    _batch_of = ("concentration", "rate")

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True,
                 name="Gamma"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            given = {"concentration": concentration, "rate": rate}
            self._concentration, self._rate = reals(given, validate_args, *given)
        super().__init__(self._rate.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, [self._concentration, self._rate], scope)  # fmt: skip

    concentration = property(lambda self: self._concentration)
    rate = property(lambda self: self._rate)

    def _valid(self, x):
        debugging.assert_same_float_dtype([x], self.dtype)
        return checked(x, debugging.assert_positive(x)) if self.validate_args else x

    def _sample_n(self, n, seed=None):
        return random.gamma([n], self.concentration, self.rate, self.dtype, seed)

    def _log_prob(self, x):
        x = self._valid(x)
        unnormalized = math.xlogy(self.concentration - 1.0, x) - self.rate * x
        return unnormalized - (
            math.lgamma(self.concentration) - self.concentration * math.log(self.rate)
        )

    def _cdf(self, x):
        return special.igamma(self.concentration, self.rate * self._valid(x))

    def _entropy(self):
        a = self.concentration
        return a - math.log(self.rate) + math.lgamma(a) + (1.0 - a) * math.digamma(a)

    def _mean(self):
        return self.concentration / self.rate

    def _variance(self):
        return self.concentration / math.square(self.rate)

    def _stddev(self):
        return math.sqrt(self.concentration) / self.rate

    def _mode(self):
        message = "mode not defined when any concentration <= 1"
        return self._defined((self.concentration - 1.0) / self.rate, (self.concentration, message))


class Exponential(Gamma):
    """The exponential distribution: a gamma distribution of shape one.

    >>> float(Exponential(2.0).mean())
    0.5
    """

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name="Exponential"):
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            rate = convert_to_tensor(rate, name="rate")
        super().__init__(array.ones([], rate.dtype), rate, validate_args, allow_nan_stats, scope)
        self._parameters = parameters

    @classmethod
    def _param_shapes(cls, sample_shape):
        return {"rate": Gamma._param_shapes(sample_shape)["rate"]}

    def _sample_n(self, n, seed=None):
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny  # the logarithm of 0 is infinite
        return -math.log(random.uniform(self._full(n), tiny, 1.0, self.dtype, seed)) / self.rate


class Beta(Distribution):
    """The beta distribution: of numbers between 0 and 1.

    >>> float(Beta(1.0, 3.0).mean())
    0.25
    """

    _batch_of = ("concentration1", "concentration0")

    def __init__(self, concentration1=None, concentration0=None, validate_args=False,
                 allow_nan_stats=True, name="Beta"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            given = {"concentration1": concentration1, "concentration0": concentration0}
            self._concentration1, self._concentration0 = reals(given, validate_args, *given)
            self._total_concentration = self._concentration1 + self._concentration0
        parents = [self._concentration1, self._concentration0, self._total_concentration]
        super().__init__(self._total_concentration.dtype, FULLY_REPARAMETERIZED, validate_args,
                         allow_nan_stats, parameters, parents, scope)  # fmt: skip

    concentration1 = property(lambda self: self._concentration1)
    concentration0 = property(lambda self: self._concentration0)
    total_concentration = property(lambda self: self._total_concentration)

    def _valid(self, x):
        if not self.validate_args:
            return x
        return checked(
            x,
            debugging.assert_positive(x, "sample must be positive"),
            debugging.assert_less(x, array.ones([], self.dtype), "sample must be less than `1`."),
        )

    def _sample_n(self, n, seed=None):
        ones = array.ones_like(self.total_concentration)
        first = random.gamma([n], ones * self.concentration1, None, self.dtype, seed)
        second = random.gamma([n], ones * self.concentration0, None, self.dtype,
                              new_seed(seed, "beta"))  # fmt: skip
        return first / (first + second)

    def _log_prob(self, x):
        x = self._valid(x)
        unnormalized = math.xlogy(self.concentration1 - 1.0, x) + (
            self.concentration0 - 1.0
        ) * math.log1p(-x)
        return unnormalized - self._log_normalization()

    def _cdf(self, x):
        return special.betainc(self.concentration1, self.concentration0, x)

    def _log_normalization(self):
        return (
            math.lgamma(self.concentration1)
            + math.lgamma(self.concentration0)
            - math.lgamma(self.total_concentration)
        )

    def _entropy(self):
        a, b, total = self.concentration1, self.concentration0, self.total_concentration
        return (
            self._log_normalization()
            - (a - 1.0) * math.digamma(a)
            - (b - 1.0) * math.digamma(b)
            + (total - 2.0) * math.digamma(total)
        )

    def _mean(self):
        return self.concentration1 / self.total_concentration

    def _variance(self):
        return self._mean() * (1.0 - self._mean()) / (1.0 + self.total_concentration)

    def _mode(self):
        mode = (self.concentration1 - 1.0) / (self.total_concentration - 2.0)
        return self._defined(
            mode,
            (self.concentration1, "Mode undefined for concentration1 <= 1."),
            (self.concentration0, "Mode undefined for concentration0 <= 1."),
        )


class Dirichlet(Distribution):
    """The Dirichlet distribution: of vectors of probabilities.

    >>> Dirichlet([1.0, 3.0]).mean().numpy().tolist()
    [0.25, 0.75]
    """

    def __init__(self, concentration, validate_args=False, allow_nan_stats=True,
                 name="Dirichlet"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            given = {"concentration": concentration}
            (self._concentration,) = reals(given, validate_args, *given)
            if validate_args:
                at_least_two_classes(self._concentration, "Concentration parameter")
            self._total_concentration = reductions.reduce_sum(self._concentration, -1)
        super().__init__(self._concentration.dtype, FULLY_REPARAMETERIZED, validate_args,
                         allow_nan_stats, parameters,
                         [self._concentration, self._total_concentration], scope)  # fmt: skip

    concentration = property(lambda self: self._concentration)
    total_concentration = property(lambda self: self._total_concentration)

    @classmethod
    def _param_shapes(cls, sample_shape):
        raise NotImplementedError("_param_shapes not implemented")

    def _batch_shape(self):
        return self.total_concentration.shape

    def _batch_shape_tensor(self):
        return array.shape(self.total_concentration)

    def _event_shape(self):
        return last_dimension(self.concentration.shape)

    def _event_shape_tensor(self):
        return array.shape(self.concentration)[-1:]

    def _valid(self, x):
        if not self.validate_args:
            return x
        total = reductions.reduce_sum(x, -1)
        return checked(
            x,
            debugging.assert_positive(x, "samples must be positive"),
            debugging.assert_near(array.ones([], self.dtype), total,
                                  message="sample last-dimension must sum to `1`"),
        )  # fmt: skip

    def _sample_n(self, n, seed=None):
        parts = random.gamma([n], self.concentration, None, self.dtype, seed)
        return parts / reductions.reduce_sum(parts, -1, keepdims=True)

    def _log_prob(self, x):
        powers = math.xlogy(self.concentration - 1.0, self._valid(x))
        return reductions.reduce_sum(powers, -1) - special.lbeta(self.concentration)

    def _entropy(self):
        k = math.cast(self.event_shape_tensor()[0], self.dtype)
        a, total = self.concentration, self.total_concentration
        return (
            special.lbeta(a)
            + (total - k) * math.digamma(total)
            - reductions.reduce_sum((a - 1.0) * math.digamma(a), axis=-1)
        )

    def _mean(self):
        return self.concentration / self.total_concentration[..., None]

    def _scaled_mean(self):
        scale = math.rsqrt(1.0 + self.total_concentration[..., None])
        return scale, scale * self._mean()

    def _variance(self):
        scale, x = self._scaled_mean()
        return x * (scale - x)

    def _covariance(self):
        _, x = self._scaled_mean()
        return set_diag(-matmul(x[..., None], x[..., None, :]), self._variance())

    def _mode(self):
        k = math.cast(self.event_shape_tensor()[0], self.dtype)
        mode = (self.concentration - 1.0) / (self.total_concentration[..., None] - k)
        least = reductions.reduce_min(self.concentration, axis=-1, keepdims=True)
        return self._defined(mode, (least, "Mode undefined when any concentration <= 1"))


@RegisterKL(Gamma, Gamma)
def _kl_gamma_gamma(a, b, name=None):
    with stack.frame.name_scope(name or "kl_gamma_gamma"):
        return (
            (a.concentration - b.concentration) * math.digamma(a.concentration)
            + math.lgamma(b.concentration)
            - math.lgamma(a.concentration)
            + b.concentration * math.log(a.rate)
            - b.concentration * math.log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0)
        )


@RegisterKL(Beta, Beta)
def _kl_beta_beta(a, b, name=None):
    with stack.frame.name_scope(name or "kl_beta_beta"):
        totals = b.total_concentration - a.total_concentration
        return (
            b._log_normalization()
            - a._log_normalization()
            - math.digamma(a.concentration1) * (b.concentration1 - a.concentration1)
            - math.digamma(a.concentration0) * (b.concentration0 - a.concentration0)
            + math.digamma(a.total_concentration) * totals
        )


@RegisterKL(Dirichlet, Dirichlet)
def _kl_dirichlet_dirichlet(a, b, name=None):
    with stack.frame.name_scope(name or "kl_dirichlet_dirichlet"):
        total = reductions.reduce_sum(a.concentration, axis=-1, keepdims=True)
        weights = math.digamma(a.concentration) - math.digamma(total)
        difference = reductions.reduce_sum((a.concentration - b.concentration) * weights, axis=-1)
        return difference - special.lbeta(a.concentration) + special.lbeta(b.concentration)
