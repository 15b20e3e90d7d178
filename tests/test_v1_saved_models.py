"""SavedModels of TF 1.x: a session's graph, its variables and its signatures, in a folder."""

import os

import pytest

X = [[1.0, 2.0], [3.0, 4.0]]


@pytest.fixture
def v1(tf):
    with tf.Graph().as_default():
        yield tf.compat.v1


def network(v1):
    x = v1.placeholder(v1.float32, [None, 2], name="x")
    w = v1.get_variable("w", initializer=[[1.0], [2.0]])
    return x, w, v1.identity(v1.matmul(x, w), name="y")


def in_another(tf, folder, tags, fetch, **arguments):
    """What `fetch(signature)` names, computed in a new session from the folder."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        model = v1.saved_model.loader.load(session, tags, folder, **arguments)
        return session.run(*fetch(model.signature_def["serving_default"]))


def test_simple_save(tf, v1, answer, tmp_path):
    folder = str(tmp_path / "model")
    x, w, y = network(v1)
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        session.run(v1.assign(w, [[3.0], [4.0]]))
        v1.saved_model.simple_save(session, folder, {"x": x}, {"y": y})
    answer("files", sorted(os.listdir(folder)))
    answer("is one", v1.saved_model.maybe_saved_model_directory(folder))
    fetch = lambda s: (s.outputs["y"].name, {s.inputs["x"].name: X})  # noqa: E731
    answer("loaded", in_another(tf, folder, ["serve"], fetch))
    scoped = lambda s: ("in/" + s.outputs["y"].name, {"in/" + s.inputs["x"].name: X})  # noqa: E731
    answer("scoped", in_another(tf, folder, [v1.saved_model.tag_constants.SERVING], scoped,
                                import_scope="in"))  # fmt: skip
    answer.raises("tags", lambda: in_another(tf, folder, ["gpu"], fetch), ["tags"])
    answer.raises("none", lambda: in_another(tf, str(tmp_path / "no"), ["serve"], fetch),
                  ["does not exist"])  # fmt: skip


def test_builder(tf, v1, answer, tmp_path):
    models, folder = v1.saved_model, str(tmp_path / "model")
    x, w, y = network(v1)
    signature = models.signature_def_utils.build_signature_def(
        {"input": models.utils.build_tensor_info(x)}, {"output": models.utils.build_tensor_info(y)},
        models.signature_constants.PREDICT_METHOD_NAME)  # fmt: skip
    answer("valid", models.is_valid_signature(signature))
    answer("tensor", models.utils.get_tensor_from_tensor_info(signature.outputs["output"]).name)
    builder = models.builder.SavedModelBuilder(folder)
    answer.raises("order", lambda: builder.add_meta_graph(["a"]), ["first"])
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        builder.add_meta_graph_and_variables(
            session, ["train", "gpu"], {"serving_default": signature},
            main_op=v1.assign(w, [[5.0], [6.0]]).op)  # fmt: skip
        answer.raises("twice", lambda: builder.add_meta_graph_and_variables(session, ["b"]),
                      ["already"])  # fmt: skip
        builder.add_meta_graph(["serve"], {"serving_default": signature})
        answer("path", os.path.basename(builder.save()))
    fetch = lambda s: (s.outputs["output"].name, {s.inputs["input"].name: X})  # noqa: E731
    answer("as read", in_another(tf, folder, ["serve"], fetch))
    answer("as set", in_another(tf, folder, ["gpu", "train"], fetch))
    answer.raises("full", lambda: models.Builder(folder), ["exists"])


def test_signatures(tf, v1, answer):
    models = v1.saved_model
    examples = v1.placeholder(v1.string, [None], name="examples")
    scores, classes = v1.constant([1.0], name="scores"), v1.constant(["a"], name="classes")
    found = [
        models.regression_signature_def(examples, scores),
        models.classification_signature_def(examples, classes, scores),
        models.predict_signature_def({"a": examples}, {"b": scores}),
    ]
    for i, signature in enumerate(found):
        held = [sorted((key, info.name) for key, info in part.items())
                for part in (signature.inputs, signature.outputs)]  # fmt: skip
        valid = models.is_valid_signature(signature)
        answer(f"signature {i}", [signature.method_name, held, valid])
    answer.raises("dtype", lambda: models.regression_signature_def(scores, scores), ["string"])
    answer.raises("none", lambda: models.classification_signature_def(examples, None, None),
                  ["None"])  # fmt: skip
    answer.raises("empty", lambda: models.predict_signature_def({}, {"b": scores}), ["empty"])
