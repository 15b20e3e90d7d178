"""Calls of `keras.distribution` on one device: grids, layouts, distributions."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import calls


def names(tf, C, F):  # noqa: N803
    D = tf.keras.distribution  # noqa: N806
    mesh = D.DeviceMesh((1, 1), ["batch", "model"], ["cpu:0"])
    layouts = D.LayoutMap(mesh)
    layouts["d.*kernel"] = (None, "model")
    layouts["d.*l"] = (None, None)
    dense = tf.keras.layers.Dense(2, name="d")
    dense.build((None, 3))
    return dict(K=tf.keras, D=D, mesh=mesh, layouts=layouts, dense=dense,
                model=D.ModelParallel(layout_map=layouts), data=D.DataParallel(devices=["cpu:0"]))  # fmt: skip


test_calls = calls(
    names,
    r"""
D.list_devices("cpu")
D.list_devices("tpu")
D.distribution()
[repr(mesh),repr(data),repr(model),repr(D.TensorLayout(["batch",None],mesh))]
[mesh.devices,mesh.shape,mesh.axis_names]
D.DeviceMesh((2,),["a"],["cpu:0"])
D.DeviceMesh((1,),["a","b"],["cpu:0"])
D.DeviceMesh((),[])
D.TensorLayout(["x"],mesh)
D.TensorLayout(["x"]).axes
l=D.TensorLayout(["x"]);l.device_mesh=mesh
l=D.TensorLayout(["model"]);l.device_mesh=mesh;l.device_mesh=mesh
D.DataParallel(3)
D.ModelParallel()
D.ModelParallel(layout_map=3)
[len(layouts),list(layouts),layouts["d/kernel_1"],layouts["d/col"].axes]
layouts["d/kernel"].axes
layouts["e-kernel"]=3
layouts["d.*l"]=("model",)
del layouts["d.*l"];repr(layouts["d/kernel"])
[data.batch_dim_name,model.batch_dim_name,data.num_model_replicas,data.get_tensor_layout("x")]
[d.get_data_layout((3,4)).axes for d in (data,model)]
data.get_variable_layout(dense.kernel).axes
del layouts["d.*l"];[model.get_variable_layout(v).axes for v in dense.weights]
with data.scope(): n=repr(D.distribution())
with data.scope(): n=D.distribution() is data
D.set_distribution(data);m=K.Sequential([K.Input((3,)),dense]);m.compile("sgd","mse");h=m.fit(np.ones((4,3)),np.ones((4,2)),verbose=0);D.set_distribution(None);sorted(h.history)
K.config.set_backend("x")
K.config.set_backend("tensorflow")
K.ops.nn.polar(C([1.]),C([0.]))
""",
)


def test_tensors_on_a_grid(tf):
    distribution = tf.keras.distribution
    mesh = distribution.DeviceMesh((1,), ["batch"], ["cpu:0"])
    layout = distribution.TensorLayout(["batch", None], mesh)
    assert tuple(layout.backend_layout.spec) == ("batch", None)
    x = tf.Variable(np.ones((2, 3)))

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(distribution.distribute_tensor(x, layout) ** 2)
        return tape.gradient(y, x)

    np.testing.assert_array_equal(gradient(), 2 * np.ones((2, 3)))
    symbolic = tf.keras.KerasTensor((2, 3))
    assert distribution.distribute_tensor(symbolic, layout) is symbolic
