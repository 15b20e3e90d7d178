"""Epochs that run ahead of their reports.

Where nobody looks at the model between the epochs of `fit`, many of them, with their validations,
are one compiled program. Python then reads their logs, one epoch's after the other's.
"""

import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from minitf import effort
from minitf.core.checks import any_of
from minitf.keras.callbacks.base import python_logs

MANY = 64  # epochs of one dispatch; fewer than these are not worth a program of their own
_SECONDS = 0.05  # of a dispatch, so that an interruption (Ctrl-C) is heard
_WORK = 2**26  # numbers computed in an epoch that takes about as long
_ROWS = 2**13  # of data for which the orders of `MANY` epochs are still made in no time


class Ahead:
    """The epochs of one `fit`, run before they are reported.

    Attributes:
      seconds: what each of the epochs took that `next` tells of.
    """

    def __init__(self, program, adapters):
        self._program, self._adapters = program, adapters
        self._logs, self._first = [], 0  # of the epochs of one dispatch, from this number on
        self._count = 1  # epochs to run at once
        self.seconds = 0.0

    def next(self, epoch, left):
        """The logs of `epoch`, the next of `left`; None where it must be run by itself."""
        if not self._first <= epoch < self._first + len(self._logs):
            count, start = min(left, self._count), time.perf_counter()
            self._logs, self._first = self._program.run(self._adapters, count, left), epoch
            self.seconds = (time.perf_counter() - start) / count
            self._count = min(MANY, max(1, int(_SECONDS / self.seconds)))
        return self._logs[epoch - self._first] if self._logs else None

    def complete(self, history):
        """Tells a `History` of the epochs that were run when an interruption ended the reports."""
        told = history.epoch[-1] if history.epoch else -1
        for epoch, logs in enumerate(self._logs, self._first):
            if epoch > told:
                history.on_epoch_end(epoch, logs)


class Pass:
    """One pass over all batches of arrays, as a part of a program.

    Args:
      loop: the `Loop` of the step that runs on each batch.
      adapter: the `ArrayAdapter`.
    """

    def __init__(self, loop, adapter):
        self._loop, self._structured = loop, loop.concrete.structured
        self.rows = adapter.num_samples
        self._size = min(adapter.batch_size, self.rows)
        self.tensors, self.cells = loop.concrete.captured_arrays()
        states = [cell.value for cell in self.cells]
        traced = loop.trace(adapter.on_device(), self.tensors, states, self._size)
        self.outputs = traced.out_info[0]
        self.work = effort.work(traced.jaxpr) * adapter.num_batches  # numbers it computes
        self.is_pure = not loop.concrete.program.has_effects

    def run(self, states, tensors, data, order):
        """(states, outputs of the last step, whether an op met values that it refuses)."""
        full, rest = divmod(self.rows, self._size)
        states, outputs, flaw = self._loop.steps(states, tensors, data, order, 0, full, self._size)
        if rest:
            first = full * self._size
            states, outputs, last = self._loop.steps(states, tensors, data, order, first, 1, rest)
            flaw = None if flaw is None else flaw | last
        return states, outputs, flaw

    def logs(self, outputs):
        """The outputs of the last step, or of that of each epoch, by name."""
        return python_logs(self._structured(outputs))


class Program:
    """Epochs as one compiled program. The metrics start anew before each pass.

    Args:
      passes: over the training data and, if there are any, over the validation data.
      fresh: (cell, value) of what the metrics start with.
    """

    def __init__(self, passes, fresh):
        self._passes = passes = list(passes)
        self._cells = list(dict.fromkeys(cell for part in passes for cell in part.cells))
        place = {cell: i for i, cell in enumerate(self._cells)}
        self._places = [[place[cell] for cell in part.cells] for part in passes]
        self._fresh = {place[cell]: value for cell, value in fresh if cell in place}
        self._work = sum(part.work for part in passes)
        self._compiled = effort.Compiled(self._epochs, self._work)

    @property
    def is_worth_it(self):
        """Whether an epoch is short, and has no effects that are seen while it runs."""
        return self._work <= _WORK and all(
            part.is_pure and part.rows <= _ROWS for part in self._passes
        )

    def run(self, adapters, count, left):
        """The logs of `count` epochs, of the `left` ones.

        None at all where an op met values that it refuses: variables stay, metrics start anew.
        """
        orders = [np.zeros((MANY, adapter.num_samples), np.int32) for adapter in adapters]
        for adapter, rows in zip(adapters, orders):
            for i in range(count):
                rows[i] = adapter.order()
        data = [adapter.on_device() for adapter in adapters]
        tensors = [part.tensors for part in self._passes]
        states = [cell.value for cell in self._cells]
        run = self._compiled.to_run(count, left)
        states, outputs, flaw = run(states, tensors, data, orders, count)
        if flaw.item():
            for place, value in self._fresh.items():
                self._cells[place].value = value
            return []
        for cell, value in zip(self._cells, states):
            cell.value = value
        columns = {}
        for prefix, part, own in zip(("", "val_"), self._passes, outputs):
            logs = part.logs([np.asarray(rows) for rows in own])
            columns.update({f"{prefix}{name}": rows for name, rows in logs.items()})
        return [{name: rows[i] for name, rows in columns.items()} for i in range(count)]

    def _epochs(self, states, tensors, data, orders, count):
        """(states, [MANY, ...] outputs of each pass, whether an op met bad values)."""

        def epoch(i, carry):
            states, saved, flaw = carry
            states, outputs, found = self._epoch(states, tensors, data, [o[i] for o in orders])
            saved = jax.tree.map(lambda rows, x: rows.at[i].set(x), saved, outputs)
            return states, saved, flaw if found is None else flaw | found

        outputs = [part.outputs for part in self._passes]
        saved = jax.tree.map(lambda x: jnp.zeros((MANY, *x.shape), x.dtype), outputs)
        return lax.fori_loop(0, count, epoch, (states, saved, jnp.array(False)))

    def _epoch(self, states, tensors, data, orders):
        """(states, outputs of each pass, whether an op met bad values) after one epoch."""
        states, outputs, flaws = list(states), [], []
        for part, places, *given in zip(self._passes, self._places, tensors, data, orders):
            for place, value in self._fresh.items():
                states[place] = value
            own, last, flaw = part.run([states[place] for place in places], *given)
            for place, value in zip(places, own):
                states[place] = value
            outputs.append(last)
            flaws += [] if flaw is None else [flaw]
        return states, outputs, any_of(flaws)
