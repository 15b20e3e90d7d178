"""`tf.keras.optimizers` against Keras: 50 steps of each, their variables, configs and errors."""

from functools import partial

import numpy as np
import pytest

# id: (class, arguments)
OPTIMIZERS = {
    "sgd": ("SGD", {}),
    "sgd_momentum": ("SGD", {"momentum": 0.9}),
    "sgd_nesterov": ("SGD", {"momentum": 0.8, "nesterov": True}),
    "adam": ("Adam", {}),
    "adam_amsgrad": ("Adam", {"amsgrad": True, "beta_1": 0.8, "epsilon": 1e-3}),
    "adamw": ("AdamW", {"weight_decay": 0.1}),
    "adamax": ("Adamax", {}),
    "nadam": ("Nadam", {}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop_momentum": ("RMSprop", {"momentum": 0.5, "rho": 0.8}),
    "rmsprop_centered": ("RMSprop", {"centered": True, "momentum": 0.1, "epsilon": 1e-3}),
    "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {"epsilon": 1e-3}),
    "ftrl": ("Ftrl", {}),
    "ftrl_regularized": (
        "Ftrl",
        {"l1_regularization_strength": 0.1, "l2_regularization_strength": 0.1, "beta": 0.1,
         "l2_shrinkage_regularization_strength": 0.1, "learning_rate_power": -0.4},
    ),
    "lion": ("Lion", {}),
    "adafactor": ("Adafactor", {}),
    "lamb": ("Lamb", {}),
    "muon": ("Muon", {"weight_decay": 0.1}),
    "muon_plain": ("Muon", {"nesterov": False, "rms_rate": None, "exclude_layers": ["scale"]}),
    "schedule_free": ("ScheduleFreeAdamW", {"warmup_steps": 10}),
}  # fmt: skip
# What every optimizer can be told; each is tried with a few.
OPTIONS = {
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "decay": {"weight_decay": 0.1},
    "ema": {"use_ema": True, "ema_momentum": 0.8},
    "ema_overwrite": {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    "accumulation": {"gradient_accumulation_steps": 3},
    "accumulation_ema": {"gradient_accumulation_steps": 2, "use_ema": True, "clipnorm": 0.5},
    "loss_scale": {"loss_scale_factor": 4.0},
}


@pytest.fixture
def optimizers(tf):
    return tf.keras.optimizers


def weights(tf):
    """A matrix, a vector and a number."""
    return [
        tf.keras.Variable(np.linspace(-1, 1, 6).reshape(2, 3).astype("float32"), name="kernel"),
        tf.Variable([0.5, -0.5, 0.25], name="bias"),
        tf.Variable(0.75, name="scale"),
    ]


def train(tf, optimizer, variables, steps):
    """`steps` updates on a bowl with a moving bottom; what the weights were now and then."""
    seen = []
    for step in range(steps):
        with tf.GradientTape() as tape:
            loss = sum(tf.reduce_sum((v - 0.1 * step % 1.0) ** 2) for v in variables)
        grads = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(grads, variables))
        if step in (0, 1, 2, 9, steps - 1):
            seen.append([v.numpy() for v in variables])
    return seen


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_fifty_steps(tf, answer, optimizers, case):
    name, options = OPTIMIZERS[case]
    optimizer, variables = getattr(optimizers, name)(0.05, **options, name="o"), weights(tf)
    answer("weights", train(tf, optimizer, variables, 50), rtol=2e-5, atol=1e-5)
    answer("paths", [v.path for v in optimizer.variables if "variable" not in v.path])
    answer("state", [v.numpy() for v in optimizer.variables], rtol=1e-4, atol=1e-5)
    answer("config", optimizer.get_config())


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_rows(tf, answer, optimizers, case):
    """Gradients of rows, two of them of the same row."""
    name, options = OPTIMIZERS[case]
    optimizer, variable = getattr(optimizers, name)(0.05, **options), weights(tf)[0]
    values = tf.constant([[1.0, 2.0, 3.0], [0.5, -0.5, 0.25], [0.1, 0.1, -0.1]])
    rows = tf.IndexedSlices(values, tf.constant([1, 0, 1]), tf.constant([2, 3]))
    for _ in range(3):
        optimizer.apply_gradients([(rows, variable)])
    answer("rows", variable.numpy())


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_options(tf, answer, optimizers, name, option):
    optimizer, variables = getattr(optimizers, name)(0.05, **OPTIONS[option]), weights(tf)
    answer("weights", train(tf, optimizer, variables, 12), rtol=2e-5, atol=1e-5)
    answer("steps", optimizer.iterations)
    optimizer.finalize_variable_values(variables)
    answer("final", variables)


@pytest.mark.parametrize("option", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_clipped_rows(tf, answer, optimizers, option):
    optimizer, variable = optimizers.Adam(0.05, **OPTIONS[option]), weights(tf)[0]
    values = tf.constant([[1.0, 2.0, 3.0], [0.1, 0.1, -0.1]])
    rows = tf.IndexedSlices(values, tf.constant([1, 1]), tf.constant([2, 3]))
    for _ in range(3):
        optimizer.apply_gradients([(rows, variable)])
    answer("rows", variable.numpy())


@pytest.mark.parametrize("name", ["SGD", "Adam", "Nadam", "Adafactor", "Ftrl"])
def test_schedule(tf, answer, optimizers, name):
    schedule = optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)
    optimizer, variables = getattr(optimizers, name)(schedule), weights(tf)
    answer("weights", train(tf, optimizer, variables, 20), rtol=2e-5, atol=1e-5)
    answer("rate", optimizer.learning_rate)
    answer("config", optimizer.get_config()["learning_rate"])


@pytest.mark.parametrize("option", [*OPTIONS, "plain"])
def test_in_a_function(tf, answer, optimizers, option):
    optimizer, variables = optimizers.Adam(0.05, **OPTIONS.get(option, {})), weights(tf)
    optimizer.build(variables)

    @tf.function
    def step(target):
        with tf.GradientTape() as tape:
            loss = sum(tf.reduce_sum((v - target) ** 2) for v in variables)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    answer("losses", [step(tf.constant(0.1 * i)) for i in range(8)], rtol=1e-5)
    answer("weights", variables, rtol=1e-5, atol=1e-6)
    answer("steps", optimizer.iterations)


def test_builds_itself_in_a_function(tf, answer, optimizers):
    optimizer, w = optimizers.Nadam(optimizers.schedules.CosineDecay(0.1, 10)), tf.Variable(1.0)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = w * w
        optimizer.apply([tape.gradient(loss, w)], [w])

    for _ in range(3):
        step()
    answer("w", w)
    answer("steps", optimizer.iterations.numpy())


def test_new_rate_between_steps_of_a_function(tf, answer, optimizers):
    optimizer, w = optimizers.SGD(0.5), tf.Variable([1.0, 2.0])
    step = tf.function(lambda: optimizer.apply([tf.ones(2)], [w]))
    step()
    optimizer.learning_rate = 0.25
    step()
    optimizer.learning_rate.assign(0.125)
    step()
    answer("w", w)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Lamb", "Adafactor", "Ftrl"])
def test_dtypes(tf, answer, optimizers, name, dtype):
    w = tf.Variable(tf.cast([1.0, 2.0], dtype), name="w")
    optimizer = getattr(optimizers, name)(0.1)
    for _ in range(2):
        optimizer.apply_gradients([(tf.cast([0.5, -0.25], dtype), w)])
    tolerance = {"float16": 5e-3, "bfloat16": 3e-2, "float64": 1e-5}[dtype]
    answer("w", w, rtol=tolerance)
    answer("state", [v.dtype for v in optimizer.variables])


def test_learning_rate(tf, answer, optimizers):
    optimizer = optimizers.SGD(0.5, name="sgd")
    answer("repr", repr(optimizer.learning_rate))
    answer("iterations", repr(optimizer.iterations))
    optimizer.learning_rate = 0.25
    answer("assigned", [float(optimizer.learning_rate), optimizer.get_config()["learning_rate"]])
    optimizer.learning_rate.assign(0.125)
    answer("variable", [v.numpy() for v in optimizer.variables])
    optimizer.learning_rate = optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    answer("schedule", [optimizer.learning_rate, len(optimizer.variables)])

    def assign():
        optimizer.learning_rate = 0.1

    answer.raises("fixed", assign, keywords=["LearningRateSchedule", "not settable"])
    answer("function", optimizers.Adam(lambda: 0.75).learning_rate)


def test_kinds_of_variables(tf, answer, optimizers):
    plain, own = tf.Variable([1.0, 2.0], name="plain"), tf.keras.Variable([3.0], name="own")
    optimizer = optimizers.Adam(0.1, name="adam")
    count = optimizer.apply_gradients([(tf.constant([1.0, 1.0]), plain), (tf.constant([2.0]), own)])
    answer("count", repr(count))
    answer("values", [plain.numpy(), own.numpy()])
    answer("paths", [(v.path, v.name, v.dtype, tuple(v.shape)) for v in optimizer.variables])
    optimizer.apply([tf.constant([1.0, 1.0]), None])
    answer("again", [plain.numpy(), own.numpy()])


def test_missing_gradients(tf, answer, optimizers):
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    optimizer = optimizers.SGD(0.5)
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        optimizer.apply_gradients([(tf.constant(1.0), a), (None, b)])
    answer("values", [a, b])
    answer.raises(
        "none", lambda: optimizer.apply_gradients([(None, a)]), keywords=["No gradients provided"]
    )
    answer.raises("empty", lambda: optimizer.apply_gradients([]))
    other = tf.Variable(1.0)
    answer.raises(
        "unknown",
        lambda: optimizer.apply_gradients([(tf.constant(1.0), other)]),
        keywords=["Unknown variable", "originally built with"],
    )
    answer.raises("count", lambda: optimizer.apply([tf.constant(1.0)]), keywords=["one-to-on"])
    fresh = optimizers.SGD(0.5)
    answer.raises("not built", lambda: fresh.apply([tf.constant(1.0)]), keywords=["be built"])


def test_own_optimizer(tf, answer, optimizers):
    """As the documentation of Keras writes one."""

    class Momentum(optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, momentum=0.5, **options):
            super().__init__(learning_rate=learning_rate, **options)
            self.momentum = momentum

        def build(self, variables):
            super().build(variables)
            self.momentums = [
                self.add_variable_from_reference(reference_variable=v, name="momentum")
                for v in variables
            ]

        def update_step(self, gradient, variable, learning_rate):
            rate = tf.cast(learning_rate, variable.dtype)
            m = self.momentums[self._get_variable_index(variable)]
            self.assign(m, m * self.momentum - gradient * rate)
            self.assign_add(variable, m)

        def get_config(self):
            return {**super().get_config(), "momentum": self.momentum}

    for option in ("plain", "clipnorm", "decay", "ema", "accumulation"):
        optimizer, variables = Momentum(name="own", **OPTIONS.get(option, {})), weights(tf)
        answer(option, train(tf, optimizer, variables, 8))
    answer("config", optimizer.get_config())
    answer("paths", [v.path for v in optimizer.variables])
    optimizer, w = Momentum(), tf.Variable(1.0)
    step = tf.function(lambda: optimizer.apply([w * 2.0], [w]))
    step()
    step()
    answer("compiled", w)


def test_own_update_around_a_built_in(tf, answer, optimizers):
    class Halved(optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient, variable, learning_rate * 0.5)

    answer("halved", train(tf, Halved(0.1), weights(tf), 5))


def test_own_schedule(tf, answer, optimizers):
    class Warmup(optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 * tf.minimum(1.0, (tf.cast(step, tf.float32) + 1.0) / 4.0)

    answer("warmed", train(tf, optimizers.SGD(Warmup(), momentum=0.5), weights(tf), 8))


def test_constraint_and_excluded_weights(tf, answer, optimizers):
    a, b = (
        tf.Variable([1.0, -1.0], name="kernel", constraint=lambda w: tf.maximum(w, 0.0)),
        tf.Variable(2.0, name="b"),
    )
    optimizer = optimizers.AdamW(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["kern"])
    for _ in range(2):
        optimizer.apply_gradients([(tf.constant([0.0, 0.5]), a), (tf.constant(0.0), b)])
    answer("values", [a, b])
    optimizer = optimizers.SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[b])
    optimizer.apply_gradients([(tf.constant([0.0, 0.5]), a), (tf.constant(0.0), b)])
    answer("listed", [a, b])


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_serialize(answer, optimizers, case):
    name, options = OPTIMIZERS[case]
    optimizer = getattr(optimizers, name)(0.25, **options, name="mine")
    form = optimizers.serialize(optimizer)
    answer("config", form["config"])
    answer("from_config", type(optimizer).from_config(optimizer.get_config()).get_config())
    if name != "Lamb":  # which Keras does not find
        answer("module", [form["module"], form["class_name"], form["registered_name"]])
        answer("read back", optimizers.deserialize(form).get_config())


def test_get(answer, optimizers):
    for name in ("adam", "SGD", "rmsprop", "AdamW", "Adagrad", "nadam", "ADAMAX", "Ftrl", "lion",
                 "adadelta", "Adafactor"):  # fmt: skip
        answer(name, type(optimizers.get(name)).__name__)
    optimizer = optimizers.get({"class_name": "Adam", "config": {"learning_rate": 0.5}})
    answer("dict", float(optimizer.learning_rate))
    answer("itself", optimizers.get(optimizer) is optimizer)
    answer("none", optimizers.get(None))
    for wrong in ("nonsense", 3, "lamb"):
        answer.raises(str(wrong), partial(optimizers.get, wrong), keywords=["Could not interpret"])


def test_weights(tf, answer, optimizers):
    optimizer, variables = optimizers.Adam(0.1), weights(tf)
    answer.raises("early", lambda: optimizer.set_weights([]), keywords=["not yet been built"])
    train(tf, optimizer, variables, 2)
    store, other = {}, optimizers.Adam(0.5)
    optimizer.save_own_variables(store)
    answer("store", store)
    other.build(variables)
    other.load_own_variables(store)
    answer("loaded", [v.numpy() for v in other.variables])
    other.set_weights([tf.zeros_like(v) for v in other.variables])
    answer("set", [v.numpy() for v in other.variables])


def test_errors(tf, answer, optimizers):
    sgd, adam = optimizers.SGD, optimizers.Adam
    for key, make, words in (
        ("int", lambda: adam(1), ["`learning_rate` should be float"]),
        ("lr", lambda: adam(lr=0.1), ["not recognized", "lr"]),
        ("momentum", lambda: sgd(momentum=2.0), ["`momentum` must be a float"]),
        ("clips", lambda: sgd(clipnorm=1.0, clipvalue=1.0), ["Only one of", "clipvalue=1.0"]),
        ("steps", lambda: sgd(gradient_accumulation_steps=1), ["integer >= 2"]),
        ("ema", lambda: sgd(use_ema=True, ema_momentum=2.0), ["in the range [0, 1]"]),
        ("decay", lambda: optimizers.AdamW(weight_decay=None), ["must be a float"]),
        ("lion", lambda: optimizers.Lion(beta_1=0.0), ["beta_1"]),
        ("ftrl", lambda: optimizers.Ftrl(learning_rate_power=1.0), ["negative or zero"]),
        ("legacy", lambda: optimizers.legacy.Adam(0.1), ["not supported in Keras 3"]),
        ("minimize", lambda: sgd().minimize, ["minimize"]),
        ("pure", lambda: sgd().stateless_apply([], [], []), ["stateless_apply"]),
        ("shape", lambda: sgd().apply([tf.ones([2, 3])], [tf.Variable([1.0, 2.0, 3.0])]),
         ["Cannot update variable with shape [3]", "[2,3]", "must be equal"]),
        ("base", lambda: optimizers.Optimizer(0.1).apply([tf.constant(1.0)], [tf.Variable(1.0)]),
         []),
    ):  # fmt: skip
        answer.raises(key, make, keywords=words)


def test_loss_scale(tf, answer, optimizers):
    inner, w = (
        optimizers.SGD(0.5, momentum=0.5, name="sgd"),
        tf.keras.Variable([1.0, 2.0], name="w"),
    )
    optimizer = optimizers.LossScaleOptimizer(inner, initial_scale=8.0, dynamic_growth_steps=2)
    answer("loss", optimizer.scale_loss(tf.constant(2.0)))
    optimizer.build([w])
    seen = []
    step = tf.function(lambda g: optimizer.apply([g], [w]))
    for g in ([1.0, 2.0], [3.0, 4.0], [float("inf"), 1.0], [1.0, 1.0]):
        optimizer.apply_gradients([(tf.constant(g), w)])
        step(tf.constant(g))
        seen.append([w.numpy(), *(v.numpy() for v in optimizer.variables)])
    answer("seen", seen)
    rows = tf.IndexedSlices(tf.constant([1.0, 0.5]), tf.constant([1, 1]), tf.constant([2]))
    optimizer.apply_gradients([(rows, w)])
    answer("rows", w.numpy())
    answer("rate", [optimizer.learning_rate.numpy(), optimizer.iterations.numpy()])
    answer("loss later", optimizer.scale_loss(tf.constant(2.0)))
    form = optimizers.serialize(optimizer)
    answer("config", {k: v for k, v in form["config"].items() if k != "name"})
    answer("read back", type(optimizers.deserialize(form).inner_optimizer).__name__)
    answer.raises("clip", lambda: optimizers.LossScaleOptimizer(inner, clipnorm=1.0),
                  keywords=["does not support `clipnorm`"])  # fmt: skip


def test_multi_optimizer(tf, answer, optimizers):
    variables = [tf.keras.Variable([1.0, 2.0], name=name) for name in ("kernel", "bias")]
    chosen = optimizers.OptimizerMap(optimizers.SGD(0.1, name="sgd"))
    chosen["bi.s"] = optimizers.Adam(0.1, name="adam")
    optimizer = optimizers.MultiOptimizer(chosen, name="multi")
    optimizer.build(variables)
    answer("weights", train(tf, optimizer, variables, 4))
    answer("paths", sorted(v.path for v in optimizer.variables))
    answer("steps", optimizer.iterations.numpy())
    form = optimizers.serialize(optimizer)
    answer("config", form["config"])
    answer("read back", [type(o).__name__ for o in optimizers.deserialize(form).optimizers])
    answer.raises("rate", lambda: optimizer.learning_rate, keywords=["individual sub-optimizers"])
    answer.raises("key", lambda: chosen.__setitem__("bi.s", optimizers.SGD()),
                  keywords=["already exists"])  # fmt: skip
    answer.raises("nested", lambda: chosen.__setitem__("x", optimizer), keywords=["cannot be"])
    answer.raises("default", lambda: optimizers.OptimizerMap(3), keywords=["must be a Keras"])
