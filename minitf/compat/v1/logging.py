"""`tf.logging`: messages of a program, on the logger named `tensorflow`."""

import logging
import sys

from minitf.scopes import get_logger

DEBUG, INFO, WARN, ERROR, FATAL = (
    logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL,
)  # fmt: skip


def set_verbosity(v):
    """Shows messages of level `v` and above."""
    get_logger().setLevel(v)


def get_verbosity():
    """The level from which on messages are shown."""
    return get_logger().getEffectiveLevel()


def log(level, msg, *args, **kwargs):
    get_logger().log(level, msg, *args, **kwargs)


def debug(msg, *args, **kwargs):
    get_logger().debug(msg, *args, **kwargs)


def info(msg, *args, **kwargs):
    get_logger().info(msg, *args, **kwargs)


def warning(msg, *args, **kwargs):
    get_logger().warning(msg, *args, **kwargs)


warn = warning


def error(msg, *args, **kwargs):
    get_logger().error(msg, *args, **kwargs)


def TaskLevelStatusMessage(msg):  # noqa: N802
    """A message of level ERROR."""
    error(msg)


def fatal(msg, *args, **kwargs):
    get_logger().critical(msg, *args, **kwargs)


def log_if(level, msg, condition, *args):
    """Logs only if `condition` holds."""
    if condition:
        log(level, msg, *args)


_counts = {}


def _place():
    frame = sys._getframe(2)
    key = (frame.f_code.co_filename, frame.f_lineno)
    _counts[key] = _counts.get(key, -1) + 1
    return key


def log_every_n(level, msg, n, *args):
    """Logs the first, and from then on every `n`th time that this line runs."""
    log_if(level, msg, _counts[_place()] % n == 0, *args)


def log_first_n(level, msg, n, *args):
    """Logs the first `n` times that this line runs."""
    log_if(level, msg, _counts[_place()] < n, *args)


def flush():
    for handler in get_logger().handlers:
        handler.flush()


def vlog(level, msg, *args):
    """Messages for those who look for faults: `level` 1 is DEBUG, higher is rarer."""
    log(max(DEBUG - level + 1, 1), msg, *args)
