"""What says how values are cut into rows must obey rules: splits begin at 0 and never fall, ...

Offers `checked`, which sees to it at once where the values are known, and else when they are.
"""

import numpy as np

from minitf import errors
from minitf.core.checks import inspected, shows
from minitf.core.convert import static_value
from minitf.core.dispatch import execute
from minitf.core.registry import define


def _falls(numbers):
    return (numbers[1:] < numbers[:-1]).any()


# name of a rule -> (whether these numbers break it, what the error says)
_RULES = {
    "row_splits": (
        lambda splits: (splits[:1] != 0).any() | _falls(splits),
        "Arguments to from_row_splits do not form a valid RaggedTensor: they must begin at zero "
        "and be monotonic",
    ),
    "row_starts": (
        lambda starts, nvals: (
            (starts[:1] != 0).any() | _falls(starts) | (starts[-1:] > nvals).any()
        ),
        "Arguments to from_row_starts do not form a valid RaggedTensor",
    ),
    "row_limits": (
        lambda limits: (limits[:1] < 0).any() | _falls(limits),
        "Arguments to from_row_limits do not form a valid RaggedTensor",
    ),
    "row_lengths": (
        lambda lengths: (lengths < 0).any(),
        "Arguments to from_row_lengths do not form a valid RowPartition: Condition x >= 0 did not "
        "hold",
    ),
    "value_rowids": (
        lambda ids, nrows: (ids[:1] < 0).any() | _falls(ids) | (ids[-1:] >= nrows).any(),
        "Arguments to from_value_rowids do not form a valid RowPartition",
    ),
    "uniform_row_length": (
        lambda splits, length, nrows, nvals: (length < 0) | (nrows * length != nvals),
        "uniform_row_length times nrows must equal nvals, and uniform_row_length must be >= 0",
    ),
    "values": (
        lambda splits, nvals: splits[-1] != nvals,
        "Arguments to _from_row_partition do not form a valid RaggedTensor: Condition x == y did "
        "not hold for the end of the last row and the number of values",
    ),
}  # fmt: skip


def _refuse(*arrays, rule):
    is_broken, message = _RULES[rule]
    arrays = [inspected(a) for a in arrays]
    if not any(a is None for a in arrays) and shows(is_broken(*arrays)):
        shown = ", ".join(str(np.asarray(a).tolist()) for a in arrays)
        raise errors.InvalidArgumentError(None, None, f"{message}: {shown}")


CHECKED = define(
    "CheckedRowPartition", lambda partition, *others, rule: partition, "I*", verify=_refuse,
    differentiable=False,
)  # fmt: skip


def checked(rule, partition, *others):
    """The tensor `partition`, if it obeys a rule.

    Args:
      rule: the name of the rule: "values" are as many as the splits `partition` say, and so on.
      others: the tensors that the rule compares with.

    Raises:
      tf.errors.InvalidArgumentError: it does not; as soon as the values are known.
    """
    arrays = [static_value(x) for x in (partition, *others)]
    if any(a is None for a in arrays):
        return execute(CHECKED, (partition, *others), (rule,))
    _refuse(*arrays, rule=rule)
    return partition
