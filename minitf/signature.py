"""What two calls of a `tf.function` must share to share a trace.

A tensor counts by dtype and shape, a Python value by its value, a container by its kind and what is
in it. What has a handle counts as its tensors would: a variable by dtype and shape, and by which of
the variables it is where one comes twice; an iterator or a dataset by what it gives.
`Signature.canonicalize` makes a hashable key of that, and lists the tensors and such objects.

An object with a handle has `_trace_type`, a pair (shape, what else counts), and
`_stand_in(handle)`, which makes for the trace an object like it behind a handle of the graph.
"""

import inspect

import numpy as np

from minitf import dtypes, nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import EagerTensor, Tensor
from minitf.fitting import cast
from minitf.function_type import Verbatim, function_type, text, unbound
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TraceType, TypeSpec

_NAN = object()  # stands for a NaN, which does not equal itself


class Spec(tuple):
    """(shape as a tuple, or None for unknown rank; dtype; of a named spec its name): of a tensor.

    Of what has a handle: its `_trace_type`, and the number of the variable that it is, if any.
    """

    __slots__ = ()


class Signature:
    """The parameters of a Python function, and the `input_signature` it was given, if any.

    Raises:
      TypeError: `specs` is no sequence, or has too many or too few members for the parameters.
    """

    def __init__(self, python_function, specs=None):
        self._parameters = inspect.signature(python_function)
        self._kept = []  # objects that a key knows by id stay alive
        self._used = set()  # ids of the handles that traces use besides their arguments
        parameters = list(self._parameters.parameters.values())
        plain = inspect.Parameter.POSITIONAL_OR_KEYWORD
        self._simple = all(p.kind is plain for p in parameters)
        self._collects = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
        self._count = len(parameters)
        if specs is not None and not isinstance(specs, list | tuple):
            raise TypeError(f"input_signature must be either a tuple or a list, got {type(specs)}.")
        self.specs = None if specs is None else tuple(specs)
        # The `self` of a method that is not bound yet has no spec.
        self._first = int(bool(parameters) and parameters[0].name == "self")
        if specs is not None:
            self._check(parameters[self._first :])

    def _check(self, parameters):
        kinds = inspect.Parameter
        if others := [s for s in nest.flatten(self.specs) if not isinstance(s, TypeSpec)]:
            raise TypeError(
                "input_signature must be a possibly nested sequence of TensorSpec objects, got "
                f"invalid args {others} with types {[type(s) for s in others]}."
            )
        if len(self.specs) > len(parameters) and not any(
            p.kind is kinds.VAR_POSITIONAL for p in parameters
        ):
            extra = len(self.specs) - len(parameters)
            raise TypeError(f"input_signature contains {extra} extra type constraints.")
        for p in parameters[len(self.specs) :]:
            variadic = p.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
            if p.default is p.empty and not variadic:
                raise TypeError(f"input_signature missing type constraint for {p.name}")

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
            raise unbound(error, args, kwargs, self) from None
        bound.apply_defaults()
        if self._collects and len(bound.kwargs) > 1:  # in whatever order they were given
            own = self._parameters.parameters
            return bound.args, dict(
                sorted(bound.kwargs.items(), key=lambda item: "" if item[0] in own else item[0])
            )
        return bound.args, bound.kwargs

    def __str__(self):
        parameters = []
        for i, p in enumerate(self._parameters.parameters.values()):
            spec = self._spec_at(i)
            note = p.empty if spec is None else Verbatim(text(spec))
            default = p.default
            if default is not p.empty:
                if self.specs is not None and spec is None:
                    note = Verbatim(text(default))
                default = Verbatim("<captured_default_value>")
            parameters.append(p.replace(annotation=note, default=default))
        return str(inspect.Signature(parameters))

    def _spec_at(self, position):
        """What `input_signature` says of the parameter at `position`, or None."""
        place = position - self._first
        inside = self.specs is not None and 0 <= place < len(self.specs)
        return self.specs[place] if inside else None

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
        key, tensors, numbers = [], [], {}
        for x in args:
            self._encode(x, key, tensors, numbers)
        for name in kwargs:
            key.append(name)
            self._encode(kwargs[name], key, tensors, numbers)
        return tuple(key), tensors

    def _encode(self, x, key, tensors, numbers):
        """Adds `x` to the key and the tensors; `numbers` are those of the variables, by handle."""
        kind = type(x)
        if kind is EagerTensor:
            value = x._value
            key.append(Spec((tuple(value.shape), value.dtype)))
            tensors.append(x)
        elif kind in (int, float, bool, str, type(None)):
            key.append(x if x == x else _NAN)
        elif isinstance(x, Tensor | TensorSpec):
            key.append(_spec_of(x))
            tensors.append(x)
        elif isinstance(x, np.ndarray | np.generic):
            self._encode(convert_to_tensor(x), key, tensors, numbers)
        elif hasattr(x, "_stand_in"):
            self._by_handle(x, key, tensors, numbers)
        elif hasattr(x, "__tf_tracing_type__"):
            key.append(x.__tf_tracing_type__(None))
        elif hasattr(x, "_type_spec") or isinstance(x, TypeSpec):
            _add_composite(x, getattr(x, "_type_spec", x), key, tensors)
        elif hasattr(x, "__tf_flatten__"):
            metadata, components = x.__tf_flatten__()
            key.append((kind, metadata))
            for part in components:
                self._encode(part, key, tensors, numbers)
            key.append(kind)
        elif nest.is_nested(x):
            is_mapping = isinstance(x, dict)
            if is_mapping:
                kind = dict
                _number_variables(x, numbers)
            key.append((kind, tuple(sorted(x)) if is_mapping else None))
            for leaf in _children(x) if is_mapping or isinstance(x, list | tuple) else (
                    nest.flatten(x)):  # fmt: skip
                self._encode(leaf, key, tensors, numbers)
            key.append(kind)
        elif _is_view(x):
            self._encode(convert_to_tensor(x), key, tensors, numbers)
        elif hasattr(x, "handle"):
            self._by_identity(x, key)
        else:
            self._by_value(x, key)

    def _by_value(self, x, key):
        try:
            hash(x)
        except TypeError as error:
            raise TypeError(
                f"Could not generate a generic TraceType for {x!r}.Please verify that it is "
                "immutable/hashable. Otherwise, consider implementing the Tracing Protocol for it."
            ) from error
        key.append((type(x), x))  # a class decides what its values are equal to

    def learn(self, handles):
        """Told which handles a trace uses besides its arguments.

        A variable that is used and comes as an argument too has traces of its own from now on,
        where it is one and the same.
        """
        self._used.update(map(id, handles))

    def _by_handle(self, x, key, tensors, numbers):
        shape, kind = x._trace_type
        number = None
        if hasattr(x, "assign"):
            mark = id(x.handle)
            number = numbers.setdefault(mark, len(numbers))
            if not any(t is x for t in tensors):
                tensors.append(x)
            if mark in self._used:
                number = number, mark
        else:
            tensors.append(x)
        key.append(Spec((shape, kind, number)))

    def _by_identity(self, x, key):
        self._kept.append(x)
        key.append((type(x), id(x)))

    def _by_specs(self, args, kwargs):
        args, kwargs = self.bind(args, kwargs)
        key, tensors, numbers = [], [], {}
        for i, x in enumerate(args):
            spec = self._spec_at(i)
            if spec is None:
                self._encode(self._default(i, x, args, kwargs), key, tensors, numbers)
                continue
            try:
                if isinstance(spec, list | tuple) and isinstance(x, list) != isinstance(spec, list):
                    raise TypeError
                pairs = zip(nest.flatten_up_to(spec, x, check_types=False), nest.flatten(spec))
            except (TypeError, ValueError):
                why = f"Can not cast {x!r} to {text(spec)}"
                raise unbound(why, args, kwargs, self) from None
            for value, wanted in pairs:
                if hasattr(wanted, "_stand_in"):
                    if not wanted.is_compatible_with(value):
                        why = f"Can not cast {value!r} to {text(spec)}"
                        raise unbound(why, args, kwargs, self)
                    key.append(Spec((*wanted._trace_type, None)))
                    tensors.append(value)
                    continue
                if isinstance(wanted, TypeSpec) and not isinstance(wanted, TensorSpec):
                    if not wanted.is_compatible_with(value):
                        why = f"Can not cast {value!r} to {wanted!r}"
                        raise unbound(why, args, kwargs, self)
                    _add_composite(value, wanted, key, tensors)
                    continue
                value = self._cast(value, wanted, args, kwargs)
                key.append(_spec_of(wanted))
                tensors.append(value)
        for name in kwargs:
            self._encode(kwargs[name], key, tensors, numbers)
        return tuple(key), tensors

    def _default(self, position, value, args, kwargs):
        """`value`, which must be the default of a parameter that has no spec."""
        parameters = list(self._parameters.parameters.values())
        expected = parameters[min(position, len(parameters) - 1)].default
        known = expected is not inspect.Parameter.empty and not isinstance(value, Tensor)
        if known and value is not expected and value != expected:
            why = f"Can not cast {value!r} to {text(expected)}"
            raise unbound(why, args, kwargs, self)
        return value

    def _cast(self, value, wanted, args, kwargs):
        """`value`, a tensor, a spec or what can be made a tensor, if `wanted` describes it."""
        try:
            if not isinstance(value, TensorSpec):
                return cast(value, wanted)
            if value.dtype != wanted.dtype or not _fits(_dims(value.shape), _dims(wanted.shape)):
                raise TypeError(f"Can not cast {text(value)} to {text(wanted)}")
        except (TypeError, ValueError) as error:
            raise unbound(error, args, kwargs, self) from None
        return value

    # Placeholders --------------------------------------------------------------------------------

    def placeholders(self, graph, args, kwargs, key):
        """(args, kwargs) with a placeholder of `graph` in place of each tensor, shaped as `key`."""
        args, kwargs = self.bind(args, kwargs)
        specs, made = iter([s for s in key if isinstance(s, Spec | TraceType)]), {}
        names = self.names(args)
        given = [self._placeholder(graph, n, x, specs, made, i)
                 for i, (n, x) in enumerate(zip(names, args))]  # fmt: skip
        named = {n: self._placeholder(graph, n, x, specs, made) for n, x in kwargs.items()}
        return given, named

    def names(self, args):
        """The name of the parameter that each of the positional `args` belongs to."""
        names = []
        for p in self._parameters.parameters.values():
            if p.kind is p.VAR_POSITIONAL:
                names += [f"{p.name}_{i}" for i in range(len(args) - len(names))]
            elif p.kind is not p.KEYWORD_ONLY:
                names.append(p.name)
        return names

    def concrete(self, args, kwargs, output):
        """The signature of one trace, with specs and values for annotations."""
        parameters = self._parameters.parameters.values()
        variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        kind = "POSITIONAL_ONLY" if variadic else "POSITIONAL_OR_KEYWORD"
        found = [(name, kind, text(x)) for name, x in zip(self.names(args), args)]
        found += [(name, "KEYWORD_ONLY", text(x)) for name, x in kwargs.items()]
        return function_type(found, text(output))

    def _placeholder(self, graph, name, value, specs, made, position=None):
        """`value` with placeholders for tensors; `made` are the variables' so far, by number."""
        declared = None if position is None else self._spec_at(position)

        def make(x, wanted=None):
            if hasattr(wanted, "_stand_in"):
                return self._stand_in(graph, name, wanted, next(specs), made)
            wanted = wanted if isinstance(wanted, TensorSpec) else None
            if hasattr(x, "_stand_in") and wanted is None:
                return self._stand_in(graph, name, x, next(specs), made)
            if hasattr(x, "__tf_tracing_type__"):
                return next(specs).placeholder_value(None)
            is_tensor = isinstance(x, Tensor | TypeSpec | np.ndarray | np.generic)
            is_tensor = is_tensor or hasattr(x, "_type_spec") or _is_view(x)
            if not is_tensor and wanted is None:
                return x
            known = next(specs)
            if isinstance(known, TypeSpec):
                return _composite_input(graph, known, name)
            shape, dtype = known[:2]
            spec = wanted or x
            label = spec.name if isinstance(spec, TensorSpec) and spec.name else name
            tensor = _input(graph, dtypes.from_numpy_dtype(dtype), TensorShape(shape), label)
            if isinstance(spec, TensorSpec) and spec.name:
                graph.asked_names[id(tensor)] = label
            return tensor

        if declared is None:
            return nest.map_structure(make, value)
        flat = nest.flatten_up_to(declared, value, check_types=False)
        parts = [
            make(x, wanted) if isinstance(wanted, TensorSpec) or not nest.is_nested(x)
            else nest.map_structure(make, x)
            for x, wanted in zip(flat, nest.flatten(declared))
        ]  # fmt: skip
        return nest.pack_sequence_as(declared, parts)

    @staticmethod
    def _stand_in(graph, name, x, spec, made):
        """What stands for `x`, which has a handle, in the trace; for a variable always the same."""
        shape, _, number = spec
        if number in made:
            return made[number]
        handle = _input(graph, dtypes.resource, [], name)
        handle.described = TensorShape(shape), x.dtype if number is not None else dtypes.variant
        found = x._stand_in(handle)
        if number is not None:
            made[number] = found
        return found


