"""TensorFlow's seed rules: which two seeds a stateful random op gets, and where its stream stands.

A random op takes its first seed from the *scope* it is made in (eager mode, or a graph) and its
second from the caller's `seed=` argument:

    scope seed  op seed   the pair
    no          no        (None, None): a fresh random stream
    no          yes       (87654321, op seed)
    yes         yes       (scope seed, op seed)
    yes         no        (scope seed, drawn by the scope)

Eager mode draws from Python's `random.Random(scope seed)`; a graph counts 0, 1, 2, ... the ops
that asked it, not its operations. A graph belongs to one scope: a function's graph, and each
branch or body inside it, starts a count of its own and inherits the scope seed of the place where
it is traced. Setting a seed later changes no graph that exists.

`SeedState` holds these rules; `Streams` remembers how far each kernel has read its stream.
"""

import random
import secrets

import numpy as np

DEFAULT_GRAPH_SEED = 87654321
_MAX_INT32 = 2**31 - 1


class SeedState:
    """The seed of one scope: eager mode (`graph=False`) or one graph.

    >>> state = SeedState()
    >>> state.op_seed(None), state.op_seed(3)
    ((None, None), (87654321, 3))
    >>> state.set_seed(1)
    >>> state.op_seed(None), state.op_seed(5)
    ((1, 577090037), (1, 5))
    >>> graph = state.for_graph()
    >>> graph.op_seed(None), graph.op_seed(9), graph.op_seed(None)
    ((1, 0), (1, 9), (1, 1))
    """

    def __init__(self, global_seed=None, graph=False):
        self.graph = graph
        self.drawn = 0  # how many ops a graph has given a seed: no call resets it
        self.set_seed(global_seed)

    def set_seed(self, seed):
        """Sets or, with None, clears the scope's seed; eager mode's draws start again.

        In eager mode the caller also clears its `Streams`, as TensorFlow drops its kernels.
        """
        self.global_seed = seed
        if not self.graph:
            try:
                self._random = random.Random(seed)
            except TypeError:  # NumPy integers and 0-d arrays
                self._random = random.Random(int(np.array(seed)))

    def op_seed(self, op_seed=None):
        """The pair (seed, seed2) for an op made now, as `tf.compat.v1.get_seed` returns it."""
        if self.global_seed is None:
            return (None, None) if op_seed is None else _pair(DEFAULT_GRAPH_SEED, op_seed)
        return _pair(self.global_seed, self._draw() if op_seed is None else op_seed)

    def for_graph(self):
        """The state of a graph that is traced in this scope (a function, a branch, a body)."""
        return SeedState(self.global_seed, graph=True)

    def _draw(self):
        if not self.graph:
            return self._random.randint(0, _MAX_INT32)
        self.drawn += 1
        return self.drawn - 1


class Streams:
    """Where each kernel's stream stands: eager mode has one of these, and so has each Session.

    A kernel is any hashable name. Eager mode keys it by op type, attributes (both seeds included)
    and input dtypes, so calls that differ in shape only go on reading one stream. A Session keys
    it by the operation, and a function by the operation in its concrete function.

    >>> streams = Streams()
    >>> streams.take("uniform", 1, 2, 768), streams.take("uniform", 1, 2, 256)
    ((1, 2, 0), (1, 2, 768))
    """

    def __init__(self):
        self._kernels = {}

    def take(self, kernel, seed, seed2, blocks):
        """(seed, seed2, skip) for this call, after which `blocks` more have been read.

        The pair (None, None), or (0, 0), which means the same to TensorFlow's kernels, is replaced
        by random seeds that the kernel then keeps.
        """
        if kernel not in self._kernels:
            if not seed and not seed2:
                seed, seed2 = secrets.randbits(64), secrets.randbits(64)
            self._kernels[kernel] = seed, seed2, 0
        seed, seed2, skip = self._kernels[kernel]
        self._kernels[kernel] = seed, seed2, (skip + blocks) % 2**64
        return seed, seed2, skip

    def clear(self):
        """Forgets all kernels, as setting eager mode's seed does."""
        self._kernels.clear()


def _pair(seed, op_seed):
    seeds = int(seed) % _MAX_INT32, int(op_seed) % _MAX_INT32
    return (0, _MAX_INT32) if seeds == (0, 0) else seeds
