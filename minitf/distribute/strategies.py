"""Strategies place a model on devices; here each has one replica.

In `strategy.run` one is in the context of the replica, elsewhere in a scope in that of all of them
("cross-replica").
"""

import contextlib
import enum
import threading

from minitf import nest
from minitf.core.dispatch import convert_to_tensor
from minitf.devices import merge_devices
from minitf.distribute.cluster_resolver import TFConfigClusterResolver, TPUClusterResolver
from minitf.ops import reductions
from minitf.scopes import device as device_scope

__all__ = [
    "CentralStorageStrategy", "InputContext", "MirroredStrategy", "MultiWorkerMirroredStrategy",
    "OneDeviceStrategy", "ParameterServerStrategy", "ReduceOp", "ReplicaContext", "Strategy",
    "StrategyExtended", "TPUStrategy", "ValueContext", "experimental_set_strategy",
    "get_replica_context", "get_strategy", "has_strategy", "in_cross_replica_context",
]  # fmt: skip

_THIS_PROCESS = "/job:localhost/replica:0/task:0"


class _State(threading.local):
    def __init__(self):
        self.strategies, self.in_replica = [], True


_state = _State()


class ReduceOp(enum.Enum):
    """How values of replicas become one."""

    SUM = "SUM"
    MEAN = "MEAN"

    __str__ = enum.Enum.__str__

    def __repr__(self):
        return str(self)


class StrategyExtended:
    """What a strategy is made of: here, one device."""

    def __init__(self, strategy):
        self._strategy = strategy

    worker_devices = property(lambda self: self._strategy._devices)
    parameter_devices = property(lambda self: self._strategy._devices)

    def reduce_to(self, reduce_op, value, destinations, options=None):
        """The value itself: there is one replica."""
        return value

    def update(self, var, fn, args=(), kwargs=None, group=True):
        """Calls `fn(var, *args)`."""
        return fn(var, *args, **(kwargs or {}))


class InputContext:
    """Tells a function that makes a dataset which part of it is wanted."""

    num_input_pipelines, input_pipeline_id, num_replicas_in_sync = 1, 0, 1

    def get_per_replica_batch_size(self, global_batch_size):
        """The global batch size: there is one replica."""
        return global_batch_size

    def __str__(self):
        return "tf.distribute.InputContext(input pipeline id 0, total: 1)"


class ValueContext:
    """Tells a function that makes a value for which replica it is."""

    replica_id_in_sync_group, num_replicas_in_sync = 0, 1


class ReplicaContext:
    """What `strategy.run` runs a function in."""

    def __init__(self, strategy):
        self._strategy = strategy

    strategy = property(lambda self: self._strategy)
    replica_id_in_sync_group = 0
    num_replicas_in_sync = 1
    devices = property(lambda self: self._strategy._devices)

    def all_reduce(self, reduce_op, value, options=None):
        """The sum or mean over the replicas: the value itself, as tensors."""
        ReduceOp(str(getattr(reduce_op, "value", reduce_op)).upper())
        return nest.map_structure(convert_to_tensor, value)

    def all_gather(self, value, axis, options=None):
        """The values of all replicas, joined along `axis`: the value itself."""
        return nest.map_structure(convert_to_tensor, value)

    def merge_call(self, merge_fn, args=(), kwargs=None):
        """Calls `merge_fn(strategy, *args)` in the context of all replicas."""
        with _in_replica(False):
            return merge_fn(self._strategy, *args, **(kwargs or {}))


@contextlib.contextmanager
def _in_replica(inside):
    before, _state.in_replica = _state.in_replica, inside
    try:
        yield
    finally:
        _state.in_replica = before


class Strategy:
    """Runs functions on the replicas of a model; here, on one."""

    num_replicas_in_sync = 1
    cluster_resolver = None

    def __init__(self, devices=("/device:CPU:0",)):
        self._devices = tuple(merge_devices(_THIS_PROCESS, device) for device in devices)
        self.extended = StrategyExtended(self)

    @contextlib.contextmanager
    def scope(self):
        """Makes this the current strategy inside the `with` block."""
        _state.strategies.append(self)
        try:
            with _in_replica(False), self._placed():
                yield self
        finally:
            _state.strategies.pop()

    def _placed(self):
        return contextlib.nullcontext()

    def run(self, fn, args=(), kwargs=None, options=None):
        """Calls `fn` on each replica: once."""
        _state.strategies.append(self)
        try:
            with _in_replica(True), self._placed():
                return fn(*args, **(kwargs or {}))
        finally:
            _state.strategies.pop()

    def reduce(self, reduce_op, value, axis):
        """The sum or mean of a value over the replicas, and along `axis` if that is not None."""
        reduce_op = ReduceOp(str(getattr(reduce_op, "value", reduce_op)).upper())
        along = reductions.reduce_sum if reduce_op is ReduceOp.SUM else reductions.reduce_mean

        def reduced(x):
            return convert_to_tensor(x) if axis is None else along(x, axis)

        return nest.map_structure(reduced, value)

    def gather(self, value, axis):
        """The values of all replicas, joined along `axis`."""
        return nest.map_structure(convert_to_tensor, value)

    def experimental_local_results(self, value):
        """The values of all replicas, as a tuple."""
        return (value,)

    def experimental_distribute_dataset(self, dataset, options=None):
        """A dataset whose batches are split over the replicas: the dataset itself."""
        return dataset

    def distribute_datasets_from_function(self, dataset_fn, options=None):
        """The dataset that `dataset_fn(InputContext)` makes."""
        return dataset_fn(InputContext())

    def experimental_distribute_values_from_function(self, value_fn):
        """The value that `value_fn(ValueContext)` makes."""
        return value_fn(ValueContext())


