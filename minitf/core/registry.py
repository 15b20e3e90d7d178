"""An op is a named, pure JAX function; this module holds the names.

`Op` wraps the function with what the rest of the library needs to know of it: TensorFlow's name
for it, which inputs must be known before it can be compiled, which inputs share a dtype. From that
come, with no further code, its compiled kernels (`Op.kernel`) and its gradient (`Op.gradient`),
which is an op again.
"""

import functools
import inspect

import jax
import jax.numpy as jnp
import numpy as np

from minitf import errors

REGISTRY = {}


class Cell:
    """A mutable holder of one array: the value of a variable, the state of a generator.

    A compiled function gets the array, works on a cell of its own and returns the new array.
    """

    __slots__ = ("value", "__weakref__")
    dtype = np.dtype(object)
    shape = ()

    def __init__(self, value=None):
        self.value = value


class Op:
    """A named, pure JAX function `fn(*inputs, **attrs)`.

    Args:
      name: TensorFlow's op type, such as `"AddV2"`.
      fn: takes arrays and returns one array, or a tuple of arrays where `num_outputs` is not 1.
        Its keyword-only parameters that have no default are the attributes.
      types: one letter per input; inputs with the same letter must have the same dtype. `T*`
        stands for any number of inputs. The letter `i` marks an index or shape input.
      static: positions of the inputs whose value must be known to compile (shapes, axes). They
        reach `fn` as NumPy arrays, or as None where the caller gave None.
      num_outputs: number of results, or None where it depends on the inputs (`fn` returns a tuple).
      host: runs on NumPy arrays outside compiled code (strings, data-dependent shapes).
      resource: `fn` takes `Cell`s for its resource inputs and may change their `value`.
      stateful: has an effect or reads state, so it is never dropped, merged or reordered.
      differentiable: False cuts the gradient.
      backward: the gradient written in ops, `backward(record, cotangents) -> gradients`, where the
        `jax.vjp` of `fn` is not what TensorFlow defines.
      infer: `infer(inputs, attrs) -> [(shape, dtype), ...]` of symbolic inputs, for host and
        resource ops, whose `fn` JAX cannot be asked about.
    """

    __slots__ = (
        "name", "fn", "types", "static", "num_outputs", "host", "resource", "stateful",
        "differentiable", "backward", "infer", "attrs", "arguments", "kernels", "gradients",
        "static_set",
    )  # fmt: skip

    def __init__(
        self, name, fn, types="T*", static=(), num_outputs: int | None = 1, *,
        host=False, resource=False, stateful=False, differentiable=True, backward=None, infer=None,
    ):  # fmt: skip
        self.name, self.fn, self.types, self.num_outputs = name, fn, types, num_outputs
        self.static, self.static_set = tuple(static), frozenset(static)
        self.host, self.resource, self.stateful = host, resource, stateful or resource
        self.differentiable, self.backward = differentiable and not host, backward
        self.infer, self.arguments, self.attrs = infer, *_parameter_names(fn)
        self.kernels, self.gradients = {}, {}

    def __repr__(self):
        return f"<Op {self.name}>"

    def __reduce__(self):
        return (get, (self.name,))

    def letter(self, position):
        """The type letter of input `position`."""
        letters = self.types
        if letters.endswith("*"):
            return letters[min(position, len(letters) - 2)]
        return letters[position] if position < len(letters) else letters[-1]

    def bind(self, statics, attrs):
        """`fn` with its attributes and static inputs filled in: a function of arrays alone."""
        if len(attrs) != len(self.attrs):
            raise TypeError(f"Op {self.name} takes attributes {self.attrs}, not {attrs}.")
        fn = functools.partial(self.fn, **dict(zip(self.attrs, attrs))) if attrs else self.fn
        values = dict(zip(self.static, (thaw(s) for s in statics)))

        def bound(*arrays):
            inputs = iter(arrays)
            full = [values[i] if i in values else next(inputs)
                    for i in range(len(values) + len(arrays))]  # fmt: skip
            self.check(full)
            try:
                return fn(*full)
            except (TypeError, ValueError) as error:
                raise errors.InvalidArgumentError(None, None, explain(arrays, error)) from error

        return bound

    def check(self, inputs):
        """Raises InvalidArgumentError where inputs that must share a dtype do not.

        It runs while JAX traces the kernel, so once per signature: JAX's cache of compiled
        signatures is the cache of checked ones.
        """
        first = {}
        for i, x in enumerate(inputs):
            if i in self.static_set or not hasattr(x, "dtype"):
                continue
            letter = self.letter(i)
            if letter != "?" and first.setdefault(letter, x.dtype) != x.dtype:
                raise errors.InvalidArgumentError(
                    None, None,
                    f"cannot compute {self.name} as input #{i}(zero-based) was expected to be a "
                    f"{_short(first[letter])} tensor but is a {_short(x.dtype)} tensor",
                )  # fmt: skip

    def kernel(self, statics=(), attrs=()):
        """The compiled function of the op's array inputs, made once per static inputs and attrs."""
        key = (statics, attrs)
        kernel = self.kernels.get(key)
        if kernel is None:
            bound = self.bind(statics, attrs)
            kernel = bound if self.host or self.resource else jax.jit(bound)
            self.kernels[key] = kernel
        return kernel

    def gradient(self, wanted, given, arity):
        """The op that maps (inputs, cotangents) to the gradients of the inputs at `wanted`.

        `given` are the positions of the outputs that have a cotangent, the others count as zero;
        `arity` is the number of inputs. The gradient is an op: it is run, written down, recorded
        and differentiated as any other.
        """
        key = (wanted, given, arity)
        op = self.gradients.get(key)
        if op is None:
            op = self.gradients[key] = self._make_gradient(wanted, given, arity)
        return op

    def _make_gradient(self, wanted, given, arity):
        fn, attr_names = self.fn, self.attrs

        def grad(*args, **attrs):
            inputs, cotangents = list(args[:arity]), args[arity:]

            def of_wanted(*values):
                full = list(inputs)
                for position, value in zip(wanted, values):
                    full[position] = value
                return fn(*full, **attrs)

            outputs, pullback = jax.vjp(of_wanted, *(inputs[i] for i in wanted))
            several = isinstance(outputs, tuple)
            filled = [_zero_cotangent(o) for o in (outputs if several else (outputs,))]
            for position, cotangent in zip(given, cotangents):
                filled[position] = _conjugate(cotangent)
            result = tuple(map(_conjugate, pullback(tuple(filled) if several else filled[0])))
            return result if len(wanted) > 1 else result[0]

        # The attributes of the gradient are those of the op.
        grad.__signature__ = inspect.Signature(
            [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)]
            + [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in attr_names]
        )
        types = "".join(self.letter(i) for i in range(arity)) + "?" * len(given)
        return Op(f"{self.name}Grad", grad, types, self.static, len(wanted))


