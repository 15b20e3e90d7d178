"""`variable_scope` and `get_variable`: variables that are found again by their names.

A scope is a prefix of names with defaults (initializer, regularizer, dtype, ...). A graph keeps the
variables that `get_variable` made by name; `reuse` says whether a name must be new or must exist.
"""

import contextlib
import enum
import weakref

from minitf import dtypes
from minitf.compat.v1 import initializers
from minitf.compat.v1.graphs import root_graph
from minitf.compat.v1.variables import VariableV1
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.shapes import as_shape
from minitf.variable import VariableAggregation, VariableSynchronization


class _ReuseMode(enum.Enum):
    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE


class VariableScope:
    """A prefix of the names of variables, and what `get_variable` does below it.

    Args:
      reuse: False: variables must be new (unless a scope around this one reuses); True: they must
        exist; AUTO_REUSE: either.
      name: the prefix.
    """

    def __init__(self, reuse, name="", initializer=None, regularizer=None, caching_device=None,
                 partitioner=None, custom_getter=None, name_scope="", dtype=dtypes.float32,
                 use_resource=None, constraint=None):  # fmt: skip
        self.reuse, self.name, self.original_name_scope = reuse, name, name_scope
        self.initializer, self.regularizer = initializer, regularizer
        self.caching_device, self.partitioner = caching_device, partitioner
        self.custom_getter, self.constraint = custom_getter, constraint
        self.dtype, self.use_resource = dtype, use_resource

    def reuse_variables(self):
        """From here on variables must exist."""
        self.reuse = True

    def set_initializer(self, initializer):
        self.initializer = initializer

    def set_regularizer(self, regularizer):
        self.regularizer = regularizer

    def set_dtype(self, dtype):
        self.dtype = dtype

    def set_use_resource(self, use_resource):
        self.use_resource = use_resource

    def set_custom_getter(self, custom_getter):
        self.custom_getter = custom_getter

    def set_partitioner(self, partitioner):
        self.partitioner = partitioner

    def set_caching_device(self, caching_device):
        self.caching_device = caching_device

    def _in_scope(self, key):
        prefix = self.name + "/" if self.name else ""
        return root_graph().get_collection(key, prefix)

    def get_collection(self, name):
        """What the collection `name` holds of this scope."""
        return self._in_scope(name)

    def global_variables(self):
        return self._in_scope("variables")

    def trainable_variables(self):
        return self._in_scope("trainable_variables")

    def local_variables(self):
        return self._in_scope("local_variables")


class _Store:
    """What a graph (or eager mode) knows of its scopes: the current one, the names, the variables.

    Attributes:
      scope: the current `VariableScope`.
      variables: by full name, those that `get_variable` made.
      opened: how often a scope of a name was opened, for `default_name`.
    """

    def __init__(self):
        self.scope, self.variables, self.opened = VariableScope(False), {}, {}

    def open(self, name):
        self.opened[name] = self.opened.get(name, 0) + 1

    def close_below(self, name):
        """Counts below `name` start again whenever `name` is opened."""
        for key in [k for k in self.opened if not name or k.startswith(name + "/")]:
            self.opened[key] = 0

    def unique(self, prefix):
        full = f"{self.scope.name}/{prefix}" if self.scope.name else prefix
        if not self.opened.get(full):
            return prefix
        number = 1
        while self.opened.get(f"{full}_{number}"):
            number += 1
        return f"{prefix}_{number}"


_stores = weakref.WeakKeyDictionary()


def _store():
    root = root_graph()
    if root not in _stores:
        _stores[root] = _Store()
    return _stores[root]


def get_variable_scope():
    """The current `VariableScope`."""
    return _store().scope


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
        getter = _nested(custom_getter, scope.custom_getter)
    if getter is None:
        return _get(name=full, **arguments)
    return getter(_get, full, **arguments)


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None,
                       trainable=False, collections=None, **settings):  # fmt: skip
    """As `get_variable`, for a variable that is neither trained nor saved."""
    collections = [*(collections or ()), "local_variables"]
    return get_variable(name, shape, dtype, initializer, regularizer, False, collections,
                        **settings)  # fmt: skip


def _get(name, shape=None, dtype=dtypes.float32, initializer=None, regularizer=None, reuse=None,
         trainable=None, collections=None, validate_shape=True, use_resource=None, constraint=None,
         synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE,
         caching_device=None, partitioner=None):  # fmt: skip
    """Finds or makes the variable of the full name `name`."""
    store, dtype = _store(), dtypes.as_dtype(dtype).base_dtype
    if partitioner is not None:
        raise NotImplementedError("get_variable: minitf keeps variables whole; no `partitioner`.")
    is_value = initializer is not None and not callable(initializer)
    if is_value and shape is not None:
        raise ValueError("If initializer is a constant, do not specify shape.")
    if name in store.variables:
        if reuse is False or reuse is None:
            raise ValueError(
                f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
                "reuse=tf.AUTO_REUSE in VarScope?"
            )
        return _checked(store.variables[name], name, shape, dtype, is_value)
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
        first = _first_value(name, shape, dtype, initializer)
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
    store.variables[name] = variable
    return variable


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


