"""Layers: activations, losses, convolutions, pooling, normalisation."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    return dict(x=C(F(2, 3)), im=C(F(1, 4, 4, 2)), w=C(F(2, 2, 2, 3)), sig=C(F(1, 5, 2)))


test_calls = calls(
    names,
    r"""
tf.nn.relu(C([-1,2]))
tf.nn.relu(C([-1.,np.nan]))
tf.nn.relu6(C([-1.,3.,9.]))
tf.nn.leaky_relu(C([-1.,2.]),0.1)
tf.nn.leaky_relu(C([-1,2]))
tf.nn.elu(C([-1.,2.]))
tf.nn.selu(C([-1.,2.]))
tf.nn.gelu(C([-1.,2.]))
tf.nn.gelu(C([-1.,2.]),approximate=True)
tf.nn.gelu(C([1]))
tf.nn.silu(C([-1.,2.]))
tf.nn.swish(C([-1.,2.]),beta=2.)
tf.nn.crelu(C([[-1.,2.]]))
tf.nn.softsign(C([-1.,2.]))
tf.nn.softplus(C([-1.,2.]))
tf.nn.tanh(C([-1.,2.]))
tf.nn.sigmoid(C([-1.,2.]))
tf.nn.softmax(x)
tf.nn.softmax(x,axis=0)
tf.nn.softmax(x,axis=2)
tf.nn.softmax(C(1.))
tf.nn.softmax([1,2])
tf.nn.softmax(C([1000.,0.]))
tf.nn.softmax(C([-np.inf,0.]))
tf.nn.softmax(C([np.inf,0.]))
tf.nn.softmax(tf.zeros([0,3]))
tf.nn.softmax(tf.zeros([2,0]))
tf.nn.log_softmax(x,-1)
tf.nn.log_softmax(C([1,2]))
tf.nn.softmax_cross_entropy_with_logits([[0.,1.]],[[1.,2.]])
tf.nn.softmax_cross_entropy_with_logits(labels=[[0,1]],logits=[[1.,2.]])
tf.nn.softmax_cross_entropy_with_logits(labels=[[0.,1.]],logits=[[1.,2.,3.]])
tf.nn.softmax_cross_entropy_with_logits(labels=[0.,1.],logits=[1.,2.])
tf.nn.softmax_cross_entropy_with_logits(labels=[[0.,1.]],logits=[[1.,2.]],axis=0)
tf.nn.softmax_cross_entropy_with_logits(labels=None,logits=[[1.,2.]])
tf.nn.sparse_softmax_cross_entropy_with_logits([1],[[1.,2.]])
tf.nn.sparse_softmax_cross_entropy_with_logits([5],[[1.,2.]])
tf.nn.sparse_softmax_cross_entropy_with_logits([-1],[[1.,2.]])
tf.nn.sparse_softmax_cross_entropy_with_logits([[1]],[[1.,2.]])
tf.nn.sparse_softmax_cross_entropy_with_logits([1,1],[[1.,2.]])
tf.nn.sparse_softmax_cross_entropy_with_logits([1.],[[1.,2.]])
tf.nn.sparse_softmax_cross_entropy_with_logits(1,[1.,2.])
tf.nn.sparse_softmax_cross_entropy_with_logits([[1]],[[[1.,2.]]])
tf.nn.sigmoid_cross_entropy_with_logits([0.,1.],[1.,-2.])
tf.nn.sigmoid_cross_entropy_with_logits([0.,1.],[1.])
tf.nn.sigmoid_cross_entropy_with_logits([0,1],[1.,2.])
tf.nn.weighted_cross_entropy_with_logits([0.,1.],[1.,-2.],2.)
tf.nn.weighted_cross_entropy_with_logits([0.,1.],[1.],2.)
tf.nn.log_poisson_loss([1.,2.],[0.5,1.])
tf.nn.log_poisson_loss([1.,2.],[0.5,1.],compute_full_loss=True)
tf.nn.l2_loss(x)
tf.nn.l2_loss(C([1,2]))
tf.nn.l2_normalize(x,axis=1)
tf.nn.l2_normalize([3.,4.],epsilon=1e-3)
tf.nn.moments(x,[0])
tf.nn.moments(x,[0,1],keepdims=True)
tf.nn.moments(C([[1,2],[3,4]]),[0])
tf.nn.moments(C([1.,2.],tf.float16),[0])
tf.nn.moments(x,0)
tf.nn.weighted_moments(x,[0],[[1.],[2.]])
tf.nn.sufficient_statistics(x,[0])
tf.nn.normalize_moments(2.,1.,3.,None)
tf.nn.batch_normalization(x,0.,1.,None,None,1e-3)
tf.nn.zero_fraction(C([0,1]))
tf.nn.scale_regularization_loss(1.)
tf.nn.dropout(x,0.)
tf.nn.dropout(x,1.)
tf.nn.dropout(x,-0.1)
tf.nn.dropout(x,1.1)
tf.nn.dropout(C([1,2]),0.5)
tf.nn.dropout(x,0.5,seed=1).shape
tf.nn.dropout(x,0.5,noise_shape=[2,1],seed=1).shape
tf.nn.dropout(x,0.5,noise_shape=[3,1])
tf.nn.dropout(x,'a')
tf.nn.dropout([1.,2.],0.)
tf.nn.experimental.stateless_dropout(x,0.5,seed=[1,2])
tf.nn.experimental.general_dropout(x,0.5,lambda shape,dtype: tf.ones(shape,dtype)*0.7)
tf.nn.bias_add(x,[1.,2.,3.])
tf.nn.bias_add(x,[1.,2.])
tf.nn.bias_add(im,[1.,2.]).shape
tf.nn.bias_add(im,[1.,2.,3.,4.],data_format='NCHW').shape
tf.nn.bias_add(im,[1.,2.],data_format='N..C').shape
tf.nn.bias_add(im,[1.,2.],data_format='x')
tf.nn.bias_add(C([1.]),[1.])
tf.nn.bias_add(x,C([[1.]]))
tf.nn.bias_add(C([[1,2]]),C([1,2]))
tf.nn.conv2d(im,w,1,'SAME').shape
tf.nn.conv2d(im,w,[1,2,2,1],'VALID')
tf.nn.conv2d(im,w,2,'VALID',dilations=2)
tf.nn.conv2d(im,w,1,'VALID',dilations=[1,2,2,1])
tf.nn.conv2d(im,w,1,[[0,0],[1,0],[0,1],[0,0]])[0,0,0]
tf.nn.conv2d(im,w,1,'same')
tf.nn.conv2d(im,w,1,'foo')
tf.nn.conv2d(im,w,[1,1,1],'SAME')
tf.nn.conv2d(im,w,[2,1,1,1],'SAME')
tf.nn.conv2d(im,w,0,'SAME')
tf.nn.conv2d(im,C(F(2,2,3,3)),1,'SAME')
tf.nn.conv2d(C(F(1,4,4,4)),w,1,'SAME').shape
tf.nn.conv2d(C(np.ones((1,4,4,2),int)),C(np.ones((2,2,2,1),int)),1,'SAME')
tf.nn.conv2d(np.ones((1,4,4,2),'float64'),np.ones((2,2,2,1),'float64'),1,'VALID').dtype
tf.nn.conv2d(np.ones((1,4,4,2),'float64'),w,1,'VALID')
tf.nn.conv1d(sig,C(F(3,2,1)),1,'SAME')
tf.nn.conv1d(sig,C(F(3,2,1)),2,'VALID')
tf.nn.conv1d(sig,C(F(3,2,1)),1,'CAUSAL')
tf.nn.conv1d(sig,C(F(3,2,1)),1,'VALID',data_format='NCW')
tf.nn.conv1d(sig,C(F(3,2,1)),[1,2,1],'VALID').shape
tf.nn.conv1d(C(F(5,2)),C(F(3,2,1)),1,'SAME')
tf.nn.conv3d(C(F(1,3,3,3,1)),C(F(2,2,2,1,1)),[1]*5,'VALID')
tf.nn.conv3d(C(F(1,3,3,3,1)),C(F(2,2,2,1,1)),1,'VALID')
tf.nn.conv2d_transpose(C(F(1,2,2,3)),w,[1,4,4,2],2).shape
tf.nn.conv2d_transpose(C(F(1,2,2,3)),w,[1,4,4,2],2)[0,0]
tf.nn.conv2d_transpose(C(F(1,2,2,3)),w,[1,5,4,2],2)
tf.nn.conv2d_transpose(C(F(1,2,2,3)),w,[1,3,3,2],[1,2,2,1],'SAME')[0,0]
tf.nn.conv2d_transpose(C(F(1,2,2,3)),w,[1,4,4,3],2)
tf.nn.conv1d_transpose(C(F(1,3,2)),C(F(3,1,2)),[1,6,1],2)
tf.nn.conv3d_transpose(C(F(1,2,2,2,1)),C(F(2,2,2,1,1)),[1,4,4,4,1],2).shape
tf.nn.conv_transpose(C(F(1,2,2,3)),w,[1,4,4,2],2).shape
tf.nn.convolution(im,w).shape
tf.nn.convolution(im,w,padding='SAME',dilations=2).shape
tf.nn.convolution(sig,C(F(3,2,1)),strides=2,padding='SAME').shape
tf.nn.convolution(im,w,strides=2,dilations=2)
tf.nn.depthwise_conv2d(im,C(F(2,2,2,2)),[1,1,1,1],'SAME').shape
tf.nn.depthwise_conv2d(im,C(F(2,2,2,2)),[1,2,2,1],'VALID')
tf.nn.depthwise_conv2d(im,C(F(2,2,3,2)),[1,1,1,1],'SAME')
tf.nn.depthwise_conv2d(im,C(F(2,2,2,2)),[1,1,1,1],'SAME',dilations=[2,2]).shape
tf.nn.separable_conv2d(im,C(F(2,2,2,2)),C(F(1,1,4,3)),[1,1,1,1],'SAME').shape
tf.nn.separable_conv2d(im,C(F(2,2,2,2)),C(F(1,1,3,3)),[1,1,1,1],'SAME')
tf.nn.atrous_conv2d(im,w,2,'VALID').shape
tf.nn.atrous_conv2d(im,w,0,'VALID')
tf.nn.dilation2d(im,C(F(2,2,2)),[1,1,1,1],'VALID','NHWC',[1,1,1,1]).shape
tf.nn.erosion2d(im,C(F(2,2,2)),[1,1,1,1],'VALID','NHWC',[1,1,1,1]).shape
tf.nn.max_pool2d(im,2,2,'VALID')
tf.nn.max_pool2d(im,[2,1],[1,2],'SAME').shape
tf.nn.max_pool2d(im,[1,2,2,1],[1,1,1,1],'SAME').shape
tf.nn.max_pool2d(im,3,2,'foo')
tf.nn.max_pool2d(im,0,1,'VALID')
tf.nn.max_pool2d(im,2,0,'VALID')
tf.nn.max_pool2d(im,[2,2,2],1,'VALID')
tf.nn.max_pool2d(im,[2,2,2,2],1,'VALID')
tf.nn.max_pool2d(im[0],2,2,'VALID')
tf.nn.max_pool2d(im,2,2,[[0,0],[1,1],[1,1],[0,0]]).shape
tf.nn.max_pool2d(im,2,2,[[0,0],[2,2],[1,1],[0,0]])
tf.nn.max_pool2d(C([[[[1],[2]],[[3],[4]]]]),2,2,'VALID')
tf.nn.max_pool2d(C([[[[-1.],[-2.]],[[-3.],[-4.]]]]),3,1,'SAME')
tf.nn.max_pool(im,2,2,'VALID').shape
tf.nn.max_pool(sig,2,2,'VALID').shape
tf.nn.max_pool(x,2,2,'VALID')
tf.nn.max_pool1d(sig,2,1,'SAME')
tf.nn.max_pool3d(C(F(1,2,2,2,1)),2,2,'VALID')
tf.nn.avg_pool2d(im,2,2,'SAME')
tf.nn.avg_pool2d(im,3,2,'SAME')
tf.nn.avg_pool2d(im,2,2,[[0,0],[1,1],[1,1],[0,0]])
tf.nn.avg_pool(sig,2,2,'VALID')
tf.nn.avg_pool1d(sig,2,1,'SAME')
tf.nn.avg_pool3d(C(F(1,2,2,2,1)),2,2,'VALID')
tf.nn.avg_pool2d(C(np.ones((1,2,2,1),int)),2,2,'SAME')
tf.nn.max_pool_with_argmax(im,2,2,'VALID')
tf.nn.max_pool_with_argmax(im,2,2,'VALID',include_batch_in_index=True,output_dtype=tf.int32)
tf.nn.pool(im,[2,2],'MAX').shape
tf.nn.pool(im,[2,2],'AVG',strides=[2,2],padding='SAME').shape
tf.nn.pool(im,[2,2],'MIN')
tf.nn.pool(im,[2,2],'MAX',dilations=[2,2]).shape
tf.nn.pool(im,[2,2],'MAX',dilations=[2,2],strides=[2,2])
tf.nn.fractional_max_pool(im,[1.,1.5,1.5,1.],seed=1)[0].shape
tf.nn.fractional_max_pool(im,[2.,1.5,1.5,1.])
tf.nn.lrn(im)[0,0]
tf.nn.local_response_normalization(im,depth_radius=1,bias=2.,alpha=0.1,beta=0.75)[0,0]
tf.nn.local_response_normalization(x)
tf.nn.embedding_lookup(x,[1,0])
tf.nn.embedding_lookup(x,[5])
tf.nn.embedding_lookup([x,x],[0,1,2,3])
tf.nn.embedding_lookup(x,[[1],[0]]).shape
tf.nn.embedding_lookup(x,[1,0],max_norm=1.)
tf.nn.embedding_lookup([],[0])
tf.nn.embedding_lookup(None,[0])
tf.nn.embedding_lookup_sparse(x,tf.sparse.from_dense([[1,0],[1,1]]),None,combiner='sum')
tf.nn.embedding_lookup_sparse(x,tf.sparse.from_dense([[1,0],[1,1]]),None,combiner='foo')
tf.nn.safe_embedding_lookup_sparse(x,tf.sparse.from_dense([[1,0],[1,1]]))
tf.nn.top_k([1,2],1)
tf.nn.in_top_k([0],[[0.2,0.1]],1)
tf.nn.ctc_loss([[1,2]],C(F(3,1,4)),[2],[3],blank_index=0)
tf.nn.ctc_loss([[1,2]],C(F(3,1,4)),[2],[3])
tf.nn.ctc_unique_labels([[1,1,2]])
tf.nn.collapse_repeated([[1,1,2]],[3])
tf.nn.compute_average_loss([1.,2.])
tf.nn.compute_average_loss([1.,2.],global_batch_size=4)
tf.nn.compute_average_loss(1.)
tf.nn.compute_average_loss([1.,2.],sample_weight=[1.,0.])
tf.nn.isotonic_regression([[3.,1.,2.]])
tf.nn.space_to_batch(im,[2,2],[[0,0],[0,0]]).shape
tf.nn.batch_to_space(C(F(4,1,1,1)),[2,2],[[0,0],[0,0]])
grad(lambda a:tf.nn.relu6(a),C([0.,6.,3.]))
grad(lambda a:tf.nn.leaky_relu(a),C([0.,6.,-3.]))
grad(lambda a:tf.nn.elu(a),C([0.,6.,-3.]))
grad(lambda a:tf.nn.selu(a),C([0.,6.,-3.]))
grad(lambda a:tf.nn.softsign(a),C([0.,6.,-3.]))
grad(lambda a:tf.nn.max_pool2d(a,2,2,'SAME'),tf.ones([1,2,2,1]))
grad(lambda a:tf.nn.avg_pool2d(a,2,1,'SAME'),tf.ones([1,2,2,1]))
grad(lambda a,b:tf.nn.conv2d(a,b,2,'SAME'),im,w)
grad(lambda a,b:tf.nn.softmax_cross_entropy_with_logits(a,b),C([[0.3,0.7]]),C([[1.,2.]]))
grad(lambda a:tf.nn.moments(a,[0])[1],C([1.,2.,4.]))
grad(lambda a:tf.nn.lrn(a),C(F(1,1,1,3)))
grad(lambda a:tf.nn.l2_loss(a),x)
grad(lambda a:tf.nn.batch_normalization(a,1.,2.,0.,1.,0.1),x)
grad(lambda a:tf.nn.sigmoid_cross_entropy_with_logits([0.,1.],a),C([0.,0.]))
grad(lambda a:tf.nn.dilation2d(a,C(F(2,2,2)),[1,1,1,1],'VALID','NHWC',[1,1,1,1]),im)
""",
)
