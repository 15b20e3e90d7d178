"""A nest is lists, tuples, dicts and the like around leaves; most of TensorFlow's API takes nests.

Offers `flatten`, `pack_sequence_as` (its inverse), `map_structure`, `assert_same_structure`,
`is_nested`, and their kin that follow paths or a shallower structure. Dictionaries are walked in
the order of their sorted keys, and None is a leaf (JAX's pytrees differ on it).
"""

import collections
import collections.abc

from minitf import specs

__all__ = [
    "assert_same_structure",
    "flatten",
    "is_nested",
    "map_structure",
    "pack_sequence_as",
]

# The kinds of node. A leaf is falsy, so that `if kind:` asks "is this a nest?".
_LEAF, _SEQUENCE, _MAPPING, _NAMEDTUPLE, _ATTRS, _VIEW, _CUSTOM, _COMPOSITE, _SPEC = range(9)
_kinds = dict.fromkeys((type(None), bool, int, float, complex, str, bytes, bytearray), _LEAF)
_kinds.update({list: _SEQUENCE, tuple: _SEQUENCE, dict: _MAPPING})
_composite_kinds = {}


def _classify(cls):
    """The kind of the values of a class, leaving composites aside; remembered per class."""
    abc = collections.abc
    if issubclass(cls, (str, bytes, bytearray)):
        kind = _LEAF
    elif hasattr(cls, "__tf_flatten__") and hasattr(cls, "__tf_unflatten__"):
        kind = _CUSTOM
    elif issubclass(cls, abc.Mapping):
        kind = _MAPPING
    elif issubclass(cls, abc.MappingView):
        kind = _VIEW
    elif hasattr(cls, "__attrs_attrs__"):
        kind = _ATTRS
    elif issubclass(cls, tuple) and all(isinstance(f, str) for f in getattr(cls, "_fields", [0])):
        kind = _NAMEDTUPLE
    elif issubclass(cls, abc.Sequence):
        kind = _SEQUENCE
    else:
        kind = _LEAF
    _kinds[cls] = kind
    return kind


def _kind(value):
    cls = type(value)
    kind = _kinds.get(cls)
    return _classify(cls) if kind is None else kind


def _kind_with_composites(value):
    """As `_kind`, but a composite tensor (which has a `_type_spec`), or its spec, is a node.

    What has a handle, such as a dataset, stays a leaf.
    """
    cls = type(value)
    kind = _composite_kinds.get(cls)
    if kind is None:
        if hasattr(cls, "_stand_in"):
            kind = _LEAF
        elif hasattr(cls, "_type_spec"):
            kind = _COMPOSITE
        elif issubclass(cls, specs.TypeSpec) and not issubclass(cls, specs.TensorSpec):
            kind = _SPEC
        else:
            kind = _kind(value)
        _composite_kinds[cls] = kind
    return kind


def _kind_function(expand_composites):
    return _kind_with_composites if expand_composites else _kind


def _children(value, kind):
    """What a node holds, in the order in which it is flattened."""
    if kind == _MAPPING:
        return [value[key] for key in sorted(value)]
    if kind == _ATTRS:
        return [getattr(value, field.name) for field in value.__attrs_attrs__]
    if kind == _CUSTOM:
        return value.__tf_flatten__()[1]
    if kind == _COMPOSITE:
        return [value._type_spec._to_components(value)]
    if kind == _SPEC:
        return [value._component_specs]
    return value


def _keyed_children(value, kind):
    """The children with the part that each adds to a path."""
    if kind == _MAPPING:
        return [(key, value[key]) for key in sorted(value)]
    if kind == _NAMEDTUPLE:
        return list(zip(value._fields, value, strict=True))
    if kind == _ATTRS:
        return [(field.name, getattr(value, field.name)) for field in value.__attrs_attrs__]
    return list(enumerate(_children(value, kind)))


def _rebuild(value, kind, children):
    """A node like `value` that holds `children`."""
    if kind == _SEQUENCE:
        cls = type(value)
        return children if cls is list or cls is range else cls(children)
    if kind == _MAPPING:
        by_key = dict(zip(sorted(value), children, strict=True))
        if isinstance(value, collections.defaultdict):
            fresh = type(value)(value.default_factory)
            fresh.update((key, by_key[key]) for key in value)
            return fresh
        return type(value)((key, by_key[key]) for key in value)
    if kind == _NAMEDTUPLE:
        return type(value)(*children)
    if kind == _ATTRS:
        names = [field.name.lstrip("_") for field in value.__attrs_attrs__]
        return type(value)(**dict(zip(names, children, strict=True)))
    if kind == _CUSTOM:
        return type(value).__tf_unflatten__(value.__tf_flatten__()[0], tuple(children))
    if kind == _COMPOSITE:
        return value._type_spec._from_components(children[0])
    if kind == _SPEC:
        return value._from_components(children[0])
    return children


