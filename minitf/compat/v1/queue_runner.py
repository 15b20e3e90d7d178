"""Queue runners: threads that fill queues while the program runs."""

import threading
import weakref

from minitf import errors
from minitf.compat.v1.collections import GraphKeys
from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.logging import warning
from minitf.compat.v1.session import get_default_session
from minitf.ops.messages import QueueRunnerDef


class QueueRunner:
    """Enqueue operations of a queue, to be run again and again, each in a thread of its own.

    Args:
      queue: a queue.
      enqueue_ops: operations; one that is named twice has two threads.
      close_op, cancel_op: by default those of the queue.
      queue_closed_exception_types: what ends a thread without being a failure.

    Raises:
      ValueError: no queue, or no operations.
    """

    def __init__(self, queue=None, enqueue_ops=None, close_op=None, cancel_op=None,
                 queue_closed_exception_types=None, queue_runner_def=None,
                 import_scope=None):  # fmt: skip
        if not queue or not enqueue_ops:
            raise ValueError("Must provide queue and enqueue_ops.")
        self._queue, self._enqueue_ops = queue, list(enqueue_ops)
        self._close_op = close_op if close_op is not None else queue.close()
        self._cancel_op = cancel_op if cancel_op is not None else (
            queue.close(cancel_pending_enqueues=True))  # fmt: skip
        self._clean = tuple(queue_closed_exception_types or (errors.OutOfRangeError,))
        self._name = queue.name
        self._lock = threading.Lock()
        self._running = weakref.WeakKeyDictionary()  # session -> how many threads still run
        self._raised = []

    queue = property(lambda self: self._queue)
    enqueue_ops = property(lambda self: self._enqueue_ops)
    close_op = property(lambda self: self._close_op)
    cancel_op = property(lambda self: self._cancel_op)
    queue_closed_exception_types = property(lambda self: self._clean)
    exceptions_raised = property(lambda self: self._raised)
    name = property(lambda self: self._name)

    def create_threads(self, sess, coord=None, daemon=False, start=False):
        """The threads, each of which runs an operation until the queue or `coord` stops it."""
        with self._lock:
            if self._running.get(sess):
                return []
            self._running[sess] = len(self._enqueue_ops)
            self._raised = []
        threads = [
            threading.Thread(target=self._run, args=(sess, op, coord), daemon=daemon,
                             name=f"QueueRunnerThread-{self._name}-{op.name}")
            for op in self._enqueue_ops
        ]  # fmt: skip
        if coord:
            threads.append(threading.Thread(
                target=self._close_on_stop, args=(sess, coord), daemon=daemon,
                name=f"QueueRunnerThread-{self._name}-close_on_stop",
            ))  # fmt: skip
        for t in threads:
            if coord:
                coord.register_thread(t)
            if start:
                t.start()
        return threads

    def _run(self, sess, enqueue_op, coord):
        done = False
        try:
            while not (coord and coord.should_stop()):
                try:
                    sess.run(enqueue_op)
                except self._clean:
                    done = True
                    self._end(sess, close=True)
                    return
        except Exception as error:  # noqa: BLE001  whatever it is, `coord.join` reports it
            if coord:
                coord.request_stop(error)
            else:
                with self._lock:
                    self._raised.append(error)
                raise
        finally:
            if not done:
                self._end(sess, close=False)

    def _end(self, sess, close):
        """One thread less; the last one closes the queue."""
        with self._lock:
            self._running[sess] -= 1
            last = not self._running[sess]
        if close and last:
            try:
                sess.run(self._close_op)
            except (errors.OpError, RuntimeError) as error:
                warning("Ignored exception while closing a queue: %s", error)

    def _close_on_stop(self, sess, coord):
        coord.wait_for_stop()
        try:
            sess.run(self._cancel_op)
        except (errors.OpError, RuntimeError) as error:  # the session may be closed already
            warning("Ignored exception while closing a queue: %s", error)

    def to_proto(self, export_scope=None):
        """The names of the operations, as a `QueueRunnerDef`."""
        return QueueRunnerDef(
            queue_name=self._name, enqueue_op_name=[op.name for op in self._enqueue_ops],
            close_op_name=self._close_op.name, cancel_op_name=self._cancel_op.name,
        )  # fmt: skip

    @classmethod
    def from_proto(cls, queue_runner_def, import_scope=None):
        """The queue runner whose operations are in the default graph already."""
        graph, prefix = get_default_graph(), f"{import_scope}/" if import_scope else ""
        find = lambda name: graph.get_operation_by_name(prefix + name)  # noqa: E731
        return cls(
            find(queue_runner_def.queue_name), map(find, queue_runner_def.enqueue_op_name),
            find(queue_runner_def.close_op_name), find(queue_runner_def.cancel_op_name),
        )  # fmt: skip


def add_queue_runner(qr, collection=GraphKeys.QUEUE_RUNNERS):
    """Puts a queue runner where `start_queue_runners` finds it."""
    get_default_graph().add_to_collection(collection, qr)


def start_queue_runners(sess=None, coord=None, daemon=True, start=True,
                        collection=GraphKeys.QUEUE_RUNNERS):  # fmt: skip
    """Starts the threads of all queue runners of the graph; returns the threads.

    Raises:
      ValueError: no session is given, and none is the default one.
    """
    sess = sess or get_default_session()
    if sess is None:
        raise ValueError(
            "Cannot start queue runners: No default session is registered. Use `with "
            "sess.as_default()` or pass an explicit session to tf.start_queue_runners(sess=sess)"
        )
    threads = []
    for runner in sess.graph.get_collection(collection):
        threads += runner.create_threads(sess, coord, daemon, start)
    return threads
