"""TF 1.x's optimizers, one rule each."""

from minitf.compat.v1.optimizer import Optimizer, as_number
from minitf.core.dispatch import convert_to_tensor
from minitf.core.slices import IndexedSlices
from minitf.ops.array import fill, ones, zeros
from minitf.ops.linalg import clip_by_value
from minitf.ops.math import abs, cast, maximum, pow, rsqrt, sign, sqrt, square


def _zeros(optimizer, variable):
    return zeros(variable.shape, variable.dtype)


def _ones(optimizer, variable):
    return ones(variable.shape, variable.dtype)


def _filled(optimizer, variable):
    return fill(variable.shape, cast(optimizer._initial_accumulator_value, variable.dtype))


class _Rated(Optimizer):
    """An optimizer with a learning rate."""

    def __init__(self, learning_rate, use_locking, name):
        super().__init__(use_locking, name)
        self._lr = learning_rate

    def _prepare(self):
        self._rate = convert_to_tensor(as_number(self._lr), name="learning_rate")

    def _rate_for(self, variable):
        return cast(self._rate, variable.dtype)


class GradientDescentOptimizer(_Rated):
    """`w -= learning_rate * gradient`."""

    def __init__(self, learning_rate, use_locking=False, name="GradientDescent"):
        super().__init__(learning_rate, use_locking, name)

    def _apply(self, gradient, variable):
        if isinstance(gradient, IndexedSlices) and variable.constraint is None:
            step = gradient.values * self._rate_for(variable)
            rows = IndexedSlices(step, gradient.indices, gradient.dense_shape)
            return variable.scatter_sub(rows)
        return super()._apply(gradient, variable)

    def _update(self, variable, gradient, keep):
        return [variable.assign_sub(self._rate_for(variable) * gradient)]


class MomentumOptimizer(_Rated):
    """`a = momentum * a + gradient; w -= learning_rate * a`; Nesterov's form looks ahead."""

    _slot_values = {"momentum": _zeros}

    def __init__(self, learning_rate, momentum, use_locking=False, name="Momentum",
                 use_nesterov=False):  # fmt: skip
        super().__init__(learning_rate, use_locking, name)
        self._momentum, self._use_nesterov = momentum, use_nesterov

    def _update(self, variable, gradient, keep):
        slot, rate = self.get_slot(variable, "momentum"), self._rate_for(variable)
        momentum = cast(as_number(self._momentum), variable.dtype)
        old = slot.read_value()
        moved = momentum * old + gradient
        step = rate * moved
        if self._use_nesterov:
            step = rate * gradient + rate * momentum * moved
        changed = keep(variable - step, variable.value())
        return [slot.assign(keep(moved, old)), variable.assign(changed)]


class AdamOptimizer(_Rated):
    """Adam (Kingma and Ba, 2015), in the form whose epsilon is outside the bias correction."""

    _slot_values = {"m": _zeros, "v": _zeros}

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08,
                 use_locking=False, name="Adam"):  # fmt: skip
        super().__init__(learning_rate, use_locking, name)
        self._beta1, self._beta2, self._epsilon = beta1, beta2, epsilon

    def _make_slots(self, variables):
        self._powers = [
            self._shared_variable("beta1_power", as_number(self._beta1)),
            self._shared_variable("beta2_power", as_number(self._beta2)),
        ]
        super()._make_slots(variables)

    def _prepare(self):
        super()._prepare()
        self._power_values = [p.value() for p in self._powers]

    def _update(self, variable, gradient, keep):
        dtype = variable.dtype
        b1, b2 = cast(as_number(self._beta1), dtype), cast(as_number(self._beta2), dtype)
        p1, p2 = (cast(p, dtype) for p in self._power_values)
        m_slot, v_slot = self.get_slot(variable, "m"), self.get_slot(variable, "v")
        m, v = m_slot.value(), v_slot.value()
        # Rows without a gradient move too: their moments decay.
        m = m + (gradient - m) * (1 - b1)
        v = v + (square(gradient) - v) * (1 - b2)
        rate = self._rate_for(variable) * sqrt(1 - p2) / (1 - p1)
        step = rate * m / (sqrt(v) + cast(as_number(self._epsilon), dtype))
        return [m_slot.assign(m), v_slot.assign(v), variable.assign_sub(step)]

    def _finish(self):
        return [power.assign(value * cast(as_number(beta), power.dtype)) for power, value, beta in
                zip(self._powers, self._power_values, (self._beta1, self._beta2))]  # fmt: skip


