"""The first runs of a small kernel: NumPy, where XLA would take longer to compile than to run.

JAX traces the kernel as ever, and `evaluate` walks the jaxpr with a NumPy function for each
primitive. Only primitives of which NumPy gives the same bits as XLA are in the table, so nobody can
tell who computed a result; a kernel with any other is compiled at once, as is one that runs often.
"""

import math
from typing import Any

import jax
import numpy as np
from jax import lax
from jax.core import Tracer

from minitf.gathers import gather, scatter, write
from minitf.shapes import check_size

_RUNS = 8  # of one signature; then the kernel is worth compiling
_WORK = 2**18  # elements that NumPy computes in the time that XLA compiles one equation
_MINIMUM = 16  # equations that compiling takes as long as, whatever there is to compile


class Rehearsal:
    """A kernel that has not been compiled: run by NumPy while that is the faster way.

    Args:
      compiled: the kernel, a function made by `jax.jit`.
      replace: called with `compiled` when it is to be used from now on.
    """

    __slots__ = ("_compiled", "_replace", "_plans")

    def __init__(self, compiled, replace):
        self._compiled, self._replace = compiled, replace
        self._plans = {}  # signature -> [jaxpr, structure of the results, runs so far]

    def __call__(self, *arrays):
        compiled = self._compiled
        if any(isinstance(a, Tracer) for a in arrays):
            return compiled(*arrays)
        key = tuple(map(jax.typeof, arrays))
        plan = self._plans.get(key)
        if plan is None:
            traced = compiled.trace(*arrays)
            for result in traced.jaxpr.out_avals:
                check_size(result.shape)
            plan = self._plans[key] = [traced.jaxpr, isinstance(traced.out_info, tuple), 0]
            if jax.default_backend() != "cpu" or not _worthwhile(plan[0].jaxpr):
                plan[2] = _RUNS
        plan[2] += 1
        if plan[2] > _RUNS:
            self._replace(compiled)
            return compiled(*arrays)
        closed, several, _ = plan
        with np.errstate(all="ignore"):
            results = evaluate(closed.jaxpr, closed.consts, [np.asarray(a) for a in arrays])
        return tuple(results) if several else results[0]


def evaluate(jaxpr, consts, arrays):
    """The results of a jaxpr on NumPy arrays, as a list of NumPy arrays."""
    env: Any = dict(zip(jaxpr.constvars, map(np.asarray, consts)))
    env.update(zip(jaxpr.invars, arrays))

    def read(atom):
        if hasattr(atom, "val"):  # a literal
            return np.asarray(atom.val, atom.aval.dtype)
        return env[atom]

    for equation in jaxpr.eqns:
        run = _RULES[equation.primitive.name]
        results = run([read(x) for x in equation.invars], equation)
        results = results if equation.primitive.multiple_results else [results]
        env.update(zip(equation.outvars, results))
    return [_as_array(read(x)) for x in jaxpr.outvars]


def _as_array(value):
    return value if isinstance(value, np.ndarray) else np.asarray(value)


def _worthwhile(jaxpr):
    """Whether NumPy knows all of it, bit for bit, and is done before XLA has compiled it."""
    count, work, rounded = 0, 0, 0
    pending = [jaxpr]
    while pending:
        for equation in pending.pop().eqns:
            name, outputs = equation.primitive.name, [v.aval for v in equation.outvars]
            if name not in _RULES:
                return False
            if any(a.dtype.kind not in "biuf" for a in outputs):  # NumPy's own kinds
                return False
            refuse = _REFUSED.get(name)
            if refuse is not None and refuse(equation):
                return False
            rounded += name in _ROUNDING and outputs[0].dtype.kind == "f"
            count += 1
            work += sum(math.prod(a.shape) for a in outputs)
            pending += [closed.jaxpr for closed in _inner(equation)]
    # XLA contracts a product and a sum, and reorders constants: one rounding alone is as NumPy's.
    return rounded <= 1 and work <= _WORK * (count + _MINIMUM)


