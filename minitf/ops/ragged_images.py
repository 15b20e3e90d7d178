"""Images of different sizes, as a ragged batch [n, (height), (width), channels], in one size."""

import numpy as np

from minitf import dtypes
from minitf.core.convert import static_value
from minitf.core.dispatch import execute
from minitf.ops import array, functional
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_values import EXECUTE
from minitf.shapes import TensorShape
from minitf.specs import TensorSpec


def _resized(op, inputs, attrs):
    """Each image alone in the size that all are to have; together they are a tensor."""
    images, size = inputs
    if images.shape.rank != 4:
        raise ValueError("tf.image.resize: images.shape.rank must be 4 if images is ragged.")
    known = static_value(size)
    sizes = [None, None] if known is None else np.asarray(known).tolist()
    dtype = images.dtype if attrs[0] == "nearest" else dtypes.float32

    def resized(image):
        image = image.to_tensor() if isinstance(image, RaggedTensor) else image
        return array.squeeze(execute(op, (array.expand_dims(image, 0), size), attrs), 0)

    shape = TensorShape([*sizes, images.shape[-1]])
    return functional.map_fn(resized, images, fn_output_signature=TensorSpec(shape, dtype))


EXECUTE.update(ScaleAndTranslate=_resized, ResizeOnGrid=_resized)
