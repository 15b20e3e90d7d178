"""A concrete function as a message: importing this module gives it `function_def`."""

import re

from minitf.concrete import ConcreteFunction
from minitf.graph_def import node_def
from minitf.graphs.graph import PLACEHOLDER
from minitf.ops.messages import AttrValue, FunctionDef, OpDef
from minitf.ops.tensor_protos import shape_proto
from minitf.scopes import distinct


def _argument_names(operations):
    """Names as arguments of functions have them: small letters, digits and `_`."""
    return distinct([re.sub(r"[^a-z0-9]", "_", o.name.lower()) for o in operations])


def function_def(concrete):
    """A concrete function as a `FunctionDef`; its nodes are those of the graph's `GraphDef`.

    >>> import minitf as tf
    >>> double = tf.function(lambda x: x + x).get_concrete_function(tf.TensorSpec([], tf.float32))
    >>> [(node.name, node.op) for node in double.function_def.node_def]
    [('add', 'AddV2'), ('Identity', 'Identity')]
    """
    inputs, outputs = concrete.inputs, concrete.outputs
    names = _argument_names([t.op for t in [*inputs, *outputs]])
    args = [OpDef.ArgDef(name=name, type=t.dtype.as_datatype_enum)
            for name, t in zip(names, [*inputs, *outputs])]  # fmt: skip
    nodes = [o for o in concrete.graph.operations if o.op_def is not PLACEHOLDER]
    effects = [o.name for o in nodes if o.op_def.stateful]
    found = FunctionDef(
        signature=OpDef(name=concrete.name.decode(), input_arg=args[: len(inputs)],
                        output_arg=args[len(inputs) :], is_stateful=bool(effects),
                        control_output=effects),
        node_def=[node_def(o) for o in nodes],
        ret={name: t.name for name, t in zip(names[len(inputs) :], outputs)},
        control_ret={name: name for name in effects},
        attr={"_construction_context": AttrValue(s=b"kEagerRuntime")},
    )  # fmt: skip
    for i, t in enumerate(inputs):
        attrs = found.arg_attr[i].attr
        if i < len(inputs) - len(concrete.captured):
            attrs["_user_specified_name"].s = t.op.name.encode()
        attrs["_output_shapes"].list.shape = [shape_proto(t.shape)]
    return found


ConcreteFunction.function_def = property(function_def)