def _input(graph, dtype, shape, name):
    """A placeholder that is the next input of `graph`."""
    tensor = graph.placeholder(dtype, shape, name)
    graph.inputs.append(tensor)
    return tensor


def _composite_input(graph, spec, name):
    """What `spec` describes, made of placeholders."""
    parts = [
        _input(graph, part.dtype, part.shape, name) if isinstance(part, TensorSpec)
        else _composite_input(graph, part, name) for part in spec._component_specs
    ]  # fmt: skip
    return spec._from_components(parts)


def _is_view(x):
    """Whether `x` is a variable of Keras, which counts as the tensor that it holds."""
    return hasattr(x, "__tf_tensor__") and hasattr(x, "handle")


def _number_variables(x, numbers):
    """Numbers the variables in a dictionary, in the order in which it was filled."""
    for child in x.values() if isinstance(x, dict) else x:
        if isinstance(child, dict | list | tuple):
            _number_variables(child, numbers)
        elif hasattr(child, "assign"):
            numbers.setdefault(id(child.handle), len(numbers))


def _children(x):
    return [x[k] for k in sorted(x)] if isinstance(x, dict) else x


def _dims(shape):
    return None if shape.rank is None else tuple(shape.as_list())


def _spec_of(spec):
    named = (spec.name,) if isinstance(spec, TensorSpec) and spec.name else ()
    return Spec((_dims(spec.shape), spec.dtype.np, *named))


