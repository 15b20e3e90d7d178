"""What libraries import from TensorFlow's private modules, where no public module has it.

A library that says `from tensorflow.python.framework import smart_cond` gets a module of this
package: the table in `minitf/install.py` says which. This file has helpers of many modules, and
for the rest the names of `tf.compat.v1`, so that it can stand for `array_ops` and its like. It is
`tf.__internal__`, too.
"""

import functools

from minitf import dtypes, nest
from minitf.compat import v1
from minitf.core.dispatch import convert_to_tensor
from minitf.core.frames import EagerFrame, stack
from minitf.core.tensor import EagerTensor, SymbolicTensor
from minitf.custom_gradient import custom_gradient
from minitf.data.dataset import Dataset as DatasetV2
from minitf.data.iterator import Iterator as OwnedIterator
from minitf.ops import array, random
from minitf.ops.cases import first_true
from minitf.ops.control_flow import cond
from minitf.ops.debugging import get_static_value
from minitf.ops.functional import vectorized_map
from minitf.private.specs import CompositeTensor
from minitf.variable import Variable

__all__ = ["CompositeTensor", "DatasetV2", "EagerTensor", "OwnedIterator", "SymbolicTensor"]

# Decorators --------------------------------------------------------------------------------------


def make_decorator(target, decorator_func, decorator_name=None, decorator_doc="",
                   decorator_argspec=None):  # fmt: skip
    """`decorator_func`, with the name and the docstring of the function that it decorates."""
    return functools.update_wrapper(decorator_func, target)


def unwrap(maybe_tf_decorator):
    """The decorators around a function, from the outside, and the function."""
    decorators = []
    while hasattr(maybe_tf_decorator, "__wrapped__"):
        decorators.append(maybe_tf_decorator)
        maybe_tf_decorator = maybe_tf_decorator.__wrapped__
    return decorators, maybe_tf_decorator


def tf_export(*names, **options):
    """A decorator that tells the public names of a function or class."""

    def decorate(symbol):
        symbol._tf_api_names = names
        return symbol

    return decorate


# Control flow ------------------------------------------------------------------------------------

ENABLE_CONTROL_FLOW_V2 = True


def smart_constant_value(pred):
    """A predicate as a bool, or None where its value is not known yet."""
    value = pred if isinstance(pred, bool | int) else get_static_value(pred)
    return None if value is None else bool(value)


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """`tf.cond`, which calls one of its functions at once where the predicate is known.

    Raises:
      TypeError: one of the functions cannot be called.
    """
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError("Arguments `true_fn` and `false_fn` must be callable.")
    known = smart_constant_value(pred)
    if known is None:
        return cond(pred, true_fn, false_fn, name=name)
    return true_fn() if known else false_fn()


def _case_helper(cond_fn, pred_fn_pairs, default, exclusive, name, allow_python_preds=False,
                 **cond_kwargs):  # fmt: skip
    """`tf.case`, made of another `tf.cond`; without a default the last function is it."""

    def choose(pred, true_fn, false_fn, name):
        return cond_fn(pred, true_fn=true_fn, false_fn=false_fn, **cond_kwargs)

    return first_true(choose, list(pred_fn_pairs), default, exclusive, name)


def pfor(loop_fn, iters, fallback_to_while_loop=True, parallel_iterations=None, warn=False):
    """What `loop_fn` gives for 0, 1, ... `iters` - 1, all at once, stacked."""
    return vectorized_map(loop_fn, array.range(iters), fallback_to_while_loop, warn)


def GraphOrParentsInXlaContext(graph):  # noqa: N802
    """Whether XLA was asked for: False, for where it was, libraries leave out what XLA has not."""
    return False


# Where ops land ----------------------------------------------------------------------------------


class _Context:
    """What programs ask of `context.context()`."""

    executing_eagerly = staticmethod(v1.executing_eagerly)

    @property
    def device_spec(self):
        """What the `tf.device` around says of a device, as a `tf.DeviceSpec`."""
        return v1.DeviceSpec.from_string(stack.frame.device)

    def num_gpus(self):
        """How many GPUs there are."""
        return len(v1.config.list_physical_devices("GPU"))


_context = _Context()
num_gpus = _context.num_gpus


def context():
    """The context of the program: there is one."""
    return _context


def eager_mode():
    """A context in which ops run at once."""
    return stack.push(next((f for f in stack.frames if not f.is_graph), None) or EagerFrame())


def graph_mode():
    """A context in which ops are written into a new graph."""
    return v1.Graph().as_default()


# Variables and gradients -------------------------------------------------------------------------


def convert_variables_to_tensors(values):
    """The nest, with the values of the variables in place of the variables."""

    def converted(value):
        if isinstance(value, Variable):
            return value.read_value()
        convert = getattr(value, "_convert_variables_to_tensors", None)
        return value if convert is None else convert()

    return nest.map_structure(converted, values)


def sticky_attribute_assignment(trackable, name, value):
    """The value of an attribute, as the object is to have it: `value`, whatever it is."""
    return value


@custom_gradient
def _without_gradient(x, message):
    def refuse(*_):
        raise LookupError(f"Gradient explicitly disabled. Reason: {message!r}")

    return array.identity(x), refuse


def prevent_gradient(input, message="", name=None):
    """`input`; LookupError, with the message, where its gradient is asked for."""
    return _without_gradient(input, message)


def parameterized_truncated_normal(shape, means=0.0, stddevs=1.0, minvals=-2.0, maxvals=2.0,
                                   dtype=dtypes.float32, seed=None, name=None):  # fmt: skip
    """As `tf.random.stateless_parameterized_truncated_normal`; a seed as other samplers have it."""
    pair = random.uniform([2], dtypes.int32.min, dtypes.int32.max, dtypes.int32, seed)
    parameters = [convert_to_tensor(p, dtype) for p in (means, stddevs, minvals, maxvals)]
    return random.stateless_parameterized_truncated_normal(shape, pair, *parameters, name)


def __getattr__(name):
    return getattr(v1, name)