def is_nested(seq):
    """Whether `seq` is a nest rather than a leaf.

    >>> is_nested([1]), is_nested({}), is_nested("text"), is_nested(None), is_nested({1, 2})
    (True, True, False, False, False)
    """
    return bool(_kind(seq))


def is_nested_or_composite(structure):
    """Whether `structure` is a nest or a composite tensor."""
    return bool(_kind_with_composites(structure))


def is_namedtuple(instance):
    """Whether `instance` is a named tuple."""
    return _kind(instance) == _NAMEDTUPLE


def _flatten_into(leaves, structure, kind, kind_of):
    for child in _children(structure, kind):
        child_kind = kind_of(child)
        if child_kind:
            _flatten_into(leaves, child, child_kind, kind_of)
        else:
            leaves.append(child)


def flatten(structure, expand_composites=False):
    """The leaves of a nest as a list; a leaf alone gives a list of one.

    >>> flatten([1, (2, 3), {"b": 4, "a": 5}]), flatten(None)
    ([1, 2, 3, 5, 4], [None])
    """
    kind_of = _kind_with_composites if expand_composites else _kind
    kind = kind_of(structure)
    if not kind:
        return [structure]
    leaves = []
    _flatten_into(leaves, structure, kind, kind_of)
    return leaves


def _pack(structure, kind, leaves, kind_of):
    children = []
    for child in _children(structure, kind):
        child_kind = kind_of(child)
        children.append(_pack(child, child_kind, leaves, kind_of) if child_kind else next(leaves))
    return _rebuild(structure, kind, children)


def _pack_leaves(structure, leaves, kind_of):
    """Packs as many leaves as there are: what the callers below have made sure of."""
    kind = kind_of(structure)
    return _pack(structure, kind, iter(leaves), kind_of) if kind else leaves[0]


def pack_sequence_as(structure, flat_sequence, expand_composites=False):
    """A nest like `structure` with the leaves `flat_sequence`.

    >>> pack_sequence_as([1, {"b": 2, "a": 3}], [10, 20, 30])
    [10, {'b': 30, 'a': 20}]
    """
    if not is_nested(flat_sequence):
        raise TypeError(
            f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found "
            f"incompatible type `{type(flat_sequence)}` instead."
        )
    kind_of = _kind_function(expand_composites)
    if not kind_of(structure):
        if len(flat_sequence) != 1:
            raise ValueError(
                f"The target structure is of type `{type(structure)}`\n  {structure}\n"
                f"However the input is a sequence ({type(flat_sequence)}) of length "
                f"{len(flat_sequence)}.\n  {flat_sequence}\n"
                "nest cannot guarantee that it is safe to map one to the other."
            )
        return flat_sequence[0]
    atoms = len(flatten(structure, expand_composites))
    if atoms != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {atoms} atoms, but flat_sequence had "
            f"{len(flat_sequence)} items.  Structure: {structure}, flat_sequence: "
            f"{flat_sequence}."
        )
    return _pack_leaves(structure, [flat_sequence[i] for i in range(atoms)], kind_of)