def _first_value(name, shape, dtype, initializer):
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
    return lambda: initializer(dims.as_list(), dtype=dtype)


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


class variable_scope:  # noqa: N801  TensorFlow's name
    """Opens a scope of names for variables (`get_variable`) and, below the same name, for ops.

    Args:
      name_or_scope: a name, or a `VariableScope` to enter again; None with `default_name`.
      default_name: where `name_or_scope` is None; made unique.
      initializer: the default of `get_variable`, and so on for the other settings.
      reuse: True, False or `AUTO_REUSE`; None: as around it.
      auxiliary_name_scope: False opens no name scope for ops.

    Raises:
      TypeError: neither a name nor a default name is given.
      ValueError: `reuse` with a default name.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
    ...         a, b = tf.get_variable("w", [2]), tf.get_variable("w", [2])
    ...     print(a is b, a.name)
    True layer/w:0
    """

    def __init__(self, name_or_scope, default_name=None, values=None, initializer=None,
                 regularizer=None, caching_device=None, partitioner=None, custom_getter=None,
                 reuse=None, dtype=None, use_resource=None, constraint=None,
                 auxiliary_name_scope=True):  # fmt: skip
        if name_or_scope is None and default_name is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if name_or_scope is not None and not isinstance(name_or_scope, str | VariableScope):
            raise TypeError(
                "VariableScope: name_or_scope must be a string or VariableScope. "
                f"Got {type(name_or_scope).__name__}."
            )
        if reuse not in (None, True, False, AUTO_REUSE):
            raise ValueError("The reuse parameter must be True or False or None.")
        if name_or_scope is None and reuse:
            raise ValueError("reuse=True cannot be used without a name_or_scope")
        self._target, self._default = name_or_scope, default_name
        self._settings = dict(
            initializer=initializer, regularizer=regularizer, caching_device=caching_device,
            partitioner=partitioner, custom_getter=custom_getter, constraint=constraint,
            use_resource=use_resource,
        )  # fmt: skip
        self._reuse, self._dtype, self._with_names = reuse, dtype, auxiliary_name_scope
        self._entered = []

    def __enter__(self):
        opened = self._open()
        self._entered.append(opened)
        return opened.__enter__()

    def __exit__(self, *exception):
        return self._entered.pop().__exit__(*exception)

    def __call__(self, function):
        def inside(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inside

    @contextlib.contextmanager
    def _open(self):
        store = _store()
        outer = store.scope
        again = isinstance(self._target, VariableScope)
        before = dict(store.opened)
        if again:
            name, basis = self._target.name, self._target
            short = name.rsplit("/", 1)[-1]
        else:
            short = store.unique(self._default) if self._target is None else self._target
            name = f"{outer.name}/{short}" if outer.name else short
            basis = outer
        names = stack.frame.name_scope(short) if self._with_names and short else (
            contextlib.nullcontext(stack.frame.scope)
        )  # fmt: skip
        with names as name_scope:
            inner = self._inner(basis, name, name_scope, again)
            store.open(name)
            store.scope = inner
            try:
                yield inner
            finally:
                store.scope = outer
                store.close_below(name)
                if again:
                    store.opened = before

    def _inner(self, basis, name, name_scope, again):
        chosen = {k: getattr(basis, k) if v is None else v for k, v in self._settings.items()}
        getter = self._settings["custom_getter"]
        if getter is not None and basis.custom_getter is not None:
            chosen["custom_getter"] = _nested(getter, basis.custom_getter)
        reuse = self._reuse or basis.reuse
        original = basis.original_name_scope if again else name_scope
        dtype = basis.dtype if self._dtype is None else self._dtype
        return VariableScope(reuse, name, name_scope=original, dtype=dtype, **chosen)


def _nested(inner, outer):
    """The custom getter `inner` inside the custom getter `outer`."""

    def getter(true_getter, *args, **kwargs):
        def through(*a, **k):
            return outer(true_getter, *a, **k)

        return inner(through, *args, **kwargs)

    return getter


def variable_op_scope(values, name_or_scope, default_name=None, **settings):
    """The older form of `variable_scope`."""
    return variable_scope(name_or_scope, default_name, values, **settings)
