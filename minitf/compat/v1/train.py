"""`tf.train` of TF 1.x: optimizers, learning rates, the global step, checkpoints."""

from minitf.checkpoints.checkpoint import Checkpoint
from minitf.checkpoints.folder import (
    CheckpointState,
    checkpoint_exists,
    get_checkpoint_state,
    latest_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
    remove_checkpoint,
    update_checkpoint_state,
)
from minitf.checkpoints.manager import CheckpointManager
from minitf.compat.v1.coordinator import Coordinator
from minitf.compat.v1.decays import (
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    natural_exp_decay,
    piecewise_constant,
    piecewise_constant_decay,
    polynomial_decay,
)
from minitf.compat.v1.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from minitf.compat.v1.moving_averages import ExponentialMovingAverage
from minitf.compat.v1.optimizer import Optimizer
from minitf.compat.v1.optimizers import (
    AdadeltaOptimizer,
    AdagradOptimizer,
    AdamOptimizer,
    FtrlOptimizer,
    GradientDescentOptimizer,
    MomentumOptimizer,
    ProximalAdagradOptimizer,
    ProximalGradientDescentOptimizer,
    RMSPropOptimizer,
)
from minitf.compat.v1.saver import Saver

__all__ = [
    "AdadeltaOptimizer", "AdagradOptimizer", "AdamOptimizer", "Checkpoint", "CheckpointManager",
    "CheckpointState", "Coordinator", "ExponentialMovingAverage", "FtrlOptimizer",
    "GradientDescentOptimizer", "MomentumOptimizer", "Optimizer", "ProximalAdagradOptimizer",
    "ProximalGradientDescentOptimizer", "RMSPropOptimizer", "Saver", "assert_global_step",
    "checkpoint_exists", "cosine_decay", "create_global_step", "exponential_decay",
    "get_checkpoint_state", "get_global_step", "get_or_create_global_step", "global_step",
    "inverse_time_decay", "latest_checkpoint", "list_variables", "load_checkpoint",
    "load_variable", "natural_exp_decay", "piecewise_constant", "piecewise_constant_decay",
    "polynomial_decay", "remove_checkpoint", "update_checkpoint_state",
]  # fmt: skip
