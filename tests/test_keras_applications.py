"""The networks of `keras.applications`: their layers, weights, outputs, arguments and errors."""

import numpy as np
import pytest

IMAGES = np.linspace(0, 255, 2 * 32 * 32 * 3).reshape(2, 32, 32, 3).astype("float32")

# One network of each kind.
NETWORKS = [
    ("ConvNeXtTiny", {"include_top": False, "pooling": "avg"}),
    ("DenseNet121", {"classes": 3, "input_shape": (32, 40, 1)}),
    ("EfficientNetB0", {"include_top": False, "pooling": "max"}),
    ("EfficientNetV2B1", {"classifier_activation": None}),
    ("InceptionResNetV2", {"include_top": False}),
    ("InceptionV3", {"classes": 5}),
    ("MobileNet", {"alpha": 0.25, "input_shape": (128, 128, 3)}),
    ("MobileNetV2", {"alpha": 1.3, "classes": 3}),
    ("MobileNetV3Large", {"minimalistic": True, "pooling": "avg"}),
    ("NASNetMobile", {"include_top": False}),
    ("ResNet50", {"classes": 7, "name": "mine"}),
    ("ResNet50V2", {"include_top": False, "pooling": "max"}),
    ("VGG16", {"include_top": False, "input_shape": (48, 32, 3)}),
    ("Xception", {"include_top": False, "pooling": "avg"}),
]


@pytest.fixture
def keras(tf):
    tf.keras.utils.clear_session()
    tf.keras.utils.set_random_seed(1)
    return tf.keras


def described(model):
    layers = [f"{type(x).__name__} {x.name} {tuple(x.output.shape)}" for x in model.layers]
    return [model.name, model.count_params(), "\n".join(layers)]


@pytest.mark.parametrize("name, kwargs", NETWORKS, ids=[row[0] for row in NETWORKS])
def test_network(keras, answer, name, kwargs):
    model = getattr(keras.applications, name)(weights=None, **kwargs)
    answer("described", described(model))


def test_names_of_weights(keras, answer):
    model = keras.applications.NASNetMobile(weights=None, include_top=False)
    answer("paths", [weight.path for weight in model.weights][:120])


SMALL = [
    ("MobileNetV3Small", {"classes": 3, "alpha": 0.5}),
    ("VGG16", {"include_top": False, "pooling": "max"}),
]


@pytest.mark.parametrize("name, kwargs", SMALL, ids=[row[0] for row in SMALL])
def test_output(keras, answer, name, kwargs):
    """The same seed gives the same weights, and these the same outputs."""
    model = getattr(keras.applications, name)(weights=None, **kwargs)
    answer("output", model.predict(IMAGES, verbose=0), rtol=1e-3)


def test_summary(keras, answer):
    model = keras.applications.MobileNetV3Small(weights=None, alpha=0.5, classes=2)
    answer.printed("summary", model.summary)


def test_input_tensor(keras, answer):
    images = keras.Input((64, 64, 3), name="images")
    scaled = keras.applications.mobilenet_v2.preprocess_input(images)
    model = keras.applications.MobileNetV2(
        input_tensor=scaled, weights=None, include_top=False, pooling="avg", alpha=0.35
    )
    answer("described", described(model))
    head = keras.layers.Dense(2)(model.output)
    answer("extended", described(keras.Model(model.input, head))[1])


