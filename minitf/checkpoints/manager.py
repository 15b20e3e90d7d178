"""`tf.train.CheckpointManager`: numbered checkpoints in a folder, of which the newest are kept."""

import os
import time

from minitf import trackable
from minitf.checkpoints import folder


class CheckpointManager:
    """Saves a `Checkpoint` under growing numbers and deletes old ones.

    Args:
      checkpoint: the `Checkpoint`.
      directory: the folder.
      max_to_keep: how many to keep; None: all.
      keep_checkpoint_every_n_hours: of those to be deleted, one in so many hours is kept.
      checkpoint_name: files are called `checkpoint_name-N`.
      step_counter, checkpoint_interval: `save` does nothing until the counter (a variable) is so
        many steps further than at the last save.
      init_fn: what `restore_or_initialize` calls where there is no checkpoint.

    Raises:
      ValueError: `max_to_keep` is below 1, or an interval without a counter.
    """

    def __init__(self, checkpoint, directory, max_to_keep, keep_checkpoint_every_n_hours=None,
                 checkpoint_name="ckpt", step_counter=None, checkpoint_interval=None,
                 init_fn=None):  # fmt: skip
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(
                f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}."
            )
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` must be passed if `checkpoint_interval` is set.")
        self._checkpoint, self._directory = checkpoint, os.fspath(directory)
        self._max_to_keep, self._hours = max_to_keep, keep_checkpoint_every_n_hours
        self._prefix = os.path.join(self._directory, checkpoint_name)
        self._step_counter, self._interval = step_counter, checkpoint_interval
        self._init_fn, self._last_step = init_fn, None
        self._kept = {}  # path -> time of saving, oldest first
        self._latest, self._last_preserved = None, time.time()
        state = folder.get_checkpoint_state(self._directory)
        if state is not None:
            times = state.all_model_checkpoint_timestamps
            times = times or [time.time()] * len(state.all_model_checkpoint_paths)
            self._kept = dict(zip(state.all_model_checkpoint_paths, times))
            self._latest = state.model_checkpoint_path
            self._last_preserved = state.last_preserved_timestamp or self._last_preserved

    checkpoint = property(lambda self: self._checkpoint)
    directory = property(lambda self: self._directory)
    checkpoint_interval = property(lambda self: self._interval)
    latest_checkpoint = property(lambda self: self._latest)
    checkpoints = property(lambda self: list(self._kept))

    def save(self, checkpoint_number=None, check_interval=True, options=None):
        """Saves a checkpoint and returns its path; None where it is not time yet.

        Args:
          checkpoint_number: default: one more than at the last save.
          check_interval: whether to heed `checkpoint_interval`.
        """
        if self._interval is not None:
            step = int(trackable.identity(self._step_counter)._checkpoint_value())
            early = self._last_step is not None and step < self._last_step + self._interval
            if check_interval and early:
                return None
            self._last_step = step
        count = self._checkpoint._count_up()
        number = count if checkpoint_number is None else int(checkpoint_number)
        path = self._checkpoint.write(f"{self._prefix}-{number}", options)
        self._kept.pop(path, None)
        self._kept[path] = time.time()
        self._latest = path
        self._delete_old()
        names = [os.path.relpath(p, self._directory) for p in self._kept]
        times = list(self._kept.values())
        state = folder.CheckpointState(names[-1], names, times, self._last_preserved)
        folder.write_state(self._directory, state)
        return path

    def _delete_old(self):
        while self._max_to_keep is not None and len(self._kept) > self._max_to_keep:
            oldest = next(iter(self._kept))
            saved_at = self._kept.pop(oldest)
            if self._hours is not None and saved_at - 3600 * self._hours >= self._last_preserved:
                self._last_preserved = saved_at
            else:
                folder.remove_checkpoint(oldest)

    def restore_or_initialize(self):
        """Restores the newest checkpoint and returns its path; where there is none, `init_fn`."""
        if self._latest is not None:
            self._checkpoint.restore(self._latest)
            if self._step_counter is not None:
                self._last_step = int(trackable.identity(self._step_counter)._checkpoint_value())
            return self._latest
        if self._init_fn is not None:
            self._init_fn()
        return None

    def sync(self):
        """Waits until everything is written: it is, when `save` returns."""
