"""`tf.GradientTape`: remember the ops that ran, then rewind them.

The tape keeps a list of records and the ids of the tensors that depend on what it watches;
`minitf.core.gradients` does the rest.
"""

import collections
import enum
import logging
import operator
from typing import Any

from minitf import dtypes, nest
from minitf.core import gradients
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.tensor import Tensor
from minitf.ops import array, joining
from minitf.ops.functional import vectorized_map

logger = logging.getLogger("tensorflow")
_warned = collections.Counter()


def _warn_first(count, message, *values):
    """Logs a warning the first `count` times that there is reason to."""
    if _warned[message] < count:
        logger.warning(message, *values)
    _warned[message] += 1


class UnconnectedGradients(enum.Enum):
    """What the gradient of a source is that the target does not depend on."""

    NONE = "none"
    ZERO = "zero"


class GradientTape:
    """Records operations for automatic differentiation.

    Args:
      persistent: whether `gradient` may be called more than once.
      watch_accessed_variables: whether trainable variables are watched when they are read.

    >>> import minitf as tf
    >>> x = tf.constant(3.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> tape.gradient(y, x).numpy()
    np.float32(6.0)
    """

    def __init__(self, persistent=False, watch_accessed_variables=True):
        self._persistent = persistent
        self._watch_accessed = watch_accessed_variables
        self._records = []
        self._tracked = set()
        self._kept = []  # what is watched stays alive, so that its id stays its own
        self._variables = {}
        self._frame: Any = None
        self._recording = self._finished = False

    # Recording -----------------------------------------------------------------------------------

    def __enter__(self):
        self._start()
        return self

    def __exit__(self, kind, error, traceback):
        if self._recording:
            self._stop()

    def _start(self):
        if self._recording:
            raise ValueError(
                "Tape is still recording, This can happen if you try to re-enter an "
                "already-active tape."
            )
        self._frame = stack.frame
        self._frame.tapes = [*self._frame.tapes, self]
        self._recording = True

    def _stop(self):
        if not self._recording:
            raise ValueError("Tape is not recording.")
        self._frame.tapes = [t for t in self._frame.tapes if t is not self]
        self._recording = False

    def record(self, record):
        """Remembers `record` if one of its inputs depends on what is watched."""
        tracked = self._tracked
        for x in record.inputs:
            if id(x) in tracked:
                break
        else:
            return
        if record.op_def.differentiable:
            self._records.append(record)
            for o in record.outputs:
                tracked.add(id(o))

    persistent = property(lambda self: self._persistent)

    def tracks(self, inputs):
        """Whether one of `inputs` depends on what is watched."""
        tracked = self._tracked
        return any(id(x) in tracked for x in inputs)

    def access(self, variable):
        """Told by a trainable variable that it is being read."""
        if self._watch_accessed:
            self._watch_variable(variable)

    def _watch_variable(self, variable):
        self._tracked.add(id(self._frame.local(variable.handle)))
        self._variables[id(variable)] = variable

    def watch(self, tensor):
        """Records what depends on `tensor` (a floating tensor, variable or structure of them)."""
        for t in nest.components(tensor):
            if not (isinstance(t, Tensor) or hasattr(t, "handle")):
                raise ValueError(
                    f"Passed in object {t} of type {type(t).__name__!r}, not tf.Tensor or "
                    "tf.Variable or ExtensionType."
                )
            if not (t.dtype.is_floating or t.dtype.is_complex):
                _warn_first(
                    5, "The dtype of the watched tensor must be floating (e.g. tf.float32), got %r",
                    t.dtype,
                )  # fmt: skip
            if hasattr(t, "handle"):
                self._watch_variable(t)
            else:
                t = self._frame.local(t)
                self._tracked.add(id(t))
                self._kept.append(t)

    def watched_variables(self):
        """The variables watched so far, in the order they were first read."""
        return tuple(self._variables.values())

    def reset(self):
        """Forgets everything recorded; ValueError where the tape is not recording."""
        if not self._recording:
            raise ValueError("Tape is not recording.")
        self._records, self._tracked, self._kept, self._variables = [], set(), [], {}

    def stop_recording(self):
        """A context manager inside which the tape does not record."""
        return _Paused(self)

    # Rewinding -----------------------------------------------------------------------------------

    def gradient(self, target, sources, output_gradients=None,
                 unconnected_gradients=UnconnectedGradients.NONE):  # fmt: skip
        """The gradient of `target` (summed where it has axes) with respect to `sources`.

        Returns:
          A structure like `sources`, of tensors, `IndexedSlices`, or None where `target` does not
          depend on the source.

        Raises:
          RuntimeError: a second call on a tape that is not persistent.
        """
        whole_sources = nest.flatten(sources)
        if any(hasattr(type(x), "__composite_gradient__") for x in whole_sources):
            return self._of_composites(target, sources, output_gradients, unconnected_gradients)
        self._check_usable()
        if type(unconnected_gradients) is not UnconnectedGradients:
            unconnected_gradients = UnconnectedGradients(unconnected_gradients)
        if self._recording:
            if not self._persistent:
                self._stop()
            else:
                _warn_first(
                    1, "Calling GradientTape.gradient on a persistent tape inside its context is "
                    "significantly less efficient than calling it outside the context (it causes "
                    "the gradient ops to be recorded on the tape, leading to increased CPU and "
                    "memory usage). Only call GradientTape.gradient inside the context if you "
                    "actually want to trace the gradient in order to compute higher order "
                    "derivatives."
                )  # fmt: skip
        if target is None:
            raise TypeError(
                "Argument `target` should be a list or nested structure of Tensors, "
                "Variables or CompositeTensors to be differentiated, but received None."
            )
        self._finished = True
        flat_targets = [_differentiable(x) for x in nest.flatten(target)]
        flat_sources = [_differentiable(x) for x in whole_sources]
        given = [] if output_gradients is None else nest.flatten(output_gradients)
        given = [getattr(x, "flat_values", x) for x in given]
        given += [None] * (len(flat_targets) - len(given))
        numbers = [(t, g) for t, g in zip(flat_targets, given) if t.dtype is not dtypes.string]
        cotangents = [_cotangent(t, g) for t, g in numbers]
        frame = self._frame or stack.frame
        handles = [frame.local(getattr(s, "handle", s)) for s in flat_sources]
        targets = [frame.local(self._tensor(t)) for t, _ in numbers]
        known = self._tracked.union(map(id, targets))  # other sources were not watched
        handles = [h if id(h) in known else None for h in handles]
        watched = [h for h in handles if h is not None]
        found = iter(gradients.backpropagate(self._records, targets, watched, cotangents))
        results = [None if h is None else next(found) for h in handles]
        if unconnected_gradients is UnconnectedGradients.ZERO:
            results = [execute(gradients.ZEROS_LIKE, (s,)) if g is None else g
                       for g, s in zip(results, flat_sources)]  # fmt: skip
        if not self._persistent:
            self._records = []
        if any(map(operator.is_not, whole_sources, flat_sources)):  # some of them are ragged
            results = [
                g if g is None or whole is s else whole.with_flat_values(g)
                for whole, s, g in zip(whole_sources, flat_sources, results)
            ]
        return nest.pack_sequence_as(sources, results)

    def _check_usable(self):
        if not self._persistent and (self._finished or self._frame is None):
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set "
                "of gradients (or jacobians)"
            )

    def jacobian(self, target, sources, unconnected_gradients=UnconnectedGradients.NONE,
                 parallel_iterations=None, experimental_use_pfor=True):  # fmt: skip
        """The derivative of each element of `target` with respect to each element of `sources`.

        Returns:
          A structure like `sources`, of tensors `[*target.shape, *source.shape]` or None.

        >>> import minitf as tf
        >>> x = tf.constant([1.0, 2.0])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.jacobian(y, x).numpy().tolist()
        [[2.0, 0.0], [0.0, 4.0]]
        """
        self._check_derivable("jacobian", experimental_use_pfor)
        target = convert_to_tensor(target)
        size = array.size(target) if target.shape.num_elements() is None else None
        size = target.shape.num_elements() if size is None else size
        rows = array.reshape(_unit_vectors(size, target.dtype),
                             joining.concat([[-1], array.shape(target)], 0))  # fmt: skip
        found = self._gradients_of_rows(target, nest.flatten(sources), rows, unconnected_gradients)
        shape = array.shape(target)
        found = [
            g if g is None else array.reshape(g, joining.concat([shape, array.shape(g)[1:]], 0))
            for g in found
        ]
        return nest.pack_sequence_as(sources, found)

    def batch_jacobian(self, target, source, unconnected_gradients=UnconnectedGradients.NONE,
                       parallel_iterations=None, experimental_use_pfor=True):  # fmt: skip
        """The Jacobian of each row of `target` with respect to the same row of `source`.

        Returns:
          A tensor `[batch, *target.shape[1:], *source.shape[1:]]`: zeros where unconnected.

        Raises:
          ValueError: the first dimensions differ.
        """
        self._check_derivable("batch_jacobian", experimental_use_pfor)
        target = convert_to_tensor(target)
        if (target.shape.rank is None or source.shape.rank is None
                or not target.shape[:1].is_compatible_with(source.shape[:1])):  # fmt: skip
            raise ValueError(
                f"Need first dimension of target shape ({target.shape}) and source shape "
                f"({source.shape}) to match."
            )
        target.shape.with_rank_at_least(2)
        shape = array.shape(target)
        flat = array.reshape(target, joining.concat([shape[:1], [-1]], 0))
        units = _unit_vectors(array.shape(flat)[1], target.dtype)
        rows = array.expand_dims(units, 1) + array.zeros_like(flat)
        rows = array.reshape(rows, joining.concat([[-1], shape], 0))
        (found,) = self._gradients_of_rows(target, [source], rows, unconnected_gradients)
        if found is None:
            return array.zeros(joining.concat([shape, array.shape(source)[1:]], 0), source.dtype)
        rank = source.shape.rank
        found = array.transpose(found, [1, 0, *range(2, rank + 1)])
        return array.reshape(found, joining.concat([shape, array.shape(source)[1:]], 0))

    def _check_derivable(self, method, use_pfor):
        self._check_usable()
        if not use_pfor and not self._persistent and not stack.frame.is_graph:
            raise RuntimeError(
                "GradientTape must be created with persistent=True to compute the "
                f"{method} with eager execution enabled and with "
                "experimental_use_pfor set to False."
            )

    def _gradients_of_rows(self, target, sources, rows, unconnected_gradients):
        """The gradients of `target` for each of `rows`, taken as output gradients, stacked."""
        connected = []
        if self._recording and not self._persistent:
            self._stop()

        def gradient(row):
            found = self.gradient(target, sources, row, unconnected_gradients)
            connected[:] = [g is not None for g in found]
            return [row, *[gradients.densify(g) for g in found if g is not None]]

        persistent, self._persistent = self._persistent, True
        try:
            _, *found = vectorized_map(gradient, rows)
        finally:
            self._persistent = persistent
        if not persistent:
            self._records = []
        found = iter(found)
        return [next(found) if c else None for c in connected]

    def _of_composites(self, target, sources, *options):
        """The gradients where sources are made of tensors: what is made of their gradients."""

        def rule(x):
            return getattr(type(x), "__composite_gradient__", None)

        def parts(x):
            return rule(x).get_gradient_components(x) if rule(x) else x

        def whole(x, gradient):
            return rule(x).replace_gradient_components(x, gradient) if rule(x) else gradient

        found = self.gradient(target, nest.map_structure(parts, sources), *options)
        return nest.map_structure_up_to(sources, whole, sources, found)

    def _tensor(self, target):
        return target.handle if hasattr(target, "handle") else convert_to_tensor(target)


