"""Tensors as bytes, and bytes as other bytes: serialized tensors, base64, compression."""

import base64
import binascii
import gzip
import zlib

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops.messages import TensorProto
from minitf.ops.sparse import SparseTensor, as_sparse
from minitf.ops.strings import each
from minitf.ops.tensor_protos import array_of, shape_proto
from minitf.shapes import TensorShape

# Tensors -----------------------------------------------------------------------------------------


def tensor_message(array):
    """A NumPy array as the bytes of a `TensorProto`: of numbers, those that they have in memory."""
    kind = dtypes.as_dtype("string" if array.dtype.kind in "OSU" else array.dtype)
    proto = TensorProto(dtype=kind.as_datatype_enum, tensor_shape=shape_proto(array.shape))
    if kind == dtypes.string:
        proto.string_val = array.ravel().tolist()
    else:
        proto.tensor_content = np.ascontiguousarray(array).tobytes()
    return proto.SerializeToString()


def _array_of_message(text):
    """The array that the bytes of a `TensorProto` describe; ValueError where they do not."""
    return array_of(TensorProto.FromString(text))


def _parse_tensor(serialized, *, out_type):
    try:
        found = _array_of_message(serialized.item())
    except (ValueError, KeyError, IndexError, TypeError):
        text = base64.b64encode(serialized.item()).decode()
        raise errors.InvalidArgumentError(
            None, None, f"Could not parse `serialized` as TensorProto, base64: {text}"
        ) from None
    kind = "string" if found.dtype == object else dtypes.as_dtype(found.dtype).name
    if kind != out_type:
        raise errors.InvalidArgumentError(
            None, None, f"Type mismatch between parsed tensor ({kind}) and dtype ({out_type})"
        )
    return found


SERIALIZE = define(
    "SerializeTensor", lambda tensor: np.array(tensor_message(np.asarray(tensor)), object), "?",
    host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([]), dtypes.string)],
)  # fmt: skip
PARSE = define(
    "ParseTensor", _parse_tensor, "S", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape(None), dtypes.as_dtype(attrs[0]))],
)  # fmt: skip


def serialize_tensor(tensor, name=None):
    """A tensor as bytes, a scalar string; `parse_tensor` reads it.

    >>> parse_tensor(serialize_tensor([1, 2]), dtypes.int32).numpy()
    array([1, 2], dtype=int32)
    """
    return execute(SERIALIZE, (tensor,), (), name)


def parse_tensor(serialized, out_type, name=None):
    """The tensor of dtype `out_type` that bytes describe.

    Raises:
      tf.errors.InvalidArgumentError: they do not, or its dtype is another one.
    """
    inputs = (convert_to_tensor(serialized, dtypes.string),)
    return execute(PARSE, inputs, (dtypes.as_dtype(out_type).name,), name)


def _serialize_sparse(*parts):
    row = np.empty(3, object)
    row[:] = [tensor_message(np.asarray(part)) for part in parts]
    return row


SERIALIZE_SPARSE = define(
    "SerializeSparse", _serialize_sparse, "???", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([3]), dtypes.string)],
)  # fmt: skip


def serialize_sparse(sp_input, out_type=dtypes.string, name=None):
    """A sparse tensor as three texts [3]: its places, values and shape, serialized."""
    if dtypes.as_dtype(out_type) != dtypes.string:
        raise NotImplementedError(f"serialize_sparse: out_type={out_type}")
    sp_input = as_sparse(sp_input)
    inputs = (sp_input.indices, sp_input.values, sp_input.dense_shape)
    return execute(SERIALIZE_SPARSE, inputs, (), name)


def _serialize_many(indices, values, dense_shape):
    result = np.empty((int(dense_shape[0]), 3), object)
    for row in range(len(result)):
        own = indices[:, 0] == row
        result[row] = _serialize_sparse(indices[own, 1:], values[own], dense_shape[1:])
    return result


SERIALIZE_MANY = define(
    "SerializeManySparse", _serialize_many, "???", host=True, differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([None, 3]), dtypes.string)],
)  # fmt: skip


