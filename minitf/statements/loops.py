"""`while` and `for` of converted code: on tensors, loops of the graph."""

from minitf import dtypes, errors, nest
from minitf.concrete import ConcreteFunction
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import NeedsValue, Op
from minitf.core.tensor import SymbolicTensor, Tensor
from minitf.graphs.func_graph import Body
from minitf.ops import array, collected, control_flow, math
from minitf.ops.bodies import from_plain, to_plain, traced
from minitf.ops.ragged import RaggedTensor
from minitf.shapes import TensorShape, as_shape
from minitf.statements.branches import and_
from minitf.statements.state import (
    becomes_tensor,
    check_condition,
    is_missing,
    is_symbolic,
    is_undefined,
)


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
    check_condition(first, "while loop")
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
        if any(is_missing(x) for x in state) and body is not None:
            state = self._with_zeros(state, body)
        for name, value in zip(self._names, state) if body is None else ():
            if is_undefined(value):
                raise ValueError(f"'{name}' must be defined before the loop")
        self._state = list(state)
        self._leaves = nest.components(self._state)
        self._places = [i for i, x in enumerate(self._leaves) if becomes_tensor(x)]

    def _with_zeros(self, state, body):
        """`state` with zeros for what has no value, of the dtype and shape that a step gives it."""

        def once():
            body()
            return self._get_state()

        graph, after = traced("while_shapes", once, scope="while_shapes")
        self._set_state(state)
        result = []
        for before, value in zip(state, after):
            if not is_missing(before) or is_missing(value):
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
            if i not in self._places and after is not before and not is_undefined(before):
                raise TypeError(
                    f"'{name}' is {before!r} before the loop and {after!r} after one iteration: a "
                    "loop on tensors can only change tensors and numbers."
                )
            if i in self._places:
                self._check_kind(name, before, after, leaves, i)
        return [leaves[i] for i in self._places]

    @staticmethod
    def _check_structure(name, before, after):
        if is_undefined(before):
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
        if not becomes_tensor(after):
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
