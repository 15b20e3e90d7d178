"""`tf.summary` of TF 1.x: ops that give a summary as bytes, and the writer of such summaries."""

import io
import os
import struct
import wave

import numpy as np

from minitf import dtypes, events
from minitf.compat.v1.collections import get_collection
from minitf.compat.v1.meta_graph import export_meta_graph
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops.messages import (
    Event,
    HistogramProto,
    SessionLog,
    Summary,
    SummaryDescription,
    SummaryMetadata,
    TaggedRunMetadata,
)
from minitf.ops.records import read_records
from minitf.ops.tensor_protos import tensor_proto
from minitf.shapes import TensorShape

__all__ = [
    "Event", "FileWriter", "FileWriterCache", "SessionLog", "Summary", "SummaryDescription",
    "TaggedRunMetadata", "audio", "histogram", "image", "merge", "merge_all", "scalar",
    "summary_iterator", "tensor_summary", "text",
]  # fmt: skip

# What each kind of summary holds ------------------------------------------------------------------


def _scalar(tag, value):
    return [Summary.Value(tag=tag, simple_value=value.item())]


def _limits():
    """The ends of the buckets: from 1e-12 each is a tenth larger than the one before."""
    positive, limit = [], 1e-12
    while limit < 1e20:
        positive.append(limit)
        limit *= 1.1
    positive.append(np.finfo(np.float64).max)
    return np.array([*(-x for x in reversed(positive)), 0.0, *positive])


_LIMITS = _limits()


def histogram_proto(values):
    """How many values lie in each bucket; of empty buckets side by side only the last is held."""
    values = np.asarray(values, np.float64).ravel()
    places = np.searchsorted(_LIMITS, values, side="right")
    counts = np.bincount(np.minimum(places, len(_LIMITS) - 1), minlength=len(_LIMITS))
    kept = [i for i in range(len(counts)) if counts[i] or i + 1 == len(counts) or counts[i + 1]]
    return HistogramProto(
        min=values.min(initial=np.inf), max=values.max(initial=-np.inf), num=values.size,
        sum=values.sum(), sum_squares=np.square(values).sum(),
        bucket_limit=_LIMITS[kept].tolist(), bucket=counts[kept].tolist(),
    )  # fmt: skip


def _histogram(tag, value):
    return [Summary.Value(tag=tag, histo=histogram_proto(value))]


def _pixels(image):
    """A float image as bytes: the largest value is white; with negative ones, zero is grey."""
    if image.dtype == np.uint8:
        return image
    largest = np.abs(image).max(initial=0.0)
    if image.min(initial=0.0) < 0:
        return (image * (127 / largest) + 128).astype(np.uint8)
    return (image * (255 / largest if largest > 0 else 0.0)).astype(np.uint8)


def _numbered(tag, kind, i, most):
    return f"{tag}/{kind}" if most == 1 else f"{tag}/{kind}/{i}"


def _image(tag, value, *, max_outputs):
    _, height, width, depth = value.shape
    return [
        Summary.Value(tag=_numbered(tag, "image", i, max_outputs), image=Summary.Image(
            height=height, width=width, colorspace=depth,
            encoded_image_string=events.png(_pixels(one))))
        for i, one in enumerate(value[:max_outputs])
    ]  # fmt: skip


def _audio(tag, value, *, sample_rate, max_outputs):
    value = value[..., None] if value.ndim == 2 else value
    return [
        Summary.Value(tag=_numbered(tag, "audio", i, max_outputs), audio=Summary.Audio(
            sample_rate=sample_rate, num_channels=one.shape[1], length_frames=one.shape[0],
            encoded_audio_string=_wav(one, int(sample_rate)), content_type="audio/wav"))
        for i, one in enumerate(value[:max_outputs])
    ]  # fmt: skip


