"""Layers with a vocabulary: strings or integers to indices, and back."""

import pathlib

import numpy as np

from minitf import dtypes, errors
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.keras.config import floatx
from minitf.keras.layer import Layer
from minitf.keras.layers.preprocessing import encode
from minitf.ops.fingerprints import fingerprint64, siphash
from minitf.ops.math import cast
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_values import map_flat_values
from minitf.ops.sparse import SparseTensor, from_dense

_FILE = "vocabulary.txt"


def _same_shape(dtype):
    return lambda inputs, attrs: [(inputs[0].shape, dtype)]


FIND = define(
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


class Lookup(Layer):
    """What the lookups of strings and of integers have in common.

    A vocabulary is given or learned by `adapt`; the most frequent tokens come first. Before them
    stand the mask token, if there is one, and `num_oov_indices` places for what is not in it: the
    place of an unknown string is found by a hash (with `salt`, a keyed one), that of an unknown
    integer by its remainder or, with `oov_method="farmhash"`, by a hash as well.

    A vocabulary that was learned is a file `vocabulary.txt` beside the weights, as in Keras.
    """

    key_dtype = dtypes.string
    # What the layer takes; what it gives depends on `output_mode`.
    dtype = variable_dtype = compute_dtype = input_dtype = property(
        lambda self: self.key_dtype.name
    )

    def _set_up(self, max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
                invert, output_mode, pad_to_max_tokens, sparse, oov_method="floormod",
                salt=None):  # fmt: skip
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError(
                f"If set, `max_tokens` must be greater than 1. Received: max_tokens={max_tokens}"
            )
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(
                "If pad_to_max_tokens is True, must set `max_tokens`. "
                f"Received: max_tokens={max_tokens}"
            )
        if num_oov_indices < 0:
            raise ValueError(
                "`num_oov_indices` must be greater than or equal to 0. "
                f"Received: num_oov_indices={num_oov_indices}"
            )
        modes = ("int", "one_hot", "multi_hot", "count", "tf_idf")
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        if output_mode not in modes:
            raise ValueError(f"`output_mode` must be one of {modes}. Received: {output_mode}")
        if invert and output_mode != "int":
            raise ValueError(
                "`output_mode` must be `'int'` when `invert` is true. "
                f"Received: output_mode={output_mode}"
            )
        if sparse and output_mode == "int":
            raise ValueError(
                "`sparse` may only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, "
                f"`'count'` or `'tf_idf'`. Received: sparse={sparse} and output_mode={output_mode}"
            )
        self._choose_places(oov_method, salt)
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert, self.output_mode, self.sparse = invert, output_mode, sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self.input_vocabulary = None if isinstance(vocabulary, str) else vocabulary
        self.input_idf_weights = idf_weights
        self._has_input_vocabulary = vocabulary is not None
        self._tokens, self._index, self._idf = [], {}, None
        self._counts, self._documents, self._seen = {}, {}, 0
        self._convert_input_args, self._allow_non_tensor_positional_args = False, True
        self.built = True
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _choose_places(self, oov_method, salt):
        if oov_method not in ("floormod", "farmhash"):
            raise ValueError(
                "Invalid value for argument `oov_method`. Expected one of ('floormod', "
                f"'farmhash'). Received: oov_method={oov_method}"
            )
        if salt is not None and self.key_dtype is dtypes.int64 and oov_method != "farmhash":
            raise ValueError(
                "`salt` can only be used when `oov_method='farmhash'`. "
                f"Received: oov_method={oov_method}"
            )
        if not (salt is None or isinstance(salt, int)
                or isinstance(salt, list | tuple) and len(salt) == 2):  # fmt: skip
            raise ValueError(
                "The `salt` argument can only be a tuple of 2 integers, or a single integer. "
                f"Received: salt={salt}."
            )
        self.salt = [salt, salt] if isinstance(salt, int) else salt and list(salt)
        self.oov_method = oov_method

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
            if not pathlib.Path(vocabulary).exists():
                raise ValueError(f"Vocabulary file {vocabulary} does not exist.")
            with open(vocabulary, encoding="utf-8") as file:
                vocabulary = [self._plain(line.rstrip("\n")) for line in file]
        tokens = [self._plain(token) for token in np.asarray(vocabulary).tolist()]
        if not tokens:
            raise ValueError(f"Cannot set an empty vocabulary. Received: vocabulary={vocabulary}")
        special = self._special()
        if tokens[: len(special)] == special:
            tokens = tokens[len(special) :]
        self._refuse_reserved(tokens, special)
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
        if idf_weights is not None and len(idf_weights) != len(tokens):
            raise ValueError(
                "`idf_weights` must be the same length as vocabulary. len(idf_weights) is "
                f"{len(idf_weights)}; len(vocabulary) is {len(tokens)}"
            )
        self._take_tokens(tokens, idf_weights)

    def _refuse_reserved(self, tokens, special):
        """ValueError for the mask token (and, inverted, the unknown one) among the others."""
        reserved = {"mask": self.mask_token, "OOV": self.oov_token if self.invert else None}
        for name, token in reserved.items():
            if token is not None and token in tokens:
                raise ValueError(
                    f"Found reserved {name} token at unexpected location in `vocabulary`. Note "
                    "that passed `vocabulary` does not need to include the OOV and mask tokens. "
                    "Either remove all mask and OOV tokens, or include them only at the start of "
                    f"the vocabulary in precisely this order: {special}. Received: "
                    f"{name.lower()}_token={token} at vocabulary index {tokens.index(token)}"
                )

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
        if self._has_input_vocabulary or not self._counts:
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

    def _refuse_to_be_empty(self):
        if self._tokens:
            return
        if self.output_mode == "int" or self.pad_to_max_tokens:
            raise errors.FailedPreconditionError(None, None, "Table not initialized.")
        raise RuntimeError(
            f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, you "
            "must set the layer's vocabulary before calling it. Either pass a `vocabulary` "
            "argument to the layer, or call `adapt` with some sample data."
        )

    def find(self, keys):
        """The indices of an array of keys."""
        self._refuse_to_be_empty()
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
        first = len(self._special()) - self.num_oov_indices
        return first if self.num_oov_indices == 1 else first + self._place(key)

    def _place(self, key):
        """Which of the places for unknown keys this one has."""
        if self.key_dtype is dtypes.int64 and self.oov_method == "floormod":
            return key % self.num_oov_indices
        text = key if isinstance(key, bytes) else str(key).encode()
        hashed = fingerprint64(text) if self.salt is None else siphash(text, self.salt)
        return hashed % self.num_oov_indices

    def names(self, indices):
        """The tokens at an array of indices."""
        self._refuse_to_be_empty()
        tokens = [self._key(token) for token in self.get_vocabulary()]
        unknown = self._key(self.oov_token)
        named = [tokens[i] if 0 <= i < len(tokens) else unknown for i in indices.ravel().tolist()]
        dtype = object if self.key_dtype is dtypes.string else "int64"
        return np.array(named, dtype).reshape(indices.shape)

    def call(self, inputs):
        if isinstance(inputs, SparseTensor):
            return SparseTensor(inputs.indices, self.call(inputs.values), inputs.dense_shape)
        if isinstance(inputs, RaggedTensor) and self.output_mode == "int":
            return map_flat_values(self.call, inputs)
        inputs = convert_to_tensor(inputs)
        if self.invert:
            return execute(_NAMES, (inputs,), (self,))
        if self.key_dtype is dtypes.int64:
            inputs = cast(inputs, "int64")
        return self._encoded(execute(FIND, (inputs,), (self,)))

    def _encoded(self, indices):
        if self.output_mode == "int":
            return indices
        depth = self.max_tokens if self.pad_to_max_tokens else self.vocabulary_size()
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        dtype = floatx() if self.output_mode == "tf_idf" else "int64"
        encoded = encode(indices, mode, depth, dtype)
        if self.output_mode == "tf_idf":
            weights = np.zeros(depth, "float32")
            if self._idf is not None:
                weights[: len(self._idf)] = self._idf
            encoded = encoded * weights
        return from_dense(encoded) if self.sparse else encoded

    def save_own_variables(self, store):
        if self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store):
        if self.output_mode == "tf_idf":
            self._idf = np.asarray(store["idf_weights"], "float32")

    def save_assets(self, dir_path):
        """Writes a vocabulary that is not in the config into `vocabulary.txt` in a folder."""
        if self.input_vocabulary is None:
            text = "\n".join(str(token) for token in self.get_vocabulary())
            pathlib.Path(dir_path, _FILE).write_text(text, "utf-8")

    def load_assets(self, dir_path):
        """Reads a vocabulary that is not in the config."""
        path = pathlib.Path(dir_path, _FILE)
        if self.input_vocabulary is not None or not path.exists():
            return
        lines = path.read_text("utf-8").split("\n")
        while lines and not lines[-1]:
            lines.pop()
        special = self._special()
        tokens = [int(line) if self.key_dtype is dtypes.int64 else line for line in lines]
        self._take_tokens(tokens[len(special) :], None)

    def get_build_config(self):
        return None

    _of_config: tuple = ("invert", "max_tokens", "num_oov_indices", "oov_token", "mask_token",
                         "output_mode", "sparse", "pad_to_max_tokens", "idf_weights", "vocabulary",
                         "vocabulary_size", "oov_method", "salt")  # fmt: skip

    def get_config(self):
        given = {"vocabulary": self.input_vocabulary, "idf_weights": self.input_idf_weights}
        given = {k: None if v is None else np.asarray(v).tolist() for k, v in given.items()}
        given["vocabulary_size"] = self.vocabulary_size() if self._tokens else None
        own = {k: given[k] if k in given else getattr(self, k) for k in self._of_config}
        return {**super().get_config(), **own}

    @classmethod
    def from_config(cls, config):
        config = {key: v for key, v in config.items() if key not in ("vocabulary_size", "dtype")}
        return cls(**config)


