"""`tf.profiler.experimental`: where the time goes, as a trace that TensorBoard shows.

JAX's profiler does the work: the programs of XLA, the calls of Python and what `Trace` names are on
one line of time, in files that TensorBoard's plug-in and Perfetto read.
"""

import collections
from types import SimpleNamespace

import jax.profiler

from minitf import errors

__all__ = ["experimental"]

ProfilerOptions = collections.namedtuple(
    "ProfilerOptions",
    ["host_tracer_level", "python_tracer_level", "device_tracer_level", "delay_ms"],
    defaults=[2, 0, 1, None],
)


class _Running:
    """Whether there is a profiler: a process has one."""

    now = False


def start(logdir, options=None):
    """Begins to write down what runs, for a trace in the folder `logdir`.

    Args:
      options: `ProfilerOptions`: how much of the host, of Python and of the device is written down,
        from 0 (nothing) to 3.

    Raises:
      AlreadyExistsError: a profiler is running.
      NotImplementedError: `options` has a delay, which is for several machines.
    """
    if _Running.now:
        raise errors.AlreadyExistsError(None, None, "Another profiler is running.")
    options = options or ProfilerOptions()
    if options.delay_ms is not None:
        raise NotImplementedError("tf.profiler.experimental.ProfilerOptions: delay_ms")
    levels = jax.profiler.ProfileOptions()
    levels.host_tracer_level = options.host_tracer_level
    levels.python_tracer_level = options.python_tracer_level
    levels.device_tracer_level = options.device_tracer_level
    jax.profiler.start_trace(logdir, profiler_options=levels)
    _Running.now = True


def stop(save=True):
    """Ends the profiler, and writes its trace.

    Raises:
      UnavailableError: no profiler is running.
      NotImplementedError: `save=False`.
    """
    if not _Running.now:
        raise errors.UnavailableError(
            None, None, "Cannot export profiling results. No profiler is running."
        )
    if not save:
        raise NotImplementedError("tf.profiler.experimental.stop: save=False")
    _Running.now = False
    jax.profiler.stop_trace()


class Profile:
    """A `with` block that is profiled, into the folder `logdir`.

    >>> import os, tempfile
    >>> import minitf as tf
    >>> folder = tempfile.mkdtemp()
    >>> with Profile(folder):
    ...     total = tf.reduce_sum(tf.ones([3]))
    >>> os.listdir(folder)
    ['plugins']
    """

    def __init__(self, logdir, options=None):
        self._logdir, self._options = logdir, options

    def __enter__(self):
        start(self._logdir, self._options)

    def __exit__(self, kind, error, trace):
        stop()


class Trace:
    """A `with` block that has a name, and facts such as `step_num=3`, in the trace."""

    def __init__(self, name, **kwargs):
        self._annotation = jax.profiler.TraceAnnotation(name, **kwargs)

    def __enter__(self):
        self._annotation.__enter__()
        return self

    def set_metadata(self, **kwargs):
        """Adds facts that are known only inside the block."""
        self._annotation.set_metadata(**kwargs)

    def __exit__(self, kind, error, trace):
        self._annotation.__exit__(kind, error, trace)


experimental = SimpleNamespace(
    Profile=Profile, ProfilerOptions=ProfilerOptions, Trace=Trace, start=start, stop=stop,
    server=SimpleNamespace(start=jax.profiler.start_server),
)  # fmt: skip
