"""`timeline.Timeline`: the times of a run's ops as Chrome and Perfetto show them.

Open the file at `chrome://tracing` or https://ui.perfetto.dev. The format is the "Trace Event
Format" of Google's Chrome.
"""

import json

__all__ = ["Timeline"]


class Timeline:
    """What `RunMetadata.step_stats` has, op by op.

    Args:
      step_stats: the `StepStats` of a run with `RunOptions(trace_level=RunOptions.FULL_TRACE)`.
      graph: of no use here: the labels of the ops name their inputs.

    >>> import minitf.compat.v1 as tf
    >>> metadata = tf.RunMetadata()
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     total = tf.add(tf.constant(1.0, name="one"), 2.0, name="total")
    ...     options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    ...     _ = session.run(total, options=options, run_metadata=metadata)
    >>> trace = json.loads(Timeline(metadata.step_stats).generate_chrome_trace_format())
    >>> [event["args"]["name"] for event in trace["traceEvents"] if event["ph"] == "X"]
    ['one', 'total/y', 'total']
    """

    def __init__(self, step_stats, graph=None):
        self._devices = step_stats.dev_stats

    def generate_chrome_trace_format(self, show_dataflow=True, show_memory=False,
                                     op_time="schedule"):  # fmt: skip
        """The trace as a string of JSON.

        Args:
          show_dataflow: with the arrows from an op to those that use its output.
          op_time: "schedule": when each op ran on the host.

        Raises:
          NotImplementedError: `show_memory`, or another `op_time`: XLA says neither of single ops.
        """
        if show_memory or op_time != "schedule":
            raise NotImplementedError(
                "Timeline: minitf knows when ops ran on the host: no `show_memory`, no "
                f"`op_time` {op_time!r}."
            )
        events = []
        for process, device in enumerate(self._devices):
            name = {"name": f"{device.device} Compute"}
            events.append({"name": "process_name", "ph": "M", "pid": process, "args": name})
            events += _ops(device.node_stats, process)
            if show_dataflow:
                events += _arrows(device.node_stats, process)
        return json.dumps({"traceEvents": events}, indent=4)


def _parts(node):
    """(type of the op, names of its inputs), from the label `name = Type(input, input)`."""
    kind, _, inputs = node.timeline_label.partition(" = ")[2].rstrip(")").partition("(")
    return kind, [name for name in inputs.split(", ") if name]


def _ops(nodes, process):
    """One event for each op: when it began and how long it took, in microseconds."""
    for node in nodes:
        kind, inputs = _parts(node)
        named = {f"input{i}": name for i, name in enumerate(inputs)}
        yield {
            "ph": "X", "cat": "Op", "name": kind, "pid": process, "tid": 0,
            "ts": node.all_start_micros, "dur": node.all_end_rel_micros,
            "args": {"name": node.node_name, "op": kind, **named},
        }  # fmt: skip


def _arrows(nodes, process):
    """Two events for each input: where it leaves the op that makes it, where it arrives."""
    made, number = {node.node_name: node for node in nodes}, 0
    for node in nodes:
        for name in _parts(node)[1]:
            if name not in made:
                continue
            source = made[name]
            ends = [("s", source.all_start_micros + source.all_end_rel_micros),
                    ("t", node.all_start_micros)]  # fmt: skip
            for phase, time in ends:
                yield {"ph": phase, "cat": "DataFlow", "name": name, "pid": process, "tid": 0,
                       "ts": time, "id": number}  # fmt: skip
            number += 1
