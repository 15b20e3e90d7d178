"""Dropout around a recurrent cell: of what goes in, of what comes out and of its states.

`CellDropout` is what the wrappers of Keras's cells and of TensorFlow 1's share.
"""

import hashlib

from minitf import nest
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor
from minitf.ops.dropout import dropout
from minitf.ops.math import floor
from minitf.ops.random import uniform
from minitf.shapes import TensorShape


class CellDropout:
    """Drops elements of a cell's `"input"`, `"output"` and `"state"`.

    Args:
      keep: for each of the three, how likely an element is kept, in [0, 1].
      sizes: None; or, for variational dropout, the nest of sizes of each of the three: then the
        masks are drawn once, and are those of all times and all examples (Gal and Ghahramani,
        https://arxiv.org/abs/1512.05287).
      dtype: of these masks.
      seed: makes the masks TensorFlow's, each from a seed of its own.
      visitor: tells for a state, or a part of it, whether it may be dropped.

    Raises:
      ValueError: a probability out of range, or variational dropout without a dtype or input size.
      TypeError: `visitor` is no function.

    >>> from minitf.ops.array import ones
    >>> drop = CellDropout({"input": 1.0, "output": 0.5, "state": 1.0}, seed=1)
    >>> sorted(set(drop("output", ones([8, 8])).numpy().ravel().tolist()))
    [0.0, 2.0]
    """

    def __init__(self, keep, sizes=None, dtype=None, seed=None, visitor=None):
        self.keep = {}
        for what, given in keep.items():
            known = static_value(given)
            if known is not None and not 0 <= known <= 1:
                raise ValueError(
                    f"Parameter {what}_keep_prob must be between 0 and 1. Received {known}"
                )
            self.keep[what] = given if known is None else float(known)
        if visitor is not None and not callable(visitor):
            raise TypeError(f"dropout_state_filter_visitor must be callable. Received: {visitor}")
        self._may_drop, self._seed, self._noise = visitor, seed, None
        if sizes is not None:
            if dtype is None:
                raise ValueError("When variational_recurrent=True, dtype must be provided")
            if self._drops("input") and sizes["input"] is None:
                raise ValueError("When variational_recurrent=True and input_keep_prob < 1.0 or is "
                                 "unknown, input_size must be provided")  # fmt: skip
            self._noise = {
                what: [uniform([1, *TensorShape(s).as_list()], seed=self._seed_of(what, i),
                               dtype=dtype) for i, s in enumerate(nest.flatten(size))]
                for what, size in sizes.items() if size is not None
            }  # fmt: skip

    def _drops(self, what):
        keep = self.keep[what]
        return not isinstance(keep, float) or keep < 1

    def _seed_of(self, what, number):
        if self._seed is None:
            return None
        text = f"{self._seed}{what}_{number}"
        return int(hashlib.md5(text.encode()).hexdigest()[:8], 16) & 0x7FFFFFFF  # noqa: S324

    def __call__(self, what, values):
        """`values` after dropout."""
        if not self._drops(what):
            return values
        keep, after, flat = self.keep[what], [], nest.flatten(values)
        chosen = [True] * len(flat)
        if what == "state" and self._may_drop is not None:
            chosen = nest.flatten(_asked(self._may_drop, values))
        for i, value in enumerate(flat):
            if not chosen[i]:
                after.append(value)
            elif self._noise is not None:
                mask = floor(keep + self._noise[what][i])
                after.append(convert_to_tensor(value) / keep * mask)
            else:
                after.append(dropout(value, 1 - keep, seed=self._seed_of(what, i)))
        return nest.pack_sequence_as(values, after)


def _asked(visitor, states):
    """A nest like `states` of what `visitor` says of each level: a bool stands for all inside."""
    said = visitor(states)
    if not nest.is_nested(states):
        return bool(said)
    if said is False:
        return nest.map_structure(lambda _: False, states)
    parts = [True] * len(states) if said is True else said
    return [_asked(visitor, state) if asked else nest.map_structure(lambda _: False, state)
            for state, asked in zip(states, parts)]  # fmt: skip
