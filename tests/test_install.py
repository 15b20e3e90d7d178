"""Programs that say `tensorflow` or `keras` run on minitf: finder, runner, what is missing."""

import os
import subprocess
import sys
import textwrap

import pytest


@pytest.fixture
def run(tmp_path):
    """Runs source text as a script under `python -m minitf`."""

    def run_script(source, *arguments, options=(), check=True):
        script = tmp_path / "program.py"
        script.write_text(textwrap.dedent(source), "utf-8")
        command = [sys.executable, "-m", "minitf", *options, str(script), *arguments]
        result = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "JAX_PLATFORMS": "cpu"}
        )
        assert not check or result.returncode == 0, result.stderr
        return result

    return run_script


def test_same_module_objects(run):
    run("""
        import minitf
        import tensorflow as tf
        import tensorflow.nest as tm
        import tensorflow.compat.v1 as tf1
        import tensorflow.compat.v2 as tf2
        from tensorflow import constant, errors
        from tensorflow.compat import v1
        assert tf is minitf and tm is minitf.nest and errors is minitf.errors
        assert tf1 is v1 is tf.compat.v1 is minitf.compat.v1
        assert tf2 is tf.compat.v2 is minitf
        assert constant is minitf.constant
        assert minitf.__spec__.name == "minitf" and minitf.compat.v1.__name__ == "minitf.compat.v1"
    """)


def test_install_in_a_notebook():
    source = """
        import minitf
        minitf.install_as_tensorflow()
        minitf.install_as_tensorflow()
        import sys
        import tensorflow as tf
        assert tf is minitf
        assert sum("TensorFlowFinder" in type(f).__name__ for f in sys.meta_path) == 1
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(source)], check=True)


def test_v1_face(run):
    source = """
        import tensorflow as tf
        x = tf.placeholder(tf.float32)
        with tf.Session() as sess:
            print(sess.run(x * 2, {x: 3.0}))
    """
    assert run(source, options=["--v1"]).stdout == "6.0\n"


def test_private_names_and_the_package_of_keras(run):
    source = """
        import tf_keras
        from tf_keras import *
        import tf_keras.api._v1.keras.__internal__.legacy.layers as layers
        from tf_keras.layers import Dense
        from tensorflow.python.autograph.pyct import anno
        from tensorflow.core.framework import attr_value_pb2, summary_pb2
        from tensorflow.core.protobuf.config_pb2 import ConfigProto
        from tensorflow.python.data import Dataset
        from tensorflow.python.data.ops.iterator_ops import OwnedIterator
        from tensorflow.python.framework import ops, smart_cond
        from tensorflow.python.ops import array_ops
        from tensorflow.python.util import deprecation, nest, tf_contextlib, tf_inspect
        import tensorflow as tf
        assert Dense is tf.keras.layers.Dense is tf_keras.layers.Dense and Model is tf.keras.Model
        assert layers.dense is tf.compat.v1.layers.dense
        assert ConfigProto is tf.compat.v1.ConfigProto and attr_value_pb2.AttrValue
        assert summary_pb2.Summary.Value and ops.EagerTensor
        assert isinstance(iter(tf.data.Dataset.range(1)), OwnedIterator) and Dataset.range
        assert smart_cond.smart_cond(True, lambda: 1, lambda: 2) == 1
        assert array_ops.expand_dims([1], 0).shape == (1, 1)
        assert nest.map_structure(lambda x: x + 1, [1, (2,)]) == [2, (3,)]
        assert tf.__internal__.CompositeTensor and tf_inspect.getfullargspec and ops.Tensor
        print("all there")
    """
    assert run(source).stdout == "all there\n"


def test_sources_of_keras(run):
    """Private modules of Keras have the names of the public ones that lead there."""
    source = """
        from keras.src.engine import keras_tensor
        from keras.src.layers.convolutional.base_conv import Conv2D
        from keras.src.losses.losses import MeanSquaredError
        from keras.src.backend import get_keras_mask, set_keras_mask
        from keras.src.ops import *
        from keras.src.saving import serialization_lib
        from tensorflow.python.keras import backend
        from tensorflow.python.keras.engine.training import Model
        from tensorflow.python.keras.layers.recurrent import LSTM
        import tensorflow as tf
        keras = tf.keras
        assert Model is keras.Model and LSTM is keras.layers.LSTM and backend is keras.backend
        assert Conv2D is keras.layers.Conv2D and MeanSquaredError is keras.losses.MeanSquaredError
        assert keras_tensor.KerasTensor is keras.KerasTensor and relu is keras.ops.relu
        assert serialization_lib.serialize_keras_object is keras.saving.serialize_keras_object
        x = tf.constant(1)
        assert get_keras_mask(x) is None
        set_keras_mask(x, 2)
        assert get_keras_mask(x) == 2
        from keras.src.losses import nonesuch
    """
    result = run(source, check=False)
    assert "cannot import name 'nonesuch' from 'keras.src.losses'" in result.stderr


def test_script_sees_what_python_gives(run):
    source = """
        import os, sys
        assert __name__ == "__main__"
        assert sys.argv == [__file__, "--v1", "x"], sys.argv
        assert sys.path[0] == os.path.dirname(os.path.realpath(__file__))
        sys.exit(7)
    """
    assert run(source, "--v1", "x", check=False).returncode == 7


@pytest.mark.parametrize(
    "statement, words",
    [
        (
            "import tensorflow.python.grappler",
            ["ModuleNotFoundError", "tensorflow.python", "private"],
        ),
        ("import tensorflow.nests", ["ModuleNotFoundError", "tensorflow.nests", "'nest'"]),
        ("from tensorflow import constnt", ["ImportError", "'constnt'", "'constant'"]),
        (
            "import tensorflow as tf; tf.reduce_summ",
            ["AttributeError", "'reduce_summ'", "'reduce_s"],
        ),
        ("import tensorflow.core.kernels", ["ModuleNotFoundError", "tensorflow.core.kernels"]),
        ("import tensorflow as tf; tf.nn.relo", ["AttributeError", "'relo'", "'relu'"]),
        ("import tensorflow as tf; tf.keras.layers.Dens", ["AttributeError", "'Dens'", "'Dense'"]),
        ("import tensorflow as tf; tf.Session()", ["AttributeError", "tf.compat.v1.Session"]),
    ],
)
def test_missing_names(run, statement, words):
    result = run(statement, check=False)
    assert result.returncode == 1
    assert all(word in result.stderr for word in words), result.stderr


def test_traceback_starts_at_the_script(run):
    source = """
        import tensorflow as tf
        def f():
            tf.zeros([2]) + tf.zeros([3])
        f()
    """
    lines = run(source, check=False).stderr.splitlines()
    assert "program.py" in lines[1]
    assert not [line for line in lines if "runpy" in line or f"minitf{os.sep}" in line]


def test_no_such_script():
    command = [sys.executable, "-m", "minitf", "nothing_here.py"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 2
    assert "nothing_here.py" in result.stderr
