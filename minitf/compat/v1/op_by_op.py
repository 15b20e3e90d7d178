"""Runs of a graph op by op: where the time goes, and runs that stop and go on.

`Session.run` compiles what the fetches need as a whole, so that no op has a time of its own.
`Walk` evaluates the same operations one after the other and keeps what they gave: with
`RunMetadata` each of them is timed (`timeline.Timeline` shows it), and `Session.partial_run` goes
on where it stopped.
"""

import time

from minitf.compat.v1.resources import MAKERS
from minitf.core.frames import EagerFrame, stack
from minitf.core.registry import Cell
from minitf.core.tensor import EagerTensor
from minitf.graphs.interpret import interpret_eagerly
from minitf.ops.messages import DeviceStepStats, NodeExecStats

_DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"


class Walk:
    """The values of a graph's tensors, as far as they are known.

    Args:
      cell_of: what gives the cell that holds the value of a variable, by its handle's operation.
    """

    def __init__(self, cell_of):
        self._cell_of, self._env, self._done = cell_of, {}, set()

    def feed(self, tensor, array):
        """Gives `tensor` the value `array`."""
        self._env[id(tensor)] = EagerTensor(array)

    def knows(self, tensor):
        """Whether `tensor` was fed or computed."""
        return id(tensor) in self._env

    def value(self, tensor):
        """The array of a tensor that is known."""
        found = self._env[id(tensor)]._value
        return found.value if type(found) is Cell else found

    def run(self, operations, after=None):
        """Evaluates the operations of the list that did not run yet, in order.

        Args:
          after: called with each operation that ran, and when it began and ended, in nanoseconds
            since 1970.
        """
        with stack.push(EagerFrame()):
            for operation in operations:
                if operation in self._done:
                    continue
                self._done.add(operation)
                began = time.time_ns()
                if operation.op_def in MAKERS:
                    cell = self._cell_of(operation)
                    self._env[id(operation.outputs[0])] = EagerTensor(cell)
                else:
                    interpret_eagerly([operation], self._env)
                    self._await(operation.outputs)
                if after is not None:
                    after(operation, began, time.time_ns())

    def _await(self, tensors):
        for tensor in tensors:
            wait = getattr(self._env[id(tensor)]._value, "block_until_ready", None)
            if wait is not None:
                wait()


class Stopwatch:
    """Writes down, as the `StepStats` of a `RunMetadata`, when each operation ran.

    >>> import minitf.compat.v1 as tf
    >>> metadata = tf.RunMetadata()
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     total = tf.add(tf.constant(1.0, name="one"), 2.0, name="total")
    ...     options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    ...     print(session.run(total, options=options, run_metadata=metadata))
    3.0
    >>> [node.timeline_label for node in metadata.step_stats.dev_stats[0].node_stats]
    ['one = Const()', 'total/y = Const()', 'total = AddV2(one, total/y)']
    """

    def __init__(self):
        self._stats = DeviceStepStats(device=_DEVICE)

    def __call__(self, operation, began, ended):
        inputs = ", ".join(x.op.name for x in operation.inputs if x is not None)
        label = f"{operation.name} = {operation.type}({inputs})"
        micros = (ended - began) // 1000
        node = NodeExecStats(
            node_name=operation.name, timeline_label=label,
            scheduled_micros=began // 1000, all_start_micros=began // 1000,
            op_end_rel_micros=micros, all_end_rel_micros=micros,
        )  # fmt: skip
        self._stats.node_stats.append(node)

    def write(self, run_metadata):
        """Puts what was measured into `run_metadata`."""
        run_metadata.step_stats.dev_stats.append(self._stats)
