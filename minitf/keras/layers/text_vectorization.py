"""`TextVectorization`: texts as sequences of indices of their words, or as counts of words."""

import re

import numpy as np

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.keras import serialization
from minitf.keras.layers.vocabulary import FIND, Lookup
from minitf.ops import strings, text_pieces, unicode
from minitf.ops.array import expand_dims, squeeze
from minitf.ops.ragged import RaggedTensor
from minitf.ops.ragged_values import map_flat_values
from minitf.shapes import TensorShape

_PUNCTUATION = re.compile(r"[!\"#$%&()\*\+,\-\./:;<=>?@\[\\\]^_`{|}~\']")

_TOKENS = define(
    "VectorizeText",
    lambda texts, *, vectorizer: vectorizer.tokens(np.asarray(texts)),
    "?",
    host=True,
    infer=lambda inputs, attrs: [(TensorShape([inputs[0].shape[0], attrs[0].length]),
                                  dtypes.int64)],
)  # fmt: skip


class TextVectorization(Lookup):
    """Texts as sequences of indices of their words, or as vectors of the words' counts.

    Args:
      max_tokens: the greatest size of the vocabulary.
      standardize: `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"`, None, or a
        function of a tensor of strings.
      split: `"whitespace"`, `"character"`, None, or a function of a tensor of strings that gives a
        ragged tensor of words.
      ngrams: up to how many words together count as tokens, or a tuple of such numbers.
      output_mode: as of `StringLookup`.
      output_sequence_length: sequences are cut or filled with zeros to this length.
      ragged: whether sequences come as a `RaggedTensor`, not filled up.
      vocabulary: the words; else `adapt` learns them.

    >>> layer = TextVectorization(output_sequence_length=3)
    >>> layer.adapt(["A cat, a dog."])
    >>> layer(["A cat sat!"]).numpy().tolist(), " ".join(layer.get_vocabulary())
    ([[2, 4, 1]], ' [UNK] a dog cat')
    """

    _of_config = ("max_tokens", "standardize", "split", "ngrams", "output_mode",
                  "output_sequence_length", "pad_to_max_tokens", "sparse", "ragged", "vocabulary",
                  "idf_weights", "encoding", "vocabulary_size")  # fmt: skip

    def __init__(self, max_tokens=None, standardize="lower_and_strip_punctuation",
                 split="whitespace", ngrams=None, output_mode="int", output_sequence_length=None,
                 pad_to_max_tokens=False, vocabulary=None, idf_weights=None, sparse=False,
                 ragged=False, encoding="utf-8", name=None, **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        known = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)
        if standardize not in known and not callable(standardize):
            raise ValueError(f"`standardize` must be one of {known}. Received: {standardize}")
        if split not in ("whitespace", "character", None) and not callable(split):
            raise ValueError(f"`split` must be 'whitespace' or 'character'. Received: {split}")
        many = isinstance(ngrams, tuple) and all(isinstance(n, int) for n in ngrams)
        if not (ngrams is None or isinstance(ngrams, int) or many):
            raise ValueError(
                "`ngrams` must be None, an integer, or a tuple of integers. "
                f"Received: ngrams={ngrams}"
            )
        if ragged and output_mode != "int":
            raise ValueError(
                "`ragged` must not be true if `output_mode` is `'int'`. "
                f"Received: ragged={ragged} and output_mode={output_mode}"
            )
        if output_mode != "int" and output_sequence_length is not None:
            raise ValueError(
                "`output_sequence_length` must not be set if `output_mode` is not 'int'. "
                f"Received output_sequence_length={output_sequence_length}."
            )
        self.standardize, self.split, self.ngrams = standardize, split, ngrams
        self.encoding, self.ragged = encoding, ragged
        self._widths = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
        self.length = self.output_sequence_length = output_sequence_length
        self._lookup_layer = _Inside(self)
        self._set_up(max_tokens, 1, "", "[UNK]", vocabulary, idf_weights, False, output_mode,
                     pad_to_max_tokens, sparse)  # fmt: skip

    def update_state(self, data):
        data = convert_to_tensor(data)
        if callable(self.split):
            words = self._split_words(data)
            rows = words.to_list() if isinstance(words, RaggedTensor) else words.numpy().tolist()
        else:
            texts = np.asarray(self._standardized(data).numpy())
            rows = [self._words(text) for text in texts.ravel().tolist()]
        self._count(rows)

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
        if self._widths:
            words = [" ".join(words[i : i + n]) for n in self._widths
                     for i in range(len(words) - n + 1)]  # fmt: skip
        return [word.encode(self.encoding) for word in words]

    def tokens(self, texts):
        """The indices of the words of each text, the shorter ones filled up."""
        self._refuse_to_be_empty()
        rows = [[self._find_one(word) for word in self._words(text)] for text in texts.ravel()]
        fill = 0 if self.output_mode == "int" else -1
        length = self.length or max(map(len, rows), default=0)
        filled = [row[:length] + [fill] * (length - len(row)) for row in rows]
        return np.array(filled, "int64").reshape(len(rows), length)

    def _split_words(self, texts):
        """The words of texts by ops, as a ragged tensor: what a `split` function asks for."""
        if self.standardize in ("lower_and_strip_punctuation", "lower"):
            texts = strings.lower(texts)
        if self.standardize in ("lower_and_strip_punctuation", "strip_punctuation"):
            texts = strings.regex_replace(texts, _PUNCTUATION.pattern, "")
        texts = self._standardized(texts)
        if self.split is not None and texts.shape.rank not in (None, 0, 1):
            texts = squeeze(texts, [-1])
        if self.split == "whitespace":
            texts = text_pieces.split(texts)
        elif self.split == "character":
            texts = unicode.unicode_split(texts, "UTF-8")
        elif self.split is not None:
            texts = self.split(texts)
        return text_pieces.ngrams(texts, self._widths) if self._widths else texts

    def _of_words(self, words):
        """The indices of words, in rows of one length unless `ragged`; or their vectors."""
        fill = 0 if self.output_mode == "int" else -1
        if not isinstance(words, RaggedTensor):
            return self._encoded(execute(FIND, (words,), (self,)))
        found = map_flat_values(lambda flat: execute(FIND, (flat,), (self,)), words)
        if self.ragged:
            return found if self.length is None else found[..., : self.length]
        sizes = None if self.length is None else [*found.shape.as_list()[:-1], self.length]
        return self._encoded(found.to_tensor(default_value=fill, shape=sizes))

    def call(self, inputs):
        if self.ragged or callable(self.split):
            return self._of_words(self._split_words(convert_to_tensor(inputs)))
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

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("standardize", "split"):
            if isinstance(config.get(name), dict):
                config[name] = serialization.deserialize_keras_object(config[name])
        if isinstance(config.get("ngrams"), list):
            config["ngrams"] = tuple(config["ngrams"])
        return super().from_config(config)


class _Inside:
    """The place in files where Keras's layer has another one, which holds the vocabulary."""

    def __init__(self, layer):
        self.save_own_variables, self.load_own_variables = (
            layer.save_own_variables, layer.load_own_variables
        )  # fmt: skip
        self.save_assets, self.load_assets = layer.save_assets, layer.load_assets
