"""Composite tensors, and the specs that say what they are made of.

The names of `tensorflow.python.framework.composite_tensor`, `type_spec` and `type_spec_registry`.
"""

import abc
import re

from minitf import conversions
from minitf.specs import TypeSpec

_NAME_TO_TYPE_SPEC: dict[str, type[TypeSpec]] = {}
_TYPE_SPEC_TO_NAME: dict[type[TypeSpec], str] = {}
_converters = []  # of those registered by `register_type_spec_from_value_converter`


class CompositeTensor(abc.ABC):  # noqa: B024  its metaclass is what programs combine with theirs
    """What is made of tensors: its `_type_spec` says of which, and how.

    A class that has a `_type_spec` is one, whether it says so or not.
    """

    @classmethod
    def __subclasshook__(cls, other):
        return hasattr(other, "_type_spec") if cls is CompositeTensor else NotImplemented

    def _convert_variables_to_tensors(self):
        return self


class BatchableTypeSpec(TypeSpec):
    """A spec of values that can be stacked, part by part."""

    __slots__ = ()


def register(name):
    """A decorator that gives a class of specs a name of the form `project.Name`.

    Raises:
      ValueError: the name has another form, or it, or the class, is registered already.
    """
    if not re.fullmatch(r"(\w+\.)+\w+", name):
        raise ValueError(
            f"Registered name must have the form '{{project_name}}.{{type_name}}'; got {name!r}."
        )

    def decorate(cls):
        if cls in _TYPE_SPEC_TO_NAME or name in _NAME_TO_TYPE_SPEC:
            raise ValueError(f"{cls.__name__} or the name {name} has already been registered.")
        _TYPE_SPEC_TO_NAME[cls], _NAME_TO_TYPE_SPEC[name] = name, cls
        return cls

    return decorate


def register_type_spec_from_value_converter(type_object, converter_fn, allow_subclass=False):
    """Makes `converter_fn(value)` the spec of the values of a class."""
    _converters.append((type_object, converter_fn, allow_subclass))


def type_spec_from_value(value):
    """The spec of a tensor, of what is made of tensors, or of a value of a registered class.

    Raises:
      TypeError: the value is something else.
    """
    for cls, convert, below in reversed(_converters):
        if type(value) is cls or (below and isinstance(value, cls)):
            return convert(value)
    return conversions.type_spec_from_value(value)
