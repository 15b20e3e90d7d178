"""`Optimizer`: variables that hold the state of a pure update, and the order of a step.

A step is: leave out missing gradients, undo the scaling of the loss, clip, decay weights, update,
average, apply constraints, count. A built-in optimizer names a pure `rule` (see `update`) that
moves all variables in one compiled call. A user's own overrides `build` and `update_step`, and is
called for one variable after the other.
"""

import re
import warnings

from minitf.core.dispatch import convert_to_tensor
from minitf.core.gradients import densify
from minitf.keras import config as settings
from minitf.keras import serialization
from minitf.keras.optimizers import update
from minitf.keras.optimizers.schedules import LearningRateSchedule
from minitf.keras.optimizers.state import OptimizerState, native, overwritten
from minitf.keras.saving.zipped import Picklable
from minitf.keras.variable import Variable
from minitf.ops.array import zeros_like
from minitf.ops.control_flow import cond
from minitf.ops.gathering import where
from minitf.ops.math import cast, equal, maximum


class Optimizer(OptimizerState, Picklable):
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

    _rule = None  # a pure update, as the module `update` describes
    _settings: tuple[str, ...] = ()  # the names of its keyword arguments, also in the config

    def __init__(self, learning_rate, weight_decay=None, clipnorm=None, clipvalue=None,
                 global_clipnorm=None, use_ema=False, ema_momentum=0.99,
                 ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, **kwargs):  # fmt: skip
        super().__init__(name)
        if kwargs.pop("decay", None) is not None:
            warnings.warn(
                "Argument `decay` is no longer supported and will be ignored.", stacklevel=3
            )
        if kwargs:
            raise ValueError(f"Argument(s) not recognized: {kwargs}")
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._check_arguments()
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

    def build(self, variables):
        """Makes the optimizer's variables, for the weights that it will update."""
        if self.built:
            return
        if self.use_ema:
            averages = self.add_optimizer_variables(variables, "average")
            self._model_variables_moving_average = averages
        if self.gradient_accumulation_steps:
            accumulators = self.add_optimizer_variables(variables, "gradient_accumulator")
            self._accumulated_gradients = accumulators
        self._index = {self._var_key(v): i for i, v in enumerate(variables)}
        self._trainable_variables = list(variables)
        self._make_slots(variables)
        self.built = True

    def _make_slots(self, variables):
        """Adds what the rule keeps for each variable."""

    # The step ------------------------------------------------------------------------------------

    def apply_gradients(self, grads_and_vars):
        """One step, for pairs of a gradient and its variable; returns the count of steps."""
        gradients, variables = zip(*grads_and_vars)
        self.apply(gradients, variables)
        return self._iterations

    def apply(self, grads, trainable_variables=None):
        """One step, for gradients of the variables that the optimizer was built with.

        Args:
          grads: tensors or `IndexedSlices`; None for a variable to leave out.
          trainable_variables: the variables; the first call builds the optimizer with them.

        Raises:
          ValueError: no gradient at all, or a variable that the optimizer does not know.
        """
        if len(grads) == 0:
            return
        variables = self._known_variables(grads, trainable_variables)
        pairs = self._overwrite(self._pairs_with_gradient(grads, variables))
        if self.loss_scale_factor is not None:
            pairs = [(update.divide(g, self.loss_scale_factor), v) for g, v in pairs]
        gradients, variables = [g for g, _ in pairs], [v for _, v in pairs]
        if pairs:
            self._backend_apply_gradients(gradients, variables)
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))
        native(self._iterations).assign_add(1, read_value=False)

    def _known_variables(self, grads, variables):
        if variables is None:
            if not self.built:
                raise ValueError(
                    "When passing `grads` without `variables`, the optimizer must already be built "
                    "on a list of variables. Call `optimizer.build(trainable_variables)` first. "
                )
            if len(grads) != len(self._trainable_variables):
                raise ValueError(
                    "When passing `grads` as a list of gradient tensors, the gradients must match "
                    f"`optimizer.variables` one-to-on. Received a list of {len(grads)} gradients, "
                    f"but the optimizer is tracking {len(self._trainable_variables)} trainable "
                    "variables."
                )
            return self._trainable_variables
        variables = list(variables)
        if not self.built:
            with self._scope():
                self.build(variables)
            self.built = True
        for variable in variables:
            if self._var_key(variable) not in self._index:
                raise ValueError(
                    f"Unknown variable: {variable}. This optimizer can only be called for the "
                    "variables it was originally built with. When working with a new set of "
                    "variables, you should recreate a new optimizer instance."
                )
        return variables

    def _pairs_with_gradient(self, grads, variables):
        pairs = [(g, v) for g, v in zip(grads, variables) if g is not None]
        missing = [getattr(v, "path", v.name) for g, v in zip(grads, variables) if g is None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        if missing:
            warnings.warn(
                f"Gradients do not exist for variables {missing} when minimizing the loss. If "
                "using `model.compile()`, did you forget to provide a `loss` argument?",
                stacklevel=4,
            )
        return pairs

    def _overwrite(self, pairs):
        """Variables that ask for it get their gradient for a value; the other pairs are left."""
        asking = [(g, v) for g, v in pairs if overwritten(v)]
        steps = self.gradient_accumulation_steps
        for gradient, variable in asking:
            if not steps:
                variable.assign(gradient)
                continue
            kept = self._accumulated_gradients[self._get_variable_index(variable)]
            largest = maximum(kept, gradient)
            is_last = equal((self._iterations + 1) % steps, 0)
            variable.assign(where(is_last, largest, convert_to_tensor(variable)))
            kept.assign(where(is_last, zeros_like(largest), largest))
        return [pair for pair in pairs if not overwritten(pair[1])] if asking else pairs

    def _backend_apply_gradients(self, grads, trainable_variables):
        if self.gradient_accumulation_steps:
            self._accumulate(grads, trainable_variables)
        else:
            self._step(grads, trainable_variables)
        if self.use_ema:
            update.average(
                convert_to_tensor(self.iterations),
                [native(v).handle for v in self._trainable_variables],
                [v.handle for v in self._model_variables_moving_average],
                self.ema_momentum,
                self.ema_overwrite_frequency,
            )

    def _accumulate(self, grads, variables):
        """Adds to the sums of gradients; every so many steps, a step with their mean."""
        steps = self.gradient_accumulation_steps
        grads = [densify(g) for g in grads]
        sums = [self._accumulated_gradients[self._get_variable_index(v)] for v in variables]

        def step():
            self._step([(s + g) / steps for g, s in zip(grads, sums)], variables)
            for total in self._accumulated_gradients:
                total.assign(zeros_like(total))

        def wait():
            for g, s in zip(grads, sums):
                s.assign(g + s)

        cond(equal((self._iterations + 1) % steps, 0), step, wait)

    def _step(self, grads, variables):
        """Clips, decays, updates."""
        grads = self._clip_gradients(grads)
        if type(self).update_step is not Optimizer.update_step:
            self._apply_weight_decay(variables)
            for gradient, variable in zip(grads, variables):
                self.update_step(gradient, native(variable), self.learning_rate)
        else:
            decays = [self._decay_of(v) for v in variables]
            self._update(grads, variables, decays, self.learning_rate)

    def _clip_gradients(self, grads):
        for kind in ("clipnorm", "global_clipnorm", "clipvalue"):
            limit = getattr(self, kind)
            if limit and limit > 0:
                return update.clip(grads, kind, limit)
        return grads

    def _use_weight_decay(self, variable):
        names = self._undecayed_names
        excluded = self._var_key(variable) in self._undecayed
        return not (excluded or names and names.search(variable.name))

    def _decay_of(self, variable):
        """The weight decay of a variable, None for none."""
        return self.weight_decay if self._use_weight_decay(variable) else None

    def _apply_weight_decay(self, variables):
        for variable in variables:
            if (decay := self._decay_of(variable)) is not None:
                rate = cast(self.learning_rate, variable.dtype)
                variable.assign_sub(variable * cast(decay, variable.dtype) * rate)

    def _update(self, grads, variables, decays, learning_rate):
        """Moves the variables and their slots by the rule, in one call."""
        if self._rule is None:
            raise NotImplementedError(f"{type(self).__name__} must override `update_step()`.")
        given = ((n, getattr(self, n)) for n in self._settings)
        hashable = tuple((n, tuple(x) if isinstance(x, list) else x) for n, x in given)
        rule = update.Rule(self._rule, hashable)
        slots = [self._slots_of(v) for v in variables]
        common = {name: v.handle for name, v in self._common().items()}
        handles = [native(v).handle for v in variables]
        rate, count = convert_to_tensor(learning_rate), convert_to_tensor(self.iterations)
        update.update(rule, decays, update.Step(rate, count, handles, slots, grads, common))

    def _common(self):
        """Variables of the optimizer that the rule reads for each weight, by name."""
        return {}

    def update_step(self, gradient, variable, learning_rate):
        """Updates one variable; for subclasses to override."""
        self._update([gradient], [variable], [None], learning_rate)

    def assign(self, variable, value):
        """`variable.assign(value)`, cast to the variable's dtype."""
        native(variable).assign(cast(value, variable.dtype))

    def assign_add(self, variable, value):
        """`variable.assign_add(value)`, cast to the variable's dtype."""
        native(variable).assign_add(cast(value, variable.dtype))

    def assign_sub(self, variable, value):
        """`variable.assign_sub(value)`, cast to the variable's dtype."""
        native(variable).assign_sub(cast(value, variable.dtype))

    def stateless_apply(self, optimizer_variables, grads, trainable_variables):
        """Not in TensorFlow: ValueError."""
        raise ValueError(
            "stateless_apply is not supported with the TensorFlow backend (as it is incompatible "
            "with tf.distribute)."
        )

    def scale_loss(self, loss):
        """The loss times `loss_scale_factor`, to be differentiated in its place."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        """Leaves out variables, or those whose name one of the patterns `var_names` is found in."""
        self._undecayed = {self._var_key(v) for v in var_list or ()}
        self._undecayed_names = re.compile("|".join(set(var_names))) if var_names else None

    def finalize_variable_values(self, var_list):
        """Replaces the weights by their averages, with `use_ema`."""
        if not self.use_ema:
            return
        averages = self._model_variables_moving_average
        if len(var_list) != len(averages):
            raise ValueError(
                f"The length of model variables ({len(var_list)}) to override does not match the "
                f"length of model variables stored in the optimizer ({len(averages)}). Please "
                "check if the optimizer was called on your model."
            )
        for variable, value in zip(var_list, averages):
            variable.assign(value)

    # Saving --------------------------------------------------------------------------------------

    def get_config(self):
        """The arguments of the constructor, as a dictionary."""
        rate = self._learning_rate
        if isinstance(rate, Variable):
            rate = float(rate)
        else:
            rate = serialization.serialize_keras_object(rate)
        names = ("weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema",
                 "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor",
                 "gradient_accumulation_steps", *self._settings)  # fmt: skip
        return {"name": self.name, "learning_rate": rate, **{n: getattr(self, n) for n in names}}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The optimizer whose `get_config` returned `config`."""
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            rate = serialization.deserialize_keras_object(rate, custom_objects)
            config = {**config, "learning_rate": rate}
        return cls(**config)
