"""`tf.distribute.cluster_resolver`: which processes a job has, and which of them this one is.

minitf runs in one process: a resolver tells what a program was told about its cluster (by the
variable TF_CONFIG of the environment, or by hand), and there is no TPU to be found.

>>> import minitf as tf
>>> spec = tf.train.ClusterSpec({"worker": ["a:1", "b:2"]})
>>> resolver = SimpleClusterResolver(spec, task_type="worker", task_id=1)
>>> resolver.cluster_spec(), resolver.master("worker", 0)
(ClusterSpec({'worker': ['a:1', 'b:2']}), 'a:1')
"""

import collections
import json
import os

__all__ = ["ClusterResolver", "SimpleClusterResolver", "TFConfigClusterResolver",
           "TPUClusterResolver"]  # fmt: skip


class ClusterSpec:
    """The jobs of a cluster, and the network addresses of their tasks.

    Args:
      cluster: a dictionary from the names of jobs to lists of addresses, or to dictionaries from
        the numbers of tasks to addresses; or another ClusterSpec.

    Raises:
      TypeError: the cluster is no such dictionary.
      ValueError (of the methods): there is no such job, or no such task.

    >>> spec = ClusterSpec({"worker": ["a:1", "b:2"], "ps": ["c:3"]})
    >>> spec.jobs, spec.num_tasks("worker"), spec.task_address("ps", 0)
    (['worker', 'ps'], 2, 'c:3')
    """

    def __init__(self, cluster):
        if isinstance(cluster, ClusterSpec):
            cluster = cluster.as_dict()
        if not isinstance(cluster, dict):
            raise TypeError(
                "`cluster` must be a dictionary mapping one or more job names to lists of network "
                "addresses, or a `ClusterDef` protocol buffer"
            )
        self._jobs = {}
        for job, tasks in cluster.items():
            if not isinstance(tasks, list | tuple | dict):
                raise TypeError(
                    f"The tasks for job {job!r} must be a list or a dictionary from integers to "
                    "strings."
                )
            self._jobs[job] = dict(tasks if isinstance(tasks, dict) else enumerate(tasks))

    jobs = property(lambda self: list(self._jobs))

    def _tasks(self, job_name):
        if job_name not in self._jobs:
            raise ValueError(f"No such job in cluster: {job_name!r}")
        return self._jobs[job_name]

    def num_tasks(self, job_name):
        """How many tasks a job has."""
        return len(self._tasks(job_name))

    def task_indices(self, job_name):
        """The numbers of a job's tasks."""
        return sorted(self._tasks(job_name))

    def task_address(self, job_name, task_index):
        """The network address of one task."""
        tasks = self._tasks(job_name)
        if task_index not in tasks:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}")
        return tasks[task_index]

    def job_tasks(self, job_name):
        """The addresses of a job's tasks by number; None where a number is missing."""
        tasks = self._tasks(job_name)
        return [tasks.get(i) for i in range(max(tasks, default=-1) + 1)]

    def as_dict(self):
        """The cluster as a dictionary; tasks numbered from 0 on are a list."""
        return {
            job: list(tasks.values()) if list(tasks) == list(range(len(tasks))) else tasks
            for job, tasks in self._jobs.items()
        }

    def __bool__(self):
        return bool(self._jobs)

    def __eq__(self, other):
        return isinstance(other, ClusterSpec) and self._jobs == other._jobs

    def __repr__(self):
        return f"ClusterSpec({dict(sorted(self.as_dict().items()))})"


class ClusterResolver:
    """What a strategy asks about its cluster; a resolver of one's own overrides the methods."""

    task_type, task_id, rpc_layer, environment = None, None, None, ""

    def cluster_spec(self):
        """The cluster as it is now."""
        raise NotImplementedError()

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        """The address of the task to connect to."""
        raise NotImplementedError()

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        """How many accelerators a task has, by kind; here none."""
        return collections.defaultdict(int)


def _with_protocol(address, protocol):
    return f"{protocol}://{address}" if protocol else address


class SimpleClusterResolver(ClusterResolver):
    """A cluster that is told by hand."""

    def __init__(self, cluster_spec, master="", task_type=None, task_id=None, environment="",
                 num_accelerators=None, rpc_layer=None):  # fmt: skip
        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a `tf.train.ClusterSpec`.")
        self._spec, self._master, self._accelerators = cluster_spec, master, num_accelerators or {}
        self.task_type, self.task_id = task_type, task_id
        self.environment, self.rpc_layer = environment, rpc_layer

    def cluster_spec(self):
        return self._spec

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        address = self._master
        if task_type is not None and task_id is not None:
            address = self._spec.task_address(task_type, task_id)
        return _with_protocol(address, rpc_layer or self.rpc_layer)

    def num_accelerators(self, task_type=None, task_id=None, config_proto=None):
        return self._accelerators


def _told(key, default=None):
    return json.loads(os.environ.get("TF_CONFIG", "{}")).get(key, default)


class TFConfigClusterResolver(ClusterResolver):
    """The cluster that the environment's TF_CONFIG, a JSON text, tells."""

    def __init__(self, task_type=None, task_id=None, rpc_layer=None, environment=None):
        task = _told("task", {})
        self.task_type = task.get("type") if task_type is None else task_type
        self.task_id = task.get("index") if task_id is None else task_id
        self.task_id = None if self.task_id is None else int(self.task_id)
        self.rpc_layer = _told("rpc_layer") if rpc_layer is None else rpc_layer
        self.environment = _told("environment") if environment is None else environment

    def cluster_spec(self):
        return ClusterSpec(_told("cluster", {}))

    def master(self, task_type=None, task_id=None, rpc_layer=None):
        spec = self.cluster_spec()
        if len(spec.jobs) < 2 and sum(map(spec.num_tasks, spec.jobs)) < 2:
            return ""
        task_type = self.task_type if task_type is None else task_type
        task_id = self.task_id if task_id is None else task_id
        return _with_protocol(spec.task_address(task_type, task_id), rpc_layer or self.rpc_layer)


class TPUClusterResolver(ClusterResolver):
    """Looks for a TPU.

    Raises:
      ValueError: there is none, as programs expect that fall back to another strategy.
    """

    def __init__(self, tpu=None, zone=None, project=None, job_name="worker",
                 coordinator_name=None):  # fmt: skip
        if tpu:
            raise NotImplementedError(
                f"tf.distribute.cluster_resolver.TPUClusterResolver(tpu={tpu!r}): minitf finds "
                "accelerators through JAX, and has one replica"
            )
        raise ValueError("Please provide a TPU Name to connect to.")

    @staticmethod
    def connect(tpu=None, zone=None, project=None):
        """A resolver that is connected to its TPU."""
        return TPUClusterResolver(tpu, zone, project)
