"""A graph with ops that cannot be compiled: the stretches between them can be.

`plan` cuts operations into stretches that run one after the other, by turns compiled and on the
host. What stays as it was: an op runs after those that it depends on, and ops on one variable, and
those with effects, run in the order in which they were written down.
"""

from typing import NamedTuple

from minitf import dtypes
from minitf.graphs.graph import CONST

_OUTSIDE = (dtypes.string, dtypes.variant)  # what no compiled program takes or returns


class Stretch(NamedTuple):
    """Operations that run together: on the host, or as one program.

    Attributes:
      inputs, outputs: the tensors that it needs from before, and those that others need of it.
      handles: the resource tensors among what its operations use.
    """

    is_host: bool
    operations: list
    inputs: list
    outputs: list
    handles: list


def must_be_hosted(operation):
    """Whether an operation is known to run outside compiled code.

    An effect, which gives nothing back, is called from compiled code; unless it may wait.
    """
    op = operation.op_def
    tensors = [x for x in (*operation.inputs, *operation.outputs) if x is not None]
    if op.host and (op.num_outputs != 0 or op.resource):
        return True
    return any(t.dtype in _OUTSIDE for t in tensors)


def plan(operations, given, outputs, hosted):
    """The stretches that give `outputs`, or None where a gradient is apart from its op.

    Args:
      operations: what has to run, in order.
      given: the tensors that are there from the start.
      hosted: operations that turned out to need the host.
    """
    given = {id(t) for t in given}
    operations = [o for o in operations if not (o.outputs and id(o.outputs[0]) in given)]
    levels, cheap, last, effects = {}, set(), {}, 0
    for o in operations:
        producers = [x.op for x in o.inputs if x is not None and id(x) not in given]
        low = max([levels.get(p, 0) for p in (*producers, *o.control_inputs)], default=0)
        if o not in hosted and _is_cheap(o, producers, cheap):
            cheap.add(o)
            levels[o] = low
            continue
        op = o.op_def
        handles = [id(x) for x in o.inputs if x is not None and x.dtype is dtypes.resource]
        low = max([low, *[last.get(h, 0) for h in handles]])
        if op.host and op.stateful:
            low = max(low, effects)
        odd = o in hosted or must_be_hosted(o)
        level = levels[o] = low if low % 2 == odd else low + 1
        last.update((h, level) for h in handles)
        effects = level if op.host and op.stateful else effects
    for o in operations:
        forward = o.op_def.forward
        if forward is not None and forward.costly:
            partners = [p for p in o.graph.calls.get(forward, ()) if p in levels]
            if any(levels[p] != levels[o] for p in partners):
                return None
    return _cut(operations, levels, cheap, outputs)


def _is_cheap(operation, producers, cheap):
    """Whether each stretch may compute the operation anew: constants, and what sizes decide.

    They must stay known while a stretch is compiled, since they may be shapes.
    """
    op = operation.op_def
    if any(x is not None and x.dtype in _OUTSIDE for x in operation.inputs):
        return False
    if op is CONST or op.name in ("Shape", "Size", "Rank"):
        return True
    pure = not (op.stateful or op.host or op.costly) and operation.inputs
    return pure and len(producers) == len(operation.inputs) and all(p in cheap for p in producers)


def _cut(operations, levels, cheap, outputs):
    groups = {}
    for o in operations:
        if o not in cheap:
            groups.setdefault(levels[o], []).append(o)
    order = sorted(groups)
    wanted_cheap = [t.op for t in outputs if t.op in cheap]
    if wanted_cheap and order:
        groups[order[-1]] += wanted_cheap
    elif wanted_cheap:
        order, groups = [0], {0: wanted_cheap}
    numbers = {o: i for i, o in enumerate(operations)}
    members = {level: _with_cheap(groups[level], cheap, numbers) for level in order}
    used = {level: _inputs(members[level]) for level in order}
    stretches = []
    for level in order:
        mine = {id(t): t for o in members[level] for t in o.outputs}
        elsewhere = {id(t) for other in order if other > level for t in used[other]}
        elsewhere |= {id(t) for t in outputs}
        stretches.append(Stretch(
            level % 2 == 1, members[level],
            [t for t in used[level] if t.dtype is not dtypes.resource],
            [t for i, t in mine.items() if i in elsewhere],
            [t for t in used[level] if t.dtype is dtypes.resource],
        ))  # fmt: skip
    return stretches


def _with_cheap(group, cheap, numbers):
    """The operations of a stretch with the cheap ones that they need, in order."""
    found, pending = dict.fromkeys(group), list(group)
    while pending:
        for x in pending.pop().inputs:
            if x is not None and x.op in cheap and x.op not in found:
                found[x.op] = None
                pending.append(x.op)
    return sorted(found, key=numbers.__getitem__)


def _inputs(operations):
    """The tensors that operations use and do not make, once each."""
    made = {id(t) for o in operations for t in o.outputs}
    used = {id(x): x for o in operations for x in o.inputs if x is not None}
    return [x for i, x in used.items() if i not in made]
