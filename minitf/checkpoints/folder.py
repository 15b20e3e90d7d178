"""The newest checkpoints of a folder: the text file `checkpoint` that lists them."""

import dataclasses
import glob
import os
import re
import time

from minitf.checkpoints import bundle

_LOOKING = 1  # seconds between two looks into a folder


@dataclasses.dataclass
class CheckpointState:
    """The newest checkpoint of a folder, and all that are kept, with the times of saving."""

    model_checkpoint_path: str = ""
    all_model_checkpoint_paths: list = dataclasses.field(default_factory=list)
    all_model_checkpoint_timestamps: list = dataclasses.field(default_factory=list)
    last_preserved_timestamp: float = 0.0

    def __repr__(self):
        lines = [f'model_checkpoint_path: "{self.model_checkpoint_path}"']
        lines += [f'all_model_checkpoint_paths: "{p}"' for p in self.all_model_checkpoint_paths]
        times = self.all_model_checkpoint_timestamps
        lines += [f"all_model_checkpoint_timestamps: {t}" for t in times]
        if self.last_preserved_timestamp:
            lines.append(f"last_preserved_timestamp: {self.last_preserved_timestamp}")
        return "\n".join(lines) + "\n"


def update_checkpoint_state(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None,
                            latest_filename=None, all_model_checkpoint_timestamps=None,
                            last_preserved_timestamp=None):  # fmt: skip
    """Writes the file `checkpoint` of a folder."""
    paths = list(all_model_checkpoint_paths or [])
    if model_checkpoint_path not in paths:
        paths.append(model_checkpoint_path)
    shown = [p if os.path.isabs(p) else os.path.relpath(p, save_dir or ".") for p in paths]
    newest, times = shown[paths.index(model_checkpoint_path)], all_model_checkpoint_timestamps
    state = CheckpointState(newest, shown, list(times or []), last_preserved_timestamp or 0.0)
    write_state(save_dir, state, latest_filename)


def write_state(folder, state, latest_filename=None):
    """Writes the file `checkpoint` of a folder; it changes as a whole."""
    path = os.path.join(folder, latest_filename or "checkpoint")
    with open(path + ".tempstate", "w", encoding="utf-8") as file:
        file.write(repr(state))
    os.replace(path + ".tempstate", path)


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """The `CheckpointState` of a folder, or None."""
    path = os.path.join(checkpoint_dir, latest_filename or "checkpoint")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        entries = re.findall(r'^(\w+): "?(.*?)"?$', file.read(), re.MULTILINE)
    state = CheckpointState()
    for key, value in entries:
        if key.endswith(("path", "paths")) and not os.path.isabs(value):
            value = os.path.join(checkpoint_dir, value)
        if key == "model_checkpoint_path":
            state.model_checkpoint_path = value
        elif key == "all_model_checkpoint_paths":
            state.all_model_checkpoint_paths.append(value)
        elif key == "all_model_checkpoint_timestamps":
            state.all_model_checkpoint_timestamps.append(float(value))
        elif key == "last_preserved_timestamp":
            state.last_preserved_timestamp = float(value)
    return state if state.model_checkpoint_path else None


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The path of the newest checkpoint of a folder, or None."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None or not checkpoint_exists(state.model_checkpoint_path):
        return None
    return state.model_checkpoint_path


def checkpoint_exists(checkpoint_prefix):
    """Whether there is a checkpoint of this path."""
    return os.path.exists(f"{checkpoint_prefix}.index")


def get_checkpoint_mtimes(checkpoint_prefixes):
    """When those of the checkpoints that are there were written, in seconds since 1970.

    >>> get_checkpoint_mtimes(["no such checkpoint"])
    []
    """
    files = [f"{prefix}.index" for prefix in checkpoint_prefixes]
    return [os.path.getmtime(file) for file in files if os.path.exists(file)]


def checkpoints_iterator(checkpoint_dir, min_interval_secs=0, timeout=None, timeout_fn=None):
    """The newest checkpoint of a folder, then the next one that is newest when it is asked, ...

    Args:
      min_interval_secs: how long to wait between two checkpoints at least.
      timeout: how many seconds to wait for another checkpoint; None: for ever.
      timeout_fn: called after waiting so long: whether to end; by default yes.

    >>> list(checkpoints_iterator("no such folder", timeout=0))
    []
    """
    last = None
    while True:
        asked = time.monotonic()
        while (newest := latest_checkpoint(checkpoint_dir)) in (None, last):
            if timeout is not None and time.monotonic() + _LOOKING > asked + timeout:
                break
            time.sleep(_LOOKING)
        else:
            last, found = newest, time.monotonic()
            yield newest
            time.sleep(max(found + min_interval_secs - time.monotonic(), 0))
            continue
        if timeout_fn is None or timeout_fn():
            return


def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=2, meta_graph_suffix="meta"):
    """Deletes the files of a checkpoint."""
    for path in glob.glob(glob.escape(checkpoint_prefix) + ".*"):
        os.remove(path)


def list_variables(ckpt_dir_or_file):
    """[(name, shape)] of a checkpoint, or of the newest one of a folder, by name."""
    found = bundle.contents(_path_of(ckpt_dir_or_file))
    return [(name, found[name][1]) for name in sorted(found)]


def load_variable(ckpt_dir_or_file, name):
    """The array that a checkpoint has for a name; NotFoundError if it has none."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


def load_checkpoint(ckpt_dir_or_file):
    """A `CheckpointReader` of a checkpoint, or of the newest one of a folder.

    Raises:
      ValueError: there is no checkpoint in the folder.
      NotFoundError: there is no such checkpoint.
    """
    return CheckpointReader(_path_of(ckpt_dir_or_file))


class CheckpointReader:
    """The arrays of a checkpoint, read when they are asked for."""

    def __init__(self, filename):
        self._contents = bundle.contents(filename)

    def get_variable_to_shape_map(self):
        """{name: shape as a list}."""
        return {name: list(shape) for name, (_, shape, _) in self._contents.items()}

    def get_variable_to_dtype_map(self):
        """{name: dtype}."""
        return {name: dtype for name, (dtype, _, _) in self._contents.items()}

    def has_tensor(self, tensor_str):
        """Whether there is an array of this name."""
        return tensor_str in self._contents

    def get_tensor(self, tensor_str):
        """The array of this name; NotFoundError if there is none."""
        return bundle.load(self._contents, tensor_str)


def _path_of(folder_or_path):
    if os.path.isdir(folder_or_path):
        latest = latest_checkpoint(folder_or_path)
        if latest is None:
            raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory "
                             f"{folder_or_path}")  # fmt: skip
        return latest
    return os.fspath(folder_or_path)
