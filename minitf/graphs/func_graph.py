"""The graph of a function, a branch or a loop: what it uses from outside becomes its input.

`FuncGraph` captures; `Body` is a finished one, seen as a function of arrays (or, where it cannot be
compiled, of tensors).
"""

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.frames import stack
from minitf.core.tensor import EagerTensor, out_of_scope
from minitf.graphs.graph import PLACEHOLDER, Graph
from minitf.graphs.inference import infer_outputs
from minitf.graphs.interpret import interpret, interpret_eagerly, needed
from minitf.shapes import TensorShape


class FuncGraph(Graph):
    """A graph inside another frame: tensors from outside become inputs of it ("captures").

    Args:
      name: of the function.
      outer: the frame in which the graph is made.
    """

    building_function = in_order = True
    compares_by_value = True
    is_body = False  # of a branch or a loop, rather than of a function

    def __init__(self, name, outer):
        super().__init__()
        self.function_name, self.outer = name, outer
        self.inputs, self.outputs = [], []
        self._captured = {}  # id of the outer tensor -> (outer tensor, placeholder)
        self.asked_names = {}  # id of an input -> the name that its spec asked for
        self.given = {}  # id of an input -> its value at the call that is being traced
        self.met = []  # the handles that are arguments, and are used from outside as well
        self.created = None  # the variables made while tracing, None where none may be made
        self.seed = getattr(outer, "seed", None)

    def __repr__(self):
        return f"FuncGraph(name={self.function_name}, id={id(self)})"

    name = property(lambda self: self.function_name)
    captures = property(lambda self: list(self._captured.values()))
    external_captures = property(lambda self: [outside for outside, _ in self.captures])
    internal_captures = property(lambda self: [inner for _, inner in self.captures])
    variables = property(lambda self: tuple(self.used_variables.values()))
    trainable_variables = property(lambda self: tuple(v for v in self.variables if v.trainable))
    outer_graph = property(lambda self: self.outer if self.outer.is_graph else Graph())

    def placeholder(self, dtype, shape=None, name=None):
        try:
            return super().placeholder(dtype, shape, name)
        except ValueError:  # a parameter may be called `_x`, an operation may not
            return super().placeholder(dtype, shape)

    def adopt(self, tensor, name=None):
        if not isinstance(tensor, EagerTensor) and tensor.graph is self:
            return tensor
        return self.capture(tensor, name)

    local = adopt

    def lasting(self, make, write):
        return self.outer.lasting(make, write)

    def access(self, variable):
        super().access(variable)
        # An eager frame is told at each call; so is a graph of a variable that is an argument.
        if self.outer.is_graph and getattr(variable.handle, "graph", None) is not self:
            self.outer.access(variable)

    def capture(self, tensor, name=None):
        """The placeholder that stands for `tensor`, from outside, in this graph.

        Raises:
          InaccessibleTensorError: the tensor belongs to a branch or loop inside this graph.
          TypeError: it belongs to a function that is not being traced around this one.
        """
        if tensor.dtype is dtypes.resource:
            tensor = self._met(tensor)
            if not isinstance(tensor, EagerTensor) and tensor.graph is self:
                return tensor
        found = self._captured.get(id(tensor))
        if found is None:
            if not isinstance(tensor, EagerTensor) and not surrounds(tensor.graph, self):
                inside = surrounds(self, tensor.graph)
                raise (errors.InaccessibleTensorError if inside else TypeError)(
                    out_of_scope(tensor)
                )
            if tensor.dtype is dtypes.string and isinstance(tensor, EagerTensor):
                return self.constant(tensor._numpy(), name)  # known text stays out of the compiler
            inner = self.placeholder(tensor.dtype, tensor.shape, name)
            if tensor.dtype is dtypes.resource:
                inner.described = describe(tensor)
            found = self._captured[id(tensor)] = (tensor, inner)
        return found[1]

    def _met(self, handle):
        """The input that `handle` came in by, of this function, or `handle` if it did not."""
        graph = self
        while getattr(graph, "is_body", False):
            graph = graph.outer
        for inner in graph.inputs if isinstance(graph, FuncGraph) else ():
            if graph.given.get(id(inner)) is handle:
                graph.met.append(handle)
                return inner
        return handle

    def control_dependencies(self, control_inputs):
        return super().control_dependencies(
            [c for c in control_inputs or () if getattr(c, "graph", None) is self]
        )

    def concrete_value(self, tensor):
        """The value, at the call that is being traced, of `tensor`, as an `EagerTensor`."""
        if isinstance(tensor, EagerTensor):
            return tensor
        if tensor.graph is not self:
            return tensor.graph.concrete_value(tensor)
        env = dict(self.given)
        for outside, inner in self.captures:
            env[id(inner)] = outside
        operations = needed([tensor])
        for operation in operations:
            if operation.op_def is PLACEHOLDER and id(operation.outputs[0]) not in env:
                raise ValueError(
                    f"The initial value of a variable depends on {operation.outputs[0]!r}, which "
                    "has no value while the function is traced."
                )
        for outside in env.values():
            if not isinstance(outside, EagerTensor):
                env.update({k: self.concrete_value(v) for k, v in env.items() if v is outside})
        with stack.push(stack.frames[0]), stack.frame.paused():
            interpret_eagerly([o for o in operations if o.op_def is not PLACEHOLDER], env)
        return env[id(tensor)]


