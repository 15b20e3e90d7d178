"""What every distribution answers: each public method is a private one of its class, in a scope.

A class gives `_sample_n`, `_log_prob` or `_prob`, `_mean` and so on; of pairs that follow from each
other (`log_prob` and `prob`, `stddev` and `variance`) one is enough.
"""

import contextlib
import functools
import hashlib
import math as python_math

from minitf import dtypes
from minitf.compat.v1.distributions.divergences import cross_entropy, kl_divergence
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.ops import array, debugging, math, reductions
from minitf.ops.gathering import where
from minitf.ops.joining import concat
from minitf.scopes import control_dependencies
from minitf.shapes import TensorShape, as_shape


class ReparameterizationType:
    """Whether gradients pass through samples; its two values are compared by identity."""

    def __init__(self, rep_type):
        self._rep_type = rep_type

    def __repr__(self):
        return f"<Reparameterization Type: {self._rep_type}>"


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


def _answer(own, doc, other=None, of_other=None, takes_value=True):
    """A public method: `_own`, or where a class has none, `of_other` of what `_other` says."""

    ways = [(own, lambda result: result), *([(other, of_other)] if other else [])]

    def found(self, *values, **kwargs):
        for key, wanted in ways:
            method = getattr(self, f"_{key}", None)
            with contextlib.suppress(NotImplementedError):
                if method is not None:
                    return wanted(method(*values, **kwargs))
        raise NotImplementedError(f"{own} is not implemented: {type(self).__name__}")

    def of_value(self, value, name=own, **kwargs):
        with self._name_scope(name):
            value = convert_to_tensor(value, name="value", dtype_hint=self.dtype)
            return found(self, value, **kwargs)

    def of_itself(self, name=own, **kwargs):
        with self._name_scope(name):
            return found(self, **kwargs)

    method = of_value if takes_value else of_itself
    method.__name__, method.__doc__ = own, doc
    return method


def _statistic(own, doc, other=None, of_other=None):
    return _answer(own, doc, other, of_other, takes_value=False)


