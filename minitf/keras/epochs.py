"""The data of `fit` as epochs: which batches belong to the present one, and when to validate."""

import functools
import math
import warnings
from typing import Any

from minitf.keras.adapters import adapt
from minitf.keras.engine import Step


class Epochs:
    """Epochs over data: which batches belong to the present one.

    With `steps_per_epoch` a pass over the data goes on in the next epoch; without, every epoch is
    a pass.
    """

    def __init__(self, adapter, steps_per_epoch=None):
        self.adapter, self.steps_per_epoch = adapter, steps_per_epoch
        self.size = adapter.num_batches  # of one pass, None where unknown
        self.reset()

    def reset(self):
        """Let the next epoch start a new pass."""
        self._pass: Any = None
        self._seen = 0  # batches of this pass
        self.adapter.on_epoch_end()

    @property
    def num_batches(self):
        """The batches of an epoch, None where unknown."""
        return self.steps_per_epoch or self.size

    def run(self, function, pace, begin, end, left=1):
        """Run `function` over an epoch's batches; `begin(step)` and `end(step, result)` around it.

        `end` returns True to stop the epoch. So many epochs are `left`, as far as is known.
        Returns the last result.
        """
        self.adapter.on_epoch_begin()
        pace.start_epoch()
        limit = self.num_batches
        if isinstance(function, Step) and limit is not None:
            function.expected = left * limit
        if self._pass is None or self.steps_per_epoch is None or limit is None:
            self._start_pass()
        result, step = None, 0
        try:
            while limit is None or step < limit:
                if self._is_over():
                    if self.steps_per_epoch:
                        self._warn()
                    break
                left = math.inf if limit is None else limit - step
                begin(step)
                result, done = self._advance(function, min(pace.count(), left))
                pace.took(done, result)
                step, self._seen = step + done, self._seen + done
                if end(pace.whole_strides(step) - 1, result):
                    break
        except StopIteration:
            if self.size is None:
                self.size = step
            self._warn()
            self._pass = None
        if self._is_over():
            self._pass = None
            if self.steps_per_epoch is None:
                self.adapter.skip()
        self.adapter.on_epoch_end()
        return result

    def _start_pass(self):
        self._pass, self._seen = self.adapter.start(), 0

    def _is_over(self):
        return self.size is not None and self._seen >= self.size

    def _advance(self, function, count):
        if isinstance(function, Step):
            left = count if self.size is None else self.size - self._seen
            return function.many(self._pass, min(count, left))
        return function(self._pass), count  # a user's own train_function

    @staticmethod
    def _warn():
        warnings.warn(
            "Your input ran out of data; interrupting training. Make sure that your dataset or "
            "generator can generate at least `steps_per_epoch * epochs` batches. You may need to "
            "use the `.repeat()` function when building your dataset.",
            stacklevel=4,
        )


class Validation:
    """The validation data of a `fit`.

    Args:
      data: `(x, y, sample_weight)`, or a source of batches and two times None.
      freq: validate after so many epochs each, or a list of the epochs to validate after.
    """

    def __init__(self, data, batch_size, steps, freq):
        self._data, self._batch_size, self._steps, self._freq = data, batch_size, steps, freq
        self.left = 1  # epochs that may end with it

    @functools.cached_property
    def epochs(self):
        """The `Epochs` of the data, which are looked at when they are first needed."""
        return Epochs(adapt(*self._data, self._batch_size, self._steps), self._steps)

    @property
    def is_whole(self):
        """Whether every epoch ends with a pass over all of the data."""
        return self._freq == 1 and not self._steps

    def falls_due(self, epoch):
        """Whether to validate after so many epochs."""
        if isinstance(self._freq, int):
            return epoch % self._freq == 0
        if isinstance(self._freq, list):
            return epoch in self._freq
        raise ValueError(
            "Expected `validation_freq` to be a list or int. Received: "
            f"validation_freq={self._freq} of the type {type(self._freq)}."
        )

    def logs(self, model, callbacks):
        """What `model.evaluate` says of the data, as logs of `fit`."""
        x, y, sample_weight = self._data
        results = model.evaluate(
            x=x, y=y, sample_weight=sample_weight, batch_size=self._batch_size, steps=self._steps,
            callbacks=callbacks, return_dict=True, _use_cached_eval_dataset=True,
        )  # fmt: skip
        return {f"val_{name}": value for name, value in results.items()}