def _differentiable(x):
    """The tensor in `x` that has a gradient: of a ragged tensor, its values.

    Raises TensorFlow's errors for what can be no target or source.
    """
    if isinstance(x, Tensor) or hasattr(x, "handle") or hasattr(x, "__tf_tensor__"):
        return x
    if hasattr(x, "with_flat_values"):
        return x.flat_values
    if hasattr(x, "_type_spec"):
        raise ValueError(
            f"Type {type(x).__name__} is not supported as a gradient source or gradient target."
        )
    dtypes.as_dtype(getattr(x, "dtype", 1 if isinstance(x, float) else x))
    raise AttributeError(f"{type(x).__name__!r} object has no attribute '_id'")


def _cotangent(target, given):
    """What is given as the gradient of `target`, broadcast to its shape; None stands for ones."""
    if given is None:
        return array.ones_like(target) if hasattr(target, "handle") else None
    given = convert_to_tensor(given)
    if given.shape != target.shape and target.shape.is_fully_defined():
        given = array.broadcast_to(given, target.shape)
    return given


def _unit_vectors(size, dtype):
    return array.one_hot(array.range(size), size, dtype=dtype)


class _Paused:
    def __init__(self, tape):
        self.tape = tape

    def __enter__(self):
        if not self.tape._recording:
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        self.tape._stop()

    def __exit__(self, kind, error, traceback):
        self.tape._start()


