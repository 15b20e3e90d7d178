"""`variable_scope`: a prefix of names with defaults (initializer, regularizer, dtype, ...).

A graph keeps the variables that `get_variable` (see `getting.py`) made by name; `reuse` says
whether a name must be new or must exist.
"""

import contextlib
import enum
import weakref

from minitf import dtypes
from minitf.compat.v1.graphs import root_graph
from minitf.core.frames import stack


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
      parts: by full name, those that it made in parts (`PartitionedVariable`).
      opened: how often a scope of a name was opened, for `default_name`.
    """

    def __init__(self):
        self.scope, self.variables, self.opened = VariableScope(False), {}, {}
        self.parts = {}

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


def store():
    """The `_Store` of the graph that ops are written into, or of eager mode."""
    root = root_graph()
    if root not in _stores:
        _stores[root] = _Store()
    return _stores[root]


def get_variable_scope():
    """The current `VariableScope`."""
    return store().scope


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
        kept = store()
        outer = kept.scope
        again = isinstance(self._target, VariableScope)
        before = dict(kept.opened)
        if again:
            name, basis = self._target.name, self._target
            short = name.rsplit("/", 1)[-1]
        else:
            short = kept.unique(self._default) if self._target is None else self._target
            name = f"{outer.name}/{short}" if outer.name else short
            basis = outer
        names = stack.frame.name_scope(short) if self._with_names and short else (
            contextlib.nullcontext(stack.frame.scope)
        )  # fmt: skip
        with names as name_scope:
            inner = self._inner(basis, name, name_scope, again)
            kept.open(name)
            kept.scope = inner
            try:
                yield inner
            finally:
                kept.scope = outer
                kept.close_below(name)
                if again:
                    kept.opened = before

    def _inner(self, basis, name, name_scope, again):
        chosen = {k: getattr(basis, k) if v is None else v for k, v in self._settings.items()}
        getter = self._settings["custom_getter"]
        if getter is not None and basis.custom_getter is not None:
            chosen["custom_getter"] = nested_getter(getter, basis.custom_getter)
        reuse = self._reuse or basis.reuse
        original = basis.original_name_scope if again else name_scope
        dtype = basis.dtype if self._dtype is None else self._dtype
        return VariableScope(reuse, name, name_scope=original, dtype=dtype, **chosen)


def nested_getter(inner, outer):
    """The custom getter `inner` inside the custom getter `outer`."""

    def getter(true_getter, *args, **kwargs):
        def through(*a, **k):
            return outer(true_getter, *a, **k)

        return inner(through, *args, **kwargs)

    return getter


def variable_op_scope(values, name_or_scope, default_name=None, **settings):
    """The older form of `variable_scope`."""
    return variable_scope(name_or_scope, default_name, values, **settings)
