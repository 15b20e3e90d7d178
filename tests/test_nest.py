"""Nests behave as TensorFlow 2.21's `tf.nest`; the expected values were printed by it."""

import collections
import collections.abc
import dataclasses

import numpy as np
import pytest

from minitf import nest

P = collections.namedtuple("P", "b a")
P2 = collections.namedtuple("P2", "b a")
OD = collections.OrderedDict


@dataclasses.dataclass
class Tagged:
    """A dataclass that takes part in nests: `value` is a child, `tag` is not."""

    value: object
    tag: str = "t"

    def __tf_flatten__(self):
        return (self.tag,), (self.value,)

    @classmethod
    def __tf_unflatten__(cls, metadata, components):
        return cls(components[0], metadata[0])


class Attrs:
    """What the `attrs` library makes of a class, as far as a nest can see."""

    __attrs_attrs__ = (
        collections.namedtuple("F", "name")("y"),
        collections.namedtuple("F", "name")("x"),
    )

    def __init__(self, y, x):
        self.y, self.x = y, x


class OwnMapping(collections.abc.Mapping):
    """A Mapping that is no dict."""

    def __init__(self, items):
        self.items_ = dict(items)

    def __getitem__(self, key):
        return self.items_[key]

    def __iter__(self):
        return iter(self.items_)

    def __len__(self):
        return len(self.items_)


class OwnList(list):
    """A list by another name."""


@pytest.mark.parametrize(
    ("structure", "leaves"),
    [
        ([1, (2, 3), {"b": 4, "a": 5}], [1, 2, 3, 5, 4]),
        (None, [None]),
        ("abc", ["abc"]),
        ([], []),
        ({}, []),
        (P(1, [2, 3]), [1, 2, 3]),
        (OD([("b", 1), ("a", 2)]), [2, 1]),
        ({1, 2}, [{1, 2}]),
        (range(3), [0, 1, 2]),
        ({"a": 1}.values(), [1]),
        (collections.deque([1, 2]), [1, 2]),
        (OwnMapping({"b": 1, "a": [2]}), [2, 1]),
        (Tagged([1, 2]), [1, 2]),
        (Attrs(1, [2]), [1, 2]),
    ],
)
def test_flatten(structure, leaves):
    assert nest.flatten(structure) == leaves
    assert nest.is_nested(structure) == (leaves != [structure])


@pytest.mark.parametrize(
    ("structure", "flat", "expected"),
    [
        ([1, (2, 3)], [4, 5, 6], [4, (5, 6)]),
        (1, [4], 4),
        (None, [10], 10),
        ([1], (4,), [4]),
        ({"b": 1, "a": 2}, [10, 20], {"b": 20, "a": 10}),
        (P(1, [2]), [10, 20], P(10, [20])),
        (OD([("b", 1), ("a", 2)]), [10, 20], OD([("b", 20), ("a", 10)])),
        (Tagged([1, 2], "u"), [10, 20], Tagged([10, 20], "u")),
        ([[], [1], {}], [7], [[], [7], {}]),
        (range(2), [7, 8], [7, 8]),
        ({"b": 1, "a": 2}.values(), [7, 8], [7, 8]),
        (OwnList([1]), [7], OwnList([7])),
    ],
)
def test_pack(structure, flat, expected):
    packed = nest.pack_sequence_as(structure, flat)
    assert packed == expected and type(packed) is type(expected)


def test_pack_keeps_kinds():
    counts = collections.defaultdict(int, {"b": 1, "a": 2})
    packed = nest.pack_sequence_as(counts, [10, 20])
    assert packed == {"b": 20, "a": 10} and packed.default_factory is int
    assert list(packed) == ["b", "a"]
    own = nest.pack_sequence_as(OwnMapping({"b": 1, "a": 2}), [10, 20])
    assert isinstance(own, OwnMapping) and own.items_ == {"b": 20, "a": 10}
    attrs = nest.map_structure(lambda x: x + 1, Attrs(1, 2))
    assert (attrs.y, attrs.x) == (2, 3)


def test_map_structure():
    assert nest.map_structure(lambda x: x + 1, [1, (2, {"a": 3})]) == [2, (3, {"a": 4})]
    assert nest.map_structure(max, [1, 5], (3, 4), check_types=False) == [3, 5]
    assert nest.map_structure(max, {"a": 1}, OD(a=2)) == {"a": 2}
    assert nest.map_structure(lambda x: None, [1, None]) == [None, None]
    assert nest.map_structure(max, 1, 2) == 2


TYPES = "The two namedtuples don't have the same sequence type. "


