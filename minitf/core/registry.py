"""An op is a named, pure JAX function; this module holds the names.

`Op` wraps the function with what the rest of the library needs to know of it: TensorFlow's name
for it, which inputs must be known before it can be compiled, which inputs share a dtype. From that
come, with no further code, its compiled kernels (`Op.kernel`) and its gradient (`Op.gradient`),
which is an op again.
"""

import dataclasses
import functools
import inspect

import jax
import jax.numpy as jnp
import numpy as np

from minitf import errors
from minitf.core.checks import any_of, is_noting, noting, shows
from minitf.kinds import kernel_name, python_name, refusal
from minitf.rehearsal import Rehearsal

REGISTRY = {}

# XLA's older code generator takes half the time for a program of one op, which runs as fast.
_QUICKLY_COMPILED = {"xla_cpu_use_fusion_emitters": False}


class NeedsValue(Exception):
    """An op needs the value of an input that is only known when the program runs."""


class Cell:
    """A mutable holder of one array: the value of a variable, the state of a generator.

    A compiled function gets the array, works on a cell of its own and returns the new array.
    """

    __slots__ = ("value", "described", "source", "__weakref__")
    dtype = np.dtype(object)
    shape = ()

    def __init__(self, value=None, described=None, source=None):
        self.value = value
        self.described = described  # (shape, dtype) where they are wider than those of the value
        self.source = source  # while JAX differentiates: the value that reads are differentiated by