class AdagradOptimizer(_Rated):
    """Adagrad: each step is divided by the root of the sum of the squared gradients so far.

    Raises:
      ValueError: `initial_accumulator_value` is not positive.
    """

    _slot_values = {"accumulator": _filled}

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False,
                 name="Adagrad"):  # fmt: skip
        if initial_accumulator_value <= 0.0:
            raise ValueError(
                f"initial_accumulator_value must be positive: {initial_accumulator_value}"
            )
        super().__init__(learning_rate, use_locking, name)
        self._initial_accumulator_value = initial_accumulator_value

    def _update(self, variable, gradient, keep):
        slot = self.get_slot(variable, "accumulator")
        total = slot.value() + square(gradient)
        step = self._rate_for(variable) * gradient * rsqrt(total)
        return [slot.assign(total), variable.assign_sub(step)]


class RMSPropOptimizer(_Rated):
    """RMSProp: steps divided by the root of a running mean of squared gradients."""

    def __init__(self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False,
                 centered=False, name="RMSProp"):  # fmt: skip
        super().__init__(learning_rate, use_locking, name)
        self._decay, self._momentum, self._epsilon = decay, momentum, epsilon
        self._slot_values = {"rms": _ones, "mg": _zeros, "momentum": _zeros}
        if not centered:
            del self._slot_values["mg"]

    def _update(self, variable, gradient, keep):
        dtype = variable.dtype
        rho, momentum = cast(as_number(self._decay), dtype), cast(as_number(self._momentum), dtype)
        rms, moved = self.get_slot(variable, "rms"), self.get_slot(variable, "momentum")
        mean = self.get_slot(variable, "mg")
        squares = rms.value() + (square(gradient) - rms.value()) * (1 - rho)
        spread, done = squares + cast(as_number(self._epsilon), dtype), []
        if mean is not None:
            average = mean.value() + (gradient - mean.value()) * (1 - rho)
            spread = spread - square(average)
            done.append(mean.assign(keep(average, mean.value())))
        step = momentum * moved.value() + self._rate_for(variable) * gradient * rsqrt(spread)
        return [
            rms.assign(keep(squares, rms.value())),
            *done,
            variable.assign(keep(variable - step, variable.value())),
            moved.assign(keep(step, moved.value())),
        ]


class AdadeltaOptimizer(_Rated):
    """Adadelta: steps scaled by the ratio of running means of squared steps and gradients."""

    _slot_values = {"accum": _zeros, "accum_update": _zeros}

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-08, use_locking=False,
                 name="Adadelta"):  # fmt: skip
        super().__init__(learning_rate, use_locking, name)
        self._rho, self._epsilon = rho, epsilon

    def _update(self, variable, gradient, keep):
        dtype = variable.dtype
        rho, epsilon = cast(as_number(self._rho), dtype), cast(as_number(self._epsilon), dtype)
        squares, steps = (self.get_slot(variable, n) for n in ("accum", "accum_update"))
        mean = rho * squares.value() + (1 - rho) * square(gradient)
        step = sqrt(steps.value() + epsilon) * rsqrt(mean + epsilon) * gradient
        mean_step = rho * steps.value() + (1 - rho) * square(step)
        moved = variable - self._rate_for(variable) * step
        return [
            variable.assign(keep(moved, variable.value())),
            squares.assign(keep(mean, squares.value())),
            steps.assign(keep(mean_step, steps.value())),
        ]


