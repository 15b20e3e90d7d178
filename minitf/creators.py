"""`tf.variable_creator_scope`: a program's own functions around the making of variables.

Libraries use it to rename variables, to keep some out of training, or to hand out their own.
"""

import contextlib
import functools
import inspect
import threading

__all__ = ["variable_creator_scope"]


class _Creators(threading.local):
    """The functions of the scopes of this thread, the outermost first."""

    def __init__(self):
        self.functions = ()


_creators = _Creators()


@functools.cache
def _signature(cls):
    """The parameters of `cls(...)`, not those of its metaclass."""
    return inspect.signature(functools.partial(cls.__init__, None))


class CreatedInScopes(type):
    """A class whose calls pass the functions of the scopes around them, the innermost first.

    This holds for the classes that say `creators_apply = True` themselves, not for what is derived
    from them.
    """

    def __call__(cls, *args, **kwargs):
        create = super().__call__
        if not _creators.functions or "creators_apply" not in vars(cls):
            return create(*args, **kwargs)
        bound = _signature(cls).bind(*args, **kwargs)
        bound.apply_defaults()
        for function in _creators.functions:
            create = functools.partial(function, create)
        return create(**bound.arguments)


@contextlib.contextmanager
def variable_creator_scope(variable_creator):
    """Variables made in the `with` block are made by `variable_creator(next_creator, **kwargs)`.

    Args:
      variable_creator: it may change the arguments, call `next_creator(**kwargs)` once, never or
        more often, and returns the variable, or what is to stand for it.

    >>> import minitf as tf
    >>> def frozen(next_creator, **kwargs):
    ...     return next_creator(**{**kwargs, "trainable": False})
    >>> with variable_creator_scope(frozen):
    ...     v = tf.Variable(1.0)
    >>> v.trainable
    False
    """
    outer = _creators.functions
    _creators.functions = (*outer, variable_creator)
    try:
        yield
    finally:
        _creators.functions = outer
