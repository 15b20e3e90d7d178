"""The engine of `fit`: one traced step, run on a batch, or looped over many in one dispatch.

A `Step` traces a model's `train_step` (or `test_step`, `predict_step`) as `tf.function` does, into
a pure function (variables, batch) -> (logs, variables). Over arrays, a `lax` loop cuts batch after
batch from them and carries the variables along, so that Python is not asked between the steps.
"""

import math
import time
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from minitf import nest
from minitf.core.registry import NeedsValue
from minitf.core.tensor import EagerTensor, Tensor
from minitf.effort import Compiled, work
from minitf.function import Function
from minitf.keras.adapters.arrays import ArrayAdapter
from minitf.keras.adapters.batch import as_batch


class Step:
    """A step of a model on a batch, as a compiled function.

    Args:
      step: a function of one batch that returns logs, or outputs.
      eager: whether to run it as Python instead (`run_eagerly`).
      steps_per_execution: how many batches `step(iterator)` takes.
      looped: whether many steps over arrays are one program, compiled for the arrays' length. Else
        a trace knows the shapes of its batch; one for others knows what they have in common.
    """

    def __init__(self, step, eager=False, steps_per_execution=1, looped=True):
        self.steps_per_execution, self.looped = steps_per_execution, looped
        self._step = step
        self._function: Any = None
        if not eager:
            self._function = Function(
                step, "one_step_on_data", autograph=False, reduce_retracing=True
            )
        self.expected = 0  # steps that are to come, as far as anybody knows
        self._traced: Any = {}  # the functions for batches, by what adapters say of these
        self._loops = {}

    def __call__(self, iterator):
        """Runs on the next batch, or batches, of an iterator; the result of the last one."""
        return self.many(iterator, self.steps_per_execution)[0]

    def on_batch(self, batch):
        """Runs on one batch, of arrays or tensors."""
        batch = as_batch(batch)
        return self._step(batch) if self._function is None else self._function(batch)

    def many(self, iterator, count):
        """(the result of the last step, how many were run): up to `count` batches.

        Raises:
          StopIteration: the iterator has no batch left.
        """
        adapter = getattr(iterator, "adapter", None)
        if self._function is None or adapter is None:
            return _one_by_one(self.on_batch, iterator, count)
        if not self.looped:
            return _one_by_one(lambda batch: self._on_shapes(adapter, batch), iterator, count)
        loop = self.loop(adapter)
        if loop is not None:
            try:
                result, done = loop.advance(iterator, count, self.expected)
                self.expected -= done
                return result, done
            except NeedsValue:
                loop.concrete.program.is_host = True
        concrete = self.traced(adapter)
        return _one_by_one(lambda batch: _call(concrete, batch), iterator, count)

    def _on_shapes(self, adapter, batch):
        """The result for a batch of an adapter, whose shapes the trace knows."""
        tensors = _flat(batch)
        key = adapter.key(), *[t._value.shape for t in tensors]
        if key not in self._traced:
            self._traced[key] = self._function.get_concrete_function(batch)
        return self._traced[key].call_flat(tensors)

    def traced(self, adapter):
        """The `ConcreteFunction` for the batches of an adapter."""
        key = adapter.key()
        if key not in self._traced:
            self._traced[key] = self._function.get_concrete_function(adapter.spec())
        return self._traced[key]

    def loop(self, adapter):
        """The `Loop` over the batches of an adapter; None where Python must run every step."""
        concrete = self.traced(adapter)
        arrays = isinstance(adapter, ArrayAdapter) and adapter.compilable
        if concrete.program.is_host or not arrays:
            return None
        if concrete not in self._loops:
            self._loops[concrete] = Loop(concrete)
        return self._loops[concrete]


def _one_by_one(function, iterator, count):
    result, done = None, 0
    for batch in iterator:
        result, done = function(batch), done + 1
        if done == count:
            break
    if not done:
        raise StopIteration
    return result, done


def _call(concrete, batch):
    return concrete.call_flat(_flat(batch))


def _flat(batch):
    return [t for t in nest.components(batch) if t is not None]


