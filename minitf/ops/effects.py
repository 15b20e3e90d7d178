"""What acts on the world outside: `print`, calls of Python functions, time; and the order of it."""

import contextlib
import functools
import logging
import pprint
import sys
import time
import traceback

import numpy as np

from minitf import dtypes, errors, nest
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import NeedsValue, Op, define
from minitf.core.tensor import Tensor
from minitf.graphs.graph import NO_OP
from minitf.kinds import kernel_name
from minitf.ops.array import identity
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec, TypeSpec

# Printing ----------------------------------------------------------------------------------------


def number_text(x):
    """A number as TensorFlow's `print` writes it: the fewest digits, 6 or 9 (doubles 15 or 17)."""
    if isinstance(x, bytes):
        return x.decode("utf-8", "backslashreplace")
    if isinstance(x, np.bool_ | bool):
        return str(int(x))
    if isinstance(x, np.integer | int):
        return str(int(x))
    if isinstance(x, complex | np.complexfloating):
        return f"({number_text(x.real)},{number_text(x.imag)})"
    single = not isinstance(x, np.float64)
    few, many = (6, 9) if single else (15, 17)
    value = float(x)
    kind = np.float32 if single else np.float64
    short = f"{value:.{few}g}"
    return short if np.isnan(value) or kind(short) == kind(value) else f"{value:.{many}g}"


def summary(array, summarize, quoted=False):
    """The elements of `array` in brackets, with `...` for those in the middle of a long axis."""
    if array.ndim == 0:
        text = number_text(array[()])
        return f'"{text}"' if quoted and array.dtype == object else text
    return _bracketed(array, summarize, 1)


def _bracketed(array, summarize, depth):
    size = len(array)
    shown = list(range(size))
    cut = summarize >= 0 and size > 2 * summarize
    if cut:
        shown = [*range(summarize), None, *range(size - summarize, size)]
    if array.ndim == 1:
        quote = '"{}"' if array.dtype == object else "{}"
        parts = ["..." if i is None else quote.format(number_text(array[i])) for i in shown]
        return f"[{' '.join(parts)}]"
    parts = ["..." if i is None else _bracketed(array[i], summarize, depth + 1) for i in shown]
    separator = "\n" * (array.ndim - 1) + " " * depth
    return f"[{separator.join(parts)}]"


