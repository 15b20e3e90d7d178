"""Texts and sequences on their way into a model, against recorded answers."""

import random

import numpy as np
import pytest

TEXTS = ["The cat sat on the mat.", "The dog ate my homework!", "a cat, a dog; a bird"]
SETTINGS = {
    "plain": {},
    "oov": {"oov_token": "<OOV>"},
    "few": {"num_words": 4},
    "few oov": {"num_words": 4, "oov_token": "<OOV>"},
    "characters": {"char_level": True},
    "case": {"lower": False, "filters": ""},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_tokenizer(tf, answer, name):
    text = tf.keras.preprocessing.text
    tokenizer = text.Tokenizer(**SETTINGS[name])
    tokenizer.fit_on_texts(TEXTS)
    answer("index", tokenizer.word_index)
    answer("counts", dict(tokenizer.word_counts))
    sequences = tokenizer.texts_to_sequences(["the cat is a dog", "unknown words"])
    answer("sequences", sequences)
    answer("texts", tokenizer.sequences_to_texts([*sequences, [1, 2, 99]]))
    for mode in ("binary", "count", "freq", "tfidf"):
        answer(mode, tokenizer.texts_to_matrix(TEXTS, mode=mode))
    config = tokenizer.get_config()
    answer(
        "config", [(k, config[k]) for k in sorted(config) if k not in ("word_docs", "index_docs")]
    )
    again = text.tokenizer_from_json(tokenizer.to_json())
    answer("again", again.texts_to_sequences(TEXTS))


CASES = {
    "words": "text.text_to_word_sequence('Hello, World! a-b', lower=False)",
    "hashed": "text.hashing_trick('the cat sat', 10, 'md5')",
    "lists": "fitted(text.Tokenizer()).texts_to_sequences([['The', 'Cat']])",
    "pad": "sequence.pad_sequences([[1, 2, 3], [4]], maxlen=2)",
    "pad post": "sequence.pad_sequences([[1, 2, 3], [4]], padding='post', value=9)",
    "table": "sequence.make_sampling_table(6)",
    "windows": "batches(sequence.TimeseriesGenerator(np.arange(12), np.arange(12), 3, batch_size=4))",
    "strided": "batches(sequence.TimeseriesGenerator(np.arange(20), np.arange(20), 4, sampling_rate=2, stride=3, reverse=True, batch_size=2))",
    "pairs": "sequence.skipgrams([1, 2, 0, 3], 10, window_size=1, negative_samples=0, shuffle=False)",
    "drawn pairs": "sequence.skipgrams([1, 2, 3, 4], 10, window_size=2, seed=4)",
    "categorical": "sequence.skipgrams([1, 2, 3], 10, window_size=1, categorical=True)",
}  # fmt: skip
ERRORS = {
    "mode": ("fitted(text.Tokenizer()).texts_to_matrix(['cat'], mode='foo')", ["mode"]),
    "no texts": ("text.Tokenizer().texts_to_matrix(['cat'])", ["num_words"]),
    "argument": ("text.Tokenizer(foo=1)", ["foo"]),
    "lengths": ("sequence.TimeseriesGenerator([1, 2], [1], 1)", ["same length"]),
    "short": ("sequence.TimeseriesGenerator([1, 2], [1, 2], 5)", ["disallowed"]),
}


def names_for(tf):
    random.seed(1)

    def fitted(tokenizer):
        tokenizer.fit_on_texts(TEXTS)
        return tokenizer

    def batches(generator):
        return [len(generator)] + [
            [a.tolist() for a in generator[i]] for i in range(len(generator))
        ]

    preprocessing = tf.keras.preprocessing
    names = {"text": preprocessing.text, "sequence": preprocessing.sequence, "np": np}
    return names | {"fitted": fitted, "batches": batches}


@pytest.mark.parametrize("case", CASES)
def test_case(tf, answer, case):
    answer("value", eval(CASES[case], names_for(tf)))


@pytest.mark.parametrize("case", ERRORS)
def test_error(tf, answer, case):
    expression, keywords = ERRORS[case]
    answer.raises("error", lambda: eval(expression, names_for(tf)), keywords)
