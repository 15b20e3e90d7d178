"""Initializers, activations, regularizers, constraints, random numbers: values, names, errors."""

import numpy as np
import pytest

INITIALIZERS = {
    "Zeros": "I.Zeros()((2, 3))",
    "Ones": "I.Ones()((2, 3), dtype='int32')",
    "Constant": "I.Constant(0.5)((2,))",
    "Constant array": "I.Constant([1., 2.])((2, 2))",
    "Identity": "I.Identity(gain=2.0)((2, 3))",
    "RandomNormal": "I.RandomNormal(mean=1.0, stddev=2.0, seed=3)((2, 3))",
    "RandomUniform": "I.RandomUniform(-1.0, 3.0, seed=3)((2, 3))",
    "RandomUniform float64": "I.RandomUniform(seed=3)((2, 3), dtype='float64')",
    "TruncatedNormal": "I.TruncatedNormal(seed=3)((4, 3))",
    "GlorotUniform": "I.GlorotUniform(seed=3)((4, 3))",
    "GlorotNormal": "I.GlorotNormal(seed=3)((2, 2, 4, 3))",
    "HeNormal": "I.HeNormal(seed=3)((4, 3))",
    "HeUniform": "I.HeUniform(seed=3)((4,))",
    "LecunNormal": "I.LecunNormal(seed=3)((4, 3))",
    "LecunUniform": "I.LecunUniform(seed=3)(())",
    "VarianceScaling": "I.VarianceScaling(2.0, 'fan_out', 'untruncated_normal', seed=3)((4, 3))",
    "VarianceScaling axes": "I.VarianceScaling(seed=3, input_axes=[0, 1], output_axes=[2])((2, 3, 4))",
    "Orthogonal tall": "I.Orthogonal(seed=3)((5, 3))",
    "Orthogonal wide": "I.Orthogonal(gain=2.0, seed=3)((2, 2, 6))",
    "STFT": "I.STFT('real', 'hann', 'density', False)((8, 1, 5))",
    "STFT imag": "I.STFT('imag', 'hamming', 'spectrum', True)((8, 1, 5))",
    "same": "[I.RandomNormal(seed=1)((2,)) for _ in range(2)]",
    "generator": "[I.RandomNormal(seed=g)((2,)) for g in [tf.keras.random.SeedGenerator(1)] * 2]",
    "negative seed": "I.RandomUniform(seed=-5)((2,))",
    "large seed": "I.RandomUniform(seed=2**40 + 5)((2,))",
    "get name": "type(I.get('he_normal')).__name__",
    "get class": "type(I.get(I.Zeros)).__name__",
    "get alias": "[type(I.get(n)).__name__ for n in ('normal', 'uniform', 'one', 'zero', 'STFTInitializer')]",
    "get config": "I.get({'class_name': 'RandomNormal', 'config': {'stddev': 3.0}}).stddev",
    "get array": "I.get(np.ones(2))((2,))",
    "get function": "I.get(len)('ab')",
    "get none": "I.get(None)",
    "serialize": "I.serialize(I.GlorotUniform(seed=3))",
    "serialize scaling": "I.serialize(I.VarianceScaling(2.0, seed=3))",
    "serialize constant": "I.serialize(I.Constant(2.0))",
    "deserialize": "I.deserialize(I.serialize(I.RandomUniform(0.0, 2.0, 3)))((2,))",
    "clone": "I.RandomUniform(0.0, 2.0, 3).clone().get_config()",
    "aliases": "[getattr(I, n) is getattr(I, m) for n, m in [('zeros', 'Zeros'), ('glorot_uniform', 'GlorotUniform')]]",
}  # fmt: skip

