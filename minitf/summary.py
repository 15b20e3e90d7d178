"""`tf.summary`: numbers, histograms, images and texts for TensorBoard.

    writer = create_file_writer("logs")
    with writer.as_default():
        scalar("loss", 0.5, step=1)

Each function writes to the default writer, at `step` or the default step, and returns whether it
did. Inside a `tf.function` writing is an op: it happens whenever the function runs.
"""

import contextlib
import threading
import warnings
from typing import Any

import numpy as np

from minitf import events
from minitf import profiler as profiling
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.core.tensor import Tensor
from minitf.function import trace_observers
from minitf.graph_def import graph_def
from minitf.ops.messages import Event

__all__ = [
    "SummaryWriter",
    "create_file_writer",
    "create_noop_writer",
    "experimental",
    "flush",
    "graph",
    "histogram",
    "image",
    "record_if",
    "scalar",
    "should_record_summaries",
    "text",
    "trace_export",
    "trace_off",
    "trace_on",
]


class _State(threading.local):
    writer: Any = None
    step: Any = None
    condition: Any = True


_state = _State()
_profiled = []  # the folder of the profiler that `trace_on` has started
_traced = []  # what was traced since `trace_on`


def _write(condition, step, value, *, writer, make, tag, options):
    if condition:
        value = value.item() if value.dtype == object and not value.ndim else value
        writer.events.write(make(tag, value, **dict(options)), step)
    return ()


WRITE = define("WriteSummary", _write, "???", num_outputs=0, host=True, stateful=True,
               infer=lambda inputs, attrs: [])  # fmt: skip


class SummaryWriter:
    """Writes summaries into an event file of a folder; made by `create_file_writer`."""

    def __init__(self, logdir, suffix=".v2"):
        self.events = events.EventWriter(logdir, suffix)

    @contextlib.contextmanager
    def as_default(self, step=None):
        """The functions of `tf.summary` write here (and at `step`) inside the `with` block."""
        before = _state.writer, _state.step
        self.set_as_default(step)
        try:
            yield self
        finally:
            self.flush()
            _state.writer, _state.step = before

    def set_as_default(self, step=None):
        """The functions of `tf.summary` write here from now on."""
        _state.writer = self
        _state.step = _state.step if step is None else step

    def init(self):
        """The file is made by the first summary; nothing has to be done before."""
        return convert_to_tensor(True)

    def flush(self):
        """Put what was written on the disk."""
        self.events.flush()

    def close(self):
        """Flush, and write no more."""
        self.events.close()


class _NoWriter(SummaryWriter):
    """Takes summaries and forgets them."""

    def __init__(self):
        super().__init__("")
        self.events.closed = True


def create_file_writer(logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None,
                       experimental_trackable=False, experimental_mesh=None):  # fmt: skip
    """A `SummaryWriter` for an event file in `logdir`."""
    return SummaryWriter(logdir, filename_suffix or ".v2")


def create_noop_writer():
    """A writer that forgets everything, to switch summaries off."""
    return _NoWriter()


def flush(writer=None, name=None):
    """Put on the disk what `writer`, or the default writer, has written."""
    writer = writer or _state.writer
    if writer is not None:
        writer.flush()


@contextlib.contextmanager
def record_if(condition):
    """Inside the `with` block summaries are written only if `condition` (or its value) is true."""
    before, _state.condition = _state.condition, condition
    try:
        yield
    finally:
        _state.condition = before


def should_record_summaries():
    """Whether there is a default writer and `record_if` lets it write."""
    if _state.writer is None or _state.writer.events.closed:
        return convert_to_tensor(False)
    condition = _state.condition() if callable(_state.condition) else _state.condition
    return convert_to_tensor(condition)


def _record(make, name, value, step, **options):
    recorded = should_record_summaries()
    if _state.writer is None or _state.writer.events.closed:
        return recorded
    step = _state.step if step is None else step
    if step is None:
        raise ValueError("No step set. Please specify one either through the `step` argument or "
                         "through tf.summary.experimental.set_step()")  # fmt: skip
    tag = stack.frame.scope + name
    attrs = (_state.writer, make, tag, tuple(options.items()))
    execute(WRITE, (recorded, convert_to_tensor(step), value), attrs)
    return recorded


def scalar(name, data, step=None, description=None):
    """Write a number."""
    data = convert_to_tensor(data)
    if data.shape.rank:
        raise ValueError(f"Expected scalar shape, saw shape: {data.shape}.")
    return _record(events.scalar, name, data, step, description=description or "")


def histogram(name, data, step=None, buckets=None, description=None):
    """Write how numbers are distributed over `buckets` (30) intervals."""
    return _record(events.histogram, name, convert_to_tensor(data), step,
                   buckets=30 if buckets is None else buckets,
                   description=description or "")  # fmt: skip


def image(name, data, step=None, max_outputs=3, description=None):
    """Write the first images of `data` [count, height, width, channels]."""
    data = convert_to_tensor(data)
    if data.shape.rank not in (None, 4):
        raise ValueError(f"Expected images of rank 4, saw shape: {data.shape}.")
    return _record(events.image, name, data, step, max_outputs=max_outputs,
                   description=description or "")  # fmt: skip


def text(name, data, step=None, description=None):
    """Write a string, or an array of them."""
    data = data if isinstance(data, Tensor) else convert_to_tensor(np.asarray(data, object))
    return _record(events.text, name, data, step, description=description or "")


def graph(graph_data):
    """Write a graph: that of a `tf.function`, or a `tf.Graph`, for TensorBoard to draw."""
    writer = _state.writer
    if writer is None or writer.events.closed:
        return convert_to_tensor(False)
    content = graph_def(graph_data.get_operations()).SerializeToString()
    writer.events.add(Event(graph_def=content))
    return convert_to_tensor(True)


def trace_on(graph=True, profiler=False, profiler_outdir=None):
    """From now on, remember the graphs of functions that are traced, for `trace_export`.

    Args:
      profiler: whether JAX's profiler watches too, and writes its trace to `profiler_outdir`.
    """
    trace_off()
    if profiler and profiler_outdir is None:
        warnings.warn("No `profiler_outdir` passed to trace_on(). Profiler won't be enabled.",
                      stacklevel=2)  # fmt: skip
    elif profiler:
        profiling.start(profiler_outdir)
        _profiled.append(profiler_outdir)
    if graph:
        trace_observers.append(_traced.append)


def trace_off():
    """Remember no more graphs, and forget those of before."""
    if _traced.append in trace_observers:
        trace_observers.remove(_traced.append)
    if _profiled:
        _profiled.pop()
        profiling.stop()
    _traced.clear()


def trace_export(name, step=None, profiler_outdir=None):
    """Write the graphs that were remembered since `trace_on`.

    Raises:
      ValueError: `trace_on` was not called.
    """
    if _traced.append not in trace_observers:
        raise ValueError("Must enable trace before export through tf.summary.trace_on.")
    for concrete in _traced:
        graph(concrete.graph)
    trace_off()


class experimental:  # noqa: N801  a namespace of TensorFlow's
    """`tf.summary.experimental`: the default step."""

    @staticmethod
    def set_step(step):
        """The step at which summaries without one are written; a variable moves on by itself."""
        _state.step = step

    @staticmethod
    def get_step():
        """What `set_step` was told."""
        return _state.step