def _add_composite(value, spec, key, tensors):
    """Adds a composite tensor, or a spec that stands for one, as what `spec` says of it: not how
    many there are of what may be any number, such as the values of a sparse tensor."""
    key.append(spec)
    parts = spec._component_specs if value is spec else spec._to_components(value)
    tensors += nest.flatten(parts, expand_composites=True)


def is_subtype(key, other):
    """Whether a call with `key` may use what was traced for `other`."""
    if len(key) != len(other):
        return False
    for a, b in zip(key, other):
        if type(a) is not Spec:
            if type(b) is Spec or a != b and not (isinstance(a, TraceType) and a.is_subtype_of(b)):
                return False
        elif type(b) is not Spec or not (_serves(b[1:], a[1:]) and _fits(a[0], b[0])):
            return False
    return True


def _serves(traced, asked):
    """Whether a trace for what `traced` says, the shape left out, is one for what is `asked`.

    A tensor may use a trace that a named spec asked for, not the other way round.
    """
    return traced == asked or len(asked) == 1 and traced[0] == asked[0] and type(
        traced[1]) is str  # fmt: skip


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
        if type(a) is Spec and type(b) is Spec and a[1:] == b[1:]:
            result.append(Spec((_common(a[0], b[0]), *a[1:])))
        elif isinstance(a, TraceType) and isinstance(b, TraceType):
            result.append(a.most_specific_common_supertype([b]))
            if result[-1] is None:
                return None
        elif type(a) is Spec or type(b) is Spec or a != b:
            return None
        else:
            result.append(a)
    return tuple(result)


def _common(a, b):
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b))
