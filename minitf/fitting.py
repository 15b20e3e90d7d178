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
        pairs = _structured(concrete, args, kwargs)
    except TypeError as error:
        try:
            pairs = _flat(concrete, args, kwargs)
        except TypeError as other:
            why = f"{error}\nFallback to flat signature also failed due to: {other}"
            raise TypeError(why) from None
    name = concrete.name.decode()
    return [_checked(spec, x, i, name) for i, (spec, x) in enumerate(pairs)]


def _structured(concrete, args, kwargs):
    """(spec, value) for each of the traced tensors; Python values must be those of the trace."""
    kind = concrete.function_type
    try:
        bound = kind.bind(*args, **kwargs).arguments
    except TypeError as error:
        raise unbound(error, args, kwargs, kind) from None
    specs, named = concrete.structured_input_signature
    pairs = []
    for spec, value in zip([*specs, *(named[n] for n in [*bound][len(specs) :])], bound.values()):
        try:
            parts = nest.flatten_up_to(spec, value, check_types=False)
        except (TypeError, ValueError) as error:
            raise unbound(error, args, kwargs, kind) from None
        for s, x in zip(nest.flatten(spec), parts):
            if isinstance(s, TensorSpec):
                pairs.append((s, x))
            elif isinstance(s, TypeSpec) and s.is_compatible_with(x):
                if not hasattr(x, "handle"):  # a composite tensor
                    pairs += zip(s._component_specs, s._to_components(x))
                elif not any(s == other for other, _ in pairs):  # else it comes twice
                    pairs.append((s, x))
            elif s is not x and (isinstance(x, Tensor) or s != x):
                why = f"Can not cast {value!r} to {text(spec)}"
                raise unbound(why, args, kwargs, kind)
    return pairs


def _flat(concrete, args, kwargs):
    """(spec, tensor) for each of the traced tensors, which are all that is given."""
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
    specs = [None if t.dtype is dtypes.resource else TensorSpec(t.shape, t.dtype) for t in inputs]
    return list(zip(specs, values))


def _checked(spec, value, position, name):
    """`value` as a tensor of the dtype of `spec`, for the input at `position`."""
    if not isinstance(spec, TensorSpec):
        return value
    tensor = convert_to_tensor(value, None if isinstance(value, Tensor) else spec.dtype)
    if tensor.dtype != spec.dtype:
        raise errors.InvalidArgumentError(
            None, None,
            f"cannot compute {name} as input #{position}(zero-based) was expected to be "
            f"a {kernel_name(spec.dtype)} tensor but is a {kernel_name(tensor.dtype)} tensor "
            f"[Op:{name}]",
        )  # fmt: skip
    return tensor
