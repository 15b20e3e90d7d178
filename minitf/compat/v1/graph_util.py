"""`tf.graph_util`: parts of a `GraphDef`, and graphs whose variables have become constants."""

from minitf.compat.v1.meta_graph import (
    convert_variables_to_constants,
    extract_sub_graph,
    remove_training_nodes,
)
from minitf.graph_def import import_graph_def

__all__ = [
    "convert_variables_to_constants", "extract_sub_graph", "import_graph_def",
    "remove_training_nodes",
]  # fmt: skip
