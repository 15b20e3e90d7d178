"""AutoGraph: `if`, `while` and `for` on symbolic tensors become ops of the graph.

`malt` rewrites a function's source into calls of operators. Those of statements (`if_stmt`,
`while_stmt`, ...) are in `statements/`; here are what stands for Python's own functions (`len`,
`range`, ...), and the conversion.
"""

import ast
import contextlib
import functools
import importlib.util  # noqa: F401  malt uses it without importing it
import logging
import os
import sys
import types

import jax

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.ops import array, control_flow, functional, gathering, math
from minitf.ops.debugging import Assert
from minitf.statements import and_, for_stmt, if_exp, if_stmt, not_, or_, while_stmt
from minitf.statements.state import is_symbolic

__all__ = [
    "do_not_convert",
    "experimental",
    "set_verbosity",
    "to_code",
    "to_graph",
    "trace",
]

logger = logging.getLogger("tensorflow")
# Where the lines lie that are none of the user's: here, and in the packages we stand on.
_PACKAGE = os.path.dirname(__file__)
_INTERNAL = (_PACKAGE + os.sep, os.path.dirname(os.path.dirname(jax.__file__)) + os.sep)


# Functions of Python ----------------------------------------------------------------------------


def _len(s):
    if isinstance(s, Tensor) or hasattr(s, "__tf_tensor__"):
        shape = s.shape
        if shape.rank == 0:
            raise ValueError("len requires a non-scalar tensor, got one of shape ()")
        if shape.rank is not None and shape[0] is not None:
            return shape[0]
        return array.shape(convert_to_tensor(s))[0]
    if hasattr(s, "cardinality") and stack.frame.is_graph:
        size = s.cardinality()
        words = "len requires dataset with definitive cardinality, got "
        if control_flow.known(size) is not None and control_flow.known(size) < 0:
            raise ValueError(words + ("infinite" if control_flow.known(size) == -1 else "unknown"))
        Assert(size >= 0, [words, size])
        return size
    return len(s)


def _range(*arguments):
    return array.range(*arguments) if any(map(is_symbolic, arguments)) else range(*arguments)


def _int(x=0, *base):
    return math.cast(x, dtypes.int32) if isinstance(x, Tensor) and not base else int(x, *base)


def _float(x=0):
    return math.cast(x, dtypes.float32) if isinstance(x, Tensor) else float(x)


def _abs(x):
    return math.abs(x) if is_symbolic(x) else abs(x)


def _enumerate(iterable, start=0):
    if hasattr(iterable, "element_spec") and hasattr(iterable, "enumerate"):
        return iterable.enumerate(start)
    return enumerate(iterable, start)


def _zip(*iterables, **options):
    if iterables and all(hasattr(x, "element_spec") and hasattr(x, "zip") for x in iterables):
        return type(iterables[0]).zip(iterables)
    return zip(*iterables, **options)


def _sorted(iterable, *, key=None, reverse=False):
    if not is_symbolic(iterable):
        return sorted(iterable, key=key, reverse=reverse)
    rows = convert_to_tensor(iterable)
    if key is not None:
        mapped = functional.vectorized_map(key, rows)
        if mapped.shape.rank is not None and mapped.shape.rank != 1:
            raise ValueError("sort only supports only 1D tensors")
        order = array.argsort(mapped, direction="DESCENDING" if reverse else "ASCENDING")
        return gathering.gather(rows, order)
    if rows.shape.rank is not None and rows.shape.rank != 1:
        raise ValueError("sort only supports only 1D tensors")
    return array.sort(rows, direction="DESCENDING" if reverse else "ASCENDING")


_BUILTINS = {len: _len, range: _range, int: _int, float: _float, abs: _abs,
             enumerate: _enumerate, zip: _zip, sorted: _sorted}  # fmt: skip


def _map_converted(caller, fn, *args, **kwargs):
    """`map_fn` of a converted function."""

    def converted(*row):
        return converted_call(fn, row, None, *caller)

    return functional.map_fn(converted if callable(fn) else fn, *args, **kwargs)


def converted_call(f, args, kwargs, caller_fn_scope=None, options=None):
    """`f(*args, **kwargs)`, converted first if it is code of the user's."""
    try:
        replacement = _BUILTINS.get(f)
    except TypeError:  # unhashable
        replacement = None
    if replacement is not None:
        return replacement(*args, **(kwargs or {}))
    if f is functional.map_fn:
        return _map_converted((caller_fn_scope, options), *args, **(kwargs or {}))
    with _converting() as api:
        return api.converted_call(f, args, kwargs, caller_fn_scope, options)


# Conversion --------------------------------------------------------------------------------------