def test_weights_file(keras, tmp_path):
    make = keras.applications.MobileNet
    model = make(alpha=0.25, weights=None, classes=3, input_shape=(32, 32, 3))
    path = str(tmp_path / "mine.weights.h5")
    model.save_weights(path)
    again = make(alpha=0.25, weights=path, classes=3, input_shape=(32, 32, 3))
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_errors(keras, answer):
    applications = keras.applications
    raises = [
        ("weights", lambda: applications.VGG16(weights="nowhere"), ["weights", "imagenet"]),
        ("classes", lambda: applications.ResNet50(classes=10), ["classes", "1000"]),
        ("small", lambda: applications.Xception(weights=None, input_shape=(32, 32, 3)), ["71x71"]),
        ("rank", lambda: applications.VGG16(weights=None, input_shape=(32, 32)), ["three integ"]),
        ("open", lambda: applications.VGG16(weights=None, input_shape=(None, 32, 3)), ["static"]),
        ("shape", lambda: applications.ResNet50(input_shape=(64, 64, 3)), ["(224, 224, 3)"]),
        ("channels", lambda: applications.ResNet50(include_top=False, input_shape=(64, 64, 1)),
         ["3 channels"]),
        ("activation", lambda: applications.MobileNet(classifier_activation="relu"), ["softmax"]),
        ("alpha", lambda: applications.MobileNetV2(alpha=0.6), ["alpha"]),
        ("minimal", lambda: applications.MobileNetV3Small(alpha=0.75, minimalistic=True), ["alpha"]),
        ("tensor", lambda: applications.MobileNetV2(
            input_tensor=keras.Input((64, 64, 3)), input_shape=(32, 32, 3), weights=None),
         ["input_shape[1]"]),
    ]  # fmt: skip
    for key, call, keywords in raises:
        answer.raises(key, call, keywords)
    with pytest.warns(UserWarning, match="3 input channels"):
        applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 4))


def test_no_network(keras, answer, monkeypatch, tmp_path):
    """Weights and names that cannot be downloaded: Keras's error names their URL."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    make = keras.applications.MobileNet
    answer.raises("weights", lambda: make(alpha=0.25), ["URL fetch failure", "mobilenet_2_5_224"])
    scores = np.zeros((1, 1000), "float32")
    decode = keras.applications.imagenet_utils.decode_predictions
    answer.raises("names", lambda: decode(scores), ["URL fetch failure", "imagenet_class_index"])


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_preprocess_input(keras, answer, tf, mode, data_format):
    preprocess = keras.applications.imagenet_utils.preprocess_input
    shape = (2, 3, 2, 2) if data_format == "channels_first" else (2, 2, 2, 3)
    images = np.arange(24.0).reshape(shape) * 10
    answer("tensor", preprocess(tf.constant(images, "float32"), data_format, mode))
    answer("one", preprocess(tf.constant(images[0], "float32"), data_format, mode))
    answer("integers", preprocess(images.astype("uint8"), data_format, mode))
    symbolic = preprocess(keras.Input(shape[1:]), data_format, mode)
    answer("symbolic", [tuple(symbolic.shape), symbolic.name])
    answer("array", preprocess(images, data_format, mode))
    answer("in place", images)


def test_preprocess_of_networks(keras, answer):
    pixels = np.array([[[[10.0, 100.0, 200.0]]]])
    names = ["convnext", "densenet", "efficientnet", "efficientnet_v2", "inception_resnet_v2",
             "inception_v3", "mobilenet", "mobilenet_v2", "mobilenet_v3", "nasnet", "resnet",
             "resnet50", "resnet_v2", "vgg16", "vgg19", "xception"]  # fmt: skip
    for name in names:
        answer(name, getattr(keras.applications, name).preprocess_input(pixels.copy()))
    preprocess = keras.applications.imagenet_utils.preprocess_input
    answer.raises("mode", lambda: preprocess(pixels, mode="none"), ["mode", "torch"])
    answer.raises("format", lambda: preprocess(pixels, "last"), ["data_format", "channels_last"])


def test_decode_predictions(keras, answer):
    decode = keras.applications.vgg16.decode_predictions
    answer.raises("shape", lambda: decode(np.zeros((2, 10))), ["(samples, 1000)"])


def test_names_of_classes(monkeypatch):
    from minitf.keras.applications import imagenet_utils

    names = {str(i): (f"n{i}", f"class {i}") for i in range(1000)}
    monkeypatch.setattr(imagenet_utils, "_class_names", lambda: names)
    scores = np.zeros((1, 1000), "float32")
    scores[0, 7], scores[0, 3] = 0.7, 0.2
    found = imagenet_utils.decode_predictions(scores, top=2)
    assert found == [[("n7", "class 7", scores[0, 7]), ("n3", "class 3", scores[0, 3])]]
