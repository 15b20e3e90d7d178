"""`tf.experimental.ExtensionType`: classes of one's own around tensors, as values of TensorFlow.

The annotations of a class are its fields. What is a tensor in them is a component of the value:
functions take it as an input, loops carry it, branches return it; the rest is fixed, and is a part
of the type that `Spec` describes.
"""

import collections.abc
import inspect
import types
import typing
from typing import Any

from minitf import nest
from minitf.conversions import convert_to_tensor, type_spec_from_value
from minitf.core.tensor import Tensor
from minitf.dtypes import DType, as_dtype
from minitf.ops.joining import stack, unstack
from minitf.ops.math import equal, logical_not
from minitf.ops.reductions import reduce_all
from minitf.shapes import TensorShape, as_shape
from minitf.specs import TensorSpec, TypeSpec

_PLAIN = (int, float, str, bytes, bool, types.NoneType)
_BEING_MADE = "_tf_extension_type_in_constructor"
_OF_KERAS = ("_keras_mask", "_keras_history")


class ImmutableDict(collections.abc.Mapping):
    """A mapping that cannot change: what a field annotated as a mapping holds."""

    def __init__(self, *args, **kwargs):
        self._dict = dict(*args, **kwargs)

    def __getitem__(self, key):
        return self._dict[key]

    def __iter__(self):
        return iter(self._dict)

    def __len__(self):
        return len(self._dict)

    def __hash__(self):
        return hash(tuple(sorted(self._dict.items())))

    def __repr__(self):
        return f"ImmutableDict({self._dict!r})"


# Fields ------------------------------------------------------------------------------------------


def _is_composite(kind):
    return isinstance(kind, type) and hasattr(kind, "_type_spec")


def _check_annotation(kind, in_key=False):
    """Raises TypeError for an annotation that no field can have."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in (*_PLAIN, DType, None) or isinstance(kind, str | typing.ForwardRef):
        return
    if kind in (Tensor, TensorShape) or _is_composite(kind):
        if in_key:
            raise TypeError(
                f"Mapping had a key {kind.__name__!r} with type {type(kind).__name__!r}"
            )
    elif origin in (tuple, typing.Union, types.UnionType):
        for argument in arguments:
            if argument is not Ellipsis:
                _check_annotation(argument, in_key)
    elif origin is collections.abc.Mapping:
        _check_annotation(arguments[0], True)
        _check_annotation(arguments[1], in_key)
    else:
        raise TypeError(f"Unsupported type annotation {getattr(kind, '__name__', kind)!r}")


def _converted(value, kind, path, of_spec=False):
    """`value` as a field annotated with `kind` holds it; in a spec, specs stand for tensors.

    Raises:
      TypeError: it is of another kind.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Tensor or _is_composite(kind):
        if of_spec:
            if isinstance(value, TypeSpec) and issubclass(value.value_type, kind):
                return value
        elif isinstance(value, kind):
            return value
        elif kind is Tensor:
            try:
                return convert_to_tensor(value)
            except (TypeError, ValueError):
                pass
    elif kind is TensorShape:
        return as_shape(value)
    elif kind is DType:
        return as_dtype(value)
    elif origin is tuple:
        if isinstance(value, collections.abc.Sequence) and not isinstance(value, str):
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                arguments = (arguments[0],) * len(value)
            if len(arguments) == len(value):
                return tuple([
                    _converted(v, a, f"{path}[{i}]", of_spec)
                    for i, (v, a) in enumerate(zip(value, arguments))
                ])  # fmt: skip
    elif origin is collections.abc.Mapping:
        if isinstance(value, collections.abc.Mapping):
            return ImmutableDict({
                _converted(k, arguments[0], f"{path}[<key>]", of_spec):
                    _converted(v, arguments[1], f"{path}[{k!r}]", of_spec)
                for k, v in value.items()
            })  # fmt: skip
    elif origin in (typing.Union, types.UnionType):
        for argument in arguments:
            try:
                return _converted(value, argument, path, of_spec)
            except TypeError:
                continue
    elif isinstance(value, types.NoneType if kind is None else kind):
        return value
    wanted = getattr(kind, "__name__", None) or repr(kind)
    raise TypeError(f"{path}: expected {wanted}, got {type(value).__name__!r}")


def _replaced(value, replace):
    """`value` of a field with `replace(x)` for each tensor, composite or spec in it."""
    if isinstance(value, Tensor | TypeSpec) or hasattr(value, "_type_spec"):
        return replace(value)
    if isinstance(value, tuple):
        return tuple([_replaced(v, replace) for v in value])
    if isinstance(value, ImmutableDict):
        return ImmutableDict({k: _replaced(value[k], replace) for k in sorted(value)})
    return value


def _parts(value):
    """The tensors, composites or specs in what fields hold, in order."""
    found = []
    _replaced(value, found.append)
    return found


# Values and their specs --------------------------------------------------------------------------


