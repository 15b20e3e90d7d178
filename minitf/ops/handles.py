"""Ops on a variable's handle: read, assign, and the updates of a part of the value.

A handle is a tensor whose value is a `Cell`. An update is a pure function of the old value and
its operands; the op puts what it returns into the cell.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from minitf import dtypes, errors
from minitf.core.checks import values
from minitf.core.registry import Op, define
from minitf.kinds import kernel_name
from minitf.ops import slicing
from minitf.ops.gathering import check_index_vectors, check_indices
from minitf.shapes import TensorShape


def _value_of(inputs, attrs):
    return [inputs[0].described]


def _nothing(inputs, attrs):
    return []


def _resource(name, fn, types, described=_nothing, backward=None, num_outputs=0, verify=None,
              host=False):  # fmt: skip
    """An op on a variable's cell; `described` says its outputs, given the handle's variable."""
    return define(name, fn, types, resource=True, num_outputs=num_outputs, backward=backward,
                  infer=described, verify=verify, host=host)  # fmt: skip


def updating(name, fn, types, verify=None):
    """An op that replaces the value by `fn(value, *operands, **attrs)`."""
    pure = Op(name, fn, "T" + types[1:])

    @functools.wraps(fn)  # so that the op's inputs and attributes are those of `fn`
    def update(resource, *operands, **attrs):
        kernel = pure.kernel((), tuple([attrs[n] for n in pure.attrs]) if attrs else ())
        resource.value = kernel(resource.value, *operands)
        return ()

    return _resource(name, update, types, verify=verify)


def _read(resource):
    """The value; while JAX differentiates, its gradient is that of the value at the start.

    So TensorFlow has it: the gradient of what is read goes to the variable, assigned or not.
    """
    value, source = resource.value, resource.source
    if source is None or source is value or source.shape != value.shape:
        return value
    return jax.lax.stop_gradient(value) + (source - jax.lax.stop_gradient(source))


READ = _resource(
    "ReadVariableOp",
    _read,
    "r",
    _value_of,
    lambda record, cotangents: cotangents,
    num_outputs=1,
)
IS_INITIALIZED = _resource(
    "VarIsInitializedOp",
    lambda resource: np.array(resource.value is not None),
    "r",
    lambda inputs, attrs: [(TensorShape([]), dtypes.bool)],
    num_outputs=1,
)


def _assign(resource, value):
    resource.value = value
    return ()


def _dims(x):
    return f"[{','.join(map(str, x.shape))}]"


def _same_shape(update):
    """`update(variable, value)`, for values of the variable's own shape."""

    def fn(resource, value):
        if resource.shape != value.shape:
            raise errors.InvalidArgumentError(
                None, None,
                f"Cannot update variable with shape {_dims(resource)} using a Tensor with "
                f"shape {_dims(value)}, shapes must be equal.",
            )  # fmt: skip
        return update(resource, value)

    return fn


ASSIGN = _resource("AssignVariableOp", _assign, "r?")
ASSIGN_ADD = updating("AssignAddVariableOp", _same_shape(jnp.add), "r?")
ASSIGN_SUB = updating("AssignSubVariableOp", _same_shape(jnp.subtract), "r?")
ASSIGN_SLICE = updating(
    "ResourceStridedSliceAssign",
    lambda ref, begin, value, *, entries: slicing.update_slice(ref, begin, value, entries=entries),
    "ri?",
)


def _count_up(resource, *, limit):
    before = np.asarray(resource.value)
    resource.value = before + np.ones((), before.dtype)
    return before


def _countable(resource, *, limit):
    if resource.value.dtype.name not in ("int32", "int64"):
        raise errors.InvalidArgumentError(
            None, None,
            f"Value for attr 'T' of {kernel_name(resource.value.dtype)} is not in the list of "
            "allowed values: int32, int64",
        )  # fmt: skip
    count = values(resource.value)
    if count is not None and (count >= limit).any():
        raise errors.OutOfRangeError(None, None, f"Reached limit of {limit}")


# It runs on the host, where the count is known: it must stop the program that reaches the limit.
COUNT_UP_TO = _resource(
    "ResourceCountUpTo", _count_up, "r", _value_of, num_outputs=1, verify=_countable, host=True
)


def _rows_fit(resource, indices, updates):
    """Raises where a row is not one of the variable's, or is not shaped as they are."""
    shape = resource.value.shape
    check_indices(indices, shape[0])
    if updates.shape and updates.shape != (*indices.shape, *shape[1:]):
        raise errors.InvalidArgumentError(
            None, None,
            "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
            f"updates.shape {_dims(updates)}, indices.shape {_dims(indices)}, params.shape "
            f"{_dims(resource.value)}",
        )  # fmt: skip


def _scatter(method):
    """Updates of rows: `resource[indices]` and `updates`, put together."""
    return lambda resource, indices, updates: getattr(resource.at[indices], method)(updates)


def _scatter_nd(method):
    """Updates of the places that the index vectors of the last axis of `indices` name."""
    return lambda ref, indices, updates: getattr(
        ref.at[tuple(jnp.moveaxis(indices, -1, 0))], method
    )(updates)


SCATTER = {
    verb: updating(f"ResourceScatter{verb.title()}", _scatter(method), "ri?",
                   _rows_fit)
    for verb, method in {
        "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "max": "max",
        "min": "min", "update": "set",
    }.items()
}  # fmt: skip
SCATTER_ND = {
    verb: updating(f"ResourceScatterNd{verb.title()}", _scatter_nd(method), "ri?",
                   lambda ref, indices, updates: check_index_vectors(indices, ref.value.shape))
    for verb, method in {
        "add": "add", "sub": "subtract", "max": "max", "min": "min", "update": "set"
    }.items()
}  # fmt: skip
