"""`keras.ops` on `KerasTensor`s: each call of a function is one `Operation`, as in Keras.

The parameters of a function are of two kinds. Those that Keras passes when it calls an operation
(tensors, mostly) have the names in `_CALLED`; the others belong to the operation, and its config.
"""

import functools
import inspect

from minitf import nest
from minitf.keras import config as settings
from minitf.keras import serialization, symbolic
from minitf.keras.symbolic import KerasTensor, Operation, any_symbolic

_CALLED = frozenset(
    "x x1 x2 inputs images y xs indices q target output data segment_ids kernel a b key values "
    "updates start_indices scale condition condlist choicelist sorted_sequence variable "
    "depthwise_kernel pointwise_kernel mean variance target_length output_length query value bias "
    "mask gamma abs_ angle targets predictions transform coordinates start_points end_points "
    "image1 image2 volumes operands array tensor default rtol atol".split()
)
_CALLED_OF = {  # where the name alone does not tell
    "average": {"x", "weights"}, "digitize": {"x", "bins"}, "full_like": {"x", "fill_value"},
    "batch_normalization": {"x", "mean", "variance", "offset", "scale"},
    "layer_normalization": {"x", "gamma", "beta"},
    "scale_and_translate": {"images", "output_shape", "scale", "translation"},
    "linspace": {"start", "stop"}, "logspace": {"start", "stop"}, "geomspace": {"start", "stop"},
    "trapezoid": {"y"}, "squareplus": {"x"},
    "cond": {"pred", "true_fn", "false_fn"}, "switch": {"index", "branches", "operands"},
    "while_loop": {"loop_vars"}, "fori_loop": {"init_val"}, "scan": {"f", "init", "xs"},
    "map": {"f", "xs"}, "vectorized_map": {"elements"}, "associative_scan": {"f", "elems"},
}  # fmt: skip
_TITLES = {  # of the classes that are not named after the function alone
    "abs": "Absolute", "conj": "Conjugate", "allclose": "AllClose", "isin": "IsIn",
    "searchsorted": "SearchSorted", "swish": "Silu", "hard_swish": "HardSilu",
    "batch_normalization": "BatchNorm", "ctc_loss": "CTCLoss", "psnr": "PSNR", "ssim": "SSIM",
    "cdist": "CDist",
    "rms_normalization": "RMSNorm", "layer_normalization": "LayerNorm", "fft": "FFT",
    "fft2": "FFT2", "ifft2": "IFFT2", "rfft": "RFFT", "irfft": "IRFFT", "stft": "STFT",
    "istft": "ISTFT", "svd": "SVD", "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV", "hsv_to_rgb": "HSVToRGB",
}  # fmt: skip
_ACTIVATIONS = {"relu": "ReLU", "exponential": "Exp"}  # where a function of `keras.ops` differs
_CORE = frozenset("scatter scatter_update slice slice_update unstack".split())
# What is not remembered as one call: what makes no tensors of tensors.
_PLAIN = frozenset(
    "shape size ndim dtype is_tensor convert_to_tensor convert_to_numpy custom_gradient jvp "
    "vectorize".split()
)
_IN_ACTIVATIONS = "activations.activations"
_functions = {}  # the title of a class -> (module in `keras.src`, name, function)


def title_of(name):
    """The class of the calls of a function.

    >>> title_of("one_hot"), title_of("rgb_to_hsv")
    ('OneHot', 'RGBToHSV')
    """
    return _TITLES.get(name) or "".join(part.capitalize() for part in name.split("_"))


class FunctionCall(Operation):
    """Base class: a function of `keras.ops`, and those of its arguments that are settings."""

    _function, _signature, _called, _home = None, inspect.Signature(), frozenset(), ""

    def __init__(self, *args, name=None, **given):
        super().__init__(name=name)
        variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        own = {p.name: p.default for p in self._signature.parameters.values()
               if p.name not in self._called and p.kind not in variadic}  # fmt: skip
        self._settings = {**own, **dict(zip(own, args)), **given}
        for setting, value in self._settings.items():
            if value is inspect.Parameter.empty:
                raise TypeError(f"{type(self).__name__}() misses the argument {setting!r}")

    def call(self, *args):
        remaining, positional = list(args), []
        for parameter in self._signature.parameters.values():
            if parameter.kind == parameter.VAR_POSITIONAL:
                positional += remaining
            elif parameter.name in self._called:
                positional.append(remaining.pop(0) if remaining else parameter.default)
            elif parameter.kind != parameter.VAR_KEYWORD:
                positional.append(self._settings[parameter.name])
        return self._function(*positional)

    def compute_output_spec(self, *args):
        """The `KerasTensor`s that a call returns; what the function refuses, it says itself."""
        return symbolic.output_spec(self.call, *args)

    def get_config(self):
        return {"name": self.name, **self._settings}

    @classmethod
    def from_config(cls, config):
        return cls(**{name: _revived(value) for name, value in config.items()})