class _Hole:
    """Stands for a tensor in a structure that is printed."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


class _Printer:
    """What is to be printed, but for the values of the tensors in it."""

    def __init__(self, inputs, stream, summarize, sep, end):
        self._inputs, self._stream = inputs, stream
        self._summarize, self._sep, self._end = summarize, sep, end

    def text(self, arrays):
        values = iter(arrays)

        def text_of(leaf, quoted=False):
            if not hasattr(leaf, "_printed"):
                return summary(next(values), self._summarize, quoted)
            parts = [next(values) for _ in nest.components(leaf)]
            return leaf._printed(parts, self._summarize, summary)

        def filled(leaf):
            return _Hole(text_of(leaf, quoted=True)) if _is_printed(leaf) else leaf

        parts = []
        for value in self._inputs:
            if _is_printed(value):
                parts.append(text_of(value))
            elif isinstance(value, str):
                parts.append(value)
            else:
                parts.append(pprint.pformat(nest.map_structure(filled, value), sort_dicts=False))
        return self._sep.join(parts) + self._end

    def write(self, arrays):
        text, stream = self.text(arrays), self._stream
        if isinstance(stream, str):
            with open(stream.removeprefix("file://"), "a", encoding="utf-8") as file:
                file.write(text)
        elif callable(stream):
            stream(text.removesuffix("\n"))
        else:
            stream.write(text)
            stream.flush()


def _print(*inputs, printer):
    printer.write(inputs)
    return ()


PRINT = define("PrintV2", _print, "?*", num_outputs=0, host=True, stateful=True,
               infer=lambda inputs, attrs: [])  # fmt: skip


def print_(*inputs, output_stream=None, summarize=3, sep=" ", end="\n", name=None, **kwargs):
    """Prints tensors, at the moment when they have their values, and what else is given.

    Args:
      inputs: tensors, Python values, or structures of them.
      output_stream: `sys.stderr` (default), `sys.stdout`, a level or function of `logging`, or
        `"file://path"`.
      summarize: how many elements of each end of an axis are shown; -1: all.

    >>> print_("x:", [1, 2], output_stream=sys.stdout)
    x: [1, 2]
    """
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    stream = sys.stderr if output_stream is None else output_stream
    levels = {logging.INFO: logging.info, logging.WARNING: logging.warning,
              logging.ERROR: logging.error}  # fmt: skip
    stream = levels.get(stream, stream) if isinstance(stream, int) else stream
    if not (isinstance(stream, str) or callable(stream) or hasattr(stream, "write")):
        raise ValueError(f"Unknown output stream, logging level, or file. {output_stream}")
    inputs = [_gradient_as_tensor(x) for x in inputs]
    tensors = [convert_to_tensor(t) for x in nest.flatten(inputs) if _is_printed(x)
               for t in nest.components(x)]  # fmt: skip
    printer = _Printer(inputs, stream, summarize, sep, end)
    return execute(PRINT, tuple(tensors), (printer,), name or "PrintV2")


def _is_printed(x):
    """Whether `x` is a tensor of some kind, which prints itself when it has its values."""
    return isinstance(x, Tensor) or hasattr(x, "__tf_tensor__") or hasattr(x, "_printed")


def _gradient_as_tensor(x):
    return convert_to_tensor(x) if type(x).__name__ == "IndexedSlices" else x


# Python functions --------------------------------------------------------------------------------


def _signature(Tout):  # noqa: N803
    """(specs of the results, whether there is one result that stands by itself)."""
    single = not isinstance(Tout, list | tuple)
    kinds = [Tout] if single else list(Tout)
    return [k if isinstance(k, TypeSpec) else TensorSpec(None, dtypes.as_dtype(k))
            for k in kinds], single  # fmt: skip


def _results(func, returned, specs):
    """What a Python function returned, as a list of tensors of the dtypes that were promised."""
    if not all(isinstance(s, TensorSpec) for s in specs):
        values = returned if isinstance(returned, list | tuple) else [returned]
        try:
            nest.assert_same_structure(list(values), specs, expand_composites=True)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"py_function: func={func} returned {values}, which did not match Tout={specs}.\n"
                f"In particular, {error}"
            ) from error
        specs, returned = (nest.flatten(x, expand_composites=True) for x in (specs, values))
    values = [convert_to_tensor(v, s.dtype) for v, s in zip(_listed(returned), specs)]
    if others := [v for v in values if not isinstance(v, Tensor)]:
        raise ValueError(f"py_function: func={func} returned {others[0]}, which is not a Tensor")
    return values


def _checked_number(values, specs):
    if len(values) != len(specs):
        raise errors.InvalidArgumentError(
            None, None,
            f"pyfunc returns {len(values)} values, but expects to see {len(specs)} values.",
        )  # fmt: skip
    return values


# What becomes of an error of Python code that TensorFlow's runtime calls; others are unknown to it.
_ERRORS = {
    ValueError: errors.InvalidArgumentError,
    TypeError: errors.InvalidArgumentError,
    StopIteration: errors.OutOfRangeError,
    MemoryError: errors.ResourceExhaustedError,
    NotImplementedError: errors.UnimplementedError,
}


@contextlib.contextmanager
def _runtime_errors():
    """Raises TensorFlow's error in place of that of the Python code that runs inside."""
    try:
        yield
    except Exception as error:
        kind = next((k for k in _ERRORS if isinstance(error, k)), None)
        text = f"{type(error).__name__}: {error}\n{''.join(traceback.format_exception(error))}"
        raise _ERRORS.get(kind, errors.UnknownError)(None, None, text) from error


def _decorator(function, func, inp, Tout, **options):  # noqa: N803
    """What decorates a Python function where `function` is given none; else None.

    Raises:
      TypeError: `Tout` is missing, or `inp`, or `inp` is given to a decorator.
    """
    name = f"tf.{function.__name__}"
    if Tout is None:
        raise TypeError(
            f"Missing required argument: 'Tout'\n  If using {name} as a decorator, set `Tout`\n"
            f"  **by name** above the function:\n  `@{name}(Tout=tout)`"
        )
    if func is None and inp is not None:
        raise TypeError(
            f"Don't set the `inp` argument when using {name} as a decorator (`func=None`)."
        )
    if func is not None:
        if inp is None:
            raise TypeError(
                "Missing argument `inp`:\n  You must set the `inp` argument (the list of arguments "
                f"to the\n  function), unless you use `{name}` as a decorator(`func=None`)."
            )
        return None

    def decorate(decorated):
        @functools.wraps(decorated)
        def call(*args):
            return function(decorated, args, Tout, **options)

        return call

    return decorate


