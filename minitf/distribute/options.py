"""How values travel between replicas, and how input comes to them.

With one replica nothing travels: the choices are kept, and are checked as in TensorFlow.
"""

import enum
from dataclasses import dataclass

__all__ = [
    "CommunicationImplementation", "CommunicationOptions", "CrossDeviceOps",
    "HierarchicalCopyAllReduce", "InputOptions", "InputReplicationMode", "NcclAllReduce",
    "ReductionToOneDevice", "RunOptions",
]  # fmt: skip


class CommunicationImplementation(enum.Enum):
    """By which library workers talk to each other."""

    AUTO = "AUTO"
    RING = "RING"
    NCCL = "NCCL"


class CommunicationOptions:
    """How workers talk to each other."""

    def __init__(self, bytes_per_pack=0, timeout_seconds=None,
                 implementation=CommunicationImplementation.AUTO):  # fmt: skip
        if bytes_per_pack < 0:
            raise ValueError(f"Argument `bytes_per_pack` must be >=0, but got {bytes_per_pack}.")
        self.bytes_per_pack, self.timeout_seconds = bytes_per_pack, timeout_seconds
        self.implementation = CommunicationImplementation(implementation)

    def __repr__(self):
        return (
            f"Options(bytes_per_pack={self.bytes_per_pack},"
            f"timeout_seconds={self.timeout_seconds}, implementation={self.implementation})"
        )


class InputReplicationMode(enum.Enum):
    """Whether each worker or each replica reads a pipeline of its own."""

    PER_WORKER = "PER_WORKER"
    PER_REPLICA = "PER_REPLICA"


@dataclass(frozen=True)
class InputOptions:
    """How a dataset is read for the replicas."""

    experimental_fetch_to_device: bool = True
    experimental_replication_mode: InputReplicationMode = InputReplicationMode.PER_WORKER
    experimental_place_dataset_on_device: bool = False
    experimental_per_replica_buffer_size: int = 1


@dataclass(frozen=True)
class RunOptions:
    """How `Strategy.run` runs a function."""

    experimental_enable_dynamic_batch_size: bool = True
    experimental_bucketizing_dynamic_shape: bool = False
    experimental_xla_options: object = None


class CrossDeviceOps:
    """By which algorithm the values of several devices become one."""


class ReductionToOneDevice(CrossDeviceOps):
    """Copies all values to one device, and reduces them there."""

    def __init__(self, reduce_to_device=None, accumulation_fn=None):
        self.reduce_to_device, self.accumulation_fn = reduce_to_device, accumulation_fn


class _AllReduce(CrossDeviceOps):
    def __init__(self, num_packs=1):
        if num_packs < 0:
            raise ValueError(
                f"{type(self).__name__} requires num_packs >= 0, but {num_packs} is specified"
            )
        self.num_packs = num_packs


class NcclAllReduce(_AllReduce):
    """All-reduce by NVIDIA's library."""


class HierarchicalCopyAllReduce(_AllReduce):
    """All-reduce along the edges of a hierarchy of devices."""
