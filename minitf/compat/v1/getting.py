"""`get_variable`: the variable of a name in the current scope, made or found again."""

import contextlib
import inspect

from minitf import dtypes
from minitf.compat.v1 import initializers
from minitf.compat.v1.graphs import root_graph
from minitf.compat.v1.partitions import (
    PartitionedVariable,
    PartitionInfo,
    cuts,
    lengths_of,
    partitions_of,
)
from minitf.compat.v1.variable_scope import (
    get_variable_scope,
    nested_getter,
    store,
    variable_scope,
)
from minitf.compat.v1.variables import VariableV1
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.shapes import as_shape
from minitf.variable import VariableAggregation, VariableSynchronization


def get_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None,
                 collections=None, caching_device=None, partitioner=None, validate_shape=True,
                 use_resource=None, custom_getter=None, constraint=None,
                 synchronization=VariableSynchronization.AUTO,
                 aggregation=VariableAggregation.NONE):  # fmt: skip
    """The variable of this name in the current scope: a new one, or the one made before.

    Args:
      shape: needed unless `initializer` is a value.
      initializer: a function of (shape, dtype), a class of such, or a value; by default that of
        the scope, else Glorot's uniform for floats and zeros for integers.
      regularizer: a function of the variable; the result joins the "regularization_losses".
      custom_getter: is called with what would make the variable, and all these arguments.

    Raises:
      ValueError: the variable exists and may not be reused, or must be reused and does not exist,
        or exists with another shape or dtype.
    """
    scope = get_variable_scope()
    pick = lambda given, default: default if given is None else given  # noqa: E731
    full = f"{scope.name}/{name}" if scope.name else name
    arguments = dict(
        shape=shape, dtype=pick(dtype, scope.dtype),
        initializer=pick(initializer, scope.initializer),
        regularizer=pick(regularizer, scope.regularizer), reuse=scope.reuse, trainable=trainable,
        collections=collections, caching_device=pick(caching_device, scope.caching_device),
        partitioner=pick(partitioner, scope.partitioner), validate_shape=validate_shape,
        use_resource=pick(use_resource, scope.use_resource),
        constraint=pick(constraint, scope.constraint), synchronization=synchronization,
        aggregation=aggregation,
    )  # fmt: skip
    getter = custom_getter or scope.custom_getter
    if custom_getter is not None and scope.custom_getter is not None:
        getter = nested_getter(custom_getter, scope.custom_getter)
    if getter is None:
        return _get(name=full, **arguments)
    return getter(_get, full, **arguments)


def create_partitioned_variables(shape, slicing, initializer, dtype=dtypes.float32, trainable=True,
                                 collections=None, name=None, reuse=None):  # fmt: skip
    """The list of the parts of a new variable, cut into `slicing` parts along each axis.

    Raises:
      ValueError: `shape` and `slicing` have other lengths, or none.
    """
    if len(shape) != len(slicing):
        raise ValueError(
            "The 'shape' and 'slicing' of a partitioned Variable must have the length: "
            f"shape: {shape}, slicing: {slicing}"
        )
    if not shape:
        raise ValueError(f"A partitioned Variable must have rank at least 1: shape: {shape}")
    with variable_scope(name, "PartitionedVariable", reuse=reuse) as scope:
        rest = {"reuse": scope.reuse, "trainable": trainable, "collections": collections}
        return list(_in_parts(scope.name, shape, dtypes.as_dtype(dtype), initializer,
                              lambda **settings: slicing, rest))  # fmt: skip


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None,
                       trainable=False, collections=None, **settings):  # fmt: skip
    """As `get_variable`, for a variable that is neither trained nor saved."""
    collections = [*(collections or ()), "local_variables"]
    return get_variable(name, shape, dtype, initializer, regularizer, False, collections,
                        **settings)  # fmt: skip


