"""Distributions of counts and classes: `Bernoulli`, `Categorical`, `Multinomial` and
`DirichletMultinomial`."""

from minitf import dtypes
from minitf.compat.v1.distributions.distribution import (
    NOT_REPARAMETERIZED,
    Distribution,
    at_least_two_classes,
    checked,
    last_dimension,
    new_seed,
)
from minitf.compat.v1.distributions.divergences import RegisterKL
from minitf.compat.v1.ops import multinomial
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops import activations, array, debugging, losses, math, random, reductions, special
from minitf.ops.diagonals import set_diag
from minitf.ops.functional import map_fn
from minitf.ops.joining import concat
from minitf.ops.products import matmul


def _logits_and_probs(logits, probs, validate_args, classes):
    """Both, from the one that is given; `classes`: the last dimension holds the classes.

    Raises:
      ValueError: none is given, or both.
      TypeError: it is not of a floating dtype.
    """
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")
    key = "probs" if logits is None else "logits"
    given = convert_to_tensor(probs if logits is None else logits, name=key)
    if not given.dtype.is_floating:
        raise TypeError(f"{key} must having floating type.")
    if validate_args and classes:
        at_least_two_classes(given)
    if logits is not None:
        return given, (activations.softmax if classes else math.sigmoid)(given, name="probs")
    if validate_args:
        tests = [debugging.assert_non_negative(given)]
        one = array.ones([], given.dtype)
        if classes:
            total = reductions.reduce_sum(given, -1)
            tests.append(debugging.assert_near(total, one, message="probs does not sum to 1."))
        else:
            message = "probs has components greater than 1."
            tests.append(debugging.assert_less_equal(given, one, message))
        given = checked(given, *tests)
    with stack.frame.name_scope("logits"):
        odds = math.log(given) if classes else math.log(given) - math.log1p(-1.0 * given)
    return odds, given


def _whole(x, message="x cannot contain fractional components."):
    """`x`, once it is sure that it holds integers of at least 0."""
    tests = [debugging.assert_non_negative(x, "x must be non-negative.")]
    if x.dtype.is_floating:
        tests.append(debugging.assert_equal(x, math.floor(x), message))
    return checked(x, *tests)


class Bernoulli(Distribution):
    """0 or 1: `probs` are the probabilities of 1, `logits` the logarithms of their odds.

    >>> float(Bernoulli(probs=0.5).variance())
    0.25
    """

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False,
                 allow_nan_stats=True, name="Bernoulli"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            self._logits, self._probs = _logits_and_probs(logits, probs, validate_args, False)
        super().__init__(dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._logits, self._probs], scope)  # fmt: skip

    logits = property(lambda self: self._logits)
    probs = property(lambda self: self._probs)
    _batch_of = ("logits",)

    def _sample_n(self, n, seed=None):
        uniforms = random.uniform(self._full(n), dtype=self.probs.dtype, seed=seed)
        return math.cast(uniforms < self.probs, self.dtype)

    def _log_prob(self, event):
        if self.validate_args:
            event = _whole(event)
            event = checked(event, debugging.assert_less_equal(
                event, array.ones([], event.dtype), "Elements cannot exceed 1."))  # fmt: skip
        event = math.cast(event, self.logits.dtype)
        logits, event = (array.ones_like(event) * self.logits,
                         array.ones_like(self.logits) * event)  # fmt: skip
        return -losses.sigmoid_cross_entropy_with_logits(labels=event, logits=logits)

    def _entropy(self):
        logits = self.logits
        return -logits * (math.sigmoid(logits) - 1.0) + activations.softplus(-logits)

    def _mean(self):
        return array.identity(self.probs)

    def _variance(self):
        return self._mean() * (1.0 - self.probs)

    def _mode(self):
        return math.cast(self.probs > 0.5, self.dtype)


class _OfClasses(Distribution):
    """What has a last dimension of classes, in `self._of_classes`."""

    def _batch_shape(self):
        return self._of_classes.shape[:-1]

    def _batch_shape_tensor(self):
        return array.shape(self._of_classes)[:-1]

    def _event_shape(self):
        return last_dimension(self._of_classes.shape)

    def _event_shape_tensor(self):
        return array.shape(self._of_classes)[-1:]

    def _counts(self, counts, message):
        """`counts`, once it is sure, where that is wanted, that they sum to `total_count`."""
        if not self.validate_args:
            return counts
        counts = _whole(counts)
        total = reductions.reduce_sum(counts, -1)
        return checked(counts, debugging.assert_equal(self.total_count, total, message))


