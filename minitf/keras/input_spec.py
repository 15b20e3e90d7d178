"""`InputSpec`: what a layer says of the inputs it takes, and the check of it."""

from minitf import nest
from minitf.keras import config as settings


class InputSpec:
    """The dtype, rank and sizes that an input must have; what is None may be anything.

    Args:
      dtype: the name of a dtype.
      shape: sizes, None for any.
      ndim, max_ndim, min_ndim: the number of axes, or its limits.
      axes: {axis: size}.
      allow_last_axis_squeeze: whether a last axis of size 1 may be there or not.
      name: the key of the input, for layers that take dictionaries.
      optional: whether the input may be None.

    Raises:
      TypeError, ValueError: `axes` is no dictionary of integers, or an axis is beyond the rank.

    >>> InputSpec(min_ndim=2, axes={-1: 3})
    InputSpec(min_ndim=2, axes={-1: 3})
    """

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None,
                 allow_last_axis_squeeze=False, name=None, optional=False):  # fmt: skip
        self.dtype = None if dtype is None else settings.standardize_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if shape is None else len(self.shape or ())
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.name, self.optional = name, optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (AttributeError, TypeError, ValueError):
            raise TypeError(
                f"Argument `axes` must be a dict with integer keys. Received: axes={axes}"
            ) from None
        limit = self.ndim or self.max_ndim
        if self.axes and limit is not None and max(self.axes) > limit - 1:
            raise ValueError(
                f"Axis {max(self.axes)} is greater than the maximum allowed value: {limit - 1}"
            )

    def __repr__(self):
        kinds = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        shown = [f"{kind}={getattr(self, kind)}" for kind in kinds if getattr(self, kind)]
        return f"InputSpec({', '.join(shown)})"

    def get_config(self):
        """The arguments, without the name."""
        kinds = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes", "optional")
        return {kind: getattr(self, kind) for kind in kinds}

    @classmethod
    def from_config(cls, config):
        """The spec with these arguments."""
        return cls(**config)

    def complaint(self, x):
        """What is wrong with the input `x`, in words, or None."""
        shape = tuple(x.shape)
        ndim = len(shape)
        if self.ndim is not None and ndim != self.ndim and not self.allow_last_axis_squeeze:
            return f"expected ndim={self.ndim}, found ndim={ndim}. Full shape received: {shape}"
        if self.max_ndim is not None and ndim > self.max_ndim:
            return f"expected max_ndim={self.max_ndim}, found ndim={ndim}"
        if self.min_ndim is not None and ndim < self.min_ndim:
            return (
                f"expected min_ndim={self.min_ndim}, found ndim={ndim}. "
                f"Full shape received: {shape}"
            )
        if self.dtype is not None:
            dtype = settings.standardize_dtype(x.dtype)
            if dtype != self.dtype:
                return f"expected dtype={self.dtype}, found dtype={dtype}"
        for axis, size in self.axes.items():
            if size is not None and shape[axis] not in (size, None):
                return (
                    f"expected axis {axis} of input shape to have value {size}, but received "
                    f"input with shape {shape}"
                )
        if self.shape is not None and not self._fits(shape):
            return f"expected shape={self.shape}, found shape={shape}"
        return None

    def _fits(self, shape):
        wanted = self.shape
        if self.allow_last_axis_squeeze:
            wanted, shape = (s[:-1] if s and s[-1] == 1 else s for s in (wanted, shape))
        return all(a is None or b is None or a == b for a, b in zip(wanted, shape))


def check_inputs(spec, inputs, layer_name):
    """Raises ValueError where `inputs` are not what `spec` (one, or a structure of them) says."""
    if not spec:
        return
    specs = [spec] if isinstance(spec, InputSpec) else nest.flatten(spec)
    names = [s.name if s is not None else None for s in specs]
    if isinstance(inputs, dict) and all(names):
        for name in names:
            if name not in inputs:
                raise ValueError(
                    f'Missing data for input "{name}". You passed a data dictionary with keys '
                    f"{list(inputs)}. Expected the following keys: {names}"
                )
        inputs = [inputs[name] for name in names]
    inputs = nest.flatten(inputs)
    if len(inputs) != len(specs):
        raise ValueError(_wrong_number(layer_name, names, inputs))
    for i, (x, s) in enumerate(zip(inputs, specs)):
        if s is None or x is None and s.optional:
            continue
        if not hasattr(x, "shape"):
            raise ValueError(
                f"Inputs to a layer should be tensors. Got '{x}' (of type {type(x)}) as input for "
                f"layer '{layer_name}'."
            )
        if getattr(x.shape, "rank", 0) is None:
            continue
        complaint = s.complaint(x)
        if complaint:
            raise ValueError(
                f"Input {i} with name '{s.name}' of layer '{layer_name}' is incompatible with the "
                f"layer: {complaint}"
            )


def _wrong_number(layer_name, names, inputs):
    if all(names):
        example = ", ".join(f"'{name}': ..." for name in names)
        return (
            f'Layer "{layer_name}" expects {len(names)} named input(s) with keys {names}, but it '
            f"received {len(inputs)} input tensors. Pass inputs as a dict, e.g. "
            f"`layer({{{example}}})`."
        )
    return (
        f'Layer "{layer_name}" expects {len(names)} input(s), but it received {len(inputs)} input '
        f"tensors. Inputs received: {inputs}"
    )
