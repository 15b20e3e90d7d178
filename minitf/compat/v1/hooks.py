"""Session hooks: what happens around each `run` of a monitored session.

A hook is asked for fetches before a run and is shown their values after it. Offers the base class
and the hooks for logging, stopping, checkpoints, summaries and NaN losses.
"""

import collections
import time

import numpy as np

from minitf.compat.v1 import logging
from minitf.compat.v1.global_step import get_global_step
from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.meta_graph import write_graph
from minitf.compat.v1.summary import FileWriterCache, SessionLog, Summary

SessionRunArgs = collections.namedtuple(
    "SessionRunArgs", ["fetches", "feed_dict", "options"], defaults=[None, None]
)
SessionRunValues = collections.namedtuple(
    "SessionRunValues", ["results", "options", "run_metadata"]
)


class SessionRunContext:
    """What a hook sees of a run: the session, and a way to ask for the end."""

    def __init__(self, original_args, session):
        self.original_args, self.session = original_args, session
        self.stop_requested = False

    def request_stop(self):
        """Asks the monitored session to stop after this run."""
        self.stop_requested = True


class SessionRunHook:
    """Base class of hooks; a subclass overrides what it needs."""

    def begin(self):
        """Called once, before the graph is finalized: it may still add operations."""

    def after_create_session(self, session, coord):
        """Called when there is a session."""

    def before_run(self, run_context):
        """Called before each run; returns `SessionRunArgs` of what is wanted besides, or None."""

    def after_run(self, run_context, run_values):
        """Called after each run; `run_values.results` are the values that were asked for."""

    def end(self, session):
        """Called at the end, unless an exception ended it."""


class SecondOrStepTimer:
    """Says when so many steps, or so many seconds, have gone by.

    Raises:
      ValueError: both are given, or neither.
    """

    def __init__(self, every_secs=None, every_steps=None):
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._secs, self._steps = every_secs, every_steps
        self.reset()

    def reset(self):
        self._last_step = self._last_time = None

    def should_trigger_for_step(self, step):
        """Whether it is time, at a step."""
        if self._last_step is None:
            return True
        if self._last_step == step:
            return False
        if self._secs is not None:
            return time.time() >= self._last_time + self._secs
        return step >= self._last_step + self._steps

    def update_last_triggered_step(self, step):
        """(seconds, steps) since the last time; (None, None) the first time."""
        now, before = time.time(), (self._last_time, self._last_step)
        self._last_time, self._last_step = now, step
        return (None, None) if before[0] is None else (now - before[0], step - before[1])

    def last_triggered_step(self):
        return self._last_step


def _need_step(hook):
    step = get_global_step()
    if step is None:
        raise RuntimeError(f"Global step should be created to use {type(hook).__name__}.")
    return step


class LoggingTensorHook(SessionRunHook):
    """Logs the values of tensors every so many runs or seconds, or `at_end`.

    Args:
      tensors: `{tag: tensor or name}`, or a list.
      formatter: a function of `{tag: value}` that gives the text.
    """

    def __init__(self, tensors, every_n_iter=None, every_n_secs=None, at_end=False,
                 formatter=None):  # fmt: skip
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs "
                             "must be provided.")  # fmt: skip
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        if not isinstance(tensors, dict):
            tensors = {getattr(t, "name", t): t for t in tensors}
        self._tensors, self._formatter, self._at_end = tensors, formatter, at_end
        self._timer = None if only_at_end else SecondOrStepTimer(every_n_secs, every_n_iter)

    def begin(self):
        if self._timer is not None:
            self._timer.reset()
        self._count = 0
        find = get_default_graph().as_graph_element
        self._current = {tag: find(t) for tag, t in self._tensors.items()}

    def before_run(self, run_context):
        self._trigger = self._timer is not None and (
            self._timer.should_trigger_for_step(self._count))  # fmt: skip
        return SessionRunArgs(self._current) if self._trigger else None

    def _log(self, values):
        with np.printoptions(suppress=True):
            elapsed = None
            if self._timer is not None:
                elapsed, _ = self._timer.update_last_triggered_step(self._count)
            if self._formatter:
                logging.info(self._formatter(values))
                return
            shown = ", ".join(f"{tag} = {values[tag]}" for tag in self._tensors)
            logging.info(shown if elapsed is None else f"{shown} ({elapsed:.3f} sec)")

    def after_run(self, run_context, run_values):
        if self._trigger:
            self._log(run_values.results)
        self._count += 1

    def end(self, session):
        if self._at_end:
            self._log(session.run(self._current))


class StopAtStepHook(SessionRunHook):
    """Stops after `num_steps` more steps, or at step `last_step`."""

    def __init__(self, num_steps=None, last_step=None):
        if (num_steps is None) == (last_step is None):
            raise ValueError("Exactly one of num_steps or last_step must be specified.")
        self._num, self._last = num_steps, last_step

    def begin(self):
        self._step = _need_step(self)

    def after_create_session(self, session, coord):
        if self._last is None:
            self._last = int(session.run(self._step)) + self._num

    def before_run(self, run_context):
        return SessionRunArgs(self._step)

    def after_run(self, run_context, run_values):
        # The step that was fetched may be the one before this run.
        if run_values.results + 1 >= self._last and (
            run_context.session.run(self._step) >= self._last
        ):
            run_context.request_stop()


class CheckpointSaverListener:
    """What `CheckpointSaverHook` calls around each checkpoint."""

    def begin(self):
        """Called once, before the graph is finalized."""

    def before_save(self, session, global_step_value):
        """Called before a checkpoint is written."""

    def after_save(self, session, global_step_value):
        """Called after; True asks for the end."""

    def end(self, session, global_step_value):
        """Called at the end."""