def map_structure(func, *structure, **kwargs):
    """Calls `func` on the corresponding leaves of nests that agree, and packs what it returns.

    Keyword arguments are those of `assert_same_structure`: `check_types`, `expand_composites`.

    >>> map_structure(lambda x, y: x + y, {"a": 1, "b": [2]}, {"a": 10, "b": [20]})
    {'a': 11, 'b': [22]}
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types, expand_composites = True, False
    if kwargs:
        check_types = kwargs.pop("check_types", True)
        expand_composites = kwargs.pop("expand_composites", False)
        if kwargs:
            raise ValueError(
                "Only valid keyword arguments are `check_types` and "
                f"`expand_composites`, not: `{'`, `'.join(kwargs)}`"
            )
    first = structure[0]
    for other in structure[1:]:
        assert_same_structure(first, other, check_types, expand_composites)
    leaves = [flatten(nest, expand_composites) for nest in structure]
    mapped = [func(*args) for args in zip(*leaves, strict=True)]
    return _pack_leaves(first, mapped, _kind_function(expand_composites))


def components(structure):
    """The tensors of a nest: its leaves, and the parts of its composite tensors."""
    return flatten(structure, expand_composites=True)


def with_components(structure, tensors):
    """A nest like `structure` with the `tensors`: the inverse of `components`."""
    return pack_sequence_as(structure, tensors, expand_composites=True)


class _Dot:
    """Stands for a leaf in the outline of a structure."""

    def __repr__(self):
        return "."


def _described(value):
    return f"type={type(value).__name__} str={value}"


def same_namedtuples(nest1, nest2):
    """Whether two named tuples have the same name and fields."""
    return type(nest1).__name__ == type(nest2).__name__ and nest1._fields == nest2._fields


def _same_type(a, b, kind_a, kind_b):
    if type(a) is type(b) or (kind_a == kind_b == _MAPPING):
        return True
    if kind_a == kind_b == _NAMEDTUPLE:
        return same_namedtuples(a, b)
    if _NAMEDTUPLE in (kind_a, kind_b):
        return False
    return isinstance(a, type(b)) or isinstance(b, type(a))


def _check_same(a, b, check_types, kind_of):
    kind_a, kind_b = kind_of(a), kind_of(b)
    if not kind_a and not kind_b:
        return
    if not kind_a or not kind_b:
        nest, leaf = (a, b) if kind_a else (b, a)
        raise ValueError(
            f'Substructure "{_described(nest)}" is a sequence, '
            f'while substructure "{_described(leaf)}" is not'
        )
    if _SPEC in (kind_a, kind_b) or kind_a == kind_b == _COMPOSITE:
        spec_a, spec_b = getattr(a, "_type_spec", a), getattr(b, "_type_spec", b)
        if check_types and not spec_a.is_compatible_with(spec_b):
            raise ValueError(
                "Incompatible CompositeTensor TypeSpecs: "
                f"{_described(spec_a)} vs. {_described(spec_b)} -- "
            )
        return
    if check_types:
        if not _same_type(a, b, kind_a, kind_b):
            raise TypeError(
                "The two namedtuples don't have the same sequence type. First structure "
                f"{_described(a)} has type {type(a).__name__}, while second structure "
                f"{_described(b)} has type {type(b).__name__}"
            )
        if kind_a == _MAPPING and set(a) != set(b):
            raise ValueError(
                "The two dictionaries don't have the same set of keys. First structure has keys "
                f"{_described(list(a))}, while second structure has keys {_described(list(b))}"
            )
    children_a, children_b = list(_children(a, kind_a)), list(_children(b, kind_b))
    for child_a, child_b in zip(children_a, children_b, strict=False):
        _check_same(child_a, child_b, check_types, kind_of)
    if len(children_a) != len(children_b):
        raise ValueError(
            "The two structures don't have the same number of elements. "
            f"First structure: {_described(a)}. Second structure: {_described(b)}"
        )


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False):
    """Raises unless the two nests have the same form.

    Raises ValueError where the number of elements or the keys differ, and TypeError where only
    the types of the sequences differ (unless `check_types` is False).

    >>> assert_same_structure([1, (2,)], [3, (4,)])
    >>> assert_same_structure([1, 2], (1, 2), check_types=False)
    """
    try:
        _check_same(nest1, nest2, check_types, _kind_function(expand_composites))
    except (ValueError, TypeError) as error:
        outlines = [map_structure(lambda _: _Dot(), nest) for nest in (nest1, nest2)]
        raise type(error)(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_described(nest1)}\n\nSecond structure: {_described(nest2)}\n\n"
            f"More specifically: {error}\n"
            f"Entire first structure:\n{outlines[0]}\n"
            f"Entire second structure:\n{outlines[1]}"
        ) from None


def _walk_paths(structure, path, kind_of):
    kind = kind_of(structure)
    if not kind:
        yield path, structure
        return
    for key, child in _keyed_children(structure, kind):
        yield from _walk_paths(child, (*path, key), kind_of)


def yield_flat_paths(nest, expand_composites=False):
    """Each leaf's path, as a tuple of keys and indices."""
    return (path for path, _ in _walk_paths(nest, (), _kind_function(expand_composites)))


def flatten_with_tuple_paths(structure, expand_composites=False):
    """Pairs of each leaf's path, as a tuple, and the leaf.

    >>> flatten_with_tuple_paths({"a": [1, 2]})
    [(('a', 0), 1), (('a', 1), 2)]
    """
    return list(_walk_paths(structure, (), _kind_function(expand_composites)))


