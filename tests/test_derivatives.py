"""Jacobians, custom gradients, recomputation, forward mode."""

# ruff: noqa: B023, E731  what closes over a loop variable is called at once
from rows import Tell


def test_derivatives(tf, answer):
    tell = Tell(answer)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    w = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

    def jac(x):
        with tf.GradientTape(persistent=True) as t:
            t.watch(x)
            y = tf.tanh(x @ w * 0.1)
        return t.jacobian(y, [x, w]), t.batch_jacobian(y, x)

    tell("jac", lambda: jac(x))
    tell("jacf", lambda: tf.function(jac)(x))
    f = tf.function(lambda x: tf.tanh(x @ w * 0.1))

    def jac2(x):
        with tf.GradientTape(persistent=True) as t:
            t.watch(x)
            y = f(x)
        return t.jacobian(y, [x, w]), t.batch_jacobian(y, x)

    tell("jac2", lambda: jac2(x))
    tell("jac2f", lambda: tf.function(jac2)(x))

    def hess(x):
        with tf.GradientTape() as t1:
            t1.watch(x)
            with tf.GradientTape() as t:
                t.watch(x)
                y = tf.reduce_sum(x**3)
            g = t.gradient(y, x)
        return t1.jacobian(g, x)

    tell("hess", lambda: hess(x))
    tell("hessf", lambda: tf.function(hess)(x))

    def jj(x):
        with tf.GradientTape() as t1:
            t1.watch(x)
            with tf.GradientTape() as t:
                t.watch(x)
                y = x**3
            g = t.jacobian(y, x)
        return t1.gradient(g, x)

    tell("jj", lambda: jj(x))
    tell("jjf", lambda: tf.function(jj)(x))

    @tf.custom_gradient
    def cg(x, y):
        def grad(dz):
            return dz * 10.0, dz * y

        return x * y, grad

    def c1(x):
        with tf.GradientTape() as t:
            t.watch(x)
            z = cg(x, x + 1.0)
        return z, t.gradient(z, x)

    tell("cg", lambda: c1(x))
    tell("cgf", lambda: tf.function(c1)(x))

    @tf.custom_gradient
    def cv(x):
        r = x @ w

        def grad(dz, variables=None):
            return tf.ones_like(x) * 7.0, [tf.ones_like(v) * 3.0 for v in variables]

        return r, grad

    def c2(x):
        with tf.GradientTape() as t:
            t.watch(x)
            z = cv(x)
        return z, t.gradient(z, [x, w])

    tell("cv", lambda: c2(x))
    tell("cvf", lambda: tf.function(c2)(x))

    def c2o(x):
        with tf.GradientTape() as t:
            t.watch(x)
            z = tf.function(cv)(x)
        return z, t.gradient(z, [x, w])

    tell("c2o", lambda: c2o(x))

    @tf.custom_gradient
    def cbad(x):
        return x @ w, lambda dz: dz

    tell("cbad", lambda: cbad(x))

    @tf.custom_gradient
    def cbad2(x):
        return x * 2.0, lambda dz: (dz, dz)

    def c3(x):
        with tf.GradientTape() as t:
            t.watch(x)
            z = cbad2(x)
        return t.gradient(z, x)

    tell("cbad2", lambda: c3(x))

    def rc(x):
        g = tf.recompute_grad(lambda x: tf.tanh(x @ w * 0.1))
        with tf.GradientTape() as t:
            t.watch(x)
            z = g(x)
        return z, t.gradient(z, [x, w])

    tell("rc", lambda: rc(x))
    tell("rcf", lambda: tf.function(rc)(x))

    def gp(x):
        with tf.GradientTape() as t:
            t.watch(x)
            z = tf.grad_pass_through(tf.round)(x * 2.0)
        return t.gradient(z, x)

    tell("gp", lambda: gp(x))
    tell("gpf", lambda: tf.function(gp)(x))

    def loopcg(x):
        with tf.GradientTape() as t:
            t.watch(x)
            z = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, cg(y, y)), (0, x))[1]
        return z, t.gradient(z, x)

    tell("loopcg", lambda: loopcg(x))

    def fa(x):
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
            y = tf.tanh(x @ w * 0.1)
            z = y * 2.0
        return acc.jvp([y, z]), acc.jvp(tf.constant(1.0)), acc.jvp(x)

    tell("fa", lambda: fa(x))
    tell("faf", lambda: tf.function(fa)(x))

    def fav():
        with tf.autodiff.ForwardAccumulator(w, tf.ones_like(w)) as acc:
            y = x @ w * 2.0
            f2 = f(x)
        return acc.jvp(y), acc.jvp(f2)

    tell("fav", lambda: fav())

    def hvp(x):
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
            with tf.GradientTape() as t:
                t.watch(x)
                y = tf.reduce_sum(x**3)
            g = t.gradient(y, x)
        return acc.jvp(g)

    tell("hvp", lambda: hvp(x))

    def fof(x):
        with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as a:
            with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as b:
                y = x**3
            z = b.jvp(y)
        return a.jvp(z)

    tell("fof", lambda: fof(x))


def test_second_gradients_of_linear_functions(tf, answer):
    x = tf.constant([1.0, 2.0])
    w = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    fs = {
        "lin": lambda x: 2 * x,
        "add": lambda x: x + 1.0,
        "sum": lambda x: tf.reduce_sum(x),
        "mm": lambda x: tf.linalg.matvec(w, x),
        "sq": lambda x: x * x,
        "relu": lambda x: tf.nn.relu(x),
        "neg": lambda x: -x,
        "resh": lambda x: tf.reshape(x, [2, 1]),
        "div": lambda x: x / 3.0,
        "mean": lambda x: tf.reduce_mean(x),
        "sl": lambda x: x[0],
        "cat": lambda x: tf.concat([x, x], 0),
        "exp": tf.exp,
        "abs": tf.abs,
        "where": lambda x: tf.where(x > 1, x, 0.0),
        "cast": lambda x: tf.cast(x, tf.float64),
        "sig": tf.sigmoid,
    }

    def second(x, f):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            first = inner.gradient(y, x)
        return outer.gradient(first, x)

    for name, f in fs.items():
        answer(name, second(x, f))
        answer(f"{name} in a function", tf.function(lambda x: second(x, f))(x))


def test_sources_that_are_not_watched(tf, answer):
    w, frozen, x = tf.Variable(2.0), tf.Variable(3.0, trainable=False), tf.constant(4.0)
    with tf.GradientTape() as tape:
        y = w * x + frozen * x
    answer("eager", tape.gradient(y, [w, frozen, x]))
    call = tf.function(lambda x: w * x + frozen * x)
    with tf.GradientTape() as tape:
        y = call(x)
    answer("compiled", tape.gradient(y, [w, frozen, x]))

    @tf.function
    def inside(x):
        with tf.GradientTape() as tape:
            y = w * x + frozen * x
        return tape.gradient(y, [w, frozen, x], unconnected_gradients="zero")

    answer("inside", inside(x))


def test_a_variable_as_target(tf, answer):
    v, other = tf.Variable([1.0, 2.0]), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        chosen = v if other > 0.0 else other
    answer("itself", tape.gradient(chosen, [v, other]))
