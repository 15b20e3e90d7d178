"""What the steps of a loop do to rows, where the number of steps is known.

A loop reads row `i` of a tensor and writes row `i` of a `TensorArray`. Where all these positions
are known before it runs, `lax.scan` can hand each step the rows that it reads and stack those that
it writes: then neither a step nor its gradient handles the whole. A variable that counts, and one
that no step changes, are not handed from step to step either.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from minitf.graphs.graph import CONST
from minitf.graphs.interpret import apply, needed
from minitf.ops.gathering import GATHER
from minitf.ops.slicing import STRIDED_SLICE
from minitf.ops.tensor_array import GET_ITEM, GROW_ITEM, LENGTH, SET_ITEM, allocated

# What positions are computed by, from variables that count.
_ARITHMETIC = {
    "AddV2": np.add, "FloorDiv": np.floor_divide, "FloorMod": np.mod, "Identity": np.asarray,
    "Mul": np.multiply, "Neg": np.negative, "Sub": np.subtract,
}  # fmt: skip
_LONGEST_INDEX = 64


def increment(body, position):
    """(tensor, sign): what each step adds to the loop variable at `position`, or None."""
    before, update = body.given[position], origin(body.outputs[position]).op
    if update.type not in ("AddV2", "Sub"):
        return None
    first, second = update.inputs
    if update.type == "AddV2" and origin(first) is not before:
        first, second = second, first
    if origin(first) is not before or depends(second, body.given):
        return None
    return second, -1 if update.type == "Sub" else 1


def origin(tensor):
    """The tensor that `tensor` is the same as."""
    while tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor


def depends(tensor, tensors):
    """Whether `tensor` is computed from one of `tensors`."""
    inside = {id(t) for t in tensors}
    return any(id(o.outputs[0]) in inside for o in needed([tensor]) if o.outputs)


class Rows:
    """How the steps of a loop become those of `lax.scan`.

    Args:
      body: of the loop; its inputs are the loop variables and what it captured.
      given: the loop variables before the first step, as arrays.
      captured: the values of what the body captured.
      trips: the number of steps, at least 1.

    Attributes:
      carried: the positions of the loop variables that are handed from step to step.
      inputs: for `lax.scan`, what belongs to single steps.
      operations: those of the body that a step still has to run.
    """

    def __init__(self, body, given, captured, trips):
        self._body, self._given, self._trips = body, given, trips
        self._fixed = {id(t): v for t, v in zip(body.inputs[len(given) :], captured)}
        self._counters = {}  # id of a tensor -> its value at each step, and after the last
        self._writes = {}  # position of an array -> (the operation that writes to it, where)
        self._twins = {}  # position of a variable -> that of one that becomes the same
        self.carried = []
        for i, t in enumerate(body.given):
            if origin(body.outputs[i]) is t:
                self._fixed[id(t)] = given[i]
            elif not self._counts(i):
                self.carried.append(i)
        uses = _uses(body)
        for i in list(self.carried):
            if self._only_writes(i, uses) or self._is_twin(i, uses):
                self.carried.remove(i)
        self._reads = [read for o in body.operations if (read := self._read(o)) is not None]
        wanted = [body.outputs[i] for i in self.carried]
        wanted += [o.inputs[2] for o, _ in self._writes.values()]
        self.operations = self._remaining(wanted)
        used = {id(x) for o in self.operations for x in o.inputs} | {id(t) for t in wanted}
        self.inputs = (
            {k: _progression(v) for k, v in self._counters.items() if k in used},
            {key: _picked(self._fixed[key[0]], at) for _, key, at, _ in self._reads},
        )

    # Finding them --------------------------------------------------------------------------------

    def _counts(self, i):
        """Whether loop variable `i` counts."""
        start, found = self._given[i], increment(self._body, i)
        by = None if found is None else self._positions(found[0])
        if by is None or isinstance(start, Tracer) or np.shape(start):
            return False
        self._counter(self._body.given[i], np.asarray(start), found[1] * by[0])
        return True

    def _counter(self, tensor, start, by):
        values = start + by * np.arange(self._trips + 1)
        self._counters[id(tensor)] = values.astype(tensor.dtype.np)

    def _positions(self, tensor):
        """The value of an integer `tensor` at each step, None where it is not known."""
        if not tensor.dtype.is_integer:
            return None
        operation = tensor.op
        if id(tensor) in self._counters:
            return self._counters[id(tensor)][:-1]
        if id(tensor) in self._fixed or operation.op_def is CONST:
            value = self._fixed.get(id(tensor))
            value = apply(CONST, (), operation) if value is None else value
            if isinstance(value, Tracer) or np.size(value) > _LONGEST_INDEX:
                return None
            return np.broadcast_to(np.asarray(value), (self._trips, *np.shape(value)))
        if operation.type not in (*_ARITHMETIC, "Cast", "Pack"):
            return None
        inputs = [self._positions(x) for x in operation.inputs]
        if any(x is None or x.ndim > 1 for x in inputs):
            return None
        if operation.type == "Pack":
            return np.stack(inputs, axis=1)
        if operation.type == "Cast":
            return inputs[0].astype(tensor.dtype.np)
        return _ARITHMETIC[operation.type](*inputs)

    def _only_writes(self, i, uses):
        """Whether all that a step does to array `i` is to write a row that is known."""
        before, after = self._body.given[i], self._body.outputs[i]
        operation = after.op
        if operation.op_def not in (SET_ITEM, GROW_ITEM) or operation.inputs[0] is not before:
            return False
        index, size = operation.inputs[1], self._given[i].shape[0]
        appends = operation.op_def is GROW_ITEM and index.op.op_def is LENGTH
        appends = appends and index.op.inputs[0] is before
        if uses[id(after)] != 1 or uses[id(before)] != 1 + appends:
            return False
        if appends:
            self._counter(index, size, 1)
        at = self._positions(index)
        if at is None or not _are_rows(at, size if operation.op_def is SET_ITEM else np.inf):
            return False
        self._writes[i] = operation, at
        return True

    def _is_twin(self, i, uses):
        """Whether loop variable `i` is not read, and becomes what another one becomes."""
        after = origin(self._body.outputs[i])
        twins = [j for j in self.carried if j != i and origin(self._body.outputs[j]) is after]
        if twins and id(self._body.given[i]) not in uses:
            self._twins[i] = twins[0]
        return i in self._twins

    def _read(self, operation):
        """(operation, key, positions, function of the row), None where it takes no row."""
        op, attrs = operation.op_def, operation.attrs
        if op not in (STRIDED_SLICE, GATHER, GET_ITEM) or op is GATHER and any(attrs):
            return None
        tensor = origin(operation.inputs[0])
        whole, at = self._fixed.get(id(tensor)), self._positions(operation.inputs[1])
        if whole is None or at is None or not np.ndim(whole):
            return None
        of_row = None
        if op is STRIDED_SLICE:
            (first, *more), others = attrs[0], at[:, 1:]
            if first != ("index",) or (others != others[:1]).any():
                return None
            if more:
                of_row = functools.partial(_part, op.kernel((), attrs), others[0])
            at = at[:, 0]
        if at.ndim > 1 or not _are_rows(at, np.shape(whole)[0]):
            return None
        return operation, (id(tensor), at.tobytes()), at, of_row

    def _remaining(self, wanted):
        operations = self._body.operations
        read = {id(o) for o, *_ in self._reads}
        fed = [t for o in operations for t in o.outputs
               if id(o) in read or id(t) in self._counters]  # fmt: skip
        effects = [o for o in operations if o.op_def.stateful]
        found = set(needed([*wanted, *effects], [*self._body.inputs, *fed]))
        return [o for o in operations if o in found]

    # Running -------------------------------------------------------------------------------------

    def enter(self, env, carried, rows):
        """Puts into `env` the loop variables and the rows of a step."""
        counters, read = rows
        for t in self._body.given:
            if id(t) in self._fixed:
                env[id(t)] = self._fixed[id(t)]
        env.update((id(self._body.given[i]), x) for i, x in zip(self.carried, carried))
        env.update(counters)
        for operation, key, _, of_row in self._reads:
            row = read[key]
            env[id(operation.outputs[0])] = row if of_row is None else of_row(row)

    def leave(self, env):
        """(what is carried to the next step, the rows that this one wrote)."""
        carried = [jnp.asarray(env[id(self._body.outputs[i])]) for i in self.carried]
        return carried, [jnp.asarray(env[id(o.inputs[2])]) for o, _ in self._writes.values()]

    def after(self, carried, written):
        """The loop variables after the last step."""
        results = dict(zip(self.carried, carried))
        for i, j in reversed(self._twins.items()):  # a twin may have found one later
            results[i] = results[j]
        for (i, (_, at)), rows in zip(self._writes.items(), written):
            results[i] = _placed(self._given[i], at, rows)
        for i, t in enumerate(self._body.given):
            if id(t) in self._counters:
                results[i] = self._counters[id(t)][-1]
        return [results.get(i, x) for i, x in enumerate(self._given)]


def _uses(body):
    """How often each tensor of `body` is used: {id: number}."""
    uses = {}
    for t in (*(x for o in body.operations for x in o.inputs), *body.outputs):
        uses[id(t)] = uses.get(id(t), 0) + 1
    return uses


def _are_rows(at, size):
    """Whether `at` are different rows of a tensor that has `size`."""
    return 0 <= at.min() and at.max() < size and np.unique(at).size == at.size


def _part(kernel, index, row):
    """What an index takes of `row`, the row itself aside."""
    return kernel(row[None], np.concatenate([np.zeros(1, index.dtype), index]))


def _progression(values):
    """The values of a counter, all but the last, as what costs no memory."""
    first, by = values[0], values[1] - values[0]
    return first + by * jax.lax.iota(values.dtype, values.size - 1)


def _picked(whole, at):
    """The rows `at` of `whole`, all different."""
    for order in (at, at[::-1]):
        if (np.diff(order) == 1).all():
            rows = jax.lax.slice_in_dim(whole, order[0], order[-1] + 1)
            return rows if order is at else jnp.flip(rows, 0)
    return jnp.take(whole, at, 0, unique_indices=True)


def _placed(buffer, at, rows):
    """`buffer` with `rows` at the positions `at`, all different."""
    if at.size and (np.diff(at) == -1).all():
        at, rows = at[::-1], jnp.flip(rows, 0)
    if at.size >= buffer.shape[0] and (np.diff(at) == 1).all() and at[0] == 0:
        return rows
    whole = allocated(buffer, rows[0], at.max() + 1)
    return jnp.asarray(whole).at[at].set(rows, unique_indices=True)
