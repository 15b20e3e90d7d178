"""Graphs as TensorFlow writes them: nodes of any op, with the attributes that TensorFlow has."""

import numpy as np
import pytest

PICTURES = np.linspace(-1, 1, 2 * 4 * 4 * 2).reshape(2, 4, 4, 2).astype("float32")


@pytest.fixture
def v1(tf):
    with tf.Graph().as_default():
        yield tf.compat.v1


class Definition:
    """A `GraphDef` that is written node by node: `add(op, name, inputs, attribute=value)`."""

    def __init__(self, v1):
        self.v1, self.proto = v1, v1.GraphDef()
        self.proto.versions.producer = 1000

    def add(self, op, name, inputs=(), **attrs):
        node = self.proto.node.add()
        node.op, node.name = op, name
        node.input.extend(inputs)
        for key, value in attrs.items():
            held = node.attr[key]
            if isinstance(value, self.v1.DType):
                held.type = value.as_datatype_enum
            elif isinstance(value, bool):
                held.b = value
            elif isinstance(value, int):
                held.i = value
            elif isinstance(value, float):
                held.f = value
            elif isinstance(value, str):
                held.s = value.encode()
            else:
                held.list.i.extend(value)

    def constant(self, name, value):
        value = np.array(value)
        value = value.astype("float32" if value.dtype.kind == "f" else "int32")
        node = self.proto.node.add()
        node.op, node.name = "Const", name
        node.attr["dtype"].type = self.v1.as_dtype(value.dtype).as_datatype_enum
        node.attr["value"].tensor.CopyFrom(self.v1.make_tensor_proto(value))


def test_a_frozen_network(v1, answer):
    graph, f32, i32 = Definition(v1), v1.float32, v1.int32
    graph.add("Placeholder", "input", dtype=f32)
    for size in (-1, 4, 4, 2):
        graph.proto.node[0].attr["shape"].shape.dim.add().size = size
    graph.constant("kernel", np.linspace(0, 1, 36).reshape(3, 3, 2, 2))
    graph.constant("two", [1.0, 2.0])
    graph.add("Conv2D", "layer/conv", ["input", "kernel"], T=f32, strides=[1, 1, 1, 1],
              padding="SAME", data_format="NHWC", dilations=[1, 1, 1, 1], use_cudnn_on_gpu=True,
              explicit_paddings=[])  # fmt: skip
    graph.add("BiasAdd", "layer/biased", ["layer/conv", "two"], T=f32, data_format="NHWC")
    graph.add("FusedBatchNormV3", "norm", ["layer/biased", "two", "two", "two", "two"], T=f32, U=f32,
              epsilon=1e-3, is_training=False, data_format="NHWC")  # fmt: skip
    graph.add("MaxPool", "pool", ["norm"], T=f32, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
              padding="VALID", data_format="NHWC")  # fmt: skip
    graph.constant("axes", [1, 2])
    graph.add("Mean", "mean", ["pool", "axes"], T=f32, Tidx=i32, keep_dims=True)
    graph.add("Squeeze", "flat", ["mean"], T=f32, squeeze_dims=[1, 2])
    graph.add("MatMul", "product", ["flat", "flat"], T=f32, transpose_a=False, transpose_b=True)
    graph.add("Softmax", "prob", ["product"], T=f32)
    outputs = v1.import_graph_def(graph.proto, return_elements=["norm:0", "prob:0"], name="net")
    answer("names", [x.name for x in outputs])
    answer("shapes", [x.shape.as_list() for x in outputs])
    with v1.Session() as session:
        answer("values", session.run(outputs, {"net/input:0": PICTURES}))


def test_nodes_with_lists_and_axes(v1, answer):
    graph, f32, i32 = Definition(v1), v1.float32, v1.int32
    graph.constant("x", [[1.0, 2.0, 3.0, 4.0], [8.0, 7.0, 6.0, 5.0]])
    graph.constant("one", 1)
    graph.constant("rows", [0, 1])
    graph.constant("begin", [0, 1])
    graph.constant("end", [2, -1])
    graph.constant("steps", [1, 1])
    graph.add("Split", "split", ["one", "x"], T=f32, num_split=2)
    graph.add("AddV2", "added", ["split", "split:1"], T=f32)
    graph.add("ConcatV2", "joined", ["x", "added", "one"], N=2, T=f32, Tidx=i32)
    graph.add("Pack", "packed", ["added", "added"], N=2, T=f32, axis=-1)
    graph.add("StridedSlice", "slice", ["joined", "begin", "end", "steps"], T=f32, Index=i32,
              begin_mask=1, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0)  # fmt: skip
    graph.add("GatherV2", "gathered", ["joined", "rows", "one"], Tparams=f32, Tindices=i32,
              Taxis=i32, batch_dims=0)  # fmt: skip
    graph.add("ArgMax", "best", ["x", "one"], T=f32, Tidx=i32, output_type=v1.int32)
    graph.add("TopKV2", "top", ["x", "one"], T=f32, sorted=True)
    graph.add("Cast", "cast", ["slice"], SrcT=f32, DstT=i32, Truncate=False)
    graph.add("ExpandDims", "wide", ["best", "one"], T=i32, Tdim=i32)
    graph.add("LeakyRelu", "leaky", ["x"], T=f32, alpha=0.5)
    names = [
        "added",
        "joined",
        "packed",
        "slice",
        "gathered",
        "best",
        "top",
        "cast",
        "wide",
        "leaky",
    ]
    fetches = [*(f"{name}:0" for name in names), "top:1"]
    outputs = v1.import_graph_def(graph.proto, return_elements=fetches, name="")
    answer("names", [x.name for x in outputs])
    with v1.Session() as session:
        answer("values", session.run(outputs))


def test_nodes_that_cannot_be_read(v1, answer):
    graph = Definition(v1)
    graph.constant("x", [1.0])
    graph.add("NoSuchOp", "y", ["x"], T=v1.float32)
    with pytest.raises(Exception, match="NoSuchOp"):
        v1.import_graph_def(graph.proto)
    answer("before", len(v1.get_default_graph().get_operations()) <= 1)
