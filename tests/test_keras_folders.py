"""Datasets of files whose class is the name of their folder; caches that `fit` fills."""

import numpy as np
import pytest


def texts(tmp_path):
    for label in ("neg", "pos"):
        for i in range(5):
            (tmp_path / "t" / label).mkdir(parents=True, exist_ok=True)
            (tmp_path / "t" / label / f"{i}.txt").write_text(f"{label} text {i}")
    return str(tmp_path / "t")


def test_texts(tf, answer, tmp_path, capsys):
    tf.random.set_seed(1)
    load, folder = tf.keras.utils.text_dataset_from_directory, texts(tmp_path)
    dataset = load(folder, batch_size=4, seed=3)
    answer("classes", dataset.class_names)
    answer("batches", list(dataset))
    parts = {p: load(folder, batch_size=None, validation_split=0.3, subset=p, seed=7)
             for p in ("training", "validation")}  # fmt: skip
    answer("training", [x.numpy() for x, _ in parts["training"]])
    answer("validation", [int(y) for _, y in parts["validation"]])
    both = load(folder, validation_split=0.3, subset="both", seed=7, batch_size=3)
    answer("both", [list(d) for d in both])
    ordered = load(folder, label_mode="categorical", shuffle=False, batch_size=3, max_length=5)
    answer("ordered", next(iter(ordered)))
    answer("binary", next(iter(load(folder, label_mode="binary", shuffle=False)))[1])
    answer("unlabeled", len(next(iter(load(folder, labels=None, shuffle=False)))))
    answer("given", next(iter(load(folder, labels=list(range(10)), shuffle=False)))[1])
    answer("names", load(folder, class_names=["pos", "neg"], shuffle=False).class_names)
    answer("printed", capsys.readouterr().out.split("\n"))
    answer.raises("seed", lambda: load(folder, validation_split=0.2, subset="training"), ["seed"])
    answer.raises("subset", lambda: load(folder, validation_split=0.2), ["subset"])
    answer.raises("none", lambda: load(str(tmp_path / "t" / "pos"), labels="x"), ["labels"])


def test_images(tf, answer, tmp_path):
    tf.random.set_seed(1)
    image = pytest.importorskip("PIL.Image")
    rng = np.random.RandomState(0)
    for label in ("cat", "dog"):
        (tmp_path / "i" / label).mkdir(parents=True)
        for i in range(3):
            pixels = rng.randint(0, 255, (6, 8, 3), dtype=np.uint8)
            image.fromarray(pixels).save(tmp_path / "i" / label / f"{i}.png")
    load, folder = tf.keras.utils.image_dataset_from_directory, str(tmp_path / "i")
    x, y = next(iter(load(folder, image_size=(4, 4), batch_size=6, seed=1)))
    answer("images", [x, y], rtol=1e-4, atol=1e-3)
    dataset = load(folder, image_size=(4, 4), color_mode="grayscale", label_mode="binary",
                   validation_split=0.5, subset="validation", seed=5)  # fmt: skip
    answer("spec", [list(s.shape) for s in dataset.element_spec])
    x = next(iter(load(folder, labels=None, image_size=(4, 4), shuffle=False,
                       crop_to_aspect_ratio=True)))  # fmt: skip
    answer("cropped", x, rtol=1e-4, atol=1e-3)
    x = next(iter(load(folder, labels=None, image_size=(4, 4), shuffle=False,
                       pad_to_aspect_ratio=True)))  # fmt: skip
    answer("padded", x, rtol=1e-4, atol=1e-3)
    answer.raises("color", lambda: load(folder, color_mode="x"), ["color_mode"])
    empty = str(tmp_path / "i" / "cat")
    answer.raises("no images", lambda: load(empty), ["No images found", "Allowed formats: ('.bmp'"])


def test_fit_fills_a_cache(tf, answer):
    tf.random.set_seed(1)
    dataset = tf.data.Dataset.range(6).shuffle(6, seed=1).batch(3)
    dataset = dataset.map(lambda x: (tf.cast(x, "float32")[:, None],) * 2).cache().prefetch(2)
    model = tf.keras.Sequential([tf.keras.Input([1]), tf.keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    model.fit(dataset, epochs=2, verbose=0)
    answer("order", [x for x, _ in dataset])


def test_texts_go_into_models(tf, answer):
    layer = tf.keras.layers.TextVectorization(output_sequence_length=3)
    layer.adapt(["a b", "c a"])
    answer("dtypes", [layer.dtype, layer.compute_dtype, tf.keras.layers.IntegerLookup().dtype])
    model = tf.keras.Sequential([layer, tf.keras.layers.Embedding(5, 2, "ones")])
    answer("predict", model.predict(tf.constant(["a c", "b"]), verbose=0))
    text = tf.keras.Input((1,), dtype="string")
    answer("symbolic", [layer(text).dtype, list(layer(text).shape)])
