"""Datasets at their edges: elements by number, sizes to pad to, and how many elements there are."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    D = tf.data.Dataset
    return dict(
        D=D, at=tf.data.experimental.at, r=D.range(3), X=tf.data.experimental,
        v=D.from_generator(lambda: iter([[1], [1, 2]]), output_signature=tf.TensorSpec([None], tf.int32)),
        N=lambda d: [x.tolist() for x in d.as_numpy_iterator()],
        at_in_function=tf.function(lambda i: tf.data.experimental.at(D.range(3), i)),
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
at(r,0)
at(r,2)
at(r,3)
at(r,-1)
at(r.batch(2),1)
at(r.repeat(),7)
at(r.map(lambda x: x*2),5)
at(r.map(lambda x: x*2),1)
at_in_function(1)
N(v.padded_batch(2,padded_shapes=[-1]))
N(v.padded_batch(2,padded_shapes=[None]))
N(v.padded_batch(2,padded_shapes=C([-1],tf.int64)))
N(v.padded_batch(2,padded_shapes=C([4],tf.int64)))
N(v.padded_batch(2,padded_shapes=np.array([4])))
N(v.padded_batch(2,padded_shapes=tf.TensorShape([None])))
N(v.padded_batch(2,padded_shapes=[4],padding_values=7))
N(v.padded_batch(2,padded_shapes=[1]))
N(v.padded_batch(2,padded_shapes=[-1,2]))
repr(v.padded_batch(2,padded_shapes=[-1]).element_spec)
repr(D.zip((v,r)).padded_batch(2,padded_shapes=([-1],[])).element_spec)
r.bucket_by_sequence_length(lambda x: tf.cast(x,tf.int32),[3],[2,2],padded_shapes=[]).cardinality()
r.repeat().bucket_by_sequence_length(lambda x: tf.cast(x,tf.int32),[3],[2,2],padded_shapes=[]).cardinality()
N(D.sample_from_datasets([D.range(4),D.range(10,14)],D.from_tensors([.5,.5]).repeat(),seed=1))
N(D.sample_from_datasets([D.range(2),D.range(10,14)],D.from_tensor_slices([[1.,0.],[0.,1.],[1.,0.]]),seed=1))
N(D.from_generator(lambda: iter([1.5,2]),output_signature=tf.TensorSpec([],tf.int32)))
D.from_generator(lambda: iter([1]))
D.from_generator(lambda: iter([1]),output_types=[tf.int32])
r.map(lambda x: None)
r.map(lambda x: (x,None)).element_spec[0]
r.unbatch()
D.range()
N(r.apply(X.group_by_reducer(lambda x: x%2,X.Reducer(lambda k: (0.,k),lambda s,x: (s[0]+tf.cast(x,tf.float32),s[1]+1),lambda t,c: t+tf.cast(c,tf.float32)))))
r.apply(X.group_by_reducer(lambda x: tf.cast(x,tf.int32),X.Reducer(lambda k: k,lambda s,x: s,lambda s: s)))
X.TFRecordWriter('x').write([1])
X.TFRecordWriter('x').write(r)
""",
)
