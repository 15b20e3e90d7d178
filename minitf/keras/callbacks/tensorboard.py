"""The callback that writes what TensorBoard shows of a training."""

import os
import time

import numpy as np

from minitf import profiler, summary
from minitf.keras.callbacks.base import Callback, learning_rates


class TensorBoard(Callback):
    """Writes event files: metrics of every epoch, and what else is asked for.

    Training goes to `log_dir/train`, validation to `log_dir/validation`. Graphs and the embedding
    projector are not written.

    Args:
      histogram_freq: epochs between two histograms of each weight, 0 for none.
      write_images: also write the weights as images.
      write_steps_per_second: also write how fast it goes.
      update_freq: "epoch", "batch", or a number of batches: when `batch_...` metrics, and the
        summaries that users' steps write, are written.
      profile_batch: a batch, counted from 1, or the first and the last of several, that JAX's
        profiler watches; 0 for none.
      write_graph: accepted; minitf's graphs are shown by `minitf.explain`.

    Raises:
      NotImplementedError: `embeddings_freq` is asked for.
      ValueError: `profile_batch` is no number and no pair of them.
    """

    def __init__(self, log_dir="logs", histogram_freq=0, write_graph=True, write_images=False,
                 write_steps_per_second=False, update_freq="epoch", profile_batch=0,
                 embeddings_freq=0, embeddings_metadata=None):  # fmt: skip
        super().__init__()
        if embeddings_freq:
            raise NotImplementedError("TensorBoard: `embeddings_freq` is not implemented.")
        self._profiled, self._profiling = _batches_of(profile_batch), False
        self.log_dir = str(log_dir)
        self.histogram_freq, self.write_images = histogram_freq, write_images
        self.write_graph, self.write_steps_per_second = write_graph, write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._writers = {}
        self._batches = {"train": 0, "validation": 0}
        self._entered = []  # the contexts that make a writer the default one
        self._epoch_start = (0.0, 0)

    def watches_batches(self, mode):
        return (
            mode != "predict"
            and self.update_freq != "epoch"
            or mode == "train"
            and any(self._profiled)
        )

    def _writer(self, part):
        if part not in self._writers:
            self._writers[part] = summary.create_file_writer(os.path.join(self.log_dir, part))
        return self._writers[part]

    def _scalars(self, part, values, step):
        with self._writer(part).as_default():
            for name, value in values.items():
                summary.scalar(name, value, step=step)

    def on_train_begin(self, logs=None):
        self._writers = {}
        self._batches["train"] = 0
        self._push("train")

    def on_train_end(self, logs=None):
        if self._profiling:
            self._stop_profiler()
        self._pop()
        for writer in self._writers.values():
            writer.close()

    def on_test_begin(self, logs=None):
        self._push("validation")

    def on_test_end(self, logs=None):
        if self.model.optimizer is not None:
            values = {f"evaluation_{name}_vs_iterations": v for name, v in (logs or {}).items()}
            self._scalars("validation", values, int(self.model.optimizer.iterations))
        self._pop()

    def on_train_batch_begin(self, batch, logs=None):
        self._next_batch("train")
        self._batch_start = time.time()
        if self._batches["train"] == self._profiled[0]:
            profiler.start(os.path.join(self.log_dir, "train"))
            self._profiling = True

    def _stop_profiler(self):
        self._profiling = False
        profiler.stop()

    def on_train_batch_end(self, batch, logs=None):
        if self._profiling and self._batches["train"] >= self._profiled[1]:
            self._stop_profiler()
        if self.update_freq == "epoch":
            return
        values = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            values["batch_steps_per_second"] = 1.0 / (time.time() - self._batch_start)
        for name, value in values.items():
            summary.scalar(name, value, step=self._batches["train"])

    def on_test_batch_begin(self, batch, logs=None):
        self._next_batch("validation")

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_start = time.time(), int(self.model.optimizer.iterations)

    def on_epoch_end(self, epoch, logs=None):
        logs = dict(logs or {})
        validation = {f"epoch_{name[4:]}": v for name, v in logs.items() if name.startswith("val_")}
        training = {f"epoch_{name}": v for name, v in logs.items() if not name.startswith("val_")}
        optimizer = self.model.optimizer
        rates = learning_rates(getattr(optimizer, "inner_optimizer", optimizer))
        training |= {f"epoch_{name}": rate for name, rate in rates.items()}
        if self.write_steps_per_second:
            start, before = self._epoch_start
            steps = int(optimizer.iterations) - before
            training["epoch_steps_per_second"] = steps / (time.time() - start)
        self._scalars("train", training, epoch)
        if validation:
            self._scalars("validation", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._log_weights(epoch)

    def _log_weights(self, epoch):
        with self._writer("train").as_default():
            for weight in [w for layer in self.model.layers for w in layer.weights]:
                summary.histogram(f"{weight.path}/histogram", weight, step=epoch)
                images = _as_images(weight.numpy()) if self.write_images else None
                if images is not None:
                    summary.image(f"{weight.path}/image", images, step=epoch)

    # The default writer, for the summaries of users' steps ---------------------------------------

    def _push(self, part):
        if self.update_freq == "epoch":
            return
        step = self._batches[part]
        due = step % self.update_freq == 0
        for context in (self._writer(part).as_default(step), summary.record_if(due)):
            context.__enter__()
            self._entered.append(context)

    def _pop(self):
        for _ in range(2 if self._entered else 0):
            self._entered.pop().__exit__(None, None, None)

    def _next_batch(self, part):
        self._batches[part] += 1
        self._pop()
        self._push(part)


def _batches_of(profile_batch):
    """The first and the last batch to profile; (0, 0): none."""
    given = profile_batch
    if isinstance(given, str):
        given = [int(batch) for batch in given.split(",")]
        given = given[0] if len(given) == 1 else given
    first_last = (given, given) if isinstance(given, int) else given
    if (
        not isinstance(first_last, tuple | list)
        or len(first_last) != 2
        or not 0 <= first_last[0] <= first_last[1]
    ):
        raise ValueError(
            "profile_batch must be a non-negative integer or 2-tuple of positive integers. A pair "
            f"of positive integers signifies a range of batches to profile. Found: {profile_batch}"
        )
    return tuple(first_last)


def _as_images(weight):
    """A weight as images [count, height, width, channels]; None if it has too many axes."""
    weight = np.squeeze(weight)
    if weight.ndim == 1:
        return weight[None, :, None, None]
    if weight.ndim == 2:
        weight = weight.T if weight.shape[0] > weight.shape[1] else weight
        return weight[None, :, :, None]
    if weight.ndim == 3:
        return weight.transpose(2, 0, 1)[..., None]
    return weight if weight.ndim == 4 and weight.shape[-1] in (1, 3, 4) else None
