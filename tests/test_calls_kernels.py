"""Kernels of arrays, sums and layers at their edges, and what a graph knows of their results."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    def known(fn, *specs):
        """What a function knows of its result: shapes and dtypes; ... is an unknown shape."""
        specs = [s if isinstance(s, tf.TensorSpec) else tf.TensorSpec(None if s is ... else s, "float32")
                 for s in specs]  # fmt: skip
        concrete = tf.function(fn).get_concrete_function(*specs)
        outputs = tf.nest.flatten(concrete.structured_outputs)
        return [(t.shape, t.dtype) for t in outputs]

    number, ints = tf.TensorSpec([], tf.int32), lambda *shape: tf.TensorSpec(shape, tf.int32)
    traced = lambda fn, *xs: tf.function(fn)(*xs)  # noqa: E731
    return dict(known=known, number=number, ints=ints, traced=traced, raw=tf.raw_ops)


test_calls = calls(
    names,
    r"""
raw.ConcatOffset(concat_dim=1,shape=[[2,3,4],[2,1,4],[2,5,4]])
raw.UniqueV2(x=[[1,2],[1,2],[3,4]],axis=[0])
raw.UniqueV2(x=[[2,2,1],[1,1,0]],axis=[1])
raw.UniqueV2(x=[[1,2],[1,2]],axis=[2])
raw.UniqueV2(x=['b','a','b'],axis=[])
raw.UniqueWithCountsV2(x=[1,1,2],axis=[0])
raw.ScatterNdNonAliasingAdd(input=[1.,2.,3.],indices=[[0],[2]],updates=[5.,6.])
raw.Eig(input=C([[2.,0.],[0.,3.]]),Tout=tf.complex64,compute_v=False)[0]
raw.Eig(input=C([[2.,0.],[0.,3.]]),Tout=tf.complex64)[0]
raw.PopulationCount(x=C([1,3,255,-1]))
tf.saturate_cast(C([1e300,-1e300],tf.float64),tf.complex64)
tf.saturate_cast(C([1e300-1e300j],tf.complex128),tf.complex64)
tf.saturate_cast(C([300+5j],tf.complex64),tf.uint8)
tf.gather_nd(tf.zeros([0,3]),tf.zeros([0,1],tf.int32))
tf.gather_nd(tf.zeros([0,3]),tf.zeros([2,0],tf.int32))
tf.gather_nd(tf.zeros([2,0]),C([[0]]))
traced(lambda a: tf.boolean_mask(F(2,3),[True,False,True],axis=a),C(1))
traced(lambda a: tf.gather(F(2,3),[1,0],axis=a),C(-2))
traced(lambda a: tf.gather(F(2,3),[[1],[0]],axis=a,batch_dims=1),C(1))
traced(lambda a: tf.gather(F(2,3),[[1,5]],axis=a),C(1))
traced(lambda a: tf.gather(F(2,3),[[1,0]],axis=a),C(2))
tf.einsum('ij->iij',F(2,2))
tf.einsum('ii->ii',F(2,2))
tf.linalg.logm(tf.zeros([0,2,2],tf.complex64))
tf.linalg.pinv(F(2,2,2),rcond=[0.1,0.2])
tf.linalg.pinv(F(2,2),rcond=C(0.1))
tf.random.normal([2**40])
tf.ones([2**40])
traced(lambda n: tf.ones([n,2**20]),C(2**20))
known(lambda x,y,a: tf.concat([x,y],a),(2,3),(2,3),number)
known(lambda x,y: tf.concat([x,y],1),...,(2,3))
known(lambda x: tf.pad(x,[[1,1],[2,2]]),...)
known(lambda x,a: tf.gather(x,[[1,0]],axis=a),(2,3),number)
known(lambda x,a: tf.cumsum(x,axis=a),(2,3),number)
known(lambda x,a: tf.argmax(x,axis=a),(2,3),number)
known(lambda x,a: tf.split(x,2,axis=a),(2,4),number)
known(lambda x,a: tf.reverse(x,[a]),(2,4),number)
known(lambda x,a: tf.reverse(x,a),(2,4),ints(None))
known(lambda x,a: tf.transpose(x,a),(2,4,5),ints(3))
known(lambda x,a: tf.transpose(x,a),(2,4),ints(None))
known(lambda x,a: tf.slice(x,[0,0],[2,a]),(2,3),number)
known(lambda x,a: tf.broadcast_to(x,[a,3]),(1,3),number)
known(lambda a: tf.range(0,5,a),number)
known(lambda a: tf.range(a,5),number)
known(lambda a: tf.eye(3,a),number)
""",
)
