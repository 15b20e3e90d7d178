"""`JaxLayer`: a pure JAX function of parameters and inputs as a layer."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np

from minitf.jax_functions import from_jax
from minitf.keras import config as settings
from minitf.keras import random, serialization
from minitf.keras.calling import map_shapes
from minitf.keras.layer import Layer
from minitf.ops.joining import stack
from minitf.ops.math import cast

_CALL_TAKES = ("params", "state", "rng", "inputs", "training")
_INIT_TAKES = ("rng", "inputs", "training")


class JaxLayer(Layer):
    """The function `call_fn`, whose parameters are weights of the layer.

    Args:
      call_fn: takes `inputs` and some of `params`, `state`, `rng` and `training`, by these names in
        any order; returns the outputs, or with `state` the outputs and the new state.
      init_fn: takes `inputs` (ones) and some of `rng` and `training`; returns the parameters, or
        with `state` parameters and state: pytrees of arrays.
      params, state: pytrees of arrays to begin with, in place of `init_fn`.
      seed: of `rng`, a JAX key that is new at each call that trains, and None at others.

    Raises:
      ValueError: functions that take something else, or nothing to make parameters of.

    >>> import jax
    >>> double = JaxLayer(lambda params, inputs: params * inputs, params=np.float32(2.0))
    >>> double(np.array([1.0, 3.0])).numpy()
    array([2., 6.], dtype=float32)
    """

    _untracked = Layer._untracked | {"params", "state", "tracked_params", "tracked_state"}

    def __init__(self, call_fn, init_fn=None, params=None, state=None, seed=None,
                 native_serialization_platforms=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        if native_serialization_platforms is not None:
            raise NotImplementedError(
                "JaxLayer: nothing is serialized for other machines: native_serialization_platforms"
            )
        self.call_fn, self.init_fn = call_fn, init_fn
        self.params, self.state = self._weights_of(params, True), self._weights_of(state, False)
        if params is not None or state is not None:
            self._build_at_init()
        self.call_fn_arguments = _names_taken(call_fn, "call_fn", _CALL_TAKES)
        self.call_fn_has_params = "params" in self.call_fn_arguments
        self.call_fn_has_state = "state" in self.call_fn_arguments
        needs_weights = self.call_fn_has_params or self.call_fn_has_state
        if needs_weights and init_fn is None and params is None and state is None:
            raise ValueError(
                "`init_fn`, `params` and `state` cannot all be `None` when `call_fn` takes a "
                "`params` or a `state` argument."
            )
        if init_fn is not None:
            self.init_fn_arguments = _names_taken(init_fn, "init_fn", _INIT_TAKES)
        draws = "rng" in self.call_fn_arguments
        self.seed_generator = random.SeedGenerator(seed) if draws else None
        self._apply = from_jax(call_fn)

    def _weights_of(self, values, trainable):
        """A weight for each array and number in a pytree; what else there is stays."""

        def weight(value):
            if not isinstance(value, bool | int | float) and not hasattr(value, "dtype"):
                return value
            array = np.asarray(value)
            dtype = settings.standardize_dtype(array.dtype)
            return self.add_weight(
                shape=array.shape,
                initializer=lambda shape, dtype=None: cast(array, dtype),
                dtype=None if settings.is_float_dtype(dtype) else dtype,
                trainable=trainable,
            )

        return jax.tree.map(weight, values)

    def build(self, input_shape):
        missing = self.params is None and self.state is None
        if not missing or not (self.call_fn_has_params or self.call_fn_has_state):
            return
        inputs = map_shapes(lambda s: jnp.ones([1 if n is None else n for n in s]), input_shape)
        given = {"inputs": inputs, "training": True}
        if "rng" in self.init_fn_arguments:
            given["rng"] = jnp.asarray(_key(random.draw_seed(None)).numpy())
        made = self.init_fn(*[given[name] for name in self.init_fn_arguments])
        params, state = made if self.call_fn_has_state else (made, None)
        self.params, self.state = self._weights_of(params, True), self._weights_of(state, False)

    def call(self, inputs, training=False):
        given = {"params": self.params, "state": self.state, "inputs": inputs,
                 "training": bool(training), "rng": None}  # fmt: skip
        if training and self.seed_generator is not None:
            given["rng"] = _key(self.seed_generator.next())
        results = self._apply(*[given[name] for name in self.call_fn_arguments])
        if not self.call_fn_has_state:
            return results
        outputs, state = results
        jax.tree.map(_assign, state, self.state)
        return outputs

    def get_config(self):
        functions = {"call_fn": self.call_fn, "init_fn": self.init_fn}
        forms = {name: serialization.serialize_keras_object(f) for name, f in functions.items()}
        return {**super().get_config(), **forms}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("call_fn", "init_fn"):
            config[name] = serialization.deserialize_keras_object(config[name])
        return super().from_config(config)


def _names_taken(function, what, allowed):
    names = list(inspect.signature(function).parameters)
    if "inputs" not in names:
        raise ValueError(f"Missing required argument in `{what}`: `inputs`")
    for name in names:
        if name not in allowed:
            raise ValueError(
                f"Unsupported argument in `{what}`: `{name}`, supported arguments are "
                f"`{'`, `'.join(allowed)}`"
            )
    return names


def _key(seed):
    """A JAX key of the two integers of a draw."""
    return cast(stack([seed[0] % 2**32, seed[1] % 2**32]), "uint32")


def _assign(value, variable):
    if not hasattr(variable, "assign"):
        raise ValueError(
            "Structure mismatch: the structure of the state returned by `call` does not match the "
            "structure of the state at initialization time."
        )
    variable.assign(value)
