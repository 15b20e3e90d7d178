"""The base class of initializers."""


class Initializer:
    """Base class: a subclass has `__call__(shape, dtype=None)` and `get_config()`."""

    def __call__(self, shape, dtype=None):
        raise NotImplementedError("Initializer subclasses must implement the `__call__()` method.")

    def get_config(self):
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config):
        """An initializer with the arguments that `get_config` returned."""
        return cls(**config)

    def clone(self):
        """Another initializer with the same arguments."""
        return type(self).from_config(self.get_config())
