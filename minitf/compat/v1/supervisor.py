"""`Supervisor`: restores, initialises, saves and sums up while a program trains."""

import contextlib
import os
import threading
import time

from minitf.compat.v1.coordinator import Coordinator
from minitf.compat.v1.global_step import get_global_step
from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.meta_graph import write_graph
from minitf.compat.v1.monitored_session import USE_DEFAULT, ChiefSessionCreator, Scaffold
from minitf.compat.v1.queue_runner import start_queue_runners
from minitf.compat.v1.summary import FileWriter


class LooperThread(threading.Thread):
    """A thread that calls `target` again and again until the coordinator stops.

    Args:
      timer_interval_secs: how long between two calls; None: no time.
    """

    def __init__(self, coord, timer_interval_secs, target=None, args=None, kwargs=None):
        super().__init__(daemon=True)
        self._coord, self._interval = coord, timer_interval_secs
        self._call = (target, args or (), kwargs or {})
        coord.register_thread(self)

    @staticmethod
    def loop(coord, timer_interval_secs, target, args=None, kwargs=None):
        """Starts such a thread."""
        looper = LooperThread(coord, timer_interval_secs, target, args, kwargs)
        looper.start()
        return looper

    def run(self):
        with self._coord.stop_on_exception():
            following = time.time()
            while not self._coord.should_stop():
                if self._interval is not None:
                    if self._coord.wait_for_stop(max(0.0, following - time.time())):
                        return
                    following += self._interval
                self.run_loop()

    def run_loop(self):
        """One call; a subclass may do something else."""
        target, args, kwargs = self._call
        if target is not None:
            target(*args, **kwargs)


class Supervisor:
    """Looks after a training program: `with supervisor.managed_session() as session:`.

    The session begins with the newest checkpoint of `logdir`, else with initial values. Threads
    write checkpoints every `save_model_secs`, summaries every `save_summaries_secs`.

    Args:
      summary_op: None where the program calls `summary_computed` itself.

    Raises:
      NotImplementedError: this process is not the chief one.
    """

    USE_DEFAULT = USE_DEFAULT

    def __init__(self, graph=None, ready_op=USE_DEFAULT, ready_for_local_init_op=USE_DEFAULT,
                 is_chief=True, init_op=USE_DEFAULT, init_feed_dict=None,
                 local_init_op=USE_DEFAULT, logdir=None, summary_op=USE_DEFAULT,
                 saver=USE_DEFAULT, global_step=USE_DEFAULT, save_summaries_secs=120,
                 save_model_secs=600, recovery_wait_secs=30, stop_grace_secs=120,
                 checkpoint_basename="model.ckpt", session_manager=None,
                 summary_writer=USE_DEFAULT, init_fn=None,
                 local_init_run_options=None):  # fmt: skip
        if not is_chief:
            raise NotImplementedError("Supervisor: minitf runs one process, the chief.")
        given = lambda value: None if value is USE_DEFAULT else value  # noqa: E731
        self._graph = graph or get_default_graph()
        with self._graph.as_default():
            self._scaffold = Scaffold(
                given(init_op), init_feed_dict,
                (lambda scaffold, session: init_fn(session)) if init_fn else None,
                local_init_op=given(local_init_op), summary_op=given(summary_op),
                saver=given(saver),
            )  # fmt: skip
            self._step = get_global_step() if global_step is USE_DEFAULT else global_step
        self._sums_up = summary_op is not None
        self._folder, self._name = logdir, checkpoint_basename
        self._secs = save_summaries_secs, save_model_secs
        self._grace, self.coord = stop_grace_secs, Coordinator()
        wants_writer = summary_writer is USE_DEFAULT and logdir
        self.summary_writer = FileWriter(logdir) if wants_writer else given(summary_writer)

    graph = property(lambda self: self._graph)
    global_step = property(lambda self: self._step)
    saver = property(lambda self: self._scaffold.saver)
    init_op = property(lambda self: self._scaffold.init_op)
    summary_op = property(lambda self: self._scaffold.summary_op if self._sums_up else None)
    is_chief = True

    @property
    def save_path(self):
        """The path of checkpoints, without the step."""
        return os.path.join(self._folder, self._name) if self._folder else None

    def prepare_or_wait_for_session(self, master="", config=None, wait_for_checkpoint=False,
                                    max_wait_secs=7200, start_standard_services=True):  # fmt: skip
        """A session whose variables have values; the services and queue runners are started."""
        with self._graph.as_default():
            creator = ChiefSessionCreator(self._scaffold, master, config, self._folder)
            session = creator.create_session()
        if self._folder:
            write_graph(self._graph, self._folder, "graph.pbtxt")
            if self.summary_writer:
                self.summary_writer.add_graph(self._graph)
        if start_standard_services:
            self.start_standard_services(session)
        start_queue_runners(session, self.coord)
        return session

    def start_standard_services(self, sess):
        """Starts the threads that write checkpoints and summaries; returns them."""
        summaries, model = self._secs
        threads = []
        if self._folder and model:
            threads.append(LooperThread.loop(self.coord, model, self._save, (sess,)))
        if self._folder and summaries and self.summary_op is not None:
            threads.append(LooperThread.loop(self.coord, summaries, self._sum_up, (sess,)))
        return threads

    def _save(self, sess):
        self.saver.save(sess, self.save_path, global_step=self._step)

    def _sum_up(self, sess):
        self.summary_computed(sess, sess.run(self.summary_op))

    def summary_computed(self, sess, summary, global_step=None):
        """Writes a summary that the program computed.

        Raises:
          RuntimeError: there is no `logdir`.
        """
        if not self.summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self._step is not None:
            global_step = sess.run(self._step)
        self.summary_writer.add_summary(summary, global_step)

    def start_queue_runners(self, sess, queue_runners=None):
        """Starts the threads of the queue runners; returns them."""
        if queue_runners is None:
            return start_queue_runners(sess, self.coord)
        return [t for q in queue_runners for t in q.create_threads(sess, self.coord, True, True)]

    def loop(self, timer_interval_secs, target, args=None, kwargs=None):
        """Starts a thread that calls `target` every so many seconds."""
        return LooperThread.loop(self.coord, timer_interval_secs, target, args, kwargs)

    def should_stop(self):
        """Whether a stop was requested."""
        return self.coord.should_stop()

    def request_stop(self, ex=None):
        """Asks all threads to stop."""
        self.coord.request_stop(ex)

    def stop(self, threads=None, close_summary_writer=True, ignore_live_threads=False):
        """Stops all threads, and raises what stopped them if it was a failure."""
        self.coord.request_stop()
        try:
            self.coord.join(threads, self._grace, ignore_live_threads)
        finally:
            if close_summary_writer and self.summary_writer:
                self.summary_writer.close()

    @contextlib.contextmanager
    def managed_session(self, master="", config=None, start_standard_services=True,
                        close_summary_writer=True):  # fmt: skip
        """A session that is closed, after all threads have stopped, when the block ends."""
        session = self.prepare_or_wait_for_session(
            master, config, start_standard_services=start_standard_services)  # fmt: skip
        try:
            yield session
        except Exception as error:  # noqa: BLE001  `stop` raises it, unless the data have ended
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer, ignore_live_threads=True)
            finally:
                session.close()
