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


IMAGES = (np.random.default_rng(0).random((5, 4, 5, 3)) * 255).astype("float32")
LABELS = np.array([0, 1, 0, 1, 0])
CHANGES = {
    "none": {},
    "rescale": {"rescale": 1 / 255.0},
    "rotation": {"rotation_range": 40},
    "width": {"width_shift_range": 0.2},
    "height": {"height_shift_range": 0.3},
    "heights": {"height_shift_range": [1, 2]},
    "pixels": {"width_shift_range": 2},
    "shear": {"shear_range": 20},
    "zoom": {"zoom_range": 0.3},
    "zoom out": {"zoom_range": [0.5, 1.5], "fill_mode": "constant", "cval": 9.0},
    "flip": {"horizontal_flip": True, "vertical_flip": True},
    "channels": {"channel_shift_range": 50.0},
    "all": {"rotation_range": 30, "width_shift_range": 0.1, "height_shift_range": 0.1,
            "shear_range": 10, "zoom_range": 0.2, "horizontal_flip": True, "fill_mode": "reflect"},
    "samplewise": {"samplewise_center": True, "samplewise_std_normalization": True},
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_image_generator(tf, answer, name):
    generator = tf.keras.preprocessing.image.ImageDataGenerator(**CHANGES[name])
    batches = generator.flow(IMAGES, LABELS, batch_size=2, seed=5)
    answer("length", len(batches))
    for i in range(3):
        images, labels = next(batches)
        answer(f"images {i}", images, rtol=1e-4, atol=1e-3)
        answer(f"labels {i}", labels)


def test_fitted_generator(tf, answer):
    image = tf.keras.preprocessing.image
    generator = image.ImageDataGenerator(featurewise_std_normalization=True)
    generator.fit(IMAGES)
    batches = generator.flow(IMAGES, batch_size=5, shuffle=False)
    answer("normalised", next(batches), rtol=1e-4, atol=1e-4)
    generator = image.ImageDataGenerator(validation_split=0.4)
    part = generator.flow(IMAGES, LABELS, subset="training", shuffle=False, batch_size=2)
    answer("part", part[0][1])
    answer.raises("index", lambda: part[9], ["element 9"])
    answer.raises("labels", lambda: generator.flow(IMAGES, LABELS[:3]), ["same length"])
    answer.raises("rank", lambda: generator.flow(IMAGES[0]), ["rank 4"])
    answer.raises("zoom", lambda: image.ImageDataGenerator(zoom_range=[1, 2, 3]), ["zoom_range"])


def test_image_files(tf, answer, tmp_path):
    pytest.importorskip("PIL")
    image, path = tf.keras.preprocessing.image, tmp_path / "image.png"
    image.save_img(path, IMAGES[0], scale=False)
    answer("read", image.img_to_array(image.load_img(path)))
    small = image.load_img(path, color_mode="grayscale", target_size=(3, 4))
    answer("small", image.img_to_array(small))
    answer("array", image.img_to_array(np.ones((2, 3))))
