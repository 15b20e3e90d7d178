"""Monitored sessions: made ready, restored, watched by hooks, and closed in order."""

import collections

from minitf import errors
from minitf.checkpoints.folder import latest_checkpoint
from minitf.compat.v1 import logging
from minitf.compat.v1.coordinator import Coordinator
from minitf.compat.v1.graphs import get_default_graph, group
from minitf.compat.v1.hooks import (
    CheckpointSaverHook,
    SessionRunContext,
    SessionRunValues,
    StepCounterHook,
    SummarySaverHook,
)
from minitf.compat.v1.queue_runner import start_queue_runners
from minitf.compat.v1.saver import Saver
from minitf.compat.v1.session import Session
from minitf.compat.v1.summary import merge_all
from minitf.compat.v1.variables import (
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)

USE_DEFAULT = object()


class Scaffold:
    """The operations that make a session ready; what is not given is made by `finalize`.

    Args:
      init_op: initialises the variables, where there is no checkpoint.
      init_fn: `init_fn(scaffold, session)`, called after it.
      local_init_op: run always.
    """

    def __init__(self, init_op=None, init_feed_dict=None, init_fn=None, ready_op=None,
                 ready_for_local_init_op=None, local_init_op=None, summary_op=None, saver=None,
                 copy_from_scaffold=None, local_init_feed_dict=None):  # fmt: skip
        other = copy_from_scaffold
        take = lambda given, name: getattr(other, name, None) if given is None else given  # noqa: E731
        self.init_op, self.init_feed_dict = take(init_op, "init_op"), init_feed_dict
        self.init_fn = (lambda session: init_fn(self, session)) if init_fn else None
        self.ready_op = take(ready_op, "ready_op")
        self.ready_for_local_init_op = take(ready_for_local_init_op, "ready_for_local_init_op")
        self.local_init_op = take(local_init_op, "local_init_op")
        self.local_init_feed_dict = local_init_feed_dict
        self.summary_op, self.saver = take(summary_op, "summary_op"), take(saver, "saver")

    def finalize(self):
        """Makes what is not given, and finalizes the graph."""
        if self.init_op is None:
            self.init_op = global_variables_initializer()
        if self.local_init_op is None:
            self.local_init_op = group(local_variables_initializer())
        if self.ready_op is None:
            self.ready_op = report_uninitialized_variables()
        if self.summary_op is None:
            self.summary_op = merge_all()
        if self.saver is None:
            found = get_default_graph().get_collection("savers")
            self.saver = found[0] if found else Saver(allow_empty=True)
        get_default_graph().finalize()
        return self


class ChiefSessionCreator:
    """Makes sessions that begin with the newest checkpoint, or with initial values."""

    def __init__(self, scaffold=None, master="", config=None, checkpoint_dir=None,
                 checkpoint_filename_with_path=None):  # fmt: skip
        self._scaffold, self._master, self._config = scaffold or Scaffold(), master, config
        self._folder, self._path = checkpoint_dir, checkpoint_filename_with_path

    def create_session(self):
        """A session whose variables have values."""
        scaffold = self._scaffold.finalize()
        session = Session(self._master, get_default_graph(), self._config)
        path = self._path or (latest_checkpoint(self._folder) if self._folder else None)
        if path is not None:
            scaffold.saver.restore(session, path)
        else:
            session.run(scaffold.init_op, scaffold.init_feed_dict)
            if scaffold.init_fn is not None:
                scaffold.init_fn(session)
        session.run(scaffold.local_init_op, scaffold.local_init_feed_dict)
        missing = session.run(scaffold.ready_op)
        if getattr(missing, "size", 0):
            raise RuntimeError(
                "Init operations did not make model ready. Variables not initialized: "
                f"{', '.join(m.decode() for m in missing)}"
            )
        return session


WorkerSessionCreator = ChiefSessionCreator
SessionCreator = ChiefSessionCreator


