"""`Optimizer`: variables that hold the state of a pure update, and the order of a step.

A step is: leave out missing gradients, undo the scaling of the loss, clip, decay weights, update,
average, apply constraints, count. A built-in optimizer names a pure `rule` (see `update`) that
moves all variables in one compiled call. A user's own overrides `build` and `update_step`, and is
called for one variable after the other.
"""

import re
import warnings

from minitf.core.dispatch import convert_to_tensor
from minitf.keras import config as settings
from minitf.keras import initializers, naming, serialization
from minitf.keras.optimizers import update
from minitf.keras.optimizers.schedules import LearningRateSchedule
from minitf.keras.variable import Variable
from minitf.ops.math import cast


def native(variable):
    """The `tf.Variable` that a `keras.Variable` wraps; a `tf.Variable` is its own."""
    return variable.value if isinstance(variable, Variable) else variable


class Optimizer:
    """The base class of optimizers.

    Own optimizers override `build(variables)`, which makes the state with
    `add_variable_from_reference`, `update_step(gradient, variable, learning_rate)` and
    `get_config`.

    Args:
      learning_rate: a float, a schedule, or a function without arguments.
      weight_decay: each update takes this share, times the learning rate, off the weights.
      clipnorm, clipvalue, global_clipnorm: limits for the norm of each gradient, for each of its
        elements, for the norm of all gradients together; only one may be given.
      use_ema: keep averages of the weights, `average = ema_momentum * average + (1 - ema_momentum)
        * weight`, which replace the weights at the end of training and every
        `ema_overwrite_frequency` updates.
      loss_scale_factor: gradients are divided by it; `scale_loss` multiplies with it.
      gradient_accumulation_steps: update only every so many steps, with the mean gradient.
      name: default the class's name in snake case, made unique.

    Raises:
      ValueError: a learning rate that is no float, two kinds of clipping, unknown arguments.
    """

    _rule = None  # a pure update, as `update.Rule` describes
    _settings: tuple[str, ...] = ()  # the names of its keyword arguments, also in the config

    def __init__(self, learning_rate, weight_decay=None, clipnorm=None, clipvalue=None,
                 global_clipnorm=None, use_ema=False, ema_momentum=0.99,
                 ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        self._variables = []
        if kwargs.pop("decay", None) is not None:
            warnings.warn(
                "Argument `decay` is no longer supported and will be ignored.", stacklevel=3
            )
        if kwargs:
            raise ValueError(f"Argument(s) not recognized: {kwargs}")
        self.name = naming.auto_name(type(self).__name__) if name is None else name
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._check_arguments()
        self.built = False
        self._trainable_variables, self._index, self._slots = [], {}, {}
        self._undecayed, self._undecayed_names = set(), None
        self._iterations = self._new_variable(0, "iteration", "int64")
        if callable(learning_rate):
            self._learning_rate = learning_rate
        elif isinstance(learning_rate, float):
            rate = self._new_variable(learning_rate, "learning_rate", settings.floatx())
            self._learning_rate = rate
        else:
            raise ValueError(
                "Argument `learning_rate` should be float, or an instance of "
                "LearningRateSchedule, or a callable (that takes in the current iteration value "
                "and returns the corresponding learning rate value). Received instead: "
                f"learning_rate={learning_rate}"
            )

    def _check_arguments(self):
        steps, frequency = self.gradient_accumulation_steps, self.ema_overwrite_frequency
        if steps and not steps >= 2:
            raise ValueError(
                "`gradient_accumulation_steps` must be an integer >= 2. Received: "
                f"gradient_accumulation_steps={steps}"
            )
        if self.use_ema and not 0 <= self.ema_momentum <= 1:
            raise ValueError(
                "`ema_momentum` must be in the range [0, 1]. Received: "
                f"ema_momentum={self.ema_momentum}"
            )
        if self.use_ema and frequency and (not isinstance(frequency, int) or frequency < 1):
            raise ValueError(
                "`ema_overwrite_frequency` must be an integer >= 1 or None. Received: "
                f"ema_overwrite_frequency={frequency}"
            )
        limits = (self.clipnorm, self.clipvalue, self.global_clipnorm)
        if sum(limit is not None for limit in limits) > 1:
            raise ValueError(
                "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: "
                f"clipnorm={self.clipnorm}, clipvalue={self.clipvalue}, "
                f"global_clipnorm={self.global_clipnorm}"
            )

    # State ---------------------------------------------------------------------------------------

    def __setattr__(self, name, value):
        """Sets an attribute; a `keras.Variable` becomes one of the optimizer's variables."""
        if "_variables" not in self.__dict__ and name != "_variables":
            raise RuntimeError(
                f"In optimizer '{type(self).__name__}', you forgot to call `super().__init__()` as "
                "the first statement in the `__init__()` method. Go add it!"
            )
        if isinstance(value, Variable):
            self._track_variable(value)
        super().__setattr__(name, value)

    def _track_variable(self, variable):
        if all(variable is not known for known in self._variables):
            self._variables.append(variable)

    def _new_variable(self, initializer, name, dtype, shape=None):
        with naming.name_scope(self.name):
            variable = Variable(initializer, shape, dtype, trainable=False, name=name)
        self._track_variable(variable)
        return variable

    @property
    def variables(self):
        """All variables of the optimizer: the count of steps, the learning rate, the slots."""
        return list(self._variables)

    @property
    def iterations(self):
        """How many updates there have been."""
        if self.gradient_accumulation_steps:
            return self._iterations // self.gradient_accumulation_steps
        return self._iterations

    @property
    def learning_rate(self):
        """The learning rate, a `keras.Variable`; of a schedule, its value at this step."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations)
        if callable(self._learning_rate):
            return self._learning_rate()
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        before = self._learning_rate
        if callable(learning_rate):
            self._learning_rate = learning_rate
            self._variables = [v for v in self._variables if v is not before]
        elif isinstance(before, LearningRateSchedule):
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its "
                "`learning_rate` constructor argument, hence its learning rate is not settable. If "
                "you need the learning rate to be settable, you should instantiate the optimizer "
                "with a float `learning_rate` argument."
            )
        else:
            before.assign(learning_rate)

    def add_variable(self, shape, initializer="zeros", dtype=None, aggregation="none", layout=None,
                     name=None):  # fmt: skip
        """A new variable of the optimizer, `<optimizer>/<name>`."""
        return self._new_variable(initializers.get(initializer), name, dtype, shape)

    def add_variable_from_reference(self, reference_variable, name=None, initializer="zeros"):
        """A new variable with the shape and dtype of another, named `<path of that>_<name>`."""
        path = getattr(reference_variable, "path", None) or reference_variable.name
        path = path.replace("/", "_").replace(":", "_")
        return self.add_variable(reference_variable.shape, initializer, reference_variable.dtype,
                                 name=f"{path}_{name or 'var'}")  # fmt: skip

    def add_optimizer_variables(self, trainable_variables, name, initializer="zeros"):
        """A new variable for each of `trainable_variables`, as a list.

        With a list of names (and of initializers), a tuple of such lists.
        """
        if isinstance(name, str):
            return self.add_optimizer_variables(trainable_variables, [name], [initializer])[0]
        initial = initializer
        if not isinstance(initializer, list | tuple):
            initial = [initializer] * len(name)
        if len(initial) != len(name):
            raise ValueError(
                "The number of provided names must match the number of provided initializers. "
                f"Received name='{name}', initializer='{initializer}'"
            )
        made = [
            [self.add_variable_from_reference(v, n, i) for n, i in zip(name, initial)]
            for v in trainable_variables
        ]
        return tuple([slots[i] for slots in made] for i in range(len(name)))

    def build(self, variables):
        """Makes the optimizer's variables, for the weights that it will update."""
        if self.use_ema:
            averages = self.add_optimizer_variables(variables, "average")
            self._model_variables_moving_average = averages
        if self.gradient_accumulation_steps:
            accumulators = self.add_optimizer_variables(variables, "gradient_accumulator")
            self._accumulated_gradients = accumulators
        self._index = {self._var_key(v): i for i, v in enumerate(variables)}
        self._trainable_variables = list(variables)
        self.built = True

    def _add_slots(self, variables, *names, initializer="zeros"):
        """Gives each variable a slot of each name."""
        made = self.add_optimizer_variables(variables, names, initializer)
        self._slots.update(zip(names, made))

    def _var_key(self, variable):
        return id(native(variable)._identity)

    def _get_variable_index(self, variable):
        return self._index[self._var_key(variable)]
