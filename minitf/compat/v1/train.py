"""`tf.train` of TF 1.x: optimizers, learning rates, the global step, checkpoints."""

from minitf import train
from minitf.checkpoints.folder import (
    CheckpointState,
    checkpoint_exists,
    get_checkpoint_mtimes,
    remove_checkpoint,
    update_checkpoint_state,
)
from minitf.compat.v1.coordinator import Coordinator
from minitf.compat.v1.decays import (
    cosine_decay,
    cosine_decay_restarts,
    exponential_decay,
    inverse_time_decay,
    linear_cosine_decay,
    natural_exp_decay,
    noisy_linear_cosine_decay,
    piecewise_constant,
    piecewise_constant_decay,
    polynomial_decay,
)
from minitf.compat.v1.from_checkpoints import init_from_checkpoint
from minitf.compat.v1.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from minitf.compat.v1.hooks import (
    CheckpointSaverHook,
    CheckpointSaverListener,
    FeedFnHook,
    FinalOpsHook,
    LoggingTensorHook,
    NanLossDuringTrainingError,
    NanTensorHook,
    SecondOrStepTimer,
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
    StepCounterHook,
    StopAtStepHook,
    SummarySaverHook,
)
from minitf.compat.v1.input_pipeline import (
    batch,
    batch_join,
    input_producer,
    limit_epochs,
    match_filenames_once,
    range_input_producer,
    shuffle_batch,
    shuffle_batch_join,
    slice_input_producer,
    string_input_producer,
)
from minitf.compat.v1.meta_graph import export_meta_graph, write_graph
from minitf.compat.v1.monitored_session import (
    ChiefSessionCreator,
    MonitoredSession,
    MonitoredTrainingSession,
    Scaffold,
    SessionCreator,
    SingularMonitoredSession,
    WorkerSessionCreator,
    basic_train_loop,
)
from minitf.compat.v1.moving_averages import ExponentialMovingAverage
from minitf.compat.v1.optimizer import Optimizer
from minitf.compat.v1.optimizers import (
    AdadeltaOptimizer,
    AdagradDAOptimizer,
    AdagradOptimizer,
    AdamOptimizer,
    FtrlOptimizer,
    GradientDescentOptimizer,
    MomentumOptimizer,
    ProximalAdagradOptimizer,
    ProximalGradientDescentOptimizer,
    RMSPropOptimizer,
)
from minitf.compat.v1.queue_runner import QueueRunner, add_queue_runner, start_queue_runners
from minitf.compat.v1.saver import Saver, import_meta_graph
from minitf.compat.v1.summary import FileWriter, summary_iterator
from minitf.compat.v1.supervisor import LooperThread, Supervisor
from minitf.install import missing
from minitf.ops.messages import SaverDef
from minitf.train import *  # noqa: F403  what is the same: messages, checkpoints of objects

__all__ = [
    "AdadeltaOptimizer", "AdagradDAOptimizer",
    "AdagradOptimizer", "AdamOptimizer", "CheckpointSaverHook",
    "CheckpointSaverListener", "CheckpointState", "ChiefSessionCreator", "Coordinator",
    "ExponentialMovingAverage", "FeedFnHook", "FinalOpsHook", "FtrlOptimizer",
    "GradientDescentOptimizer", "LoggingTensorHook", "LooperThread", "MomentumOptimizer",
    "MonitoredSession", "MonitoredTrainingSession", "NanLossDuringTrainingError",
    "NanTensorHook", "Optimizer", "ProximalAdagradOptimizer",
    "ProximalGradientDescentOptimizer", "QueueRunner", "RMSPropOptimizer", "Saver", "SaverDef",
    "Scaffold", "SecondOrStepTimer", "SessionCreator", "SessionRunArgs", "SessionRunContext",
    "SessionRunHook", "SessionRunValues", "SingularMonitoredSession", "StepCounterHook",
    "StopAtStepHook", "SummarySaverHook", "Supervisor", "WorkerSessionCreator",
    "add_queue_runner", "assert_global_step", "basic_train_loop", "batch", "batch_join",
    "checkpoint_exists", "cosine_decay", "cosine_decay_restarts", "create_global_step",
    "exponential_decay", "export_meta_graph", "get_checkpoint_mtimes", "get_global_step",
    "get_or_create_global_step",
    "global_step", "import_meta_graph", "init_from_checkpoint", "input_producer",
    "inverse_time_decay", "limit_epochs",
    "linear_cosine_decay", "match_filenames_once", "natural_exp_decay",
    "noisy_linear_cosine_decay", "piecewise_constant", "piecewise_constant_decay",
    "polynomial_decay", "range_input_producer", "remove_checkpoint", "shuffle_batch",
    "shuffle_batch_join", "slice_input_producer", "start_queue_runners",
    "string_input_producer", "summary_iterator", "update_checkpoint_state", "write_graph",
]  # fmt: skip
__all__ += train.__all__


def __getattr__(name):
    """Older names: `SummaryWriter` of TF 0.x, and the reader of checkpoints."""
    if name == "SummaryWriter":
        return FileWriter
    if name == "NewCheckpointReader":
        return train.load_checkpoint
    raise missing(__name__, name, __all__)
