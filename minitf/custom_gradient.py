"""Functions with a gradient of their own: `custom_gradient`, `recompute_grad`, ...

What the function returns passes one identity op, whose gradient is the one that was given. In a
graph, the gradient function is written down beside it as a graph of its own: so it can run where
the function did not, inside a loop that JAX differentiates for example.
"""

import functools
import inspect

import jax
from jax.core import Tracer

from minitf import dtypes, nest
from minitf.concrete import ConcreteFunction
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.frames import stack
from minitf.core.gradients import ZEROS_LIKE, densify
from minitf.core.registry import REGISTRY, Cell, define
from minitf.graphs.func_graph import trace
from minitf.graphs.graph import NAMED_GRADIENTS
from minitf.graphs.interpret import cotangent_of
from minitf.ops.handles import READ
from minitf.tape import GradientTape


class Written:
    """A gradient function as a graph: what it uses of the world around it is an input of it."""

    def __init__(self, rewind, results):
        found = []

        def function(*cotangents):
            found.extend(rewind(cotangents))
            return [convert_to_tensor(densify(g)) for g in found if g is not None]

        body = trace("custom_gradient", function, [(t.shape, t.dtype) for t in results])
        self.connected = [g is not None for g in found]
        self.captured, self.body = body.captured, body
        self.function = ConcreteFunction(body, "custom_gradient")

    def spread(self, gradients):
        """A gradient for each input, None for those that the function gives none for."""
        given = iter(gradients)
        return [next(given) if c else None for c in self.connected]


def _results(*tensors, count, written):
    """The first `count` of `tensors`; then come what they depend on, and what `written` uses."""
    if written is None:
        return tuple(tensors[:count])

    @jax.custom_vjp
    def call(*arrays):
        return arrays[:count]

    def forward(*arrays):
        return call(*arrays), arrays  # by `call`, so that a second gradient is a custom one too

    def rewind(arrays, cotangents):
        captured = arrays[len(arrays) - len(written.captured) :]
        captured = [Cell(a) if t.dtype is dtypes.resource else a
                    for a, t in zip(captured, written.captured)]  # fmt: skip
        with stack.repeat(False):
            gradients = written.spread(written.body([*cotangents, *captured]))
        gradients = [*[None] * count, *gradients, *[None] * len(captured)]
        return tuple(map(cotangent_of, arrays, gradients))

    call.defvjp(forward, rewind)
    return call(*[READ.fn(t) if type(t) is Cell else t for t in tensors])


def _backward(record, cotangents):
    """The gradient of results that were computed in a graph."""
    count, written = record.attrs
    captured = record.inputs[len(record.inputs) - len(written.captured) :]
    given = [*_dense(record.outputs, cotangents), *captured]
    return [*[None] * count, *written.spread(written.function.run(tuple(given)))]


CUSTOM = define(
    "CustomGradient", _results, "?*", num_outputs=None, resource=True, backward=_backward,
    infer=lambda inputs, attrs: [(t.shape, t.dtype) for t in inputs[: attrs[0]]],
)  # fmt: skip


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
            frame.access(variable)

    def rewind(cotangents):
        if variables:
            found, of_variables = gradient(*cotangents, variables=variables)
            of_variables = nest.flatten(of_variables)
            if len(of_variables) != len(variables):
                raise ValueError(
                    "Must return gradient for each variable from @custom_gradient grad_fn."
                )
        else:
            found, of_variables = gradient(*cotangents), []
        found = nest.flatten(found)
        if len(found) != len(inputs):
            raise ValueError(
                f"custom_gradient function expected to return {len(inputs)} gradients, but "
                f"returned {len(found)} instead."
            )
        return [*found, *of_variables]

    def backward(record, cotangents):
        return [*[None] * len(results), *rewind(_dense(record.outputs, cotangents))]

    if frame.is_graph or any(isinstance(getattr(t, "_value", None), Tracer) for t in dependencies):
        written = Written(rewind, results)
        outputs = execute(CUSTOM, (*results, *dependencies, *written.captured),
                          (len(results), written), "IdentityN")  # fmt: skip
    elif variables or any(tape.tracks(dependencies) for tape in frame.tapes):
        outputs = execute(CUSTOM, (*results, *dependencies), (len(results), None), None, backward)
    else:  # as in TensorFlow: where no tape watches an argument, the ops inside are what counts
        outputs = results
    return nest.pack_sequence_as(result, outputs) if nest.is_nested(result) else outputs[0]


def _dense(outputs, cotangents):
    """The cotangents as tensors, zeros where there is none."""
    return [execute(ZEROS_LIKE, (t,)) if c is None else densify(c)
            for t, c in zip(outputs, cotangents)]  # fmt: skip


class _Accessed:
    """Remembers which trainable variables are read in a frame."""

    def __init__(self, frame):
        self._frame, self.variables = frame, []

    def __enter__(self):
        self._frame.tapes = [*self._frame.tapes, self]
        return self

    def __exit__(self, *exception):
        self._frame.tapes = [t for t in self._frame.tapes if t is not self]

    def access(self, variable):
        if not any(v is variable for v in self.variables):
            self.variables.append(variable)

    def record(self, record):
        """What runs is of no interest here."""

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


class RegisterGradient:
    """Gives a gradient function a name, for `Graph.gradient_override_map`.

    >>> import minitf as tf
    >>> @RegisterGradient("Ten")
    ... def ten(op, gradient):
    ...     return 10.0 * gradient
    >>> with tf.Graph().as_default() as graph:
    ...     x = tf.constant(3.0)
    ...     with graph.gradient_override_map({"Identity": "Ten"}):
    ...         y = tf.identity(x)
    ...     [slope] = tf.gradients(y, x)
    >>> tf.compat.v1.Session(graph=graph).run(slope)
    np.float32(10.0)

    Raises:
      TypeError: the name is no string.
      KeyError: the name has a gradient, or is an op's, whose gradient cannot be replaced.
    """

    def __init__(self, op_type):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f):
        """Registers `f(op, *gradients)`, which returns a gradient for each input of the op."""
        if self._op_type in NAMED_GRADIENTS or self._op_type in REGISTRY:
            raise KeyError(f"Registering two gradient with name {self._op_type!r}!")

        def backward(record, cotangents):
            found = f(record, *cotangents)
            return list(found) if isinstance(found, list | tuple) else [found]

        NAMED_GRADIENTS[self._op_type] = backward
        return f


def no_gradient(op_type):
    """Says that ops of the type `op_type` have no gradient.

    Raises:
      TypeError: the name is no string.
      KeyError: the name has a gradient, or is an op's.
    """
    RegisterGradient(op_type)(lambda op, *gradients: [None] * len(op.inputs))
