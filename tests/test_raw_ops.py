"""TensorFlow's ops under their own names: what they take, and what they give."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

TABLE = Path(__file__).parent.parent / "minitf" / "raw_ops.py"
ROW = re.compile(r"^((?:\w+ )*[A-Z]\w+)\((.*?)\)", re.M | re.S)
NAMES = [name for names, _ in ROW.findall(TABLE.read_text("utf-8")) for name in names.split()]


def test_arguments(tf, answer):
    """Every function takes TensorFlow's arguments, in TensorFlow's order; defaults are equal."""
    assert len(NAMES) > 370
    for name in NAMES:
        parameters = inspect.signature(getattr(tf.raw_ops, name)).parameters.values()
        defaults = [None if p.default is p.empty else p.default for p in parameters]
        given = [list(d) if isinstance(d, tuple) else d for d in defaults]
        answer(name, [[p.name for p in parameters], given])


def test_names(tf):
    if tf.__name__ == "minitf":
        assert dir(tf.raw_ops) == sorted(NAMES)


def F(*shape):  # noqa: N802
    return (np.arange(np.prod(shape), dtype="float32").reshape(shape) + 1) / 4


# fmt: off
def calls(tf):
    """(name, arguments) of a call of many of the ops."""
    x, y, m = tf.constant(F(2, 3)), tf.constant(F(2, 3)[::-1]), tf.constant([[4.0, 1.0], [1.0, 3.0]])
    im = tf.constant(F(1, 4, 4, 2))
    return [
        ("Abs", dict(x=x)),
        ("AddV2", dict(x=x, y=y)),
        ("Atan2", dict(y=x, x=y)),
        ("Invert", dict(x=tf.constant([1, 2]))),
        ("InvertPermutation", dict(x=tf.constant([1, 0]))),
        ("SelectV2", dict(condition=tf.constant([True, False]), t=tf.constant([1, 2]),
            e=tf.constant([3, 4]))),
        ("L2Loss", dict(t=x)),
        ("AddN", dict(inputs=[x, y])),
        ("ApproximateEqual", dict(x=x, y=y)),
        ("BesselI0", dict(x=x)),
        ("BesselJ0", dict(x=x)),
        ("BesselK0e", dict(x=x)),
        ("Betainc", dict(a=x, b=y, x=tf.constant(0.5) * tf.ones_like(x))),
        ("Bitcast", dict(input=tf.constant([1.0]), type=tf.int32)),
        ("Cast", dict(x=x, DstT=tf.int32)),
        ("CheckNumerics", dict(tensor=x, message="m")),
        ("Complex", dict(real=x, imag=y)),
        ("ComplexAbs", dict(x=tf.complex(x, y))),
        ("Div", dict(x=tf.constant([7, -7]), y=tf.constant([2, 2]))),
        ("Div", dict(x=x, y=y)),
        ("EluGrad", dict(gradients=x, outputs=y - 1.0)),
        ("SeluGrad", dict(gradients=x, outputs=y - 1.0)),
        ("ReluGrad", dict(gradients=x, features=y - 1.0)),
        ("Relu6Grad", dict(gradients=x, features=y - 1.0)),
        ("LeakyReluGrad", dict(gradients=x, features=y - 1.0)),
        ("SoftplusGrad", dict(gradients=x, features=y - 1.0)),
        ("SoftsignGrad", dict(gradients=x, features=y - 1.0)),
        ("SigmoidGrad", dict(y=x, dy=y)),
        ("TanhGrad", dict(y=x, dy=y)),
        ("Igamma", dict(a=x, x=y)),
        ("IgammaGradA", dict(a=x, x=y)),
        ("RandomGammaGrad", dict(alpha=x, sample=y)),
        ("Mod", dict(x=tf.constant([7, -7]), y=tf.constant([3, 3]))),
        ("Select", dict(condition=tf.constant([True, False]), x=x, y=y)),
        ("Zeta", dict(x=x + 1.0, q=y)),
        ("BroadcastGradientArgs", dict(s0=tf.constant([2, 3]), s1=tf.constant([3]))),
        ("BroadcastGradientArgs", dict(s0=tf.constant([2, 1]), s1=tf.constant([1, 3]))),
        ("BroadcastGradientArgs", dict(s0=tf.constant([2, 3]), s1=tf.constant([2, 3]))),
        ("Bucketize", dict(input=x, boundaries=[0.3, 0.6, 1.2])),
        ("Bucketize", dict(input=tf.constant([1, 5, 10]), boundaries=[0.0, 5.0, 10.0])),
        ("Concat", dict(concat_dim=0, values=[x, y])),
        ("ConcatV2", dict(values=[x, y], axis=1)),
        ("DepthToSpace", dict(input=F(1, 1, 1, 4), block_size=2)),
        ("DynamicPartition", dict(data=x, partitions=tf.constant([0, 1]),
            num_partitions=2)),
        ("DynamicStitch", dict(indices=[tf.constant([0]), tf.constant([1])],
            data=[tf.constant([5.0]), tf.constant([6.0])])),
        ("ExpandDims", dict(input=x, axis=0)),
        ("ExtractImagePatches", dict(images=im, ksizes=[1, 2, 2, 1], strides=[1, 2, 2, 1],
            rates=[1, 1, 1, 1], padding="VALID")),
        ("Fill", dict(dims=[2], value=3.0)),
        ("Gather", dict(params=x, indices=tf.constant([1]))),
        ("GatherNd", dict(params=x, indices=tf.constant([[1, 1]]))),
        ("GatherV2", dict(params=x, indices=tf.constant([1]), axis=1)),
        ("LinSpace", dict(start=0.0, stop=1.0, num=3)),
        ("ListDiff", dict(x=tf.constant([1, 2, 3]), y=tf.constant([2]))),
        ("LowerBound", dict(sorted_inputs=tf.constant([[1, 2, 3]]),
            values=tf.constant([[2]]))),
        ("MirrorPad", dict(input=x, paddings=[[1, 1], [0, 0]], mode="REFLECT")),
        ("NthElement", dict(input=x, n=1)),
        ("OneHot", dict(indices=tf.constant([0, 1]), depth=3, on_value=1.0, off_value=0.0)),
        ("Pack", dict(values=[x, y])),
        ("Pad", dict(input=x, paddings=[[1, 0], [0, 0]])),
        ("Range", dict(start=0, limit=4, delta=2)),
        ("Rank", dict(input=x)),
        ("Reverse", dict(tensor=x, dims=[True, False])),
        ("ReverseV2", dict(tensor=x, axis=[1])),
        ("ReverseSequence", dict(input=x, seq_lengths=[1, 2], seq_dim=1)),
        ("Roll", dict(input=x, shift=1, axis=1)),
        ("ScatterNd", dict(indices=[[1]], updates=[2.0], shape=[3])),
        ("Shape", dict(input=x)),
        ("ShapeN", dict(input=[x, y])),
        ("Size", dict(input=x)),
        ("Slice", dict(input=x, begin=[0, 1], size=[1, 2])),
        ("SpaceToDepth", dict(input=im, block_size=2)),
        ("Split", dict(axis=1, value=x, num_split=3)),
        ("SplitV", dict(value=x, size_splits=[1, 2], axis=1, num_split=2)),
        ("Squeeze", dict(input=F(1, 2))),
        ("Squeeze", dict(input=F(1, 2), axis=[0])),
        ("StridedSlice", dict(input=x, begin=[0, 0], end=[1, 0], strides=[1, 2],
            end_mask=2)),
        ("StridedSlice", dict(input=x, begin=[0, 1], end=[1, 2], strides=[1, 1],
            shrink_axis_mask=2)),
        ("TensorScatterAdd", dict(tensor=tf.constant([1.0, 2.0]), indices=[[0]],
            updates=[5.0])),
        ("TensorScatterUpdate", dict(tensor=tf.constant([1.0, 2.0]), indices=[[0]],
            updates=[5.0])),
        ("Tile", dict(input=x, multiples=[2, 1])),
        ("TopKV2", dict(input=x, k=2)),
        ("Transpose", dict(x=x, perm=[1, 0])),
        ("ConjugateTranspose", dict(x=x, perm=[1, 0])),
        ("Unique", dict(x=tf.constant([1, 1, 2]))),
        ("UniqueWithCounts", dict(x=tf.constant([1, 1, 2]))),
        ("Unpack", dict(value=x, num=2)),
        ("UnravelIndex", dict(indices=tf.constant([5]), dims=tf.constant([2, 3]))),
        ("Where", dict(condition=x > 0.5)),
        ("All", dict(input=x > 0.5, axis=1)),
        ("Sum", dict(input=x, axis=[0])),
        ("Sum", dict(input=x, axis=0, keep_dims=True)),
        ("Max", dict(input=x, axis=-1)),
        ("Mean", dict(input=x, axis=[0, 1])),
        ("EuclideanNorm", dict(input=x, axis=1)),
        ("ArgMax", dict(input=x, dimension=1)),
        ("ArgMin", dict(input=x, dimension=0, output_type=tf.int32)),
        ("Cumsum", dict(x=x, axis=1, exclusive=True)),
        ("Bincount", dict(arr=tf.constant([1, 2, 2]), size=4, weights=tf.constant([],
            tf.float32))),
        ("DenseBincount", dict(input=tf.constant([1, 2, 2]), size=4, weights=tf.constant([],
            tf.float32))),
        ("DenseBincount", dict(input=tf.constant([[1, 2, 2]]), size=4,
            weights=tf.constant([[1.0, 2.0, 3.0]]))),
        ("HistogramFixedWidth", dict(values=x, value_range=[0.0, 1.0], nbins=3)),
        ("SegmentSum", dict(data=x, segment_ids=tf.constant([0, 0]))),
        ("UnsortedSegmentMax", dict(data=x, segment_ids=tf.constant([0, 0]),
            num_segments=2)),
        ("SparseSegmentSum", dict(data=x, indices=tf.constant([0, 1]),
            segment_ids=tf.constant([0, 0]))),
        ("BatchMatMulV2", dict(x=x, y=y, adj_y=True)),
        ("BatchMatMul", dict(x=x, y=y, adj_x=True)),
        ("BatchMatMulV3", dict(x=tf.constant([[1, 2]], tf.int8), y=tf.constant([[3], [4]],
            tf.int8), Tout=tf.int32)),
        ("Einsum", dict(inputs=[x, y], equation="ij,kj->ik")),
        ("MatMul", dict(a=x, b=y, transpose_b=True)),
        ("FFT", dict(input=tf.complex(x, y))),
        ("IRFFT", dict(input=tf.complex(x, y), fft_length=[4])),
        ("Lu", dict(input=m)),
        ("Cholesky", dict(input=m)),
        ("LogMatrixDeterminant", dict(input=m)),
        ("MatrixInverse", dict(input=m)),
        ("MatrixSolve", dict(matrix=m, rhs=m)),
        ("MatrixSolveLs", dict(matrix=m, rhs=m, l2_regularizer=0.0)),
        ("MatrixTriangularSolve", dict(matrix=m, rhs=m)),
        ("MatrixBandPart", dict(input=m, num_lower=0, num_upper=-1)),
        ("MatrixDiag", dict(diagonal=tf.constant([1.0, 2.0]))),
        ("MatrixDiagV2", dict(diagonal=tf.constant([[1.0, 2.0], [3.0, 4.0]]), k=[0, 1],
            num_rows=-1, num_cols=-1, padding_value=0.0)),
        ("MatrixDiagV3", dict(diagonal=tf.constant([1.0, 2.0]), k=1, num_rows=-1,
            num_cols=-1, padding_value=9.0)),
        ("MatrixDiagPart", dict(input=m)),
        ("MatrixDiagPartV3", dict(input=m, k=[0, 1], padding_value=9.0)),
        ("MatrixSetDiag", dict(input=m, diagonal=tf.constant([7.0, 8.0]))),
        ("MatrixSetDiagV3", dict(input=m, diagonal=tf.constant([7.0]), k=1)),
        ("TridiagonalSolve", dict(diagonals=tf.constant([[1.0, 1.0, 0.0], [4.0, 4.0, 4.0],
            [0.0, 1.0, 1.0]]), rhs=tf.constant([[1.0], [2.0], [3.0]]))),
        ("SoftmaxCrossEntropyWithLogits", dict(features=x, labels=y)),
        ("SparseSoftmaxCrossEntropyWithLogits", dict(features=x, labels=tf.constant([0,
            2]))),
        ("InTopKV2", dict(predictions=x, targets=tf.constant([0, 2]), k=1)),
        ("InTopK", dict(predictions=x, targets=tf.constant([0, 2]), k=1)),
        ("FusedBatchNormV2", dict(x=im, scale=tf.ones([2]), offset=tf.zeros([2]),
            mean=tf.zeros([2]), variance=tf.ones([2]))),
        ("FusedBatchNormV2", dict(x=im, scale=tf.ones([2]), offset=tf.zeros([2]),
            mean=tf.zeros([2]), variance=tf.ones([2]), exponential_avg_factor=0.5)),
        ("AvgPool", dict(value=im, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
            padding="VALID")),
        ("MaxPool", dict(input=im, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
            padding="SAME")),
        ("MaxPool", dict(input=im, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
            padding="EXPLICIT", explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0])),
        ("MaxPoolV2", dict(input=im, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
            padding="SAME")),
        ("MaxPoolGrad", dict(orig_input=im, orig_output=im[:, 1::2, 1::2], grad=im[:, :2,
            :2], ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")),
        ("AvgPoolGrad", dict(orig_input_shape=[1, 4, 4, 2], grad=im[:, :2, :2], ksize=[1, 2,
            2, 1], strides=[1, 2, 2, 1], padding="VALID")),
        ("MaxPoolWithArgmax", dict(input=im, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
            padding="VALID")),
        ("BiasAdd", dict(value=x, bias=tf.constant([1.0, 2.0, 3.0]))),
        ("BiasAddGrad", dict(out_backprop=im)),
        ("Conv2D", dict(input=im, filter=F(2, 2, 2, 1), strides=[1, 1, 1, 1],
            padding="SAME")),
        ("Conv2D", dict(input=im, filter=F(2, 2, 2, 1), strides=[1, 1, 1, 1],
            padding="EXPLICIT", explicit_paddings=[0, 0, 1, 0, 1, 0, 0, 0])),
        ("Conv2DBackpropInput", dict(input_sizes=[1, 4, 4, 2], filter=F(2, 2, 2, 1),
            out_backprop=im[..., :1], strides=[1, 1, 1, 1], padding="SAME")),
        ("Conv2DBackpropFilter", dict(input=im, filter_sizes=[2, 2, 2, 1],
            out_backprop=im[..., :1], strides=[1, 1, 1, 1], padding="SAME")),
        ("DepthwiseConv2dNative", dict(input=im, filter=F(2, 2, 2, 1), strides=[1, 1, 1, 1],
            padding="SAME")),
        ("Conv3D", dict(input=F(1, 2, 2, 2, 1), filter=F(1, 1, 1, 1, 2), strides=[1] * 5,
            padding="SAME")),
        ("Dilation2D", dict(input=im, filter=F(2, 2, 2), strides=[1, 1, 1, 1], rates=[1, 1,
            1, 1], padding="VALID")),
        ("LRN", dict(input=im)),
        ("Softmax", dict(logits=x)),
        ("LogSoftmax", dict(logits=x)),
        ("RegexFullMatch", dict(input=tf.constant(["a1", "b"]), pattern="[a-z]\\d")),
        ("RegexReplace", dict(input=tf.constant(["a1", "b"]), pattern="[a-z]",
            rewrite="z")),
        ("AsString", dict(input=x, precision=2)),
        ("EncodeBase64", dict(input=tf.constant("abc"))),
        ("DecodeBase64", dict(input=tf.constant("YWJj"))),
        ("ReduceJoin", dict(inputs=tf.constant([["a", "b"], ["c", "d"]]),
            reduction_indices=[1])),
        ("StringFormat", dict(inputs=[x], template="a%s")),
        ("StringJoin", dict(inputs=[tf.constant("a"), tf.constant("b")], separator="-")),
        ("StringLength", dict(input=tf.constant("abc"))),
        ("StringLower", dict(input=tf.constant("ABC"))),
        ("StringStrip", dict(input=tf.constant(" ABC "))),
        ("StringToHashBucketFast", dict(input=tf.constant("ABC"), num_buckets=10)),
        ("StringToHashBucket", dict(string_tensor=tf.constant("ABC"), num_buckets=10)),
        ("StringToNumber", dict(string_tensor=tf.constant("1.5"))),
        ("Substr", dict(input=tf.constant("hello"), pos=1, len=2)),
        ("StringSplitV2", dict(input=tf.constant(["a b", "c"]), sep="")),
        ("UnicodeTranscode", dict(input=tf.constant("a"), input_encoding="UTF-8",
            output_encoding="UTF-16-BE")),
        ("AdjustContrastv2", dict(images=F(2, 2, 3), contrast_factor=2.0)),
        ("AdjustHue", dict(images=F(2, 2, 3) / 4, delta=0.2)),
        ("RGBToHSV", dict(images=F(2, 2, 3) / 4)),
        ("CropAndResize", dict(image=im, boxes=tf.constant([[0.0, 0.0, 1.0, 1.0]]),
            box_ind=tf.constant([0]), crop_size=[2, 2])),
        ("ResizeBilinear", dict(images=im, size=[2, 2])),
        ("ResizeBilinear", dict(images=im, size=[3, 3], half_pixel_centers=True)),
        ("ResizeNearestNeighbor", dict(images=im, size=[3, 3])),
        ("ResizeBicubic", dict(images=im, size=[3, 3])),
        ("ResizeArea", dict(images=im, size=[3, 3])),
        ("NonMaxSuppressionV3", dict(boxes=tf.constant([[0.0, 0.0, 1.0, 1.0]]),
            scores=tf.constant([1.0]), max_output_size=2, iou_threshold=0.5,
            score_threshold=0.0)),
        ("DecodeRaw", dict(bytes=tf.constant(b"\x01\x00"), out_type=tf.uint8)),
        ("StatelessRandomNormal", dict(shape=[2], seed=[1, 2])),
        ("StatelessRandomUniform", dict(shape=[2], seed=[1, 2])),
        ("StatelessRandomUniformInt", dict(shape=[2], seed=[1, 2], minval=tf.constant(0),
            maxval=tf.constant(100))),
        ("StatelessRandomUniformFullInt", dict(shape=[2], seed=[1, 2], dtype=tf.int32)),
        ("StatelessTruncatedNormal", dict(shape=[2], seed=[1, 2])),
        ("StatelessMultinomial", dict(logits=x, num_samples=3, seed=[1, 2])),
        ("SparseReorder", dict(input_indices=[[1, 0], [0, 1]], input_values=[1.0, 2.0],
            input_shape=[2, 2])),
        ("SparseReshape", dict(input_indices=tf.constant([[1, 0], [0, 1]], tf.int64),
            input_shape=tf.constant([2, 2], tf.int64), new_shape=tf.constant([4],
            tf.int64))),
        ("SparseTensorDenseMatMul", dict(a_indices=tf.constant([[1, 0], [0, 1]], tf.int64),
            a_values=[1.0, 2.0], a_shape=tf.constant([2, 2], tf.int64), b=m)),
        ("SparseToDense", dict(sparse_indices=[0, 2], output_shape=[4], sparse_values=[1.0,
            2.0], default_value=0.0)),
        ("Equal", dict(x=x, y=y)),
        ("IdentityN", dict(input=[x, y])),
    ]
# fmt: on


def test_values(tf, answer):
    for i, (name, arguments) in enumerate(calls(tf)):
        answer(f"{name} {i}", getattr(tf.raw_ops, name)(**arguments), atol=1e-5)


def test_results_have_names(tf, answer):
    found = tf.raw_ops.Unique(x=tf.constant([1, 1, 2]))
    answer("unique", [type(found).__name__, list(found._fields), found.idx])
    found = tf.raw_ops.Svd(input=tf.constant([[4.0, 1.0], [1.0, 3.0]]))
    answer("svd", [list(found._fields), found.s])
    found = tf.raw_ops.SelfAdjointEigV2(
        input=tf.constant([[4.0, 1.0], [1.0, 3.0]]), compute_v=False
    )
    answer("eig", [list(found._fields), found.e])


def test_variables(tf, answer):
    v = tf.Variable([1.0, 2.0, 3.0])
    tf.raw_ops.AssignAddVariableOp(resource=v.handle, value=tf.ones(3))
    tf.raw_ops.ResourceScatterAdd(resource=v.handle, indices=[0], updates=[10.0])
    answer("read", tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=tf.float32))


def test_gradient_and_function(tf, answer):
    x = tf.constant([1.0, 2.0])

    @tf.function
    def square(x):
        return tf.raw_ops.Sum(input=tf.raw_ops.Mul(x=x, y=x), axis=[0], name="total")

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = square(x)
    answer("value", [y, tape.gradient(y, x)])
    operations = square.get_concrete_function(x).graph.get_operations()
    answer("names", [o.name for o in operations if o.type in ("Mul", "Sum")])


def test_refusals(tf, answer):
    answer.raises("positional", lambda: tf.raw_ops.Abs(tf.constant(1.0)))
    answer.raises("missing", lambda: tf.raw_ops.MatMul(a=tf.constant([[1.0]])), ["b"])
    answer.raises("unexpected", lambda: tf.raw_ops.Abs(x=tf.constant(1.0), z=1), ["z"])
    with pytest.raises(AttributeError, match="Nonesuch"):
        _ = tf.raw_ops.Nonesuch


def test_arguments_that_are_not_there():
    """What a row does not use keeps its default; to ask for another value is an error."""
    import minitf as tf

    parts = dict(tensor=tf.zeros([3]), indices=[[1]], updates=[1.0])
    added = tf.raw_ops.TensorScatterAdd(**parts, bad_indices_policy="", name="added")
    assert added.numpy().tolist() == [0.0, 1.0, 0.0]
    with pytest.raises(NotImplementedError, match="TensorScatterAdd: bad_indices_policy"):
        tf.raw_ops.TensorScatterAdd(**parts, bad_indices_policy="IGNORE")