class CheckpointSaverHook(SessionRunHook):
    """Writes checkpoints every so many steps or seconds, at the start and at the end."""

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None,
                 checkpoint_basename="model.ckpt", scaffold=None, listeners=None,
                 save_graph_def=True):  # fmt: skip
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver, self._scaffold, self._folder = saver, scaffold, checkpoint_dir
        self._path = f"{checkpoint_dir}/{checkpoint_basename}"
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._listeners, self._save_graph = list(listeners or ()), save_graph_def

    def begin(self):
        self._step = _need_step(self)
        self._writer = FileWriterCache.get(self._folder)
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session, coord):
        step = int(session.run(self._step))
        if self._save_graph:
            write_graph(session.graph, self._folder, "graph.pbtxt")
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context):
        return SessionRunArgs(self._step)

    def after_run(self, run_context, run_values):
        if self._timer.should_trigger_for_step(run_values.results + 1):
            step = int(run_context.session.run(self._step))
            if self._timer.should_trigger_for_step(step):
                self._timer.update_last_triggered_step(step)
                if self._save(run_context.session, step):
                    run_context.request_stop()

    def end(self, session):
        step = int(session.run(self._step))
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session, step):
        logging.info("Saving checkpoints for %d into %s.", step, self._path)
        for listener in self._listeners:
            listener.before_save(session, step)
        saver = self._saver or self._scaffold.saver
        saver.save(session, self._path, global_step=step)
        self._writer.add_session_log(
            SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=self._path), step)  # fmt: skip
        return any([listener.after_save(session, step) for listener in self._listeners])


class SummarySaverHook(SessionRunHook):
    """Writes summaries every so many steps or seconds."""

    def __init__(self, save_steps=None, save_secs=None, output_dir=None, summary_writer=None,
                 scaffold=None, summary_op=None):  # fmt: skip
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._op, self._scaffold = summary_op, scaffold
        self._writer, self._folder = summary_writer, output_dir
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self):
        if self._writer is None and self._folder:
            self._writer = FileWriterCache.get(self._folder)
        self._next, self._step = None, _need_step(self)

    def before_run(self, run_context):
        self._wanted = self._next is None or self._timer.should_trigger_for_step(self._next)
        fetches = {"step": self._step}
        op = self._op if self._op is not None else self._scaffold.summary_op
        if self._wanted and op is not None:
            fetches["summary"] = op
        return SessionRunArgs(fetches)

    def after_run(self, run_context, run_values):
        if not self._writer:
            return
        step = run_values.results["step"] + 1
        if self._next is None or self._wanted:
            step = run_context.session.run(self._step)
        if self._next is None:
            self._writer.add_session_log(SessionLog(status=SessionLog.START), step)
        if self._wanted:
            self._timer.update_last_triggered_step(step)
            if "summary" in run_values.results:
                self._writer.add_summary(run_values.results["summary"], step)
        self._next = step + 1

    def end(self, session):
        if self._writer:
            self._writer.flush()


class StepCounterHook(SessionRunHook):
    """Logs, and writes as a summary, how many steps a second there are."""

    def __init__(self, every_n_steps=100, every_n_secs=None, output_dir=None,
                 summary_writer=None):  # fmt: skip
        self._timer = SecondOrStepTimer(every_n_secs, every_n_steps)
        self._writer, self._folder = summary_writer, output_dir

    def begin(self):
        if self._writer is None and self._folder:
            self._writer = FileWriterCache.get(self._folder)
        self._step = _need_step(self)

    def before_run(self, run_context):
        return SessionRunArgs(self._step)

    def after_run(self, run_context, run_values):
        if not self._timer.should_trigger_for_step(run_values.results + 1):
            return
        step = int(run_context.session.run(self._step))
        if self._timer.should_trigger_for_step(step):
            seconds, steps = self._timer.update_last_triggered_step(step)
            if seconds:
                tag = f"{self._step.name.removesuffix(':0')}/sec"
                logging.info("%s: %g", tag, steps / seconds)
                if self._writer:
                    rate = Summary(value=[Summary.Value(tag=tag, simple_value=steps / seconds)])
                    self._writer.add_summary(rate, step)


class NanLossDuringTrainingError(RuntimeError):
    """The loss became NaN."""

    def __str__(self):
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Ends training where the loss is NaN: by an error, or quietly."""

    def __init__(self, loss_tensor, fail_on_nan_loss=True):
        self._loss, self._fail = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context):
        return SessionRunArgs(self._loss)

    def after_run(self, run_context, run_values):
        if np.isnan(run_values.results):
            if self._fail:
                logging.error("Model diverged with loss = NaN.")
                raise NanLossDuringTrainingError
            logging.warning("Model diverged with loss = NaN.")
            run_context.request_stop()


class FeedFnHook(SessionRunHook):
    """Feeds what `feed_fn()` gives to each run."""

    def __init__(self, feed_fn):
        self.feed_fn = feed_fn

    def before_run(self, run_context):
        return SessionRunArgs(None, self.feed_fn())


class FinalOpsHook(SessionRunHook):
    """Runs operations at the end; `final_ops_values` are their values."""

    def __init__(self, final_ops, final_ops_feed_dict=None):
        self._ops, self._feeds = final_ops, final_ops_feed_dict
        self.final_ops_values = None

    def end(self, session):
        if self._ops is not None:
            self.final_ops_values = session.run(self._ops, self._feeds)
