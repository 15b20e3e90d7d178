"""A student that learns from its teacher: the losses, a fit, and what is refused."""

import numpy as np

RNG = np.random.RandomState(0)
X = RNG.uniform(-1, 1, (8, 4)).astype("float32")
Y = np.array([0, 1, 2, 0, 1, 2, 0, 1])


def network(keras, units, names="ab"):
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(units, activation="relu", name=names[0]),
            keras.layers.Dense(3, name=names[1]),
        ]
    )


def test_losses(tf, answer):
    keras = tf.keras
    kinds = keras.distillation
    a, b = tf.constant(X[:, :3]), tf.constant(X[:, 1:])
    answer("plain", kinds.LogitsDistillation().compute_loss(a, b))
    cold = kinds.LogitsDistillation(2.0, keras.losses.KLDivergence())
    answer("objects", cold.compute_loss(a, b))
    several = kinds.LogitsDistillation(4.0, ["mse", None])
    answer("several", several.compute_loss([a, a], [b, b]))
    features = kinds.FeatureDistillation("cosine_similarity", "a", "b")
    answer("features", features.compute_loss(a, b))
    answer("config", features.get_config())
    answer("again", type(features).from_config(features.get_config()).student_layer_name)
    answer.raises("none", lambda: kinds.LogitsDistillation(loss=[None]), ["non-`None`"])
    answer.raises("cold", lambda: kinds.LogitsDistillation(-1.0), ["must be positive"])
    answer.raises("structure", lambda: several.validate_outputs([a, a], [b]), [])
    answer.raises("base", lambda: kinds.DistillationLoss().compute_loss(a, b),
                  ["must implement compute_loss"])  # fmt: skip


def test_fit(tf, answer):
    keras = tf.keras
    kinds = keras.distillation
    keras.utils.set_random_seed(1)
    teacher, student = network(keras, 6), network(keras, 5, "cd")
    distiller = kinds.Distiller(
        teacher,
        student,
        [kinds.LogitsDistillation(2.0, keras.losses.KLDivergence()),
         kinds.FeatureDistillation("mae", "b", "d")],
        distillation_loss_weights=[1.0, 0.5],
        student_loss_weight=0.25,
    )  # fmt: skip
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", loss, metrics=["accuracy"])
    before = [w.numpy() for w in teacher.weights]
    history = distiller.fit(X, Y, epochs=2, batch_size=4, verbose=0).history
    answer("names", sorted(history))
    answer("history", {name: history[name] for name in sorted(history)}, rtol=1e-4)
    answer("taught", student.get_weights(), rtol=1e-4)
    assert all((w.numpy() == b).all() for w, b in zip(teacher.weights, before))
    answer("evaluated", distiller.evaluate(X, Y, verbose=0, return_dict=True)["loss"], rtol=1e-4)
    again = kinds.Distiller.from_config(distiller.get_config())
    answer("config", [again.student_loss_weight, again.distillation_loss_weights])
    answer("types", [type(loss).__name__ for loss in again.distillation_losses])


def test_errors(tf, answer):
    keras = tf.keras
    kinds = keras.distillation
    teacher, student = network(keras, 6), network(keras, 5, "cd")
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    logits = kinds.LogitsDistillation()
    for name, make, keywords in (
        ("shape", lambda: kinds.Distiller(teacher, other, logits), ["output shapes"]),
        ("no model", lambda: kinds.Distiller(teacher, 3, logits), ["Student must be"]),
        ("nothing", lambda: kinds.Distiller(teacher, student, None), ["cannot be `None`"]),
        ("weight", lambda: kinds.Distiller(teacher, student, logits, student_loss_weight=2),
         ["between 0.0 and 1.0"]),
        ("weights", lambda: kinds.Distiller(teacher, student, [logits], [1.0, 2.0]),
         ["must match number"]),
        ("layer", lambda: kinds.Distiller(
            teacher, student, kinds.FeatureDistillation("mse", "a", "nowhere")),
         ["In student model"]),
        ("loss", lambda: kinds.Distiller(teacher, student, logits).compile("sgd"),
         ["'loss' cannot be"]),
    ):  # fmt: skip
        answer.raises(name, make, keywords)
