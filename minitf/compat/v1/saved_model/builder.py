"""`SavedModelBuilder`: writes the graph of a session, its variables and its signatures."""

import os

from minitf.compat.v1.graphs import get_default_graph
from minitf.compat.v1.meta_graph import export_meta_graph
from minitf.compat.v1.saved_model import constants, tag_constants
from minitf.compat.v1.saved_model.signature_constants import DEFAULT_SERVING_SIGNATURE_DEF_KEY
from minitf.compat.v1.saved_model.signature_def_utils import predict_signature_def
from minitf.compat.v1.saver import Saver
from minitf.ops.messages import SavedModel

__all__ = ["SavedModelBuilder"]


class SavedModelBuilder:
    """Writes graphs, one for each set of tags, that share their variables' values.

    Args:
      export_dir: a folder that does not exist yet, or is empty.

    Raises:
      AssertionError: there is something in the folder.
    """

    def __init__(self, export_dir):
        if os.path.isdir(export_dir) and os.listdir(export_dir):
            raise AssertionError(
                f"Export directory {export_dir} already exists, and isn't empty. Please choose a "
                "different export directory, or delete all the contents of the specified directory."
            )
        os.makedirs(export_dir, exist_ok=True)
        self._export_dir, self._has_saved_variables = export_dir, False
        self._saved_model = SavedModel(
            saved_model_schema_version=constants.SAVED_MODEL_SCHEMA_VERSION
        )

    def add_meta_graph_and_variables(self, sess, tags, signature_def_map=None,
                                     assets_collection=None, legacy_init_op=None,
                                     clear_devices=False, main_op=None, strip_default_attrs=False,
                                     saver=None):  # fmt: skip
        """Adds the graph of `sess`, and writes its variables' values.

        Args:
          tags: names of the set that this graph is loaded by.
          signature_def_map: `SignatureDef`s by their keys.
          legacy_init_op, main_op: an operation that `loader.load` runs.
          saver: the `Saver` that writes the variables; by default one of all of them.

        Raises:
          AssertionError: variables were written before.
          NotImplementedError: `assets_collection` is given.
        """
        if self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please invoke "
                "`add_meta_graph()` instead."
            )
        folder = os.path.join(self._export_dir, constants.VARIABLES_DIRECTORY)
        os.makedirs(folder, exist_ok=True)
        with sess.graph.as_default():
            saver = saver or _saver()
            if saver is not None:
                path = os.path.join(folder, constants.VARIABLES_FILENAME)
                saver.save(sess, path, write_meta_graph=False, write_state=False)
            self._add(tags, signature_def_map, assets_collection, clear_devices,
                      main_op or legacy_init_op)  # fmt: skip
        self._has_saved_variables = True

    def add_meta_graph(self, tags, signature_def_map=None, assets_collection=None,
                       legacy_init_op=None, clear_devices=False, main_op=None,
                       strip_default_attrs=False, saver=None):  # fmt: skip
        """Adds the default graph, whose variables have the values that were written before.

        Raises:
          AssertionError: none were.
        """
        if not self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please invoke "
                "`add_meta_graph_and_variables()` first."
            )
        self._add(tags, signature_def_map, assets_collection, clear_devices,
                  main_op or legacy_init_op)  # fmt: skip

    def _add(self, tags, signatures, assets, clear_devices, init_op):
        if assets:
            raise NotImplementedError("SavedModelBuilder: no `assets_collection` in minitf.")
        graph = get_default_graph()
        for key, signature in (signatures or {}).items():
            for info in (*signature.inputs.values(), *signature.outputs.values()):
                if not info.name:
                    raise AssertionError(
                        f"SignatureDef {key!r} has a tensor without a name: all of them need one."
                    )
        if init_op is not None:
            graph.add_to_collection(constants.MAIN_OP_KEY, init_op)
        found = export_meta_graph(graph=graph, clear_devices=clear_devices)
        found.meta_info_def.tags = sorted(tags)
        for key, signature in (signatures or {}).items():
            found.signature_def[key] = signature
        self._saved_model.meta_graphs.append(found)

    def save(self, as_text=False):
        """Writes `saved_model.pb`; returns its path.

        Raises:
          NotImplementedError: `as_text` is true.
        """
        if as_text:
            raise NotImplementedError("SavedModelBuilder.save: no `as_text` in minitf.")
        path = os.path.join(self._export_dir, constants.SAVED_MODEL_FILENAME_PB)
        with open(path, "wb") as file:
            file.write(self._saved_model.SerializeToString())
        return path.encode()


def _saver():
    """A `Saver` of all variables, or None where there are none."""
    return Saver(allow_empty=True) if get_default_graph().get_collection("variables") else None


def simple_save(session, export_dir, inputs, outputs, legacy_init_op=None):
    """Writes the graph of `session` for serving: with one signature, of these tensors.

    >>> import os, tempfile
    >>> import minitf.compat.v1 as tf
    >>> folder = os.path.join(tempfile.mkdtemp(), "model")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     x = tf.placeholder(tf.float32, [], name="x")
    ...     tf.saved_model.simple_save(session, folder, {"x": x}, {"y": 2.0 * x})
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     model = tf.saved_model.load(session, ["serve"], folder)
    ...     y = model.signature_def["serving_default"].outputs["y"].name
    ...     float(session.run(y, {"x:0": 3.0}))
    6.0
    """
    signature = predict_signature_def(inputs, outputs)
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session, [tag_constants.SERVING], {DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        clear_devices=True, main_op=legacy_init_op)  # fmt: skip
    builder.save()
