"""Layers of images: sizes, random changes with Keras's own random numbers, dictionaries, errors."""

import numpy as np
import pytest

X = np.random.RandomState(0).rand(2, 4, 5, 3).astype("float32")
SIZES = [
    "Resizing(3, 6)",
    "Resizing(8, 5, interpolation='nearest')",
    "Resizing(3, 3, crop_to_aspect_ratio=True)",
    "Resizing(4, 4, pad_to_aspect_ratio=True, fill_value=1.0)",
    "Resizing(2, 3, interpolation='bicubic', antialias=True)",
    "CenterCrop(3, 2)",
    "CenterCrop(6, 4)",
    "CenterCrop(3, 2, bounding_box_format='xyxy')",
]
RANDOM = [
    "RandomFlip(seed=1)",
    "RandomFlip('horizontal', seed=2)",
    "RandomRotation(0.2, seed=1)",
    "RandomRotation((-0.1, 0.3), fill_mode='constant', fill_value=0.5, seed=1)",
    "RandomZoom(0.5, seed=1)",
    "RandomZoom((0.2, 0.5), 0.1, interpolation='nearest', fill_mode='nearest', seed=1)",
    "RandomTranslation(0.5, (-0.2, 0.3), fill_mode='wrap', seed=1)",
    "RandomContrast(0.5, value_range=(0, 1), seed=1)",
    "RandomBrightness(0.5, value_range=(0, 1), seed=1)",
    "RandomGrayscale(0.5, seed=1)",
    "RandomHeight(0.5, seed=1)",
    "RandomWidth((0.2, 0.5), interpolation='nearest', seed=1)",
    "RandomCrop(3, 4, seed=1)",
    "RandomCrop(4, 8, seed=1)",
    "RandomShear((0.2, 0.5), (0.1, 0.3), seed=1)",
    "RandomPerspective(scale=0.5, seed=1)",
    "RandomPerspective(0.5, interpolation='nearest', fill_value=0.5, seed=2)",
    "RandomHue(0.5, value_range=(0, 1), seed=1)",
    "RandomSaturation(0.5, value_range=(0, 1), seed=1)",
    "RandomColorDegeneration(0.5, value_range=(0, 1), seed=1)",
    "RandomInvert(0.5, value_range=(0, 1), seed=1)",
    "RandomPosterization((1, 6), value_range=(0, 1), seed=1)",
    "RandomPosterization((3, 3), value_range=(0, 1), seed=1)",
    "Solarization(0.3, (0.2, 0.5), value_range=(0, 1), seed=1)",
    "RandomColorJitter((0, 1), 0.2, 0.3, 0.4, 0.5, seed=1)",
    "RandomSharpness((0.2, 0.9), value_range=(0, 1), seed=1)",
    "RandomGaussianBlur(0.7, (3, 3), (0.2, 0.9), value_range=(0, 1), seed=1)",
    "RandomErasing(0.7, (0.2, 0.6), value_range=(0, 1), seed=1)",
    "RandomErasing(scale=0.5, fill_value=[0.1, 0.2, 0.3], value_range=(0, 1), seed=2)",
    "AutoContrast(value_range=(0, 1))",
    "Equalization(value_range=(0, 1), bins=16)",
    "MixUp(0.5, seed=1)",
    "CutMix(0.8, seed=1)",
    "RandAugment((0, 1), factor=0.4, seed=1)",
    "AugMix((0, 1), chain_depth=2, factor=0.4, seed=1)",
    "AugMix((0, 1), num_chains=1, all_ops=False, alpha=0.5, seed=2)",
]
ERRORS = {
    "RandomRotation(2.0)": ["factor", "[-1, 1]"],
    "RandomRotation(0.1, fill_mode='x')": ["fill_mode"],
    "RandomZoom(-1.0)": ["height_factor", "(-1.0, 1.0]"],
    "RandomTranslation(2, 0)": ["factor"],
    "RandomContrast(-1)": ["factor", "[0, 1]"],
    "RandomBrightness(0.1, value_range=3)": ["value_range"],
    "RandomGrayscale(2)": ["between 0 and 1"],
    "RandomHue(2)": ["factor", "[0, 1]"],
    "RandomPosterization(9)": ["factor", "[1, 8]"],
    "RandomSaturation(0.1, value_range=3)": ["value_range"],
    "Solarization(1.5)": ["addition_factor", "[0, 1]"],
    "RandomGaussianBlur(kernel_size=2)": ["kernel_size must be an odd number"],
    "RandomGaussianBlur(sigma=2)": ["`sigma` argument", "[0, 1]"],
    "RandomErasing(fill_value='x')(X)": ["fill_value"],
    "RandomShear(1.5)": ["factor", "[0, 1.0]"],
    "RandomPerspective(scale=2)": ["`scale`", "[0,1]"],
    "RandomPerspective(interpolation='x')": ["interpolation"],
    "CutMix(2)": ["factor", "[0, 1]"],
    "Resizing(2, 2, interpolation='x')(X)": ["interpolation"],
    "Resizing(2, 2, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True)(X)": ["aspect_ratio"],
    "RandomFlip()(X[0, 0])": ["rank 3", "4"],
}


