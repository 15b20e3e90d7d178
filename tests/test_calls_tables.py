"""Tables, partitions and stitches where TensorFlow's own tests look: nothing in them, too much, or what does not fit."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    L = tf.lookup
    return dict(
        L=L, K=L.KeyValueTensorInitializer, H=L.StaticHashTable, W=L.StaticVocabularyTable,
        M=L.experimental.MutableHashTable,
        P=tf.function(lambda x, p: tf.dynamic_partition(x, p, 2), input_signature=[
            tf.TensorSpec([None]), tf.TensorSpec([None], tf.int32)]),
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
tf.dynamic_partition(C([1,2]),C([0,5]),2)
tf.dynamic_partition(C([1,2]),C([0,-1]),2)
tf.dynamic_partition(C(3),1,2)
tf.dynamic_partition(C([3,4]),1,2)
tf.dynamic_partition(C(3),3,2)
tf.dynamic_partition(C([[1,2],[3,4]]),[[0,1],[1,0]],2)
tf.dynamic_partition(C([[1,2],[3,4]]),[[0,1],[1,7]],2)
tf.dynamic_partition(np.zeros((0,4)),np.zeros(0,np.int32),2)
P([1.,2.],[0,1])
P([1.,2.],[0,5])
grad(lambda x: tf.dynamic_partition(x,[0,1,0],2)[0]**2,C([1.,2.,3.]))
tf.dynamic_stitch([[0],[1,2]],[[1.],[2.,3.]])
tf.dynamic_stitch([[0],[-1,2]],[[1.],[2.,3.]])
tf.dynamic_stitch([np.zeros(0,np.int32)],[np.zeros(0)])
tf.dynamic_stitch([np.zeros(0,np.int32)],[np.zeros((0,3))])
tf.dynamic_stitch([0,1],[C(4.),C(5.)])
tf.dynamic_stitch([[0],[1]],[[1.]])
tf.dynamic_stitch([[0],[1]],[[1.],[[2.]]])
(lambda g: (g.__enter__(), tf.is_symbolic_tensor(tf.data.Dataset.range(3).cardinality()), g.__exit__(None,None,None))[1])(tf.Graph().as_default())
L.TextFileInitializer("",tf.string,-2,tf.int64,-1)
H(L.TextFileInitializer(["a","b"],tf.string,-2,tf.int64,-1),-1)
H(K(["a","b"],C([1,2],tf.int64)),-1).export()[0].shape
H(K(["a"],C([1],tf.int64)),-1).export()
H(K(["a","b"],[1]),-1)
H(K(["a"],[1]),"x")
H(K(["a"],[1]),[-1])
W(None,3).lookup(C(["a","b","zz"]))
W(None,3).size()
W(None,0)
W(None,3,lookup_key_dtype=tf.int64).lookup(C([7],tf.int64))
W(K(C([1,5],tf.int64),C([0,1],tf.int64)),3,lookup_key_dtype=tf.int32).lookup(C([7,5]))
M(tf.string,tf.int64,-1).lookup(C([1,2]))
M(tf.string,tf.int64,-1).insert(["a"],[1.5])
M(tf.string,tf.int64,-1).lookup(C(["a","b"]),dynamic_default_values=C([1,2,3],tf.int64))
M(tf.string,tf.int64,-1).insert(["a","b"],C([1],tf.int64))
""",
)
