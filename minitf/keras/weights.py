"""What a layer owns: weights, layers inside, metrics; their names, order, values and dtypes."""

import contextlib
from collections.abc import Mapping
from types import MappingProxyType

from minitf.core.frames import stack
from minitf.keras import config as settings
from minitf.keras import constraints, dtype_policies, initializers, naming, regularizers
from minitf.keras.metrics.metric import Metric
from minitf.keras.parts import Parts
from minitf.keras.random import SeedGenerator
from minitf.keras.symbolic import Operation
from minitf.keras.tracking import Tracker
from minitf.keras.variable import Variable
from minitf.trackable import attributes, part_added


class Weighted(Parts, Operation):
    """The state of a layer: what is assigned to its attributes is found and kept in order."""

    name: str
    built: bool
    _trainable: bool
    _path = _parent_path = None

    # Attributes that hold no state of their own.
    _untracked = frozenset(
        {"_tracker", "_called", "_losses", "_losses_override", "_building", "_build_shapes",
         "_signature", "_inbound_nodes", "_outbound_nodes", "_arguments", "stop_training",
         "stop_evaluating", "stop_predicting"}
    )  # fmt: skip

    def __setattr__(self, name, value):
        if name in self._untracked:
            return object.__setattr__(self, name, value)
        if "_tracker" not in self.__dict__:  # subclasses may assign before `super().__init__()`
            self._tracker = _new_tracker()
        if not isinstance(getattr(type(self), name, None), property):
            value = self._tracker.track(value)
        object.__setattr__(self, name, value)
        part_added(self)

    # What checkpoints call an attribute, where that is not its name.
    _checkpoint_names: Mapping[str, str] = MappingProxyType({})

    def _trackable_children(self):
        found = attributes(self, self._untracked)
        return {self._checkpoint_names.get(name, name): value for name, value in found.items()}

    def __delattr__(self, name):
        self._untrack_variable(getattr(self, name))
        super().__delattr__(name)

    def _untrack_variable(self, variable):
        """Forgets a weight, also of a layer that is built."""
        locked, self._tracker.locked_because = self._tracker.locked_because, None
        self._tracker.untrack(variable)
        self._tracker.locked_because = locked

    def _check_super_called(self):
        if "_signature" not in self.__dict__:
            raise RuntimeError(
                f"In layer '{type(self).__name__}', you forgot to call `super().__init__()` as the "
                "first statement in the `__init__()` method. Go add it!"
            )

    _call_has_training_arg = property(lambda self: "training" in self._signature.parameters)
    _layers = property(lambda self: self._tracker.stores["layers"])
    _metrics = property(lambda self: self._tracker.stores["metrics"])

    @property
    def _own_variables(self):
        stores = self._tracker.stores
        return stores["trainable_variables"] + stores["non_trainable_variables"]

    def add_weight(
        self,
        *args,
        shape=None,
        initializer=None,
        dtype=None,
        trainable=True,
        autocast=True,
        regularizer=None,
        constraint=None,
        aggregation="none",
        overwrite_with_gradient=False,
        name=None,
    ):
        """A new weight.

        Args:
          args: `shape`, `initializer` and `dtype` may be passed by place, too.
          shape: fully known; default: a scalar.
          initializer: a name, or a function of shape and dtype; default: Glorot's uniform for
            floats, zeros for others.
          dtype: default: the layer's variable dtype.
          trainable: whether optimizers change it.
          autocast: whether it is read in the compute dtype.
          regularizer: a penalty on it, added to `losses`.
          constraint: a function that projects it after an update.

        Raises:
          ValueError: `shape` is a string, or the layer is built already.
        """
        self._check_super_called()
        if args and isinstance(args[0], str):
            raise ValueError(
                "`name` must be passed as a keyword argument. "
                f"Received: add_weight('{args[0]}', ...). "
                f"Use: add_weight(shape=..., name='{args[0]}')."
            )
        if len(args) > 3:
            raise TypeError(
                f"add_weight() takes at most 3 positional arguments but {len(args)} were given."
            )
        given = dict(zip(("shape", "initializer", "dtype"), args))
        for argument, value in (("shape", shape), ("initializer", initializer), ("dtype", dtype)):
            if argument in given and value is not None:
                raise ValueError(
                    f"`{argument}` was passed both positionally and as a keyword argument."
                )
        shape, initializer = given.get("shape", shape), given.get("initializer", initializer)
        dtype = given.get("dtype", dtype)
        dtype = self.variable_dtype if dtype is None else settings.standardize_dtype(dtype)
        if initializer is None:
            initializer = "glorot_uniform" if "float" in dtype else "zeros"
        with self._name_scope():
            variable = Variable(
                initializers.get(initializer),
                shape=() if shape is None else shape,
                dtype=dtype,
                trainable=trainable,
                autocast=autocast,
                aggregation=aggregation,
                name=name,
            )
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._tracker.track(variable)
        if not self.trainable:
            variable.trainable = False
        return variable

    add_variable = add_weight

    @property
    def trainable(self):
        """Whether the weights are trainable; setting it sets that of all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = bool(value)
        for variable in self._tracker.stores["trainable_variables"]:
            variable.trainable = self._trainable
        for layer in self._layers:
            layer.trainable = value

    @property
    def variables(self):
        """The weights, and the states of random numbers."""
        seeds = [generator.state for generator in self._tracker.stores["seed_generators"]]
        inner = [v for layer in self._layers for v in layer.variables]
        return _unique(self._own_variables + seeds + inner)

    @property
    def weights(self):
        """The weights: the trainable and the other ones of the layer, then of those inside."""
        inner = [v for layer in self._layers for v in layer.weights]
        return _unique(self._own_variables + inner)

    @property
    def trainable_variables(self):
        """The variables that optimizers change; none if `trainable` is False."""
        return [v for v in self.variables if v.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self):
        """The variables that optimizers do not change."""
        return [v for v in self.variables if not (v.trainable and self.trainable)]

    @property
    def trainable_weights(self):
        """The weights that optimizers change; none if `trainable` is False."""
        return [v for v in self.weights if v.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self):
        """The weights that optimizers do not change."""
        return [v for v in self.weights if not (v.trainable and self.trainable)]

    @property
    def metrics(self):
        """The metrics of the layer and of those inside."""
        return self._metrics + [m for layer in self._layers for m in layer.metrics]

    @property
    def metrics_variables(self):
        """The variables of the metrics."""
        return [v for metric in self.metrics for v in metric.variables]

    def get_weights(self):
        """The values of `weights` as NumPy arrays."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights):
        """Sets `weights` to arrays.

        Raises:
          ValueError: another number of arrays, or another shape.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of "
                f"length {len(weights)}, but the layer was expecting {len(own)} weights."
            )
        for variable, value in zip(own, weights):
            if tuple(variable.shape) != tuple(value.shape):
                raise ValueError(
                    f"Layer {self.name} weight shape {variable.shape} is not compatible with "
                    f"provided weight shape {value.shape}."
                )
            variable.assign(value)

    def count_params(self):
        """The number of scalars in the weights; ValueError before the layer is built."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't "
                "built. You can build it manually via: `layer.build(input_shape)`."
            )
        return sum(v.shape.num_elements() for v in self.weights)

    path = property(lambda self: self._path)

    @property
    def dtype_policy(self):
        """The dtypes to compute in and to keep weights in; a name can be assigned."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value):
        policies, path = self.__dict__.get("_dtype_policy"), self.__dict__.get("_path")
        if isinstance(policies, dtype_policies.DTypePolicyMap) and path:
            if path in policies:
                del policies[path]
            policies[path] = value
        else:
            self._dtype_policy = dtype_policies.get(value)

    compute_dtype = property(lambda self: self._dtype_policy.at(self._path).compute_dtype)
    variable_dtype = property(lambda self: self._dtype_policy.at(self._path).variable_dtype)
    dtype, input_dtype = variable_dtype, compute_dtype

    def save_own_variables(self, store):
        """Puts the layer's own variables into `store`, a dictionary, under "0", "1", ..."""
        for i, variable in enumerate(self._own_variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store):
        """Sets the layer's own variables from what `save_own_variables` stored.

        Raises:
          ValueError: another number of variables.
        """
        own = self._own_variables
        if len(store) != len(own):
            if not own and not self.built:
                raise ValueError(
                    f"Layer '{self.name}' was never built and thus it doesn't have any variables. "
                    f"However the weights file lists {len(store)} variables for this layer."
                )
            raise ValueError(
                f"Layer '{self.name}' expected {len(own)} variables, but received {len(store)} "
                f"variables during loading. Expected: {[v.name for v in own]}"
            )
        for i, variable in enumerate(own):
            variable.assign(store[str(i)])

    @contextlib.contextmanager
    def _name_scope(self):
        if self._parent_path is None:
            self._parent_path = naming.current_path()
        with naming.name_scope(self.name, caller=self), stack.frame.name_scope(self.name):
            yield


def _new_tracker():
    return Tracker(
        {
            "trainable_variables": (lambda x: isinstance(x, Variable) and x.trainable, []),
            "non_trainable_variables": (lambda x: isinstance(x, Variable), []),
            "metrics": (lambda x: isinstance(x, Metric), []),
            "layers": (lambda x: isinstance(x, Weighted), []),
            "seed_generators": (lambda x: isinstance(x, SeedGenerator), []),
        }
    )


def _unique(variables):
    """The variables, each once."""
    return list({id(v): v for v in variables}.values())