@pytest.fixture
def layers(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(3)
    return tf.keras.layers


def make(layers, text):
    return eval(text, {"X": X, **{name: getattr(layers, name) for name in dir(layers)}})


@pytest.mark.parametrize("text", SIZES + RANDOM)
def test_layer(layers, answer, text):
    layer = make(layers, text)
    answer("value", [layer(X), layer(X), layer(X, training=False)], rtol=1e-4, atol=1e-5)
    answer("one image", layer(X[0]).shape)
    answer("shape", tuple(layer.compute_output_shape((None, 4, 5, 3))))
    answer("config", {k: v for k, v in layer.get_config().items() if k != "seed" or v})
    answer("variables", [v.path for v in layer.variables])
    answer("again", type(layer).from_config(layer.get_config()).get_config() == layer.get_config())


@pytest.mark.parametrize("text", ERRORS)
def test_errors(layers, answer, text):
    answer.raises("error", lambda: make(layers, text), keywords=ERRORS[text])


def test_channels_first(layers, answer):
    x = X.transpose(0, 3, 1, 2)
    for text in ("RandomFlip('vertical', seed=2, ", "RandomRotation(0.2, seed=1, ",
                 "Resizing(3, 4, ", "CenterCrop(3, 2, ", "RandomCrop(3, 2, seed=1, "):  # fmt: skip
        layer = make(layers, f"{text}data_format='channels_first')")
        answer(text, layer(x), rtol=1e-4, atol=1e-5)


def test_dictionaries(layers, answer):
    images = {
        "images": X,
        "labels": np.array([0, 1]),
        "segmentation_masks": np.arange(40).reshape(2, 4, 5, 1),
    }
    for text in ("RandomFlip('horizontal', seed=2)", "RandomRotation(0.2, seed=1)",
                 "Resizing(3, 4)", "RandomContrast(0.5, seed=1)"):  # fmt: skip
        answer(text, make(layers, text)(dict(images)), rtol=1e-4, atol=1e-5)


def test_whole_numbers(layers, answer):
    x = (X * 255).astype("uint8")
    for text in ("Resizing(3, 4)", "RandomFlip('horizontal', seed=2)", "CenterCrop(3, 2)",
                 "RandomZoom(0.2, seed=1)"):  # fmt: skip
        answer(text, make(layers, text)(x), rtol=1e-4, atol=1e-3)


def test_in_a_model(tf, layers, answer):
    stack = [tf.keras.Input((4, 5, 3)), layers.RandomFlip(), layers.RandomRotation(0.1),
             layers.Rescaling(0.5), layers.Flatten(), layers.Dense(1)]  # fmt: skip
    model = tf.keras.Sequential(stack)
    model.compile("sgd", "mse")
    history = model.fit(X, np.ones([2, 1]), epochs=2, verbose=0, shuffle=False)
    answer("loss", history.history["loss"], rtol=1e-4)
    answer("predicted", model.predict(X, verbose=0), rtol=1e-3, atol=1e-4)
    answer.printed("summary", model.summary)


def test_in_a_pipeline(tf, layers, answer):
    change = tf.keras.Sequential([layers.RandomFlip(seed=1), layers.Resizing(3, 3)])
    data = tf.data.Dataset.from_tensor_slices(X).batch(1)
    changed = list(data.map(lambda x: change(x, training=True)))
    answer("changed", changed, rtol=1e-4, atol=1e-5)