class Op:
    """A named, pure JAX function `fn(*inputs, **attrs)`.

    Args:
      name: TensorFlow's op type, such as `"AddV2"`.
      fn: takes arrays and returns one array, or a tuple of arrays where `num_outputs` is not 1.
        Its keyword-only parameters that have no default are the attributes.
      types: one letter per input; inputs with the same letter must have the same dtype. `T*`
        stands for any number of inputs. The letter `i` marks an index or shape input, `b` a bool,
        `?` any dtype. Which dtypes the first letter takes is in `kinds.py`.
      static: positions of the inputs whose value must be known to compile (shapes, axes). They
        reach `fn` as NumPy arrays, or as None where the caller gave None.
      num_outputs: number of results, or None where it depends on the inputs (`fn` returns a tuple).
      host: runs on NumPy arrays outside compiled code (strings, data-dependent shapes).
      resource: `fn` takes `Cell`s for its resource inputs and may change their `value`.
      stateful: has an effect or reads state, so it is never dropped, merged or reordered.
      differentiable: False cuts the gradient; or the positions of the inputs that have one.
      hands_on: the inputs whose gradient is that of the output, where the shapes agree.
      backward: the gradient written in ops, `backward(record, cotangents) -> gradients`, where the
        `jax.vjp` of `fn` is not what TensorFlow defines.
      infer: `infer(inputs, attrs) -> [(shape, dtype), ...]` of symbolic inputs, for host and
        resource ops, whose `fn` JAX cannot be asked about.
      costly: holds a body (a loop, a branch, a call), so its forward pass must not run again for
        its gradient.
      eagerly: `eagerly(inputs, attrs) -> tensors`, for a costly op that cannot be compiled.
      bodies: the bodies that a costly op holds.
      verify: `verify(*arrays, **attrs)` raises what only values show, such as a division by zero;
        with `inspected` and `shows`, also in compiled code.
        It runs before the kernel; of an array that JAX traces, it can see the shape alone.
      made_by: (function, arguments) that makes an op like this one, for an op with no entry in the
        registry: so it can be saved.

    The gradient of an op has, besides, `forward` (that op), `arity` (its number of inputs),
    `wanted` (the inputs it gives gradients of) and `given` (the outputs with a cotangent).
    """

    __slots__ = (
        "name", "fn", "types", "static", "num_outputs", "host", "resource", "stateful",
        "costly", "differentiable", "hands_on", "backward", "infer", "eagerly", "made_by", "bodies",
        "verify", "attrs", "arguments", "bounds", "kernels", "programs", "gradients", "static_set",
        "forward", "wanted", "given", "arity", "sources",
    )  # fmt: skip

    def __init__(
        self, name, fn, types="T*", static=(), num_outputs: int | None = 1, *,
        host=False, resource=False, stateful=False, costly=False, hands_on=(),
        differentiable: bool | tuple[int, ...] = True, backward=None, infer=None, eagerly=None,
        verify=None, made_by=None, bodies=(),
    ):  # fmt: skip
        self.name, self.fn, self.types, self.num_outputs = name, fn, types, num_outputs
        self.static, self.static_set = tuple(static), frozenset(static)
        self.host, self.resource, self.stateful = host, resource, stateful or resource
        self.costly, self.eagerly, self.hands_on = costly, eagerly, hands_on
        self.verify = verify
        self.backward = backward
        self.differentiable = bool(differentiable) and (not host or backward is not None)
        self.sources = differentiable if isinstance(differentiable, tuple) else None
        self.made_by, self.bodies = made_by, tuple(bodies)
        self.forward, self.wanted, self.given, self.arity = None, (), (), 0
        self.infer, self.arguments, self.attrs = infer, *_parameter_names(fn)
        self.bounds, self.kernels, self.programs, self.gradients = {}, {}, {}, {}

    def __repr__(self):
        return f"<Op {self.name}>"

    def __reduce__(self):
        if self.made_by is not None:
            return self.made_by
        if self.forward is not None:
            return (gradient_of, (self.forward, self.wanted, self.given, self.arity))
        if REGISTRY.get(self.name) is not self:
            raise TypeError(f"{self!r} holds a Python function, which cannot be saved.")
        return (get, (self.name,))

    def letters(self, count):
        """The type letters of `count` inputs: the last one stands for all that follow."""
        types = self.types
        if len(types) == count and types[-1:] != "*":
            return types
        types = types.removesuffix("*")
        return types + types[-1:] * (count - len(types))

    def argument(self, position):
        """The name of input `position`, None where `fn` takes any number of them."""
        return self.arguments[position] if position < len(self.arguments) else None

    def bound(self, statics, attrs):
        """What `bind` gives, made once: so JAX traces it once for arrays of the same shapes, be it
        to run it, to know what it returns, or inside a program."""
        key = (statics, attrs)
        bound = self.bounds.get(key)
        if bound is None:
            bound = self.bounds[key] = self.bind(statics, attrs)
        return bound

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
            except (TypeError, ValueError, ArithmeticError, LookupError) as error:
                raise errors.InvalidArgumentError(None, None, explain(arrays, error)) from error

        return bound

    def check(self, inputs):
        """Raises InvalidArgumentError where the dtypes of `inputs` (arrays or tensors) do not fit.

        The attribute `in_graph` of the error is what TensorFlow says in a graph. Eagerly this runs
        while JAX traces the kernel, so once per signature: JAX's cache of compiled signatures is
        the cache of checked ones.
        """
        first = {}
        for i, (x, letter) in enumerate(zip(inputs, self.letters(len(inputs)))):
            if letter == "?" or not hasattr(x, "dtype"):
                continue
            if i in self.static_set:
                if letter == "i" and isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.size:
                    if not x.ndim:
                        raise TypeError(f"Cannot convert {x} to EagerTensor of dtype int32")
                    self._refuse("index", x, i)
                continue
            if letter == "b" and x.dtype.name != "bool":
                raise self._misfit(i, x, "bool", "expected type of bool")
            if letter not in first:
                first[letter] = i
                name = self.name if letter == self.types[0] else None
                self._refuse("index" if letter == "i" else name, x, i)
            elif inputs[first[letter]].dtype != x.dtype:
                expected, place = inputs[first[letter]].dtype, self.argument(first[letter])
                raise self._misfit(i, x, kernel_name(expected),
                                   f"type {python_name(expected)} of argument {place!r}",
                                   [y.dtype for y in inputs if hasattr(y, "dtype")])  # fmt: skip

    def _refuse(self, kinds, x, i):
        """Raises where input `i` of the op, or an index, cannot have the dtype of `x`."""
        if words := refusal(kinds, x.dtype):
            error = errors.InvalidArgumentError(None, None, words[0])
            error.in_graph = f"Value passed to parameter {self.argument(i)!r} {words[1]}"
            raise error

    def _misfit(self, i, x, expected, in_graph, listed=()):
        error = errors.InvalidArgumentError(
            None, None,
            f"cannot compute {self.name} as input #{i}(zero-based) was expected to be a {expected} "
            f"tensor but is a {kernel_name(x.dtype)} tensor",
        )  # fmt: skip
        error.in_graph = (
            f"Input {self.argument(i)!r} of {self.name!r} Op has type {python_name(x.dtype)} that "
            f"does not match {in_graph}."
            if self.argument(i) else
            f"Tensors in list passed to 'values' of {self.name!r} Op have types "
            f"[{', '.join(map(python_name, listed))}] that don't all match."
        )  # fmt: skip
        return error

    def kernel(self, statics=(), attrs=()):
        """The compiled function of the op's array inputs, made once per static inputs and attrs."""
        key = (statics, attrs)
        kernel = self.kernels.get(key)
        if kernel is None:
            kernel = self.kernels[key] = self._verified(attrs, self._compiled(statics, attrs))
        return kernel

    def program(self, statics=(), attrs=()):
        """`kernel` as a program of its own: quickly compiled, and not before it has run often.

        JAX refuses it inside another program.
        """
        key = (statics, attrs)
        program = self.programs.get(key)
        if program is None:
            if self.host or self.resource or self.costly:
                program = self.programs[key] = self.kernel(statics, attrs)
            else:
                compiled = self._compiled(statics, attrs, _QUICKLY_COMPILED)
                program = self._keep(key, Rehearsal(compiled, functools.partial(self._keep, key)))
        return program

    def _keep(self, key, program):
        """Has `program` run from now on."""
        program = self.programs[key] = self._verified(key[1], program)
        return program

    def _compiled(self, statics, attrs, options=None):
        if self.resource and not (self.static or attrs or self.costly):
            return self.fn  # it works on cells: there is nothing to compile, nor to fill in
        bound = self.bound(statics, attrs)
        plain = self.host or self.resource or self.costly
        return bound if plain else jax.jit(bound, compiler_options=options)

    def _verified(self, attrs, kernel):
        """`kernel` after `verify`, if there is one."""
        if self.verify is None:
            return kernel
        return _verified(functools.partial(self.verify, **dict(zip(self.attrs, attrs))), kernel)

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
        def grad(*args, **attrs):
            fn = functools.partial(self.fn, **attrs)
            _, pullback = pure_vjp(fn, args[:arity], wanted, given)
            return pullback(wanted, given, args[arity:])

        # The attributes of the gradient are those of the op.
        grad.__signature__ = inspect.Signature(
            [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)]
            + [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in self.attrs]
        )
        types = self.letters(arity)[:arity] + "?" * len(given)
        op = Op(f"{self.name}Grad", grad, types, self.static, len(wanted), costly=self.costly,
                infer=lambda inputs, attrs: [_described(inputs[i]) for i in wanted])  # fmt: skip
        op.forward, op.wanted, op.given, op.arity = self, wanted, given, arity
        return op