class MonitoredSession:
    """A session with hooks, used as a context; it ends quietly where the data end.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default():
    ...     step = tf.train.create_global_step()
    ...     train = step.assign_add(1)
    ...     with tf.train.MonitoredSession(hooks=[tf.train.StopAtStepHook(last_step=3)]) as session:
    ...         while not session.should_stop():
    ...             value = session.run(train)
    ...     print(value)
    3
    """

    def __init__(self, session_creator=None, hooks=None, stop_grace_period_secs=120):
        self._hooks, self._grace = list(hooks or ()), stop_grace_period_secs
        self._coordinator = Coordinator(
            clean_stop_exception_types=(errors.OutOfRangeError, StopIteration))  # fmt: skip
        for hook in self._hooks:
            hook.begin()
        self._was_finalized = get_default_graph().finalized
        self._session = (session_creator or ChiefSessionCreator()).create_session()
        self.graph = self._session.graph
        start_queue_runners(self._session, self._coordinator)
        for hook in self._hooks:
            hook.after_create_session(self._session, self._coordinator)

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """As `Session.run`, with what the hooks want to be run besides.

        Raises:
          RuntimeError: the session is closed, or two hooks feed the same tensor.
        """
        if self._session is None:
            raise RuntimeError("Run called even after should_stop requested.")
        context = SessionRunContext(_Original(fetches, feed_dict), self._session)
        feeds, wanted = dict(feed_dict or {}), {}
        for i, hook in enumerate(self._hooks):
            request = hook.before_run(context)
            if request is None:
                continue
            if request.fetches is not None:
                wanted[i] = request.fetches
            for key, value in (request.feed_dict or {}).items():
                if any(key is k for k in feeds):
                    raise RuntimeError("Same tensor is fed by a hook and user.")
                feeds[key] = value
        value, results = self._session.run([fetches, list(wanted.values())], feeds)
        results = dict(zip(wanted, results))
        for i, hook in enumerate(self._hooks):
            hook.after_run(context, SessionRunValues(results.get(i), options, run_metadata))
        if context.stop_requested:
            self._coordinator.request_stop()
        return value

    def run_step_fn(self, step_fn):
        """What `step_fn(step_context)` returns; its context has `session` and `run_with_hooks`."""
        return step_fn(_StepContext(self._session, self.run, self._coordinator.request_stop))

    def should_stop(self):
        """Whether a hook, or the end of the data, asked for the end."""
        return self._session is None or self._coordinator.should_stop()

    def close(self):
        """Ends the hooks and the session."""
        self._close(None)

    def _close(self, failure):
        session, self._session = self._session, None
        if session is None:
            return
        try:
            if failure is None:
                for hook in self._hooks:
                    hook.end(session)
        finally:
            self._coordinator.request_stop()
            self._coordinator.join(stop_grace_period_secs=self._grace, ignore_live_threads=True)
            session.close()
            self.graph.finalized = self._was_finalized

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        ended = kind is not None and issubclass(kind, (errors.OutOfRangeError, StopIteration))
        self._close(None if ended else error)
        return ended


_Original = collections.namedtuple("_Original", ["fetches", "feed_dict"])
_StepContext = collections.namedtuple("_StepContext", ["session", "run_with_hooks", "request_stop"])


class SingularMonitoredSession(MonitoredSession):
    """A `MonitoredSession` that gives its session away (`raw_session`)."""

    def __init__(self, hooks=None, scaffold=None, master="", config=None, checkpoint_dir=None,
                 stop_grace_period_secs=120, checkpoint_filename_with_path=None):  # fmt: skip
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir,
                                      checkpoint_filename_with_path)  # fmt: skip
        super().__init__(creator, hooks, stop_grace_period_secs)

    def raw_session(self):
        """The session itself."""
        return self._session


def MonitoredTrainingSession(  # noqa: N802  TensorFlow's name
    master="", is_chief=True, checkpoint_dir=None, scaffold=None, hooks=None,
    chief_only_hooks=None, save_checkpoint_secs=USE_DEFAULT, save_summaries_steps=USE_DEFAULT,
    save_summaries_secs=USE_DEFAULT, config=None, stop_grace_period_secs=120,
    log_step_count_steps=100, max_wait_secs=7200, save_checkpoint_steps=USE_DEFAULT,
    summary_dir=None, save_graph_def=True,
):  # fmt: skip
    """A `MonitoredSession` that restores from `checkpoint_dir`, and writes into it.

    By default checkpoints are written every 600 seconds, and summaries every 100 steps.

    Raises:
      NotImplementedError: this process is not the chief one.
    """
    if not is_chief:
        raise NotImplementedError("MonitoredTrainingSession: minitf runs one process, the chief.")
    if save_checkpoint_secs is USE_DEFAULT and save_checkpoint_steps is USE_DEFAULT:
        save_checkpoint_secs, save_checkpoint_steps = 600, None
    if save_summaries_steps is USE_DEFAULT and save_summaries_secs is USE_DEFAULT:
        save_summaries_steps, save_summaries_secs = 100, None
    given = lambda value: None if value is USE_DEFAULT else value  # noqa: E731
    scaffold = scaffold or Scaffold()
    all_hooks, folder = [*(chief_only_hooks or ())], summary_dir or checkpoint_dir
    if folder:
        if log_step_count_steps and log_step_count_steps > 0:
            all_hooks.append(StepCounterHook(log_step_count_steps, output_dir=folder))
        steps, secs = given(save_summaries_steps), given(save_summaries_secs)
        if (steps and steps > 0) or (secs and secs > 0):
            all_hooks.append(SummarySaverHook(steps, secs, folder, scaffold=scaffold))
    if checkpoint_dir:
        steps, secs = given(save_checkpoint_steps), given(save_checkpoint_secs)
        if (steps and steps > 0) or (secs and secs > 0):
            logging.info("Create CheckpointSaverHook.")
            all_hooks.append(CheckpointSaverHook(checkpoint_dir, secs, steps, scaffold=scaffold,
                                                 save_graph_def=save_graph_def))  # fmt: skip
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    return MonitoredSession(creator, [*(hooks or ()), *all_hooks], stop_grace_period_secs)


def basic_train_loop(supervisor, train_step_fn, args=None, kwargs=None, master=""):
    """Calls `train_step_fn(session, *args, **kwargs)` until the supervisor stops."""
    with supervisor.managed_session(master) as session:
        while not supervisor.should_stop():
            train_step_fn(session, *(args or ()), **(kwargs or {}))
