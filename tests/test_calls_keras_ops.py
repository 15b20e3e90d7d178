"""Calls of `keras.ops`: what is refused and how, symbolic calls, convolutions by strides, windows."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import calls


def names(tf, C, F):  # noqa: N803
    K = tf.keras  # noqa: N806
    return dict(
        K=K, O=K.ops, I=K.ops.image, T=K.KerasTensor, x=F(2, 5, 5, 3), k=F(2, 2, 3, 2), row=F(2, 6, 3),
        m=np.array([[4.0, 2.0], [1.0, 3.0]]), signal=F(24),
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
O.depthwise_conv(x,k,2,"valid",dilation_rate=2)
O.depthwise_conv(x,k,(2,2),"same",dilation_rate=(2,2))
O.depthwise_conv(row,k[0],2,"same",dilation_rate=2)
O.depthwise_conv(x,k[:,:,:2])
O.conv_transpose(x,k,2)
O.depthwise_conv(T((None,5,5,4)),k)
O.cholesky(m[:1])
O.cholesky(-m)
O.cholesky(m@m.T,upper=True)
O.cholesky_inverse(m,upper=True)
O.cholesky_inverse(m[0])
O.lu_factor(np.array([[1.,2.,3],[4,3,1.],[7,8,2]]))
O.lu_factor(m[:1])
O.solve(np.stack([m,m+1]),np.ones((2,2)))
O.solve(m,np.ones((3,2)))
O.solve(T((4,3,3)),T((4,3))).shape
O.solve_triangular(m,np.ones(2),lower=True)
O.solve_triangular(m,np.ones(3))
O.inv(np.ones((2,2)))
O.inv(T((None,3)))
O.det(np.ones((2,3)))
O.eigh(np.ones((2,3)))
O.lstsq(m,np.ones(3))
O.lstsq(m[0],np.ones(2))
[type(O.slogdet(m)).__name__,type(O.lu_factor(m)).__name__]
O.norm(m,ord="fro",axis=0)
O.norm(m,ord=3)
O.norm(m,axis=2)
O.norm(x)
O.norm(m,ord="nuc",keepdims=True)
O.svd(m,compute_uv=False)
O.scan(lambda c,v:(c+v,c),C(0.),C([1.,2.]),unroll=False)
[f(T((2,)),3.,4).shape for f in (O.linspace,O.logspace,O.geomspace)]
O.fori_loop(0,4,lambda i,v:v+i,np.array(0))
O.slice(T((None,3)),(1,1),(-1,-1)).shape
O.slice(row,(0,1,0),(-1,2,3)).shape
O.slice(row,C([0,5,0]),(1,2,1))
O.softmax(T((3,4)),axis=1).shape
O.one_hot(T((2,)),4,sparse=True).sparse
O.depth_to_space(x,1)
O.space_to_depth(x,0)
O.layer_normalization(row[0],gamma=C([1.,2.,3.]),rms_scaling=True)
O.ctc_loss(C([[1,2]]),tf.cast(row[:1],"float16"),C([2]),C([6])).dtype
O.view_as_complex(C([[1.,2.]],tf.float64)).dtype
O.view_as_complex(row)
O.cdist(row,row[:,:,:2])
O.cdist(T((4,)),T((4,)))
O.segment_sum(C([1.,2.]),C([0,0,1]))
O.segment_max(C([1.,2.]),C([[0,0]]))
O.fft2((T((3,)),T((3,))))
O.istft((T((5,)),T((5,))),4,2,4)
O.stft(C([1,2,3,4]),2,1,2)
O.istft(O.stft(signal,8,2,8,window=None),8,2,8,window=None)
O.istft(O.stft(signal,8,2,16),8,2,16)
O.convert_to_numpy(C([1.])).flags.writeable
I.rgb_to_grayscale(np.ones((4,4,4)))
I.rgb_to_grayscale(np.ones((2,2,1),"float32"))
I.resize(x,(0,3))
I.pad_images(T((None,None,None,3)),2,3,target_height=20,target_width=30).shape
I.pad_images(x[0,:2,:2],1,0,target_height=3,target_width=3)
I.extract_patches(x,(3,3,3,3))
I.extract_patches(x,"a")
I.map_coordinates(x,np.ones((2,3)),1)
I.perspective_transform(x,np.ones((2,4)),np.ones((2,4)))
I.perspective_transform(x,np.ones((3,4,2)),np.ones((4,2)))
""",
)