def gradient_of(op, wanted, given, arity):
    """`op.gradient(wanted, given, arity)`."""
    return op.gradient(wanted, given, arity)


def pure_vjp(fn, inputs, wanted, given):
    """(outputs, pullback): `jax.vjp` of `fn` in its inputs at `wanted`; the outputs are a tuple.

    Only the outputs at `given` are differentiated: a zero cotangent of another would be an array,
    which every step of a loop reads. A cell counts as the array it holds: reading it is
    differentiated, assigning to it is not. The pullback is a pytree: compiled code can return it.
    """
    cells = [i for i, x in enumerate(inputs) if type(x) is Cell]

    def of_wanted(*chosen):
        full = list(inputs)
        for i in cells:
            full[i] = Cell(inputs[i].value)
        for i, value in zip(wanted, chosen):
            full[i] = Cell(value, source=value) if i in cells else value
        with noting(chosen, is_noting(), is_inner=True) as flaws:
            outputs = fn(*full)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        states = [jax.lax.stop_gradient(full[i].value) for i in cells]
        return [outputs[i] for i in given], (outputs, states, any_of(flaws))

    values = [inputs[i].value if i in cells else inputs[i] for i in wanted]
    outputs, pullback, (others, states, flaw) = jax.vjp(of_wanted, *values, has_aux=True)
    shows(flaw)
    for i, state in zip(cells, states):
        inputs[i].value = state
    kinds = tuple((i, o.shape, np.dtype(o.dtype)) for i, o in zip(given, outputs))
    outputs = {**dict(enumerate(others)), **dict(zip(given, outputs))}
    rewind = jax.tree_util.Partial(Rewind(wanted, kinds), pullback)
    return tuple(outputs.values()), rewind