def serialize_many_sparse(sp_input, out_type=dtypes.string, name=None):
    """As `serialize_sparse`, of each row of a batch: [batch, 3]."""
    if dtypes.as_dtype(out_type) != dtypes.string:
        raise NotImplementedError(f"serialize_many_sparse: out_type={out_type}")
    sp_input = as_sparse(sp_input)
    inputs = (sp_input.indices, sp_input.values, sp_input.dense_shape)
    return execute(SERIALIZE_MANY, inputs, (), name)


def _deserialize_many(serialized_sparse, *, dtype):
    places, values, sizes = [], [], []
    for row, texts in enumerate(serialized_sparse):
        own, value, size = (_array_of_message(text) for text in texts)
        places.append(np.concatenate([np.full((len(own), 1), row), own], 1))
        values.append(value)
        sizes.append(size)
    return (np.concatenate(places).astype(np.int64), np.concatenate(values).astype(dtype),
            np.array([len(sizes), *np.max(sizes, 0)], np.int64))  # fmt: skip


DESERIALIZE_MANY = define(
    "DeserializeManySparse", _deserialize_many, "S", num_outputs=3, host=True,
    differentiable=False,
    infer=lambda inputs, attrs: [(TensorShape([None, None]), dtypes.int64),
                                 (TensorShape([None]), dtypes.from_numpy_dtype(attrs[0])),
                                 (TensorShape([None]), dtypes.int64)],
)  # fmt: skip


def deserialize_many_sparse(serialized_sparse, dtype, rank=None, name=None):
    """A batch of sparse tensors, from texts [batch, 3]; `rank` is that of each."""
    inputs = (convert_to_tensor(serialized_sparse, dtypes.string),)
    return SparseTensor(*execute(DESERIALIZE_MANY, inputs, (dtypes.as_dtype(dtype).np,), name))


# Bytes -------------------------------------------------------------------------------------------


def _of_texts(name, change):
    """An op that changes each text by `change(text, **attrs)`."""

    def fn(input, *, how):
        return each(lambda text: change(text, how), input)

    return define(name, fn, "S", host=True, differentiable=False,
                  infer=lambda inputs, attrs: [(inputs[0].shape, dtypes.string)])  # fmt: skip


def _encode(text, pad):
    encoded = base64.urlsafe_b64encode(text)
    return encoded if pad else encoded.rstrip(b"=")


def _decode(text, _):
    try:
        bare = text.rstrip(b"=")
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise errors.InvalidArgumentError(
            None, None, "Invalid character found in base64."
        ) from None


def _decompress(text, kind):
    try:
        return {"": bytes, "ZLIB": zlib.decompress, "GZIP": gzip.decompress}[kind](text)
    except (zlib.error, OSError, EOFError) as error:
        raise errors.DataLossError(None, None, f"inflate() failed: {error}") from None


ENCODE_BASE64 = _of_texts("EncodeBase64", _encode)
DECODE_BASE64 = _of_texts("DecodeBase64", _decode)
DECOMPRESS = _of_texts("DecodeCompressed", _decompress)


def encode_base64(input, pad=False, name=None):
    """Texts in letters, digits, "-" and "_", six bits each; with `pad` filled up with "=".

    >>> encode_base64("ab").numpy()
    b'YWI'
    """
    return execute(ENCODE_BASE64, (convert_to_tensor(input, dtypes.string),), (bool(pad),), name)


def decode_base64(input, name=None):
    """What `encode_base64` was given."""
    return execute(DECODE_BASE64, (convert_to_tensor(input, dtypes.string),), (None,), name)


def decode_compressed(bytes, compression_type="", name=None):
    """Texts that were compressed by "ZLIB" or "GZIP"."""
    if compression_type not in ("", "ZLIB", "GZIP"):
        raise errors.InvalidArgumentError(
            None, None, f"Only ZLIB, GZIP or NONE are supported compressions: {compression_type}"
        )
    inputs = (convert_to_tensor(bytes, dtypes.string),)
    return execute(DECOMPRESS, inputs, (compression_type,), name)
