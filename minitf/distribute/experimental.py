"""`tf.distribute.experimental`: strategies under their earlier names, and how workers talk."""

from minitf.distribute.options import CommunicationImplementation, CommunicationOptions
from minitf.distribute.strategies import (
    CentralStorageStrategy,
    MultiWorkerMirroredStrategy,
    ParameterServerStrategy,
    TPUStrategy,
    ValueContext,
)

CollectiveCommunication, CollectiveHints = CommunicationImplementation, CommunicationOptions

__all__ = [
    "CentralStorageStrategy", "CollectiveCommunication", "CollectiveHints",
    "CommunicationImplementation", "CommunicationOptions", "MultiWorkerMirroredStrategy",
    "ParameterServerStrategy", "TPUStrategy", "ValueContext",
]  # fmt: skip
