"""What is read from texts: examples with ragged features, lines of CSV; and sparse tensors' parts."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import calls


def names(tf, C, F):  # noqa: N803
    def example(**features):
        """A serialized example of lists of integers, floats or texts."""
        return tf.train.Example(
            features=tf.train.Features(feature={k: feature(v) for k, v in features.items()})
        ).SerializeToString()

    def feature(values):
        if all(isinstance(v, int) for v in values):
            return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        if all(isinstance(v, float) for v in values):
            return tf.train.Feature(float_list=tf.train.FloatList(value=values))
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))

    def steps(**lists):
        """A serialized sequence example."""
        made = {k: tf.train.FeatureList(feature=map(feature, v)) for k, v in lists.items()}
        return tf.train.SequenceExample(
            feature_lists=tf.train.FeatureLists(feature_list=made)
        ).SerializeToString()

    R = tf.io.RaggedFeature  # noqa: N806
    a = example(v=[1, 2, 3, 4], s=[0, 3, 4], l=[3, 1], i=[0, 0, 0, 1], b=[0, 3], e=[3, 4])
    b = example(v=[5, 6], s=[0, 0, 2], l=[0, 2], i=[1, 1], b=[0, 0], e=[0, 2])

    def shown(x):
        return [x.to_list() if hasattr(x, "to_list") else x, str(x.shape)]

    def cut(*partitions, texts=(a, b), **options):
        spec = R(tf.int64, "v", partitions, **options)
        return shown(tf.io.parse_example(list(texts), {"x": spec})["x"])

    def one(*partitions):
        return shown(tf.io.parse_single_example(a, {"x": R(tf.int64, "v", partitions)})["x"])

    def sequences(*texts, **features):
        _, found, _ = tf.io.parse_sequence_example(list(texts), sequence_features=features)
        return {k: shown(v) for k, v in found.items()}

    sparse = tf.SparseTensor([[0, 1], [1, 0]], [1.0, 2.0], [2, 3])
    value = tf.compat.v1.SparseTensorValue(
        np.array([[0, 1], [1, 0]]), np.array([1, 2], np.float32), np.array([2, 3])
    )

    def shaped(shape):
        made = tf.SparseTensor([[0, 1]], [1.0], [2, 3])
        made.set_shape(shape)
        return str(made.shape)

    return dict(
        R=R, T=tf, IO=tf.io, cut=cut, one=one, ex=example, steps=steps, sequences=sequences,
        csv=tf.io.decode_csv, S=tf.sparse, s=sparse, v=value, d=tf.constant([[3.0] * 3] * 2),
        shaped=shaped, full=lambda x: [x.indices, x.values, x.dense_shape], C=C,
        empty=tf.constant([], tf.int32),
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
cut(R.RowSplits('s'))
cut(R.RowLengths('l'))
cut(R.ValueRowIds('i'))
cut(R.RowStarts('b'))
cut(R.RowLimits('e'))
cut(R.UniformRowLength(2))
cut(R.UniformRowLength(1),R.UniformRowLength(2))
cut(R.UniformRowLength(2),R.RowLengths('l'))
cut(R.RowLengths('l'),R.UniformRowLength(2),texts=[ex(v=[1,2,3,4],l=[1,1])])
cut(R.RowLengths('l'),texts=[ex(v=[1,2,3],l=[1,1])],validate=True)
cut(R.RowSplits('s'),row_splits_dtype=T.int64)
cut('s')
one(R.RowSplits('s'))
one(R.ValueRowIds('i'))
one(R.UniformRowLength(2))
sequences(steps(v=[[1,2,3],[4]],l=[[1,2],[1]]),steps(v=[[5]],l=[[1]]),x=R(T.int64,'v',[R.RowLengths('l')]))
sequences(steps(v=[[1,2,3],[4]]),v=R(T.int64))
sequences(steps(v=[[1,2]]),v=IO.FixedLenSequenceFeature([3],T.int64))
sequences(steps(v=[[1,2]]),v=IO.FixedLenSequenceFeature([2],T.float32))
IO.parse_example([ex(a=[1.,2.])],{'a': IO.FixedLenFeature(None,T.float32)})
IO.parse_example([ex(a=[1.,2.])],{'a': IO.FixedLenFeature([3],T.float32)})
csv(['1,2'],[[0]])
csv(['a'],[[0]])
csv(['1,'],[[0],empty])
csv(['"a,""b"" c",c'],[[''],['']])
csv(['"a'],[['']])
csv(['"a"b'],[['']])
csv(['a"b'],[['']])
csv(['a"b'],[['']],use_quote_delim=False)
csv(['9999999999'],[[0]])
csv(['1,2,3'],[[0]],select_cols=[1])
csv(['1,2'],[[0]],select_cols=[2])
csv(['1,2'],[[0]],select_cols=[-1])
csv(['1,2'],[[0],[0]],select_cols=[1,0])
csv(['1,2'],[[0]],select_cols=[0,1])
csv(['1'],[[[0]]])
csv(['1'],[[0,1]])
csv(['1,,"x"',',2,'],[[0],[2.5],['y']])
IO.parse_tensor(b'junk',T.float32)
full(d*s)
full(s*d)
full(T.identity(s))
T.matmul(s,d)
shaped([2,None])
shaped([3,None])
full(S.add(v,v))
full(S.add(s,v))
S.to_dense(v)
full(S.softmax(v))
full(S.reorder(v))
full(S.fill_empty_rows(v,0.)[0])
full(S.reset_shape(v,[4,4]))
full(S.concat(0,[v,s]))
IO.serialize_sparse(v)
S.to_dense(d)
S.reorder([1])
S.split(s,2,axis=5)
S.split(s,4,axis=1)
S.concat(5,[s,s])
S.reset_shape(s,[1,1])
""",
)
