"""Queues: elements wait in a session between the programs that put them in and take them out.

A queue's operations block while the queue is full or too short; other threads, which run their own
`Session.run`, let them go on. See `queue_runner.py` for such threads.
"""

import threading
from typing import Any

import numpy as np

from minitf import dtypes, errors
from minitf.compat.v1.resources import new_handle, resource_op
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops import philox
from minitf.ops.random import get_seed, new_stream
from minitf.shapes import TensorShape, as_shape

_DRAWN = 64  # random numbers that are drawn at once


class _Elements:
    """What waits in a queue, in a session: tuples of arrays, and who may go on."""

    def __init__(self, number, name, kind, capacity, least, shapes, seeds):
        self.kind, self.name, self.capacity, self.least = kind, f"_{number}_{name}", capacity, least
        self.shapes, self.seeds = shapes, seeds
        self.held: list[Any] = []
        self.changed = threading.Condition()
        self.closed = self.cancelled = False
        self._drawn, self._numbers = 0, []

    def _wait(self, ready):
        while not ready():
            self.changed.wait(0.5)  # a timeout lets Ctrl-C through
        self.changed.notify_all()

    def _named(self):
        return f"{self.kind} '{self.name}' is closed"

    def put(self, element):
        with self.changed:
            self._check_open()
            self._wait(lambda: len(self.held) < self.capacity or self.cancelled)
            if self.cancelled:
                raise errors.CancelledError(None, None, "Enqueue operation was cancelled")
            self.held.append(element)
            self.changed.notify_all()

    def _check_open(self):
        if self.closed or self.cancelled:
            raise errors.CancelledError(None, None, f"{self._named()}.")

    def take(self, count, at_most=False):
        """`count` elements; with `at_most` fewer, but not none, once the queue is closed."""
        with self.changed:
            self._wait(lambda: len(self.held) >= count + (0 if self.closed else self.least)
                       or self.closed or self.cancelled)  # fmt: skip
            keep = 0 if self.closed else self.least
            if len(self.held) < count + keep and not (at_most and self.held):
                if self.cancelled and not self.closed:
                    raise errors.CancelledError(None, None, "Dequeue operation was cancelled")
                raise errors.OutOfRangeError(
                    None, None, f"{self._named()} and has insufficient elements (requested "
                    f"{count}, current size {len(self.held)})"
                )  # fmt: skip
            taken = [self._next() for _ in range(min(count, len(self.held)))]
            self.changed.notify_all()
            return taken

    def _next(self):
        if self.kind == "RandomShuffleQueue":
            at = self._random() % len(self.held)
            self.held[at], self.held[-1] = self.held[-1], self.held[at]
            return self.held.pop()
        if self.kind == "PriorityQueue":
            at = min(range(len(self.held)), key=lambda i: int(self.held[i][0]))
            return self.held.pop(at)
        return self.held.pop(0)

    def _random(self):
        """The next number of TensorFlow's generator for these seeds."""
        if not self._numbers:
            seed, seed2, _ = new_stream(*self.seeds)
            key, counter = philox.stateful_key(seed, seed2, self._drawn)
            drawn = philox.uniform_full_int(key, counter, [_DRAWN], np.uint32)
            self._numbers = np.asarray(drawn).tolist()[::-1]
            self._drawn += _DRAWN // 4  # four numbers a block
        return self._numbers.pop()

    def close(self, cancel):
        with self.changed:
            self.closed = True
            self.cancelled = self.cancelled or cancel
            self.changed.notify_all()

    def cancel(self):
        """Ends all waiting: the session is closed."""
        with self.changed:
            self.cancelled = True
            self.changed.notify_all()


_QUEUE = resource_op("QueueV2", _Elements)


def _enqueue(queue, *components):
    for shape, x in zip(queue.value.shapes, components):
        if shape is not None and not as_shape(shape).is_compatible_with(x.shape):
            raise errors.InvalidArgumentError(
                None, None, f"Shape mismatch in tuple component. Expected {shape}, got "
                f"{list(x.shape)}"
            )  # fmt: skip
    queue.value.put(components)
    return ()


def _enqueue_many(queue, *components):
    for element in zip(*components):
        queue.value.put(tuple(np.asarray(x, c.dtype) for x, c in zip(element, components)))
    return ()


def _dequeue(queue, *, outputs):
    return queue.value.take(1)[0]


def _dequeue_many(queue, count, *, outputs, at_most):
    elements = queue.value.take(int(count), at_most)
    return tuple(
        np.stack([np.asarray(e[i]) for e in elements]) if elements
        else np.empty([0, *(d or 0 for d in shape[1:])], dtype.np)
        for i, (shape, dtype) in enumerate(outputs)
    )  # fmt: skip


def _close(queue, *, cancel):
    queue.value.close(cancel)
    return ()


def _none(inputs, attrs):
    return []


def _as_said(inputs, attrs):
    return list(attrs[0])