def _revived(setting):
    """A setting; a function that a file describes, as the function."""
    if isinstance(setting, dict) and "class_name" in setting:
        return serialization.deserialize_keras_object(setting)
    return setting


@functools.cache
def operation_class(title):
    """The class of the calls of a function, by its title; KeyError for what is none."""
    home, name, function = _functions[title]
    signature = inspect.signature(function)
    members = {
        "_function": staticmethod(function), "_signature": signature, "_home": home,
        "_called": _CALLED_OF.get(name, _CALLED & signature.parameters.keys()),
        "__module__": __name__, "__doc__": f"`{name}` as an operation.",
    }  # fmt: skip
    return type(title, (FunctionCall,), members)


def __getattr__(title):
    """Configs name the classes: those of operators, and those of functions."""
    if title in _functions:
        return getattr(symbolic, title, None) or operation_class(title)
    if not title.startswith("_") and hasattr(symbolic, title):
        return getattr(symbolic, title)
    raise AttributeError(f"module {__name__!r} has no attribute {title!r}")


def _remembered(title, function, args, kwargs):
    """The `KerasTensor`s of a call, as one call of an operation."""
    cls = operation_class(title)
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    called, given = [], {}
    for name, value in bound.arguments.items():
        kind = cls._signature.parameters[name].kind
        if kind == inspect.Parameter.VAR_POSITIONAL:
            called += value
        elif name in cls._called:
            called.append(value)
        elif kind != inspect.Parameter.VAR_KEYWORD:
            given[name] = settings.standardize_dtype(value) if name == "dtype" and value else value
    return cls(**given).symbolic_call(*called)


def _of(title, function):
    """`function`, remembered where there is a `KerasTensor` among its arguments."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        for x in (*args, *kwargs.values()) if kwargs else args:
            if isinstance(x, KerasTensor) or (nest.is_nested(x) and any_symbolic(x)):
                return _remembered(title, function, args, kwargs)
        return function(*args, **kwargs)

    return call


def _reshaped(x, newshape):
    """A `KerasTensor` of another shape."""
    return _remembered("Reshape", _functions["Reshape"][2], (x, newshape), {})


def _squeezed(x, axis=None):
    """A `KerasTensor` without axes of size 1."""
    return _remembered("Squeeze", _functions["Squeeze"][2], (x, axis), {})


KerasTensor.reshape, KerasTensor.squeeze = _reshaped, _squeezed


def as_activation(function):
    """Decorates an activation function: calls are those of the function of `keras.ops`, if any."""
    title = _ACTIVATIONS.get(function.__name__) or title_of(function.__name__)
    _functions[title] = (_IN_ACTIVATIONS, function.__name__, function)
    return _of(title, function)


def remember_calls(everything, namespaces):
    """Makes operations of the functions in a module's dictionary, there and in `namespaces`."""
    own = [
        (name, function)
        for module in namespaces.values()
        for name, function in vars(module).items()
        if (getattr(function, "__module__", None) or "").startswith(module.__name__)
    ]
    for name, function in [*everything.items(), *own]:
        if not inspect.isfunction(function) or name.startswith("_") or name in _PLAIN:
            continue
        homes = {key: m for key, m in namespaces.items() if getattr(m, name, None) is function}
        namespace = next(iter(homes), "core" if name in _CORE else "math")
        title = title_of(name)
        if title not in _functions or _functions[title][0] == _IN_ACTIVATIONS:
            _functions[title] = (f"ops.{namespace}", name, function)
        remembered = _of(title, function)
        if everything.get(name) is function:
            everything[name] = remembered
        for module in homes.values():
            setattr(module, name, remembered)