class StringLookup(Lookup):
    """Strings as indices into a vocabulary, or (`invert`) indices as strings.

    Args:
      max_tokens: the greatest size of the vocabulary.
      num_oov_indices: how many indices unknown strings share; 0: they are an error.
      mask_token: a string that gets index 0.
      oov_token: what unknown indices become, with `invert`.
      vocabulary: the strings; else `adapt` learns them.
      output_mode: `"int"`, or vectors: `"one_hot"`, `"multi_hot"`, `"count"`, `"tf_idf"`.
      sparse: whether vectors come as a `SparseTensor`.
      salt: one or two integers: a key of the hash that finds the index of an unknown string.

    >>> layer = StringLookup(vocabulary=["a", "b"])
    >>> layer(["b", "c", "a"]).numpy()
    array([2, 0, 1])
    """

    _of_config = (*Lookup._of_config, "encoding")

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token="[UNK]",
                 vocabulary=None, idf_weights=None, invert=False, output_mode="int",
                 pad_to_max_tokens=False, sparse=False, encoding="utf-8", salt=None, name=None,
                 **kwargs):  # fmt: skip
        oov_method = kwargs.pop("oov_method", "floormod")
        super().__init__(name=name, **kwargs)
        self.encoding = encoding
        self._set_up(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
                     invert, output_mode, pad_to_max_tokens, sparse, oov_method, salt)  # fmt: skip


class IntegerLookup(Lookup):
    """Integers as indices into a vocabulary; the arguments are those of `StringLookup`."""

    key_dtype = dtypes.int64

    _of_config = (*Lookup._of_config[:8], "vocabulary_dtype", *Lookup._of_config[8:])

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1,
                 vocabulary=None, vocabulary_dtype="int64", idf_weights=None, invert=False,
                 output_mode="int", sparse=False, pad_to_max_tokens=False, name=None,
                 oov_method="floormod", salt=None, **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        self.vocabulary_dtype = vocabulary_dtype
        self._set_up(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights,
                     invert, output_mode, pad_to_max_tokens, sparse, oov_method, salt)  # fmt: skip
