"""Comparisons that TF 1.x asserts: with `data` to show where one does not hold."""

from minitf.ops import math
from minitf.ops.debugging import compare


def _assertion(name, symbol, operator):
    def assertion(x, y, data=None, summarize=None, message=None, name=None):
        return compare(name, symbol, operator, x, y, data, summarize, message)

    assertion.__name__ = assertion.__qualname__ = f"assert_{name}"
    assertion.__doc__ = f"""Asserts `x {symbol} y` for all elements.

    Args:
      x, y: numbers that broadcast.
      data: tensors and texts that the error of a graph shows; by default both sides.
      summarize: how many elements of each tensor are shown.
      message: shown too.

    Raises:
      tf.errors.InvalidArgumentError: it does not hold; in a graph, when that runs.
    """
    return assertion


assert_equal = _assertion("equal", "==", math.equal)
assert_none_equal = _assertion("none_equal", "!=", math.not_equal)
assert_less = _assertion("less", "<", math.less)
assert_less_equal = _assertion("less_equal", "<=", math.less_equal)
assert_greater = _assertion("greater", ">", math.greater)
assert_greater_equal = _assertion("greater_equal", ">=", math.greater_equal)
