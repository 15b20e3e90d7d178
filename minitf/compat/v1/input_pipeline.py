"""Input pipelines of queues: names of files, slices, batches, shuffled batches.

Each function makes a queue, a queue runner that fills it, and the tensors that are taken out. The
program starts the runners with `start_queue_runners`.
"""

import glob

import numpy as np

from minitf import dtypes
from minitf.compat.v1 import summary
from minitf.compat.v1.queue_runner import QueueRunner, add_queue_runner
from minitf.compat.v1.queues import FIFOQueue, PaddingFIFOQueue, RandomShuffleQueue
from minitf.compat.v1.variables import VariableV1
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.registry import define
from minitf.ops.array import constant, identity
from minitf.ops.array import range as range_tensor
from minitf.ops.gathering import gather
from minitf.ops.math import cast
from minitf.ops.random import shuffle as random_shuffle
from minitf.scopes import name_scope


def match_filenames_once(pattern, name=None):
    """A local variable: the names of the files that match the pattern when it is initialised."""
    patterns = [pattern] if isinstance(pattern, str) else list(pattern)
    found = execute(_MATCHING, (convert_to_tensor(patterns),), ())
    return VariableV1(found, False, ["local_variables"], validate_shape=False,
                      name=name or "matching_filenames")  # fmt: skip


_MATCHING = define(
    "MatchingFiles",
    lambda patterns: np.array(
        sorted(p.encode() for x in patterns for p in glob.glob(x.decode())), object),
    "S", host=True, infer=lambda inputs, attrs: [(inputs[0].shape[:0].concatenate([None]),
                                                  dtypes.string)])  # fmt: skip


