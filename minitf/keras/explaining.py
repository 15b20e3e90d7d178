"""Errors in the `call` of a layer say which layer it was, and what it was called with."""

import inspect

from minitf import errors, nest
from minitf.core.tensor import Tensor
from minitf.keras import config as settings


def call_explained(function, name, args, kwargs):
    """`function(*args, **kwargs)`; its errors, of their own class, tell `name` and the arguments.

    >>> def double(x):
    ...     return x.double
    >>> call_explained(double, "Double.call()", (1,), {})
    Traceback (most recent call last):
        ...
    AttributeError: Exception encountered when calling Double.call()...
    """
    try:
        return function(*args, **kwargs)
    except Exception as error:
        if not settings.is_traceback_filtering_enabled():
            raise
        if hasattr(error, "_is_explained") or type(error).__module__.startswith("jax"):
            raise
        try:
            signature = inspect.signature(function)
            given = signature.bind(*args, **kwargs).arguments
        except (TypeError, ValueError):  # it cannot be called so at all: the error says that
            raise error from None
        shown = []
        for parameter in signature.parameters.values():
            value = parameter.default
            if parameter.name in given:
                value = nest.map_structure(_shown, given[parameter.name])
            shown.append(f"  • {parameter.name}={value}")
        raise _with_text(error, name, "\n".join(shown)) from None


def _with_text(error, name, arguments):
    is_op_error = isinstance(error, errors.OpError)
    said = error.message if is_op_error else next(iter(error.args), "")
    text = (
        f"Exception encountered when calling {name}.\n\n\x1b[1m{said}\x1b[0m\n\n"
        f"Arguments received by {name}:\n{arguments}"
    )
    kind: type = type(error)
    try:
        new = kind(None, None, text) if is_op_error else kind(text)
    except TypeError:
        new = RuntimeError(text)
    new._is_explained = True
    return new.with_traceback(error.__traceback__)


def _shown(value):
    if isinstance(value, Tensor) or hasattr(value, "__tf_tensor__"):
        dtype = getattr(value.dtype, "name", value.dtype)
        return f"tf.Tensor(shape={value.shape}, dtype={dtype})"
    return repr(value)