def _wav(samples, rate):
    """Samples `[frames, channels]` in [-1, 1] as a WAV file of 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((samples.shape[1], 2, rate, len(samples), "NONE", "not compressed"))
        levels = np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2")
        out.writeframes(struct.pack(f"<{levels.size}h", *levels.ravel().tolist()))
    return file.getvalue()


def _text(tag, value):
    return [events.text(tag, value)]


def _tensor(tag, value, *, metadata):
    return [Summary.Value(tag=tag, tensor=tensor_proto(value),
                          metadata=SummaryMetadata.FromString(metadata))]  # fmt: skip


# The ops ------------------------------------------------------------------------------------------


def _bytes_out(inputs, attrs):
    return [(TensorShape([]), dtypes.string)]


def _summarizing(name, values_of):
    """An op whose result is the bytes of a `Summary`."""

    def summarize(value, *, tag, options):
        found = Summary(value=values_of(tag, value, **dict(options)))
        return np.array(found.SerializeToString(), object)

    return define(name, summarize, "?", host=True, infer=_bytes_out, differentiable=False)


_SCALAR = _summarizing("ScalarSummary", _scalar)
_HISTOGRAM = _summarizing("HistogramSummary", _histogram)
_IMAGE = _summarizing("ImageSummary", _image)
_AUDIO = _summarizing("AudioSummaryV2", _audio)
_TEXT = _summarizing("TextSummary", _text)
_TENSOR = _summarizing("TensorSummaryV2", _tensor)
_MERGE = define("MergeSummary", lambda *parts: np.array(b"".join(x.item() for x in parts), object),
                "?*", host=True, infer=_bytes_out, differentiable=False)  # fmt: skip


def _summary(op, name, value, collections, family=None, **options):
    frame = stack.frame
    plain = name.replace(" ", "_")
    scope = frame.name_scope(plain if family is None else f"{family}/{plain}")
    with scope as scope_name:
        # The tag is the op's name: a second summary of one name is shown beside the first.
        tag = scope_name.removesuffix("/")
        tag = tag if family is None else f"{family}/{tag}"
        made = execute(op, (convert_to_tensor(value),), (tag, tuple(options.items())), scope_name)
    if frame.is_graph:
        frame.add_to_collections(["summaries"] if collections is None else collections, made)
    return made


def scalar(name, tensor, collections=None, family=None):
    """The summary of a number."""
    return _summary(_SCALAR, name, tensor, collections, family)


def histogram(name, values, collections=None, family=None):
    """The summary of many numbers."""
    return _summary(_HISTOGRAM, name, values, collections, family)


def image(name, tensor, max_outputs=3, collections=None, family=None):
    """The summary of images `[count, height, width, channels]`."""
    return _summary(_IMAGE, name, tensor, collections, family, max_outputs=max_outputs)


def audio(name, tensor, sample_rate, max_outputs=3, collections=None, family=None):
    """The summary of sounds `[count, frames, channels]` or `[count, frames]`, in [-1, 1]."""
    return _summary(_AUDIO, name, tensor, collections, family, sample_rate=float(sample_rate),
                    max_outputs=max_outputs)  # fmt: skip


def text(name, tensor, collections=None):
    """The summary of strings; ValueError for another dtype."""
    tensor = convert_to_tensor(tensor)
    if tensor.dtype is not dtypes.string:
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    return _summary(_TEXT, name, tensor, collections)


def tensor_summary(name, tensor, summary_description=None, collections=None,
                   summary_metadata=None, family=None, display_name=None):  # fmt: skip
    """The summary of any tensor."""
    metadata = SummaryMetadata()
    if summary_metadata is not None:
        metadata.CopyFrom(summary_metadata)
    metadata.display_name = display_name or metadata.display_name
    metadata.summary_description = summary_description or metadata.summary_description
    return _summary(_TENSOR, name, tensor, collections, family,
                    metadata=metadata.SerializeToString())  # fmt: skip


def merge(inputs, collections=None, name=None):
    """One summary of all those in `inputs`."""
    with stack.frame.name_scope(name or "Merge"):
        made = execute(_MERGE, tuple(inputs), (), "MergeSummary")
    if collections:
        stack.frame.add_to_collections(collections, made)
    return made


def merge_all(key="summaries", scope=None, name=None):
    """One summary of all those of the graph, or None if there is none."""
    found = get_collection(key, scope)
    return merge(found, name=name) if found else None


# Files --------------------------------------------------------------------------------------------


class FileWriter:
    """Writes summaries, and the graph, into an event file of `logdir`, for TensorBoard.

    >>> import tempfile
    >>> with FileWriter(tempfile.mkdtemp()) as writer:
    ...     writer.add_summary(Summary(value=[Summary.Value(tag="a", simple_value=0.5)]), 3)
    """

    def __init__(self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None,
                 filename_suffix=None, session=None):  # fmt: skip
        os.makedirs(logdir, exist_ok=True)
        self._events = events.EventWriter(logdir, filename_suffix or "")
        graph = graph or getattr(session, "graph", None)
        if graph is not None:
            self.add_graph(graph)
            self.add_meta_graph(export_meta_graph(graph=graph))
        elif graph_def is not None:
            self._add(Event(graph_def=graph_def.SerializeToString()))

    def get_logdir(self):
        return self._events.folder

    def _add(self, event, step=None):
        event.step = 0 if step is None else int(step)
        self._events.add(event)

    def add_event(self, event):
        """Writes an `Event`."""
        self._events.add(event)

    def add_summary(self, summary, global_step=None):
        """Writes a `Summary`, or what running a summary op gave, at a step."""
        if isinstance(summary, bytes):
            summary = Summary.FromString(summary)
        self._add(Event(summary=summary), global_step)

    def add_graph(self, graph, global_step=None, graph_def=None):
        """Writes the graph."""
        proto = graph.as_graph_def(add_shapes=True)
        self._add(Event(graph_def=proto.SerializeToString()), global_step)

    def add_meta_graph(self, meta_graph_def, global_step=None):
        """Writes a `MetaGraphDef`."""
        self._add(Event(meta_graph_def=meta_graph_def.SerializeToString()), global_step)

    def add_session_log(self, session_log, global_step=None):
        """Writes a `SessionLog`."""
        self._add(Event(session_log=session_log), global_step)

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        """Writes what `Session.run` noted of a run, under a tag."""
        tagged = TaggedRunMetadata(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._add(Event(tagged_run_metadata=tagged), global_step)

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


class FileWriterCache:
    """One `FileWriter` per folder."""

    _writers = {}

    @classmethod
    def get(cls, logdir):
        """The writer of the folder, made if there is none."""
        if logdir not in cls._writers:
            cls._writers[logdir] = FileWriter(logdir)
        return cls._writers[logdir]

    @classmethod
    def clear(cls):
        """Closes and forgets all writers."""
        for writer in cls._writers.values():
            writer.close()
        cls._writers.clear()


def summary_iterator(path):
    """The `Event`s of an event file."""
    return (Event.FromString(record) for record in read_records(path))
