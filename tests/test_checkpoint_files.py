"""The files of checkpoints are TensorFlow's; and what minitf restores, but TensorFlow forgets."""

from pathlib import Path

import numpy as np
import pytest

import minitf
from minitf.checkpoints import bundle


def test_layers_that_are_built_later(tmp_path):
    """minitf restores them; in TensorFlow, Keras 3 forgets them."""
    tf = minitf
    first = tf.keras.layers.Dense(2)
    first.build((None, 3))
    path = tf.train.Checkpoint(layers=[first]).save(str(tmp_path / "c"))
    second, optimizer = tf.keras.layers.Dense(2), tf.keras.optimizers.Adam()
    tf.train.Checkpoint(layers=[second], optimizer=optimizer).restore(path)
    second(tf.zeros([1, 3]))
    np.testing.assert_array_equal(second.kernel, first.kernel)


def test_reads_files_of_tensorflow():
    path = str(Path(__file__).parent / "goldens" / "checkpoint" / "of_tensorflow")
    root = minitf.Module()
    root.v, root.parts = (
        minitf.Variable(np.zeros(3, np.float32)),
        [minitf.Variable(0, dtype="int64")],
    )
    minitf.train.Checkpoint(root).read(path).assert_existing_objects_matched()
    assert root.v.numpy().tolist() == [1.0, 2.0, 3.0] and int(root.parts[0]) == 4
    found = bundle.read(path)
    assert found["parts/1/a/.ATTRIBUTES/VARIABLE_VALUE"].tolist() == [[b"x"], [b"yz"]]
    assert found["half/.ATTRIBUTES/VARIABLE_VALUE"].dtype.name == "bfloat16"


def test_damage_is_noticed(tmp_path):
    prefix = str(tmp_path / "c")
    bundle.write(prefix, {"x": np.arange(10_000.0), "s": np.array([b"ab", b""], object)})
    np.testing.assert_array_equal(bundle.read(prefix)["x"], np.arange(10_000.0))
    words = {".data-00000-of-00001": "Checksum does not match", ".index": "is damaged"}
    for ending, word in words.items():
        file = prefix + ending
        content = bytearray(Path(file).read_bytes())
        content[20] ^= 1
        Path(file).write_bytes(content)
        with pytest.raises(minitf.errors.DataLossError, match=word):
            bundle.read(prefix)
        content[20] ^= 1
        Path(file).write_bytes(content)
