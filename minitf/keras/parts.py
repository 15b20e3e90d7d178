"""Arguments of many layers: initializers, regularizers, constraints, activations."""

from typing import Any

from minitf.keras import activations, constraints, initializers, regularizers
from minitf.keras.serialization import serialize_keras_object

_ROOMS = {
    "activation": activations,
    "initializer": initializers,
    "regularizer": regularizers,
    "constraint": constraints,
}


class Parts:
    """Arguments that name objects, as attributes, as weights and in configs."""

    add_weight: Any

    def _take(self, **identifiers):
        """Sets attributes to the objects that the identifiers name: `kernel_initializer="zeros"`.

        The end of an attribute's name tells the kind of its object.
        """
        for name, identifier in identifiers.items():
            setattr(self, name, _ROOMS[name.rsplit("_", 1)[-1]].get(identifier))

    def _add_part(self, part, shape, name=None, autocast=True):
        """A weight made with `<part>_initializer`, `<part>_regularizer` and `<part>_constraint`."""
        return self.add_weight(
            name=name or part,
            shape=shape,
            autocast=autocast,
            initializer=getattr(self, f"{part}_initializer"),
            regularizer=getattr(self, f"{part}_regularizer"),
            constraint=getattr(self, f"{part}_constraint"),
        )

    def _config_of(self, *names):
        """{name: attribute} for the config of a subclass, the attributes as plain data."""
        values = {name: getattr(self, name) for name in names}
        return {
            name: activations.serialize(value)
            if name.endswith("activation")
            else serialize_keras_object(value)
            for name, value in values.items()
        }
