"""What a concrete function makes of its arguments: the tensors that it was traced for."""

from minitf import dtypes, errors, nest
from minitf.core.dispatch import convert_to_tensor
from minitf.core.tensor import Tensor
from minitf.function_type import text, unbound
from minitf.kinds import kernel_name
from minitf.specs import TensorSpec, TypeSpec


def given_tensors(concrete, args, kwargs):
    """The tensors, in the order of the inputs of `concrete`, that a call gives it.

    The arguments are those of the Python function, without defaults, or else the tensors alone,
    in the order or by the names of the inputs.

    Raises:
      TypeError: they are neither.
    """
    try:
        return _structured(concrete, args, kwargs)
    except TypeError as error:
        try:
            return _flat(concrete, args, kwargs)
        except TypeError as other:
            why = f"{error}\nFallback to flat signature also failed due to: {other}"
            raise TypeError(why) from None


def _structured(concrete, args, kwargs):
    """The traced tensors; Python values must be those of the trace."""
    kind = concrete.function_type
    specs, named = concrete.structured_input_signature
    tensors = []
    try:
        bound = kind.bind(*args, **kwargs).arguments
        specs = [*specs, *(named[n] for n in [*bound][len(specs) :])]
        for spec, value in zip(specs, bound.values()):
            _fit(spec, value, tensors)
    except (TypeError, ValueError) as error:
        raise unbound(error, args, kwargs, kind) from None
    return tensors


def _fit(spec, value, tensors):
    """Adds to `tensors` those that `value` has where `spec`, a structure, has them."""
    if isinstance(spec, TensorSpec):
        tensors.append(cast(value, spec))
    elif isinstance(spec, TypeSpec):
        if not spec.is_compatible_with(value):
            raise TypeError(f"Can not cast {value!r} to {text(spec)}")
        if not hasattr(value, "handle"):  # a composite tensor
            tensors += nest.components(value)
        elif not any(value is x for x in tensors):  # else it comes twice
            tensors.append(value)
    elif nest.is_nested(spec):
        for part, inside in zip(nest.flatten(spec), _parts(spec, value)):
            _fit(part, inside, tensors)
    elif spec is not value and (isinstance(value, Tensor) or spec != value):
        raise TypeError(f"Can not cast {value!r} to {text(spec)}")


def _parts(spec, value):
    """The leaves of `value`, which must have the structure of `spec`."""
    for kind, name in ((dict, "a Dict"), (tuple, "tuple"), (list, "list")):
        if isinstance(spec, kind) and not isinstance(value, kind):
            raise TypeError(f"Can not cast {value!r} to {name} type.")
    if isinstance(spec, dict) and set(spec) != set(value):
        raise TypeError(f"{value!r} has different keys with the TraceType {text(spec)}.")
    if isinstance(spec, list | tuple) and len(spec) != len(value):
        raise TypeError(f"Expected {value!r} to have length of {len(spec)}")
    return nest.flatten_up_to(spec, value)


def cast(value, spec):
    """A tensor, or what can be made one, as the tensor that `spec` describes.

    Raises:
      TypeError, ValueError: it describes another.
    """
    if not isinstance(value, Tensor):
        value = convert_to_tensor(value, spec.dtype)
    if value.dtype != spec.dtype or not spec.shape.is_compatible_with(value.shape):
        raise TypeError(
            f"Can not cast {text(TensorSpec(value.shape, value.dtype))} to {text(spec)}"
        )
    return value


def _flat(concrete, args, kwargs):
    """The traced tensors, which are all that is given."""
    inputs = concrete.inputs[: len(concrete.inputs) - len(concrete.captured)]
    names = [t.op.name for t in inputs]
    summary = f"{concrete.graph.name}({', '.join(names)})"
    if len(args) > len(inputs):
        raise TypeError(f"{summary} takes {len(inputs)} positional arguments, got {len(args)}.")
    named = names[len(args) :]
    if missing := [n for n in named if n not in kwargs]:
        raise TypeError(f"{summary} missing required arguments: {', '.join(missing)}.")
    if others := [n for n in kwargs if n not in names]:
        raise TypeError(f"{summary} got unexpected keyword arguments: {', '.join(others)}.")
    if twice := [n for n in kwargs if n not in named]:
        raise TypeError(f"{summary} got two values for {twice[0]!r}.")
    values = [*args, *(kwargs[n] for n in named)]
    for i, x in enumerate(values):
        if not (isinstance(x, Tensor) or hasattr(x, "handle")):
            raise TypeError(
                f"{summary}: expected argument #{i}(zero-based) to be a Tensor; got "
                f"{type(x).__name__} ({x})."
            )
    name = concrete.name.decode()
    return [_checked(t, x, i, name) for i, (t, x) in enumerate(zip(inputs, values))]


def _checked(like, value, position, name):
    """`value`, a tensor or a variable, for the input `like`, whose dtype it must have."""
    if like.dtype is dtypes.resource:
        return value
    if value.dtype != like.dtype:
        raise errors.InvalidArgumentError(
            None, None,
            f"cannot compute {name} as input #{position}(zero-based) was expected to be "
            f"a {kernel_name(like.dtype)} tensor but is a {kernel_name(value.dtype)} tensor "
            f"[Op:{name}]",
        )  # fmt: skip
    return convert_to_tensor(value)
