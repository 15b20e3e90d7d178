"""Objects as dictionaries and back, users' names, seeds that make a program repeatable."""

import numpy as np
import pytest

SERIALIZED = {
    "initializer": "K.initializers.GlorotUniform(3)",
    "loss": "K.losses.SparseCategoricalCrossentropy(from_logits=True)",
    "metric": "K.metrics.Mean(name='m')",
    "wrapper": "K.metrics.MeanMetricWrapper(K.losses.MSE, name='w')",
    "regularizer": "K.regularizers.L2(0.5)",
    "constraint": "K.constraints.MaxNorm(2)",
    "seed": "K.random.SeedGenerator(4, name='g')",
    "nested seed": "K.initializers.RandomNormal(seed=K.random.SeedGenerator(4, name='g'))",
    "function": "K.activations.relu",
    "own function": "own",
    "own class": "Own()",
    "registered": "registered",
    "registered class": "Registered(2)",
    "tensor": "tf.constant([1.0, 2.0])",
    "array": "np.ones(2)",
    "numpy scalar": "np.float32(1.5)",
    "dtype": "tf.float32",
    "shape": "tf.TensorShape([1, None])",
    "bytes": "b'x'",
    "ellipsis": "...",
    "slice": "slice(1, 2)",
    "nested": "{'a': [1, (2.0, None)], 'b': K.losses.MSE}",
}
DESERIALIZED = {
    "initializer": "read(write(K.initializers.GlorotUniform(3)))((2,))",
    "metric": "read(write(K.metrics.AUC(curve='PR', name='a'))).get_config()",
    "function": "read(write(K.losses.MSE)) is K.losses.MSE",
    "array": "read(write(np.arange(3)))",
    "tensor": "read(write(tf.constant([1, 2])))",
    "slice": "str(read(write(slice(1, None))))",
    "bytes": "read(write(b'abc'))",
    "nested": "read(write({'a': [1, (2.0, None)]}))",
    "registered": "read(write(registered))(3)",
    "registered class": "read(write(Registered(7))).get_config()",
    "given": "read(write(own), custom_objects={'own': own})(3)",
    "scope": "in_scope(lambda: K.activations.get({'class_name': 'function', 'module': 'builtins', 'config': 'own', 'registered_name': 'function'})(3))",
    "scope for classes": "in_scope(lambda: K.regularizers.get({'class_name': 'Own', 'config': {}})(1.0))",
    "lambda": "read(write(anonymous), safe_mode=False)(3)",
    "name of registered": "K.utils.get_registered_name(Registered)",
    "object of name": "K.utils.get_registered_object('test>Registered') is Registered",
    "no object": "K.utils.get_registered_object('foo')",
    "custom objects": "K.utils.get_custom_objects()['test>Registered'] is Registered",
    "set_random_seed": "(K.utils.set_random_seed(3), K.random.uniform((2,)), K.initializers.GlorotUniform()((2, 2)), K.initializers.HeNormal()((3,)), K.random.normal((2,)), np.random.rand(2))[1:]",
}  # fmt: skip
ERRORS = {
    "own function": ("read(write(own))", ["Could not locate function 'own'"]),
    "own class": ("read(write(Own()))", ["Could not locate class 'Own'"]),
    "lambda": ("read(write(anonymous))", ["lambda", "safe_mode=False"]),
    "object": ("write(object())", ["get_config()"]),
    "no class": ("K.utils.register_keras_serializable()(NoConfig)", ["get_config()"]),
    "seed": ("K.utils.set_random_seed('a')", ["seed", "integer"]),
    "unknown": ("read({'class_name': 'Foo', 'config': {}, 'module': 'keras.layers'})", ["Foo"]),
}


def names_for(tf):
    K = tf.keras

    def own(x):
        return x * 2

    @K.utils.register_keras_serializable(package="test")
    def registered(x):
        return x * 3

    class Own(K.regularizers.Regularizer):
        def __call__(self, x):
            return 3 * x

        def get_config(self):
            return {}

    @K.utils.register_keras_serializable(package="test")
    class Registered:
        def __init__(self, size):
            self.size = size

        def get_config(self):
            return {"size": self.size}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    class NoConfig:
        pass

    def in_scope(action):
        with K.utils.custom_object_scope({"own": own, "Own": Own}):
            return action()

    anonymous = lambda x: x + 1  # noqa: E731
    read, write = K.utils.deserialize_keras_object, K.utils.serialize_keras_object
    return {**locals(), "np": np}


@pytest.mark.parametrize("case", SERIALIZED)
def test_serialized(tf, answer, case):
    names = names_for(tf)
    answer("form", eval("write(" + SERIALIZED[case] + ")", names))


@pytest.mark.parametrize("case", DESERIALIZED)
@pytest.mark.filterwarnings("ignore:The object being serialized")
def test_deserialized(tf, answer, case):
    answer("value", eval(DESERIALIZED[case], names_for(tf)))


@pytest.mark.parametrize("case", ERRORS)
@pytest.mark.filterwarnings("ignore:The object being serialized")
def test_error(tf, answer, case):
    expression, keywords = ERRORS[case]
    answer.raises("error", lambda: eval(expression, names_for(tf)), keywords)
