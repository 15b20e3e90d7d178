"""Models of classes as SavedModels: the names and shapes that their signatures have."""

import numpy as np
import pytest

_CALLS = {
    "list": ([0, 1], lambda self, inputs: self.dense(inputs[0]) + self.dense(inputs[1])),
    "dict": ({"x": 0, "y": 1}, lambda self, inputs: {"a": self.dense(inputs["y"])}),
    "nested": ([0, {"z": 1}], lambda self, inputs: self.dense(inputs[1]["z"])),
    "one": (0, lambda self, inputs: (self.dense(inputs), inputs)),
}


@pytest.mark.parametrize("case", _CALLS)
def test_signatures_of_a_class(tf, answer, case, tmp_path):
    structure, call = _CALLS[case]

    class Model(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = tf.keras.layers.Dense(2)

    Model.call = call
    model, x = Model(), np.ones((3, 4), "float32")
    given = tf.nest.map_structure(lambda _: x, structure)
    found = model(given)
    tf.saved_model.save(model, str(tmp_path / "saved"))
    model.export(str(tmp_path / "exported"), verbose=False)
    for folder, name in (("saved", "serving_default"), ("exported", "serve")):
        loaded = tf.saved_model.load(str(tmp_path / folder))
        signature = loaded.signatures[name]
        specs = signature.structured_input_signature[1]
        answer(f"{folder} inputs", sorted((n, str(s.shape)) for n, s in specs.items()))
        answer(f"{folder} outputs", sorted((n, str(s.shape))
               for n, s in signature.structured_outputs.items()))  # fmt: skip
    again = tf.nest.map_structure(np.array, loaded.serve(given))
    tf.nest.map_structure(np.testing.assert_allclose, again, tf.nest.map_structure(np.array, found))
