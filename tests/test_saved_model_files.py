"""What a SavedModel of minitf's may hold, and what it must not run."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import minitf as tf
from minitf.saved_model import graphs


def test_another_process_reads_it(tmp_path):
    module = tf.Module()
    module.f = tf.function(
        lambda x: tf.strings.upper(x), input_signature=[tf.TensorSpec([], "string")]
    )
    tf.saved_model.save(module, tmp_path / "m")
    code = (
        f"import minitf as tf; print(tf.saved_model.load({str(tmp_path / 'm')!r}).f('ab').numpy())"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(tf.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env=environment)  # fmt: skip
    assert done.stdout == "b'AB'\n", done.stderr


def test_python_code_is_not_saved(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: tf.py_function(lambda v: v + 1, [x], tf.float32),
                           input_signature=[tf.TensorSpec([])])  # fmt: skip
    with pytest.raises(ValueError, match="EagerPyFunc.*cannot be saved"):
        tf.saved_model.save(module, tmp_path / "m")
    assert not (tmp_path / "m").exists()


class _Evil:
    def __reduce__(self):
        return (os.system, ("echo evil",))


@pytest.mark.parametrize("content", [_Evil(), tf.io.write_file, pickle.loads])
def test_a_file_cannot_run_code(content, tmp_path):
    with pytest.raises(ValueError, match="no place in a SavedModel"):
        graphs.loads(pickle.dumps(([], pickle.dumps(content))))
