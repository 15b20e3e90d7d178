"""`tf.keras.mixed_precision`: computing in 16 bits while weights have 32."""

from minitf.keras.dtype_policies import DTypePolicy, dtype_policy, set_dtype_policy
from minitf.keras.optimizers import LossScaleOptimizer

Policy, global_policy, set_global_policy = DTypePolicy, dtype_policy, set_dtype_policy

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
