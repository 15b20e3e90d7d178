"""`tf.profiler.experimental` and what starts it: traces in TensorBoard's folders."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest


def traces(folder):
    """How many traces there are below a folder."""
    return len(list(Path(folder).rglob("*.xplane.pb")))


def test_start_and_stop(tf, answer, tmp_path):
    profiler = tf.profiler.experimental
    answer.raises("none", profiler.stop, ["No profiler is running"])
    profiler.start(str(tmp_path))
    answer.raises("another", lambda: profiler.start(str(tmp_path)), ["Another profiler"])
    with profiler.Trace("step", step_num=1):
        tf.reduce_sum(tf.ones([3]))
    profiler.stop()
    answer("traces", traces(tmp_path))
    answer("options", profiler.ProfilerOptions(python_tracer_level=1)._asdict())


def test_profile(tf, answer, tmp_path):
    with tf.profiler.experimental.Profile(str(tmp_path)):
        tf.ones([2])
    answer("traces", traces(tmp_path))


@pytest.mark.parametrize(("batches", "count"), [(2, 1), ((2, 3), 1), ("1,2", 1), (9, 0)])
def test_profiled_batches(tmp_path, batches, count):
    """TensorFlow's callback wants TensorBoard to be installed: this is the library's own."""
    import minitf

    model = minitf.keras.Sequential([minitf.keras.Input([2]), minitf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    board = minitf.keras.callbacks.TensorBoard(str(tmp_path), profile_batch=batches)
    model.fit(np.ones([8, 2]), np.ones([8, 1]), batch_size=2, verbose=0, callbacks=[board])
    assert traces(tmp_path / "train") == count


def test_refused_batches(tf, answer):
    board = tf.keras.callbacks.TensorBoard
    for batches in (-1, (3, 2), (1, 2, 3), "x", None):
        answer.raises(str(batches), partial(board, profile_batch=batches))
