"""What two calls of a `tf.function` must share to share a trace.

A tensor counts by dtype and shape, a Python value by its value, a container by its kind and what is
in it. `Signature.canonicalize` makes a hashable key of that, and lists the tensors.
"""

import inspect

import numpy as np

from minitf import dtypes, nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import EagerTensor, Tensor
from minitf.shapes import TensorShape, TensorSpec


class Spec(tuple):
    """(shape as a tuple, or None for unknown rank; dtype): what a key says of a tensor."""

    __slots__ = ()


class Signature:
    """The parameters of a Python function, and the `input_signature` it was given, if any."""

    def __init__(self, python_function, specs=None):
        self._parameters = inspect.signature(python_function)
        self._kept = []  # objects that a key knows by id stay alive
        parameters = self._parameters.parameters.values()
        plain = inspect.Parameter.POSITIONAL_OR_KEYWORD
        self._simple = all(p.kind is plain for p in parameters)
        self._count = len(parameters)
        if specs is not None and not isinstance(specs, list | tuple):
            raise TypeError(f"input_signature must be either a tuple or a list, got {type(specs)}.")
        self.specs = None if specs is None else tuple(specs)

    def bind(self, args, kwargs):
        """(args, kwargs) with defaults filled in.

        Raises:
          TypeError: the arguments do not fit the parameters.
        """
        if self._simple and not kwargs and len(args) == self._count:
            return args, kwargs
        try:
            bound = self._parameters.bind(*args, **kwargs)
        except TypeError as error:
            raise self._unbound(error, args, kwargs) from None
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def _unbound(self, error, args, kwargs):
        return TypeError(
            f"Binding inputs to tf.function failed due to `{error}`. Received args: {args} and "
            f"kwargs: {kwargs} for signature: {self}."
        )

    def __str__(self):
        parts = []
        for i, p in enumerate(self._parameters.parameters.values()):
            if p.kind is p.KEYWORD_ONLY and "*" not in parts:
                parts.append("*")
            text = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "") + p.name
            if self.specs is not None and i < len(self.specs):
                text += f": {_plain(self.specs[i])}"
            elif p.default is not p.empty:
                text += "=<captured_default_value>"
            parts.append(text)
        return f"({', '.join(parts)})"

    @property
    def parameters(self):
        """The parameters of the Python function, as `inspect` describes them."""
        return list(self._parameters.parameters.values())

    # Keys ----------------------------------------------------------------------------------------

    def canonicalize(self, args, kwargs):
        """(key, tensors) of a call."""
        if self.specs is not None:
            return self._by_specs(args, kwargs)
        args, kwargs = self.bind(args, kwargs)
        key, tensors = [], []
        for x in args:
            self._encode(x, key, tensors)
        for name in kwargs:
            key.append(name)
            self._encode(kwargs[name], key, tensors)
        return tuple(key), tensors

    def _encode(self, x, key, tensors):
        kind = type(x)
        if kind is EagerTensor:
            value = x._value
            key.append(Spec((tuple(value.shape), value.dtype)))
            tensors.append(x)
        elif kind in (int, float, bool, str, type(None)):
            key.append(x)
        elif isinstance(x, Tensor | TensorSpec):
            key.append(_spec_of(x))
            tensors.append(x)
        elif isinstance(x, np.ndarray | np.generic):
            self._encode(convert_to_tensor(x), key, tensors)
        elif hasattr(x, "handle"):
            self._by_identity(x, key)
        elif nest.is_nested(x):
            key.append((kind, tuple(x) if isinstance(x, dict) else None))
            for leaf in nest.flatten(x) if _is_opaque(x) else _children(x):
                self._encode(leaf, key, tensors)
            key.append(kind)
        else:
            try:
                hash(x)
            except TypeError:
                self._by_identity(x, key)
            else:
                key.append(x)

    def _by_identity(self, x, key):
        self._kept.append(x)
        key.append((type(x), id(x)))

    def _by_specs(self, args, kwargs):
        args, kwargs = self.bind(args, kwargs)
        key, tensors = [], []
        for x, spec in zip(args, self.specs):
            flat = nest.flatten(spec)
            given = nest.flatten(x)
            if len(flat) != len(given):
                raise self._unbound(f"Can not cast {x} to {spec}", args, kwargs)
            for value, wanted in zip(given, flat):
                if not isinstance(wanted, TensorSpec):
                    key.append(value)
                    continue
                if not isinstance(value, TensorSpec):
                    value = self._cast(value, wanted, args, kwargs)
                key.append(_spec_of(wanted))
                tensors.append(value)
        for x in args[len(self.specs) :]:
            self._encode(x, key, tensors)
        for name in kwargs:
            self._encode(kwargs[name], key, tensors)
        return tuple(key), tensors

    def _cast(self, value, wanted, args, kwargs):
        if not isinstance(value, Tensor):
            try:
                value = convert_to_tensor(value, wanted.dtype)
            except (TypeError, ValueError):
                value = convert_to_tensor(value)
        if value.dtype != wanted.dtype or not wanted.shape.is_compatible_with(value.shape):
            have = f"TensorSpec(shape={value.shape}, dtype={value.dtype!r}, name=None)"
            raise self._unbound(f"Can not cast {have} to {_plain(wanted)}", args, kwargs)
        return value

    # Placeholders --------------------------------------------------------------------------------

    def placeholders(self, graph, args, kwargs, key):
        """(args, kwargs) with a placeholder of `graph` in place of each tensor, shaped as `key`."""
        args, kwargs = self.bind(args, kwargs)
        specs = iter([s for s in key if type(s) is Spec])
        names = self.names(args)
        given = [
            self._placeholder(graph, n, x, specs, i) for i, (n, x) in enumerate(zip(names, args))
        ]
        named = {n: self._placeholder(graph, n, x, specs) for n, x in kwargs.items()}
        return given, named

    def names(self, args):
        """The name of the parameter that each of the positional `args` belongs to."""
        names = []
        for p in self._parameters.parameters.values():
            if p.kind is p.VAR_POSITIONAL:
                names += [p.name] * (len(args) - len(names))
            elif p.kind is not p.KEYWORD_ONLY:
                names.append(p.name)
        return names

    def _placeholder(self, graph, name, value, specs, position=None):
        declared = None
        if self.specs is not None and position is not None and position < len(self.specs):
            declared = self.specs[position]

        def make(x, wanted=None):
            wanted = wanted if isinstance(wanted, TensorSpec) else None
            is_tensor = isinstance(x, Tensor | TensorSpec | np.ndarray | np.generic)
            if not is_tensor and wanted is None:
                return x
            shape, dtype = next(specs)
            spec = wanted or x
            label = spec.name if isinstance(spec, TensorSpec) and spec.name else name
            tensor = graph.placeholder(dtypes.from_numpy_dtype(dtype), TensorShape(shape), label)
            graph.inputs.append(tensor)
            return tensor

        if declared is None:
            return nest.map_structure(make, value)
        return nest.map_structure(make, value, declared)


