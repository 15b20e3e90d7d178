"""`tf.Module`: an object that knows the variables and modules inside it.

They are found by walking the attributes in alphabetical order, into lists, tuples and dicts.
"""

import functools
import re

from minitf import nest
from minitf.scopes import name_scope
from minitf.trackable import attributes, part_added
from minitf.variable import Variable


def _snake_case(name):
    """`"MyLayer"` as `"my_layer"`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


class Module:
    """A base class for what has variables and other modules as attributes.

    Args:
      name: a Python identifier; by default the name of the class in snake case.

    Raises:
      ValueError: `name` is no identifier.

    >>> import minitf as tf
    >>> class Dense(tf.Module):
    ...     def __init__(self, inputs, outputs):
    ...         super().__init__()
    ...         self.w = tf.Variable(tf.ones([inputs, outputs]), name="w")
    ...         self.b = tf.Variable(tf.zeros([outputs]), name="b")
    ...     def __call__(self, x):
    ...         return x @ self.w + self.b
    >>> dense = Dense(3, 2)
    >>> [v.name for v in dense.trainable_variables], dense.name
    (['b:0', 'w:0'], 'dense')
    """

    _TF_MODULE_IGNORED_PROPERTIES = frozenset()

    def __init__(self, name=None):
        if name is None:
            name = _snake_case(type(self).__name__)
        if not name.isidentifier():
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python "
                "identifiers (e.g. a valid class name)."
            )
        self._name = name
        with name_scope(name) as scope:
            self._scope_name = scope

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        part_added(self)

    def _no_dependency(self, value):
        return value

    def _trackable_children(self):
        return attributes(self, self._TF_MODULE_IGNORED_PROPERTIES)

    @property
    def name(self):
        """The name that was given to the constructor."""
        return self._name

    @property
    def name_scope(self):
        """A `tf.name_scope` for what the module makes."""
        return name_scope(self._scope_name)

    @property
    def variables(self):
        """The variables of this module and of its submodules, as a tuple."""
        return tuple(self._flatten(_is_variable, expand_composites=True))

    @property
    def trainable_variables(self):
        """The trainable ones among `variables`."""
        return tuple(self._flatten(lambda v: _is_variable(v) and getattr(v, "trainable", False)))

    @property
    def non_trainable_variables(self):
        """The others among `variables`."""
        return tuple(self._flatten(lambda v: _is_variable(v) and not v.trainable))

    @property
    def submodules(self):
        """The modules inside this one, at any depth, as a tuple."""
        return tuple(self._flatten(lambda m: isinstance(m, Module)))

    def _flatten(self, predicate=lambda leaf: True, with_path=False, recursive=True,
                 attribute_traversal_key=None, expand_composites=False):  # fmt: skip
        """What satisfies `predicate`, each object once: a module's own before its submodules'."""
        seen = {id(self)}

        def walk(module, path):
            submodules, attributes = [], vars(module)
            for key in sorted(attributes, key=attribute_traversal_key):
                if key in module._TF_MODULE_IGNORED_PROPERTIES:
                    continue
                for inner, leaf in _leaves(attributes[key]):
                    if id(leaf) in seen:
                        continue
                    seen.add(id(leaf))
                    place = (*path, key, *inner)
                    if predicate(leaf):
                        yield (place, leaf) if with_path else leaf
                    if recursive and isinstance(leaf, Module):
                        submodules.append((leaf, place))
            for submodule, place in submodules:
                yield from walk(submodule, place)

        return walk(self, ())

    @classmethod
    def with_name_scope(cls, method):
        """Decorates a method so that what it makes is named inside the module's scope."""

        @functools.wraps(method)
        def scoped(self, *args, **kwargs):
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped


def _is_variable(value):
    return isinstance(value, Variable) or hasattr(value, "handle") and hasattr(value, "assign")


def _leaves(value):
    """(path, leaf) of what `value` holds; what cannot be walked is a leaf."""
    try:
        return list(nest.flatten_with_tuple_paths(value))
    except (TypeError, ValueError):
        return [((), value)]
