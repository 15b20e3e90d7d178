"""Callbacks that write down how the training went: to a CSV file, a server, a backup folder."""

import csv
import json
import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterable

import numpy as np

from minitf.keras.callbacks.base import Callback


class CSVLogger(Callback):
    """Writes each epoch's logs as a line of a CSV file; `append` continues the file."""

    def __init__(self, filename, separator=",", append=False):
        super().__init__()
        self.filename, self.sep = os.fspath(filename), separator
        self.append = append
        self.append_header = True
        self.csv_file = self.writer = self.keys = None

    def on_train_begin(self, logs=None):
        if self.append and os.path.exists(self.filename):
            self.append_header = os.path.getsize(self.filename) == 0
        self._close()
        self.csv_file = open(self.filename, "a" if self.append else "w", newline="")
        self.writer = self.keys = None

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
        if self.writer is None:
            self.writer = csv.DictWriter(
                self.csv_file, ["epoch", *self.keys], delimiter=self.sep, lineterminator="\n"
            )
            if self.append_header:
                self.writer.writeheader()
        row = {key: _csv_value(logs.get(key, "NA")) for key in self.keys}
        self.writer.writerow({"epoch": epoch, **row})
        self.csv_file.flush()

    def on_train_end(self, logs=None):
        self._close()
        self.writer = None

    def _close(self):
        if self.csv_file is not None:
            self.csv_file.close()


def _csv_value(value):
    if isinstance(value, Iterable) and not isinstance(value, str) and np.ndim(value):
        return f'"[{", ".join(map(str, value))}]"'
    return value


class RemoteMonitor(Callback):
    """Sends each epoch's logs to a server by HTTP POST, as a form field or as JSON."""

    def __init__(self, root="http://localhost:9000", path="/publish/epoch/end/", field="data",
                 headers=None, send_as_json=False):  # fmt: skip
        super().__init__()
        self.root, self.path, self.field = root, path, field
        self.headers, self.send_as_json = headers, send_as_json

    def on_epoch_end(self, epoch, logs=None):
        items = {"epoch": epoch, **(logs or {})}
        text = json.dumps({k: getattr(v, "item", lambda v=v: v)() for k, v in items.items()})
        body = text if self.send_as_json else urllib.parse.urlencode({self.field: text})
        kind = "application/json" if self.send_as_json else "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **(self.headers or {})}
        request = urllib.request.Request(self.root + self.path, body.encode(), headers)
        try:
            urllib.request.urlopen(request).close()
        except urllib.error.HTTPError:
            return  # The server was reached; what it answers is its own affair.
        except urllib.error.URLError:
            message = f"Could not reach RemoteMonitor root server at {self.root}"
            warnings.warn(message, stacklevel=2)


class BackupAndRestore(Callback):
    """Saves the weights at each epoch, and goes on from there when an interrupted `fit` reruns.

    `save_freq` is "epoch" or a number of batches; `double_checkpoint` keeps the backup before the
    last one too. `delete_checkpoint` removes the folder when training has ended.
    """

    def __init__(self, backup_dir, save_freq="epoch", double_checkpoint=False,
                 delete_checkpoint=True):  # fmt: skip
        super().__init__()
        if not backup_dir:
            raise ValueError("Empty `backup_dir` argument passed")
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(
                f"Invalid value for argument `save_freq`. Received: save_freq={save_freq}. "
                "Expected either 'epoch' or an integer value."
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint, self.delete_checkpoint = double_checkpoint, delete_checkpoint
        self._weights = os.path.join(self.backup_dir, "latest.weights.h5")
        self._progress = os.path.join(self.backup_dir, "training_metadata.json")
        self._current_epoch = 0
        self._last_batch_seen = 0
        self._batches_since_saving = 0

    def watches_batches(self, mode):
        return mode == "train" and self.save_freq != "epoch"

    def on_train_begin(self, logs=None):
        try:
            self._restore()
        except OSError:
            if not os.path.exists(self._weights + ".bkp"):
                raise
            for path in (self._weights, self._progress):  # The last backup is broken.
                if os.path.exists(path + ".bkp"):
                    shutil.copy(path + ".bkp", path)
                elif os.path.exists(path):
                    os.remove(path)
            self._restore()

    def _restore(self):
        if not self.model.built:
            raise ValueError(
                "To use the BackupAndRestore callback, you model must be built before you call "
                f"`fit()`. Model {self.model} is unbuilt. You can build it beforehand by calling "
                "it on a batch of data."
            )
        if os.path.exists(self._weights):
            optimizer = self.model.optimizer
            if optimizer is not None and not optimizer.built:
                optimizer.build(self.model.trainable_variables)
            self.model.load_weights(self._weights)
        if os.path.exists(self._progress):
            with open(self._progress) as file:
                self.model._initial_epoch = json.load(file)["epoch"]

    def on_epoch_end(self, epoch, logs=None):
        self._current_epoch = epoch + 1
        self._last_batch_seen = 0
        if self.save_freq == "epoch":
            self._save()

    def on_train_batch_end(self, batch, logs=None):
        if self.save_freq == "epoch":
            return
        new_epoch = batch <= self._last_batch_seen
        self._batches_since_saving += batch + 1 if new_epoch else batch - self._last_batch_seen
        self._last_batch_seen = batch
        if self._batches_since_saving >= self.save_freq:
            self._batches_since_saving = 0
            self._save()

    def _save(self):
        os.makedirs(self.backup_dir, exist_ok=True)
        for path in (self._weights, self._progress):
            if self.double_checkpoint and os.path.exists(path):
                shutil.copy(path, path + ".bkp")
        self.model.save_weights(self._weights, overwrite=True)
        with open(self._progress, "w") as file:
            json.dump({"epoch": self._current_epoch, "batch": self._last_batch_seen}, file)

    def on_train_end(self, logs=None):
        if self.delete_checkpoint:
            shutil.rmtree(self.backup_dir, ignore_errors=True)
