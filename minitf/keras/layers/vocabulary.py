"""Layers with a vocabulary: strings or integers to indices, texts to sequences of indices."""

import re

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.keras import serialization
from minitf.keras.config import floatx
from minitf.keras.layer import Layer
from minitf.keras.layers.preprocessing import encode
from minitf.ops.array import expand_dims
from minitf.ops.math import cast
from minitf.ops.ragged import RaggedTensor, map_flat_values
from minitf.shapes import TensorShape

_PUNCTUATION = re.compile(r"[!\"#$%&()\*\+,\-\./:;<=>?@\[\\\]^_`{|}~\']")


def _same_shape(dtype):
    return lambda inputs, attrs: [(inputs[0].shape, dtype)]


_FIND = define(
    "VocabularyFind",
    lambda keys, *, table: table.find(np.asarray(keys)),
    "?",
    host=True,
    infer=_same_shape(dtypes.int64),
)
_NAMES = define(
    "VocabularyNames",
    lambda indices, *, table: table.names(np.asarray(indices)),
    "?",
    host=True,
    infer=lambda inputs, attrs: [(inputs[0].shape, attrs[0].key_dtype)],
)
_TOKENS = define(
    "VectorizeText",
    lambda texts, *, vectorizer: vectorizer.tokens(np.asarray(texts)),
    "?",
    host=True,
    infer=lambda inputs, attrs: [(TensorShape([inputs[0].shape[0], attrs[0].length]),
                                  dtypes.int64)],
)  # fmt: skip