class Distribution:
    """A batch of random variables, each of which has values of one shape, the event's.

    Args:
      dtype: of samples.
      reparameterization_type: `FULLY_REPARAMETERIZED` or `NOT_REPARAMETERIZED`.
      validate_args: whether arguments are checked when they are used.
      allow_nan_stats: whether a statistic that is not defined is NaN, or else an error.
      parameters: the arguments of the constructor, for `copy`.
      graph_parents: tensors that the distribution is made of.
      name: of its operations.
    """

    _batch_of = ()  # the names of parameters whose broadcast shape is the batch's

    def __init__(self, dtype, reparameterization_type, validate_args, allow_nan_stats,
                 parameters=None, graph_parents=None, name=None):  # fmt: skip
        name = name or type(self).__name__
        if not name.endswith("/"):
            with stack.frame.name_scope(name) as name:
                pass
        for i, parent in enumerate(graph_parents or ()):
            if parent is None:
                raise ValueError(f"Graph parent item {i} is not a Tensor; {parent}.")
        self._dtype, self._name = dtypes.as_dtype(dtype), name
        self._reparameterization_type = reparameterization_type
        self._validate_args, self._allow_nan_stats = validate_args, allow_nan_stats
        self._parameters = dict(parameters or {})
        self._graph_parents = list(graph_parents or ())

    name = property(lambda self: self._name)
    dtype = property(lambda self: self._dtype)
    reparameterization_type = property(lambda self: self._reparameterization_type)
    allow_nan_stats = property(lambda self: self._allow_nan_stats)
    validate_args = property(lambda self: self._validate_args)

    @property
    def parameters(self):
        """The arguments that the distribution was made with."""
        return {key: value for key, value in self._parameters.items()
                if key != "self" and not key.startswith("__")}  # fmt: skip

    def copy(self, **override_parameters_kwargs):
        """Such a distribution with other arguments."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    @classmethod
    def param_shapes(cls, sample_shape, name="DistributionParamShapes"):
        """The shapes of parameters with which `sample()` has the shape `sample_shape`."""
        with stack.frame.name_scope(name):
            return cls._param_shapes(sample_shape)

    @classmethod
    def param_static_shapes(cls, sample_shape):
        """As `param_shapes`, as static shapes."""
        if isinstance(sample_shape, TensorShape):
            if not sample_shape.is_fully_defined():
                raise ValueError("TensorShape sample_shape must be fully defined")
            sample_shape = sample_shape.as_list()
        values = {
            key: shape.static_value() for key, shape in cls.param_shapes(sample_shape).items()
        }
        if any(value is None for value in values.values()):
            raise ValueError("sample_shape must be a fully-defined TensorShape or list/tuple")
        return {key: TensorShape(value) for key, value in values.items()}

    @classmethod
    def _param_shapes(cls, sample_shape):
        if not cls._batch_of:
            raise NotImplementedError("_param_shapes not implemented")
        shape = convert_to_tensor(sample_shape, dtypes.int32)
        return dict.fromkeys(cls._batch_of, shape)

    # Shapes ---------------------------------------------------------------------------------------

    @property
    def batch_shape(self):
        """The shape of the batch, as far as it is known."""
        return as_shape(self._batch_shape())

    @property
    def event_shape(self):
        """The shape of one value, as far as it is known."""
        return as_shape(self._event_shape())

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        """The shape of the batch: a vector, int32."""
        with self._name_scope(name):
            return _shape_vector(self.batch_shape, self._batch_shape_tensor, "batch_shape")

    def event_shape_tensor(self, name="event_shape_tensor"):
        """The shape of one value: a vector, int32."""
        with self._name_scope(name):
            return _shape_vector(self.event_shape, self._event_shape_tensor, "event_shape")

    def is_scalar_event(self, name="is_scalar_event"):
        """Whether a value is a scalar: a scalar, bool."""
        with self._name_scope(name):
            return _is_scalar(self.event_shape, self.event_shape_tensor)

    def is_scalar_batch(self, name="is_scalar_batch"):
        """Whether there is one distribution, not a batch of them: a scalar, bool."""
        with self._name_scope(name):
            return _is_scalar(self.batch_shape, self.batch_shape_tensor)

    def _batch_shape(self):
        shapes = [getattr(self, key).shape for key in self._batch_of]
        if not shapes:
            return TensorShape(None)
        return functools.reduce(array.broadcast_static_shape, shapes)

    def _batch_shape_tensor(self):
        shapes = [array.shape(getattr(self, key)) for key in self._batch_of]
        if not shapes:
            raise NotImplementedError(
                f"batch_shape_tensor is not implemented: {type(self).__name__}"
            )
        return functools.reduce(array.broadcast_dynamic_shape, shapes)

    def _event_shape(self):
        return TensorShape([] if self._batch_of else None)

    def _event_shape_tensor(self):
        raise NotImplementedError(f"event_shape_tensor is not implemented: {type(self).__name__}")

    # Samples --------------------------------------------------------------------------------------

    def sample(self, sample_shape=(), seed=None, name="sample"):
        """Samples of shape `sample_shape + batch_shape + event_shape`.

        >>> from minitf.compat.v1.distributions import Normal
        >>> Normal([0.0, 10.0], 1.0).sample(3).shape
        TensorShape([3, 2])
        """
        with self._name_scope(name):
            sizes = convert_to_tensor(sample_shape, dtypes.int32, name="sample_shape")
            if sizes.shape.rank not in (None, 0, 1):
                raise ValueError("Input is neither scalar nor vector.")
            sizes = array.reshape(sizes, [-1])
            known = sizes.static_value()
            n = reductions.reduce_prod(sizes) if known is None else python_math.prod(known.tolist())
            samples = self._sample_n(n, seed)
            of_one = array.shape(samples)[1:]
            found = array.reshape(samples, concat([sizes, of_one], 0))
            if known is not None:
                found.set_shape(as_shape(known.tolist()).concatenate(samples.shape[1:]))
            return found

    def _full(self, n):
        """The shape of `n` samples of scalars."""
        return concat([[n], self.batch_shape_tensor()], 0)

    # Densities ------------------------------------------------------------------------------------

    log_prob = _answer("log_prob", "The logarithm of `prob`.", "prob", math.log)
    prob = _answer("prob", "The density, or probability, of a value.", "log_prob", math.exp)
    log_cdf = _answer("log_cdf", "The logarithm of `cdf`.", "cdf", math.log)
    cdf = _answer("cdf", "The probability of a value of at most this.", "log_cdf", math.exp)
    log_survival_function = _answer(
        "log_survival_function", "The logarithm of `survival_function`.", "cdf",
        lambda p: math.log1p(-p))  # fmt: skip
    survival_function = _answer(
        "survival_function", "The probability of a larger value.", "cdf", lambda p: 1.0 - p
    )
    quantile = _answer("quantile", "The value with this `cdf`.")

    # Statistics -----------------------------------------------------------------------------------

    entropy = _statistic("entropy", "The entropy in nats.")
    mean = _statistic("mean", "The mean.")
    variance = _statistic("variance", "The variance.", "stddev", math.square)
    stddev = _statistic("stddev", "The square root of the variance.", "variance", math.sqrt)
    covariance = _statistic("covariance", "The covariances of an event's elements.")
    mode = _statistic("mode", "The value of the largest density.")

    def cross_entropy(self, other, name="cross_entropy"):
        """The cross entropy with respect to another distribution."""
        with self._name_scope(name):
            return cross_entropy(self, other, self.allow_nan_stats)

    def kl_divergence(self, other, name="kl_divergence"):
        """The divergence from another distribution (see `kl_divergence`)."""
        with self._name_scope(name):
            return kl_divergence(self, other, self.allow_nan_stats)

    def _defined(self, value, *conditions):
        """A statistic where it is defined: elsewhere NaN, or an error.

        Args:
          conditions: pairs `(larger, message)` of a parameter that has to be more than 1, and of
            what the error says.
        """
        if not self.allow_nan_stats:
            one = array.ones([], self.dtype)
            return checked(value, *(debugging.assert_less(one, larger, message)
                                    for larger, message in conditions))  # fmt: skip
        is_defined = functools.reduce(math.logical_and, [larger > 1 for larger, _ in conditions])
        return where(is_defined, value, convert_to_tensor(float("nan"), self.dtype))

    @contextlib.contextmanager
    def _name_scope(self, name):
        with stack.frame.name_scope(self.name), stack.frame.name_scope(name) as scope:
            yield scope

    def __str__(self):
        shapes = "".join(
            f", {key}={shape}"
            for key, shape in (("batch_shape", self.batch_shape), ("event_shape", self.event_shape))
            if shape.rank is not None
        )
        return (f'tfp.distributions.{type(self).__name__}("{self.name}"{shapes}, '
                f"dtype={self.dtype.name})")  # fmt: skip

    def __repr__(self):
        return (
            f"<tfp.distributions.{type(self).__name__} '{self.name}' "
            f"batch_shape={self.batch_shape} event_shape={self.event_shape} "
            f"dtype={self.dtype.name}>"
        )


# What classes of distributions are written with --------------------------------------------------


def checked(value, *assertions):
    """`value`, once these assertions hold."""
    with control_dependencies([x for x in assertions if x is not None]):
        return array.identity(value)


def new_seed(seed, salt):
    """The seed of a distribution's second op, from the one that the user gave."""
    if seed is None:
        return None
    digest = hashlib.md5(f"{seed}{salt}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) & 0x7FFFFFFF


def _shape_vector(shape, dynamic, name):
    if shape.is_fully_defined():
        return convert_to_tensor(shape.as_list(), dtypes.int32, name=name)
    return dynamic()


def _is_scalar(shape, dynamic):
    if shape.rank is not None:
        return convert_to_tensor(shape.rank == 0, name="is_scalar")
    return math.equal(array.shape(dynamic())[0], 0)


def reals(given, validate_args, *positive):
    """Parameters as tensors of one floating dtype; those named in `positive` are checked."""
    values = {key: convert_to_tensor(value, name=key) for key, value in given.items()}
    names = positive if validate_args else ()
    tests = [debugging.assert_positive(values[key], f"{key} must be positive") for key in names]
    found = [checked(value, *tests) for value in values.values()]
    debugging.assert_same_float_dtype(found)
    return found


def last_dimension(shape):
    return TensorShape(None) if shape.rank is None else shape[-1:]


def at_least_two_classes(values, what="Argument"):
    """ValueError where the last dimension of `values` is known to have less than two elements."""
    if values.shape.rank == 0:
        raise ValueError(f"{what} must have at least 1 dimension.")
    if values.shape.rank is not None and (values.shape[-1] or 2) < 2:
        raise ValueError(f"{what} must have at least 2 events.")
