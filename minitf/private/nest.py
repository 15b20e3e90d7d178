"""`tensorflow.python.util.nest`: `tf.nest`, and the helpers that it keeps to itself."""

import collections.abc

from minitf import nest


def is_mapping(obj):
    """Whether `obj` is a mapping."""
    return isinstance(obj, collections.abc.Mapping)


def is_attrs(obj):
    """Whether the class of `obj` was made by attrs."""
    return hasattr(type(obj), "__attrs_attrs__")


def _is_namedtuple(instance, strict=False):
    return nest.is_namedtuple(instance)


def _yield_value(iterable):
    return iter(nest._children(iterable, nest._kind(iterable)))


def _yield_sorted_items(iterable):
    return iter(nest._keyed_children(iterable, nest._kind(iterable)))


def _sequence_like(instance, args):
    return nest._rebuild(instance, nest._kind(instance), list(args))


def map_structure_with_tuple_paths_up_to(shallow_tree, func, *inputs, **kwargs):
    """`func(path, *parts)` of what the inputs have where the shallow nest has a leaf."""
    paths = nest.yield_flat_paths(shallow_tree, kwargs.get("expand_composites", False))
    parts = [nest.flatten_up_to(shallow_tree, x, **kwargs) for x in inputs]
    results = [func(*given) for given in zip(paths, *parts, strict=True)]
    return nest.pack_sequence_as(shallow_tree, results, kwargs.get("expand_composites", False))


def __getattr__(name):
    return getattr(nest, name)