class _Lookup(Layer):
    """What the lookups of strings and of integers have in common.

    A vocabulary is given or learned by `adapt`; the most frequent tokens come first. Before them
    stand the mask token, if there is one, and `num_oov_indices` places for what is not in it.
    """

    key_dtype = dtypes.string
    # What the layer takes; what it gives depends on `output_mode`.
    dtype = variable_dtype = compute_dtype = input_dtype = property(
        lambda self: self.key_dtype.name
    )

    def _set_up(self, max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
                invert, output_mode, pad_to_max_tokens, sparse):  # fmt: skip
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError(
                f"If set, `max_tokens` must be greater than 1. Received: max_tokens={max_tokens}"
            )
        if num_oov_indices not in (0, 1):
            raise NotImplementedError("minitf's lookups take num_oov_indices=0 or 1.")
        if sparse:
            raise NotImplementedError("minitf's lookups take no sparse=True.")
        modes = ("int", "one_hot", "multi_hot", "count", "tf_idf")
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        if output_mode not in modes:
            raise ValueError(f"`output_mode` must be one of {modes}. Received: {output_mode}")
        if invert and output_mode != "int":
            raise ValueError(
                "`output_mode` must be `'int'` when `invert` is true. "
                f"Received: output_mode={output_mode}"
            )
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert, self.output_mode, self.sparse = invert, output_mode, sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self.input_vocabulary = vocabulary
        self._tokens, self._index, self._idf = [], {}, None
        self._counts, self._documents, self._seen = {}, {}, 0
        self._convert_input_args, self._allow_non_tensor_positional_args = False, True
        self.built = True
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _special(self):
        has_mask = self.mask_token is not None and self.output_mode == "int"
        return [self.mask_token] * has_mask + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens=True):
        """The tokens, by index."""
        tokens = list(np.array(self._tokens)) if self._tokens else []  # NumPy's strings, as Keras's
        return [*(self._special() if include_special_tokens else ()), *tokens]

    def vocabulary_size(self):
        """How many tokens there are, mask and unknown ones included."""
        return len(self._tokens) + len(self._special())

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Takes tokens: a list, or the name of a file with one on each line.

        Raises:
          ValueError: a token occurs twice, or there are more than `max_tokens`; `"tf_idf"` without
            weights, or weights without `"tf_idf"`.
        """
        if isinstance(vocabulary, str):
            with open(vocabulary, encoding="utf-8") as file:
                vocabulary = [self._plain(line.rstrip("\n")) for line in file]
        tokens = [self._plain(token) for token in np.asarray(vocabulary).tolist()]
        special = self._special()
        if tokens[: len(special)] == special:
            tokens = tokens[len(special) :]
        if self.output_mode == "tf_idf" and idf_weights is None:
            raise ValueError("`idf_weights` must be set if output_mode is 'tf_idf'.")
        if self.output_mode != "tf_idf" and idf_weights is not None:
            raise ValueError(
                "`idf_weights` should only be set if `output_mode` is `'tf_idf'`. "
                f"Received: output_mode={self.output_mode} and idf_weights={idf_weights}."
            )
        repeated = sorted({str(token) for token in tokens if tokens.count(token) > 1})
        if repeated:
            raise ValueError(
                "The passed vocabulary has at least one repeated term. Please uniquify your "
                f"dataset. The repeated terms are: {repeated}"
            )
        if self.max_tokens is not None and len(tokens) + len(special) > self.max_tokens:
            raise ValueError(
                "Attempted to set a vocabulary larger than the maximum vocab size. Received "
                f"vocabulary size is {len(tokens) + len(special)}; `max_tokens` is "
                f"{self.max_tokens}."
            )
        self._take_tokens(tokens, idf_weights)

    def _take_tokens(self, tokens, idf_weights):
        first = len(self._special())
        self._tokens = tokens
        self._index = {self._key(token): first + i for i, token in enumerate(tokens)}
        if idf_weights is not None:
            weights = np.asarray(idf_weights, "float32")
            self._idf = np.concatenate([np.full(first, weights.mean(), "float32"), weights])

    def adapt(self, data, batch_size=None, steps=None):
        """Learns the vocabulary from an array or list, or from batches of a dataset."""
        self.reset_state()
        is_whole = hasattr(data, "dtype") or isinstance(data, list | tuple)
        for i, batch in enumerate([data] if is_whole else data):
            if steps is not None and i >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self):
        """Forgets what `adapt` has learned."""
        self._counts, self._documents, self._seen = {}, {}, 0

    def update_state(self, data):
        """Counts the tokens of a batch."""
        data = np.asarray(convert_to_tensor(data).numpy())
        data = data[:, None] if data.ndim == 1 else np.atleast_2d(data)
        self._count(data.reshape(data.shape[0], -1).tolist())

    def _count(self, rows):
        for row in rows:
            self._seen += 1
            for token in row:
                self._counts[token] = self._counts.get(token, 0) + 1
            for token in set(row):
                self._documents[token] = self._documents.get(token, 0) + 1

    def finalize_state(self):
        """Makes the vocabulary of the counts: the most frequent first, else the later one."""
        if self.input_vocabulary is not None or not self._counts:
            return
        special = {self._key(t) for t in (self.mask_token, self.oov_token) if t is not None}
        special |= {b""} if self.key_dtype is dtypes.string else set()
        found = [token for token in self._counts if token not in special]
        found.sort(key=lambda token: (self._counts[token], token), reverse=True)
        if self.max_tokens is not None:
            found = found[: self.max_tokens - len(self._special())]
        idf = None
        if self.output_mode == "tf_idf":
            idf = [np.log(1 + self._seen / (1 + self._documents[token])) for token in found]
        self._take_tokens([self._plain(token) for token in found], idf)

    def _key(self, token):
        return token.encode() if isinstance(token, str) else token

    def _plain(self, token):
        return token.decode() if isinstance(token, bytes) else token

    # What the ops call.

    def find(self, keys):
        """The indices of an array of keys."""
        flat = [self._find_one(key) for key in keys.ravel().tolist()]
        return np.array(flat, "int64").reshape(keys.shape)

    def _find_one(self, key):
        index = self._index.get(key)
        if index is not None:
            return index
        if self.mask_token is not None and key == self._key(self.mask_token):
            return 0
        if not self.num_oov_indices:
            raise ValueError(
                f"When `num_oov_indices=0` all inputs should be in vocabulary, found OOV value "
                f"{key!r}, consider setting `num_oov_indices=1`."
            )
        return len(self._special()) - 1

    def names(self, indices):
        """The tokens at an array of indices."""
        tokens = [self._key(token) for token in self.get_vocabulary()]
        unknown = self._key(self.oov_token)
        named = [tokens[i] if 0 <= i < len(tokens) else unknown for i in indices.ravel().tolist()]
        dtype = object if self.key_dtype is dtypes.string else "int64"
        return np.array(named, dtype).reshape(indices.shape)

    def call(self, inputs):
        if isinstance(inputs, RaggedTensor) and self.output_mode == "int":
            return map_flat_values(self.call, inputs)
        inputs = convert_to_tensor(inputs)
        if self.invert:
            return execute(_NAMES, (inputs,), (self,))
        if self.key_dtype is dtypes.int64:
            inputs = cast(inputs, "int64")
        return self._encoded(execute(_FIND, (inputs,), (self,)))

    def _encoded(self, indices):
        if self.output_mode == "int":
            return indices
        depth = self.max_tokens if self.pad_to_max_tokens else self.vocabulary_size()
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        dtype = floatx() if self.output_mode == "tf_idf" else "int64"
        encoded = encode(indices, mode, depth, dtype)
        if self.output_mode == "tf_idf":
            weights = np.zeros(depth, "float32")
            weights[: len(self._idf)] = self._idf
            return encoded * weights
        return encoded

    def get_build_config(self):
        return None

    def get_config(self):
        own = self._config_of("invert", "max_tokens", "num_oov_indices", "oov_token", "mask_token",
                              "output_mode", "sparse", "pad_to_max_tokens")  # fmt: skip
        given = list(self._tokens) if self._tokens else None
        idf = None if self._idf is None else self._idf[len(self._special()) :].tolist()
        return {**super().get_config(), **own, "idf_weights": idf, "vocabulary": given}


class StringLookup(_Lookup):
    """Strings as indices into a vocabulary, or (`invert`) indices as strings.

    Args:
      max_tokens: the greatest size of the vocabulary.
      num_oov_indices: 1: unknown strings have an index; 0: they are an error.
      mask_token: a string that gets index 0.
      oov_token: what unknown indices become, with `invert`.
      vocabulary: the strings; else `adapt` learns them.
      output_mode: `"int"`, or vectors: `"one_hot"`, `"multi_hot"`, `"count"`, `"tf_idf"`.

    >>> layer = StringLookup(vocabulary=["a", "b"])
    >>> layer(["b", "c", "a"]).numpy()
    array([2, 0, 1])
    """

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token="[UNK]",
                 vocabulary=None, idf_weights=None, invert=False, output_mode="int",
                 pad_to_max_tokens=False, sparse=False, encoding="utf-8", name=None,
                 **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        self.encoding = encoding
        self._set_up(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
                     invert, output_mode, pad_to_max_tokens, sparse)  # fmt: skip

    def get_config(self):
        return {**super().get_config(), "encoding": self.encoding}


class IntegerLookup(_Lookup):
    """Integers as indices into a vocabulary; the arguments are those of `StringLookup`."""

    key_dtype = dtypes.int64

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1,
                 vocabulary=None, vocabulary_dtype="int64", idf_weights=None, invert=False,
                 output_mode="int", sparse=False, pad_to_max_tokens=False, name=None,
                 **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        self.vocabulary_dtype = vocabulary_dtype
        self._set_up(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
                     invert, output_mode, pad_to_max_tokens, sparse)  # fmt: skip

    def get_config(self):
        return {**super().get_config(), "vocabulary_dtype": self.vocabulary_dtype}


class TextVectorization(_Lookup):
    """Texts as sequences of indices of their words, or as vectors of the words' counts.

    Args:
      max_tokens: the greatest size of the vocabulary.
      standardize: `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"`, None, or a
        function of a tensor of strings.
      split: `"whitespace"`, `"character"` or None.
      ngrams: up to how many words together count as tokens, or a tuple of such numbers.
      output_mode: as of `StringLookup`.
      output_sequence_length: sequences are cut or filled with zeros to this length.
      vocabulary: the words; else `adapt` learns them.

    >>> layer = TextVectorization(output_sequence_length=3)
    >>> layer.adapt(["A cat, a dog."])
    >>> layer(["A cat sat!"]).numpy().tolist(), " ".join(layer.get_vocabulary())
    ([[2, 4, 1]], ' [UNK] a dog cat')
    """

    def __init__(self, max_tokens=None, standardize="lower_and_strip_punctuation",
                 split="whitespace", ngrams=None, output_mode="int", output_sequence_length=None,
                 pad_to_max_tokens=False, vocabulary=None, idf_weights=None, sparse=False,
                 ragged=False, encoding="utf-8", name=None, **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        if ragged or callable(split):
            raise NotImplementedError(
                "TextVectorization takes no ragged=True nor a split function."
            )
        known = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)
        if standardize not in known and not callable(standardize):
            raise ValueError(f"`standardize` must be one of {known}. Received: {standardize}")
        if split not in ("whitespace", "character", None):
            raise ValueError(f"`split` must be 'whitespace' or 'character'. Received: {split}")
        if output_mode != "int" and output_sequence_length is not None:
            raise ValueError(
                "`output_sequence_length` must not be set if `output_mode` is not 'int'. "
                f"Received output_sequence_length={output_sequence_length}."
            )
        self.standardize, self.split, self.encoding, self.ragged = (
            standardize,
            split,
            encoding,
            ragged,
        )
        self.ngrams = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
        self.length = self.output_sequence_length = output_sequence_length
        self._set_up(max_tokens, 1, "", "[UNK]", vocabulary, idf_weights, False, output_mode,
                     pad_to_max_tokens, sparse)  # fmt: skip

    def update_state(self, data):
        data = self._standardized(convert_to_tensor(data))
        self._count([self._words(text) for text in np.asarray(data.numpy()).ravel().tolist()])

    def _standardized(self, texts):
        return self.standardize(texts) if callable(self.standardize) else texts

    def _words(self, text):
        """The tokens of one text (bytes), as bytes."""
        text = text.decode(self.encoding)
        if self.standardize in ("lower_and_strip_punctuation", "lower"):
            text = text.lower()
        if self.standardize in ("lower_and_strip_punctuation", "strip_punctuation"):
            text = _PUNCTUATION.sub("", text)
        words = {"whitespace": str.split, "character": list, None: lambda t: [t]}[self.split](text)
        if self.ngrams:
            words = [" ".join(words[i : i + n]) for n in self.ngrams
                     for i in range(len(words) - n + 1)]  # fmt: skip
        return [word.encode(self.encoding) for word in words]

    def tokens(self, texts):
        """The indices of the words of each text, the shorter ones filled up."""
        rows = [[self._find_one(word) for word in self._words(text)] for text in texts.ravel()]
        fill = 0 if self.output_mode == "int" else -1
        length = self.length or max(map(len, rows), default=0)
        filled = [row[:length] + [fill] * (length - len(row)) for row in rows]
        return np.array(filled, "int64").reshape(len(rows), length)

    def call(self, inputs):
        texts = self._standardized(convert_to_tensor(inputs))
        alone = texts.shape.rank == 0
        if alone:
            texts = expand_dims(texts, 0)
        if texts.shape.rank not in (None, 1) and texts.shape[-1] != 1:
            raise ValueError(
                "When using `TextVectorization` to tokenize strings, the input rank must be 1 or "
                f"the last shape dimension must be 1. Received: inputs.shape={texts.shape}"
            )
        encoded = self._encoded(execute(_TOKENS, (texts,), (self,)))
        return encoded[0] if alone else encoded

    def get_config(self):
        config = super().get_config()
        for name in ("invert", "num_oov_indices", "oov_token", "mask_token"):
            del config[name]
        own = self._config_of("split", "ngrams", "output_sequence_length", "ragged", "encoding")
        own["standardize"] = (
            serialization.serialize_keras_object(self.standardize)
            if callable(self.standardize)
            else self.standardize
        )
        return {**config, **own}
