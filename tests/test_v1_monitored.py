"""Monitored sessions and their hooks, which carry a TF 1.x program through its training."""

import pytest


@pytest.fixture
def v1(tf):
    """TF 1.x's face, inside a graph of its own."""
    with tf.Graph().as_default():
        yield tf.compat.v1


def descent(v1):
    """(loss, train) of a step down a parabola."""
    step = v1.train.get_or_create_global_step()
    w = v1.get_variable("w", initializer=5.0)
    loss = v1.square(w)
    v1.summary.scalar("loss", loss)
    return loss, v1.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)


def hook_of(v1, loss, seen):
    class Hook(v1.train.SessionRunHook):
        def begin(self):
            seen.append("begin")

        def after_create_session(self, session, coord):
            seen.append(["created", session.run(v1.train.get_global_step())])

        def before_run(self, run_context):
            return v1.train.SessionRunArgs({"loss": loss})

        def after_run(self, run_context, run_values):
            seen.append(float(run_values.results["loss"]))

        def end(self, session):
            seen.append(["end", session.run(v1.train.get_global_step())])

    return Hook()


def test_hooks(v1, answer):
    loss, train = descent(v1)
    seen = []
    final = v1.train.FinalOpsHook(loss)
    with v1.train.MonitoredSession(
        hooks=[hook_of(v1, loss, seen), v1.train.StopAtStepHook(last_step=4), final]
    ) as session:
        while not session.should_stop():
            session.run(train)
    answer("seen", seen[:2] + seen[-1:])
    answer("final", final.final_ops_values)
    answer("finalized", loss.graph.finalized)


def test_training_goes_on(tf, answer, tmp_path):
    v1 = tf.compat.v1
    for last in (3, 5):
        with tf.Graph().as_default():
            loss, train = descent(v1)
            with v1.train.MonitoredTrainingSession(
                checkpoint_dir=str(tmp_path), hooks=[v1.train.StopAtStepHook(last_step=last)],
                save_summaries_steps=1, save_checkpoint_steps=2,
            ) as session:  # fmt: skip
                answer(f"start {last}", session.run(v1.train.get_global_step()))
                while not session.should_stop():
                    session.run(train)
    answer("latest", v1.train.latest_checkpoint(str(tmp_path))[-12:])
    answer("files", sorted({p.name.split(".data")[0].split(".events")[0] for p in tmp_path.iterdir()
                            if "tfevents" not in p.name}))  # fmt: skip


def test_end_of_data_and_nan(tf, answer):
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        element = v1.data.make_one_shot_iterator(v1.data.Dataset.range(3)).get_next()
        seen = []
        with v1.train.MonitoredSession() as session:
            while not session.should_stop():
                seen.append(session.run(element))
        answer("all", seen)
    with tf.Graph().as_default():
        bad = v1.log(-1.0 * v1.ones([]))

        def diverge():
            with v1.train.MonitoredSession(hooks=[v1.train.NanTensorHook(bad)]) as session:
                session.run(bad)

        answer.raises("nan", diverge, ["NaN loss"])
        answer.raises("step", lambda: v1.train.StopAtStepHook(), ["num_steps"])


def test_timer(v1, answer):
    timer = v1.train.SecondOrStepTimer(every_steps=3)
    found = []
    for step in range(8):
        found.append(timer.should_trigger_for_step(step))
        if found[-1]:
            timer.update_last_triggered_step(step)
    answer("every third", found)
    answer.raises("both", lambda: v1.train.SecondOrStepTimer(1, 1), ["both"])