@dataclasses.dataclass(frozen=True)
class Rewind:
    """Turns cotangents of the outputs of `kinds` (position, shape, dtype) into gradients of the
    inputs at `positions`."""

    positions: tuple
    kinds: tuple

    def __call__(self, pullback, wanted, given, cotangents):
        """The gradients of the inputs at `wanted`, for `cotangents` of the outputs at `given`."""
        filled = {i: _zero_cotangent(shape, dtype) for i, shape, dtype in self.kinds}
        filled.update((i, _conjugate(cotangent)) for i, cotangent in zip(given, cotangents))
        found = dict(zip(self.positions, pullback(list(filled.values()))))
        result = tuple(_conjugate(found[position]) for position in wanted)
        return result if len(result) > 1 else result[0]


def _described(x):
    """(shape, dtype) of the gradient of the symbolic tensor `x`; a handle's is its variable's."""
    return getattr(x, "described", None) or (x.shape, x.dtype)


def explain(arrays, error):
    """TensorFlow's words for a failure that JAX found, where the shapes say what it is."""
    shapes = [list(getattr(a, "shape", ())) for a in arrays]
    if len(shapes) == 2 and "incompatible shapes" in str(error).lower():
        return f"Incompatible shapes: {shapes[0]} vs. {shapes[1]}".replace(", ", ",")
    return str(error).splitlines()[0]


def _verified(verify, kernel):
    def verified(*arrays):
        verify(*arrays)
        return kernel(*arrays)

    return verified


def _conjugate(x):
    """TensorFlow's gradient for complex numbers is the conjugate of JAX's."""
    return jnp.conj(x) if jnp.iscomplexobj(x) else x


def _zero_cotangent(shape, dtype):
    if jnp.issubdtype(dtype, jnp.inexact):
        return jnp.zeros(shape, dtype)
    return np.zeros(shape, jax.dtypes.float0)


def _parameter_names(fn):
    """(names of the inputs, names of the attributes) in the signature of `fn`."""
    code = getattr(fn, "__code__", None)
    if code is not None and not {"__wrapped__", "__signature__"} & set(fn.__dict__):
        names, count = code.co_varnames, code.co_argcount  # a function says it fastest itself
        keywords, given = names[count : count + code.co_kwonlyargcount], fn.__kwdefaults__ or {}
        return names[:count], tuple(n for n in keywords if n not in given)
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
    # The dtype itself, not its `str`: that of bfloat16 means raw bytes.
    return (value.dtype, value.shape, value.tobytes())


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
