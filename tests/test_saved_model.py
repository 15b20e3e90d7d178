"""`tf.saved_model`: objects with variables and traced functions, in folders."""

import os


def linear(tf):
    class Linear(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([[2.0], [3.0]], name="w")
            self.b = tf.Variable(1.0, trainable=False)
            self.parts = [tf.Variable(5), {"k": tf.Variable([4.0])}]
            self.offset = tf.constant([10.0])

        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="inp")])
        def __call__(self, x):
            return x @ self.w + self.b + self.offset

        @tf.function
        def plus(self, x, y=2.0, training=False):
            return x + y if training else {"a": x - y, "b": (x, x * y)}

        @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
        def move(self, v):
            self.b.assign_add(v)
            return self.b + 0.0

        def plain(self):
            return 1

    return Linear()


def saved(tf, obj, tmp_path, **kwargs):
    tf.saved_model.save(obj, str(tmp_path / "m"), **kwargs)
    return tf.saved_model.load(str(tmp_path / "m"))


def test_module(tf, answer, tmp_path):
    module = linear(tf)
    module.plus(tf.constant(1.0))
    module.plus(tf.constant([1.0, 2.0]), training=True)
    loaded = saved(tf, module, tmp_path)
    answer("call", loaded(tf.ones([3, 2])))
    answer("state", [loaded.w, loaded.b, loaded.parts[0], loaded.parts[1]["k"], loaded.b.trainable])
    answer("plus", [loaded.plus(tf.constant(4.0))["b"], loaded.plus(3.0)["a"]])
    answer("training", loaded.plus(tf.constant([1.0, 2.0]), training=True))
    answer("move", [loaded.move(tf.constant(7.0)), loaded.b, loaded(tf.ones([1, 2]))])
    answer("original", module.b)
    answer.raises("shape", lambda: loaded.plus(tf.zeros([7])), ["Could not find matching", "2 opt"])
    answer.raises(
        "declared", lambda: loaded(tf.ones([3])), ["Binding inputs to tf.function failed"]
    )
    answer.raises("plain", lambda: loaded.plain(), ["plain"])
    answer.raises("constant", lambda: loaded.offset, ["offset"])
    answer("signatures", list(loaded.signatures))
    answer("is", [tf.saved_model.contains_saved_model(str(tmp_path / f)) for f in ("m", "n")])
    answer("files", sorted(os.listdir(tmp_path / "m" / "variables")))
    answer("root", [type(loaded).__name__, hasattr(loaded, "variables")])
    answer.raises("nowhere", lambda: tf.saved_model.load(str(tmp_path / "n")), ["does not exist"])
    answer.raises("no state", lambda: tf.saved_model.save(3, str(tmp_path)), ["Trackable", "Got 3"])


def test_gradients_go_through(tf, answer, tmp_path):
    loaded = saved(tf, linear(tf), tmp_path)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(loaded(tf.ones([3, 2])) ** 2)
    answer("eager", tape.gradient(loss, [loaded.w, loaded.b]))

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(loaded(x) ** 2)
        loaded.w.assign_sub(0.1 * tape.gradient(loss, loaded.w))
        return loss

    answer("compiled", [step(tf.ones([1, 2])), step(tf.ones([1, 2])), loaded.w])
    again = saved(tf, loaded, tmp_path / "again")
    answer("saved again", again(tf.ones([1, 2])))


def test_signatures(tf, answer, tmp_path):
    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable([[2.0], [3.0]])

        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="inp")])
        def predict(self, x):
            return x @ self.w

        @tf.function(input_signature=[tf.TensorSpec([], tf.float32), tf.TensorSpec([])])
        def several(self, x, y):
            return {"sum": x + y, "product": x * y}

    model = Model()
    loaded = saved(tf, model, tmp_path, signatures={"p": model.predict, "s": model.several})
    answer("names", sorted(loaded.signatures))
    predict = loaded.signatures["p"]
    answer("by name", predict(inp=tf.ones([1, 2])))
    answer("by place", predict(tf.ones([1, 2]))["output_0"])
    answer("shown", str(predict.structured_outputs))
    answer("several", [loaded.signatures["s"](x=tf.constant(2.0), y=tf.constant(3.0))[k]
                       for k in ("sum", "product")])  # fmt: skip
    answer.raises("missing", lambda: predict(zz=tf.ones([1, 2])), ["missing a required", "'inp'"])
    one = saved(tf, model, tmp_path / "one", signatures=model.predict)
    answer("default", list(one.signatures))