def surrounds(graph, inner):
    """Whether `inner` is traced, at some depth, inside `graph`."""
    while inner is not None and inner is not graph:
        inner = getattr(inner, "outer", None)
    return inner is graph


def describe(handle):
    """(shape, dtype) of the variable that `handle` stands for."""
    if isinstance(handle, EagerTensor):
        cell = handle._value
        if cell.described is not None:
            return cell.described
        return TensorShape(cell.value.shape), dtypes.from_numpy_dtype(cell.value.dtype)
    return handle.described


class Body:
    """A traced `FuncGraph` with chosen inputs and outputs; its captures come after the inputs.

    Attributes:
      given: the inputs that were chosen, handles left out.
      captured: the outer tensors, plain ones first, then handles.
      handles: the chosen inputs that are handles.
      inputs: the symbolic tensors of `given`, of the captures, and `handles`.
      num_cells: how many of the last inputs are handles.
      operations: what has to run, in order.
    """

    def __init__(self, graph, inputs, outputs, operations=None):
        self.graph, self.outputs = graph, list(outputs)
        captured = graph.captures
        plain = [pair for pair in captured if pair[1].dtype is not dtypes.resource]
        handles = [pair for pair in captured if pair[1].dtype is dtypes.resource]
        self.captured = [outside for outside, _ in plain + handles]
        self.given = [t for t in inputs if t.dtype is not dtypes.resource]
        self.handles = [t for t in inputs if t.dtype is dtypes.resource]
        self.inputs = [*self.given, *(inner for _, inner in plain + handles), *self.handles]
        self.num_cells = len(handles) + len(self.handles)
        if operations is None:
            effects = [o for o in graph.operations if o.op_def.stateful]
            operations = [o for o in needed([*outputs, *effects]) if o.op_def is not PLACEHOLDER]
        self.operations = operations

    @property
    def is_stateful(self):
        """Whether an op in it, at any depth, has state: TensorFlow names what holds it by that."""
        return any(any(b.is_stateful for b in o.op_def.bodies) if o.op_def.bodies
                   else o.op_def.stateful for o in self.operations)  # fmt: skip

    @property
    def has_effects(self):
        """Whether an op in it, at any depth, calls the host."""
        return any(o.op_def.host or any(b.has_effects for b in o.op_def.bodies)
                   for o in self.operations)  # fmt: skip

    @property
    def is_checked(self):
        """Whether an op in it, at any depth, looks at values that it may refuse."""
        return are_checked(self.operations)

    def __call__(self, values):
        """The outputs for the values of `inputs`: arrays, and cells for handles."""
        env = {id(t): v for t, v in zip(self.inputs, values)}
        interpret(self.operations, env)
        return tuple([env[id(t)] for t in self.outputs])

    def kinds_for(self, inputs):
        """(shape, dtype) of each output for `inputs` that may say more than the placeholders do."""
        kinds = [(t.shape, t.dtype) for t in self.outputs]
        if all(shape.is_fully_defined() for shape, _ in kinds):
            return kinds
        graph, better = Graph(), {}
        for inner, x in zip(self.inputs, inputs):
            if inner.dtype is dtypes.resource:
                continue
            value = static_value(x) if inner.dtype.is_integer and (x.shape.rank or 0) < 2 else None
            if value is not None:
                better[id(inner)] = graph.constant(value)
            elif x.shape != inner.shape and inner.shape.is_compatible_with(x.shape):
                better[id(inner)] = graph.placeholder(x.dtype, x.shape.merge_with(inner.shape))
        for o in self.operations if better else ():
            if not any(id(t) in better for t in o.inputs):
                continue
            known = tuple([better.get(id(t), t) for t in o.inputs])
            try:
                found = infer_outputs(o.op_def, known, o.attrs)
            except ValueError:  # what does not fit is an error when it runs
                return kinds
            graph.append(o.op_def, o.name, known, o.attrs, found)
            better.update(zip(map(id, o.outputs), graph.operations[-1].outputs))
        return [(better.get(id(t), t).shape, t.dtype) for t in self.outputs]

    def eagerly(self, tensors):
        """The outputs for the tensors of `inputs`, op by op."""
        env = {id(t): v for t, v in zip(self.inputs, tensors)}
        interpret_eagerly(self.operations, env)
        return [env[id(t)] for t in self.outputs]


def are_checked(operations):
    """Whether one of them, at any depth, looks at values that it may refuse."""
    return any(o.op_def.verify is not None or any(b.is_checked for b in o.op_def.bodies)
               for o in operations)  # fmt: skip


def trace(name, function, specs, names=()):
    """(Body, result) of calling `function` on placeholders of `specs` [(shape, dtype)].

    `function` returns a list of tensors, which become the outputs.
    """
    graph = FuncGraph(name, stack.frame)
    with stack.push(graph):
        for i, (shape, dtype) in enumerate(specs):
            name = names[i] if i < len(names) else None
            graph.inputs.append(graph.placeholder(dtype, shape, name))
        outputs = [graph.adopt(t) for t in function(*graph.inputs)]
    graph.outputs = outputs
    return Body(graph, graph.inputs, outputs)
