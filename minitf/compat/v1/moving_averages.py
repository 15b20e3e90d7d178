"""`ExponentialMovingAverage`: shadows of variables that follow them slowly."""

from minitf.compat.v1.collections import get_collection
from minitf.compat.v1.graphs import group
from minitf.compat.v1.variables import VariableV1
from minitf.core.frames import stack
from minitf.ops.math import cast, minimum
from minitf.variable import Variable


class ExponentialMovingAverage:
    """Keeps `shadow = decay * shadow + (1 - decay) * variable`.

    Args:
      num_updates: a count of updates; the decay is then at most (1 + n) / (10 + n).
      zero_debias: begin at zero, and correct for it (for tensors).
    """

    def __init__(self, decay, num_updates=None, zero_debias=False,
                 name="ExponentialMovingAverage"):  # fmt: skip
        if zero_debias:
            raise NotImplementedError("ExponentialMovingAverage: no `zero_debias` in minitf.")
        self._decay, self._num_updates, self._name = decay, num_updates, name
        self._averages = {}

    name = property(lambda self: self._name)

    def apply(self, var_list=None):
        """An operation that moves each shadow towards its variable; makes new shadows.

        Raises:
          TypeError: an element is not of a floating dtype.
        """
        frame = stack.frame
        if var_list is None:
            var_list = get_collection("trainable_variables")
        for v in var_list:
            if not v.dtype.base_dtype.is_floating:
                raise TypeError(f"The variables must be half, float, or double: {v.name}")
            if id(v) not in self._averages:
                self._averages[id(v)] = (v, self._shadow(v))
        with frame.name_scope(self._name) as scope:
            updates = [self._towards(v, self.average(v)) for v in var_list]
            return group(*updates, name=scope) if frame.is_graph else None

    def _shadow(self, v):
        frame, plain = stack.frame, v.name.partition(":")[0]
        before, frame.scope = frame.scope, ""
        first = v.initialized_value() if isinstance(v, VariableV1) else v
        if not isinstance(v, Variable):
            first = 0.0 * v
        try:
            made = VariableV1(first, False, name=f"{plain}/{self._name}", dtype=v.dtype)
        finally:
            frame.scope = before
        if frame.is_graph:
            frame.add_to_collection("moving_average_variables", v)
        return made

    def _towards(self, v, shadow):
        decay = cast(self._decay, shadow.dtype)
        if self._num_updates is not None:
            n = cast(self._num_updates, shadow.dtype)
            decay = minimum(decay, (1 + n) / (10 + n))
        return shadow.assign_sub((shadow - v) * (1 - decay))

    def average(self, var):
        """The shadow of `var`, or None."""
        return self._averages.get(id(var), (None, None))[1]

    def average_name(self, var):
        """The name of the shadow in checkpoints."""
        shadow = self.average(var)
        plain = f"{var.name.partition(':')[0]}/{self._name}"
        return plain if shadow is None else shadow.name.removesuffix(":0")

    def variables_to_restore(self, moving_avg_variables=None):
        """{name in checkpoints: variable}: shadows' values for the averaged variables."""
        averaged = moving_avg_variables or get_collection("trainable_variables") + get_collection(
            "moving_average_variables"
        )
        names = {self.average_name(v): v for v in averaged}
        known = {id(v) for v in averaged}
        others = [v for v in get_collection("variables") if id(v) not in known]
        return {**names, **{v.name.removesuffix(":0"): v for v in others if v.name.removesuffix(
            ":0") not in names}}  # fmt: skip
