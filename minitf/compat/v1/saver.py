"""`Saver`: the values of a session's variables in files, and the list of the files that are kept.

The files have TensorFlow's names but a format of minitf's own: `PREFIX.index` is JSON (names,
dtypes, shapes), `PREFIX.data-00000-of-00001` is NumPy's `.npz`. TensorFlow cannot read them.
"""

import dataclasses
import glob
import json
import os
import re
import time

import jax.numpy as jnp
import numpy as np

from minitf import errors
from minitf.compat.v1.graphs import get_default_graph

_DATA = ".data-00000-of-00001"
_FAILED = "Restoring from checkpoint failed. "


class Saver:
    """Saves and restores variables.

    Args:
      var_list: a list of variables, or a dictionary from the names in the file to variables; by
        default all variables of the graph.
      max_to_keep: how many of the newest checkpoints to keep; None or 0: all.

    Raises:
      ValueError: there are no variables.

    >>> import tempfile
    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     v = tf.get_variable("v", initializer=1.0)
    ...     session.run(v.initializer)
    ...     path = tf.train.Saver().save(session, tempfile.mkdtemp() + "/model", global_step=3)
    ...     _ = session.run(v.assign(5.0))
    ...     tf.train.Saver().restore(session, path)
    ...     print(session.run(v), path[-8:])
    1.0 /model-3
    """

    def __init__(self, var_list=None, reshape=False, sharded=False, max_to_keep=5,
                 keep_checkpoint_every_n_hours=10000.0, name=None, restore_sequentially=False,
                 saver_def=None, builder=None, defer_build=False, allow_empty=False,
                 write_version=2, pad_step_number=False, save_relative_paths=False,
                 filename=None):  # fmt: skip
        self._given, self._reshape, self._pad = var_list, reshape, pad_step_number
        self._max_to_keep, self._allow_empty = max_to_keep, allow_empty
        self._hours, self._next = keep_checkpoint_every_n_hours, time.time()
        self._next += 3600 * keep_checkpoint_every_n_hours
        self._kept = []
        if not defer_build:
            self.build()

    def build(self):
        """Settles which variables are saved."""
        given = self._given
        if given is None:
            graph = get_default_graph()
            given = graph.get_collection("variables") + graph.get_collection("saveable_objects")
        if not given and not self._allow_empty:
            raise ValueError("No variables to save")
        if not isinstance(given, dict):
            names = [v.name.removesuffix(":0") for v in given]
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"At least two variables have the same name: {name}")
            given = dict(zip(names, given))
        self._variables = given

    last_checkpoints = property(lambda self: [path for path, _ in self._kept])

    def set_last_checkpoints(self, last_checkpoints):
        """Sets the checkpoints that count as kept, oldest first."""
        self._kept = [(path, time.time()) for path in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time):
        self._kept = list(last_checkpoints_with_time)

    def recover_last_checkpoints(self, checkpoint_paths):
        """Counts those of the paths that exist as kept."""
        self.set_last_checkpoints([p for p in checkpoint_paths if checkpoint_exists(p)])

    def save(self, sess, save_path, global_step=None, latest_filename=None,
             meta_graph_suffix="meta", write_meta_graph=True, write_state=True,
             strip_default_attrs=False, save_debug_info=False):  # fmt: skip
        """Writes the variables' values; returns the path, `save_path` with `-STEP` added.

        The graph itself is not written: minitf's `import_meta_graph` does not exist.

        Raises:
          ValueError: the folder does not exist.
          tf.errors.FailedPreconditionError: a variable has no value yet.
        """
        folder = os.path.dirname(save_path)
        if folder and not os.path.isdir(folder):
            raise ValueError(f"Parent directory of {save_path} doesn't exist, can't save.")
        path = save_path if global_step is None else self._numbered(sess, save_path, global_step)
        values = dict(zip(self._variables, sess.run(list(self._variables.values()))))
        values = {name: np.asarray(value) for name, value in values.items()}
        described = {n: {"dtype": str(v.dtype), "shape": v.shape} for n, v in values.items()}
        with open(path + _DATA, "wb") as file:
            np.savez(file, **{str(i): _plain(v) for i, v in enumerate(values.values())})
        with open(path + ".index", "w", encoding="utf-8") as file:
            json.dump(described, file)
        if write_state:
            self._keep(path)
            update_checkpoint_state(folder or ".", path, self.last_checkpoints, latest_filename)
        return path

    def _numbered(self, sess, save_path, step):
        step = step if isinstance(step, int | np.integer) else sess.run(step)
        return f"{save_path}-{int(step):08d}" if self._pad else f"{save_path}-{int(step)}"

    def _keep(self, path):
        """Counts `path` as the newest; deletes the oldest beyond `max_to_keep`."""
        self._kept = [(p, t) for p, t in self._kept if p != path] + [(path, time.time())]
        while self._max_to_keep and len(self._kept) > self._max_to_keep:
            oldest, saved_at = self._kept.pop(0)
            if saved_at > self._next:
                self._next += 3600 * self._hours
            else:
                remove_checkpoint(oldest)

    def restore(self, sess, save_path):
        """Gives the variables in `sess` the values in the files.

        Raises:
          ValueError: there is no such checkpoint.
          tf.errors.NotFoundError: it lacks a variable.
          tf.errors.InvalidArgumentError: a shape is another.
        """
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        if not checkpoint_exists(save_path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {save_path}")
        found = read(save_path)
        for name in self._variables:
            if name not in found:
                raise errors.NotFoundError(
                    None, None, _FAILED + f"Key {name} not found in checkpoint"
                )
        for name, variable in self._variables.items():
            value = found[name]
            if not variable.shape.is_compatible_with(value.shape):
                if not self._reshape:
                    dims = [",".join(map(str, s)) for s in (variable.shape, value.shape)]
                    raise errors.InvalidArgumentError(
                        None, None, _FAILED + "Assign requires shapes of both tensors to match. "
                        f"lhs shape= [{dims[0]}] rhs shape= [{dims[1]}]")  # fmt: skip
                value = value.reshape(variable.shape.as_list())
            value = value if value.dtype == object else jnp.asarray(value)
            sess._cell(variable.op).value = value


def _plain(array):
    """`array` in a form that `.npz` keeps: strings as bytes, bfloat16 as its bits."""
    if array.dtype == object:
        return np.array([json.dumps([x.decode("latin-1") for x in array.ravel()])])
    return array.view(np.uint16) if array.dtype.name == "bfloat16" else array


def read(path):
    """{name: array} of a checkpoint."""
    with open(path + ".index", encoding="utf-8") as file:
        described = json.load(file)
    with np.load(path + _DATA) as arrays:
        return {name: _original(arrays[str(i)], **kind)
                for i, (name, kind) in enumerate(described.items())}  # fmt: skip


def _original(array, dtype, shape):
    if dtype == "object":
        texts = [x.encode("latin-1") for x in json.loads(str(array[0]))]
        return np.array(texts, object).reshape(shape)
    return array.view(jnp.bfloat16) if dtype == "bfloat16" else array


# The newest checkpoints of a folder ---------------------------------------------------------------


@dataclasses.dataclass
class CheckpointState:
    """What the file `checkpoint` of a folder says: the newest checkpoint, and all that are kept."""

    model_checkpoint_path: str
    all_model_checkpoint_paths: list


def update_checkpoint_state(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None,
                            latest_filename=None, all_model_checkpoint_timestamps=None,
                            last_preserved_timestamp=None):  # fmt: skip
    """Writes the file `checkpoint` of a folder."""
    paths = list(all_model_checkpoint_paths or [])
    if model_checkpoint_path not in paths:
        paths.append(model_checkpoint_path)
    shown = [p if os.path.isabs(p) else os.path.relpath(p, save_dir) for p in paths]
    latest = shown[paths.index(model_checkpoint_path)]
    lines = [f'model_checkpoint_path: "{latest}"']
    lines += [f'all_model_checkpoint_paths: "{p}"' for p in shown]
    path = os.path.join(save_dir, latest_filename or "checkpoint")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """The `CheckpointState` of a folder, or None."""
    path = os.path.join(checkpoint_dir, latest_filename or "checkpoint")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        entries = re.findall(r'^(\w+): "(.*)"$', file.read(), re.MULTILINE)
    paths = [(k, p if os.path.isabs(p) else os.path.join(checkpoint_dir, p)) for k, p in entries]
    latest = [p for k, p in paths if k == "model_checkpoint_path"]
    kept = [p for k, p in paths if k == "all_model_checkpoint_paths"]
    return CheckpointState(latest[0], kept) if latest else None


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The path of the newest checkpoint of a folder, or None."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None or not checkpoint_exists(state.model_checkpoint_path):
        return None
    return state.model_checkpoint_path


def checkpoint_exists(checkpoint_prefix):
    """Whether there is a checkpoint of this path."""
    return os.path.exists(f"{checkpoint_prefix}.index")


def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=2, meta_graph_suffix="meta"):
    """Deletes the files of a checkpoint."""
    for path in glob.glob(glob.escape(checkpoint_prefix) + ".*"):
        os.remove(path)


def list_variables(ckpt_dir_or_file):
    """[(name, shape)] of a checkpoint, by name."""
    found = read(_path_of(ckpt_dir_or_file))
    return [(name, list(found[name].shape)) for name in sorted(found)]


def load_variable(ckpt_dir_or_file, name):
    """The array that a checkpoint has for a variable; NotFoundError if it has none."""
    found, name = read(_path_of(ckpt_dir_or_file)), name.removesuffix(":0")
    if name not in found:
        raise errors.NotFoundError(None, None, f"Key {name} not found in checkpoint")
    return found[name]


def _path_of(folder_or_path):
    if os.path.isdir(folder_or_path):
        latest = latest_checkpoint(folder_or_path)
        if latest is None:
            raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory "
                             f"{folder_or_path}")  # fmt: skip
        return latest
    return folder_or_path