def _inner(equation):
    """The closed jaxprs that an equation runs, each once."""
    name = _BODY.get(equation.primitive.name)
    times = equation.params.get("length", 1)  # of a loop
    return [] if name is None else [equation.params[name]] * times


_BODY = {"jit": "jaxpr", "custom_jvp_call": "call_jaxpr", "custom_vjp_call": "call_jaxpr",
         "scan": "jaxpr"}  # fmt: skip
_LONGEST = 16  # steps of a loop
_ROUNDING = {"add", "sub", "mul", "div", "sqrt", "square", "integer_pow"}

# Rules --------------------------------------------------------------------------------------------


def _flushed(x):
    """`x` with zeros for the numbers that XLA takes for zero: those below the smallest normal."""
    if x.dtype.kind != "f" or x.dtype.itemsize == 2:  # halves are computed as float32
        return x
    tiny = np.abs(x) < np.finfo(x.dtype).tiny
    return np.where(tiny, np.copysign(x.dtype.type(0), x), x) if np.any(tiny) else x


def _plain(function):
    return lambda arrays, equation: function(*arrays)


def _elementwise(function):
    def run(arrays, equation):
        result = function(*map(_flushed, arrays))
        return _flushed(np.asarray(result, equation.outvars[0].aval.dtype))

    return run


def _divide(x, y):
    """Towards zero; of integers, the quotient by zero has all bits set."""
    if x.dtype.kind == "f":
        return np.divide(x, y)
    divisor = np.where(y == 0, y.dtype.type(1), y)
    quotient = (x - np.fmod(x, divisor)) // divisor
    return np.where(y == 0, np.invert(np.zeros_like(y)), quotient)


def _remainder(x, y):
    """With the sign of `x`, which is itself the remainder of a division by zero."""
    return np.where(y == 0, x, np.fmod(x, np.where(y == 0, y.dtype.type(1), y)))


def _maximum(x, y):
    """NumPy's, where one of 0.0 and -0.0 is the larger one."""
    return np.where((x == 0) & (y == 0), x + y, np.maximum(x, y)) if x.dtype.kind == "f" else (
        np.maximum(x, y))  # fmt: skip


def _minimum(x, y):
    return -_maximum(-x, -y) if x.dtype.kind == "f" else np.minimum(x, y)


def _sign(x):
    return np.where((x == 0) | (x != x), x, np.sign(x))


def _power(arrays, equation):
    return _flushed(np.power(_flushed(arrays[0]), equation.params["y"]))


def _convert(arrays, equation):
    (x,), dtype = arrays, np.dtype(equation.params["new_dtype"])
    return x if x.dtype == dtype else _flushed(_flushed(x).astype(dtype))


def _select(arrays, equation):
    which, *cases = arrays
    return np.where(which, cases[1], cases[0]) if len(cases) == 2 else cases[0]


def _broadcast(arrays, equation):
    (x,), shape = arrays, equation.params["shape"]
    axes = equation.params["broadcast_dimensions"]
    spread = [1] * len(shape)
    for size, axis in zip(x.shape, axes):
        spread[axis] = size
    return np.broadcast_to(np.reshape(x, spread), shape)


def _iota(arrays, equation):
    shape, axis = equation.params["shape"], equation.params["dimension"]
    line = np.arange(shape[axis]).astype(equation.params["dtype"])
    return np.broadcast_to(line.reshape([-1 if i == axis else 1 for i in range(len(shape))]), shape)


def _slice(arrays, equation):
    p = equation.params
    strides = p["strides"] or (1,) * len(p["start_indices"])
    return arrays[0][tuple(map(slice, p["start_indices"], p["limit_indices"], strides))]


def _dynamic_slice(arrays, equation):
    x, *starts = arrays
    sizes = equation.params["slice_sizes"]
    starts = [min(max(int(start), 0), total - size)
              for start, total, size in zip(starts, x.shape, sizes)]  # fmt: skip
    return x[tuple(slice(start, start + size) for start, size in zip(starts, sizes))]


