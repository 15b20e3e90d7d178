"""`MultiOptimizer`: different optimizers for different weights, chosen by a map of paths."""

import re
from collections.abc import MutableMapping

from minitf.keras import serialization
from minitf.keras.optimizers.base import Optimizer
from minitf.keras.optimizers.loss_scale import LossScaleOptimizer


class OptimizerMap(MutableMapping):
    """A dictionary from patterns of variable paths to optimizers, with a default.

    Args:
      default_optimizer: for the variables whose path no pattern matches.
      optimizer_map: a dictionary; its keys are paths, or regular expressions for whole paths.

    Raises:
      TypeError: the default is no optimizer, or the map no dictionary.
    """

    def __init__(self, default_optimizer, optimizer_map=None):
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(
                "default_optimizer must be a Keras Optimizer instance. "
                f"Received: {default_optimizer}"
            )
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"optimizer_map must be a dictionary. Received: {optimizer_map}")
        self.default_optimizer, self._optimizer_map = default_optimizer, optimizer_map or {}

    def __getitem__(self, key):
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        matching = [pattern for pattern in self._optimizer_map if re.fullmatch(pattern, key)]
        if len(matching) > 1:
            raise ValueError(f"Multiple optimizers assigned to variable {key}.")
        return self._optimizer_map[matching[0]] if matching else self.default_optimizer

    def __setitem__(self, key, optimizer):
        if key in self._optimizer_map:
            raise ValueError(
                f"'{key}' already exists in the OptimizerMap with value "
                f"{self._optimizer_map[key]}. Please make sure to not use duplicated keys."
            )
        if not isinstance(key, str):
            raise ValueError(f"key must be a string. Received: {key}")
        if not isinstance(optimizer, Optimizer):
            raise ValueError(f"optimizer must be a Keras Optimizer instance. Received: {optimizer}")
        if isinstance(optimizer, LossScaleOptimizer | MultiOptimizer):
            raise ValueError(f"optimizer cannot be {type(optimizer).__name__}.")
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key):
        del self._optimizer_map[key]

    def __len__(self):
        return len(self._optimizer_map)

    def __iter__(self):
        return iter(self._optimizer_map)

    def __call__(self, variable):
        """The optimizer for `variable`."""
        return self[variable.path]

    def get_config(self):
        default = serialization.serialize_keras_object(self.default_optimizer)
        rest = serialization.serialize_keras_object(self._optimizer_map)
        return {"default_optimizer": default, "optimizer_map": rest}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(*(
            serialization.deserialize_keras_object(config[part], custom_objects)
            for part in ("default_optimizer", "optimizer_map")
        ))  # fmt: skip


class MultiOptimizer(Optimizer):
    """Hands each gradient to the optimizer of its variable.

    Args:
      optimizer_map: an `OptimizerMap`, or a function from variables to optimizers.
      loss_scale_factor: set on all optimizers.
      name: default `"multi_optimizer"`.

    >>> from minitf.keras.optimizers import SGD
    >>> from minitf.keras.variable import Variable
    >>> a, b = Variable(1.0, name="a"), Variable(1.0, name="b")
    >>> optimizer = MultiOptimizer(OptimizerMap(SGD(0.5), {"b": SGD(0.25)}))
    >>> optimizer.apply([1.0, 1.0], [a, b])
    >>> float(a), float(b)
    (0.5, 0.75)
    """

    optimizers = ()

    def __init__(self, optimizer_map, loss_scale_factor=None, name=None):
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._optimizer_map, self.optimizers = optimizer_map, []
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map.values(), optimizer_map.default_optimizer):
                self._add(optimizer)

    def _add(self, optimizer):
        if optimizer not in self.optimizers:
            optimizer.loss_scale_factor = self.loss_scale_factor
            self.optimizers.append(optimizer)

    def build(self, variables):
        if self.built:
            return
        chosen = [self._optimizer_map(v) for v in variables]
        for variable, optimizer in zip(variables, chosen):
            if not isinstance(optimizer, Optimizer):
                raise ValueError(f"Optimizer for variable {variable} is not an Optimizer instance.")
            if isinstance(optimizer, LossScaleOptimizer | MultiOptimizer):
                name = type(optimizer).__name__
                raise ValueError(f"{name} cannot be used inside an MultiOptimizer.")
        for optimizer in chosen:
            self._add(optimizer)
        self._var_to_optimizer_idx = {
            self._var_key(v): self.optimizers.index(one) for v, one in zip(variables, chosen)
        }
        super().build(variables)
        for optimizer, mine in self._shares(variables):
            optimizer.build(mine)

    def _shares(self, variables, *others):
        """Each optimizer with its variables, and with what stands beside those in `others`."""
        chosen = [self._var_to_optimizer_idx[self._var_key(v)] for v in variables]
        for index, optimizer in enumerate(self.optimizers):
            mine = [i for i, other in enumerate(chosen) if other == index]
            if mine:
                yield optimizer, *([values[i] for i in mine] for values in (variables, *others))

    @property
    def variables(self):
        return [*self._variables, *(v for inner in self.optimizers for v in inner.variables)]

    @property
    def learning_rate(self):
        raise AttributeError(
            "Learning rate cannot be accessed on a MultiOptimizer. Access the learning rate on the "
            "individual sub-optimizers instead."
        )

    @learning_rate.setter
    def learning_rate(self, learning_rate):
        raise AttributeError(
            "Learning rate cannot be set on a MultiOptimizer. Set the learning rate on the "
            "individual sub-optimizers instead."
        )

    @property
    def loss_scale_factor(self):
        """What gradients are divided by, in all optimizers."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, factor):
        self._loss_scale_factor = factor
        for optimizer in self.optimizers:
            optimizer.loss_scale_factor = factor

    def set_weights(self, weights):
        if not self.built:
            super().set_weights(weights)  # says that it must be built first
        weights = list(weights)
        for variable in self._variables:
            variable.assign(weights.pop(0))
        for optimizer in self.optimizers:
            count = len(optimizer.variables)
            optimizer.set_weights(weights[:count])
            del weights[:count]

    def apply(self, grads, trainable_variables=None):
        """A step of each optimizer, with the gradients of its variables."""
        if len(grads) == 0:
            return
        variables = self._known_variables(grads, trainable_variables)
        for optimizer, mine, gradients in self._shares(variables, grads):
            optimizer.apply(gradients, mine)
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list):
        for optimizer, mine in self._shares(var_list):
            optimizer.finalize_variable_values(mine)

    def get_config(self):
        form = serialization.serialize_keras_object(self._optimizer_map)
        return {"optimizer_map": form, "loss_scale_factor": self.loss_scale_factor,
                "name": self.name}  # fmt: skip

    @classmethod
    def from_config(cls, config, custom_objects=None):
        form = config["optimizer_map"]
        chosen = serialization.deserialize_keras_object(form, custom_objects)
        return cls(**{**config, "optimizer_map": chosen})
