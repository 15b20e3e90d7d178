"""`LossScaleOptimizer`: scales losses up so that float16 gradients do not vanish."""

from minitf.core.dispatch import convert_to_tensor
from minitf.core.gradients import densify
from minitf.keras import initializers, serialization
from minitf.keras.optimizers.base import Optimizer
from minitf.keras.optimizers.state import overwritten
from minitf.keras.optimizers.update import divide
from minitf.ops.control_flow import cond
from minitf.ops.math import equal, is_finite
from minitf.ops.reductions import reduce_all

# What older configs say of it, all of it belonging to the inner optimizer.
_DEFAULTS = {
    "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None,
    "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None,
    "loss_scale_factor": None, "gradient_accumulation_steps": None,
}  # fmt: skip


class LossScaleOptimizer(Optimizer):
    """Another optimizer, for losses that `scale_loss` multiplied by a scale that finds itself.

    A step with a gradient that is not finite is left out and halves the scale; it doubles after
    `dynamic_growth_steps` steps without one.

    Args:
      inner_optimizer: the optimizer that gets the gradients, divided by the scale.
      initial_scale: the first scale, default 2**15.
      dynamic_growth_steps: default 2000.
      name: default `"loss_scale_optimizer"`.

    Raises:
      ValueError: an argument that belongs to the inner optimizer.
    """

    def __init__(self, inner_optimizer, initial_scale=2.0**15, dynamic_growth_steps=2000,
                 name=None, **kwargs):  # fmt: skip
        if not kwargs.pop("dynamic", True):
            raise ValueError(
                "LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set "
                "`loss_scale_factor` directly on the `inner_optimizer`."
            )
        for argument, default in _DEFAULTS.items():
            if kwargs.pop(argument, default) != default:
                raise ValueError(
                    f"LossScaleOptimizer does not support `{argument}`. Instead, set "
                    f"`{argument}` on the `inner_optimizer`."
                )
        if kwargs:
            raise ValueError(
                f"LossScaleOptimizer does not support arguments: `{'`, `'.join(kwargs)}`."
            )
        super().__init__(0.0, name=name)
        self.inner_optimizer, self.initial_scale = inner_optimizer, initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        self.inner_optimizer.loss_scale_factor = None  # or gradients would be divided twice

    def build(self, variables):
        if self.built:
            return
        self.step_counter = self.add_variable((), dtype="int64", name="step_counter")
        initial = initializers.Constant(self.initial_scale)
        self.dynamic_scale = self.add_variable((), initial, "float32", name="dynamic_scale")
        self.inner_optimizer.build(variables)
        super().build(variables)

    @property
    def variables(self):
        return [*self._variables, *self.inner_optimizer.variables]

    @property
    def iterations(self):
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self):
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        self.inner_optimizer.learning_rate = learning_rate

    def apply(self, grads, trainable_variables=None):
        """A step of the inner optimizer, if all gradients are finite."""
        if not self.built:
            with self._scope():
                self.build(list(trainable_variables or ()))
        scale = convert_to_tensor(self.dynamic_scale)
        counter = convert_to_tensor(self.step_counter)

        def step():
            variables = trainable_variables or self.inner_optimizer._trainable_variables
            unscaled = [
                g if g is None or overwritten(v) else divide(g, scale)
                for g, v in zip(grads, variables)
            ]
            self.inner_optimizer.apply(unscaled, trainable_variables)
            cond(equal(counter, self.dynamic_growth_steps - 1), grow, count)

        def grow():
            self.step_counter.assign(0)
            self.dynamic_scale.assign(scale * 2.0)

        def count():
            self.step_counter.assign_add(1)

        def leave_out():
            self.step_counter.assign(0)
            self.dynamic_scale.assign(scale * 0.5)

        cond(self.check_finite(grads), step, leave_out)

    def check_finite(self, grads):
        """Whether all elements of all gradients are finite: a bool tensor."""
        return reduce_all([reduce_all(is_finite(densify(g))) for g in grads if g is not None])

    def scale_loss(self, loss):
        """The loss times the scale, to be differentiated in its place."""
        return loss * (self.dynamic_scale if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list):
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self):
        inner = serialization.serialize_keras_object(self.inner_optimizer)
        return {"name": self.name, "inner_optimizer": inner, "initial_scale": self.initial_scale,
                "dynamic_growth_steps": self.dynamic_growth_steps}  # fmt: skip

    @classmethod
    def from_config(cls, config, custom_objects=None):
        form = config["inner_optimizer"]
        inner = serialization.deserialize_keras_object(form, custom_objects)
        return cls(**{**config, "inner_optimizer": inner})