ACTIVATIONS = {
    "relu": ["", "negative_slope=0.1", "max_value=1.0", "max_value=6", "threshold=0.5",
             "negative_slope=0.1, max_value=1.0, threshold=0.5"],
    "leaky_relu": ["", "negative_slope=0.3"],
    "relu6": [""], "elu": ["", "alpha=0.5"], "selu": [""], "celu": ["", "alpha=0.5"],
    "gelu": ["", "approximate=True"], "glu": ["", "axis=0"], "sigmoid": [""], "tanh": [""],
    "softmax": ["", "axis=0", "axis=None"], "log_softmax": ["", "axis=0", "axis=None"],
    "log_sigmoid": [""], "softplus": [""], "softsign": [""], "exponential": [""], "silu": [""],
    "mish": [""], "squareplus": ["", "b=1"], "hard_sigmoid": [""], "hard_silu": [""],
    "hard_tanh": [""], "hard_shrink": ["", "threshold=0.1"], "soft_shrink": ["", "threshold=0.1"],
    "tanh_shrink": [""], "sparse_plus": [""], "sparse_sigmoid": [""], "sparsemax": ["", "axis=0"],
    "threshold": ["0.5, 3.0"], "linear": [""], "swish": [""], "hard_swish": [""],
}  # fmt: skip

CASES = {
    "L1": "K.regularizers.L1(0.1)(W)",
    "L2": "K.regularizers.l2(0.1)(W)",
    "L1L2": "K.regularizers.L1L2(0.1, 0.2)(W)",
    "l1_l2 none": "K.regularizers.l1_l2()(W)",
    "orthogonal rows": "K.regularizers.OrthogonalRegularizer(0.1)(W)",
    "orthogonal columns": "K.regularizers.OrthogonalRegularizer(0.1, 'columns')(W)",
    "regularizer configs": "[r.get_config() for r in (K.regularizers.L1(), K.regularizers.L2(0.5), K.regularizers.L1L2(0.1), K.regularizers.OrthogonalRegularizer())]",
    "regularizer get": "[type(K.regularizers.get(n)).__name__ for n in ('l1', 'l2', 'l1l2', 'L1L2', None)]",
    "regularizer serialize": "K.regularizers.serialize(K.regularizers.L2(0.5))",
    "regularizer deserialize": "K.regularizers.deserialize(K.regularizers.serialize(K.regularizers.L2(0.5)))(W)",
    "MaxNorm": "K.constraints.MaxNorm(1.0)(W)",
    "MaxNorm axis": "K.constraints.max_norm(1.0, axis=1)(W)",
    "NonNeg": "K.constraints.NonNeg()(W)",
    "UnitNorm": "K.constraints.UnitNorm()(W)",
    "MinMaxNorm": "K.constraints.MinMaxNorm(0.5, 1.0, rate=0.5)(W)",
    "constraint get": "[type(K.constraints.get(n)).__name__ for n in ('max_norm', 'non_neg', 'unit_norm', 'min_max_norm')]",
    "constraint configs": "[c.get_config() for c in (K.constraints.MaxNorm(), K.constraints.NonNeg(), K.constraints.UnitNorm(1), K.constraints.MinMaxNorm())]",
    "activation get": "[K.activations.get(n).__name__ for n in ('relu', 'swish', 'hard_swish', 'linear', None)]",
    "activation serialize": "[K.activations.serialize(a) for a in (K.activations.relu, K.activations.silu)]",
    "activation deserialize": "K.activations.deserialize('tanh').__name__",
    "normal": "K.random.normal((2, 2), 1.0, 2.0, seed=5)",
    "truncated": "K.random.truncated_normal((2, 2), seed=5, dtype='float64')",
    "uniform": "K.random.uniform((2, 2), 1, 3, seed=5)",
    "randint": "K.random.randint((5,), 0, 10, seed=5)",
    "randint uint8": "K.random.randint((5,), 0, 10, dtype='uint8', seed=5)",
    "categorical": "K.random.categorical([[0., 1., 2.], [2., 0., 0.]], 4, seed=5)",
    "shuffle": "K.random.shuffle(tf.reshape(tf.range(10), [5, 2]), seed=5)",
    "shuffle axis": "K.random.shuffle(tf.reshape(tf.range(10), [2, 5]), axis=1, seed=5)",
    "dropout": "K.random.dropout(tf.ones([3, 4]), 0.4, seed=5)",
    "dropout noise": "K.random.dropout(tf.ones([3, 4]), 0.4, noise_shape=(None, 1), seed=5)",
    "dropout all": "K.random.dropout(tf.ones([2]), 1.0)",
    "gamma": "K.random.gamma((4,), 1.5, seed=5)",
    "beta": "K.random.beta((4,), 1.5, 2.0, seed=5)",
    "generator": "[g.next() for g in [K.random.SeedGenerator(5)] * 3]",
    "unordered": "[g.next(ordered=False) for g in [K.random.SeedGenerator(5)] * 3]",
    "generator draws": "[K.random.uniform((2,), seed=g) for g in [K.random.SeedGenerator(5)] * 3]",
    "generator config": "K.random.SeedGenerator(5, name='g').get_config()",
    "generator state": "(lambda v: (v.path, v.dtype, v.trainable))(K.random.SeedGenerator(5, name='g').state)",
    "floatx": "(K.config.floatx(), K.config.epsilon(), K.config.image_data_format())",
}  # fmt: skip

