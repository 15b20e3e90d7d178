"""The base class of metrics: state in variables, updated batch by batch, read by `result`."""

import numpy as np

from minitf.keras import config as settings
from minitf.keras import initializers, naming
from minitf.keras.saving.zipped import Picklable
from minitf.keras.tracking import Tracker
from minitf.keras.variable import Variable


class Metric(Picklable):
    """Base class: a subclass makes variables in `__init__`, and has `update_state` and `result`.

    Args:
      dtype: the dtype of the results, default `keras.config.floatx()`.
      name: default: from the name of the class.

    >>> class Largest(Metric):
    ...     def __init__(self, name="largest"):
    ...         super().__init__(name=name)
    ...         self.value = self.add_weight(name="value", initializer="zeros")
    ...
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.value.assign(max(self.value.numpy(), *y_pred))
    ...
    ...     def result(self):
    ...         return self.value.value
    >>> Largest()([0.0, 0.0], [3.0, 2.0]).numpy()
    np.float32(3.0)
    """

    _direction = None  # "up" where more is better, "down" where less is: for callbacks

    def __init__(self, dtype=None, name=None):
        self.name = name or naming.auto_name(type(self).__name__)
        self._dtype = settings.standardize_dtype(getattr(dtype, "compute_dtype", dtype))
        self._variables, self._metrics = [], []
        self._tracker = Tracker({
            "variables": (lambda x: isinstance(x, Variable), self._variables),
            "metrics": (lambda x: isinstance(x, Metric), self._metrics),
        })  # fmt: skip

    @property
    def dtype(self):
        return self._dtype

    @property
    def variables(self):
        """The variables of the state, and those of metrics in it."""
        inner = [variable for metric in self._metrics for variable in metric.variables]
        return self._variables + inner

    def __setattr__(self, name, value):
        if "_tracker" in self.__dict__:
            value = self._tracker.track(value)
        super().__setattr__(name, value)

    def _check_super_called(self):
        if not hasattr(self, "_tracker"):
            raise RuntimeError(
                "You forgot to call `super().__init__()` in the `__init__()` method. Go add it!"
            )

    def add_variable(self, shape, initializer, dtype=None, aggregation="sum", name=None):
        """A new variable of the state."""
        self._check_super_called()
        with naming.name_scope(self.name.replace("/", ">")):
            variable = Variable(
                initializers.get(initializer),
                shape=shape,
                dtype=dtype,
                trainable=False,
                aggregation=aggregation,
                name=name,
            )
        self._tracker.track(variable)
        return variable

    def add_weight(self, shape=(), initializer=None, dtype=None, name=None):
        """A new variable of the state, a scalar by default."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def reset_state(self):
        """Sets the state back to zeros."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def update_state(self, *args, **kwargs):
        """Takes a batch into the state."""
        raise NotImplementedError(f"{type(self).__name__} does not implement `update_state`.")

    def result(self):
        """The value of the metric: a scalar tensor, or a dictionary of them."""
        raise NotImplementedError(f"{type(self).__name__} does not implement `result`.")

    def __call__(self, *args, **kwargs):
        self._check_super_called()
        self.update_state(*args, **kwargs)
        return self.result()

    # The same as pure functions of a list of values.

    def stateless_update_state(self, metric_variables, *args, **kwargs):
        """The values that `update_state` would leave in the variables, had they these."""
        return self._with_state(metric_variables, lambda: self.update_state(*args, **kwargs))[1]

    def stateless_result(self, metric_variables):
        """What `result` would be, had the variables these values."""
        return self._with_state(metric_variables, self.result)[0]

    def stateless_reset_state(self):
        """The values that `reset_state` would leave in the variables."""
        return self._with_state([v.value for v in self.variables], self.reset_state)[1]

    def _with_state(self, values, action):
        """The result of `action` and the values it leaves; the variables keep theirs."""
        variables = self.variables
        if len(values) != len(variables):
            raise ValueError(
                "Argument `metric_variables` must be a list of tensors corresponding 1:1 to "
                f"{type(self).__name__}().variables. Received list with length {len(values)}, "
                f"but expected {len(variables)} variables."
            )
        before = [variable.value + 0 for variable in variables]
        try:
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            result = action()
            return result, [variable.value + 0 for variable in variables]
        finally:
            for variable, value in zip(variables, before, strict=True):
                variable.assign(value)

    def get_config(self):
        """The arguments of the constructor."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config):
        """A metric with the arguments that `get_config` returned, its state new."""
        return cls(**config)

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}>"
