"""`tf.strings` of TF 1.x: the functions whose arguments are others than in TF 2.x."""

from minitf.compat.v1.ops import either
from minitf.ops import strings, text_pieces
from minitf.ops.array import expand_dims


def split(input=None, sep=None, maxsplit=-1, result_type="SparseTensor", source=None, name=None):
    """The words of each text, in a sparse or ragged tensor: what stands between `sep`.

    >>> split(["a b", "c"], result_type="RaggedTensor").to_list()
    [[b'a', b'b'], [b'c']]

    Raises:
      ValueError: another `result_type` than "SparseTensor" and "RaggedTensor".
    """
    if result_type not in ("SparseTensor", "RaggedTensor"):
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")
    texts = text_pieces.texts_of(either("input", input, "source", source))
    if texts.shape.rank == 0:
        texts = expand_dims(texts, 0)
    words = text_pieces.split(texts, sep, maxsplit, name)
    return words if result_type == "RaggedTensor" else words.to_sparse()


def reduce_join(inputs, axis=None, keep_dims=None, separator="", name=None, reduction_indices=None,
                keepdims=None):  # fmt: skip
    """The texts along `axis` (default: all, row by row) as one."""
    axis = either("axis", axis, "reduction_indices", reduction_indices)
    keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
    return strings.reduce_join(inputs, axis, bool(keepdims), separator, name)


def length(input, name=None, unit="BYTE"):
    """int32: how many bytes, or with `unit="UTF8_CHAR"` characters, each text has."""
    return strings.length(input, unit, name)


def substr(input, pos, len, name=None, unit="BYTE"):
    """The `len` bytes (or characters) of each text from `pos` on."""
    return strings.substr(input, pos, len, unit, name)
