"""Shapes and specs answer as TensorFlow 2.21's do; the expected values were printed by it."""

import copy
import pickle

import numpy as np
import pytest

from minitf import dtypes, shapes, specs
from minitf.dimensions import Dimension as D
from minitf.shapes import TensorShape as TS
from minitf.specs import TensorSpec as Spec

UNKNOWN = TS(None)


@pytest.fixture
def v1_items():
    shapes.enable_v2_tensorshape(False)
    yield
    shapes.enable_v2_tensorshape(True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (TS([2, None]), "TensorShape([2, None])"),
        (TS(3), "TensorShape([3])"),
        (TS([True]), "TensorShape([True])"),
        (TS((np.int32(2), np.int64(3))), "TensorShape([2, 3])"),
        (TS(np.array([2, 3])), "TensorShape([2, 3])"),
        (TS([D(3), D(None)]), "TensorShape([3, None])"),
        (UNKNOWN, "TensorShape(None)"),
        (TS([2, None]).dims, "[Dimension(2), Dimension(None)]"),
        (TS([2, None]).merge_with([None, 3]), "TensorShape([2, 3])"),
        (UNKNOWN.merge_with([3]), "TensorShape([3])"),
        (TS([2]).concatenate(5), "TensorShape([2, 5])"),
        (TS([2]) + None, "TensorShape(None)"),
        ([3] + TS([2]), "TensorShape([3, 2])"),
        ((3,) + TS([2]), "TensorShape([3, 2])"),
        (UNKNOWN.with_rank(2), "TensorShape([None, None])"),
        (TS([2, 3]).most_specific_compatible_shape([2, 4]), "TensorShape([2, None])"),
        (TS([2, 3]).most_specific_compatible_shape([2]), "TensorShape(None)"),
        (TS([2]).most_specific_common_supertype([TS([3])]), "TensorShape([None])"),
        (TS([2, None])[1], "None"),
        (TS([2, 3])[::-1], "TensorShape([3, 2])"),
        (UNKNOWN[0], "None"),
        (UNKNOWN[1:3], "TensorShape([None, None])"),
        (UNKNOWN[3:1], "TensorShape([])"),
        (UNKNOWN[1:], "TensorShape(None)"),
        (UNKNOWN[:-1], "TensorShape(None)"),
        (TS([2, None]).num_elements(), "None"),
        (TS([]).num_elements(), "1"),
        (list(TS([2, None])), "[2, None]"),
        (Spec([2]), "TensorSpec(shape=(2,), dtype=tf.float32, name=None)"),
        (Spec(None, "int32", "x"), "TensorSpec(shape=<unknown>, dtype=tf.int32, name='x')"),
        (
            Spec([2]).most_specific_compatible_type(Spec([3])),
            "TensorSpec(shape=(None,), dtype=tf.float32, name=None)",
        ),
        (Spec([2], name="x").most_specific_common_supertype([Spec([2])]), "None"),
        (Spec([2]).most_specific_common_supertype([Spec([2], "int32")]), "None"),
        (
            Spec.from_spec(Spec([2], name="q"), name="z"),
            "TensorSpec(shape=(2,), dtype=tf.float32, name='z')",
        ),
        (D(3) - 2, "Dimension(1)"),
        (5 - D(3), "Dimension(2)"),
        (D(3) * D(None), "Dimension(None)"),
        (7 // D(2), "Dimension(3)"),
        (D(7) % 2, "Dimension(1)"),
        (str(D(None)), "'?'"),
        ((D(3) > None, D(None) == D(None), D(3) == "a"), "(None, None, False)"),
    ],
)
def test_prints(value, expected):
    assert repr(value) == expected


def test_str():
    assert [str(TS(dims)) for dims in ([2, None], None, [], [2])] == [
        "(2, None)",
        "<unknown>",
        "()",
        "(2,)",
    ]


def test_equality():
    assert TS([2, 3]) == [2, 3] == TS([2, 3]) == (2, 3) == TS((2, 3))
    assert TS([2, None]) == TS([2, None])
    assert UNKNOWN == TS(None) and UNKNOWN == None  # noqa: E711
    assert TS([2]) == 2
    assert TS([2]) != UNKNOWN and TS([2]) != "ab" and TS([2]) != object()
    assert hash(TS([2])) == hash((2,))
    assert bool(TS([])) and not UNKNOWN


def test_copies():
    for value in (TS([2, None]), UNKNOWN, Spec([2], "int32", "x")):
        assert copy.deepcopy(value) == value == pickle.loads(pickle.dumps(value))


