"""`tf.contrib.summary`: summaries of eager programs, at the global step."""

import contextlib

from minitf import summary
from minitf.compat.v1.global_step import get_or_create_global_step
from minitf.core.frames import stack
from minitf.scopes import executing_eagerly

__all__ = [
    "always_record_summaries", "create_file_writer", "flush", "histogram", "image",
    "never_record_summaries", "record_summaries_every_n_global_steps", "scalar",
]  # fmt: skip


def _eager(name):
    if not executing_eagerly():
        raise NotImplementedError(
            f"tf.contrib.summary.{name}: minitf has it for eager programs only; use tf.summary."
        )


def create_file_writer(logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None):
    """A writer of event files, to be made the default one: `with writer.as_default():`."""
    return summary.create_file_writer(logdir, filename_suffix=filename_suffix or ".v2")


flush = summary.flush


def always_record_summaries():
    """Inside, summaries are written."""
    return summary.record_if(True)


def never_record_summaries():
    """Inside, no summaries are written."""
    return summary.record_if(False)


@contextlib.contextmanager
def record_summaries_every_n_global_steps(n, global_step=None):
    """Inside, summaries are written where the global step divides by `n`."""
    step = _step(global_step)
    with summary.record_if(int(step) % n == 0):
        yield


def _step(step):
    return get_or_create_global_step() if step is None else step


def scalar(name, tensor, family=None, step=None):
    """Writes a number."""
    _eager("scalar")
    return summary.scalar(_tag(name, family), tensor, step=int(_step(step)))


def histogram(name, tensor, family=None, step=None):
    """Writes how many numbers lie where."""
    _eager("histogram")
    return summary.histogram(_tag(name, family), tensor, step=int(_step(step)))


def image(name, tensor, bad_color=None, max_images=3, family=None, step=None):
    """Writes images `[count, height, width, channels]`."""
    _eager("image")
    return summary.image(_tag(name, family), tensor, step=int(_step(step)),
                         max_outputs=max_images)  # fmt: skip


def _tag(name, family):
    scoped = stack.frame.scope + name
    return scoped if family is None else f"{family}/{scoped}"