def _get(name, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None, reuse=None,
         trainable=None, collections=None, validate_shape=True, use_resource=None, constraint=None,
         synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE,
         caching_device=None, partitioner=None, part=None):  # fmt: skip
    """Finds or makes the variable of the full name `name`; `part`: which part of one it is."""
    kept, dtype = store(), dtypes.as_dtype(dtype).base_dtype
    if partitioner is not None or (reuse and name in kept.parts):
        rest = dict(
            regularizer=regularizer, reuse=reuse, trainable=trainable, collections=collections,
            validate_shape=validate_shape, use_resource=use_resource, constraint=constraint,
            synchronization=synchronization, aggregation=aggregation,
        )  # fmt: skip
        return _in_parts(name, shape, dtype, initializer, partitioner, rest)
    is_value = initializer is not None and not callable(initializer)
    if is_value and shape is not None:
        raise ValueError("If initializer is a constant, do not specify shape.")
    if name in kept.variables:
        if reuse is False or reuse is None:
            raise ValueError(
                f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
                "reuse=tf.AUTO_REUSE in VarScope?"
            )
        return _checked(kept.variables[name], name, shape, dtype, is_value)
    if reuse is True:
        raise ValueError(
            f"Variable {name} does not exist, or was not created with tf.get_variable(). Did you "
            "mean to set reuse=tf.AUTO_REUSE in VarScope?"
        )
    if is_value:
        first = initializer
        dtype = initializer.dtype.base_dtype if isinstance(initializer, Tensor) else dtype
        if not hasattr(initializer, "dtype"):
            dtype = None if dtype is dtypes.float32 and type(initializer) is int else dtype
    else:
        first = _first_value(name, shape, dtype, initializer, part)
    root = root_graph()
    before, root.scope = root.scope, ""
    try:
        with contextlib.nullcontext() if root is stack.frame else stack.push(root):
            variable = VariableV1(
                first, trainable, collections, validate_shape, name=name, dtype=dtype,
                constraint=constraint, use_resource=use_resource, synchronization=synchronization,
                aggregation=aggregation,
            )  # fmt: skip
            if regularizer is not None:
                _regularize(variable, regularizer)
    finally:
        root.scope = before
    kept.variables[name] = variable
    return variable


def _in_parts(name, shape, dtype, initializer, partitioner, rest):
    """Finds or makes a variable in the parts that `partitioner` says; `rest`: for each of them."""
    kept = store()
    is_value = initializer is not None and not callable(initializer)
    dims = as_shape(initializer.shape if is_value else shape)
    if not dims.is_fully_defined():
        raise ValueError(
            f"Shape of a new partitioned variable must be fully defined, but instead was {dims}."
        )
    if name in kept.parts:
        if not rest["reuse"]:
            raise ValueError(
                f"Partitioned variable with name {name} already exists. Did you mean to set "
                "reuse=True or reuse=tf.AUTO_REUSE in VarScope?"
            )
        return _checked(kept.parts[name], name, dims, dtype, is_value)
    counts, axis = partitions_of(partitioner, dims, dtype)
    lengths = lengths_of(dims.as_list()[axis], counts[axis])
    whole, parts = dims.as_list(), []
    for i, (length, piece) in enumerate(zip(lengths, cuts(dims.rank, axis, lengths))):
        own = None if is_value else [*whole[:axis], length, *whole[axis + 1 :]]
        first = initializer[piece] if is_value else initializer
        info = PartitionInfo(whole, [cut.start or 0 for cut in piece])
        parts.append(_get(f"{name}/part_{i}", own, dtype, first, part=info, **rest))
    kept.parts[name] = PartitionedVariable(name, dims, parts[0].dtype, parts, counts)
    return kept.parts[name]


def _checked(found, name, shape, dtype, is_value):
    if not is_value and shape is not None and not as_shape(shape).is_compatible_with(found.shape):
        raise ValueError(
            f"Trying to share variable {name}, but specified shape {as_shape(shape)} and found "
            f"shape {found.shape}."
        )
    if dtype != found.dtype and not is_value:
        shown = getattr(found, "_shown_dtype", found.dtype)
        raise ValueError(
            f"Trying to share variable {name}, but specified dtype {dtype.name} and found dtype "
            f"{shown.name}."
        )
    return found


def _first_value(name, shape, dtype, initializer, part):
    """A function that gives the first value."""
    dims = None if shape is None else as_shape(shape)
    if initializer is None:
        if dims is None:
            raise ValueError(
                f"Variable {name} did not get an initializer, so its `shape` argument must be "
                "specified."
            )
        initializer = _default_initializer(name, dtype)
    if isinstance(initializer, type):
        initializer = initializer()
    if dims is None:
        return initializer
    if not dims.is_fully_defined():
        raise ValueError(
            f"Shape of a new variable ({name}) must be fully defined, but instead was {dims}."
        )
    whole = {}
    if part is not None and "partition_info" in inspect.signature(initializer).parameters:
        whole["partition_info"] = part
    return lambda: initializer(dims.as_list(), dtype=dtype, **whole)


def _default_initializer(name, dtype):
    if dtype.is_floating:
        return initializers.GlorotUniform()
    if dtype.is_integer or dtype.is_bool or dtype is dtypes.string:
        return initializers.Zeros()
    raise ValueError(f"An initializer for variable {name} of {dtype} is required")


def _regularize(variable, regularizer):
    frame = stack.frame
    with frame.name_scope(variable.name.removesuffix(":0") + "/Regularizer/"):
        loss = regularizer(variable)
    if loss is not None and frame.is_graph:
        frame.add_to_collection("regularization_losses", loss)
