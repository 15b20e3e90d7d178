"""`init_from_checkpoint`: variables that begin with the values of another program's."""

import numpy as np
import pytest


@pytest.fixture
def path(tf, tmp_path):
    """A checkpoint of `w`, and of `old/v` and `old/deep/v`."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", initializer=[1.0, 2.0])
        with v1.variable_scope("old"):
            v1.get_variable("v", initializer=3.0)
            v1.get_variable("deep/v", initializer=[4, 5])
        session.run(v1.global_variables_initializer())
        return v1.train.Saver().save(session, str(tmp_path / "model"))


def test_init_from_checkpoint(tf, answer, path):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        first = v1.get_variable("first", shape=[2])
        second = v1.get_variable("second", shape=[2])
        with v1.variable_scope("new"):
            v1.get_variable("v", shape=[])
            deep = v1.get_variable("deep/v", [2], v1.int32, v1.zeros_initializer())
        v1.get_variable("other", initializer=7.0)
        v1.train.init_from_checkpoint(path, {"w": first, "old/": "new/"})
        v1.train.init_from_checkpoint(path, {"w": "second"})
        session.run(v1.global_variables_initializer())
        answer("values", session.run(v1.global_variables()))
        session.run(v1.assign(deep, [8, 9]))
        session.run(deep.initializer)
        answer("again", session.run([deep, second]))
        read = v1.train.init_from_checkpoint
        answer.raises("key", lambda: read(path, {"no": "first"}), ["not found"])
        answer.raises("shape", lambda: read(path, {"old/v": first}), ["doesn't match"])
        answer.raises("scope", lambda: read(path, {"old": "new/"}), ["scope only"])
        answer.raises("in scope", lambda: read(path, {"old/": "/"}), ["not found"])


def test_python_function_without_inputs(tf, answer):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        variable = v1.get_variable("w", initializer=1.0)
        session.run(variable.initializer)
        value = v1.py_func(lambda: np.float32(2.0), [], tf.float32)
        answer("values", session.run([value, value * variable]))
