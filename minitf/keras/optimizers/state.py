"""The variables that an optimizer holds: their names, their slots for weights, saving them."""

import contextlib
import warnings

from minitf.keras import initializers, naming
from minitf.keras.variable import Variable
from minitf.trackable import attributes, part_added


def native(variable):
    """The `tf.Variable` that a `keras.Variable` wraps; a `tf.Variable` is its own."""
    return variable.value if isinstance(variable, Variable) else variable


def overwritten(variable):
    """Whether the gradient of a variable is its next value."""
    return getattr(variable, "overwrite_with_gradient", False)


class OptimizerState:
    """What an optimizer has beside its mathematics: variables, under its own name.

    A slot is a list with one variable for each weight, such as the momentum; an entry may be None.
    """

    def __init__(self, name=None):
        self._variables = []
        self.name = naming.auto_name(type(self).__name__) if name is None else name
        self.built = False
        self._trainable_variables, self._index, self._slots = [], {}, {}

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
        part_added(self)

    def _trackable_children(self):
        return attributes(self, ("_index", "_slots", "_undecayed"))

    def _scope(self):
        """The names of variables begin with that of the optimizer, once."""
        inside = naming.current_path().rpartition("/")[2] == self.name
        return contextlib.nullcontext() if inside else naming.name_scope(self.name)

    def _track_variable(self, variable):
        if all(variable is not known for known in self._variables):
            self._variables.append(variable)

    def _new_variable(self, initializer, name, dtype, shape=None):
        with self._scope():
            variable = Variable(initializer, shape, dtype, trainable=False, name=name)
        self._track_variable(variable)
        return variable

    @property
    def variables(self):
        """All variables of the optimizer: the count of steps, the learning rate, the slots."""
        return list(self._variables)

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

    def _add_slots(self, variables, *names, initializer="zeros"):
        """Gives each variable a slot of each name."""
        made = self.add_optimizer_variables(variables, names, initializer)
        self._slots.update(zip(names, made))

    def _slots_of(self, variable):
        """The handles of a weight's slots, by name."""
        index = self._get_variable_index(variable)
        slots = ((name, made[index]) for name, made in self._slots.items())
        return {name: v.handle for name, v in slots if v is not None}

    def _var_key(self, variable):
        return id(native(variable)._identity)

    def _get_variable_index(self, variable):
        return self._index[self._var_key(variable)]

    def set_weights(self, weights):
        """Sets the variables of an optimizer that is built; ValueError where shapes differ."""
        if not self.built:
            raise ValueError(
                "You are calling `set_weights()` on an optimizer that has not yet been built. "
                "Please call `optimizer.build(trainable_variables)` to create the optimizer "
                "weights before calling `set_weights()`."
            )
        for variable, weight in zip(self._variables, weights):
            if tuple(variable.shape) != tuple(weight.shape):
                raise ValueError(
                    f"Optimizer variable {variable.path} has shape {variable.shape} not compatible "
                    f"with provided weight shape {weight.shape}."
                )
            variable.assign(weight)

    def save_own_variables(self, store):
        """Puts the values of the variables into `store` under `"0"`, `"1"`, ..."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store):
        """Takes what `save_own_variables` stored; warns where the number of variables differs."""
        if len(store.keys()) != len(self.variables):
            message = (
                f"Skipping variable loading for optimizer '{self.name}', because it has "
                f"{len(self.variables)} variables whereas the saved optimizer has "
                f"{len(store.keys())} variables. "
            )
            warnings.warn(message, stacklevel=2)
            return
        for i, variable in enumerate(self.variables):
            variable.assign(store[str(i)])