def limit_epochs(tensor, num_epochs=None, name=None):
    """`tensor`, which may be evaluated `num_epochs` times; OutOfRangeError after that.

    Raises:
      ValueError: `num_epochs` is not positive.
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with name_scope(name or "limit_epochs"):
        epochs = VariableV1(constant(0, dtypes.int64), False, ["local_variables"], name="epochs")
        counted = epochs.count_up_to(num_epochs)
        with stack.frame.control_dependencies([counted]):
            return identity(convert_to_tensor(tensor), name="limit_epochs")


def input_producer(input_tensor, element_shape=None, num_epochs=None, shuffle=True, seed=None,
                   capacity=32, shared_name=None, summary_name=None, name=None,
                   cancel_op=None):  # fmt: skip
    """A queue of the rows of `input_tensor`, in a new random order each time if `shuffle`.

    Raises:
      ValueError: the shape of the rows is not known.
    """
    with name_scope(name or "input_producer"):
        input_tensor = convert_to_tensor(input_tensor)
        shape = input_tensor.shape[1:].merge_with(element_shape)
        if not shape.is_fully_defined():
            raise ValueError("Either `input_tensor` must have a fully defined shape or "
                             "`element_shape` must be specified")  # fmt: skip
        rows = random_shuffle(input_tensor, seed=seed) if shuffle else input_tensor
        rows = limit_epochs(rows, num_epochs)
        queue = FIFOQueue(capacity, [input_tensor.dtype.base_dtype], [shape])
        add_queue_runner(QueueRunner(queue, [queue.enqueue_many([rows])], cancel_op=cancel_op))
        if summary_name is not None:
            _show_fill(queue, summary_name, capacity)
        return queue


def _show_fill(queue, name, capacity):
    filled = cast(queue.size(), dtypes.float32) * (1.0 / capacity)
    summary.scalar(f"queue/{queue.name}/{name}", filled)


def string_input_producer(string_tensor, num_epochs=None, shuffle=True, seed=None, capacity=32,
                          shared_name=None, name=None, cancel_op=None):  # fmt: skip
    """A queue of strings, such as the names of files.

    Raises:
      ValueError: no strings.
    """
    if isinstance(string_tensor, list | tuple) and not string_tensor:
        raise ValueError("string_input_producer requires a non-null input tensor")
    with name_scope(name or "input_producer"):
        return input_producer(convert_to_tensor(string_tensor, dtypes.string), [], num_epochs,
                              shuffle, seed, capacity, shared_name,
                              f"fraction_of_{capacity}_full", None, cancel_op)  # fmt: skip


def range_input_producer(limit, num_epochs=None, shuffle=True, seed=None, capacity=32,
                         shared_name=None, name=None):  # fmt: skip
    """A queue of the integers from 0 to `limit` - 1."""
    with name_scope(name or "input_producer"):
        return input_producer(range_tensor(limit), [], num_epochs, shuffle, seed, capacity,
                              shared_name, f"fraction_of_{capacity}_full")  # fmt: skip


def slice_input_producer(tensor_list, num_epochs=None, shuffle=True, seed=None, capacity=32,
                         shared_name=None, name=None):  # fmt: skip
    """For each tensor of the list its next row; all of the same number.

    Raises:
      ValueError: no tensors.
    """
    if not tensor_list:
        raise ValueError("Expected at least one tensor in slice_input_producer().")
    with name_scope(name or "input_producer"):
        tensors = [convert_to_tensor(t) for t in tensor_list]
        queue = range_input_producer(tensors[0].shape[0], num_epochs, shuffle, seed, capacity,
                                     shared_name)  # fmt: skip
        index = queue.dequeue()
        return [gather(t, index) for t in tensors]


# Batches ------------------------------------------------------------------------------------------


def _flat(tensors):
    """(list of tensors, function that gives a list their structure: list, tuple or dict)."""
    if isinstance(tensors, dict):
        names = sorted(tensors)
        return [convert_to_tensor(tensors[n]) for n in names], lambda out: dict(zip(names, out))
    if isinstance(tensors, list | tuple):
        return [convert_to_tensor(t) for t in tensors], list
    return [convert_to_tensor(tensors)], lambda out: out[0]


def _batched(pieces, batch_size, capacity, enqueue_many, shapes, partial, make_queue, name,
             summary_name):  # fmt: skip
    """Batches of what the lists of tensors in `pieces` give, each from a thread of its own."""
    flat = [_flat(piece)[0] for piece in pieces]
    structure = _flat(pieces[0])[1]
    with name_scope(name):
        kinds = [t.dtype for t in flat[0]]
        if shapes is None:
            shapes = [t.shape[1:] if enqueue_many else t.shape for t in flat[0]]
        queue = make_queue(kinds, shapes)
        put = queue.enqueue_many if enqueue_many else queue.enqueue
        add_queue_runner(QueueRunner(queue, [put(list(tensors)) for tensors in flat]))
        _show_fill(queue, summary_name, capacity)
        take = queue.dequeue_up_to if partial else queue.dequeue_many
        found = take(batch_size, name=name)
    return structure(found if isinstance(found, list) else [found])


def _fifo(capacity, dynamic_pad):
    make = PaddingFIFOQueue if dynamic_pad else FIFOQueue
    return lambda kinds, shapes: make(capacity, kinds, shapes)


def batch(tensors, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None,
          dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None,
          name=None):  # fmt: skip
    """Batches of `tensors`, which a queue runner evaluates again and again.

    Args:
      tensors: a list or dictionary of tensors: one element, or with `enqueue_many` many.
      dynamic_pad: fill up with zeros where shapes have unknown sizes.
      allow_smaller_final_batch: give what is left when the queue is closed.
    """
    return _batched([tensors] * num_threads, batch_size, capacity, enqueue_many, shapes,
                    allow_smaller_final_batch, _fifo(capacity, dynamic_pad), name or "batch",
                    f"fraction_of_{capacity}_full")  # fmt: skip


def batch_join(tensors_list, batch_size, capacity=32, enqueue_many=False, shapes=None,
               dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None,
               name=None):  # fmt: skip
    """As `batch`, with a thread for each of the lists of tensors."""
    return _batched(tensors_list, batch_size, capacity, enqueue_many, shapes,
                    allow_smaller_final_batch, _fifo(capacity, dynamic_pad), name or "batch_join",
                    f"fraction_of_{capacity}_full")  # fmt: skip


def _shuffled(capacity, min_after_dequeue, seed):
    least = int(min_after_dequeue)
    return lambda kinds, shapes: RandomShuffleQueue(capacity, least, kinds, shapes, seed=seed)


def shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, num_threads=1, seed=None,
                  enqueue_many=False, shapes=None, allow_smaller_final_batch=False,
                  shared_name=None, name=None):  # fmt: skip
    """As `batch`, of random elements among those that wait in the queue.

    Args:
      capacity: how many elements wait at most.
      min_after_dequeue: how many are left at least, so that the choice is wide.
    """
    return shuffle_batch_join([tensors] * num_threads, batch_size, capacity, min_after_dequeue,
                              seed, enqueue_many, shapes, allow_smaller_final_batch, shared_name,
                              name or "shuffle_batch")  # fmt: skip


def shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, seed=None,
                       enqueue_many=False, shapes=None, allow_smaller_final_batch=False,
                       shared_name=None, name=None):  # fmt: skip
    """As `shuffle_batch`, with a thread for each of the lists of tensors."""
    spare = capacity - min_after_dequeue
    return _batched(tensors_list, batch_size, capacity, enqueue_many, shapes,
                    allow_smaller_final_batch, _shuffled(capacity, min_after_dequeue, seed),
                    name or "shuffle_batch_join",
                    f"fraction_over_{min_after_dequeue}_of_{spare}_full")  # fmt: skip
