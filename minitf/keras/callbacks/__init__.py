"""`tf.keras.callbacks`: objects that `fit`, `evaluate` and `predict` call on their way."""

from minitf.keras.callbacks.base import (
    Callback,
    CallbackList,
    History,
    LambdaCallback,
    ProgbarLogger,
)
from minitf.keras.callbacks.monitors import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from minitf.keras.callbacks.records import BackupAndRestore, CSVLogger, RemoteMonitor
from minitf.keras.callbacks.schedules import (
    LearningRateScheduler,
    SwapEMAWeights,
    TerminateOnNaN,
)
from minitf.keras.callbacks.tensorboard import TensorBoard

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
