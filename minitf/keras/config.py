"""Keras's settings: the default float type, the order of image axes, where messages go, limits."""

import os

from minitf import dtypes
from minitf.keras.registration import enable_unsafe_deserialization as enable_unsafe_deserialization

_FLOATS = ("bfloat16", "float16", "float32", "float64")
_settings = {
    "floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last",
    "interactive_logging": True, "traceback_filtering": True,
    "flash_attention": None, "max_epochs": None,
    "max_steps_per_epoch": None,
}  # fmt: skip


def backend():
    """The name of the library that Keras runs on here."""
    return "tensorflow"


def set_backend(backend):
    """Raises ValueError for another library than TensorFlow, as which Keras speaks here."""
    if backend != "tensorflow":
        raise ValueError(f"keras.config.set_backend: Unable to import backend : {backend}")


def floatx():
    """The name of the default float type, `"float32"` unless `set_floatx` changed it."""
    return _settings["floatx"]


def set_floatx(value):
    """Changes the default float type.

    Raises:
      ValueError: `value` is not one of the names of float types.
    """
    if value not in _FLOATS:
        raise ValueError(f"Unknown `floatx` value: {value}. Expected one of {set(_FLOATS)}")
    _settings["floatx"] = str(value)


def epsilon():
    """The number added where a division or logarithm needs it, 1e-7 by default."""
    return _settings["epsilon"]


def set_epsilon(value):
    """Changes `epsilon()`."""
    _settings["epsilon"] = value


def image_data_format():
    """Where images keep their channels: `"channels_last"` (default) or `"channels_first"`."""
    return _settings["image_data_format"]


def set_image_data_format(data_format):
    """Changes `image_data_format()`.

    Raises:
      ValueError: neither `"channels_last"` nor `"channels_first"`.
    """
    _settings["image_data_format"] = standardize_data_format(data_format)


def enable_interactive_logging():
    """Prints Keras's messages on standard output; this is the default."""
    _settings["interactive_logging"] = True


def disable_interactive_logging():
    """Sends Keras's messages to the log (at level INFO) instead of standard output."""
    _settings["interactive_logging"] = False


def is_interactive_logging_enabled():
    """Whether messages are printed rather than logged."""
    return _settings["interactive_logging"]


def enable_traceback_filtering():
    """Errors inside layers say which layer it was; this is the default."""
    _settings["traceback_filtering"] = True


def disable_traceback_filtering():
    """Errors inside layers come out as they are."""
    _settings["traceback_filtering"] = False


def is_traceback_filtering_enabled():
    """Whether errors inside layers say which layer it was."""
    return _settings["traceback_filtering"]


def enable_flash_attention():
    """Leaves it to the backend whether attention is computed in pieces, which saves memory."""
    _settings["flash_attention"] = None


def disable_flash_attention():
    """Attention is not computed in pieces; here it never is."""
    _settings["flash_attention"] = False


def is_flash_attention_enabled():
    """False after `disable_flash_attention`; else None: the backend decides."""
    return _settings["flash_attention"]


def is_nnx_enabled():
    """Whether layers are modules of Flax's NNX: they are not."""
    return False


def max_epochs():
    """The most epochs that `fit` runs, None for no limit."""
    return _limit("max_epochs")


def set_max_epochs(max_epochs):
    """Limits the epochs of `fit`, as the environment variable KERAS_MAX_EPOCHS does."""
    _settings["max_epochs"] = max_epochs


def max_steps_per_epoch():
    """The most batches of an epoch, None for no limit."""
    return _limit("max_steps_per_epoch")


def set_max_steps_per_epoch(max_steps_per_epoch):
    """Limits the batches of an epoch, as the variable KERAS_MAX_STEPS_PER_EPOCH does."""
    _settings["max_steps_per_epoch"] = max_steps_per_epoch


def _limit(name):
    from_environment = os.environ.get(f"KERAS_{name.upper()}")
    limit = _settings[name]
    return int(from_environment) if limit is None and from_environment else limit


def standardize_data_format(data_format):
    """`data_format` in lower case, the setting if it is None.

    Raises:
      ValueError: neither `"channels_last"` nor `"channels_first"`.
    """
    data_format = (data_format or image_data_format()).lower()
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(
            "The `data_format` argument must be one of ('channels_first', 'channels_last'). "
            f"Received: data_format={data_format}"
        )
    return data_format


def standardize_dtype(dtype):
    """The name of a type, which Keras uses in place of the type; None is `floatx()`.

    >>> import numpy as np
    >>> standardize_dtype(None), standardize_dtype(np.int64), standardize_dtype("float16")
    ('float32', 'int64', 'float16')

    Raises:
      ValueError: no such type.
    """
    if dtype is None:
        return floatx()
    if isinstance(dtype, dtypes.DType):
        return dtype.name
    names = {"int": "int64", int: "int64", float: "float32", str: "string", "float": None}
    try:
        if isinstance(dtype, int):  # TensorFlow's number of a type, which Keras does not know
            raise TypeError
        return dtypes.as_dtype(names.get(dtype, dtype)).name
    except TypeError:
        raise ValueError(f"Invalid dtype: {dtype}") from None


def is_float_dtype(dtype):
    """Whether the type (None: `floatx()`) is a floating point type."""
    return standardize_dtype(dtype) in _FLOATS