def _pad(arrays, equation):
    (x, value), config = arrays, equation.params["padding_config"]
    result = np.full(equation.outvars[0].aval.shape, value)
    result[tuple(slice(low, low + size * (inner + 1) or None, inner + 1) if size else slice(0, 0)
                 for size, (low, _, inner) in zip(x.shape, config))] = x  # fmt: skip
    return result


def _bitcast(arrays, equation):
    (x,), dtype = arrays, np.dtype(equation.params["new_dtype"])
    if dtype.itemsize > x.dtype.itemsize:
        return np.ascontiguousarray(x).view(dtype)[..., 0]
    if dtype.itemsize < x.dtype.itemsize:
        return np.ascontiguousarray(x[..., None]).view(dtype)
    return x.view(dtype)


def _call(arrays, equation):
    closed = equation.params[_BODY[equation.primitive.name]]
    return evaluate(closed.jaxpr, closed.consts, arrays)


def _loop(arrays, equation):
    closed, count = equation.params["jaxpr"], equation.params["num_consts"]
    consts, carry = arrays[:count], arrays[count:]
    for _ in range(equation.params["length"]):
        carry = evaluate(closed.jaxpr, closed.consts, [*consts, *carry])
    return carry


def _has_rows(equation):
    """Whether the steps of a `scan` read or make rows."""
    p = equation.params
    carried = p["num_carry"]
    return len(equation.outvars) > carried or len(equation.invars) > p["num_consts"] + carried


def _reduction(function):
    def run(arrays, equation):
        (x,), axes = arrays, equation.params["axes"]
        if not axes:  # of nothing: NumPy would add 0.0 to -0.0
            return x
        result = function(x, axis=tuple(axes))
        return np.asarray(result, equation.outvars[0].aval.dtype)

    return run


def _place(function):
    def run(arrays, equation):
        found = function(arrays[0], axis=equation.params["axes"][0])
        return np.asarray(found, equation.outvars[0].aval.dtype)

    return run


def _running_sum(arrays, equation):
    (x,), axis = arrays, equation.params["axis"]
    if not equation.params["reverse"]:
        return np.cumsum(x, axis, x.dtype)
    return np.flip(np.cumsum(np.flip(x, axis), axis, x.dtype), axis)


def _shift(function):
    """NumPy does not say what a shift by all the bits gives; XLA shifts them all out."""

    def run(arrays, equation):
        x, count = arrays
        inside = count.astype(np.uint64) < x.dtype.itemsize * 8
        return np.where(inside, function(x, count), x.dtype.type(0)) if not inside.all() else (
            function(x, count))  # fmt: skip

    return run


