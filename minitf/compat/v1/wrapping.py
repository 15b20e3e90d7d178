"""`wrap_function`: a program of TF 1.x, which makes variables and writes ops, as a function."""

from minitf import autograph, nest
from minitf.concrete import ConcreteFunction
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import stack
from minitf.core.tensor import SymbolicTensor
from minitf.graphs.func_graph import Body, FuncGraph
from minitf.graphs.graph import PLACEHOLDER, Operation
from minitf.graphs.interpret import needed


class WrappedFunction(ConcreteFunction):
    """A traced program: it is called on tensors, owns its variables, and can be pruned."""

    def __init__(self, graph, feeds, fetches, name):
        wanted = [leaf for leaf in nest.flatten(fetches) if leaf is not None]
        outputs = [leaf for leaf in wanted if not isinstance(leaf, Operation)]
        known = {id(t) for t in (*feeds, *graph.internal_captures)}
        operations = needed(wanted, feeds)
        for o in operations:
            if o.op_def is PLACEHOLDER and id(o.outputs[0]) not in known:
                raise ValueError(
                    f"Unable to lift tensor {wanted[0]!r} because it depends transitively on "
                    f"placeholder {o!r}."
                )
        operations = [o for o in operations if o.op_def is not PLACEHOLDER]
        super().__init__(Body(graph, feeds, outputs, operations), name)
        self.structured_outputs = nest.map_structure(
            lambda leaf: None if isinstance(leaf, Operation) else leaf, fetches)  # fmt: skip

    def __call__(self, *args):
        """The results for tensors, one for each input."""
        flat = nest.flatten(args)
        if len(flat) != self.num_given:
            raise ValueError(f"Signature specifies {self.num_given} arguments, got: {len(flat)}.")
        return self.call_flat([convert_to_tensor(x, t.dtype) for x, t in zip(flat, self.inputs)])

    def prune(self, feeds, fetches, name="pruned", input_signature=None):
        """The function from some tensors of the graph to others; it shares the variables.

        Args:
          feeds: the tensors that are given, in a structure.
          fetches: the tensors and operations to compute, in a structure; an operation gives None.

        Raises:
          NotImplementedError: `input_signature`: the feeds have no names here.
          ValueError: the fetches need a placeholder that is not among the feeds, or a feed or
            fetch is none.
        """
        if input_signature is not None:
            raise NotImplementedError("WrappedFunction.prune: no `input_signature` in minitf.")
        for leaf in [*nest.flatten(feeds), *nest.flatten(fetches)]:
            if not isinstance(leaf, SymbolicTensor | Operation):
                raise ValueError(f"Feeds and fetches must be tensors, got {leaf!r}.")
        return WrappedFunction(self.graph, nest.flatten(feeds), fetches, name)


def wrap_function(fn, signature, name=None):
    """`fn`, a function as TF 1.x's programs are written, traced once into a function.

    The variables that it makes are made once, and kept.

    Args:
      fn: writes ops and returns tensors, operations or None.
      signature: a structure of `TensorSpec`s, one for each argument.

    >>> import minitf.compat.v1 as tf
    >>> def program(x):
    ...     v = tf.get_variable("v", initializer=2.0)
    ...     return tf.add(tf.identity(x * v, name="product"), 1.0)
    >>> wrapped = wrap_function(program, [tf.TensorSpec([], "float32")])
    >>> wrapped(3.0).numpy(), wrapped.variables[0].numpy()
    (np.float32(7.0), np.float32(2.0))
    >>> product = wrapped.graph.get_tensor_by_name("product:0")
    >>> wrapped.prune(wrapped.inputs[0], product)(3.0).numpy()
    np.float32(6.0)
    """
    name = name or "wrapped_function"
    graph = FuncGraph(name, stack.frame)
    graph.created, graph.in_order = [], False
    with stack.push(graph):
        arguments = nest.map_structure(
            lambda spec: graph.placeholder(spec.dtype, spec.shape, spec.name), signature
        )
        result = autograph.do_not_convert(fn)(*arguments)
        result = nest.map_structure(
            lambda x: x if x is None or isinstance(x, Operation) else graph.adopt(
                convert_to_tensor(x)), result)  # fmt: skip
    graph.inputs = nest.flatten(arguments)
    wrapped = WrappedFunction(graph, graph.inputs, result, name)
    graph.outputs = list(wrapped.outputs)
    return wrapped
