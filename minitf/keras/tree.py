"""`tf.keras.tree`: structures of lists, tuples and dictionaries, and functions of their leaves."""

from minitf import nest
from minitf.keras.calling import map_shapes
from minitf.nest import flatten, is_nested


class MAP_TO_NONE:  # noqa: N801  Keras's name
    """What a function of `traverse` returns for a part that becomes None."""


def flatten_with_path(structure):
    """[(path, leaf)], where a path is a tuple of keys and places.

    >>> flatten_with_path({"a": [1, 2]})
    [(('a', 0), 1), (('a', 1), 2)]
    """
    return nest.flatten_with_tuple_paths(structure)


def map_structure(func, *structures, none_is_leaf=True):
    """`func` of each leaf, or of the leaves at one place of several structures.

    Raises:
      ValueError: no structure, or structures that differ.
    """
    if not structures:
        raise ValueError("Must provide at least one structure")
    for other in structures[1:]:
        assert_same_structure(structures[0], other)
    if none_is_leaf:
        return nest.map_structure(func, *structures)
    return nest.map_structure(lambda *xs: None if xs[0] is None else func(*xs), *structures)


def map_structure_up_to(shallow_structure, func, *structures):
    """`func` of the parts of the structures that lie where the first one has leaves."""
    if not structures:
        raise ValueError("Must provide at least one structure")
    return nest.map_structure_up_to(shallow_structure, func, *structures)


def map_shape_structure(func, structure):
    """`func` of each shape in a structure of shapes."""
    return map_shapes(func, structure)


def assert_same_structure(a, b, check_types=None):
    """Raises ValueError unless two structures are alike."""
    try:
        nest.assert_same_structure(a, b)
    except (TypeError, ValueError) as error:
        raise ValueError(str(error)) from None


def assert_same_paths(a, b):
    """Raises ValueError unless the leaves of two structures have the same paths."""
    paths = [{path for path, _ in flatten_with_path(structure)} for structure in (a, b)]
    if paths[0] != paths[1]:
        text = "`a` and `b` don't have the same paths."
        for one, other, mine, theirs in (("a", "b", *paths), ("b", "a", *reversed(paths))):
            if mine - theirs:
                text += f"\nPaths in `{one}` missing in `{other}`:\n{mine - theirs}"
        raise ValueError(text)


def pack_sequence_as(structure, flat_sequence):
    """A structure like `structure` with other leaves."""
    return nest.pack_sequence_as(structure, flat_sequence)


def traverse(func, structure, top_down=True):
    """The structure with what `func` returns for a part in its place, where that is not None.

    >>> traverse(lambda x: x + 1 if isinstance(x, int) else None, [1, (2,)])
    [2, (3,)]
    """
    if top_down and (found := func(structure)) is not None:
        return None if found is MAP_TO_NONE else found
    result = structure
    if isinstance(structure, dict):
        values = {key: traverse(func, value, top_down) for key, value in structure.items()}
        result = type(structure)(values)
    elif nest.is_namedtuple(structure):
        result = type(structure)(*(traverse(func, value, top_down) for value in structure))
    elif isinstance(structure, list | tuple):
        result = type(structure)([traverse(func, value, top_down) for value in structure])
    if top_down:
        return result
    found = func(result)
    return result if found is None else None if found is MAP_TO_NONE else found


def lists_to_tuples(structure):
    """The structure with tuples in place of lists."""
    return traverse(lambda x: tuple(x) if isinstance(x, list) else None, structure, False)


__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]
