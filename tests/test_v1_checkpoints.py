"""`tf.train.Checkpoint` beside TensorFlow 1: its optimizers, sessions, and the files of a `Saver`."""

import os

import numpy as np
import pytest


def module_of(tf):
    module = tf.Module()
    module.w = tf.Variable([1.0, 2.0], name="w")
    module.b = tf.Variable(0.5, name="b")
    return module


def train(tf, module, optimizer):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(module.w**2) * module.b
    variables = [module.b, module.w]
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))


@pytest.mark.parametrize("name", ["Adam", "Momentum"])
def test_slots(tf, answer, tmp_path, name):
    def make():
        args = (0.1, 0.9) if name == "Momentum" else (0.1,)
        return module_of(tf), getattr(tf.compat.v1.train, name + "Optimizer")(*args)

    module, optimizer = make()
    train(tf, module, optimizer)
    path = tf.train.Checkpoint(model=module, optimizer=optimizer).save(str(tmp_path / "c"))
    answer("names", [list(pair) for pair in tf.train.list_variables(path)])
    train(tf, module, optimizer)
    other, fresh = make()
    status = tf.train.Checkpoint(model=other, optimizer=fresh).restore(path)
    train(tf, other, fresh)  # the slots are made now, and have the values of the checkpoint
    status.assert_consumed()
    answer("goes on", [*module.variables, *other.variables])


def test_in_a_session(tf, answer, tmp_path):
    v1, module = tf.compat.v1, module_of(tf)
    path = tf.train.Checkpoint(model=module).write(str(tmp_path / "eager"))
    with tf.Graph().as_default(), v1.Session() as session:
        module = module_of(tf)
        module.more = tf.Variable(8.0)
        optimizer = v1.train.AdamOptimizer(0.1)
        step = optimizer.minimize(tf.reduce_sum(module.w**2), var_list=[module.w])
        checkpoint = tf.train.Checkpoint(model=module, optimizer=optimizer)
        status = checkpoint.restore(path)
        status.initialize_or_restore()
        answer("values", session.run([module.w, module.b, module.more]))
        manager = tf.train.CheckpointManager(checkpoint, str(tmp_path / "m"), 2)
        kept = []
        for _ in range(3):
            session.run(step)
            kept.append(session.run(module.w))
            manager.save()
        answer("kept", [os.path.basename(p) for p in manager.checkpoints])
        answer("counter", session.run(checkpoint.save_counter))
        session.run(module.w.assign([0.0, 0.0]))
        checkpoint.restore(manager.latest_checkpoint).run_restore_ops()
        answer("again", np.allclose(session.run(module.w), kept[-1]))
    module = module_of(tf)
    tf.train.Checkpoint(model=module).restore(manager.latest_checkpoint)
    answer("eagerly", np.allclose(module.w.numpy(), kept[-1]))


def test_by_names(tf, answer, tmp_path):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", initializer=[3.0, 4.0])
        v1.get_variable("s/b", initializer=7.0)
        session.run(v1.global_variables_initializer())
        path = v1.train.Saver().save(session, str(tmp_path / "saver"))
    module = module_of(tf)
    status = tf.train.Checkpoint(model=module).restore(path)
    answer("values", [module.w, module.b])
    answer.raises("b", status.assert_existing_objects_matched, ["were not restored", "'b:0'"])
    answer.raises("consumed", status.assert_consumed, ["were not restored"])
    module.late = tf.Variable(0.0, name="s/b")
    answer("made later", module.late)


def test_a_counter_of_steps(tf, answer, tmp_path):
    steps = tf.Variable(0, dtype=tf.int64)
    manager = tf.train.CheckpointManager(
        tf.train.Checkpoint(steps=steps), str(tmp_path), 3, step_counter=steps,
        checkpoint_interval=2,
    )  # fmt: skip
    saved = []
    for _ in range(4):
        saved.append(manager.save() is not None)
        steps.assign_add(1)
    answer("saved", saved)


def test_times_of_writing(tf, answer, tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.0)).write(str(tmp_path / "c"))
    times = tf.compat.v1.train.get_checkpoint_mtimes([path, str(tmp_path / "none")])
    written = os.path.getmtime(path + ".index")
    answer("times", [abs(time - written) < 1 for time in times])


def test_a_saver_makes_the_folder(tf, answer, tmp_path):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", initializer=1.0)
        session.run(v1.global_variables_initializer())
        saver = v1.train.Saver()
        path = saver.save(session, str(tmp_path / "new" / "model"))
        answer("path", path.removeprefix(str(tmp_path)))
        deep = str(tmp_path / "not" / "there" / "model")
        answer.raises("deeper", lambda: saver.save(session, deep), ["doesn't exist"])
