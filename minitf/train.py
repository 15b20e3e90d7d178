"""`tf.train`: checkpoints, and examples as messages."""

from minitf import install
from minitf.checkpoints.checkpoint import Checkpoint
from minitf.checkpoints.folder import (
    checkpoints_iterator,
    get_checkpoint_state,
    latest_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
)
from minitf.checkpoints.manager import CheckpointManager
from minitf.checkpoints.options import CheckpointOptions
from minitf.distribute.cluster_resolver import ClusterSpec
from minitf.ops.messages import (
    BytesList,
    Example,
    Feature,
    FeatureList,
    FeatureLists,
    Features,
    FloatList,
    Int64List,
    SequenceExample,
)

__all__ = [
    "BytesList", "Checkpoint", "CheckpointManager", "CheckpointOptions", "ClusterSpec", "Example",
    "Feature", "FeatureList", "FeatureLists", "Features", "FloatList", "Int64List",
    "SequenceExample", "checkpoints_iterator", "get_checkpoint_state", "latest_checkpoint",
    "list_variables", "load_checkpoint", "load_variable",
]  # fmt: skip


def __getattr__(name):
    """What TensorFlow 2 has kept of TF 1.x's training."""
    if name in ("Coordinator", "ExponentialMovingAverage"):
        return getattr(install.load("minitf.compat.v1.train"), name)
    raise install.missing(__name__, name, __dir__())


def __dir__():
    return [*__all__, "Coordinator", "ExponentialMovingAverage"]