def test_what_functions_hold(tf, answer, tmp_path):
    """Strings, loops, branches, calls of functions, random numbers."""
    root = tf.Module()

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def words(x):
        return tf.strings.lower(x), tf.strings.length(x), x + tf.constant("!")

    @tf.function
    def square(x):
        return x * x

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def loop(n):
        total = 0
        for i in tf.range(n):
            if i % 2 == 0:
                total += square(i)
        while total > 30:
            total -= 7
        return total

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def mapped(x):
        return tf.map_fn(lambda v: tf.cond(v > 0.0, lambda: v * 2.0, lambda: v), x)

    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant(["a", "b"]), tf.constant([1, 2])), -1)  # fmt: skip
    root.table = table

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def find(keys):
        return table.lookup(keys)

    root.words, root.loop, root.mapped, root.find = words, loop, mapped, find
    loaded = saved(tf, root, tmp_path)
    answer("words", loaded.words(tf.constant(["AB", "c"])))
    answer("loop", [loaded.loop(n) for n in (0, 3, 7)])
    answer("mapped", loaded.mapped(tf.constant([1.0, -1.0, 3.0])))
    answer("find", loaded.find(tf.constant(["b", "q"])))


def test_export(tf, answer, tmp_path):
    tf.keras.utils.set_random_seed(1)
    model = tf.keras.Sequential([
        tf.keras.Input([4, 3]), tf.keras.layers.Conv1D(2, 2), tf.keras.layers.BatchNormalization(),
        tf.keras.layers.LSTM(2), tf.keras.layers.Dropout(0.5), tf.keras.layers.Dense(1),
    ])  # fmt: skip
    model.export(str(tmp_path / "e"), verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "e"))
    x = tf.reshape(tf.range(24.0), [2, 4, 3]) / 24.0
    answer("serve", loaded.serve(x), rtol=1e-4)
    answer("signatures", sorted(loaded.signatures))
    answer("default", loaded.signatures["serving_default"](x)["output_0"], rtol=1e-4)
    answer("variables", [list(v.shape) for v in loaded.variables])
    layer = tf.keras.layers.TFSMLayer(str(tmp_path / "e"), call_endpoint="serve")
    answer("layer", layer(x), rtol=1e-4)
    answer("predict", tf.keras.Sequential([layer]).predict(x, verbose=0), rtol=1e-4)
    tf.saved_model.save(model, str(tmp_path / "s"))
    signature = tf.saved_model.load(str(tmp_path / "s")).signatures["serving_default"]
    answer("saved", signature(inputs=x), rtol=1e-4)
    a, b = tf.keras.Input([2], name="a"), tf.keras.Input([2], name="b")
    several = tf.keras.Model({"a": a, "b": b}, {"sum": a + b, "product": a * b})
    several.export(str(tmp_path / "d"), verbose=False)
    result = tf.saved_model.load(str(tmp_path / "d")).serve(
        {"a": tf.ones([1, 2]), "b": tf.ones([1, 2])}
    )
    answer("several", [result["sum"], result["product"]])


def test_archive(tf, answer, tmp_path):
    tf.keras.utils.set_random_seed(1)
    model = tf.keras.Sequential([tf.keras.Input([2]), tf.keras.layers.Dense(1, "tanh")])
    archive = tf.keras.export.ExportArchive()
    archive.track(model)
    spec = [tf.TensorSpec([None, 2], tf.float32)]
    archive.add_endpoint("plain", lambda x: model(x), input_signature=spec)
    archive.add_endpoint("double", lambda x: 2.0 * model(x), input_signature=spec)
    archive.write_out(str(tmp_path / "a"), verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "a"))
    answer("both", [loaded.plain(tf.ones([1, 2])), loaded.double(tf.ones([1, 2]))], rtol=1e-4)
    answer.raises("taken", lambda: archive.add_endpoint("plain", model, spec), ["already taken"])
    empty = tf.keras.export.ExportArchive()
    answer.raises("empty", lambda: empty.write_out("x"), ["No endpoints"])


def test_custom_gradients(tf, answer, tmp_path):
    class Clip(tf.Module):
        def __init__(self):
            super().__init__()
            self.limit = tf.Variable(0.5)

        @tf.function(input_signature=[tf.TensorSpec([2])])
        def __call__(self, x):
            @tf.custom_gradient
            def clipped(x):
                y = x * x
                return y, lambda dy: tf.clip_by_norm(dy * x, 0.5)

            return clipped(x) * 3.0

    loaded, x = saved(tf, Clip(), tmp_path), tf.constant([3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = loaded(x)
    answer("value", y)
    answer("gradient", tape.gradient(y, x))


def test_restored_functions_take_lists(tf, answer, tmp_path):
    class Model(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.float32)])
        def double(self, x):
            return 2.0 * x

    tf.saved_model.save(Model(), str(tmp_path / "m"))
    restored = tf.saved_model.load(str(tmp_path / "m"))
    answer("a list", restored.double([[1.0], [2.0]]))
    answer.raises("of another shape", lambda: restored.double([1.0]), ["Can not cast"])
    answer.raises("of another dtype", lambda: restored.double(tf.ones([2, 1], tf.int32)))
