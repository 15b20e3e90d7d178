"""Pictures in files that a table names, and changes to one picture (Keras's older functions)."""

import numpy as np
import pytest

X = np.random.RandomState(0).uniform(0, 200, (5, 4, 3)).astype("float32")


@pytest.fixture
def table(tmp_path):
    """(a table of six pictures, their folder)."""
    pandas = pytest.importorskip("pandas")
    picture = pytest.importorskip("PIL.Image")
    rng = np.random.RandomState(0)
    names = [f"{i}.png" for i in range(6)]
    for name in names:
        pixels = rng.randint(0, 255, (4, 4, 3), dtype=np.uint8)
        picture.fromarray(pixels).save(tmp_path / name)
    columns = {
        "filename": [*names, "missing.png"],
        "class": ["cat", "dog", "cat", "bird", "dog", "cat", "dog"],
        "several": [["cat", "dog"], ["dog"], ["cat"], ["bird"], ["dog", "bird"], ["cat"], ["dog"]],
        "x": np.arange(7.0),
        "y": np.arange(7) * 2,
        "w": np.linspace(0, 1, 7),
    }
    return pandas.DataFrame(columns), str(tmp_path)


MODES = {
    "categorical": {},
    "several": {"y_col": "several"},
    "sparse": {"class_mode": "sparse", "weight_col": "w"},
    "binary": {"class_mode": "binary", "classes": ["dog", "cat"]},
    "raw": {"class_mode": "raw", "y_col": ["x", "y"]},
    "multi_output": {"class_mode": "multi_output", "y_col": ["x", "y"]},
    "input": {"class_mode": "input", "color_mode": "grayscale"},
    "none": {"class_mode": None},
    "training": {"class_mode": "sparse", "subset": "training"},
    "validation": {"class_mode": "sparse", "subset": "validation"},
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.filterwarnings("ignore:Found 1 invalid")
def test_flow_from_dataframe(tf, answer, table, capsys, mode):
    rows, folder = table
    generator = tf.keras.preprocessing.image.ImageDataGenerator(
        rescale=1 / 255, validation_split=0.4
    )
    flow = generator.flow_from_dataframe(
        rows, folder, target_size=(3, 3), batch_size=4, shuffle=False, **MODES[mode]
    )
    answer("found", capsys.readouterr().out)
    answer("batches", [flow[i] for i in range(len(flow))], rtol=1e-4)
    answer("names", flow.filenames)


def test_errors_of_tables(tf, answer, table):
    rows, folder = table
    flow = tf.keras.preprocessing.image.ImageDataGenerator().flow_from_dataframe
    answer.raises("mode", lambda: flow(rows, folder, class_mode="other one"), ["class_mode"])
    answer.raises("list", lambda: flow(rows, folder, class_mode="multi_output"), ["must be a list"])
    answer.raises("two", lambda: flow(rows, folder, class_mode="binary"), ["2 classes"])
    answer.raises("names", lambda: flow(rows, folder, x_col="x"), ["must be strings"])
    answer.raises("labels", lambda: flow(rows, folder, y_col="x"), ["must be"])
    answer.raises("weights", lambda: flow(rows, folder, weight_col="class"), ["numeric"])
    with pytest.warns(UserWarning, match="1 invalid image"):
        flow(rows, folder)


def test_changes(tf, answer):
    image, axes = tf.keras.preprocessing.image, (0, 1, 2)
    answer("affine", image.apply_affine_transform(X, 30, 1, 0.5, 10, 1.2, 0.8, *axes), rtol=1e-4)
    answer("first", image.apply_affine_transform(np.moveaxis(X, 2, 0), 45, fill_mode="constant"))
    answer("same", image.apply_affine_transform(X, 0, 0, 0, 0, 1, 1, *axes))
    answer("channels", image.apply_channel_shift(X, 30.0, 2))
    np.random.seed(1)
    answer("rotation", image.random_rotation(X, 40, *axes), rtol=1e-4)
    answer("shift", image.random_shift(X, 0.3, 0.2, *axes), rtol=1e-4)
    answer("shear", image.random_shear(X, 20, *axes), rtol=1e-4)
    answer("zoom", image.random_zoom(X, (0.5, 1.5), *axes), rtol=1e-4)
    answer("random channels", image.random_channel_shift(X, 50.0, 2))
    answer.raises("axes", lambda: image.apply_affine_transform(X, 3, row_axis=0), ["axis"])
    answer.raises("zooms", lambda: image.random_zoom(X, (1,)), ["zoom_range"])


def test_brightness(tf, answer):
    pytest.importorskip("PIL")
    image = tf.keras.preprocessing.image
    answer("scaled", image.apply_brightness_shift(X, 0.5))
    answer("plain", image.apply_brightness_shift(X, 1.5, scale=False))
    np.random.seed(1)
    answer("random", image.random_brightness(X, (0.5, 1.5)))
    answer.raises("range", lambda: image.random_brightness(X, 3 * (1,)), ["brightness_range"])


def test_smart_resize(tf, answer):
    resize = tf.keras.preprocessing.image.smart_resize
    answer("array", resize(X, (2, 2)), rtol=1e-4)
    answer("batch", resize(X[None], (6, 3), "nearest"))
    answer("tensor", resize(tf.constant(X), (3, 5)), rtol=1e-4)
    answer.raises("size", lambda: resize(X, 3 * (2,)), ["size"])
    answer.raises("rank", lambda: resize(X[0], (2, 2)), ["rank"])
