"""The callback that writes what TensorBoard shows of a training."""

import os
import time

import numpy as np

from minitf import summary
from minitf.keras.callbacks.base import Callback, learning_rates


class TensorBoard(Callback):
    """Writes event files: metrics of every epoch, and what else is asked for.

    Training goes to `log_dir/train`, validation to `log_dir/validation`. Graphs, profiles and the
    embedding projector are not written.

    Args:
      histogram_freq: epochs between two histograms of each weight, 0 for none.
      write_images: also write the weights as images.
      write_steps_per_second: also write how fast it goes.
      update_freq: "epoch", "batch", or a number of batches: when `batch_...` metrics, and the
        summaries that users' steps write, are written.
      write_graph: accepted; minitf's graphs are shown by `minitf.explain`.

    Raises:
      NotImplementedError: `profile_batch` or `embeddings_freq` is asked for.
    """

    def __init__(self, log_dir="logs", histogram_freq=0, write_graph=True, write_images=False,
                 write_steps_per_second=False, update_freq="epoch", profile_batch=0,
                 embeddings_freq=0, embeddings_metadata=None):  # fmt: skip
        super().__init__()
        if profile_batch or embeddings_freq:
            raise NotImplementedError(
                "TensorBoard: `profile_batch` and `embeddings_freq` are not implemented."
            )
        self.log_dir = str(log_dir)
        self.histogram_freq, self.write_images = histogram_freq, write_images
        self.write_graph, self.write_steps_per_second = write_graph, write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._writers = {}
        self._batches = {"train": 0, "validation": 0}
        self._entered = []  # the contexts that make a writer the default one
        self._epoch_start = (0.0, 0)

    def watches_batches(self, mode):
        return mode != "predict" and self.update_freq != "epoch"

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

    def on_train_batch_end(self, batch, logs=None):
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
