"""Calls of Keras's smaller corners: CTC that does not fit, quantizers, shapes of outputs."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import calls


def names(tf, C, F):  # noqa: N803
    K = tf.keras  # noqa: N806
    a, b = K.Input((3,), name="a"), K.Input((4,), name="b")
    return dict(
        K=K, Q=K.quantizers, L=K.layers,
        masked=K.layers.Embedding(4, 3, mask_zero=True)(np.array([[1, 2, 3, 0], [3, 0, 0, 0]])), w=C(F(5, 4)), seq=C(F(2, 4, 3)),
        a=a, b=b, d=K.layers.Dense(2)(a), e=K.layers.Dense(1)(b),
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
K.losses.ctc(C([[1,2,1,0],[1,2,0,2]]),seq)
K.losses.ctc(C([[1,1,1,1],[2,2,2,0]]),seq)
K.losses.CTC()(C([[1,1,1,1],[0,0,0,0]]),seq)
K.ops.ctc_loss(C([[1,2,1],[2,2,2]]),seq,C([2,3]),C([1,4]))
tf.nn.ctc_loss(C([[1,1,1,1]]),seq[:1],[4],[4],logits_time_major=False,blank_index=-1)
K.backend.ctc_batch_cost(C([[0,0,1],[0,1,0]]),tf.nn.softmax(seq),C([[3],[4]]),C([[3],[2]]))
Q.abs_max_quantize(w,0)
Q.abs_max_quantize(w,(0,1),(-8,7))
Q.abs_max_quantize(w,-1,to_numpy=True)
Q.AbsMaxQuantizer()(w)
Q.AbsMaxQuantizer(axis=0)(w,axis=1)
Q.AbsMaxQuantizer(axis=1,epsilon=1e-3).get_config()
Q.AbsMaxQuantizer(value_range=(-200,3))
Q.abs_max_quantize_grouped_with_zero_point(w,2)
Q.abs_max_quantize_grouped_with_zero_point(w,8,(-128,127))
Q.fake_quant_with_min_max_vars(w,-0.5,0.7,4)
Q.fake_quant_with_min_max_vars(w,[-1.,-.2,0.,0.,0.1],[.3,.4,.2,.1,.9],3,axis=0)
Q.fake_quant_with_min_max_vars(tf.cast(w,"float16"),-1.,1.).dtype
Q.fake_quant_with_min_max_vars(a,-1.,1.).shape
Q.compute_float8_scale(C(3.),C(2.),448.)
Q.compute_float8_scale(C([0.,np.inf,2.]),C([2.,3.,4.]),448.,1)
Q.compute_float8_amax_history(C([1.,-5.]),C([1.,2.,3.]))
Q.quantize_and_dequantize(C([1.1,500.,3.3]),C(0.5),"float8_e4m3fn","float32")
Q.pack_int4(C([[1,-2,3],[4,-8,7],[0,1,2]],tf.int8))
Q.pack_int4(C([[1,2,3],[4,15,7]],tf.uint8),axis=-1,dtype="uint8")
Q.pack_int4(C([1.]))
Q.pack_int4(C([1]),dtype="int16")
Q.unpack_int4(C([[-31,64],[3,-8]],tf.int8),3)
Q.unpack_int4(C([[33,64],[3,8]],tf.uint8),3,axis=1,dtype="uint8")
Q.get(None)
Q.get("no quantizer")
Q.get(Q.serialize(Q.AbsMaxQuantizer(axis=0))).axis
Q.Quantizer()(3)
Q.Quantizer().get_config()
K.Model([a,b],[d,e]).output_shape
K.Model([a,b],(d,e)).output_shape
K.Model([a,b],{"z":d,"y":e}).output_shape
K.Model([a,b],[d,[e]]).output_shape
K.Model([a],[d]).output_shape
L.Bidirectional(L.LSTM(1,use_cudnn=False)).backward_layer.use_cudnn
L.GroupQueryAttention(2,2,2)(query=masked,value=seq)._keras_mask
[L.GroupQueryAttention(2,2,2)(query=masked,value=seq).shape,masked._keras_mask]
L.MultiHeadAttention(2,2)(query=masked,value=seq)._keras_mask
L.GroupQueryAttention(2,4,2)(K.Input((4,3)),K.Input((5,3)),return_attention_scores=True)[1].shape
L.MultiHeadAttention(2,2)(K.Input((4,3)),K.Input((5,3)),return_attention_scores=True)[1].shape
K.utils.serialize_keras_object(L.GroupQueryAttention(2,2,2))["class_name"]
K.utils.deserialize_keras_object(K.utils.serialize_keras_object(L.GroupQueryAttention(2,2,2))).head_dim
[K.backend.result_type(a,b) for a in (None,"int8","float16","bool") for b in (None,int,float,"int64","float64")]
K.backend.result_type(None)
K.dtype_policies.get(3)
K.dtype_policies.get(np.float16).name
K.backend.standardize_dtype(1)
round(K.Variable(1.26),1)
round(K.Variable(1.26))
K.optimizers.Muon().lr_adjust(C(F(2,3)))
K.optimizers.Muon(rms_rate=None).lr_adjust(w)
K.optimizers.Muon().zeropower_via_newtonschulz5(w,5).numpy().round(2)+0.0
K.optimizers.Muon().zeropower_via_newtonschulz5(C([1.,2.]),5)
""",
    rtol=2e-5,
)
