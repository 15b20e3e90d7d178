"""`FlaxLayer`: a Flax module as a layer; and what is said instead of wrapping PyTorch's modules."""

import inspect

import jax

from minitf.keras import serialization
from minitf.keras.layers.jax_layer import JaxLayer
from minitf.keras.symbolic import Operation


class FlaxLayer(JaxLayer):
    """A module of `flax.linen`; its parameters are weights, its other collections are state.

    A `training` argument of the module gets that of the layer; while training, there is a key for
    `"dropout"`.

    Args:
      module: a module of `flax.linen`.
      method: the method of it to call; default: its `__call__`.
      variables: the module's variables to begin with; else its `init` makes them.

    Raises:
      ImportError: Flax is not installed.
    """

    def __init__(self, module, method=None, variables=None, **kwargs):
        from flax.linen import DenyList  # only needed here  # pyright: ignore

        self.module, self.method = module, method
        changing = DenyList(["params"])

        def apply(params, state, rng, inputs, **training):
            rngs = {} if rng is None else {"dropout": rng}
            values = {**(params or {}), **(state or {})}
            return module.apply(values, inputs, rngs=rngs, method=method, mutable=changing,
                                **training)  # fmt: skip

        def init(rng, inputs, **training):
            keys = dict(zip(("params", "dropout"), jax.random.split(rng)))
            return _split(module.init(keys, inputs, method=method, **training))

        def call_training(params, state, rng, inputs, training):
            return apply(params, state, rng, inputs, training=training)

        def call_plain(params, state, rng, inputs):
            return apply(params, state, rng, inputs)

        def init_training(rng, inputs, training):
            return init(rng, inputs, training=training)

        def init_plain(rng, inputs):
            return init(rng, inputs)

        trains = "training" in inspect.signature(method or module.__call__).parameters
        call_fn, init_fn = (call_training, init_training) if trains else (call_plain, init_plain)
        params, state = _split(variables)
        super().__init__(call_fn, init_fn, params, state, **kwargs)

    def get_config(self):
        method = self.method
        if getattr(method, "__self__", None) is self.module:
            method = method.__name__  # a method of the module is found by its name
        config = super().get_config()
        del config["call_fn"], config["init_fn"]
        parts = {"module": self.module, "method": method}
        forms = {name: serialization.serialize_keras_object(v) for name, v in parts.items()}
        return {**config, **forms}

    @classmethod
    def from_config(cls, config):
        module = serialization.deserialize_keras_object(config["module"])
        method = serialization.deserialize_keras_object(config["method"])
        method = getattr(module, method) if isinstance(method, str) else method
        return cls(**{**config, "module": module, "method": method})


def _split(variables):
    """(parameters, state) of a module's variables; (None, None) if there are none yet."""
    if variables is None:
        return None, None
    state = {name: values for name, values in variables.items() if name != "params"}
    return {k: v for k, v in variables.items() if k == "params"}, state


class TorchModuleWrapper(Operation):
    """Raises NotImplementedError: a module of PyTorch cannot be traced by JAX."""

    def __init__(self, module, name=None, output_shape=None, **kwargs):
        raise NotImplementedError(
            "TorchModuleWrapper: modules of PyTorch only run in Keras on PyTorch, not in minitf."
        )