def _op(name, fn, types, infer, num_outputs):
    return define(name, fn, types, host=True, resource=True, infer=infer, num_outputs=num_outputs)


_ENQUEUE = _op("QueueEnqueueV2", _enqueue, "r?*", _none, 0)
_ENQUEUE_MANY = _op("QueueEnqueueManyV2", _enqueue_many, "r?*", _none, 0)
_DEQUEUE = _op("QueueDequeueV2", _dequeue, "r", _as_said, None)
_DEQUEUE_MANY = _op("QueueDequeueManyV2", _dequeue_many, "ri", _as_said, None)
_CLOSE = _op("QueueCloseV2", _close, "r", _none, 0)
_SIZE = _op("QueueSizeV2", lambda queue: np.int32(len(queue.value.held)), "r",
            lambda inputs, attrs: [(TensorShape([]), dtypes.int32)], 1)  # fmt: skip
_IS_CLOSED = _op("QueueIsClosedV2", lambda queue: np.array(queue.value.closed), "r",
                 lambda inputs, attrs: [(TensorShape([]), dtypes.bool)], 1)  # fmt: skip


class QueueBase:
    """What all queues have; ValueError where elements do not fit the queue's dtypes or names."""

    _kind = "FIFOQueue"

    def __init__(self, capacity, dtypes, shapes, names, name, least=0, seed=None):
        listed = list(dtypes) if isinstance(dtypes, list | tuple) else [dtypes]
        self._dtypes = [_dtype(d) for d in listed]
        self._shapes = _shapes(shapes, len(self._dtypes))
        self._names = None if names is None else (
            [names] if isinstance(names, str) else list(names))  # fmt: skip
        seeds = _seeds(seed) if self._kind == "RandomShuffleQueue" else ()
        frozen = tuple(None if s.rank is None else tuple(s.as_list()) for s in self._shapes)
        capacity = 2**31 - 1 if capacity < 0 else int(capacity)
        self._handle = new_handle(_QUEUE, name, (self._kind, capacity, least, frozen, seeds))
        self._name = self._handle.op.name if stack.frame.is_graph else "Empty"

    queue_ref = property(lambda self: self._handle)
    name = property(lambda self: self._name)
    dtypes = property(lambda self: self._dtypes)
    shapes = property(lambda self: self._shapes)
    names = property(lambda self: self._names)

    def _components(self, vals, batched):
        if isinstance(vals, dict):
            if self._names is None:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names) != sorted(vals):
                raise ValueError(
                    "Keys in dictionary to enqueue do not match names of Queue.  Dictionary: "
                    f"{sorted(vals)},Queue: {sorted(self._names)}"
                )
            vals = [vals[n] for n in self._names]
        elif self._names is not None:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(vals, list | tuple) or (len(self._dtypes) == 1 and len(vals) != 1):
            vals = [vals]
        if len(vals) != len(self._dtypes):
            raise ValueError(f"Expected {len(self._dtypes)} components, got {len(vals)}")
        tensors = [convert_to_tensor(v, d) for v, d in zip(vals, self._dtypes)]
        for t, shape in zip(tensors, self._shapes):
            got = t.shape[1:] if batched else t.shape
            if not as_shape(shape).is_compatible_with(got):
                raise ValueError(f"Shapes {got} and {shape} are incompatible")
        return tuple(tensors)

    def enqueue(self, vals, name=None):
        """An operation that puts one element in; it waits while the queue is full."""
        tensors = self._components(vals, False)
        return execute(_ENQUEUE, (self._handle, *tensors), (),
                                  name or f"{self.name}_enqueue")  # fmt: skip

    def enqueue_many(self, vals, name=None):
        """An operation that puts in each of the rows of its tensors."""
        tensors = self._components(vals, True)
        return execute(_ENQUEUE_MANY, (self._handle, *tensors), (),
                                  name or f"{self.name}_EnqueueMany")  # fmt: skip

    def dequeue(self, name=None):
        """The next element, a tensor or list of tensors; it waits until there is one."""
        outputs = tuple(zip(map(as_shape, self._shapes), self._dtypes))
        return self._returned(execute(_DEQUEUE, (self._handle,), (outputs,),
                                      name or f"{self.name}_Dequeue"))  # fmt: skip

    def _many(self, n, at_most, name):
        size = None if at_most else n if isinstance(n, int) else convert_to_tensor(n).static_value()
        if any(s.rank is None or not s.is_fully_defined() for s in self._shapes):
            raise ValueError(
                f"QueueDequeueMany of {self.name}: all elements must have known shapes."
            )
        outputs = tuple((TensorShape([size]).concatenate(s), d)
                        for s, d in zip(self._shapes, self._dtypes))  # fmt: skip
        return self._returned(execute(_DEQUEUE_MANY, (self._handle, convert_to_tensor(n)),
                                      (outputs, at_most), name))  # fmt: skip

    def dequeue_many(self, n, name=None):
        """The next `n` elements, each component as one tensor."""
        return self._many(n, False, name or f"{self.name}_DequeueMany")

    def dequeue_up_to(self, n, name=None):
        """As `dequeue_many`; fewer elements once the queue is closed."""
        return self._many(n, True, name or f"{self.name}_DequeueUpTo")

    def _returned(self, tensors):
        if self._names is not None:
            return dict(zip(self._names, tensors))
        return tensors[0] if len(tensors) == 1 else tensors

    def close(self, cancel_pending_enqueues=False, name=None):
        """An operation after which nothing may be put in; what is there can be taken out."""
        return execute(_CLOSE, (self._handle,), (bool(cancel_pending_enqueues),),
                                  name or f"{self.name}_Close")  # fmt: skip

    def is_closed(self, name=None):
        """A bool tensor."""
        return execute(_IS_CLOSED, (self._handle,), (), name or f"{self.name}_is_closed")

    def size(self, name=None):
        """How many elements there are, an int32 tensor."""
        return execute(_SIZE, (self._handle,), (), name or f"{self.name}_Size")


