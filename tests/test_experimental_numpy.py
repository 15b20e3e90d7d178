"""`tf.experimental.numpy`: calls, one a line, on both libraries."""

import numpy as np
import pytest

CALLS = """
    tnp.array([1,2])
    tnp.array([1.,2])
    tnp.ones([2])
    tnp.arange(3)
    tnp.add(tnp.array([1,2]),1.5)
    tnp.sum([[1,2],[3,4]],axis=0)
    tnp.concatenate([[1],[2.5]])
    tnp.float32
    tnp.matmul([[1.]],[[2]])
    tnp.mean([1,2])
    tnp.linspace(0,1,3)
    tnp.add(tf.constant(1.0),2)
    tnp.add(tf.constant(1.0),tf.constant(2))
    tnp.add(tf.constant(1.0),2.5)
    tnp.add(np.float32(1),2.5)
    tnp.random.randn(2).dtype
    tnp.split(tnp.arange(4),2)
    tnp.nonzero(tnp.array([0,1]))
    tnp.var([1,2,3])
    tnp.argmax([1,3,2])
    tnp.where(tnp.array([True,False]),1,2.0)
    tnp.ones([2],dtype=tnp.float32).dtype
    tnp.max([1,2])
    tnp.any([True])
    tnp.array(tf.constant(1.0))
    tnp.shape([[1]])
    tnp.ndim([[1]])
    tnp.size([[1,2]])
    tnp.eye(2)
    tnp.asarray([1],dtype=tnp.float32)
    tnp.isscalar(3)
    tnp.result_type(1,2.0)
    tnp.sign([-1])
    tnp.floor_divide(7,2)
    tnp.true_divide(7,2)
    tnp.cumsum([1,2])
    tnp.inner([1,2],[3,4])
    tnp.einsum('i,i->',[1,2],[3,4])
    tnp.broadcast_to([1],[2])
    tnp.take([1,2,3],[0,2])
    tnp.tile([1],2)
    tnp.random.randint(0,5,size=[3]).dtype
    tnp.random.uniform(size=[2]).dtype
    tnp.array([1])[0]
    tnp.iinfo('int32').max
    tnp.stack([[1,2],[3.5,4]])
    tnp.expand_dims([1,2],0)
    tnp.zeros_like([1.5,2])
    tnp.full([2],7)
    tnp.full_like([1,2],3.5)
    tnp.transpose([[1,2],[3,4]])
    tnp.reshape([1,2,3,4],[2,2])
    tnp.dot([1,2],[3,4.])
    tnp.vstack([[1],[2]])
    tnp.clip([1,5,9],2,6)
    tnp.sort([3,1,2])
    tnp.outer([1,2],[3,4])
    tnp.diag([1,2])
    tnp.meshgrid([1,2],[3,4])
    tnp.sum(tf.constant([1,2]))
    tnp.std([1.,2])
    tnp.all([True,False])
    tnp.logical_and([True],[False])
    tnp.equal([1,2],[1,3])
    tnp.squeeze([[1]])
    tnp.pi
    tnp.newaxis
    tnp.tensordot([[1,2]],[[1],[2]],1)
    tnp.swapaxes([[1,2]],0,1)
    tnp.flip([1,2])
    tnp.repeat([1,2],2)
    tnp.maximum([1,5],3)
    tnp.exp([1.0])
    tnp.sqrt([4.0])
    tnp.log([1.0])
    tnp.power([2],3)
    tnp.isnan([1.0])
    tnp.moveaxis([[1,2]],0,1)
    tnp.select([[True,False],[False,True]],[[1,2],[3,4]])
    tnp.tri(2)
    tnp.triu([[1,2],[3,4]])
    tnp.count_nonzero([1,0])
    tnp.prod([2,3])
    tnp.roll([1,2,3],1)
    tnp.identity(2)
    tnp.copy([1])
    tnp.empty_like([1])
    tnp.diff([1,4,9])
    tnp.cross([1,0,0],[0,1,0])
    tnp.kron([1,2],[1,1])
    tnp.polyval([1,2],3)
    tnp.hypot([3.],[4.])
    tnp.arctan2([1.],[1.])
    tnp.allclose([1.],[1.])
    tnp.atleast_2d([1])
    tnp.compress([True,False],[1,2])
    tnp.append([1],[2])
    tnp.trace([[1,2],[3,4]])
    tnp.hsplit(tnp.arange(4),2)
    tnp.take_along_axis(tnp.array([[3,4]]),tnp.array([[1]]),1)
    tnp.divmod(7,3)
    tnp.ptp([1,5])
    tnp.nanmean([1.,float('nan')])
    tnp.promote_types(np.int32,np.float32)
    tnp.geomspace(1,8,4)
    tnp.logspace(0,2,3)
    tnp.vander([1,2])
    tnp.rot90([[1,2]])
    tnp.gcd([4],[6])
    tnp.square([3])
    tnp.isclose([1.],[1.])
    tnp.mod([7],[3])
"""

