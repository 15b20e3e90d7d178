"""AutoGraph: `if`, `while` and `for` on symbolic tensors become ops of the graph.

`malt` rewrites a function's source into calls of operators (`if_stmt`, `while_stmt`, ...). Those
here do what Python does where the condition has a value, and write control flow down where it is
symbolic. The variables that a statement changes are its state: `get_state()` reads them, and
`set_state(values)` puts others in their place.
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

from minitf import dtypes, errors, nest
from minitf.concrete import ConcreteFunction
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import NeedsValue, Op
from minitf.core.tensor import SymbolicTensor, Tensor
from minitf.graphs.func_graph import Body
from minitf.ops import array, collected, control_flow, functional, gathering, math
from minitf.ops.bodies import from_plain, to_plain, traced
from minitf.ops.debugging import Assert
from minitf.ops.ragged import RaggedTensor
from minitf.shapes import TensorShape, as_shape

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


def is_symbolic(value):
    """Whether `value` is a tensor that the graph decides on, not Python."""
    is_tensor = isinstance(value, Tensor) or hasattr(value, "__tf_tensor__")
    return isinstance(value, SymbolicTensor) or is_tensor and stack.frame.is_graph


# The state of a statement ------------------------------------------------------------------------


def _is_undefined(value):
    return type(value).__name__ in ("Undefined", "UndefinedReturnValue")


def _is_missing(value):
    return value is None or _is_undefined(value)


def _becomes_tensor(leaf):
    """Whether a value of Python may turn into a tensor where a statement changes it."""
    if isinstance(leaf, Tensor) or hasattr(leaf, "__tf_loop_state__"):
        return True
    if hasattr(leaf, "handle"):
        return False  # variables stay what they are
    return isinstance(leaf, bool | int | float | complex | str | bytes) or hasattr(
        leaf, "__array__"
    )


# Branches ----------------------------------------------------------------------------------------


def if_stmt(cond, body, orelse, get_state, set_state, symbol_names, nouts):
    """`if cond: body() else: orelse()`."""
    if not is_symbolic(cond):
        return body() if cond else orelse()
    _check_condition(cond, "if statement")
    before = get_state()
    ends = []

    def branch(run):
        def traced():
            set_state(before)
            run()
            ends.append(get_state()[:nouts])
            return ()

        return traced

    parts = [traced(f"cond_{side}", branch(run), scope="cond")
             for side, run in (("true", body), ("false", orelse))]  # fmt: skip
    for name, main, other in zip(symbol_names, *ends):
        _check_defined(name, main, other)
        _check_alike(name, main, other)
    flat = [nest.components(list(end)) for end in ends]
    same = [_is_same(a, b) for a, b in zip(*flat)]
    graphs = [(graph, [x for x, s in zip(leaves, same) if not s])
              for (graph, _), leaves in zip(parts, flat)]  # fmt: skip
    made = iter(control_flow.join(convert_to_tensor(cond), graphs, "cond"))
    merged = [a if s else next(made) for a, s in zip(flat[0], same)]
    set_state((*nest.with_components(list(ends[0]), merged), *before[nouts:]))
    return None


def _check_condition(cond, statement):
    if cond.dtype is not dtypes.bool:
        raise ValueError(
            f"condition of {statement} expected to be `tf.bool` scalar, got {cond}; to use as "
            "boolean Tensor, use `tf.cast`; to check for None, use `is not None`"
        )


def _is_same(a, b):
    """Whether both branches leave a value as it is, so that it need not become a tensor."""
    if a is b:
        return True
    plain = not isinstance(a, Tensor) and type(a) is type(b) and not hasattr(a, "__array__")
    return bool(plain and not hasattr(a, "__tf_loop_state__") and a == b)


def _check_defined(name, main, other):
    for value, another, side in ((main, other, "main"), (other, main, "else")):
        if _is_undefined(value) and not _is_undefined(another):
            if str(name).startswith("retval_"):
                raise ValueError(f"the {side} branch must also have a return statement.")
            raise ValueError(f"'{name}' must also be initialized in the {side} branch")


def _check_alike(name, main, other):
    """Raises where a variable has another structure or dtype at the end of the other branch."""
    try:
        nest.assert_same_structure(main, other, expand_composites=True)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"'{name}' must have the same nested structure in the main and else branches:"
            f"\n\n{error}"
        ) from None
    for pair in zip(nest.components(main), nest.components(other)):
        _check_leaves(name, *pair)


def _check_leaves(name, main, other):
    for value, side in ((main, "main"), (other, "else")):
        if value is None:
            raise ValueError(f"'{name}' is None at the end of the {side} branch.")
    found = [getattr(x, "dtype", None) or _dtype_of_python(x) for x in (main, other)]
    if None not in found and found[0] != found[1]:
        a, b = (dtypes.as_dtype(dtype).name for dtype in found)
        raise TypeError(
            f"'{name}' has dtype {a} in the main branch, but dtype {b} in the else branch"
        )


def _dtype_of_python(x):
    """The dtype that a number or a text of Python takes, None of all else."""
    is_value = isinstance(x, bool | int | float | complex | str)
    return convert_to_tensor(x).dtype if is_value else None


def if_exp(cond, if_true, if_false, expr_repr):
    """`if_true() if cond else if_false()`."""
    if not is_symbolic(cond):
        return if_true() if cond else if_false()
    made = []

    def branch(of_value):
        def traced():
            made.append(of_value())
            if len(made) == 2:
                _check_leaves(expr_repr, *made)
            return made[-1]

        return traced

    return control_flow.cond(convert_to_tensor(cond), branch(if_true), branch(if_false))


# Loops -------------------------------------------------------------------------------------------


def while_stmt(test, body, get_state, set_state, symbol_names, opts):
    """`while test(): body()`."""
    started = get_state()
    _, first = traced("while_test", test)  # apart, so that what it writes down does not run
    if not is_symbolic(first):
        condition = first
        while True:
            if is_symbolic(condition):
                raise NotImplementedError(
                    "The condition of while loop started as non-Tensor, then changed to Tensor. "
                    "This may happen either because variables changed type, or when a break or "
                    "return statement inside the loop depends on a Tensor condition. In both "
                    "cases, changing to a TF loop should remove the error.\nSee "
                    "https://github.com/tensorflow/tensorflow/blob/master/tensorflow/python/"
                    "autograph/g3doc/reference/limitations.md#"
                    "consistency-of-control-flow-types for more info."
                )
            if not condition:
                return
            body()
            condition = test()
    _check_condition(first, "while loop")
    set_state(started)
    _Loop(get_state, set_state, symbol_names, opts).run(test, body)


def for_stmt(iter_, extra_test, body, get_state, set_state, symbol_names, opts):
    """`for target in iter_: body(target)`, as long as `extra_test()`."""
    if stack.frame.is_graph and hasattr(iter_, "element_spec"):
        loop = _Loop(get_state, set_state, symbol_names, opts)
        loop.run_over_elements(iter_, extra_test, body)
    elif stack.frame.is_graph and isinstance(iter_, RaggedTensor):
        _Loop(get_state, set_state, symbol_names, opts).run_over_rows(iter_, extra_test, body)
    elif stack.frame.is_graph and (isinstance(iter_, Tensor) or hasattr(iter_, "__tf_tensor__")):
        loop = _Loop(get_state, set_state, symbol_names, opts)
        loop.run_over_rows(convert_to_tensor(iter_), extra_test, body)
    else:
        _python_for(iter_, extra_test, body)


def _python_for(iterable, extra_test, body):
    for target in iterable:
        if extra_test is not None:
            going_on = extra_test()
            if is_symbolic(going_on):
                raise NotImplementedError(
                    "break and return statements which depend on a TF condition are not supported "
                    "in Python for loops. Did you intend to make it a TF loop?\nSee "
                    "https://github.com/tensorflow/tensorflow/blob/master/tensorflow/python/"
                    "autograph/g3doc/reference/limitations.md#"
                    "consistency-of-control-flow-types for more info."
                )
            if not going_on:
                break
        body(target)


class _Loop:
    """A loop in the graph: its state is the leaves of its variables that can be tensors."""

    def __init__(self, get_state, set_state, symbol_names, opts):
        self._get_state, self._set_state = get_state, set_state
        self._names, self._options = symbol_names, opts or {}
        self._checks_shapes = True

    def run(self, test, body):
        """Loops while `test()` is true."""
        self._begin(body)

        def step(*carried):
            self._enter(carried)
            body()
            return self._leave()

        def condition(*carried):
            self._enter(carried)
            return test()

        self._finish(self._loop(condition, step, ()))

    def run_over_rows(self, tensor, extra_test, body):
        """Loops over the rows of a tensor; over `tf.range` without making it."""
        operation = getattr(tensor, "op", None) if isinstance(tensor, SymbolicTensor) else None
        if operation is not None and operation.type == "Range":
            start, limit, delta = operation.inputs
            row = lambda i: i  # noqa: E731
        else:
            if tensor.shape.rank == 0:
                raise ValueError("iterating over a scalar tensor is not supported")
            known = tensor.shape[0] if tensor.shape.rank is not None else None
            limit = collected.number_of_rows(tensor) if known is None else known
            start, delta = array.constant(0), 1
            row = lambda i: tensor[i]  # noqa: E731
        start = convert_to_tensor(start)
        step_size = control_flow.known(delta) if not isinstance(delta, SymbolicTensor) else (
            None if delta.static_value() is None else delta.static_value().item())  # fmt: skip
        self._begin(lambda: body(row(start)))

        def step(i, *carried):
            self._enter(carried)
            body(row(i))
            return (i + delta, *self._leave())

        def condition(i, *carried):
            self._enter(carried)
            if step_size is None:
                inside = math.logical_or(
                    math.logical_and(delta > 0, i < limit), math.logical_and(delta < 0, i > limit)
                )
            else:
                inside = i < limit if step_size > 0 else i > limit
            if extra_test is None:
                return inside
            return and_(lambda: inside, extra_test)

        self._finish(self._loop(condition, step, (start,))[1:])

    def run_over_elements(self, source, extra_test, body):
        """Loops over a dataset or an iterator on the host; each step is compiled."""
        iterator = iter(source)
        specs = iterator.tensor_specs
        self._begin(None)
        given = [convert_to_tensor(x) for x in to_plain(self._carried())]
        kinds = [(TensorShape(None) if hasattr(x, "__tf_loop_state__") else t.shape, t.dtype)
                 for x, t in zip(self._carried(), given)]  # fmt: skip
        carried, self._checks_shapes = self._carried(), False

        def step(*inputs):
            self._enter(from_plain(list(inputs[len(specs) :]), carried))
            body(iterator.packed(inputs[: len(specs)]))
            self._ended = self._leave()
            going_on = True if extra_test is None else extra_test()
            return [convert_to_tensor(x) for x in (going_on, *to_plain(self._ended))]

        while True:  # until the shapes hold at every step
            graph, results = traced("dataset_loop", step, [*specs, *kinds], "foreach")
            wider = [(shape.most_specific_compatible_shape(t.shape), dtype)
                     for (shape, dtype), t in zip(kinds, results[1:])]  # fmt: skip
            if wider == kinds:
                break
            kinds = wider
        with stack.push(graph):
            results = [graph.adopt(t) for t in results]
        function = ConcreteFunction(Body(graph, graph.inputs, results), "dataset_loop")
        getattr(stack.frame, "used_variables", {}).update(graph.used_variables)
        end = 1 + len(given)

        def eagerly(inputs, attrs):
            elements, state, captured = inputs[0], list(inputs[1:end]), inputs[end:]
            elements, going_on = iterator._stand_in(elements), True
            while going_on:
                try:
                    leaves = elements.take()
                except errors.OutOfRangeError:
                    break
                going_on, *state = function.run((*leaves, *state, *captured))
            return state

        def compiled(*values):
            raise NeedsValue("DatasetLoop")

        op = Op("ReduceDataset", compiled, "?*", num_outputs=None, resource=True, costly=True,
                infer=lambda inputs, attrs: kinds, eagerly=eagerly)  # fmt: skip
        inputs = (iterator.handle, *given, *function.captured)
        made = execute(op, inputs, (), "foreach")
        self._finish(from_plain(list(made), self._ended))

    # The state -----------------------------------------------------------------------------------

    def _begin(self, body):
        """Finds which leaves of the state are carried; what only the body defines gets zeros."""
        state = self._get_state()
        if any(type(x).__name__ == "UndefinedReturnValue" for x in state):
            raise NotImplementedError(
                "a return statement cannot be placed inside this TensorFlow loop; this may happen "
                "if a return statement depends on a static Python condition such as a "
                "hyperparameter"
            )
        if any(_is_missing(x) for x in state) and body is not None:
            state = self._with_zeros(state, body)
        for name, value in zip(self._names, state) if body is None else ():
            if _is_undefined(value):
                raise ValueError(f"'{name}' must be defined before the loop")
        self._state = list(state)
        self._leaves = nest.components(self._state)
        self._places = [i for i, x in enumerate(self._leaves) if _becomes_tensor(x)]

    def _with_zeros(self, state, body):
        """`state` with zeros for what has no value, of the dtype and shape that a step gives it."""

        def once():
            body()
            return self._get_state()

        graph, after = traced("while_shapes", once, scope="while_shapes")
        self._set_state(state)
        result = []
        for before, value in zip(state, after):
            if not _is_missing(before) or _is_missing(value):
                result.append(before)
                continue
            leaves = [self._zero(x, graph) for x in nest.components([value])]
            result.append(nest.with_components([value], leaves)[0])
        return tuple(result)

    @staticmethod
    def _zero(value, graph):
        if not isinstance(value, Tensor):
            return value
        dims = [d or 0 for d in value.shape.as_list()] if value.shape.rank is not None else []
        if value.dtype is dtypes.string:
            return array.fill(dims, "")
        return array.zeros(dims, value.dtype)

    def _carried(self):
        return [self._leaves[i] for i in self._places]

    def _enter(self, carried):
        """Puts the tensors of a step in the place of the variables."""
        leaves = list(self._leaves)
        for i, x in zip(self._places, carried):
            leaves[i] = x
        self._set_state(tuple(nest.with_components(self._state, leaves)))

    def _leave(self):
        """What a step made of the variables, checked to be the same kind of thing."""
        state = self._get_state()
        for name, before, after in zip(self._names, self._state, state):
            self._check_structure(name, before, after)
        leaves = nest.components(list(state))
        names = [n for n, x in zip(self._names, self._state) for _ in nest.components([x])]
        for i, (name, before, after) in enumerate(zip(names, self._leaves, leaves)):
            if i not in self._places and after is not before and not _is_undefined(before):
                raise TypeError(
                    f"'{name}' is {before!r} before the loop and {after!r} after one iteration: a "
                    "loop on tensors can only change tensors and numbers."
                )
            if i in self._places:
                self._check_kind(name, before, after, leaves, i)
        return [leaves[i] for i in self._places]

    @staticmethod
    def _check_structure(name, before, after):
        if _is_undefined(before):
            return
        try:
            nest.assert_same_structure([before], [after], check_types=False, expand_composites=True)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"'{name}' does not have the same nested structure after one iteration.\n\n{error}"
            ) from None

    def _check_kind(self, name, before, after, leaves, i):
        if hasattr(before, "__tf_loop_state__"):
            return
        before = convert_to_tensor(before) if not isinstance(before, Tensor) else before
        if not _becomes_tensor(after):
            raise TypeError(f"'{name}' is a tensor before the loop, but {after!r} after it.")
        if not isinstance(after, Tensor):
            after = leaves[i] = convert_to_tensor(after)
        if after.dtype != before.dtype:
            raise TypeError(
                f"'{name}' has dtype {before.dtype.name} before the loop, but dtype "
                f"{after.dtype.name} after one iteration"
            )
        shape = self._invariant(self._leaves[i]) or before.shape
        if (
            self._checks_shapes
            and shape.rank is not None
            and not control_flow.within(after.shape, shape)
        ):
            raise ValueError(
                f"'{name}' has shape {before.shape} before the loop, but shape {after.shape} after "
                "one iteration. Use tf.autograph.experimental.set_loop_options to set shape "
                "invariants."
            )

    def _invariant(self, leaf):
        """The shape that `set_loop_options` gives for a variable."""
        for tensor, shape in self._options.get("shape_invariants", ()):
            if tensor is leaf:
                return as_shape(shape)
        return None

    def _loop(self, condition, step, counters):
        carried = [*counters, *self._carried()]
        if not carried:
            carried = [array.constant(0)]
            inner_condition, inner_step = condition, step
            condition = lambda _: inner_condition()  # noqa: E731
            step = lambda n: (n, *inner_step())[:1]  # noqa: E731
        invariants = None
        if self._options.get("shape_invariants"):
            invariants = [self._invariant(x) or getattr(x, "shape", None)
                          or convert_to_tensor(x).shape for x in carried]  # fmt: skip
        made = control_flow.while_loop(
            condition, step, tuple(carried), invariants,
            maximum_iterations=self._options.get("maximum_iterations"),
        )  # fmt: skip
        return made if counters or self._places else ()

    def _finish(self, carried):
        self._enter(carried)


# Expressions -------------------------------------------------------------------------------------


def and_(a, b):
    """`a() and b()`."""
    left = a()
    if is_symbolic(left):
        return control_flow.cond(convert_to_tensor(left), b, lambda: left)
    return left and b()


def or_(a, b):
    """`a() or b()`."""
    left = a()
    if is_symbolic(left):
        return control_flow.cond(convert_to_tensor(left), lambda: left, b)
    return left or b()


def not_(a):
    """`not a`."""
    return math.logical_not(a) if is_symbolic(a) else not a


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
