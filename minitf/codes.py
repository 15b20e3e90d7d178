"""Strings in numeric code: an op that moves or compares elements runs on their codes.

The code of a string is its place in the sorted list of all strings that the op is given.
"""

import numpy as np

from minitf import errors

# What moves, picks or compares elements, so that it works on strings too.
MOVERS = set(
    "BroadcastTo ConcatV2 Equal ExpandDims Fill GatherNd GatherV2 Identity IdentityN MirrorPad "
    "NotEqual OneHot Pack PadV2 RaggedRowIds Rank Repeat Reshape ReverseV2 Roll SelectV2 Shape "
    "Size Slice Split SplitV Squeeze StopGradient StridedSlice StridedSliceDynamic "
    "TensorListGetItem TensorListPushBack TensorListSetItem TensorListStack TensorScatterUpdate "
    "Tile Transpose Unpack EnsureShape PlaceholderWithDefault".split()
)


def run_on_codes(op, kernel, arrays):
    """`kernel` on arrays of strings: on their places in the sorted list of all that there are."""
    op.check(arrays)
    if op.name == "AddV2":
        return np.asarray(np.add(*arrays), object)
    if op.name not in MOVERS:
        raise errors.InvalidArgumentError(
            None, None, f"Value for attr 'T' of string is not in the list of allowed values for "
            f"{op.name}")  # fmt: skip
    texts = [np.asarray(a) for a in arrays if is_text(a)]
    words, codes = np.unique(np.concatenate([t.ravel() for t in texts]), return_inverse=True)
    parts = iter(np.split(codes.astype(np.uint32), np.cumsum([t.size for t in texts])[:-1]))
    coded = [next(parts).reshape(a.shape) if is_text(a) else a for a in arrays]
    results = kernel(*coded)

    def decoded(result):
        if result.dtype != np.uint32:
            return result
        if not words.size:
            return np.empty(result.shape, object)
        return np.asarray(words[np.asarray(result)], object)

    return tuple(map(decoded, results)) if isinstance(results, tuple) else decoded(results)


def is_text(array):
    """Whether `array` is a NumPy array of strings."""
    return isinstance(array, np.ndarray) and array.dtype == object
