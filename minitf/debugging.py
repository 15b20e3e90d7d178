"""`tf.debugging`: assertions on values, shapes and dtypes."""

from minitf.ops.debugging import (
    Assert,
    assert_all_finite,
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_integer,
    assert_less,
    assert_less_equal,
    assert_near,
    assert_negative,
    assert_non_negative,
    assert_non_positive,
    assert_none_equal,
    assert_positive,
    assert_proper_iterable,
    assert_rank,
    assert_rank_at_least,
    assert_rank_in,
    assert_same_float_dtype,
    assert_scalar,
    assert_shapes,
    assert_type,
    check_numerics,
    is_numeric_tensor,
)
from minitf.ops.numerics import disable_check_numerics, enable_check_numerics
from minitf.scopes import get_logger

_logs_devices = False


def set_log_device_placement(enabled):
    """Whether TensorFlow logs the device of every op; minitf cannot, and says so."""
    global _logs_devices
    _logs_devices = bool(enabled)
    if enabled:
        get_logger().warning("minitf does not log where ops are placed: tensor.device tells it.")


def get_log_device_placement():
    """What `set_log_device_placement` was last told."""
    return _logs_devices


__all__ = [
    "assert_integer",
    "assert_proper_iterable",
    "assert_same_float_dtype",
    "Assert",
    "assert_all_finite",
    "assert_equal",
    "assert_greater",
    "assert_greater_equal",
    "assert_less",
    "assert_less_equal",
    "assert_near",
    "assert_negative",
    "assert_non_negative",
    "assert_non_positive",
    "assert_none_equal",
    "assert_positive",
    "assert_rank",
    "assert_rank_at_least",
    "assert_rank_in",
    "assert_scalar",
    "assert_shapes",
    "assert_type",
    "check_numerics",
    "disable_check_numerics",
    "enable_check_numerics",
    "get_log_device_placement",
    "is_numeric_tensor",
    "set_log_device_placement",
]