class Categorical(_OfClasses):
    """One of several classes: `probs` are their probabilities, `logits` the logarithms.

    >>> Categorical(probs=[0.1, 0.9]).mode().numpy().item()
    1
    """

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False,
                 allow_nan_stats=True, name="Categorical"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            self._logits, self._probs = _logits_and_probs(logits, probs, validate_args, True)
            self._logits.shape.with_rank_at_least(1)
            self._of_classes = self._logits
            self._event_size = array.shape(self._logits)[-1]
        super().__init__(dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._logits, self._probs], scope)  # fmt: skip

    event_size = property(lambda self: self._event_size)
    logits = property(lambda self: self._logits)
    probs = property(lambda self: self._probs)

    @classmethod
    def _param_shapes(cls, sample_shape):
        raise NotImplementedError("_param_shapes not implemented")

    def _event_shape(self):
        return []

    def _event_shape_tensor(self):
        return convert_to_tensor([], dtypes.int32)

    def _sample_n(self, n, seed=None):
        logits = array.reshape(self.logits, [-1, self.event_size])
        kind = dtypes.int64 if self.dtype.size > 4 else dtypes.int32
        draws = multinomial(logits, n, seed=seed, output_dtype=kind)
        return math.cast(array.reshape(array.transpose(draws), self._full(n)), self.dtype)

    def _with_event(self, k, parameters):
        """Classes, and the parameters of each of them."""
        if self.validate_args:
            k = _whole(k)
        if k.dtype.is_floating:
            k = math.cast(k, dtypes.int32)
        if not k.dtype.is_integer:
            raise TypeError(f"`value` should have integer `dtype` or `self.dtype` ({self.dtype})")
        parameters = parameters * array.ones_like(k[..., None], dtype=parameters.dtype)
        return k * array.ones(array.shape(parameters)[:-1], k.dtype), parameters

    def _log_prob(self, k):
        k, logits = self._with_event(k, self.logits)
        return -losses.sparse_softmax_cross_entropy_with_logits(labels=k, logits=logits)

    def _cdf(self, k):
        k, probs = self._with_event(k, self.probs)
        below = array.sequence_mask(k, self.event_size, probs.dtype)
        return reductions.reduce_sum(below * probs, axis=-1)

    def _entropy(self):
        return -reductions.reduce_sum(activations.log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self):
        return math.cast(reductions.argmax(self.logits, axis=-1), self.dtype)