class ForwardAccumulator:
    """Forward-mode differentiation: Jacobian-vector products of what is computed inside.

    The gradient is linear in what it is given for the outputs; its own transpose is the
    Jacobian-vector product.

    Args:
      primals: a tensor or variable, or a structure of them.
      tangents: the vector, of the same structure, shapes and dtypes.

    >>> import minitf as tf
    >>> x = tf.constant([2.0, 3.0])
    >>> with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as acc:
    ...     y = x * x
    >>> acc.jvp(y).numpy()
    array([4., 0.], dtype=float32)
    """

    def __init__(self, primals, tangents):
        self._tape = GradientTape(persistent=True, watch_accessed_variables=False)
        nest.assert_same_structure(primals, tangents, check_types=False)
        self._primals = nest.flatten(primals)
        if len(set(map(id, self._primals))) < len(self._primals):
            raise ValueError(
                "A tensor was specified as a primal multiple times. This may indicate an error. "
                "If it was intended, please sum the corresponding tangents."
            )
        self._tangents = [
            convert_to_tensor(t, p.dtype) for t, p in zip(nest.flatten(tangents), self._primals)
        ]
        for primal, tangent in zip(self._primals, self._tangents):
            if not primal.shape.is_compatible_with(tangent.shape):
                raise ValueError(
                    f"Tangent {tangent!r} has shape {tangent.shape}, but the primal {primal!r} has "
                    f"shape {primal.shape}"
                )

    def __enter__(self):
        if self._tape._recording:
            raise ValueError("Accumulator is already recording.")
        self._tape.__enter__()
        self._tape.watch(self._primals)
        return self

    def __exit__(self, *exception):
        if not self._tape._recording:
            raise ValueError("Accumulator is not recording.")
        self._tape.__exit__(*exception)

    def jvp(self, primals, unconnected_gradients=UnconnectedGradients.NONE):
        """The Jacobian-vector product of `primals`, computed inside; None where unconnected."""
        unconnected = UnconnectedGradients(unconnected_gradients)
        recording = self._tape._recording
        if recording:
            self._tape._stop()
        try:
            results = [self._product(t, unconnected) for t in nest.flatten(primals)]
        finally:
            if recording:
                self._tape._start()
        return nest.pack_sequence_as(primals, results)

    def _product(self, target, unconnected):
        for primal, tangent in zip(self._primals, self._tangents):
            if target is primal:
                return tangent
        target = convert_to_tensor(target)
        given = array.zeros_like(target)
        with GradientTape() as transposed:
            transposed.watch(given)
            found = self._tape.gradient(target, self._primals, given)
            pairs = [(gradients.densify(g), t) for g, t in zip(found, self._tangents)
                     if g is not None]  # fmt: skip
        result = None
        if pairs:
            result = transposed.gradient([g for g, _ in pairs], given, [t for _, t in pairs])
        if result is None and unconnected is UnconnectedGradients.ZERO:
            return array.zeros_like(target)
        return result
