"""`Saver`: the values of a session's variables in files, and the list of the files that are kept.

The files are TensorFlow's (`checkpoints/bundle.py`), but for the graph, in `PATH.meta`, which has
minitf's own attributes (see `graph_def.py`).
"""

import os
import time

import jax.numpy as jnp
import numpy as np

from minitf import errors
from minitf.checkpoints import bundle
from minitf.checkpoints.folder import (
    checkpoint_exists,
    remove_checkpoint,
    update_checkpoint_state,
)
from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.meta_graph import export_meta_graph, load_meta_graph
from minitf.ops.messages import MetaGraphDef, SaverDef

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

        The graph goes into a file beside it, `PATH.meta`, for `import_meta_graph`.

        Raises:
          ValueError: the folder does not exist, nor the one that it would be in.
          tf.errors.FailedPreconditionError: a variable has no value yet.
        """
        folder = os.path.dirname(save_path)
        if folder and not os.path.isdir(folder):
            try:
                os.mkdir(folder)
            except FileNotFoundError:
                raise ValueError(
                    f"Parent directory of {save_path} doesn't exist, can't save."
                ) from None
        path = save_path if global_step is None else self._numbered(sess, save_path, global_step)
        values = dict(zip(self._variables, sess.run(list(self._variables.values()))))
        values = {name: np.asarray(value) for name, value in values.items()}
        bundle.write(path, values)
        if write_meta_graph:
            self.export_meta_graph(f"{path}.{meta_graph_suffix}", graph=sess.graph)
        if write_state:
            self._keep(path)
            update_checkpoint_state(folder or ".", path, self.last_checkpoints, latest_filename)
        return path

    def export_meta_graph(self, filename=None, collection_list=None, as_text=False,
                          export_scope=None, clear_devices=False, clear_extraneous_savers=False,
                          strip_default_attrs=False, save_debug_info=False,
                          graph=None):  # fmt: skip
        """The graph as a `MetaGraphDef`, written to `filename` if that is given."""
        return export_meta_graph(
            filename, saver_def=self.as_saver_def(), collection_list=collection_list,
            as_text=as_text, export_scope=export_scope, clear_devices=clear_devices, graph=graph,
        )  # fmt: skip

    def as_saver_def(self):
        """The settings as a `SaverDef`; it names no operations, since there are none."""
        return SaverDef(max_to_keep=self._max_to_keep or 0, version=SaverDef.V2,
                        keep_checkpoint_every_n_hours=self._hours)  # fmt: skip

    to_proto = as_saver_def
    saver_def = property(as_saver_def)

    @staticmethod
    def from_proto(saver_def, import_scope=None):
        """A saver of the graph's variables, with the settings of `saver_def`."""
        return Saver(max_to_keep=saver_def.max_to_keep, name=import_scope)

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
        found = bundle.read(save_path)
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


def import_meta_graph(meta_graph_or_file, clear_devices=False, import_scope=None, **kwargs):
    """Adds a meta graph to the default graph; returns a `Saver` of its variables, or None.

    Raises:
      OSError: there is no such file.
      NotImplementedError: the graph has what no file holds (see `tf.import_graph_def`).
    """
    proto = meta_graph_or_file
    if not isinstance(proto, MetaGraphDef):
        if not os.path.exists(proto):
            raise OSError(f"File {proto} does not exist.")
        with open(proto, "rb") as file:
            proto = MetaGraphDef.FromString(file.read())
    load_meta_graph(proto, import_scope or "")
    prefix = f"{import_scope}/" if import_scope else ""
    variables = get_default_graph().get_collection("variables", prefix)
    named = {v.name.removesuffix(":0").removeprefix(prefix): v for v in variables}
    keep = proto.saver_def.max_to_keep if proto.HasField("saver_def") else 5
    return Saver(named, max_to_keep=keep) if variables else None
