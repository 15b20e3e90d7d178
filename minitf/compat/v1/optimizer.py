"""What TF 1.x's optimizers share: ops that update variables by gradients, state in "slots".

Each optimizer states one rule in `_update`. A gradient of rows (`IndexedSlices`) makes the rule
apply to these rows only: `keep` chooses between new and old rows.
"""

from minitf import trackable
from minitf.compat.v1.collections import GraphKeys
from minitf.compat.v1.graphs import group
from minitf.compat.v1.variable_scope import get_variable_scope
from minitf.compat.v1.variables import VariableV1
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.core.gradients import densify
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import Tensor
from minitf.graphs.graph import Operation
from minitf.ops.array import ones_like, reshape
from minitf.ops.gathering import scatter_nd, where
from minitf.ops.math import cast
from minitf.symbolic_gradients import gradients
from minitf.tape import GradientTape
from minitf.variable import Variable


class Optimizer:
    """Base class: `minimize` a loss, or `compute_gradients`, then `apply_gradients`.

    A subclass defines `_update(variable, gradient, keep)` and `_slots`, the names of its slots
    with the functions that make their first values.
    """

    GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2
    _slot_values = {}

    def __init__(self, use_locking, name):
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._name, self._use_locking = name, use_locking
        self._slots, self._shared = {}, {}

    def get_name(self):
        return self._name

    def minimize(self, loss, global_step=None, var_list=None, gate_gradients=GATE_OP,
                 aggregation_method=None, colocate_gradients_with_ops=False, name=None,
                 grad_loss=None):  # fmt: skip
        """An operation that takes one step down the gradient of `loss`.

        Args:
          loss: a tensor; eagerly a function without arguments.
          global_step: a variable to add one to.
          var_list: the variables to change, by default the trainable ones of the graph.

        Raises:
          ValueError: there is no variable, or `loss` depends on none of them.
        """
        pairs = self.compute_gradients(loss, var_list, gate_gradients, aggregation_method,
                                       colocate_gradients_with_ops, grad_loss)  # fmt: skip
        if not any(g is not None for g, _ in pairs):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not "
                f"support gradients, between variables {[str(v) for _, v in pairs]} and loss "
                f"{loss}."
            )
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(self, loss, var_list=None, gate_gradients=GATE_OP,
                          aggregation_method=None, colocate_gradients_with_ops=False,
                          grad_loss=None):  # fmt: skip
        """A list of (gradient or None, variable)."""
        if callable(loss):
            with GradientTape() as tape:
                if var_list is not None:
                    tape.watch(var_list)
                value = loss()
            var_list = list(tape.watched_variables() if var_list is None else var_list)
            return list(zip(tape.gradient(value, var_list, grad_loss), var_list))
        if not stack.frame.is_graph:
            raise RuntimeError(
                "`loss` passed to Optimizer.compute_gradients should be a function when eager "
                "execution is enabled."
            )
        if gate_gradients not in (0, 1, 2):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                f"Optimizer.GATE_GRAPH. Not {gate_gradients}"
            )
        if not loss.dtype.base_dtype.is_floating:
            raise ValueError(f"Invalid type {loss.dtype} for {loss.name}, expected: floating.")
        if var_list is None:
            var_list = stack.frame.get_collection("trainable_variables")
        var_list = list(var_list) if isinstance(var_list, list | tuple) else [var_list]
        if not var_list:
            raise ValueError("No variables to optimize.")
        return list(zip(gradients(loss, var_list, grad_loss), var_list))

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """An operation that changes each variable by its gradient; eagerly it happens now.

        Raises:
          ValueError: no pairs, or no gradient among them.
          TypeError: a gradient is no tensor.
        """
        pairs = [(g, v) for g, v in grads_and_vars]
        if not pairs:
            raise ValueError("No variables provided.")
        for _, v in pairs:
            if not isinstance(v, Variable):
                raise TypeError(f"Argument is not a tf.Variable: {v}")
        used = [(g if isinstance(g, IndexedSlices | Tensor) else convert_to_tensor(g), v)
                for g, v in pairs if g is not None]  # fmt: skip
        if not used:
            raise ValueError(
                f"No gradients provided for any variable: {[str(v) for _, v in pairs]}."
            )
        self._make_slots([v for _, v in used])
        with stack.frame.name_scope(name or self._name) as scope:
            self._prepare()
            done = [self._apply(g, v) for g, v in used]
            done += self._finish()
            return _finished(done, global_step, scope)

    def _apply(self, gradient, variable):
        plain = variable.name.removesuffix(":0").replace("/", "_")
        with stack.frame.name_scope(f"update_{plain}") as scope:
            if isinstance(gradient, IndexedSlices):
                gradient, keep = densify(gradient), _rows_of(gradient)
            else:
                keep = _everything
            done = self._update(variable, gradient, keep)
            if variable.constraint is not None:
                with stack.frame.control_dependencies(done):
                    done = [variable.assign(variable.constraint(variable.read_value()))]
            return group(*done, name=scope) if stack.frame.is_graph else None

    def _prepare(self):
        """Reads the settings once per step."""

    def _update(self, variable, gradient, keep):
        """The assignments for one variable."""
        raise NotImplementedError

    def _finish(self):
        """Assignments after those of all variables."""
        return []

    # State ---------------------------------------------------------------------------------------

    def _make_slots(self, variables):
        for variable in variables:
            for slot, first in self._slot_values.items():
                self._slot(variable, slot, first)

    def _slot(self, variable, slot, first):
        slots = self._slots.setdefault(slot, {})
        if id(variable) not in slots:
            frame, prefix = stack.frame, get_variable_scope().name
            name = f"{variable.name.removesuffix(':0')}/{self._name}"
            before, frame.scope = frame.scope, prefix + "/" if prefix else ""
            try:
                made = VariableV1(lambda: first(self, variable), False, name=name,
                                  dtype=variable.dtype)  # fmt: skip
            finally:
                frame.scope = before
            slots[id(variable)] = (variable, made)
            trackable.part_added(self)
        return slots[id(variable)][1]

    def _shared_variable(self, name, value):
        """A variable of the optimizer itself, one per graph."""
        key = (name, stack.frame if stack.frame.is_graph else None)
        if key not in self._shared:
            self._shared[key] = VariableV1(value, False, name=name)
            trackable.part_added(self)
        return self._shared[key]

    def _trackable_children(self):
        frame = stack.frame if stack.frame.is_graph else None
        return {name: made for (name, graph), made in self._shared.items() if graph is frame}

    def _checkpoint_slots(self):
        return [
            (variable, name, made)
            for name, slot in self._slots.items()
            for variable, made in slot.values()
        ]

    def get_slot(self, var, name):
        """The slot `name` of the variable, or None."""
        return self._slots.get(name, {}).get(id(var), (None, None))[1]

    def get_slot_names(self):
        return sorted(self._slots)

    def variables(self):
        """Everything that the optimizer remembers in."""
        slots = [made for slot in self._slots.values() for _, made in slot.values()]
        return sorted([*self._shared.values(), *slots], key=lambda v: v.name)


def _finished(done, global_step, scope):
    if not stack.frame.is_graph:
        if global_step is not None:
            global_step.assign_add(1)
        return None
    if global_step is None:
        operation = group(*done, name=scope)
    else:
        after = group(*done, name=scope + "update")
        with stack.frame.control_dependencies([after]):
            operation = global_step.assign_add(1, name=scope, read_value=False)
    assert isinstance(operation, Operation)
    if operation not in stack.frame.get_collection_ref(GraphKeys.TRAIN_OP):
        stack.frame.add_to_collection(GraphKeys.TRAIN_OP, operation)
    return operation


def _everything(new, old):
    return new


def _rows_of(slices):
    """A function that takes the rows of `slices` from the new value, the others from the old."""
    indices = reshape(slices.indices, [-1])
    count = cast(reshape(slices.dense_shape[0], [1]), indices.dtype)
    hits = scatter_nd(reshape(indices, [-1, 1]), ones_like(indices), count)

    def keep(new, old):
        mask = reshape(hits > 0, [-1] + [1] * (old.shape.rank - 1))
        return where(mask, new, old)

    return keep


def as_number(x):
    """A setting of an optimizer, which may be a function of nothing."""
    return x() if callable(x) else x