class _Fields:
    """What a value and its spec share: fields that only a constructor sets."""

    @classmethod
    def _fields(cls):
        """name -> annotation."""
        raise NotImplementedError

    def _check_mutable(self, name):
        inside = _BEING_MADE in self.__dict__ and name in self._fields()
        if not inside and name not in _OF_KERAS:
            raise AttributeError(
                f"Cannot mutate attribute `{name}` outside the custom constructor of ExtensionType."
            )

    def __setattr__(self, name, value):
        self._check_mutable(name)
        self.__dict__[name] = value

    def __delattr__(self, name):
        self._check_mutable(name)
        del self.__dict__[name]

    def _values(self):
        """The fields' values, in order."""
        return tuple([self.__dict__[name] for name in self._fields()])

    @classmethod
    def _made_of(cls, values):
        """A value with these in its fields, as they are."""
        made = cls.__new__(cls)
        made.__dict__.update(zip(cls._fields(), values))
        return made

    def __repr__(self):
        shown = ", ".join(f"{n}={self.__dict__[n]!r}" for n in self._fields())
        return f"{type(self).__qualname__}({shown})"

    def __validate__(self):
        """Called when a value has been made; to be overridden."""


def _constructed(cls, of_spec):
    """Gives `cls` an `__init__` that checks the fields: its own one, or one that takes them all."""
    own = cls.__dict__.get("__init__")
    if own is None:
        fields = cls._fields()
        kinds = inspect.Parameter
        parameters = [kinds("self", kinds.POSITIONAL_OR_KEYWORD)]
        has_default = False
        for name in fields:
            default = cls._default(name)
            has_default = has_default or default is not kinds.empty
            place = kinds.KEYWORD_ONLY if has_default and default is kinds.empty else None
            if any(p.kind is kinds.KEYWORD_ONLY for p in parameters):
                place = kinds.KEYWORD_ONLY
            parameters.append(kinds(name, place or kinds.POSITIONAL_OR_KEYWORD, default=default))
        signature = inspect.Signature(parameters)

        def own(self, *args, **kwargs):
            bound = signature.bind(self, *args, **kwargs)
            bound.apply_defaults()
            for name in fields:
                self.__dict__[name] = bound.arguments[name]

        own.__signature__ = signature

    def init(self, *args, **kwargs):
        outermost = _BEING_MADE not in self.__dict__
        self.__dict__[_BEING_MADE] = True
        try:
            own(self, *args, **kwargs)
            if outermost:
                _check_fields(self, of_spec)
        finally:
            if outermost:
                self.__dict__.pop(_BEING_MADE, None)
        if outermost:
            self.__validate__()

    init.__signature__ = inspect.signature(own)
    init.__name__, init.__doc__ = "__init__", own.__doc__
    cls.__init__ = init


def _check_fields(made, of_spec):
    fields = made._fields()
    given = {n for n in made.__dict__ if n != _BEING_MADE and n not in _OF_KERAS}
    if extra := given - set(fields):
        raise ValueError(f"Got unexpected fields: {extra}")
    if missing := set(fields) - given:
        raise ValueError(f"Missing required fields: {missing}")
    for name, kind in fields.items():
        made.__dict__[name] = _converted(made.__dict__[name], kind, name, of_spec)


class ExtensionTypeSpec(_Fields, TypeSpec):
    """Describes values of an `ExtensionType`: a field of tensors holds their specs."""

    value_type: Any = None

    @classmethod
    def _fields(cls):
        return cls.value_type._fields()

    @classmethod
    def _default(cls, name):
        return inspect.Parameter.empty

    @classmethod
    def from_value(cls, value):
        """The spec of a value."""
        return cls._made_of([_replaced(v, type_spec_from_value) for v in value._values()])

    def _serialize(self):
        return tuple([
            (n, dict(v) if isinstance(v, ImmutableDict) else v)
            for n, v in zip(self._fields(), self._values())
        ])  # fmt: skip

    @classmethod
    def _deserialize(cls, serialization):
        frozen = (ImmutableDict(v) if isinstance(v, dict) else v for _, v in serialization)
        return cls._made_of(frozen)

    @property
    def _component_specs(self):
        return tuple(_parts(self._values()))

    def _to_components(self, value):
        return tuple(_parts(value._values()))

    def _from_components(self, components):
        left = iter(components)
        made = _replaced(self._values(), lambda _: next(left))
        if list(left):
            raise ValueError(
                "Cannot build an ExtensionType instance from components because more components "
                "are provided than the number expected by the type spec."
            )
        return self.value_type._made_of(made)

    __hash__ = TypeSpec.__hash__


