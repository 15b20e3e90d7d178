"""Reads what a `SavedModelBuilder` wrote into the graph of a session."""

import os

from minitf.compat.v1.saved_model import constants
from minitf.compat.v1.saver import import_meta_graph
from minitf.ops.messages import SavedModel
from minitf.saved_model import contains_saved_model as maybe_saved_model_directory

__all__ = ["load", "maybe_saved_model_directory"]


def load(sess, tags, export_dir, import_scope=None, **saver_kwargs):
    """Adds the graph with these tags to the graph of `sess`, and gives variables their values.

    Returns: the `MetaGraphDef`, which has the signatures.

    Raises:
      OSError: there is no SavedModel.
      RuntimeError: none of its graphs has just these tags.
      ValueError: it is an object that `tf.saved_model.save` wrote.
    """
    folder = os.fspath(export_dir)
    if not maybe_saved_model_directory(folder):
        raise OSError(
            f"SavedModel file does not exist at: {folder}/{{saved_model.pbtxt|saved_model.pb}}"
        )
    with open(os.path.join(folder, constants.SAVED_MODEL_FILENAME_PB), "rb") as file:
        content = file.read()
    try:
        graphs = SavedModel.FromString(content).meta_graphs
    except Exception as error:
        raise ValueError(
            f"{folder} holds an object, not a graph: load it by tf.saved_model.load_v2."
        ) from error
    tags = {tags} if isinstance(tags, str) else set(tags)
    found = [graph for graph in graphs if set(graph.meta_info_def.tags) == tags]
    if not found:
        known = [sorted(graph.meta_info_def.tags) for graph in graphs]
        raise RuntimeError(
            f"MetaGraphDef associated with tags {str(sorted(tags)).strip('[]')} could not be found "
            f"in SavedModel, with available tags '{known}'."
        )
    path = os.path.join(folder, constants.VARIABLES_DIRECTORY, constants.VARIABLES_FILENAME)
    prefix = f"{import_scope}/" if import_scope else ""
    with sess.graph.as_default():
        saver = import_meta_graph(found[0], import_scope=import_scope, **saver_kwargs)
        if saver is not None:
            saver.restore(sess, path)
        for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
            if key in found[0].collection_def:
                names = found[0].collection_def[key].node_list.value
                sess.run([sess.graph.get_operation_by_name(prefix + name) for name in names])
    return found[0]
