"""`tf.train.Checkpoint` and its manager."""

import os

import numpy as np


def module_of(tf, scale):
    module = tf.Module()
    module.v = tf.Variable([1.0 * scale, 2.0])
    module.parts = [tf.Variable(3 * scale), {"a": tf.Variable(4.0 * scale)}]
    module.same = module.v
    return module


def test_values_come_back(tf, answer, tmp_path):
    saved = tf.train.Checkpoint(step=tf.Variable(7), model=module_of(tf, 1))
    path = saved.save(str(tmp_path / "a" / "ckpt"))
    answer("names", [list(pair) for pair in tf.train.list_variables(path)])
    answer("files", sorted(os.listdir(tmp_path / "a")))
    other = tf.train.Checkpoint(step=tf.Variable(0), model=module_of(tf, 5))
    other.restore(path).assert_consumed().assert_existing_objects_matched()
    answer("values", [other.step, *other.model.variables, other.save_counter])
    answer("next", os.path.basename(other.save(str(tmp_path / "a" / "ckpt"))))
    reader = tf.train.load_checkpoint(str(tmp_path / "a"))
    key = "step/.ATTRIBUTES/VARIABLE_VALUE"
    answer("reader", [reader.get_tensor(key), reader.get_variable_to_dtype_map()[key],
                      reader.has_tensor("nothing")])  # fmt: skip
    answer("load", tf.train.load_variable(path, key))


def test_root(tf, answer, tmp_path):
    path = tf.train.Checkpoint(module_of(tf, 1), more=tf.Variable(9)).write(str(tmp_path / "w"))
    answer("path", path.removeprefix(str(tmp_path)))
    answer("names", [list(pair) for pair in tf.train.list_variables(path)])
    module = module_of(tf, 2)
    tf.train.Checkpoint(module).read(path).expect_partial().assert_existing_objects_matched()
    answer("values", list(module.variables))


def test_what_does_not_match(tf, answer, tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.0)).save(str(tmp_path / "c"))
    status = tf.train.Checkpoint(w=tf.Variable(1.0)).restore(path)
    answer.raises("unbound", status.assert_consumed, ["Found 1 Python objects", "not bound"])
    status = tf.train.Checkpoint().restore(path)
    answer.raises("unused", status.assert_consumed, ["Unresolved object", "(root).v"])
    answer("partial", type(status.expect_partial()).__name__)
    nothing = tf.train.Checkpoint().restore(None)
    answer.raises("nothing", nothing.assert_consumed, ["No checkpoint specified"])
    missing = str(tmp_path / "nowhere")
    answer.raises("missing", lambda: tf.train.Checkpoint().restore(missing), ["suffix"])
    other = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0]))
    answer.raises("shape", lambda: other.restore(path), ["incompatible tensor", "shape ()"])
    answer.raises("no state", lambda: tf.train.Checkpoint(a=3), ["trackable object", "got 3"])
    answer.raises("folder", lambda: tf.train.load_checkpoint(str(tmp_path.parent)), ["directory"])
    answer.raises("name", lambda: tf.train.load_variable(path, "q"), ["Key q not found"])


def test_parts_that_are_made_later(tf, answer, tmp_path):
    path = tf.train.Checkpoint(model=module_of(tf, 1)).save(str(tmp_path / "c"))
    model = tf.Module()
    status = tf.train.Checkpoint(model=model).restore(path)
    model.v = tf.Variable([0.0, 0.0])
    answer("restored", model.v)
    model.v.assign([8.0, 8.0])
    model.parts = [tf.Variable(0), {"a": tf.Variable(0.0)}]
    answer("once", [model.v, model.parts[0], model.parts[1]["a"]])
    model.same = model.v
    status.assert_existing_objects_matched()