@pytest.mark.parametrize(
    ("a", "b", "cls", "text"),
    [
        (
            [1, 2],
            [3],
            ValueError,
            "The two structures don't have the same number of elements. "
            "First structure: type=list str=[1, 2]. Second structure: type=list str=[3]",
        ),
        (
            3,
            [1, 2],
            ValueError,
            'Substructure "type=list str=[1, 2]" is a sequence, while substructure "type=int str=3" '
            "is not",
        ),
        (
            [1, 2],
            (1, 2),
            TypeError,
            TYPES + "First structure type=list str=[1, 2] has type list, "
            "while second structure type=tuple str=(1, 2) has type tuple",
        ),
        (
            P(1, 2),
            P2(1, 2),
            TypeError,
            TYPES + "First structure type=P str=P(b=1, a=2) has type P, "
            "while second structure type=P2 str=P2(b=1, a=2) has type P2",
        ),
        (
            {"a": 1},
            {"b": 1},
            ValueError,
            "The two dictionaries don't have the same set of keys. First "
            "structure has keys type=list str=['a'], while second structure has keys type=list "
            "str=['b']",
        ),
    ],
)
def test_different_structures(a, b, cls, text):
    with pytest.raises(cls) as error:
        nest.assert_same_structure(a, b)
    lines = str(error.value).split("\n")
    assert lines[0] == "The two structures don't have the same nested structure."
    assert lines[2] == f"First structure: type={type(a).__name__} str={a}"
    assert lines[4] == f"Second structure: type={type(b).__name__} str={b}"
    assert lines[6] == "More specifically: " + text


def test_outlines():
    with pytest.raises(ValueError) as error:
        nest.assert_same_structure({"a": {"x": 1}}, {"a": {"x": [2]}})
    assert str(error.value).endswith(
        "Entire first structure:\n{'a': {'x': .}}\nEntire second structure:\n{'a': {'x': [.]}}"
    )


@pytest.mark.parametrize(
    ("a", "b", "check_types"),
    [
        ([1, 2], [3, 4], True),
        ([1, 2], (1, 2), False),
        ({"a": 1}, [1], False),
        (P(1, 2), P2(1, 2), False),
        (P(1, 2), collections.namedtuple("P", "b a")(1, 2), True),
        ("abc", "de", True),
        ([np.zeros(2)], [1], True),
        ({"a": 1}, OD(a=1), True),
        ([1], OwnList([1]), True),
        (None, None, True),
    ],
)
def test_same_structures(a, b, check_types):
    assert nest.assert_same_structure(a, b, check_types=check_types) is None


@pytest.mark.parametrize(
    ("action", "cls", "text"),
    [
        (
            lambda: nest.pack_sequence_as([1, (2, 3)], [4, 5]),
            ValueError,
            "Could not pack sequence. Structure had 3 atoms, but flat_sequence had 2 items.  "
            "Structure: [1, (2, 3)], flat_sequence: [4, 5].",
        ),
        (
            lambda: nest.pack_sequence_as(1, [4, 5]),
            ValueError,
            "The target structure is of type `<class 'int'>`\n  1\nHowever the input is a sequence "
            "(<class 'list'>) of length 2.\n  [4, 5]\nnest cannot guarantee that it is safe to map one "
            "to the other.",
        ),
        (
            lambda: nest.pack_sequence_as([1], 4),
            TypeError,
            "Attempted to pack value:\n  4\ninto a "
            "structure, but found incompatible type `<class 'int'>` instead.",
        ),
        (lambda: nest.map_structure(3, [1]), TypeError, "func must be callable, got: 3"),
        (lambda: nest.map_structure(len), ValueError, "Must provide at least one structure"),
        (
            lambda: nest.map_structure(len, [1], foo=3),
            ValueError,
            "Only valid keyword arguments are `check_types` and `expand_composites`, not: `foo`",
        ),
        (
            lambda: nest.flatten_up_to([0], [[1, 2], 3]),
            ValueError,
            "The two structures don't have the same sequence length. Input structure has length 2, "
            "while shallow structure has length 1.",
        ),
        (
            lambda: nest.flatten_up_to([0, 0], 5),
            TypeError,
            "If shallow structure is a sequence, input "
            "must also be a sequence. Input has type: <class 'int'>.",
        ),
        (
            lambda: nest.flatten_up_to([0, 0], (1, 2)),
            TypeError,
            "The two structures don't have the same sequence type. Input structure has type "
            "<class 'tuple'>, while shallow structure has type <class 'list'>.",
        ),
        (
            lambda: nest.flatten_up_to({"a": 0}, {"b": 1}),
            ValueError,
            "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
            "following keys that are not in the input_tree: ['a'].",
        ),
        (lambda: nest.map_structure_up_to([0], len), ValueError, "Cannot map over no sequences"),
    ],
)
def test_errors(action, cls, text):
    with pytest.raises(cls) as error:
        action()
    assert str(error.value) == text


def test_paths_and_shallow_structures():
    tree = {"a": [1, 2], "b": {"c": 3}}
    assert nest.flatten_with_joined_string_paths(tree) == [("a/0", 1), ("a/1", 2), ("b/c", 3)]
    assert nest.flatten_with_joined_string_paths(3) == [("", 3)]
    assert nest.flatten_with_tuple_paths(P(5, [6])) == [(("b",), 5), (("a", 0), 6)]
    assert nest.map_structure_with_paths(lambda p, x: p, [1, [2]]) == ["0", ["1/0"]]
    assert nest.flatten_up_to([0, 0], (1, [2]), check_types=False) == [1, [2]]
    assert nest.flatten_up_to({"a": 0, "b": [0]}, {"a": [1], "b": [{"c": 2}]}) == [[1], {"c": 2}]
    assert nest.map_structure_up_to(0, lambda x: x, [1, 2]) == [1, 2]
    assert nest.list_to_tuple([1, [2], (3, [4]), {"a": [1]}]) == (1, (2,), (3, (4,)), {"a": (1,)})
