"""`tf.contrib.framework`: `arg_scope`, defaults for the arguments of layers; the global step."""

import contextlib
import functools

from minitf import nest, scopes
from minitf.checkpoints.folder import list_variables, load_variable
from minitf.compat.v1.getting import get_variable
from minitf.compat.v1.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
)
from minitf.compat.v1.variables import global_variables, local_variables, trainable_variables
from minitf.core.frames import stack

__all__ = [
    "add_arg_scope", "arg_scope", "assert_global_step", "create_global_step", "get_global_step",
    "get_or_create_global_step", "get_variables", "get_variables_by_name",
    "get_variables_to_restore", "has_arg_scope", "list_variables", "load_variable",
    "local_variables", "model_variable", "nest", "trainable_variables", "variable",
]  # fmt: skip

_scopes = [{}]  # innermost last: {function: its default arguments}


def add_arg_scope(function):
    """Makes `arg_scope` able to give defaults to a function."""

    @functools.wraps(function)
    def with_defaults(*args, **kwargs):
        return function(*args, **{**_scopes[-1].get(with_defaults, {}), **kwargs})

    with_defaults._takes_defaults = True
    return with_defaults


def has_arg_scope(function):
    """Whether `arg_scope` can give defaults to a function."""
    return hasattr(function, "_takes_defaults")


@contextlib.contextmanager
def arg_scope(list_ops_or_scope, **kwargs):
    """Inside, the functions have the defaults `kwargs`; or those of a scope that was kept.

    Raises:
      ValueError: a function takes no such defaults, or defaults are given with a scope.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError("When attempting to re-use a scope by supplying a dictionary, kwargs "
                             "must be empty.")  # fmt: skip
        scope = list_ops_or_scope
    else:
        scope = dict(_scopes[-1])
        for function in list_ops_or_scope:
            if not has_arg_scope(function):
                raise ValueError(f"{function.__name__} is not decorated with @add_arg_scope")
            scope[function] = {**scope.get(function, {}), **kwargs}
    _scopes.append(scope)
    try:
        yield scope
    finally:
        _scopes.pop()


@add_arg_scope
def variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True,
             collections=None, caching_device=None, device=None, partitioner=None,
             custom_getter=None, use_resource=None):  # fmt: skip
    """As `get_variable`; `device` is where it is placed."""
    with scopes.device(device) if device else contextlib.nullcontext():
        return get_variable(
            name, shape, dtype, initializer, regularizer, trainable, collections, caching_device,
            partitioner, custom_getter=custom_getter, use_resource=use_resource,
        )  # fmt: skip


@add_arg_scope
def model_variable(name, shape=None, dtype=None, initializer=None, regularizer=None,
                   trainable=True, collections=None, **settings):  # fmt: skip
    """As `get_variable`, for a variable that is collected among the model's, too."""
    collections = [*(collections or ["variables"]), "model_variables"]
    return variable(name, shape, dtype, initializer, regularizer, trainable, collections,
                    **settings)  # fmt: skip


def get_variables(scope=None, suffix=None, collection="variables"):
    """The variables of a collection whose names start with `scope` and end with `suffix`."""
    scope = getattr(scope, "name", scope)
    found = stack.frame.get_collection(collection, scope)
    ending = None if suffix is None else suffix if ":" in suffix else suffix + ":0"
    return [v for v in found if ending is None or v.name.endswith(ending)]


def get_variables_by_name(given_name, scope=None):
    """The variables of that name in any scope."""
    return [v for v in get_variables(scope)
            if v.name.removesuffix(":0").rpartition("/")[2] == given_name]  # fmt: skip


def get_variables_to_restore(include=None, exclude=None):
    """The variables whose names start with one of `include`, and with none of `exclude`."""
    skipped = tuple(exclude or ())
    wanted = tuple(include or ("",))
    return [v for v in global_variables()
            if v.name.startswith(wanted) and not v.name.startswith(skipped)]  # fmt: skip
