"""`tf.keras.preprocessing.sequence`: sequences of one length, windows in time, pairs of words."""

import json
import random

import numpy as np

from minitf.keras.adapters import PyDataset
from minitf.keras.preparing import pad_sequences as pad_sequences


class TimeseriesGenerator(PyDataset):
    """Batches of windows of a series, each with the target that follows it.

    Args:
      data: the series [time, ...]; targets: as long.
      length: of a window; sampling_rate: take every so many steps of it.
      stride: the distance of two windows.
      start_index, end_index: the part of the series to look at.
      shuffle: windows at random places; reverse: the time runs backwards.

    Raises:
      ValueError: lengths that differ, or a series that is too short.

    >>> windows = TimeseriesGenerator(np.arange(5), np.arange(5), length=2, batch_size=2)
    >>> [array.tolist() for array in windows[0]]
    [[[0, 1], [1, 2]], [2, 3]]
    """

    def __init__(self, data, targets, length, sampling_rate=1, stride=1, start_index=0,
                 end_index=None, shuffle=False, reverse=False, batch_size=128,
                 **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        if len(data) != len(targets):
            raise ValueError(
                f"Data and targets have to be of same length. Data length is {len(data)} while "
                f"target length is {len(targets)}"
            )
        self.data, self.targets, self.length = data, targets, length
        self.sampling_rate, self.stride, self.batch_size = sampling_rate, stride, batch_size
        self.shuffle, self.reverse = shuffle, reverse
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        if self.start_index > self.end_index:
            raise ValueError(
                f"`start_index+length={self.start_index} > end_index={self.end_index}` is "
                "disallowed, as no part of the sequence would be left to be used as current step."
            )

    def __len__(self):
        span = self.batch_size * self.stride
        return (self.end_index - self.start_index + span) // span

    def __getitem__(self, index):
        span = self.batch_size * self.stride
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, self.batch_size)
        else:
            first = self.start_index + span * index
            rows = np.arange(first, min(first + span, self.end_index + 1), self.stride)
        windows = [self.data[row - self.length : row : self.sampling_rate] for row in rows]
        samples, targets = np.array(windows), np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1, ...] if self.reverse else samples), targets

    def get_config(self):
        """The arguments of the constructor, the series as JSON."""
        names = ("length", "sampling_rate", "stride", "start_index", "end_index", "shuffle",
                 "reverse", "batch_size")  # fmt: skip
        series = {"data": self.data, "targets": self.targets}
        texts = {name: json.dumps(np.asarray(values).tolist()) for name, values in series.items()}
        return texts | {name: getattr(self, name) for name in names}

    def to_json(self, **kwargs):
        """The generator as JSON; `kwargs` go to `json.dumps`."""
        form = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(form, **kwargs)


def make_sampling_table(size, sampling_factor=1e-5):
    """The probability to keep the i-th most frequent word, less for frequent ones (word2vec).

    >>> make_sampling_table(3).round(4).tolist()
    [0.0032, 0.0032, 0.0055]
    """
    rank = np.arange(size)
    rank[0] = 1
    frequency = 1 / (rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank))  # by Zipf's law
    share = sampling_factor / frequency
    return np.minimum(1.0, share / np.sqrt(share))


def skipgrams(sequence, vocabulary_size, window_size=4, negative_samples=1.0, shuffle=True,
              categorical=False, sampling_table=None, seed=None):  # fmt: skip
    """Pairs of words, and whether they are neighbours in a text (Mikolov et al., 2013).

    Args:
      sequence: the numbers of the words; 0 is no word.
      window_size: how far apart neighbours are at most.
      negative_samples: how many random pairs there are for each true one.
      categorical: labels are [0, 1] and [1, 0] in place of 1 and 0.
      sampling_table: the probability to keep each word.
      seed: of the final order.

    Returns:
      A list of pairs, and the list of their labels.
    """
    right, wrong = ([0, 1], [1, 0]) if categorical else (1, 0)
    couples = []
    for i, word in enumerate(sequence):
        if not word:
            continue
        if sampling_table is not None and sampling_table[word] < random.random():
            continue
        for j in range(max(0, i - window_size), min(len(sequence), i + window_size + 1)):
            if j != i and sequence[j]:
                couples.append([word, sequence[j]])
    labels = [right] * len(couples)
    if negative_samples > 0:
        count = int(len(labels) * negative_samples)
        words = [couple[0] for couple in couples]
        random.shuffle(words)
        couples += [
            [words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)
        ]
        labels += [wrong] * count
    if shuffle:
        seed = random.randint(0, int(10e6)) if seed is None else seed
        for entries in (couples, labels):  # both in the same order
            random.seed(seed)
            random.shuffle(entries)
    return couples, labels