class Loop:
    """Many runs of a traced step over rows of arrays, as one compiled program."""

    def __init__(self, concrete):
        self.concrete = concrete
        self._step = jax.jit(concrete.program.checked)  # traced once for all uses below
        self._program: Any = None  # `steps`, compiled
        self._flaws = []  # for each dispatch of this `advance`: whether an op met bad values
        self._prepared: Any = None  # the adapter for whose batches all is compiled

    def steps(self, states, captured, data, order, first, count, rows):
        """After `count` steps of `rows` rows from `first` on: (states, outputs of the last step,
        whether an op met values that it refuses)."""

        def batch(i):
            picked = lax.dynamic_slice_in_dim(order, first + i * rows, rows)
            return [a.at[picked].get(mode="promise_in_bounds") for a in data] + captured

        def step(i, carry):
            states, _, before = carry
            outputs, new, flaw = self._step(batch(i), states)
            states = list(states)
            for position, value in zip(self.concrete.program.written, new):
                states[position] = value
            return states, outputs, None if flaw is None else before | flaw

        shapes, _, flaw = jax.eval_shape(self._step, jax.eval_shape(batch, 0), states)
        outputs = [jnp.zeros(s.shape, s.dtype) for s in shapes]
        flaw = None if flaw is None else jnp.array(False)
        return lax.fori_loop(0, count, step, (states, outputs, flaw))

    def advance(self, batches, count, expected):
        """Runs up to `count` steps, of the `expected` ones, from where `batches` stands; as
        `Step.many`.

        A smaller last batch is a step of its own.
        """
        adapter, position = batches.adapter, batches.position
        cells, self._flaws = self.concrete.captured_arrays()[1], []
        before = [cell.value for cell in cells]
        self._compile_for_rest(batches, expected)
        full = (adapter.num_samples - position) // adapter.batch_size
        rows = adapter.batch_size if full else adapter.num_samples - position
        if not rows:
            raise StopIteration
        done = min(count, full) if full else 1
        data = adapter.on_device(), batches.order
        outputs = self._dispatch(*data, position, done, rows, expected)
        batches.position += done * rows
        rest = adapter.num_samples - batches.position
        if 0 < rest < adapter.batch_size and done < count:
            outputs = self._dispatch(*data, batches.position, 1, rest, expected)
            batches.position += rest
            done += 1
        if any(flaw.item() for flaw in self._flaws):
            for cell, value in zip(cells, before):
                cell.value = value
            self._replay(batches, position)
        return self.concrete.structured([EagerTensor(a) for a in outputs]), done

    def _replay(self, batches, position):
        """Runs the batches since `position` one by one: that with values refused raises."""
        size, program = batches.adapter.batch_size, self.concrete.program
        tensors, cells = self.concrete.captured_arrays()
        for start in range(position, batches.position, size):
            picked = batches.order[start : min(start + size, batches.position)]
            program([a[picked] for a in batches.adapter.on_device()] + tensors, cells)

    def _compile_for_rest(self, batches, expected):
        """Compiles the smaller last step with the first, which a progress bar does not time."""
        adapter = batches.adapter
        rest = adapter.num_samples % adapter.batch_size
        if not batches.position and rest and adapter is not self._prepared:
            self._prepared = adapter
            self._dispatch(adapter.on_device(), batches.order, 0, 0, rest, expected)

    def _dispatch(self, data, order, first, count, rows, expected):
        tensors, cells = self.concrete.captured_arrays()
        states = [cell.value for cell in cells]
        if self._program is None:
            traced = self.trace(data, tensors, states, rows)
            self._program = Compiled(self.steps, work(traced.jaxpr), static_argnames="rows")
        run = self._program.to_run(count, expected)
        after, outputs, flaw = run(states, tensors, data, order, first, count, rows)
        program = self.concrete.program
        program.await_effects()
        self._flaws += [] if flaw is None else [flaw]
        for position in program.written:
            cells[position].value = after[position]
        return outputs

    def trace(self, data, tensors, states, rows):
        """A step of `rows` rows, as JAX has traced it."""
        batch = [jax.ShapeDtypeStruct((rows, *a.shape[1:]), a.dtype) for a in data]
        return self._step.trace(batch + tensors, states)


class Pace:
    """How many steps to run before Python looks again.

    Where somebody watches each batch: `stride`. Else as many as take about `seconds`, so that a
    progress bar moves and an interruption (Ctrl-C) is heard.
    """

    def __init__(self, stride, every_batch, drawing):
        self.stride, self.every_batch = stride, every_batch
        self.seconds = 0.1 if drawing else 1.0
        self._first_alone = drawing
        self._rate = None  # steps per second
        self._started = 0.0

    def start_epoch(self):
        """A progress bar shows the first step at once."""
        self._alone = self._first_alone

    def count(self):
        """How many steps to run now."""
        self._started = time.perf_counter()
        if self.every_batch or self._alone:
            self._alone = False
            return self.stride
        if self._rate is None:
            return 8 * self.stride
        return max(self.stride, int(self._rate * self.seconds) // self.stride * self.stride)

    def whole_strides(self, steps):
        """`steps`, with those that the last stride would have taken had the data lasted."""
        return math.ceil(steps / self.stride) * self.stride

    def took(self, done, result):
        """Told that `done` steps have been dispatched; waits for their `result`."""
        if self.every_batch:
            return
        jax.block_until_ready([t._value for t in nest.flatten(result) if isinstance(t, Tensor)])
        self._rate = done / (time.perf_counter() - self._started)