class _DefaultDistributionStrategy(Strategy):
    """What there is when no strategy was chosen."""


class OneDeviceStrategy(Strategy):
    """Places everything on one device."""

    def __init__(self, device):
        super().__init__((device,))

    def _placed(self):
        return device_scope(self._devices[0])


class _OneOfMany(Strategy):
    """A strategy for several devices, that is given one of them."""

    def __init__(self, devices):
        devices = tuple(devices or ("/device:CPU:0",))
        if len(devices) > 1:
            raise NotImplementedError(
                f"tf.distribute.{type(self).__name__}: minitf has one replica, not "
                f"{len(devices)}: {devices}"
            )
        super().__init__(devices)


class MirroredStrategy(_OneOfMany):
    """Copies a model onto the devices of one machine; here, onto one device.

    Args:
      devices: at most one; default: the first accelerator, or the CPU.

    Raises:
      NotImplementedError: several devices.

    >>> import minitf as tf
    >>> strategy = tf.distribute.MirroredStrategy()
    >>> with strategy.scope():
    ...     v = tf.Variable(1.0)
    >>> strategy.run(lambda x: x * v, (tf.constant(3.0),)).numpy(), strategy.num_replicas_in_sync
    (np.float32(3.0), 1)
    """

    def __init__(self, devices=None, cross_device_ops=None):
        super().__init__(devices)


class CentralStorageStrategy(_OneOfMany):
    """Keeps the variables on the CPU, and copies the work onto the devices; here, onto one."""

    def __init__(self, compute_devices=None, parameter_device=None):
        super().__init__(compute_devices)


class MultiWorkerMirroredStrategy(_OneOfMany):
    """Copies a model onto the devices of several workers; here, of one.

    Raises:
      NotImplementedError: the cluster has several tasks.
    """

    def __init__(self, cluster_resolver=None, communication_options=None):
        cluster = (cluster_resolver or TFConfigClusterResolver()).cluster_spec()
        tasks = [address for job in cluster.jobs for address in cluster.job_tasks(job)]
        super().__init__(tasks if len(tasks) > 1 else None)
        self.cluster_resolver = cluster_resolver


class ParameterServerStrategy(Strategy):
    """Trains workers of their own pace against variables on servers.

    Raises:
      ValueError: the cluster is empty.
      NotImplementedError: it is not, as minitf runs in one process.
    """

    def __init__(self, cluster_resolver, variable_partitioner=None):
        if not cluster_resolver.cluster_spec():
            raise ValueError(
                "Cluster spec must be non-empty in "
                "`tf.distribute.cluster_resolver.ClusterResolver`."
            )
        raise NotImplementedError(
            "tf.distribute.ParameterServerStrategy: minitf runs in one process"
        )


class TPUStrategy(Strategy):
    """Trains on the cores of a TPU.

    Raises:
      ValueError: no resolver has found a TPU.
    """

    def __init__(self, tpu_cluster_resolver=None, experimental_device_assignment=None):
        if tpu_cluster_resolver is None:
            TPUClusterResolver.connect()
        raise NotImplementedError(
            "tf.distribute.TPUStrategy: minitf finds accelerators through JAX, and has one replica"
        )


_default = _DefaultDistributionStrategy()


def get_strategy():
    """The strategy of the innermost scope, or the default one."""
    return _state.strategies[-1] if _state.strategies else _default


def has_strategy():
    """Whether there is a strategy besides the default one."""
    return bool(_state.strategies)


def in_cross_replica_context():
    """Whether this is inside the scope of a strategy, but not inside its `run`."""
    return has_strategy() and not _state.in_replica


def get_replica_context():
    """The `ReplicaContext` inside `strategy.run`, and where there is no strategy; else None."""
    return None if in_cross_replica_context() else ReplicaContext(get_strategy())


def experimental_set_strategy(strategy):
    """Makes a strategy the current one from now on; None: the default one."""
    _state.strategies[:] = [] if strategy is None else [strategy]
    _state.in_replica = strategy is None