# What works once tensors behave like arrays.
AFTERWARDS = """
    tf.constant([[1,2]]).T
    tf.constant(1)+tf.constant(1.5)
    tf.constant([1,2]).astype(tnp.float32)
    tf.constant([1,2])+1.5
    tf.constant([1.,2])*2
    tf.constant([[1,2],[3,4]]).reshape(-1)
    tf.constant([1,2]).size
    tf.constant([1,2]).tolist()
    tf.constant([1,2]).mean()
    tf.constant([1,2,3])[tf.constant([True,False,True])]
    tf.constant([1,2,3])[[0,2]]
    1.5+tf.constant(2)
    tf.constant([1,2])/2
    tf.constant(1.0)+1
    tf.constant([1,2])@tf.constant([1,2])
    tf.constant([3,1])[tf.constant(0)]
    tf.constant([[1,2],[3,4]])[0,1]
    tf.constant([1,2])>1
    tf.constant([1,5]).clip(2,3)
    tf.constant([[1]]).ravel()
    -tf.constant([1])
    2**tf.constant([1,2])
"""


def _lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def _evaluated(tf, line):
    value = eval(line, {"tf": tf, "tnp": tf.experimental.numpy, "np": np})  # noqa: S307
    plain = (tf.Tensor, list, tuple, bool, int, float)
    return value if isinstance(value, plain) else repr(value)


def test_calls(tf, answer):
    for line in _lines(CALLS):
        answer(line, _evaluated(tf, line))


def test_gradients_and_functions(tf, answer):
    tnp, x = tf.experimental.numpy, tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tnp.sum(tnp.square(x) * 2.0)
    answer("gradient", tape.gradient(y, x))
    answer("graph", tf.function(lambda x: tnp.sum(tnp.outer(x, x)))(x))


def test_random_numbers(tf, answer):
    random = tf.experimental.numpy.random
    random.seed(7)
    answer("normal", random.randn(2, 2))
    answer("uniform", random.uniform(1.0, 2.0, size=[3]))
    answer("integers", random.randint(0, 10, size=[4]))
    answer("rand", random.rand(2))


@pytest.fixture
def restored(tf):
    """Takes back what a test does to the class of tensors, where that can be done."""
    before = dict(vars(tf.Tensor))
    yield
    if tf.__name__ == "minitf":
        for name in set(vars(tf.Tensor)) - set(before):
            delattr(tf.Tensor, name)
        for name, value in before.items():
            if vars(tf.Tensor)[name] is not value:
                setattr(tf.Tensor, name, value)


def test_tensors_that_behave_like_arrays(tf, answer, restored):
    tf.experimental.numpy.experimental_enable_numpy_behavior()
    for line in _lines(AFTERWARDS):
        answer(line, _evaluated(tf, line))