def flatten_with_joined_string_paths(structure, separator="/", expand_composites=False):
    """Pairs of each leaf's path, as a string, and the leaf.

    >>> flatten_with_joined_string_paths({"a": [1, 2]})
    [('a/0', 1), ('a/1', 2)]
    """
    return [
        (separator.join(map(str, path)), leaf)
        for path, leaf in flatten_with_tuple_paths(structure, expand_composites)
    ]


def map_structure_with_tuple_paths(func, *structure, **kwargs):
    """As `map_structure`, for `func(path, *leaves)` with the path as a tuple."""
    expand_composites = kwargs.get("expand_composites", False)
    paths = iter(list(yield_flat_paths(structure[0], expand_composites)))
    return map_structure(lambda *leaves: func(next(paths), *leaves), *structure, **kwargs)


def map_structure_with_paths(func, *structure, **kwargs):
    """As `map_structure`, for `func(path, *leaves)` with the path as a string.

    >>> map_structure_with_paths(lambda path, x: (path, x), {"a": [1, 2]})
    {'a': [('a/0', 1), ('a/1', 2)]}
    """

    def with_string(path, *leaves):
        return func("/".join(map(str, path)), *leaves)

    return map_structure_with_tuple_paths(with_string, *structure, **kwargs)


def _flatten_up_to(shallow, deep, check_types, kind_of):
    """The parts of `deep` that stand where `shallow` has leaves."""
    kind = kind_of(shallow)
    if not kind:
        return [deep]
    deep_kind = kind_of(deep)
    if not deep_kind:
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. "
            f"Input has type: {type(deep)}."
        )
    if check_types and not _same_type(shallow, deep, kind, deep_kind):
        raise TypeError(
            "The two structures don't have the same sequence type. Input structure "
            f"has type {type(deep)}, while shallow structure has type "
            f"{type(shallow)}."
        )
    children, deep_children = list(_children(shallow, kind)), list(_children(deep, deep_kind))
    if len(children) != len(deep_children):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure "
            f"has length {len(deep_children)}, while shallow structure has length "
            f"{len(children)}."
        )
    if kind == deep_kind == _MAPPING and not set(shallow) <= set(deep):
        raise ValueError(
            "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree "
            "has the following keys that are not in the input_tree: "
            f"{sorted(set(shallow) - set(deep))}."
        )
    parts = []
    for child, deep_child in zip(children, deep_children, strict=True):
        parts.extend(_flatten_up_to(child, deep_child, check_types, kind_of))
    return parts


def assert_shallow_structure(shallow_tree, input_tree, check_types=True, expand_composites=False):
    """Raises unless `input_tree` begins with the form of `shallow_tree`."""
    _flatten_up_to(shallow_tree, input_tree, check_types, _kind_function(expand_composites))


def flatten_up_to(shallow_tree, input_tree, check_types=True, expand_composites=False):
    """Flattens `input_tree` only as deep as `shallow_tree` goes.

    >>> flatten_up_to([0, 0], [[1, 2], {"a": 3}])
    [[1, 2], {'a': 3}]
    """
    return _flatten_up_to(shallow_tree, input_tree, check_types, _kind_function(expand_composites))


def map_structure_up_to(shallow_tree, func, *inputs, **kwargs):
    """Calls `func` on the parts of `inputs` that stand where `shallow_tree` has leaves.

    >>> map_structure_up_to([0, 0], lambda x, y: (x, y), [1, [2]], [3, 4])
    [(1, 3), ([2], 4)]
    """
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    check_types = kwargs.pop("check_types", True)
    kind_of = _kind_function(kwargs.pop("expand_composites", False))
    if kwargs:
        raise ValueError(f"Unknown keyword arguments: {sorted(kwargs)}")
    parts = [_flatten_up_to(shallow_tree, tree, check_types, kind_of) for tree in inputs]
    mapped = [func(*args) for args in zip(*parts, strict=True)]
    return _pack_leaves(shallow_tree, mapped, kind_of)


def list_to_tuple(structure):
    """The nest with every list replaced by a tuple.

    >>> list_to_tuple([1, [2], {"a": [3]}])
    (1, (2,), {'a': (3,)})
    """
    kind = _kind(structure)
    if not kind:
        return structure
    children = [list_to_tuple(child) for child in _children(structure, kind)]
    return tuple(children) if isinstance(structure, list) else _rebuild(structure, kind, children)