ERRORS = {
    "identity": ("I.Identity()((2, 2, 2))", ["2D matrices"]),
    "orthogonal": ("I.Orthogonal()((2,))", ["two-dimensional"]),
    "scale": ("I.VarianceScaling(0.0)", ["scale"]),
    "mode": ("I.VarianceScaling(mode='foo')", ["mode", "foo"]),
    "distribution": ("I.VarianceScaling(distribution='foo')", ["distribution", "foo"]),
    "seed": ("I.RandomNormal(seed='a')", ["seed"]),
    "name": ("I.get('foo')", ["Could not interpret initializer identifier", "foo"]),
    "number": ("I.get(3)", ["Could not interpret initializer identifier"]),
    "array": ("I.get(np.ones(2))((3,))", ["shape"]),
    "base": ("I.Initializer()((2,))", []),
    "l1": ("K.regularizers.L1(-1.0)", ["l1", "non-negative"]),
    "l2": ("K.regularizers.L2(float('nan'))", ["l2"]),
    "orthogonal mode": ("K.regularizers.OrthogonalRegularizer(0.1, 'foo')", ["mode"]),
    "orthogonal rank": ("K.regularizers.OrthogonalRegularizer()(tf.ones([2]))", ["rank 2"]),
    "regularizer": ("K.regularizers.get('foo')", ["regularizer identifier"]),
    "constraint": ("K.constraints.get('foo')", ["constraint identifier"]),
    "activation": ("K.activations.get('foo')", ["activation function identifier", "foo"]),
    "glu": ("K.activations.glu(tf.ones([2, 3]))", ["divisible by 2"]),
    "uniform": ("K.random.uniform((2,), dtype='int32')", ["floating point"]),
    "randint": ("K.random.randint((2,), 0, 2, dtype='float32')", ["integer"]),
    "categorical": ("K.random.categorical([1., 2.], 3)", ["2-D"]),
    "random seed": ("K.random.uniform((2,), seed='a')", ["SeedGenerator"]),
    "generator": ("K.random.SeedGenerator('a')", ["integer"]),
    "generator arguments": ("K.random.SeedGenerator(foo=1)", ["foo"]),
    "floatx": ("K.config.set_floatx('int8')", ["floatx", "int8"]),
}


def names_for(tf):
    weights = tf.constant([[1.0, -2.0, 0.5], [0.3, 0.4, -0.1]])
    return {"tf": tf, "K": tf.keras, "I": tf.keras.initializers, "np": np, "W": weights}


@pytest.mark.parametrize("case", INITIALIZERS)
def test_initializer(tf, answer, case):
    answer("value", eval(INITIALIZERS[case], names_for(tf)), atol=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(tf, answer, name):
    function = getattr(tf.keras.activations, name)
    for arguments in ACTIVATIONS[name]:
        x = tf.constant([[-4.0, -1.0, -0.3, 0.0], [0.2, 0.7, 2.0, 7.0]])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = eval(f"function(x, {arguments})", {"function": function, "x": x})
            total = tf.reduce_sum(y * y)
        answer(f"({arguments})", y)
        answer(f"gradient ({arguments})", tape.gradient(total, x), rtol=1e-4)
    if name not in ("threshold", "glu"):
        answer("half", function(tf.constant([[-1.0, 2.0]], tf.float16)))


@pytest.mark.parametrize("case", CASES)
def test_case(tf, answer, case):
    answer("value", eval(CASES[case], names_for(tf)))


@pytest.mark.parametrize("case", ERRORS)
def test_error(tf, answer, case):
    expression, keywords = ERRORS[case]
    answer.raises("error", lambda: eval(expression, names_for(tf)), keywords)
