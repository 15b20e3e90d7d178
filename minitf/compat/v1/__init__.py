"""`tf.compat.v1`: placeholders, sessions and graphs, beside everything of `tf` that is the same."""

import sys

from minitf.compat.v1.graphs import (
    disable_eager_execution,
    disable_v2_behavior,
    enable_eager_execution,
    get_default_graph,
    global_variables,
    global_variables_initializer,
    group,
    placeholder,
    reset_default_graph,
    trainable_variables,
    variables_initializer,
)
from minitf.compat.v1.session import Session
from minitf.install import missing

__all__ = [
    "Session", "disable_eager_execution", "disable_v2_behavior", "enable_eager_execution",
    "get_default_graph", "global_variables", "global_variables_initializer", "group",
    "placeholder", "reset_default_graph", "trainable_variables", "variables_initializer",
]  # fmt: skip


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    _tf = sys.modules["minitf"]
    try:
        return getattr(_tf, name)
    except AttributeError:
        raise missing(__name__, name, [*__all__, *dir(_tf)]) from None