def py_function(func=None, inp=None, Tout=None, name=None):  # noqa: N803
    """Calls `func`, Python code on eager tensors; in graphs too, with gradients.

    Without `func`, a decorator: `@tf.py_function(Tout=tf.float32)`.

    Args:
      func: takes a tensor for each of `inp`.
      inp: a list of tensors, which may be ragged or sparse.
      Tout: the dtype or spec, or list of them, of what `func` returns.

    Raises:
      tf.errors.InvalidArgumentError: `func` returns other things than that, or raises a ValueError.

    >>> py_function(lambda x: x + 1, [1], "int32").numpy()
    np.int32(2)
    """
    if decorator := _decorator(py_function, func, inp, Tout, name=name):
        return decorator
    if not callable(func):
        raise ValueError(
            f"Expected func to be callable. Received func={func} of type {type(func)}."
        )
    specs, single = _signature(Tout)
    inp, flat = list(inp), nest.flatten(specs, expand_composites=True)

    def run(inputs, attrs):
        with _runtime_errors():
            values = _results(func, func(*nest.with_components(inp, inputs)), specs)
        return _checked_number(values, flat)

    return _called("EagerPyFunc", run, nest.components(inp), specs, single, name)


def numpy_function(func=None, inp=None, Tout=None, stateful=True, name=None):  # noqa: N803
    """Calls `func`, Python code on NumPy arrays; it has no gradient.

    Without `func`, a decorator: `@tf.numpy_function(Tout=tf.float32)`.

    >>> numpy_function(lambda x: x + 1, [np.float32(1)], "float32").numpy()
    np.float32(2.0)
    """
    if decorator := _decorator(numpy_function, func, inp, Tout, stateful=stateful, name=name):
        return decorator
    specs, single = _signature(Tout)
    if stack.frame.sees(*inp):
        # TensorFlow calls the function itself: numbers are NumPy's, and errors those of Python.
        with stack.frame.paused():
            results = func(*[np.array(x) for x in inp])
        made = [x if x is None else convert_to_tensor(x) for x in nest.flatten(results)]
        return made[0] if len(made) == 1 else made

    def run(inputs, attrs):
        with stack.frame.paused(), _runtime_errors():
            values = _listed(func(*[x.numpy() for x in inputs]))
        _checked_number(values, specs)
        return [_of_dtype(r, s.dtype, i) for i, (r, s) in enumerate(zip(values, specs))]

    return _called("PyFunc", run, inp, specs, single, name)


def _listed(returned):
    if isinstance(returned, list | tuple):
        return list(returned)
    return [] if returned is None else [returned]


def _of_dtype(result, dtype, position):
    """What NumPy makes of a result, which must have `dtype` then."""
    tensor = convert_to_tensor(np.asarray(result, order="C"))
    if tensor.dtype != dtype:
        raise errors.InvalidArgumentError(
            None, None, f"{position}-th value returned by pyfunc is {kernel_name(tensor.dtype)}, "
            f"but expects {kernel_name(dtype)}")  # fmt: skip
    return tensor


def _called(kind, run, inp, specs, single, name):
    """The results of an op that cannot be compiled: `run` is called when its turn comes."""

    def compiled(*arrays):
        raise NeedsValue(op)

    flat = nest.flatten(specs, expand_composites=True)
    op = Op(kind, compiled, "?*", num_outputs=len(flat), resource=True, costly=True,
            differentiable=kind == "EagerPyFunc", eagerly=run,
            infer=lambda inputs, attrs: [(s.shape, s.dtype) for s in flat])  # fmt: skip
    made = execute(op, tuple(map(convert_to_tensor, inp)), (), name or kind)
    if not flat:
        return made
    made = nest.pack_sequence_as(specs, [made] if len(flat) == 1 else made, expand_composites=True)
    return made[0] if single else made


TIMESTAMP = define(
    "Timestamp",
    lambda: np.float64(time.time()),
    "",
    host=True,
    stateful=True,
    infer=lambda inputs, attrs: [(TensorShape([]), dtypes.float64)],
)


def timestamp(name=None):
    """The seconds since 1970, a float64 scalar, when the op runs."""
    return execute(TIMESTAMP, (), (), name)


# Order -------------------------------------------------------------------------------------------


def no_op(name=None):
    """An operation that does nothing; eagerly None."""
    return execute(NO_OP, (), (), name)


def group(*inputs, **kwargs):
    """An operation that has run when all of `inputs` have; eagerly None."""
    flat = [x for x in nest.components(list(inputs)) if x is not None]
    for x in flat:
        if not any(hasattr(x, name) for name in ("graph", "numpy", "__tf_tensor__")):
            raise TypeError(
                f"'inputs' should be zero or more (nested) Tensors. Received '{x}' with type "
                f"'{type(x)}'."
            )
    with stack.frame.control_dependencies(flat):
        return execute(NO_OP, (), (), kwargs.get("name") or "group_deps")


def tuple_(tensors, control_inputs=None, name=None):
    """`tensors`, each of which is there only once all of them are."""
    present = [t for t in tensors if t is not None]
    if not present:
        raise ValueError(f"Must have at least one Tensor. Received: {tensors}.")
    with stack.frame.control_dependencies([*present, *(control_inputs or [])]):
        return [None if t is None else identity(t) for t in tensors]