def test_relations():
    assert TS([2, 3]).is_compatible_with([None, 3]) and TS([2, 3]).is_compatible_with(None)
    assert not TS([2, 3]).is_compatible_with([3])
    assert TS([2, 3]).is_subtype_of(TS([None, 3])) and not TS([None]).is_subtype_of(TS([2]))
    assert Spec([2]).is_compatible_with(Spec([None])) and not Spec([2]).is_compatible_with(3)
    assert Spec([2]).is_subtype_of(Spec([None]))
    assert Spec([2]).is_subtype_of(Spec([None], name="y"))
    assert not Spec([2], name="x").is_subtype_of(Spec([None]))
    assert Spec([2]) == Spec([2]) != Spec([2], name="x")
    assert hash(Spec([2])) == hash(Spec([2], name="x"))


@pytest.mark.parametrize(
    ("action", "cls", "text"),
    [
        (lambda: TS([-1, 2]), ValueError, "Dimension -1 must be >= 0"),
        (
            lambda: TS([1.5]),
            TypeError,
            "Dimension value must be integer or None or have an __index__ "
            "method, got value '1.5' with type '<class 'float'>'",
        ),
        (
            lambda: TS("ab"),
            TypeError,
            "Failed to convert ''ab'' to a shape: ''a''could not be converted"
            " to a dimension. A shape should either be single dimension (e.g. 10), or an iterable of "
            "dimensions (e.g. [1, 10, None]).",
        ),
        (
            lambda: UNKNOWN.as_list(),
            ValueError,
            "as_list() is not defined on an unknown TensorShape.",
        ),
        (lambda: len(UNKNOWN), ValueError, "Cannot take the length of shape with unknown rank."),
        (lambda: list(UNKNOWN), ValueError, "Cannot iterate over a shape with unknown rank."),
        (lambda: TS([2])[1], IndexError, "tuple index out of range"),
        (
            lambda: TS([2, None]).merge_with([3]),
            ValueError,
            "Shapes (2, None) and (3,) are not compatible",
        ),
        (lambda: TS([2, 3]).with_rank(3), ValueError, "Shape (2, 3) must have rank 3"),
        (
            lambda: TS([2, 3]).with_rank_at_least(3),
            ValueError,
            "Shape (2, 3) must have rank at least 3",
        ),
        (
            lambda: TS([2, 3]).with_rank_at_most(1),
            ValueError,
            "Shape (2, 3) must have rank at most 1",
        ),
        (
            lambda: TS([2, 3]).assert_same_rank([3]),
            ValueError,
            "Shapes (2, 3) and (3,) must have the same rank",
        ),
        (
            lambda: TS([2, 3]).assert_is_compatible_with([3, 3]),
            ValueError,
            "Shapes (2, 3) and [3, 3] are incompatible",
        ),
        (
            lambda: UNKNOWN.assert_is_fully_defined(),
            ValueError,
            "Shape <unknown> is not fully defined",
        ),
        (
            lambda: Spec([2]).most_specific_compatible_type(3),
            ValueError,
            "No TypeSpec is compatible "
            "with both TensorSpec(shape=(2,), dtype=tf.float32, name=None) and 3",
        ),
        (
            lambda: Spec.from_tensor(3),
            ValueError,
            "`tensor` should be a tf.Tensor, but got type <class 'int'>.",
        ),
        (
            lambda: D(7) / 2,
            TypeError,
            "unsupported operand type(s) for /: 'Dimension' and 'int', please use // instead",
        ),
        (lambda: D(3).merge_with(4), ValueError, "Dimensions 3 and 4 are not compatible"),
        (lambda: hash(D(3)), TypeError, "unhashable type: 'Dimension'"),
    ],
)
def test_errors(action, cls, text):
    with pytest.raises(cls) as error:
        action()
    assert str(error.value) == text


def test_v1_items(v1_items):
    assert repr(TS([2, None])) == "TensorShape([Dimension(2), Dimension(None)])"
    assert str(TS([2, None])) == "(2, ?)"
    assert isinstance(TS([2])[0], D) and TS([2])[0] == 2
    assert TS([2, None]).as_list() == [2, None]
    assert tuple(TS([3])) == (3,)


class PairSpec(specs.TypeSpec):
    """A spec of a user's own: two shapes."""

    def __init__(self, first, second):
        self.parts = (shapes.as_shape(first), shapes.as_shape(second))

    def _serialize(self):
        return self.parts


def test_own_type_spec():
    narrow, wide = PairSpec([2], [3]), PairSpec([None], [3])
    assert narrow == PairSpec([2], [3]) != wide and hash(narrow) == hash(PairSpec([2], [3]))
    assert narrow.is_compatible_with(wide) and not narrow.is_compatible_with(PairSpec([4], [3]))
    assert narrow.is_subtype_of(wide) and not wide.is_subtype_of(narrow)
    assert narrow.most_specific_compatible_type(PairSpec([4], [3])) == wide
    assert not narrow.is_compatible_with(Spec([2], dtypes.int32))
