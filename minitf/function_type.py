"""How the types of functions are written: their parameters, and what is returned."""

import inspect

from minitf.specs import TensorSpec, TypeSpec


def function_type(parameters, returned):
    """The `inspect.Signature` of [(name, kind, text)], and of the text of what is returned."""
    kinds = inspect.Parameter
    parameters = [kinds(name, getattr(kinds, kind), annotation=Verbatim(annotation))
                  for name, kind, annotation in parameters]  # fmt: skip
    return inspect.Signature(parameters, return_annotation=Verbatim(returned))


def plain_data(function_type):
    """The arguments of `function_type` that give a signature, as plain data."""
    parameters = function_type.parameters.values()
    return (
        [(p.name, p.kind.name, str(p.annotation)) for p in parameters],
        str(function_type.return_annotation),
    )


class Verbatim(str):
    """Text that prints in a signature as it is, without quotes."""

    __slots__ = ()

    def __repr__(self):
        return str(self)


def unbound(why, args, kwargs, signature):
    """The error for arguments that do not fit."""
    return TypeError(
        f"Binding inputs to tf.function failed due to `{why}`. Received args: {args} and "
        f"kwargs: {kwargs} for signature: {signature}."
    )


def text(value):
    """How a signature writes a structure of specs and Python values."""
    if isinstance(value, TensorSpec):
        return f"TensorSpec(shape={value.shape}, dtype={value.dtype!r}, name={value.name!r})"
    if isinstance(value, TypeSpec):
        return repr(value)
    if isinstance(value, dict):
        return f"Dict[{', '.join(f'[{k!r}, {text(v)}]' for k, v in value.items())}]"
    if isinstance(value, list):
        return f"List[{', '.join(map(text, value))}]"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        parts = (f"[{n!r}, {text(v)}]" for n, v in zip(value._fields, value))
        return f"{type(value).__name__}[{', '.join(parts)}]"
    if isinstance(value, tuple):
        return f"Tuple[{', '.join(map(text, value))}]"
    return f"Literal[{value!r}]"
