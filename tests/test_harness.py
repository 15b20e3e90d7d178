"""The parity harness itself: what it records, what it takes for equal, what it refuses."""

import numpy as np
import pytest


def test_answers_of_every_kind(answer):
    answer("scalars", [None, True, 3, 0.1, float("nan"), "텍스트", b"\xff", 1 + 2j])
    answer("tree", {"a": (1, [2.5, {"b": None}])})
    answer("arrays", [np.arange(3, dtype="int8"), np.float32(0.1), np.array([1 + 2j, 3j])])
    answer("strings", np.array([b"a", b"bc"], dtype=object))
    answer("empty", np.zeros((0, 3), "float64"))
    answer("large", np.linspace(0, 1, 5000, dtype="float32"))


@pytest.mark.parametrize("n", [1, 2])
def test_parameters_have_answers_of_their_own(answer, n):
    answer("n", n)


def test_close_is_equal(answer):
    near = answer._record
    answer("close", np.float32(1.0 if near else 1.000001))
    answer("loose", np.float32(1.0 if near else 1.05), rtol=0.1)


def test_errors(answer):
    answer.raises("key", lambda: {}["nothing"], keywords=["nothing"])
    answer.printed("text", lambda: print("hello"))


@pytest.mark.parametrize(
    "recorded, computed",
    [
        (np.float32(1), np.float64(1)),
        (np.zeros(2), np.zeros((2, 1))),
        (np.zeros(2), np.array([0, 0.1])),
        (1, True),
        ("a", "b"),
        ((1,), [1]),
        ({"a": 1}, {"b": 1}),
        (None, 0),
    ],
)
def test_differences_fail(answer, recorded, computed):
    recording = answer._record
    if recording:
        answer("different", recorded)
    else:
        with pytest.raises(AssertionError):
            answer("different", computed)
