"""`tf.keras.preprocessing.text`: texts as sequences of numbers, one number per word."""

import collections
import hashlib
import json

import numpy as np

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(input_text, filters=_FILTERS, lower=True, split=" "):
    """The words of a text.

    >>> text_to_word_sequence("Hello, World!")
    ['hello', 'world']
    """
    text = input_text.lower() if lower else input_text
    text = text.translate(str.maketrans(dict.fromkeys(filters, split)))
    return [word for word in text.split(split) if word]


def hashing_trick(text, n, hash_function=None, filters=_FILTERS, lower=True, split=" ",
                  analyzer=None):  # fmt: skip
    """The words of a text as numbers in [1, n), by a hash: different words may share one.

    Args:
      hash_function: `"md5"`, which is the same in all programs, a function, or None: Python's.
    """
    number = _md5 if hash_function == "md5" else hash_function or hash
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    return [number(word) % (n - 1) + 1 for word in words]


def _md5(word):
    return int(hashlib.md5(word.encode()).hexdigest(), 16)  # noqa: S324  it keeps no secrets


def one_hot(input_text, n, filters=_FILTERS, lower=True, split=" ", analyzer=None):
    """`hashing_trick` with Python's hash; the numbers are no one-hot vectors, despite the name."""
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


class Tokenizer:
    """Numbers the words of texts by how often they occur, from 1: the most frequent word.

    Args:
      num_words: only the `num_words - 1` most frequent words are kept.
      filters: characters that count as spaces.
      lower: whether to turn texts into lower case.
      char_level: whether each character is a word.
      oov_token: what stands for words that are not known; it has the number 1.
      analyzer: a function from a text to its words.

    >>> tokenizer = Tokenizer(oov_token="<OOV>")
    >>> tokenizer.fit_on_texts(["the cat", "the dog"])
    >>> tokenizer.texts_to_sequences(["the bird"])
    [[2, 1]]
    """

    def __init__(self, num_words=None, filters=_FILTERS, lower=True, split=" ", char_level=False,
                 oov_token=None, analyzer=None, **kwargs):  # fmt: skip
        self.document_count = kwargs.pop("document_count", 0)
        if kwargs:
            raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.char_level, self.oov_token, self.analyzer = char_level, oov_token, analyzer
        self.word_counts = collections.OrderedDict()
        self.word_docs = collections.defaultdict(int)
        self.index_docs = collections.defaultdict(int)
        self.word_index, self.index_word = {}, {}

    def _words(self, text):
        if self.char_level or isinstance(text, list):
            if not self.lower:
                return text
            return [word.lower() for word in text] if isinstance(text, list) else text.lower()
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts):
        """Counts the words of some more texts, and numbers all words anew."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        first = [] if self.oov_token is None else [self.oov_token]
        often = sorted(self.word_counts, key=lambda word: -self.word_counts[word])
        self.word_index = {word: i for i, word in enumerate(first + often, 1)}
        self.index_word = {i: word for word, i in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences):
        """Counts in how many sequences each number occurs."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for index in set(sequence):
                self.index_docs[index] += 1

    def texts_to_sequences(self, texts):
        """The numbers of the words of each text; words that are not known are left out."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts):
        """As `texts_to_sequences`, one after the other."""
        unknown = self.word_index.get(self.oov_token)
        for text in texts:
            found = (self.word_index.get(word) for word in self._words(text))
            kept = (i if self._keeps(i) else unknown for i in found)
            yield [i for i in kept if i is not None]

    def _keeps(self, index):
        return index is not None and (not self.num_words or index < self.num_words)

    def sequences_to_texts(self, sequences):
        """The words of each sequence of numbers, joined by spaces."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences):
        """As `sequences_to_texts`, one after the other."""
        for sequence in sequences:
            found = (self.index_word.get(i) if self._keeps(i) else None for i in sequence)
            words = (self.oov_token if word is None else word for word in found)
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts, mode="binary"):
        """As `sequences_to_matrix`, of texts."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences, mode="binary"):
        """A row per sequence, a column per number.

        Args:
          mode: `"binary"` (whether the number occurs), `"count"`, `"freq"` (its share of the
            sequence) or `"tfidf"` (its count, less where it occurs in many documents).

        Raises:
          ValueError: an unknown mode, or a tokenizer without texts.
        """
        if not self.num_words and not self.word_index:
            raise ValueError(
                "Specify a dimension (`num_words` argument), or fit on some text data first."
            )
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Fit the Tokenizer on some data before using tfidf mode.")
        columns = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), columns))
        for row, sequence in zip(matrix, sequences, strict=True):
            for index, count in collections.Counter(sequence).items():
                if index < columns:
                    row[index] = self._entry(mode, index, count, len(sequence))
        return matrix

    def _entry(self, mode, index, count, length):
        if mode == "binary":
            return 1
        if mode == "count":
            return count
        if mode == "freq":
            return count / length
        if mode == "tfidf":
            rarity = np.log(1 + self.document_count / (1 + self.index_docs.get(index, 0)))
            return (1 + np.log(count)) * rarity
        raise ValueError("Unknown vectorization mode:", mode)

    _TABLES = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")

    def get_config(self):
        """The arguments of the constructor, and the tables as JSON."""
        names = ("num_words", "filters", "lower", "split", "char_level", "oov_token",
                 "document_count")  # fmt: skip
        config = {name: getattr(self, name) for name in names}
        return config | {name: json.dumps(getattr(self, name)) for name in self._TABLES}

    def to_json(self, **kwargs):
        """The tokenizer as JSON; `kwargs` go to `json.dumps`."""
        form = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(form, **kwargs)


def tokenizer_from_json(json_string):
    """The tokenizer that `to_json` wrote."""
    config = json.loads(json_string)["config"]
    tables = {name: json.loads(config.pop(name)) for name in Tokenizer._TABLES}
    tokenizer = Tokenizer(**config)
    for name, table in tables.items():
        if name.startswith("index"):
            table = {int(key): value for key, value in table.items()}
        setattr(tokenizer, name, table)
    return tokenizer