class FtrlOptimizer(_Rated):
    """Follow the regularized leader (McMahan et al., 2013)."""

    _slot_values = {"accum": _filled, "linear": _zeros}

    def __init__(self, learning_rate, learning_rate_power=-0.5, initial_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False,
                 name="Ftrl", accum_name=None, linear_name=None,
                 l2_shrinkage_regularization_strength=0.0, beta=None):  # fmt: skip
        if learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power {learning_rate_power} needs to be <= 0")
        super().__init__(learning_rate, use_locking, name)
        self._power, self._initial_accumulator_value = (
            learning_rate_power,
            initial_accumulator_value,
        )
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength
        self._shrinkage, self._beta = l2_shrinkage_regularization_strength, beta or 0.0

    def _update(self, variable, gradient, keep):
        dtype, rate = variable.dtype, self._rate_for(variable)
        accum, linear = self.get_slot(variable, "accum"), self.get_slot(variable, "linear")
        power, l1 = cast(-self._power, dtype), cast(self._l1, dtype)
        l2 = cast(self._l2, dtype) + cast(self._beta, dtype) / (2 * rate)
        total = accum.value() + square(gradient)
        change = (pow(total, power) - pow(accum.value(), power)) / rate
        shrunk = gradient + 2 * cast(self._shrinkage, dtype) * variable
        sums = linear.value() + shrunk - change * variable
        curve = pow(total, power) / rate + 2 * l2
        moved = (clip_by_value(sums, -l1, l1) - sums) / curve
        return [
            linear.assign(keep(sums, linear.value())),
            accum.assign(keep(total, accum.value())),
            variable.assign(keep(moved, variable.value())),
        ]


class ProximalGradientDescentOptimizer(_Rated):
    """Gradient descent, then shrinking towards zero: exactly zero below the L1 threshold."""

    def __init__(self, learning_rate, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, use_locking=False,
                 name="ProximalGradientDescent"):  # fmt: skip
        super().__init__(learning_rate, use_locking, name)
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _update(self, variable, gradient, keep):
        rate = self._rate_for(variable)
        moved = _shrunk(variable - rate * gradient, rate, self._l1, self._l2)
        return [variable.assign(keep(moved, variable.value()))]


class ProximalAdagradOptimizer(_Rated):
    """Adagrad, then shrinking towards zero."""

    _slot_values = {"accumulator": _filled}

    def __init__(self, learning_rate, initial_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0,
                 use_locking=False, name="ProximalAdagrad"):  # fmt: skip
        if initial_accumulator_value <= 0.0:
            raise ValueError(
                f"initial_accumulator_value must be positive: {initial_accumulator_value}"
            )
        super().__init__(learning_rate, use_locking, name)
        self._initial_accumulator_value = initial_accumulator_value
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _update(self, variable, gradient, keep):
        slot = self.get_slot(variable, "accumulator")
        total = slot.value() + square(gradient)
        rate = self._rate_for(variable) * rsqrt(total)
        moved = _shrunk(variable - rate * gradient, rate, self._l1, self._l2)
        return [slot.assign(keep(total, slot.value())),
                variable.assign(keep(moved, variable.value()))]  # fmt: skip


class AdagradDAOptimizer(_Rated):
    """Adagrad by dual averaging: the variable follows from the sums of all gradients so far.

    Args:
      global_step: the number of steps, counted by `minimize`; it scales the penalties.
      initial_gradient_squared_accumulator_value: where the sum of squares begins.
      l1_regularization_strength, l2_regularization_strength: of the penalties.

    Raises:
      ValueError: the sum of squares does not begin above 0.

    Source: Duchi et al., 2011.
    """

    _slot_values = {"gradient_accumulator": _zeros, "gradient_squared_accumulator": _filled}

    def __init__(self, learning_rate, global_step, initial_gradient_squared_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0,
                 use_locking=False, name="AdagradDA"):  # fmt: skip
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError("initial_gradient_squared_accumulator_value must be positive: "
                             f"{initial_gradient_squared_accumulator_value}")  # fmt: skip
        super().__init__(learning_rate, use_locking, name)
        self._initial_accumulator_value = initial_gradient_squared_accumulator_value
        self._global_step = global_step
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _update(self, variable, gradient, keep):
        sums = self.get_slot(variable, "gradient_accumulator")
        squares = self.get_slot(variable, "gradient_squared_accumulator")
        total, spread = sums.value() + gradient, squares.value() + square(gradient)
        rate = self._rate_for(variable)
        step = cast(convert_to_tensor(self._global_step), variable.dtype) + 1
        pull = sign(total) * maximum(abs(total) - self._l1 * step, 0.0) if self._l1 else total
        value = -rate * pull / (self._l2 * step * rate + sqrt(spread))
        return [sums.assign(total), squares.assign(spread), variable.assign(value)]


def _shrunk(value, rate, l1, l2):
    """The proximal step of `l1 * |value| + l2 * value**2 / 2`."""
    l1, l2 = cast(l1, value.dtype), cast(l2, value.dtype)
    return sign(value) * maximum(abs(value) - rate * l1, cast(0.0, value.dtype)) / (1 + rate * l2)
