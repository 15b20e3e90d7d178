"""50,000 film reviews as lists of word numbers, good (1) or bad (0)."""

import json

import numpy as np

from minitf.keras.datasets.sources import (
    BASE,
    limited,
    load_npz,
    marked,
    ragged,
    shorter,
    shuffled,
)
from minitf.keras.downloads import get_file

_HASH = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"


def load_data(path="imdb.npz", num_words=None, skip_top=0, maxlen=None, seed=113, start_char=1,
              oov_char=2, index_from=3, **kwargs):  # fmt: skip
    """`(x_train, y_train), (x_test, y_test)`; the x are arrays of lists.

    Only the `num_words` most frequent words, without the `skip_top` most frequent, keep their
    number; the others get `oov_char`. Every review starts with `start_char`.
    """
    if kwargs:
        raise TypeError(f"Unrecognized keyword arguments: {kwargs}.")
    data = load_npz(path, "imdb.npz", _HASH, allow_pickle=True)
    reviews, labels = [], []
    for part in ("train", "test"):
        x, y = shuffled(seed, data[f"x_{part}"], data[f"y_{part}"])
        x = marked(x, start_char, index_from)
        x, y = shorter(maxlen, x, y) if maxlen else (x, y)
        if not x:
            raise ValueError(
                f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was "
                "kept. Increase maxlen."
            )
        reviews.append(x)
        labels.append(np.array(y))
    at = len(reviews[0])
    everything = limited(reviews[0] + reviews[1], num_words, skip_top, oov_char)
    return (ragged(everything[:at]), labels[0]), (ragged(everything[at:]), labels[1])


def get_word_index(path="imdb_word_index.json"):
    """A dict from words to their numbers (without the shift `index_from`)."""
    origin = BASE + "imdb_word_index.json"
    with open(get_file(path, origin, file_hash="bfafd718b763782e994055a2d397834f")) as file:
        return json.load(file)
