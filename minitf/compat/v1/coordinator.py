"""`Coordinator`: lets threads stop together, and reports what stopped them."""

import contextlib
import sys
import threading
import time

from minitf import errors


class Coordinator:
    """Threads ask `should_stop()`; any of them may say `request_stop()`; `join` waits for all.

    Args:
      clean_stop_exception_types: exceptions that stop the threads, but are no failure.
    """

    def __init__(self, clean_stop_exception_types=None):
        self._clean = tuple(clean_stop_exception_types or (errors.OutOfRangeError,))
        self._stopped, self._lock = threading.Event(), threading.Lock()
        self._failure, self._threads = None, []
        self.joined = False

    def should_stop(self):
        return self._stopped.is_set()

    def request_stop(self, ex=None):
        """Asks all threads to stop; `ex`, an exception, is raised by `join`."""
        with self._lock:
            if self._stopped.is_set():
                return
            error = ex[1] if isinstance(ex, tuple) else ex
            if error is not None and not isinstance(error, self._clean):
                self._failure = error
            self._stopped.set()

    def clear_stop(self):
        """Makes the coordinator as new."""
        with self._lock:
            self._failure, self.joined = None, False
            self._stopped.clear()

    def wait_for_stop(self, timeout=None):
        """Waits until a stop is requested; whether it was."""
        return self._stopped.wait(timeout)

    @contextlib.contextmanager
    def stop_on_exception(self):
        """Requests a stop when the block raises."""
        try:
            yield
        except Exception:  # noqa: BLE001  whatever it is, `join` reports it
            self.request_stop(sys.exc_info())

    def register_thread(self, thread):
        """Adds a thread to those that `join` waits for."""
        self._threads.append(thread)

    def join(self, threads=None, stop_grace_period_secs=120, ignore_live_threads=False):
        """Waits for the threads to end; raises what stopped them.

        Raises:
          RuntimeError: threads still run after the grace period.
        """
        waiting = [*self._threads, *(threads or ())]
        while any(t.is_alive() for t in waiting) and not self._stopped.wait(0.1):
            continue
        deadline = time.monotonic() + stop_grace_period_secs
        for t in waiting:
            t.join(max(0.0, deadline - time.monotonic()))
        late = [t.name for t in waiting if t.is_alive()]
        self.joined = True
        if self._failure is not None:
            raise self._failure
        if late and not ignore_live_threads:
            raise RuntimeError("Coordinator stopped with threads still running: " + " ".join(late))

    def raise_requested_exception(self):
        """Raises what stopped the threads, if it was a failure."""
        if self._failure is not None:
            raise self._failure
