"""11,228 newswires as lists of word numbers, in 46 topics."""

import json

from minitf.keras.datasets.sources import (
    BASE,
    limited,
    load_npz,
    marked,
    ragged,
    shorter,
    shuffled,
    split,
)
from minitf.keras.downloads import get_file

_HASH = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
_TOPICS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves "
    "ship cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin "
    "strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem "
    "dlr gas silver wpi hog lead"
)


def load_data(path="reuters.npz", num_words=None, skip_top=0, maxlen=None, test_split=0.2,
              seed=113, start_char=1, oov_char=2, index_from=3):  # fmt: skip
    """`(x_train, y_train), (x_test, y_test)`; the arguments are those of `imdb.load_data`."""
    data = load_npz(path, "reuters.npz", _HASH, allow_pickle=True)
    x, y = shuffled(seed, data["x"], data["y"])
    x = marked(x, start_char, index_from)
    x, y = shorter(maxlen, x, y) if maxlen else (x, y)
    return split(ragged(limited(x, num_words, skip_top, oov_char)), y, test_split)


def get_word_index(path="reuters_word_index.json"):
    """A dict from words to their numbers (without the shift `index_from`)."""
    origin = BASE + "reuters_word_index.json"
    with open(get_file(path, origin, file_hash="4d44cc38712099c9e383dc6e5f11a921")) as file:
        return json.load(file)


def get_label_names():
    """The names of the topics."""
    return tuple(_TOPICS.split())