def test_manager(tf, answer, tmp_path):
    def shown(path):
        return path and os.path.basename(path)

    checkpoint = tf.train.Checkpoint(v=tf.Variable(0))
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path / "m"), max_to_keep=2)
    answer("none", [manager.latest_checkpoint, manager.restore_or_initialize()])
    for i in range(4):
        checkpoint.v.assign(10 * i)
        answer(f"saved {i}", [shown(manager.save()), [shown(p) for p in manager.checkpoints]])
    answer("numbered", shown(manager.save(checkpoint_number=40)))
    answer("files", sorted(os.listdir(tmp_path / "m")))
    checkpoint.v.assign(99)
    again = tf.train.CheckpointManager(checkpoint, str(tmp_path / "m"), 2, checkpoint_name="x")
    answer("latest", [shown(again.restore_or_initialize()), checkpoint.v])
    state = tf.train.get_checkpoint_state(str(tmp_path / "m"))
    answer("state", [shown(p) for p in state.all_model_checkpoint_paths])
    answer("folder", shown(tf.train.latest_checkpoint(str(tmp_path / "m"))))
    step = tf.Variable(0)
    seldom = tf.train.CheckpointManager(checkpoint, str(tmp_path / "s"), None, step_counter=step,
                                        checkpoint_interval=2, init_fn=lambda: step.assign(5))  # fmt: skip
    seldom.restore_or_initialize()
    answer("seldom", [shown(seldom.save()) for _ in range(5) if step.assign_add(1) is not None])
    answer.raises("few", lambda: tf.train.CheckpointManager(checkpoint, "q", 0), ["max_to_keep"])


def test_training_goes_on(tf, answer, tmp_path):
    """Model, optimizer and dataset iterator, as the guide on checkpoints has them."""

    def objects():
        tf.keras.utils.set_random_seed(3)
        net = tf.keras.Sequential([tf.keras.Input([2]), tf.keras.layers.Dense(1)])
        dataset = tf.data.Dataset.from_tensor_slices(tf.range(8.0)).map(
            lambda x: tf.stack([x, 1 - x])
        )
        return tf.train.Checkpoint(net=net, optimizer=tf.keras.optimizers.Adam(0.1),
                                   iterator=iter(dataset.batch(2)))  # fmt: skip

    def step(c):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(c.net(next(c.iterator)) ** 2)
        variables = c.net.trainable_variables
        c.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    first = objects()
    answer("losses", [step(first), step(first)], rtol=1e-4)
    path = first.save(str(tmp_path / "c"))
    names = [name for name, _ in tf.train.list_variables(path)]
    answer("names", names)
    second = objects()
    second.optimizer.build(second.net.trainable_variables)
    second.restore(path).assert_consumed()
    expected = step(first)
    np.testing.assert_allclose(step(second), expected, 1e-5)
    answer("goes on", expected, rtol=1e-4)


def test_options(tf, answer, tmp_path):
    told = []
    options = tf.train.CheckpointOptions(
        experimental_write_callbacks=[lambda path: told.append(os.path.basename(path)),
                                      lambda: told.append("written")],
    )  # fmt: skip
    saved = tf.train.Checkpoint(step=tf.Variable(7))
    saved.write(str(tmp_path / "one"), options=options)
    tf.train.CheckpointManager(saved, str(tmp_path), 2).save(options=options)
    answer("told", told)
    answer("defaults", [getattr(tf.train.CheckpointOptions(), name) for name in (
        "experimental_io_device", "enable_async", "experimental_enable_async_checkpoint",
        "experimental_write_callbacks", "experimental_skip_slot_variables")])  # fmt: skip


def test_iterator(tf, answer, tmp_path):
    saved, seen, waits = tf.train.Checkpoint(step=tf.Variable(7)), [], []
    saved.save(str(tmp_path / "ckpt"))
    saved.save(str(tmp_path / "ckpt"))
    found = tf.train.checkpoints_iterator(
        str(tmp_path), timeout=0, timeout_fn=lambda: waits.append(1) or len(waits) > 1
    )
    for path in found:
        seen.append(os.path.basename(path))
        if len(seen) < 2:
            saved.save(str(tmp_path / "ckpt"))
    answer("seen", [seen, len(waits)])
