"""Sizes that no tensor can have; paddings, crops and axes that do not fit."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import calls


def names(tf, C, F):  # noqa: N803
    def paddings_fail(*pairs, mode="CONSTANT"):
        """The words of each way to give `pairs` to `tf.pad`."""

        def said(function, *inputs):
            try:
                return function(*inputs).shape
            except (ValueError, tf.errors.InvalidArgumentError) as error:
                words = ("must be non-negative", "2 columns", "must be the rank", "than the dim")
                return [word for word in words if word in str(error)]

        def padded(x, by):
            return tf.pad(x, by, mode)

        unknown = tf.function(
            padded, input_signature=[tf.TensorSpec([2, 3]), tf.TensorSpec([2, 2], tf.int32)]
        )
        x, by = tf.ones([2, 3]), tf.constant(pairs)
        return [said(padded, x, by), said(tf.function(padded), x, by), said(unknown, x, by)]

    def symbolic(make):
        with tf.Graph().as_default():
            return make().shape.as_list()

    shared = dict(many=2**32, x=C(F(2, 3)), image=np.ones((1, 1, 1)))
    return dict(symbolic=symbolic, fail=paddings_fail, **shared)


test_calls = calls(
    names,
    r"""
fail([-1,0],[0,0])
fail([1,-1],[0,0],mode='REFLECT')
fail([0,0],[-2,-1],mode='SYMMETRIC')
fail([2,0],[0,0],mode='REFLECT')
fail([0,0],[0,4],mode='SYMMETRIC')
tf.pad(x,[[1,0]])
tf.batch_to_space(tf.ones([4,2,2,1]),[2,2],[[0,-1],[0,0]])
tf.space_to_batch(tf.ones([4,2,2,1]),[2,2],[[0,-2],[0,0]])
tf.compat.v1.batch_to_space(tf.ones([4,2,2,1]),[[0,1],[0,0]],block_size=2).shape
tf.compat.v1.batch_to_space(tf.ones([4,2,2,1]),[[0,1],[0,0]],2).shape
tf.compat.v1.space_to_batch(tf.ones([4,2,2,1]),[[0,2],[0,0]],block_shape=2).shape
tf.compat.v1.batch_to_space_nd(tf.ones([4,2,2,1]),[2,2],[[0,0],[0,1]]).shape
tf.roll(x,[[1]],0)
tf.roll(x,1,[[0]])
tf.roll(C(1),1,0)
tf.roll(x,1,5)
tf.roll(x,[1,1],[0])
tf.roll(x,[1,1],[0,-1])
tf.pad(x,[1,0])
tf.pad(x,[[1,0,0],[0,0,0]],'REFLECT')
tf.pad(tf.zeros([0,2]),[[0,0],[0,0]],'REFLECT')
tf.pad(tf.zeros([0,2]),[[0,0],[0,0]],'SYMMETRIC')
tf.image.pad_to_bounding_box(image,1,1,many,many)
tf.function(lambda:tf.image.pad_to_bounding_box(image,1,1,many,many))()
tf.pad(x,C([[0,many],[many,0]],tf.int64))
tf.tile(x,C([many,many],tf.int64))
tf.broadcast_to(1,[many,many])
tf.zeros([many,many])
tf.zeros([many,2**30])
tf.range(0,9e18,1)
tf.fill(C([many,many]),1)
symbolic(lambda:tf.pad(tf.zeros([2]),[[0,many]]))
symbolic(lambda:tf.tile(tf.zeros([2]),[many]))
symbolic(lambda:tf.zeros([many,2]))
symbolic(lambda:tf.reverse([1,2],[many]))
symbolic(lambda:tf.reduce_sum([1,2],many))
""",
)
