"""`Input`: where a model begins."""

import warnings

from minitf.keras import config as settings
from minitf.keras.layer import Layer
from minitf.keras.symbolic import KerasTensor, Node, standardize_shape


class InputLayer(Layer):
    """The layer that a `KerasTensor` made by `Input` comes from.

    Args:
      shape: without the batch.
      batch_size: None for any.
      dtype: default: `keras.config.floatx()`.
      batch_shape: the shape with the batch, instead of `shape`.
      input_tensor: a `KerasTensor` to be that of the layer.
      optional: whether None may be passed for it.

    Raises:
      ValueError: no shape, or two, or an `input_tensor` that does not fit them.
    """

    def __init__(self, shape=None, batch_size=None, dtype=None, sparse=None, ragged=None,
                 batch_shape=None, input_tensor=None, optional=False, name=None,
                 **kwargs):  # fmt: skip
        super().__init__(name=name)
        if "input_shape" in kwargs:
            warnings.warn("Argument `input_shape` is deprecated. Use `shape` instead.",
                          stacklevel=2)  # fmt: skip
            shape = kwargs.pop("input_shape")
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        if kwargs:
            raise TypeError(f"InputLayer got unexpected arguments: {list(kwargs)}")
        if input_tensor is not None:
            _check_fits(input_tensor, batch_size, shape, batch_shape, dtype, sparse, ragged)
            batch_shape, dtype = input_tensor.shape, input_tensor.dtype
        else:
            batch_shape = _batch_shape(shape, batch_size, batch_shape)
        self._batch_shape = standardize_shape(batch_shape)
        self._input_dtype = settings.standardize_dtype(dtype)
        self.sparse, self.ragged, self.optional = bool(sparse), bool(ragged), optional
        if input_tensor is None:
            input_tensor = KerasTensor(batch_shape, self._input_dtype, sparse, ragged, name=name)
        self._input_tensor = input_tensor
        Node(self, outputs=input_tensor)
        self.built = True

    batch_shape = property(lambda self: self._batch_shape)
    dtype = property(lambda self: self._input_dtype)

    def call(self):
        return None

    def get_config(self):
        own = ("batch_shape", "dtype", "sparse", "ragged", "name", "optional")
        return {name: getattr(self, name) for name in own}


def _batch_shape(shape, batch_size, batch_shape):
    for other, value in (("shape", shape), ("batch_size", batch_size)):
        if value is not None and batch_shape is not None:
            raise ValueError(f"You cannot pass both `{other}` and `batch_shape` at the same time.")
    if batch_shape is not None:
        return batch_shape
    if shape is None:
        raise ValueError("You must pass a `shape` argument.")
    return (batch_size, *standardize_shape(shape))


def _check_fits(tensor, batch_size, shape, batch_shape, dtype, sparse, ragged):
    if not isinstance(tensor, KerasTensor):
        raise ValueError(
            f"Argument `input_tensor` must be a KerasTensor. Received invalid type: "
            f"input_tensor={tensor} (of type {type(tensor)})"
        )
    wrong = {
        "batch_size": batch_size is not None and tensor.shape[:1] != (batch_size,),
        "shape": shape is not None and tuple(shape) != tensor.shape[1:],
        "batch_shape": batch_shape is not None and tuple(batch_shape) != tensor.shape,
        "dtype": dtype is not None and tensor.dtype != dtype,
        "sparse": sparse is not None and tensor.sparse != sparse,
        "ragged": ragged is not None and tensor.ragged != ragged,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise ValueError(
                "When providing the `input_tensor` argument, you cannot provide an incompatible "
                f"`{name}` argument."
            )


def Input(shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None,  # noqa: N802
          name=None, tensor=None, optional=False):  # fmt: skip
    """A `KerasTensor` to call layers on: an input of a model to be.

    Args:
      shape: sizes without the batch, None for any.
      batch_size: None for any.
      dtype: default: `keras.config.floatx()`.
      batch_shape: the shape with the batch, instead of `shape`.
      name: of the input, and of its layer.
      tensor: a `KerasTensor` to make an input of.

    >>> Input((3,), name="x")
    <KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False, name=x>
    """
    layer = InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional,
                       name)  # fmt: skip
    return layer.output