class ExtensionType(_Fields):
    """The base of classes around tensors; a subclass annotates its fields.

    A field is a Python number, text or None, a `tf.Tensor`, `tf.RaggedTensor`, `tf.SparseTensor`,
    another extension type, a `tf.TensorShape` or `tf.DType`; a tuple, `typing.Mapping` or union of
    these. Values do not change. `__init__` may be written anew, and `__validate__` checks what has
    been made; the class `Spec` inside describes values.

    Raises:
      TypeError: a field has an annotation that is not one of these, or a value of another type.
      AttributeError: a field is assigned to.

    >>> import minitf as tf
    >>> class Masked(tf.experimental.ExtensionType):
    ...     values: tf.Tensor
    ...     mask: tf.Tensor
    ...     def filled(self, default):
    ...         return tf.where(self.mask, self.values, default)
    >>> @tf.function
    ... def twice(x):
    ...     return Masked(x.values * 2, x.mask)
    >>> twice(Masked([1, 2], [True, False])).filled(-1).numpy()
    array([ 2, -1], dtype=int32)
    """

    Spec: Any = None
    _annotations: Any = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for base in reversed(cls.__mro__):
            for name, kind in vars(base).get("__annotations__", {}).items():
                if base in (ExtensionType, _Fields):
                    continue
                if name == "Spec" or name.lower().startswith("_tf_extension_type"):
                    raise ValueError(f"The field annotations for {cls.__name__} are invalid. "
                                     f"Field {name!r} is reserved.")  # fmt: skip
                try:
                    _check_annotation(kind)
                except TypeError as error:
                    raise TypeError(f"In field {name!r}: {error}") from error
        cls._annotations = None
        _constructed(cls, of_spec=False)
        given = cls.__dict__.get("Spec")
        base = next((b.Spec for b in cls.__mro__[1:] if getattr(b, "Spec", None)), cls._spec_base())
        own = {k: v for k, v in vars(given).items() if k not in ("__dict__", "__weakref__")
               } if given else {}  # fmt: skip
        space = {"__module__": cls.__module__, "__qualname__": f"{cls.__qualname__}.Spec"}
        cls.Spec = type(f"{cls.__name__}.Spec", (base,), {**own, **space, "value_type": cls})
        _constructed(cls.Spec, of_spec=True)

    def __init__(self, *args, **kwargs):
        raise AssertionError(
            "Cannot create an instance of ExtensionType because ExtensionType is an abstract base "
            "class."
        )

    @classmethod
    def _fields(cls):
        if cls._annotations is None:
            hidden = ("Spec", "_annotations")
            cls._annotations = {
                n: kind for n, kind in typing.get_type_hints(cls).items() if n not in hidden
            }
        return cls._annotations

    @classmethod
    def _default(cls, name):
        return getattr(cls, name, inspect.Parameter.empty)

    @property
    def _type_spec(self):
        return self.Spec.from_value(self)

    @classmethod
    def _spec_base(cls):
        return ExtensionTypeSpec

    def __eq__(self, other):
        if type(self) is not type(other) or self._type_spec != other._type_spec:
            return False
        pairs = zip(*(nest.flatten(x, expand_composites=True) for x in (self, other)))
        return reduce_all(stack([reduce_all(equal(x, y)) for x, y in pairs]))

    def __ne__(self, other):
        found = self == other
        return logical_not(found) if isinstance(found, Tensor) else not found

    __hash__ = None  # type: ignore[assignment]


# In datasets -------------------------------------------------------------------------------------


class BatchableExtensionTypeSpec(ExtensionTypeSpec):
    """Describes values that datasets batch: each tensor gets an axis more, and so does a shape."""

    def _each(self, of_spec, of_shape):
        def changed(value):
            if isinstance(value, TensorShape):
                return of_shape(value)
            if isinstance(value, tuple):
                return tuple([changed(v) for v in value])
            return _replaced(value, of_spec)

        return self._made_of([changed(v) for v in self._values()])

    def _batch(self, size):
        first = TensorShape([size])
        return self._each(
            lambda spec: TensorSpec(first.concatenate(spec.shape), spec.dtype)
            if isinstance(spec, TensorSpec) else spec._batch(size),
            first.concatenate,
        )  # fmt: skip

    def _unbatch(self):
        return self._each(
            lambda spec: TensorSpec(spec.shape[1:], spec.dtype)
            if isinstance(spec, TensorSpec) else spec._unbatch(),
            lambda shape: shape[1:],
        )  # fmt: skip

    def _stack(self, parts):
        every = zip(*(part._type_spec._to_components(part) for part in parts))
        stacked = [
            stack(list(same)) if isinstance(spec, TensorSpec) else spec._stack(list(same))
            for spec, same in zip(self._component_specs, every)
        ]
        return self._batch(len(parts))._from_components(stacked)

    def _unstack(self, value):
        single = self._unbatch()
        every = [
            unstack(part) if isinstance(spec, TensorSpec) else spec._unstack(part)
            for spec, part in zip(self._component_specs, self._to_components(value))
        ]
        return [single._from_components(parts) for parts in zip(*every)]


class BatchableExtensionType(ExtensionType):
    """An `ExtensionType` whose values datasets put together, by stacking what is in the fields.

    >>> import minitf as tf
    >>> class Pair(tf.experimental.BatchableExtensionType):
    ...     a: tf.Tensor
    ...     b: tf.Tensor
    >>> pairs = tf.data.Dataset.from_tensor_slices(Pair([1, 2, 3], [4, 5, 6]))
    >>> [batch.b.numpy().tolist() for batch in pairs.batch(2)]
    [[4, 5], [6]]
    """

    @classmethod
    def _spec_base(cls):
        return BatchableExtensionTypeSpec


def as_dict(value):
    """The fields of an extension type, by name."""
    return dict(zip(value._fields(), value._values()))