class Multinomial(_OfClasses):
    """How often each class is drawn in `total_count` draws.

    >>> Multinomial(4.0, probs=[0.5, 0.5]).mean().numpy().tolist()
    [2.0, 2.0]
    """

    def __init__(self, total_count, logits=None, probs=None, validate_args=False,
                 allow_nan_stats=True, name="Multinomial"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            total = convert_to_tensor(total_count, name="total_count")
            self._total_count = _whole(total) if validate_args else total
            self._logits, self._probs = _logits_and_probs(logits, probs, validate_args, True)
            self._mean_value = self._of_classes = self._total_count[..., None] * self._probs
        parents = [self._total_count, self._logits, self._probs, self._mean_value]
        super().__init__(self._probs.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, parents, scope)  # fmt: skip

    total_count = property(lambda self: self._total_count)
    logits = property(lambda self: self._logits)
    probs = property(lambda self: self._probs)

    def _sample_n(self, n, seed=None):
        k = self.event_shape_tensor()[0]
        draws = math.cast(self.total_count, dtypes.int32)
        draws = array.ones_like(self.logits[..., 0], dtype=dtypes.int32) * draws
        logits = array.ones_like(draws[..., None], dtype=self.logits.dtype) * self.logits

        def sample(row):
            classes = multinomial(row[0][None], row[1], seed)
            return reductions.reduce_sum(array.one_hot(array.reshape(classes, [n, -1]), k), axis=-2)

        rows = array.reshape(logits, [-1, k]), n * array.reshape(draws, [-1])
        found = array.transpose(map_fn(sample, rows, dtype=self.dtype), [1, 0, 2])
        return array.reshape(found, concat([self._full(n), [k]], 0))

    def _log_prob(self, counts):
        counts = self._counts(counts, "counts must sum to `self.total_count`")
        exponents = reductions.reduce_sum(counts * activations.log_softmax(self.logits), -1)
        return exponents + _log_combinations(self.total_count, counts)

    def _mean(self):
        return array.identity(self._mean_value)

    def _probs_of_each(self):
        return self.probs * array.ones_like(self.total_count)[..., None]

    def _variance(self):
        return self._mean_value - self._mean_value * self._probs_of_each()

    def _covariance(self):
        outer = matmul(self._mean_value[..., None], self._probs_of_each()[..., None, :])
        return set_diag(-outer, self._variance())


class DirichletMultinomial(_OfClasses):
    """A `Multinomial` whose probabilities are of a `Dirichlet` distribution.

    >>> DirichletMultinomial(4.0, [1.0, 1.0]).mean().numpy().tolist()
    [2.0, 2.0]
    """

    def __init__(self, total_count, concentration, validate_args=False, allow_nan_stats=True,
                 name="DirichletMultinomial"):  # fmt: skip
        parameters = dict(locals())
        with stack.frame.name_scope(name) as scope:
            total = convert_to_tensor(total_count, name="total_count")
            self._total_count = _whole(total) if validate_args else total
            concentration = convert_to_tensor(concentration, name="concentration")
            if validate_args:
                at_least_two_classes(concentration)
                message = "Concentration parameter must be positive."
                test = debugging.assert_positive(concentration, message)
                concentration = checked(concentration, test)
            self._concentration = concentration
            self._total_concentration = reductions.reduce_sum(concentration, -1)
            self._of_classes = self._total_count[..., None] * concentration
        super().__init__(concentration.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, [self._total_count, concentration], scope)  # fmt: skip

    total_count = property(lambda self: self._total_count)
    concentration = property(lambda self: self._concentration)
    total_concentration = property(lambda self: self._total_concentration)

    def _sample_n(self, n, seed=None):
        k = self.event_shape_tensor()[0]
        parts = random.gamma([n], self.concentration, None, self.dtype, seed)
        draws = multinomial(array.reshape(math.log(parts), [-1, k]),
                            math.cast(self.total_count, dtypes.int32),
                            seed=new_seed(seed, "dirichlet_multinomial"))  # fmt: skip
        counts = reductions.reduce_sum(array.one_hot(draws, k), -2)
        counts = array.reshape(counts, concat([self._full(n), [k]], 0))
        return math.cast(counts, self.dtype)

    def _log_prob(self, counts):
        counts = self._counts(counts, "counts last-dimension must sum to `self.total_count`")
        ordered = special.lbeta(self.concentration + counts) - special.lbeta(self.concentration)
        return ordered + _log_combinations(self.total_count, counts)

    def _mean(self):
        return self.total_count * (self.concentration / self.total_concentration[..., None])

    def _scale(self):
        total = self.total_concentration[..., None]
        return math.sqrt((1.0 + total / self.total_count) / (1.0 + total))

    def _variance(self):
        x = self._scale() * self._mean()
        return x * (self.total_count * self._scale() - x)

    def _covariance(self):
        x = self._scale() * self._mean()
        return set_diag(-matmul(x[..., None], x[..., None, :]), self._variance())


def _log_combinations(n, counts):
    """The logarithm of the number of orders that `n` draws with these counts can have."""
    return math.lgamma(n + 1) - reductions.reduce_sum(math.lgamma(counts + 1), axis=-1)


@RegisterKL(Bernoulli, Bernoulli)
def _kl_bernoulli_bernoulli(a, b, name=None):
    with stack.frame.name_scope(name or "kl_bernoulli_bernoulli"):
        zeros = activations.softplus(-b.logits) - activations.softplus(-a.logits)
        ones = activations.softplus(b.logits) - activations.softplus(a.logits)
        return math.sigmoid(a.logits) * zeros + math.sigmoid(-a.logits) * ones


@RegisterKL(Categorical, Categorical)
def _kl_categorical_categorical(a, b, name=None):
    with stack.frame.name_scope(name or "kl_categorical_categorical"):
        difference = activations.log_softmax(a.logits) - activations.log_softmax(b.logits)
        return reductions.reduce_sum(activations.softmax(a.logits) * difference, axis=-1)