def explain(arrays, error):
    """TensorFlow's words for a failure that JAX found, where the shapes say what it is."""
    shapes = [list(getattr(a, "shape", ())) for a in arrays]
    if len(shapes) == 2 and "incompatible shapes" in str(error).lower():
        return f"Incompatible shapes: {shapes[0]} vs. {shapes[1]}".replace(", ", ",")
    return str(error).splitlines()[0]


def _short(dtype):
    """A dtype as TensorFlow's kernels spell it."""
    return {"float32": "float", "float64": "double", "float16": "half"}.get(dtype.name, dtype.name)


def _conjugate(x):
    """TensorFlow's gradient for complex numbers is the conjugate of JAX's."""
    return jnp.conj(x) if jnp.iscomplexobj(x) else x


def _zero_cotangent(output):
    if jnp.issubdtype(output.dtype, jnp.inexact):
        return jnp.zeros(output.shape, output.dtype)
    return np.zeros(output.shape, jax.dtypes.float0)


def _parameter_names(fn):
    """(names of the inputs, names of the attributes) in the signature of `fn`."""
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):  # some builtins have no signature, and no attributes either
        return (), ()
    inputs = tuple(
        p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    )
    return inputs, tuple(
        p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty
    )


def freeze(value):
    """A hashable form of a static input: None, a number, or nested tuples with a dtype."""
    if value is None or type(value) is int:
        return value
    value = np.asarray(value)
    return (value.dtype.str, value.shape, value.tobytes())


def thaw(frozen):
    """The NumPy array that `freeze` was given."""
    if frozen is None or type(frozen) is int:
        return frozen
    dtype, shape, data = frozen
    return np.frombuffer(data, dtype).reshape(shape)


def register(op):
    """Adds `op` to the registry; a second op of the same name is an error."""
    if op.name in REGISTRY:
        raise ValueError(f"An op named {op.name!r} is registered already.")
    REGISTRY[op.name] = op
    return op


def define(name, fn, types="T*", static=(), **flags):
    """Registers and returns `Op(name, fn, types, static, **flags)`.

    >>> define("Twice", lambda x: x + x, "T").kernel()(21).item()
    42
    """
    return register(Op(name, fn, types, static, **flags))


def get(name):
    """The registered op `name`; KeyError that names it if there is none."""
    if name not in REGISTRY:
        raise KeyError(f"Op type not registered {name!r}.")
    return REGISTRY[name]
