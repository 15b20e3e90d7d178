"""Programs as they were written for TensorFlow 1.x, and the corners of sessions and scopes."""

import numpy as np
import pytest

rng = np.random.RandomState(0)
X = rng.rand(20, 4).astype(np.float32)
CLASSES = rng.randint(0, 3, 20)
Y = np.eye(3, dtype=np.float32)[CLASSES]


@pytest.fixture
def v1(tf):
    """TF 1.x's face, inside a graph of its own."""
    with tf.Graph().as_default():
        yield tf.compat.v1


def test_linear_regression(v1, answer):
    x, y = v1.placeholder(v1.float32, [None]), v1.placeholder(v1.float32, [None])
    w, b = v1.Variable(0.5, name="w"), v1.Variable(0.0, name="b")
    loss = v1.reduce_mean(v1.square(w * x + b - y))
    train = v1.train.GradientDescentOptimizer(0.1).minimize(loss)
    xs = np.linspace(-1, 1, 11, dtype=np.float32)
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        losses = [session.run([train, loss], {x: xs, y: 2 * xs + 1})[1] for _ in range(20)]
        answer("losses", np.array(losses))
        answer("weights", session.run([w, b]))


def test_softmax_regression(v1, answer):
    v1.set_random_seed(1)
    x, y = v1.placeholder(v1.float32, [None, 4]), v1.placeholder(v1.float32, [None, 3])
    w = v1.Variable(v1.truncated_normal([4, 3], stddev=0.1))
    b = v1.Variable(v1.zeros([3]))
    logits = v1.matmul(x, w) + b
    loss = v1.reduce_mean(v1.nn.softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = v1.train.AdamOptimizer(0.05).minimize(loss)
    right = v1.equal(v1.argmax(logits, 1), v1.argmax(y, 1))
    accuracy = v1.reduce_mean(v1.cast(right, v1.float32))
    session = v1.InteractiveSession()
    v1.global_variables_initializer().run()
    for _ in range(10):
        train.run({x: X, y: Y})
    answer("results", [loss.eval({x: X, y: Y}), accuracy.eval({x: X, y: Y})])
    answer("names", [v.name for v in v1.global_variables()])
    session.close()


OPTIMIZERS = {
    "gradient descent": lambda train: train.GradientDescentOptimizer(0.1),
    "momentum": lambda train: train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda train: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda train: train.AdamOptimizer(0.1),
    "adagrad": lambda train: train.AdagradOptimizer(0.1),
    "rmsprop": lambda train: train.RMSPropOptimizer(0.01, momentum=0.5),
    "centered": lambda train: train.RMSPropOptimizer(0.01, centered=True),
    "adadelta": lambda train: train.AdadeltaOptimizer(1.0),
    "ftrl": lambda train: train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
    "proximal": lambda train: train.ProximalGradientDescentOptimizer(0.1, 0.01, 0.02),
    "proximal adagrad": lambda train: train.ProximalAdagradOptimizer(0.1, 0.1, 0.01),
}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_optimizers(v1, answer, kind):
    """Dense gradients, and gradients of rows, some of them twice."""
    w = v1.Variable(np.float32([[1.0, 2.0], [-3.0, 0.5]]), name="w")
    table = v1.Variable(np.arange(8, dtype=np.float32).reshape(4, 2), name="table")
    rows = v1.nn.embedding_lookup(table, [1, 3, 1])
    loss = v1.reduce_sum(v1.square(v1.matmul(rows, w) - 1.0))
    optimizer = OPTIMIZERS[kind](v1.train)
    step = v1.train.get_or_create_global_step()
    train = optimizer.minimize(loss, global_step=step)
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        for _ in range(3):
            session.run(train)
        answer("state", session.run([w, table, step]), rtol=1e-4)
    answer("slots", optimizer.get_slot_names())
    answer("names", [v.name for v in v1.global_variables()])


def test_decays(v1, answer):
    step = v1.placeholder(v1.int64, [])
    decays = [
        v1.train.exponential_decay(0.1, step, 10, 0.5),
        v1.train.exponential_decay(0.1, step, 10, 0.5, staircase=True),
        v1.train.natural_exp_decay(0.1, step, 10, 0.5),
        v1.train.inverse_time_decay(0.1, step, 10, 0.5),
        v1.train.polynomial_decay(0.1, step, 10, power=2.0),
        v1.train.polynomial_decay(0.1, step, 10, cycle=True),
        v1.train.cosine_decay(0.1, step, 10),
        v1.train.cosine_decay_restarts(0.1, step, 4, m_mul=0.5),
        v1.train.cosine_decay_restarts(0.1, step, 4, t_mul=1.0),
        v1.train.linear_cosine_decay(0.1, step, 20, num_periods=2),
        v1.train.noisy_linear_cosine_decay(0.1, step, 20, initial_variance=1e-20),
        v1.train.piecewise_constant(step, [3, 10], [1.0, 0.5, 0.1]),
    ]
    with v1.Session() as session:
        for at in (0, 3, 10, 25):
            answer(f"step {at}", session.run(decays, {step: at}), atol=1e-7)


def test_variable_scopes(v1, answer):
    with v1.variable_scope("a", initializer=v1.constant_initializer(2.0)):
        first = v1.get_variable("v", [2])
        with v1.variable_scope("b"):
            inner = v1.get_variable("v", [1])
        tensor = v1.multiply(first, 2.0)
    with v1.variable_scope("a", reuse=True) as scope:
        again = v1.get_variable("v", [2])
        other = v1.multiply(first, 2.0)
    with v1.variable_scope("c", reuse=v1.AUTO_REUSE):
        auto = [v1.get_variable("w", [3]), v1.get_variable("w", [3])]
    with v1.variable_scope(None, "layer"):
        one = v1.get_variable("k", [1])
    with v1.variable_scope(None, "layer"):
        two = v1.get_variable("k", [1])
    with v1.variable_scope(scope):
        answer("scope", [v1.get_variable_scope().name, v1.get_variable_scope().reuse])
    names = [x.name for x in (first, inner, tensor, other, *auto, one, two)]
    answer("names", names)
    answer("same", [again is first, auto[0] is auto[1]])
    answer("lists", [[v.name for v in v1.trainable_variables()],
                     [v.name for v in v1.global_variables("a/")]])  # fmt: skip
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("values", session.run([first, inner]))


def test_scope_errors(v1, answer):
    with v1.variable_scope("a"):
        v1.get_variable("v", [2])
        answer.raises("exists", lambda: v1.get_variable("v", [2]), ["already exists", "a/v"])
    with v1.variable_scope("a", reuse=True):
        answer.raises("missing", lambda: v1.get_variable("w", [2]), ["does not exist"])
        answer.raises("shape", lambda: v1.get_variable("v", [3]), ["(3,)", "(2,)"])
        answer.raises("dtype", lambda: v1.get_variable("v", [2], v1.int32), ["int32"])
    answer.raises("no shape", lambda: v1.get_variable("u"), ["shape"])
    answer.raises("both", lambda: v1.get_variable("u", [2], initializer=v1.constant([1.0, 2.0])),
                  ["constant", "shape"])  # fmt: skip


def test_custom_getter_and_regularizer(v1, answer):
    def double(getter, name, *args, **kwargs):
        return getter(name, *args, **kwargs) * 2.0

    with v1.variable_scope("a", custom_getter=double, regularizer=lambda w: 0.5 * v1.reduce_sum(w)):
        w = v1.get_variable("w", initializer=[1.0, 2.0])
    losses = v1.get_collection(v1.GraphKeys.REGULARIZATION_LOSSES)
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("values", session.run([w, *losses]))


def test_session_fetches(v1, answer):
    x = v1.placeholder(v1.float32, [None, 2], name="x")
    doubled = v1.multiply(x, 2.0, name="doubled")
    one = v1.constant(1)
    feed = {x: [[1, 2]]}
    with v1.Session() as session:
        answer("nested", session.run({"a": doubled, "b": [one, (one,)]}, feed))
        answer("name", session.run("doubled:0", feed))
        answer("empty", session.run([]))
        answer("fed by name", session.run(doubled, {"x:0": [[3, 4]]}))
        answer("fed inside", session.run(doubled + 1.0, {doubled: [[0, 0]]}))
        answer("callable", session.make_callable(doubled, [x])(np.ones([1, 2])))
        answer("default", session.run(v1.placeholder_with_default(2.0, []) * 3.0))
        answer.raises("unfed", lambda: session.run(doubled), ["x"])
        answer.raises("shape", lambda: session.run(doubled, {x: [1.0]}), ["(1,)", "feed"])
        answer.raises("none", lambda: session.run(None), ["fetch"])
        answer.raises("key", lambda: session.run(one, {"q": 1}), ["feed_dict"])
        answer.raises("no name", lambda: session.run("q:0"), ["fetch"])
    answer.raises("closed", lambda: session.run(one), ["closed"])


def test_uninitialized(v1, answer):
    w = v1.Variable(1.0, name="w")
    with v1.Session() as session:
        answer("names", session.run(v1.report_uninitialized_variables()))
        answer.raises("read", lambda: session.run(w * 2.0), ["w"])
        session.run(w.initializer)
        answer("names then", session.run(v1.report_uninitialized_variables()))


def test_assignments(v1, answer):
    v = v1.Variable([1.0, 2.0])
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("assign", session.run(v1.assign(v, [3.0, 4.0])))
        answer("add", session.run(v1.assign_add(v, [1.0, 1.0])))
        answer("sub", session.run(v1.assign_sub(v, [1.0, 0.0])))
        answer("scatter", session.run(v1.scatter_update(v, [0], [9.0])))
        answer("value", session.run(v))


def test_control_flow(v1, answer):
    x = v1.placeholder(v1.float32, [])
    chosen = v1.cond(x > 1.0, lambda: x * 2.0, lambda: x - 1.0)
    count = v1.while_loop(lambda i: i < 10, lambda i: i + 3, [v1.constant(0)])
    with v1.Session() as session:
        answer("cond", [session.run(chosen, {x: 3.0}), session.run(chosen, {x: 0.5})])
        answer("gradient", session.run(v1.gradients(chosen, x), {x: 3.0}))
        answer("while", session.run(count))


def test_gradients(v1, answer):
    x, w = v1.placeholder(v1.float32, [None, 2]), v1.Variable([[1.0], [2.0]])
    y = v1.matmul(x, w)
    unused = v1.Variable(1.0)
    first = v1.gradients(y * y, [w, x])
    second = v1.gradients(first[0], [w])
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("values", session.run([*first, *second], {x: [[1, 2], [3, 4]]}))
        given = v1.gradients(y, x, grad_ys=3.0 * v1.ones_like(y))
        answer("grad_ys", session.run(given, {x: [[1, 2]]}))
        answer("hessian", session.run(v1.hessians(v1.reduce_sum(w * w * w), w)))
    answer("none", v1.gradients(y, [unused]))
    answer.raises("names", lambda: v1.train.AdamOptimizer().minimize(v1.constant(1.0)),
                  ["No gradients"])  # fmt: skip


def test_older_arguments(v1, answer):
    x = v1.constant([[1.0, 3.0, 2.0], [4.0, 0.0, 6.0]])
    results = [
        v1.reduce_sum(x, reduction_indices=[1]), v1.reduce_mean(x, 0, keep_dims=True),
        v1.argmax(x, dimension=1), v1.expand_dims(x, dim=0), v1.squeeze([[1.0]], squeeze_dims=[0]),
        v1.div(7, 2), v1.to_float(3), v1.to_int32(2.7), v1.log(x + 1.0), v1.mod(7, 3),
        v1.where([True, False], x, -x), v1.count_nonzero(x), v1.nn.softmax(x, dim=0),
        v1.constant([1, 2], shape=[4]), v1.nn.xw_plus_b(x, v1.ones([3, 1]), [1.0]),
        v1.matrix_inverse([[2.0, 0.0], [0.0, 4.0]]), v1.diag([1.0, 2.0]), v1.lin_space(0.0, 1.0, 3),
        v1.transpose(x, [1, 0], "t"), v1.gather(x, [1], name="g"), v1.norm(x, keep_dims=True),
    ]  # fmt: skip
    with v1.Session() as session:
        answer("values", session.run(results))
    both = lambda: v1.reduce_sum(x, axis=0, reduction_indices=0)  # noqa: E731
    answer.raises("both", both, ["reduction_indices"])


def test_losses(v1, answer):
    labels, logits = v1.constant(Y[:4]), v1.constant(X[:4, :3])
    losses = v1.losses
    results = [
        losses.mean_squared_error(labels, logits),
        losses.mean_squared_error(labels, logits, weights=[[1.0], [0.0], [2.0], [0.0]]),
        losses.absolute_difference(labels, logits, reduction=losses.Reduction.SUM),
        losses.absolute_difference(labels, logits, reduction=losses.Reduction.NONE),
        losses.huber_loss(labels, logits, delta=0.3), losses.log_loss(labels, logits),
        losses.hinge_loss(labels, logits), losses.cosine_distance(labels, logits, axis=1),
        losses.sigmoid_cross_entropy(labels, logits, label_smoothing=0.1),
        losses.softmax_cross_entropy(labels, logits, label_smoothing=0.1),
        losses.sparse_softmax_cross_entropy(CLASSES[:4], logits, weights=[1.0, 0.0, 1.0, 1.0]),
        losses.mean_pairwise_squared_error(labels, logits), losses.get_losses()[0],
    ]  # fmt: skip
    with v1.Session() as session:
        answer("values", session.run(results))
    answer("count", len(losses.get_losses()))
    answer.raises("shape", lambda: losses.mean_squared_error([1.0], [1.0, 2.0]), ["(2,)"])


def test_metrics(v1, answer):
    labels, predictions = v1.placeholder(v1.int64, [None]), v1.placeholder(v1.int64, [None])
    scores = v1.placeholder(v1.float32, [None])
    metrics = [
        v1.metrics.accuracy(labels, predictions), v1.metrics.mean(scores),
        v1.metrics.precision(labels, predictions), v1.metrics.recall(labels, predictions),
        v1.metrics.auc(labels, scores), v1.metrics.true_positives(labels, predictions),
        v1.metrics.root_mean_squared_error(v1.cast(labels, v1.float32), scores),
        v1.metrics.mean_iou(labels, predictions, 3),
    ]  # fmt: skip
    answer("names", [v.name for v in v1.local_variables()])
    draws = np.random.RandomState(1)
    with v1.Session() as session:
        session.run(v1.local_variables_initializer())
        for batch in range(2):
            feed = {labels: draws.randint(0, 2, 9), predictions: draws.randint(0, 2, 9),
                    scores: draws.rand(9)}  # fmt: skip
            answer(f"updates {batch}", session.run([update for _, update in metrics], feed))
        answer("values", session.run([value for value, _ in metrics]))


def test_saver(v1, answer, tmp_path):
    w, b = v1.get_variable("w", initializer=[1.0, 2.0]), v1.get_variable("b", initializer=3.0)
    average = v1.train.ExponentialMovingAverage(0.9)
    follow = average.apply([b])
    saver, path = v1.train.Saver(max_to_keep=2), str(tmp_path / "model")
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        for step in range(3):
            session.run([b.assign_add(1.0)])
            session.run(follow)
            saved = saver.save(session, path, global_step=step)
        answer("name", saved.removeprefix(str(tmp_path)))
        answer("average", session.run(average.average(b)))
        answer("kept", [p.removeprefix(str(tmp_path)) for p in saver.last_checkpoints])
        session.run([w.assign([0.0, 0.0]), b.assign(0.0)])
        saver.restore(session, v1.train.latest_checkpoint(str(tmp_path)))
        answer("restored", session.run([w, b]))
        state = v1.train.get_checkpoint_state(str(tmp_path))
        answer("state", [p.removeprefix(str(tmp_path)) for p in state.all_model_checkpoint_paths])
        answer("listed", [n for n, _ in v1.train.list_variables(saved)])
        answer.raises("nowhere", lambda: saver.restore(session, path + "q"), ["valid checkpoint"])
        more = v1.train.Saver({"absent": w})
        answer.raises(
            "absent", lambda: more.restore(session, saved), ["Restoring from checkpoint failed"]
        )


def test_generative_adversarial_network(v1, answer):
    """Two optimizers, each on the variables of its scope."""
    v1.set_random_seed(2)
    noise, real = v1.placeholder(v1.float32, [None, 2]), v1.placeholder(v1.float32, [None, 4])

    def generator(z):
        with v1.variable_scope("G"):
            w = v1.get_variable("w", [2, 4], initializer=v1.random_normal_initializer(0, 0.1))
            return v1.nn.tanh(v1.matmul(z, w))

    def discriminator(x):
        with v1.variable_scope("D", reuse=v1.AUTO_REUSE):
            w = v1.get_variable("w", [4, 1], initializer=v1.random_normal_initializer(0, 0.1))
            return v1.matmul(x, w)

    fake = discriminator(generator(noise))
    true = discriminator(real)
    loss_of = v1.nn.sigmoid_cross_entropy_with_logits
    d_loss = v1.reduce_mean(loss_of(labels=v1.ones_like(true), logits=true)) + v1.reduce_mean(
        loss_of(labels=v1.zeros_like(fake), logits=fake)
    )
    g_loss = v1.reduce_mean(loss_of(labels=v1.ones_like(fake), logits=fake))
    variables = v1.trainable_variables()
    d_train = v1.train.AdamOptimizer(0.01).minimize(
        d_loss, var_list=[v for v in variables if v.name.startswith("D")]
    )
    g_train = v1.train.AdamOptimizer(0.01).minimize(
        g_loss, var_list=[v for v in variables if v.name.startswith("G")]
    )
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        for _ in range(5):
            _, d = session.run([d_train, d_loss], {noise: X[:, :2], real: X})
            _, g = session.run([g_train, g_loss], {noise: X[:, :2]})
        answer("losses", [d, g])


def test_sampled_losses(v1, answer):
    """With given samples: those that TensorFlow draws itself are its own."""
    draws = np.random.RandomState(0)
    weights = v1.Variable(draws.rand(10, 4).astype(np.float32))
    biases = v1.Variable(draws.rand(10).astype(np.float32))
    inputs, labels = v1.constant(X[:3]), v1.constant([[1], [2], [3]], v1.int64)
    sampled = (v1.constant([1, 5, 7], v1.int64), v1.constant([[0.5], [0.3], [0.2]]),
               v1.constant([0.5, 0.2, 0.1]))  # fmt: skip
    nce = v1.nn.nce_loss(weights, biases, labels, inputs, 3, 10, sampled_values=sampled)
    few = v1.nn.sampled_softmax_loss(weights, biases, labels, inputs, 3, 10, sampled_values=sampled)
    free = v1.nn.nce_loss(weights, biases, labels, inputs, 3, 10)
    answer("shape", free.shape)
    train = v1.train.GradientDescentOptimizer(0.1).minimize(v1.reduce_sum(nce))
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("values", session.run([nce, few]))
        session.run(train)
        answer("trained", session.run([weights, biases]), atol=1e-5)


def test_summaries(v1, answer, tmp_path):
    loss = v1.constant(0.5)
    v1.summary.scalar("loss", loss)
    v1.summary.histogram("weights", v1.constant([1.0, 2.0]))
    merged = v1.summary.merge_all()
    with v1.Session() as session:
        writer = v1.summary.FileWriter(str(tmp_path), session.graph)
        text = session.run(merged)
        writer.add_summary(text, 3)
        writer.close()
    answer("kind", [type(text).__name__, b"loss" in text, len(list(tmp_path.iterdir()))])


def test_python_in_graphs(v1, answer, capfd):
    x = v1.placeholder(v1.float32, [2])
    doubled = v1.py_func(lambda a: (2 * a).astype(np.float32), [x], v1.float32)
    shown = v1.Print(x, [x], message="x: ")
    with v1.Session() as session:
        answer("values", session.run([doubled, shown], {x: [1, 2]}))
    answer("printed", "x: [1 2]" in capfd.readouterr().err)


def test_flags(v1, answer):
    flags = v1.app.flags
    flags.DEFINE_integer("v1_steps", 10, "How many.")
    flags.DEFINE_boolean("v1_fast", True, "Whether.")
    flags.DEFINE_string("v1_folder", "here", "Where.")

    def main(rest):
        found = flags.FLAGS
        answer("flags", [found.v1_steps, found.v1_fast, found.v1_folder, len(rest)])

    with pytest.raises(SystemExit):
        v1.app.run(main, ["program", "--v1_steps=3", "--nov1_fast"])
    for name in ("v1_steps", "v1_fast", "v1_folder"):
        delattr(flags.FLAGS, name)


def test_options(v1, answer):
    config = v1.ConfigProto(allow_soft_placement=True, gpu_options=v1.GPUOptions(allow_growth=True))
    config.gpu_options.per_process_gpu_memory_fraction = 0.5
    fields = [
        config.allow_soft_placement,
        config.gpu_options.allow_growth,
        config.gpu_options.per_process_gpu_memory_fraction,
        config.log_device_placement,
    ]
    answer("fields", fields)
    answer.raises("field", lambda: setattr(config, "nonesuch", 1), ["nonesuch"])


def test_what_graphs_say_of_elements(v1, answer):
    graph, other = v1.get_default_graph(), v1.Graph()
    here = v1.constant(1.0, name="here")
    with other.as_default():
        there = v1.constant(1.0, name="there")
    calls = {
        "operation for tensor": lambda: graph.as_graph_element("here", allow_operation=False),
        "unknown operation for tensor": lambda: graph.get_tensor_by_name("zz"),
        "tensor for operation": lambda: graph.as_graph_element("here:0", allow_tensor=False),
        "no index": lambda: graph.get_tensor_by_name("here:x"),
        "too large an index": lambda: graph.get_tensor_by_name("here:1"),
        "another graph's tensor": lambda: graph.as_graph_element(there),
        "a number": lambda: graph.as_graph_element(3, allow_operation=False),
        "nothing": lambda: graph.as_graph_element("here", False, False),
        "fed": lambda: v1.Session().run(here, {3: 1.0}),
        "another's fed": lambda: v1.Session().run(here, {there: 1.0}),
    }
    for name, call in calls.items():
        try:
            call()
        except (TypeError, ValueError, KeyError) as error:
            answer(name, [type(error).__name__, str(error)])


def test_samplers_in_graphs(v1, answer):
    """Their states are operations that TensorFlow does not have, and graphs do not list."""
    v1.set_random_seed(3)
    drawn = [v1.random_normal([2]), v1.random_uniform([2]), v1.random_uniform([2], 0, 3)]
    drawn += [v1.random_uniform([2], 1.0, 3.0), v1.truncated_normal([2], stddev=0.1)]
    answer("names", [o.name for o in v1.get_default_graph().get_operations()])
    shuffled = v1.random_shuffle([1, 2, 3, 4], seed=2)
    with v1.Session() as session:
        answer("numbers", session.run(drawn))
        answer("shuffled", session.run(shuffled))
