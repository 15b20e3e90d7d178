"""Functions with a gradient of their own: `custom_gradient`, `recompute_grad`, ...

The function runs outside the tape's sight; what the tape sees is one identity op on its results,
whose gradient is the one that was given.
"""

import functools
import inspect

from minitf import nest
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.gradients import ZEROS_LIKE, densify
from minitf.core.registry import define
from minitf.tape import GradientTape

# The results come first, then what they depend on: (results..., inputs...) -> results.
CUSTOM = define(
    "CustomGradient",
    lambda *tensors, count: tuple(tensors[:count]),
    "?*",
    num_outputs=None,
    resource=True,
    infer=lambda inputs, attrs: [(t.shape, t.dtype) for t in inputs[: attrs[0]]],
)


def custom_gradient(f=None):
    """Decorates a function that returns `(result, gradient function)`.

    The gradient function takes a gradient for each result and returns one for each argument. Where
    `f` reads trainable variables it must have a parameter `variables`, and return `(gradients of
    arguments, gradients of variables)`.

    Raises:
      TypeError: `f` reads variables and its gradient function takes no `variables`.
      ValueError: the number of gradients is not that of the arguments.

    >>> import minitf as tf
    >>> @tf.custom_gradient
    ... def clip_gradient(x):
    ...     return x, lambda dy: tf.minimum(dy, 0.5)
    >>> x = tf.constant(3.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = clip_gradient(x) * 2.0
    >>> tape.gradient(y, x).numpy()
    np.float32(0.5)
    """
    if f is None:
        return custom_gradient

    @functools.wraps(f)
    def decorated(*args, **kwargs):
        return _call(f, args, kwargs)

    return decorated


def _call(f, args, kwargs):
    args = nest.map_structure(
        lambda x: x if hasattr(x, "handle") else convert_to_tensor(x), list(args)
    )
    inputs = nest.flatten(args)
    frame = stack.frame
    with _Accessed(frame) as accessed:
        result, gradient = f(*args, **kwargs)
    own = {id(x) for x in inputs}
    variables = [v for v in accessed.variables if id(v) not in own]
    takes = inspect.signature(gradient).parameters
    any_keyword = any(p.kind is p.VAR_KEYWORD for p in takes.values())
    if variables and "variables" not in takes and not any_keyword:
        raise TypeError(
            "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since function "
            f"uses variables: {variables}"
        )
    results = [convert_to_tensor(t) for t in nest.flatten(result)]
    dependencies = [x.handle if hasattr(x, "handle") else x for x in (*inputs, *variables)]
    for variable in (*(x for x in inputs if hasattr(x, "handle")), *variables):
        if variable.trainable:
            for tape in frame.tapes:
                tape.access(variable)

    def backward(record, cotangents):
        given = [
            execute(ZEROS_LIKE, (t,)) if c is None else densify(c)
            for t, c in zip(record.outputs, cotangents)
        ]
        if variables:
            found, of_variables = gradient(*given, variables=variables)
            of_variables = nest.flatten(of_variables)
            if len(of_variables) != len(variables):
                raise ValueError(
                    "Must return gradient for each variable from @custom_gradient grad_fn."
                )
        else:
            found, of_variables = gradient(*given), []
        found = nest.flatten(found)
        if len(found) != len(inputs):
            raise ValueError(
                f"custom_gradient function expected to return {len(inputs)} gradients, but "
                f"returned {len(found)} instead."
            )
        return [*[None] * len(results), *found, *of_variables]

    outputs = execute(CUSTOM, (*results, *dependencies), (len(results),), "IdentityN", backward)
    return nest.pack_sequence_as(result, outputs) if nest.is_nested(result) else outputs[0]


class _Accessed:
    """Stops the tapes of a frame, and remembers which trainable variables are read meanwhile."""

    def __init__(self, frame):
        self._frame, self.variables = frame, []

    def __enter__(self):
        self._before, self._frame.tapes = self._frame.tapes, [self]
        return self

    def __exit__(self, *exception):
        self._frame.tapes = self._before

    def access(self, variable):
        if not any(v is variable for v in self.variables):
            self.variables.append(variable)

    def record(self, record):
        """Nothing: what is computed here has the gradient that is given."""

    def tracks(self, inputs):
        return False


def recompute_grad(f):
    """`f`, which is computed again when its gradient is, so that nothing need be kept till then.

    >>> import minitf as tf
    >>> x = tf.constant(3.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = tf.recompute_grad(lambda x: x * x)(x)
    >>> tape.gradient(y, x).numpy()
    np.float32(6.0)
    """

    @custom_gradient
    def inner(*args, **kwargs):
        result = f(*args, **kwargs)

        def gradient(*cotangents, variables=None):
            with GradientTape() as tape:
                tape.watch([x for x in nest.flatten(args) if x.dtype.is_floating])
                again = f(*args, **kwargs)
            targets = nest.flatten(again)
            found = tape.gradient(targets, [nest.flatten(list(args)), list(variables or ())],
                                  output_gradients=list(cotangents))  # fmt: skip
            return (found[0], found[1]) if variables else found[0]

        return result, gradient

    return functools.wraps(f)(inner) if hasattr(f, "__name__") else inner


def grad_pass_through(f):
    """`f` with the gradient of the identity.

    >>> import minitf as tf
    >>> x = tf.constant(3.7)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = tf.grad_pass_through(tf.round)(x)
    >>> tape.gradient(y, x).numpy()
    np.float32(1.0)
    """

    @custom_gradient
    def inner(*args, **kwargs):
        def gradient(*cotangents, variables=None):
            if variables is not None:
                return cotangents, [None] * len(variables)
            return cotangents

        return f(*args, **kwargs), gradient

    return inner