class _NamesOfCaught(ast.NodeTransformer):
    """`except E as name:` as `except E: name = <the exception>`, which malt can analyse."""

    def visit_ExceptHandler(self, node):  # noqa: N802
        self.generic_visit(node)
        if node.name is not None:
            assign = ast.parse(f"{node.name} = ag__.caught()").body[0]
            for part in ast.walk(assign):
                ast.copy_location(part, node)
            node.body.insert(0, assign)
            node.name = None
        return node


@functools.cache
def transpiler():
    """malt's transpiler with the operators of this module, which knows what not to convert.

    The first call imports malt, which takes as long as tracing a small function.
    """
    from malt.core import config  # noqa: PLC0415
    from malt.impl import api  # noqa: PLC0415
    from malt.utils import ag_logging  # noqa: PLC0415

    ag_logging.logging = logger  # malt's own would set up the root logger
    ours = tuple(map(config.DoNotConvert, ("minitf", "jax", "optax", "scipy", "h5py")))
    config.CONVERSION_RULES = (*ours, *config.CONVERSION_RULES)

    class Transpiler(api.PyToPy):
        def transform_ast(self, node, ctx):
            return super().transform_ast(_NamesOfCaught().visit(node), ctx)

        def get_transformed_name(self, node):
            return "tf__" + super().get_transformed_name(node).removeprefix("ag__")

        def get_extra_locals(self):
            if self._extra_locals is None:
                operators = super().get_extra_locals()["ag__"]
                operators.__dict__.update(
                    if_stmt=if_stmt, while_stmt=while_stmt, for_stmt=for_stmt, if_exp=if_exp,
                    and_=and_, or_=or_, not_=not_, converted_call=converted_call,
                    caught=lambda: sys.exc_info()[1],
                )  # fmt: skip
            return self._extra_locals

    return Transpiler()


@contextlib.contextmanager
def _converting():
    """malt's own calls convert with our operators, also those of what `to_graph` has made."""
    from malt.impl import api  # noqa: PLC0415

    before, api._TRANSPILER = api._TRANSPILER, transpiler()
    try:
        yield api
    finally:
        api._TRANSPILER = before


def convert(function):
    """`function`, so that its control flow on symbolic tensors becomes part of the graph."""

    from malt.core import converter  # noqa: PLC0415

    @functools.wraps(function)
    def converted(*args, **kwargs):
        options = converter.ConversionOptions(
            recursive=True, user_requested=True, optional_features=()
        )
        try:
            return converted_call(function, args, kwargs, options=options)
        except Exception as error:  # noqa: BLE001  raised again, with the user's own lines
            metadata = getattr(error, "ag_error_metadata", None)
            if metadata is None:
                raise
            raise _in_user_code(error, metadata) from None

    return converted


def _in_user_code(error, metadata):
    """The error with a message that shows the lines of the user's program that led to it."""
    theirs = [f for f in metadata.translated_stack if not f.filename.startswith(_INTERNAL)]
    metadata.translated_stack = tuple(theirs)
    if isinstance(error, errors.OpError):
        kind = type(error)
        return kind(error.node_def, error.op, metadata.get_message())
    if isinstance(error, errors.OperatorNotAllowedInGraphError | errors.InaccessibleTensorError):
        return type(error)(metadata.get_message())
    if isinstance(error, UnicodeError | OSError):
        return error
    return metadata.to_exception(error)


def do_not_convert(func=None):
    """Decorates a function that is to be traced as it is."""
    from malt.impl import api  # noqa: PLC0415

    return api.do_not_convert(func)


def to_code(entity, recursive=True, experimental_optional_features=None):
    """The source text of what AutoGraph makes of a function."""
    with _converting() as api:
        return api.to_code(getattr(entity, "python_function", entity), recursive)


def to_graph(entity, recursive=True, experimental_optional_features=None):
    """The function that AutoGraph makes of `entity`."""
    with _converting() as api:
        return api.to_graph(getattr(entity, "python_function", entity), recursive)


def set_verbosity(level, alsologtostdout=False):
    """How much malt says of its work: 0 (nothing) to 10."""
    from malt.utils import ag_logging  # noqa: PLC0415

    ag_logging.set_verbosity(level, alsologtostdout)


def trace(*args):
    """Prints its arguments while a function is being traced."""
    print(*args)


class _Experimental(types.ModuleType):
    """`tf.autograph.experimental`; malt knows its directive by identity."""

    do_not_convert = staticmethod(do_not_convert)

    def __getattr__(self, name):
        import malt  # noqa: PLC0415

        if name == "set_loop_options":
            return malt.experimental.set_loop_options
        if name == "Feature":
            return malt.experimental.Feature
        raise AttributeError(f"module 'tf.autograph.experimental' has no attribute {name!r}")


experimental = _Experimental("minitf.autograph.experimental")
