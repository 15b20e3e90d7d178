"""`tf.train`: checkpoints, and examples as messages."""

from minitf.checkpoints.checkpoint import Checkpoint
from minitf.checkpoints.folder import (
    get_checkpoint_state,
    latest_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
)
from minitf.checkpoints.manager import CheckpointManager
from minitf.ops.examples import BytesList, Example, Feature, Features, FloatList, Int64List

__all__ = [
    "BytesList", "Checkpoint", "CheckpointManager", "Example", "Feature", "Features", "FloatList",
    "Int64List", "get_checkpoint_state", "latest_checkpoint", "list_variables", "load_checkpoint",
    "load_variable",
]  # fmt: skip