class FIFOQueue(QueueBase):
    """A queue that gives elements back in their order.

    >>> import minitf.compat.v1 as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     queue = tf.FIFOQueue(3, tf.int32)
    ...     session.run(queue.enqueue_many([[1, 2, 3]]))
    ...     print(session.run(queue.dequeue()), session.run(queue.size()))
    1 2
    """

    def __init__(self, capacity, dtypes, shapes=None, names=None, shared_name=None,
                 name="fifo_queue"):  # fmt: skip
        super().__init__(capacity, dtypes, shapes, names, name)


class RandomShuffleQueue(QueueBase):
    """A queue that gives back random elements; `min_after_dequeue` stay until it is closed."""

    _kind = "RandomShuffleQueue"

    def __init__(self, capacity, min_after_dequeue, dtypes, shapes=None, names=None, seed=None,
                 shared_name=None, name="random_shuffle_queue"):  # fmt: skip
        super().__init__(capacity, dtypes, shapes, names, name, int(min_after_dequeue), seed)


class PriorityQueue(QueueBase):
    """A queue that gives back the element with the smallest number first; it comes with it."""

    _kind = "PriorityQueue"

    def __init__(self, capacity, types, shapes=None, names=None, shared_name=None,
                 name="priority_queue"):  # fmt: skip
        types = list(types) if isinstance(types, list | tuple) else [types]
        shapes = [[]] * len(types) if shapes is None else list(shapes)
        super().__init__(capacity, [dtypes.int64, *types], [[], *shapes], names, name)


class PaddingFIFOQueue(QueueBase):
    """A FIFO queue whose batches are filled up with zeros where shapes have unknown sizes."""

    _kind = "PaddingFIFOQueue"

    def __init__(self, capacity, dtypes, shapes, names=None, shared_name=None,
                 name="padding_fifo_queue"):  # fmt: skip
        super().__init__(capacity, dtypes, shapes, names, name)

    def _many(self, n, at_most, name):
        size = n if isinstance(n, int) and not at_most else None
        outputs = tuple((TensorShape([size]).concatenate(s), d)
                        for s, d in zip(self._shapes, self._dtypes))  # fmt: skip
        return self._returned(execute(_DEQUEUE_PADDED, (self._handle, convert_to_tensor(n)),
                                      (outputs, at_most), name))  # fmt: skip


def _dequeue_padded(queue, count, *, outputs, at_most):
    elements = queue.value.take(int(count), at_most)
    return tuple(_padded([np.asarray(e[i]) for e in elements]) for i in range(len(outputs)))


def _padded(arrays):
    sizes = np.max([a.shape for a in arrays], axis=0).astype(int)
    filler = b"" if arrays[0].dtype == object else 0
    return np.stack([
        np.pad(a, [(0, s - d) for s, d in zip(sizes, a.shape)], constant_values=filler)
        if a.ndim else a for a in arrays
    ])  # fmt: skip


_DEQUEUE_PADDED = _op("QueueDequeueManyPadded", _dequeue_padded, "ri", _as_said, None)


def _seeds(seed):
    first, second = get_seed(seed)
    return first or 0, second or 0


def _dtype(dtype):
    return dtypes.as_dtype(dtype).base_dtype


def _shapes(shapes, count):
    if shapes is None:
        return [TensorShape(None)] * count
    shapes = list(shapes) if isinstance(shapes, list | tuple) else [shapes]
    nested = count == len(shapes) and all(
        s is None or isinstance(s, list | tuple | TensorShape) for s in shapes)  # fmt: skip
    shapes = shapes if nested else [shapes]
    if len(shapes) != count:
        raise ValueError(f"Queue shapes must have the same length as dtypes, received "
                         f"{len(shapes)} shapes, {count} dtypes")  # fmt: skip
    return [as_shape(s) for s in shapes]
