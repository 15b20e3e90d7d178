"""How values are cut into rows: partitions, shapes of ragged tensors, and their indexing."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import calls


def names(tf, C, F):  # noqa: N803
    P, T = tf.experimental.RowPartition, tf.RaggedTensor  # noqa: N806

    def ways(p):
        """All that a partition says of itself."""
        return [p.row_splits(), p.row_lengths(), p.value_rowids(), p.row_starts(), p.row_limits(),
                p.nrows(), p.nvals(), p.offsets_in_rows(), p.uniform_row_length(),
                p.is_uniform()]  # fmt: skip

    def static(p):
        known = p.static_nrows, p.static_nvals, p.static_uniform_row_length
        return [None if n is None else int(n) for n in known] + [p.dtype.name]

    def later(make, *values, dtype="int64"):
        """What `make` gives inside a function, of vectors that are known only as it runs."""
        given = [tf.constant(v, dtype) for v in values]
        specs = [tf.TensorSpec([None] * v.shape.rank, v.dtype) for v in given]
        return tf.function(lambda *a: make(*a), input_signature=specs)(*given)

    def indexed(get):
        """A part of a ragged tensor inside a function that knows no size, and not which part."""
        function = tf.function(lambda a, i: listed(get(a, i), False), input_signature=[
            tf.RaggedTensorSpec([None, None], tf.int32, row_splits_dtype="int32"),
            tf.TensorSpec([], tf.int32)])  # fmt: skip
        return listed(function(r, 1))

    def listed(x, is_list=True):
        return x.to_list() if is_list and hasattr(x, "to_list") else x

    def stack(*parts):
        made = tf.ragged.stack(list(parts))
        return [str(made.shape), made.to_list()]

    images = T.from_row_lengths(T.from_row_lengths(F(10, 1), [3, 3, 2, 2]), [2, 2])
    r = tf.ragged.constant([[1, 2], [], [3]], row_splits_dtype="int32")
    return dict(
        stack=stack, images=images, resize=lambda *a: tf.image.resize(images, *a),
        tf=tf, r=r, s=tf.shape(r), p=P.from_row_lengths([2, 0, 1]), L=listed, indexed=indexed,
        P=P, T=T, W=ways, S=static, N=np, later=later, I32=tf.int32, I64=tf.int64, X=[3, 1, 4],
        splits=lambda make: lambda *a: make(*a).row_splits(),
        rows=lambda make: lambda *a: make([3, 1, 4], *a).row_splits, C=C, shape=lambda r: str(r.shape),
        traced=lambda p: tf.function(lambda q: q.row_lengths() * 2)(p),
        K=lambda *a: tf.constant(a[0], a[1]), D=tf.experimental.DynamicRaggedShape,
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
W(P.from_row_splits([0,2,2,5]))
W(P.from_row_lengths([2,0,3]))
W(P.from_row_starts([0,2,2],nvals=5))
W(P.from_row_limits([2,2,5]))
W(P.from_value_rowids([0,0,2,2,2]))
W(P.from_value_rowids([0,0,2],nrows=5))
W(P.from_value_rowids([]))
W(P.from_uniform_row_length(2,nvals=6))
W(P.from_uniform_row_length(2,nrows=3))
W(P.from_uniform_row_length(0,nvals=0,nrows=3))
W(P.from_uniform_row_length(0,nvals=0))
S(P.from_row_splits([0,2,2,5]))
S(P.from_row_lengths([2,0,3]))
S(P.from_row_starts([0,2,2],nvals=5))
S(P.from_value_rowids([0,0,2,2,2]))
S(P.from_uniform_row_length(2,nvals=6))
S(P.from_row_splits(N.array([0,2],N.int32)))
S(P.from_row_splits([0,2],dtype=I32))
S(P.from_row_splits([0,2],dtype_hint=I32))
S(P.from_row_splits([0,2]).with_dtype(I32))
S(P.from_uniform_row_length(K(2,I32),nrows=3))
W(P.from_uniform_row_length(2,nvals=6).with_dtype(I32))
repr(P.from_row_lengths([2,0,3]))
repr(P.from_uniform_row_length(2,nvals=6))
repr(P.from_row_lengths([2,0,3])._type_spec)
repr(P.from_uniform_row_length(2,nvals=6)._type_spec)
traced(P.from_row_lengths([2,0,3]))
P.from_row_splits([0,2]).with_dtype('float32')
P.from_row_splits([])
P.from_row_splits([0,2],validate=1)
P.from_row_splits([0.,2.])
P.from_row_splits([[0,2]])
P.from_row_splits([1,2])
P.from_row_splits([0,3,2])
P.from_row_lengths([1,-1])
P.from_row_lengths([[1]])
P.from_row_starts([1,2],nvals=3)
P.from_row_starts([0,4],nvals=3)
P.from_row_limits([-1,2])
P.from_row_limits([2,1])
P.from_value_rowids([1,0])
P.from_value_rowids([-1,0])
P.from_value_rowids([0,1],nrows=1)
P.from_value_rowids([0,1],nrows=-2)
P.from_value_rowids([0,1],nrows=[3])
P.from_uniform_row_length(2,nvals=5)
P.from_uniform_row_length(-1,nrows=5)
P.from_uniform_row_length(2)
P.from_uniform_row_length([2],nrows=1)
later(splits(P.from_row_splits),[0,2,2])
later(splits(P.from_row_splits),[1,2,2])
later(splits(P.from_row_splits),[0,2,1])
later(splits(P.from_row_lengths),[2,0])
later(splits(P.from_row_lengths),[2,-1])
later(splits(P.from_value_rowids),[0,0,2])
later(splits(P.from_value_rowids),[])
later(splits(P.from_value_rowids),[2,0])
later(splits(lambda i: P.from_value_rowids(i,nrows=2)),[0,2])
later(splits(P.from_row_limits),[2,1])
later(splits(lambda s: P.from_row_starts(s,nvals=3)),[0,4])
later(splits(lambda n: P.from_uniform_row_length(n,nvals=6)),2)
later(splits(lambda n: P.from_uniform_row_length(n,nvals=6)),4)
later(rows(T.from_row_splits),[0,1,3])
later(rows(T.from_row_splits),[0,1,4])
later(rows(T.from_row_splits),[0,2,1,3])
later(rows(lambda *a: T.from_row_splits(*a,validate=False)),[0,2,1,3])
later(rows(T.from_row_lengths),[1,1])
later(rows(T.from_row_lengths),[1,2],dtype='int32')
later(rows(T.from_row_starts),[0,1])
later(rows(T.from_row_starts),[1,2])
later(rows(T.from_row_limits),[1,2])
later(rows(T.from_value_rowids),[0,1,1])
later(rows(T.from_value_rowids),[0,2,1])
later(rows(T.from_uniform_row_length),3)
later(rows(T.from_uniform_row_length),2)
T.from_row_splits(X,[0,1,4])
T.from_row_lengths(X,[1,1])
T.from_value_rowids(X,[0,1])
T.from_row_splits(X,[0.,3.])
T.from_row_splits(X,K([0,3],'int16'))
T.from_row_splits(X,[0,3],validate=1)
T.from_row_lengths(T.from_row_lengths(X,[1,2]),K([1,1],'int32'))
T.from_row_lengths(T.from_row_lengths(X,K([1,2],'int32')),[1,1]).row_splits
shape(T.from_uniform_row_length(X,3))
shape(T.from_uniform_row_length(X,K(3,'int32')))
shape(T.from_tensor(F(2,3,4),ragged_rank=2))
T.from_tensor(F(2,3),row_splits_dtype=I32).row_splits
T.from_tensor(F(2,3),padding=0.,row_splits_dtype=I32).row_splits
T.from_tensor(F(2,0,3),ragged_rank=2).nested_row_splits
T.from_tensor(F(0,2,0,3),ragged_rank=3).nested_row_splits
L(r[C(-1)])
L(r[C(0):C(2)])
L(r[C(5)])
L(r[...,None])
L(r[:,None])
L(r[None,...,-2:])
L(r[:,C(0)])
L(r[:,::0])
L(r[::0])
L(r['a'])
L(r[1.5])
L(r[[0,1]])
L(T.from_uniform_row_length([1,2,3,4],2)[:,-1])
L(T.from_uniform_row_length([1,2,3,4],2)[:,0])
indexed(lambda a,i: a[i])
indexed(lambda a,i: a[-i])
indexed(lambda a,i: a[i:])
indexed(lambda a,i: a[:,i:])
indexed(lambda a,i: a[:,:-i])
indexed(lambda a,i: a[0,i])
indexed(lambda a,i: a[i+5])
repr(D([p],[3]))
repr(D([p],[3,4]))
repr(D([],[2,3]))
repr(D.from_row_partitions([p]))
D([3],[3])
D.from_row_partitions([])
repr(D.from_lengths([2,(2,1),(1,2,3)]))
repr(D.from_lengths([2,3,(1,2,3,4,5,6)]))
repr(D.from_lengths([2,(1,2),3],num_row_partitions=2))
D.from_lengths([2,(1,2,3)])
D.from_lengths([2,(1,2),3],num_row_partitions=0)
D.from_lengths([(1,2)])
[s.rank,s.inner_rank,s.num_row_partitions,s.dtype.name,s.with_dtype(I64).dtype.name]
s.row_partitions[0].row_lengths()
[D.from_lengths([2,(2,1),3]).is_uniform(i) for i in range(3)]
D.from_lengths([2,(2,1),(1,2,3)]).static_lengths(ragged_lengths=False)
repr(D.from_lengths([3,2,4])[1:])
repr(D.from_lengths([3,(2,0,1),4])[:2])
repr(D.from_lengths([3,(2,0,1),4])[:1])
D.from_lengths([3,(2,0,1),4])[-1]
s[-1]
len(s)
s == tf.shape(r)
s == D.from_lengths([3,(2,0,2)],dtype=s.dtype)
tf.function(lambda q: q.inner_shape+1)(s)
L(tf.zeros(s))
L(tf.ones(s,I32))
L(tf.fill(s,7))
L(tf.fill(D.from_lengths([2,(1,2),3]),7))
L(tf.reshape([4,5,6],s))
L(tf.reshape(r,s))
tf.reshape([4,5],s)
L(tf.broadcast_to(5,s))
L(tf.broadcast_to([[1],[2],[3]],s))
L(tf.broadcast_to([[1,2,3]],D.from_lengths([2,(3,1)])))
L(tf.broadcast_to([[[1]],[[2]]],D.from_lengths([2,(2,1),(1,2,1)])))
L(tf.broadcast_to(1,D.from_lengths([2,2])))
repr(tf.broadcast_dynamic_shape(s,D.from_lengths([3,1],dtype=s.dtype)))
tf.random.uniform(s)
stack(N.ones([1,2,1]),N.ones([2,1,1]))
stack(N.ones([2,2]),N.ones([1,2]))
stack(N.ones([2,2]))
stack(N.ones([1,2,1,2]),N.ones([2,1,1,2]))
tf.ragged.stack([1,2])
T.from_tensor(F(2,2),ragged_rank='a')
T.from_tensor(F(2,2),ragged_rank=0)
T.from_tensor(F(2,2),ragged_rank=2)
T.from_tensor(5)
r.merge_dims({},1)
r.merge_dims(1,0)
r.merge_dims(0,3)
r.merge_dims(-2,-1)
resize([2,2])
resize([2,2],'nearest')
tf.compat.v1.image.resize(images,[2,2])
tf.function(lambda x: tf.image.resize(x,[2,2]))(images)
tf.image.resize(images[:0],[2,2]).shape
tf.image.resize(T.from_row_lengths(F(4,2,1),[2,2]),[1,1])
tf.image.resize(r,[2,2])
""",
)