_RULES = {
    # elementwise
    "add": _elementwise(np.add),
    "sub": _elementwise(np.subtract),
    "mul": _elementwise(np.multiply),
    "div": _elementwise(_divide),
    "sqrt": _elementwise(np.sqrt),
    "neg": _plain(np.negative),
    "abs": _plain(np.abs),
    "floor": _elementwise(np.floor),
    "ceil": _elementwise(np.ceil),
    "rem": _plain(_remainder),
    "max": _elementwise(_maximum),
    "min": _elementwise(_minimum),
    "clamp": _elementwise(lambda low, x, high: _minimum(_maximum(low, x), high)),
    "sign": _elementwise(_sign),
    "square": _elementwise(np.square),
    "integer_pow": _power,
    "round": _elementwise(np.round),
    "is_finite": _elementwise(np.isfinite),
    "and": _plain(np.bitwise_and),
    "or": _plain(np.bitwise_or),
    "xor": _plain(np.bitwise_xor),
    "not": _plain(np.invert),
    "eq": _elementwise(np.equal),
    "ne": _elementwise(np.not_equal),
    "lt": _elementwise(np.less),
    "le": _elementwise(np.less_equal),
    "gt": _elementwise(np.greater),
    "ge": _elementwise(np.greater_equal),
    "shift_left": _shift(np.left_shift),
    "shift_right_logical": _shift(np.right_shift),
    "select_n": _select,
    "convert_element_type": _convert,
    "bitcast_convert_type": _bitcast,
    # shapes
    "iota": _iota,
    "broadcast_in_dim": _broadcast,
    "reshape": lambda arrays, e: np.reshape(arrays[0], e.params["new_sizes"]),
    "squeeze": lambda arrays, e: np.squeeze(arrays[0], e.params["dimensions"]),
    "expand_dims": lambda arrays, e: np.expand_dims(arrays[0], e.params["dimensions"]),
    "transpose": lambda arrays, e: np.transpose(arrays[0], e.params["permutation"]),
    "concatenate": lambda arrays, e: np.concatenate(arrays, e.params["dimension"]),
    "stack": lambda arrays, e: np.stack(arrays, e.params["axis"]),
    "rev": lambda arrays, e: np.flip(arrays[0], e.params["dimensions"]),
    "slice": _slice,
    "dynamic_slice": _dynamic_slice,
    "pad": _pad,
    "split": lambda arrays, e: np.split(arrays[0], np.cumsum(e.params["sizes"])[:-1],
                                        e.params["axis"]),  # fmt: skip
    "gather": gather,
    "scatter": scatter(write),
    "scatter-add": scatter(np.add.at),
    "scatter-min": scatter(np.minimum.at),
    "scatter-max": scatter(np.maximum.at),
    # reductions that round nothing
    "argmax": _place(np.argmax),
    "argmin": _place(np.argmin),
    "cumsum": _running_sum,
    "reduce_prod": _reduction(np.prod),
    "reduce_and": _reduction(np.all),
    "reduce_or": _reduction(np.any),
    "reduce_max": _reduction(np.max),
    "reduce_min": _reduction(np.min),
    "reduce_sum": _reduction(np.sum),
    # as they are
    "copy": _plain(np.asarray),
    "stage": _plain(np.asarray),
    "jit": _call,
    "custom_jvp_call": _call,
    "custom_vjp_call": _call,
    "scan": _loop,
    "optimization_barrier": lambda arrays, e: arrays,
}  # fmt: skip


def _kinds(equation):
    return [v.aval.dtype.kind for v in equation.invars]


def _rounds_or_is_empty(equation):
    return _kinds(equation)[0] == "f" or not math.prod(equation.invars[0].aval.shape)


def _is_odd_place(equation):
    array, indices = (v.aval for v in equation.invars[:2])
    return not math.prod(array.shape) or indices.dtype == np.uint64


def _rounds_at_places(equation):
    return _kinds(equation)[0] == "f" or _is_odd_place(equation)


# Equations that NumPy does otherwise, by primitive.
_REFUSED = {
    "convert_element_type": lambda e: _kinds(e) == ["f"] and e.params["new_dtype"].kind in "iu",
    "div": lambda e: _kinds(e)[0] == "f" and hasattr(e.invars[1], "val"),  # times the inverse
    "rem": lambda e: _kinds(e)[0] == "f",
    "integer_pow": lambda e: e.params["y"] < 0 or _kinds(e)[0] == "f" and e.params["y"] != 2,
    "round": lambda e: e.params["rounding_method"] != lax.RoundingMethod.TO_NEAREST_EVEN,
    "shift_right_logical": lambda e: _kinds(e)[0] != "u",
    "pad": lambda e: any(min(low, high) < 0 for low, high, _ in e.params["padding_config"]),
    "dynamic_slice": lambda e: not all(e.params["slice_sizes"]),
    "scan": lambda e: _has_rows(e) or e.params["length"] > _LONGEST,
    "argmax": lambda e: len(e.params["axes"]) != 1,
    "argmin": lambda e: len(e.params["axes"]) != 1,
    "cumsum": _rounds_or_is_empty,
    "gather": _is_odd_place,
    "scatter": lambda e: e.params["update_jaxpr"] is not None or _is_odd_place(e),
    **dict.fromkeys(["scatter-add", "scatter-min", "scatter-max"], _rounds_at_places),
    **dict.fromkeys(["reduce_sum", "reduce_prod", "reduce_max", "reduce_min"],
                    lambda e: e.params["axes"] and _rounds_or_is_empty(e)),
}  # fmt: skip