def _is_opaque(x):
    return not isinstance(x, list | tuple | dict)


def _children(x):
    return [x[k] for k in sorted(x)] if isinstance(x, dict) else x


def _spec_of(spec):
    return Spec((None if spec.shape.rank is None else tuple(spec.shape.as_list()), spec.dtype.np))


def _plain(spec):
    return nest.map_structure(
        lambda s: TensorSpec(s.shape, s.dtype) if isinstance(s, TensorSpec) else s, spec
    )


def is_subtype(key, other):
    """Whether a call with `key` may use what was traced for `other`."""
    if len(key) != len(other):
        return False
    for a, b in zip(key, other):
        if type(a) is not Spec:
            if type(b) is Spec or a != b:
                return False
        elif type(b) is not Spec or a[1] != b[1] or not _fits(a[0], b[0]):
            return False
    return True


def _fits(shape, wider):
    if wider is None:
        return True
    return (shape is not None and len(shape) == len(wider)
            and all(w is None or w == d for d, w in zip(shape, wider)))  # fmt: skip


def generalize(key, other):
    """The narrowest key that both fit, None where they differ in more than shapes."""
    if len(key) != len(other):
        return None
    result = []
    for a, b in zip(key, other):
        if type(a) is Spec and type(b) is Spec and a[1] == b[1]:
            result.append(Spec((_common(a[0], b[0]), a[1])))
        elif type(a) is Spec or type(b) is Spec or a != b:
            return None
        else:
            result.append(a)
    return tuple(result)


def _common(a, b):
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b))
