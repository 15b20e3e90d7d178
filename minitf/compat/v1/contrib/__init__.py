"""`tf.contrib` of TF 1.x, as far as the programs of 2016 to 2018 used it.

It ended with TF 1.15, so there is no TensorFlow to compare with that can still be installed; the
definitions are those of its documentation.
"""

import importlib
import sys

from minitf.install import missing

_WINGS = ("data", "eager", "framework", "layers", "legacy_seq2seq", "lookup", "rnn", "seq2seq",
          "slim", "summary", "tensorboard", "training")  # fmt: skip
__all__ = [
    "data", "eager", "framework", "keras", "layers", "legacy_seq2seq", "lookup", "rnn", "seq2seq",
    "slim", "summary", "tensorboard", "training",
]  # fmt: skip


def __getattr__(name):
    if name in _WINGS:
        return importlib.import_module(f"{__name__}.{name}")
    if name == "keras":
        return importlib.import_module("minitf.keras")
    if name.startswith("__"):
        raise AttributeError(name)
    raise missing(__name__, name, [*_WINGS, *vars(sys.modules[__name__])])
