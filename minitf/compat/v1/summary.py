"""`tf.summary` of TF 1.x: ops that give a summary as a string, and the writer of such strings."""

import numpy as np

from minitf import dtypes, events
from minitf.compat.v1.collections import get_collection
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.shapes import TensorShape


def _string(inputs, attrs):
    return [(TensorShape([]), dtypes.string)]


def _summarize(value, *, kind, tag, options):
    value = value.item() if value.dtype == object and not value.ndim else value
    return np.array(events.summary_of(_MAKERS[kind](tag, value, **dict(options))), object)


_MAKERS = {"ScalarSummary": events.scalar, "HistogramSummary": events.histogram,
           "ImageSummary": events.image, "TextSummary": events.text}  # fmt: skip
SUMMARIZE = define("Summary", _summarize, "?", host=True, infer=_string, differentiable=False)
MERGE = define("MergeSummary", lambda *inputs: np.array(b"".join(x.item() for x in inputs), object),
               "?*", host=True, infer=_string, differentiable=False)  # fmt: skip


def _summary(kind, name, value, collections, options=()):
    frame = stack.frame
    # The tag is the op's name: a second summary of one name is shown beside the first.
    tag = frame.unique_name(name.replace(" ", "_"), mark_as_used=False) if frame.is_graph else name
    made = execute(SUMMARIZE, (convert_to_tensor(value),), (kind, tag, options),
                   name.replace(" ", "_"))  # fmt: skip
    if frame.is_graph:
        frame.add_to_collections(["summaries"] if collections is None else collections, made)
    return made


def scalar(name, tensor, collections=None, family=None):
    """The summary of a number."""
    return _summary("ScalarSummary", _tagged(name, family), tensor, collections)


def histogram(name, values, collections=None, family=None):
    """The summary of many numbers."""
    return _summary("HistogramSummary", _tagged(name, family), values, collections)


def image(name, tensor, max_outputs=3, collections=None, family=None):
    """The summary of images `[count, height, width, channels]`."""
    options = (("max_outputs", max_outputs),)
    return _summary("ImageSummary", _tagged(name, family), tensor, collections, options)


def text(name, tensor, collections=None):
    """The summary of strings."""
    return _summary("TextSummary", name, tensor, collections)


def _tagged(name, family):
    return name if family is None else f"{family}/{name}"


def merge(inputs, collections=None, name=None):
    """One summary of all those in `inputs`."""
    made = execute(MERGE, tuple(inputs), (), name or "Merge/MergeSummary")
    if collections:
        stack.frame.add_to_collections(collections, made)
    return made


def merge_all(key="summaries", scope=None, name=None):
    """One summary of all those of the graph, or None if there is none."""
    found = get_collection(key, scope)
    return merge(found, name=name) if found else None


class FileWriter:
    """Writes summaries, and the graph, into an event file of `logdir`, for TensorBoard."""

    def __init__(self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None,
                 filename_suffix=None, session=None):  # fmt: skip
        self._events = events.EventWriter(logdir, filename_suffix or "")
        graph = graph or getattr(session, "graph", None)
        if graph is not None:
            self.add_graph(graph)

    def get_logdir(self):
        return self._events.folder

    def add_summary(self, summary, global_step=None):
        """Writes what running a summary op gave, at a step."""
        self._events.write_summary(summary, 0 if global_step is None else global_step)

    def add_graph(self, graph, global_step=None, graph_def=None):
        """Writes the names, types and inputs of the graph's operations."""
        self._events.write_graph(graph.operations)

    def reopen(self):
        """Makes a closed writer write again, into a new file."""
        self._events.closed = False

    def flush(self):
        self._events.flush()

    def close(self):
        self._events.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
