"""How a layer is called: which arguments are tensors, what they say about shapes and `training`."""

import contextlib
import contextvars
import inspect

from minitf import nest
from minitf.core.tensor import Tensor
from minitf.keras.symbolic import KerasTensor, standardize_shape
from minitf.ops.ragged import RaggedTensor
from minitf.ops.sparse import SparseTensor, to_dense

_context = contextvars.ContextVar("call_context", default=None)


def is_tensor(x):
    """Whether `x` is a tensor, ragged or not, a variable or a `KerasTensor`."""
    return isinstance(x, Tensor | KerasTensor | RaggedTensor) or hasattr(x, "__tf_tensor__")


def dense(structure):
    """A structure with tensors in place of its `SparseTensor`s."""
    if isinstance(structure, SparseTensor):
        return to_dense(structure)
    if type(structure) in (list, tuple):
        return type(structure)([dense(x) for x in structure])
    if type(structure) is dict:
        return {key: dense(x) for key, x in structure.items()}
    return structure


class CallArguments:
    """The arguments of one call, by name.

    Attributes:
      given: those that the caller passed.
      all: those and the defaults.
      tensors: the tensors, or structures of them, among `all`.
    """

    def __init__(self, signature, args, kwargs):
        self.given = {}
        if "training" in kwargs and "training" not in signature.parameters:
            self.given["training"] = kwargs.pop("training")
        bound = signature.bind(*args, **kwargs)
        self.given.update(bound.arguments)
        bound.apply_defaults()
        self.all = dict(bound.arguments)
        self.tensors = {name: x for name, x in self.all.items() if self._holds_tensors(name, x)}

    @staticmethod
    def _holds_tensors(name, value):
        if is_tensor(value):
            return True
        if not nest.is_nested(value) or not nest.flatten(value):
            return False
        flat = nest.flatten(value)
        if all(x is None or is_tensor(x) for x in flat):
            return True
        if any(is_tensor(x) for x in flat):
            raise ValueError(
                "In a nested call() argument, you cannot mix tensors and non-tensors. Received "
                f"invalid mixed argument: {name}={value}"
            )
        return False

    @property
    def first(self):
        """The first argument, which is the one that layers check and take masks from."""
        return next(iter(self.all.values()), None)

    def shapes(self):
        """The shapes of the tensors: `{"inputs_shape": (None, 3)}`."""
        return {
            f"{name}_shape": shapes_of(value)
            for name, value in self.tensors.items()
            if name not in ("mask", "args", "kwargs")
        }

    def shapes_for(self, method, class_name):
        """The shapes that `method` (`build` or `compute_output_shape`) takes as arguments.

        Raises:
          ValueError: it takes several, and one is not named after an argument of `call`.
        """
        shapes = self.shapes()
        parameters = inspect.signature(method).parameters.values()
        variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        names = [p.name for p in parameters if p.kind not in variadic]
        if len(names) == 1:
            return {names[0]: next(iter(shapes.values()), None)}
        title = method.__name__
        rule = (
            f"For a `{title}()` method with more than one argument, all arguments should have a "
            "`_shape` suffix and match an argument from `call()`. E.g. "
            f"`{title}(self, foo_shape, bar_shape)`  For layer '{class_name}', "
        )
        for name in names:
            argument = name.removesuffix("_shape")
            if argument == name:
                raise ValueError(
                    f"{rule}Received `{title}()` argument `{name}`, which does not end in `_shape`."
                )
            if argument not in self.all:
                raise ValueError(
                    f"{rule}received `{title}()` argument `{name}`, but `call()` does not have "
                    f"argument `{argument}`."
                )
        return {name: shapes[name] for name in names if name in shapes}


def shapes_of(tensors):
    """The shapes of a structure of tensors, as tuples."""
    return nest.map_structure(lambda x: None if x is None else standardize_shape(x.shape), tensors)


def masks_of(tensors):
    """The masks that the tensors of a structure carry, None for those without."""
    return nest.map_structure(lambda x: getattr(x, "_keras_mask", None), tensors)


def is_shape(value):
    """Whether `value` is one shape, not a structure of them."""
    sizes = isinstance(value, list | tuple) and all(
        size is None or isinstance(size, int) for size in value
    )
    return sizes or hasattr(value, "as_list")


def map_shapes(function, shapes):
    """`function` of each shape in a structure of shapes."""
    if is_shape(shapes):
        return function(tuple(shapes))
    if isinstance(shapes, dict):
        return {key: map_shapes(function, shape) for key, shape in shapes.items()}
    return type(shapes)([map_shapes(function, shape) for shape in shapes])


class CallContext:
    """What the calls of layers inside the call of `entry` have in common.

    Attributes:
      entry: the outermost layer.
      training: what was passed to it, or to a layer further in.
    """

    def __init__(self, entry):
        self.entry, self.training = entry, None


@contextlib.contextmanager
def call_context(layer):
    """The context of a call of `layer`: that of the call around it, or a new one."""
    context = _context.get()
    if context is not None:
        yield context
        return
    token = _context.set(CallContext(layer))
    layer._clear_losses()
    try:
        yield _context.get()
    finally:
        _context.reset(token)


def training_around():
    """The value of `training` in the calls that are going on, None outside of any."""
    context = _context.get()
    return None if context is None else context.training
