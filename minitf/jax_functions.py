"""From TensorFlow's functions to JAX's, and back.

`to_jax` gives what a function or model computes as a pure function of a pytree of state and of
arrays: `jax.jit`, `jax.grad`, `jax.vmap` and sharding take it as they take any other. `from_jax`
makes of a JAX function one that takes and returns tensors, with gradients, eagerly and in graphs.
"""

import functools

import jax
import numpy as np

from minitf import nest
from minitf.core.convert import as_tensor
from minitf.core.dispatch import execute
from minitf.core.frames import stack
from minitf.core.registry import NeedsValue, Op
from minitf.core.tensor import Tensor
from minitf.function import Function
from minitf.scopes import distinct
from minitf.specs import TensorSpec


def to_jax(function, *specs, **options):
    """(pure function, state): what `function` computes, for JAX.

    Args:
      function: a Python function on tensors, a `tf.function`, a module or a model.
      specs: for each argument a `TensorSpec`, an array or a `jax.ShapeDtypeStruct`, or a structure
        of them; anything else is a fixed value.
      options: fixed keyword arguments, such as `training=True`.

    Returns:
      `pure(state, *arguments) -> (result, state)`, on arrays, and the state as it is now: a dict
      that has the value of each variable, and of each random generator, by name. The state that
      `pure` returns has what was assigned; the variables themselves stay as they are.

    Raises:
      TypeError: the function cannot be compiled, since it calls Python while it runs.

    >>> import jax
    >>> import minitf as tf
    >>> w = tf.Variable(3.0, name="w")
    >>> pure, state = tf.to_jax(lambda x: w * x * x, tf.TensorSpec([], tf.float32))
    >>> state
    {'w': Array(3., dtype=float32)}
    >>> jax.grad(lambda state, x: pure(state, x)[0])(state, 2.0)
    {'w': Array(4., dtype=float32)}
    """
    traced = function if isinstance(function, Function) else Function(function)
    specs = jax.tree.map(_as_spec, specs, is_leaf=lambda x: x is None)
    concrete = traced.get_concrete_function(*specs, **options)
    program = concrete.program
    captured, cells = concrete.captured_arrays()
    names = _names(function, concrete, len(cells))
    like = [t.dtype.np for t in concrete.inputs[: concrete.num_given]]

    def pure(state, *arguments):
        leaves = [x for x, s in zip(_leaves(specs, arguments), nest.flatten(list(specs)))
                  if isinstance(s, TensorSpec)]  # fmt: skip
        arrays = [jax.numpy.asarray(x, dtype) for x, dtype in zip(leaves, like)]
        try:
            outputs, new = program.pure([*arrays, *captured], [state[n] for n in names])
        except NeedsValue as error:
            raise TypeError(
                f"{concrete.name.decode()} cannot become a JAX function: {error} needs values "
                "while it runs."
            ) from error
        result = concrete.structured(outputs)
        return result, {**state, **{names[i]: value for i, value in new.items()}}

    return pure, {n: jax.numpy.asarray(c.value) for n, c in zip(names, cells)}


def _as_spec(x):
    """The spec of an array or of a `jax.ShapeDtypeStruct`."""
    if isinstance(x, Tensor | np.ndarray | jax.Array | jax.ShapeDtypeStruct):
        return TensorSpec(x.shape, x.dtype)
    return x


def _leaves(specs, arguments):
    if len(arguments) != len(specs):
        raise TypeError(f"The function takes {len(specs)} arguments, not {len(arguments)}.")
    return nest.flatten_up_to(list(specs), list(arguments), check_types=False)


def _names(function, concrete, count):
    """A name of its own for each cell that the function works on; a model says its paths."""
    variables = (*concrete.variables, *getattr(function, "variables", ()))
    by_handle = {id(v.handle): v for v in variables}
    names = []
    for handle in concrete.captured[len(concrete.captured) - count :]:
        variable = by_handle.get(id(handle))
        names.append("random" if variable is None else getattr(
            variable, "path", variable.name.removesuffix(":0")))  # fmt: skip
    return distinct(names)


def from_jax(function):
    """A function on tensors that does what `function` does on JAX arrays, with its gradients.

    Tensors, variables and arrays among its arguments may stand in any pytree; what else there is
    reaches `function` as it is. The results are tensors, in the pytree that `function` returns.

    >>> import jax
    >>> import minitf as tf
    >>> smooth = tf.from_jax(jax.nn.softplus)
    >>> x = tf.Variable([0.0, 1.0])
    >>> with tf.GradientTape() as tape:
    ...     y = tf.reduce_sum(smooth(x))
    >>> tape.gradient(y, x).numpy().round(3)
    array([0.5  , 0.731], dtype=float32)
    """
    ops = {}

    @functools.wraps(function)
    def on_tensors(*args, **kwargs):
        leaves, tree = jax.tree.flatten((args, kwargs), is_leaf=_is_array)
        fixed = tuple([_ARRAY if _is_array(x) else x for x in leaves])
        key = tree, fixed
        if key not in ops:
            ops[key] = _Called(function, tree, fixed)
        called = ops[key]
        tensors = [as_tensor(x, stack.frame) for x in leaves if _is_array(x)]
        name = getattr(function, "__name__", "").strip("<>")  # that of a lambda is no name
        results = execute(called.op, tuple(tensors), (), name or None)
        return jax.tree.unflatten(called.tree, results)

    return on_tensors


_ARRAY = object()  # stands for an array among the leaves of the arguments


def _is_array(x):
    return isinstance(x, Tensor | np.ndarray | np.generic | jax.Array) or hasattr(
        x, "__tf_tensor__") or hasattr(x, "__tf_execute__")  # fmt: skip


class _Called:
    """A JAX function for arguments of one structure, as an op."""

    def __init__(self, function, tree, fixed):
        self._function, self._given, self._fixed = function, tree, fixed
        self.tree = None  # of the results, known once the function was called
        self.op = Op("XlaCallModule", self._call, "?*", num_outputs=None)

    def _call(self, *arrays):
        arrays = iter(arrays)
        leaves = [next(arrays) if x is _ARRAY else x for x in self._fixed]
        args, kwargs = jax.tree.unflatten(self._given, leaves)
        results, self.tree = jax.tree.flatten(self._function(*args, **kwargs))
        return tuple(map(jax.numpy.asarray, results))
