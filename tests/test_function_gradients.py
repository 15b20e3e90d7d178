"""Gradients through compiled functions: tapes inside, outside and both; own gradients; variables."""

import pytest


def own_gradient(tf):
    """The sine, with three times itself for a gradient."""

    @tf.custom_gradient
    def function(x):
        y = tf.sin(x)
        return y, lambda dy: dy * y * 3.0

    return function


def counted_loop(tf):
    own = own_gradient(tf)

    def function(x):
        y = x
        for _ in tf.range(3):
            y = own(y) + x
        return y

    return function


def open_loop(tf):
    own = own_gradient(tf)

    def function(x):
        y = x
        while y < 3.0:
            y = own(y) * x + y
        return y

    return function


def branch(tf):
    own = own_gradient(tf)

    def function(x):
        if x > 0.0:
            y = own(x) * x
        else:
            y = x
        return y

    return function


def rows(tf):
    return lambda x: tf.reduce_sum(
        tf.scan(lambda a, b: own_gradient(tf)(a) * b, x * [1.0, 0.5, 2.0])
    )


def stopped(tf):
    return lambda x: tf.stop_gradient(x) * x


@pytest.mark.parametrize(
    "make", [own_gradient, counted_loop, open_loop, branch, rows, stopped], ids=lambda f: f.__name__
)
def test_both_orders(tf, answer, make):
    function, x = make(tf), tf.constant(0.7)

    def gradients(f):
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape() as first:
                first.watch(x)
                y = f(x)
            slope = first.gradient(y, x)
        return y, slope, second.gradient(slope, x, unconnected_gradients="zero")

    answer("tapes outside", gradients(tf.function(function)))
    answer("tapes inside", tf.function(lambda: gradients(function))())


def test_variables_read_inside_loops_and_calls(tf, answer):
    v, w = tf.Variable(2.0), tf.Variable(3.0)

    @tf.function
    def total(n):
        s = 0.0
        for _ in tf.range(n):
            s += v * w
            v.assign(v * 2.0)
        return s

    @tf.function
    def inside(n):
        with tf.GradientTape() as tape:
            s = 0.0
            for i in tf.range(n):
                s += w * w * tf.cast(i, tf.float32)
        return s, tape.gradient(s, w)

    @tf.function
    def around(n):
        with tf.GradientTape() as tape:
            s = total(n)
        return s, tape.gradient(s, [v, w])

    answer("in a loop", inside(tf.constant(4)))
    with tf.GradientTape() as tape:
        s = total(tf.constant(3))
    answer("assigned in a loop", (s, tape.gradient(s, [v, w]), v))
    v.assign(2.0)
    answer("in a function that is called", (around(tf.constant(3)), v))


def test_gradients_inside_and_outside_of_calls_that_assign(tf, answer):
    v, w = tf.Variable(2.0), tf.Variable(3.0)

    @tf.function
    def called(x):
        s = v * v * w * x * x
        v.assign(v * 2.0)
        return s + v * w

    @tf.function
    def branched(x):
        if x > 1.0:
            s = v * v * w * w * x * x
            v.assign(v + 1.0)
        else:
            s = v
        return s

    @tf.function
    def hosted(x):
        s = called(x)
        return s + tf.ensure_shape(tf.py_function(lambda: tf.constant(0.0), [], tf.float32), [])

    def sums(function, x, times):
        """The sum of the gradients of the sum of the gradients ... of the function."""
        if times == 0:
            return function(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = sums(function, x, times - 1)
        return tf.add_n([g for g in tape.gradient(y, [v, w, x]) if g is not None])

    for name, function in {"call": called, "branch": branched, "host": hosted}.items():
        v.assign(2.0)
        once, twice = (tf.function(lambda x, f=function, n=n: sums(f, x, n)) for n in (1, 2))
        with tf.GradientTape() as tape:
            y = once(tf.constant(1.5))
        answer(f"{name}, one inside and one outside", (y, tape.gradient(y, [v, w]), v))
        v.assign(2.0)
        answer(f"{name}, two inside", (twice(tf.constant(1.5)), v))


def test_symbolic_tensor_out_of_scope(tf, answer):
    kept = []

    @tf.function
    def function(x):
        kept.append(x + 1)
        return x

    @tf.function
    def loop(n):
        made = []
        for i in tf.range(n):
            made.append(i)
        return tf.stack(made)

    function(tf.constant(1.0))
    answer.raises("eagerly", lambda: kept[0] + 1, ["out of scope"])
    answer.raises("from a loop", lambda: loop(tf.constant(3)), ["out of scope"])


def test_effects_happen_once(tf, answer, capfd):
    @tf.function
    def function(x):
        for i in tf.range(2):
            x = x * 2.0
            tf.print("step", i)
        while x < 100.0:
            x = x * 3.0
            if x > 50.0:
                tf.print("large", x)
        return x * x

    x = tf.constant(2.0)
    with tf.GradientTape() as second:
        second.watch(x)
        with tf.GradientTape() as first:
            first.watch(x)
            y = function(x)
        slope = first.gradient(y, x)
    answer("gradients", (y, slope, second.gradient(slope, x)))
    answer("printed", capfd.readouterr().err.splitlines())


def test_second_gradients_leave_variables_alone(tf, answer):
    v = tf.Variable(3.0)

    @tf.function
    def function(x):
        v.assign_add(1.0)
        return x * x * v

    x = tf.constant(2.0)
    with tf.GradientTape() as second:
        second.watch(x)
        with tf.GradientTape() as first:
            first.watch(x)
            y = function(x)
        slope = first.gradient(y, x)
    answer("gradients", (y, slope, second.gradient(slope, [x, v]), v))


def test_second_gradients_that_are_none_or_zeros(tf, answer):
    x = tf.constant([0.3, -1.2, 2.5, 0.8])
    image = tf.reshape(x, [1, 2, 2, 1])
    functions = {
        "maximum": lambda x: tf.maximum(x, 2.0 * x - 1.0), "clip": lambda x: tf.clip_by_value(x, -1.0, 1.0),
        "largest": tf.reduce_max, "sorted": tf.sort, "top": lambda x: tf.math.top_k(x, 2)[0],
        "chosen": lambda x: tf.where(x > 0.0, x, 2.0 * x), "rest": lambda x: tf.math.floormod(x, 0.7),
        "sum": lambda x: x + 2.0 * x, "rows": lambda x: tf.math.segment_max(x, [0, 0, 1, 1]),
        "absolute": tf.abs, "relu": tf.nn.relu, "leaky": tf.nn.leaky_relu, "crelu": tf.nn.crelu,
        "square": tf.square, "root": lambda x: tf.sqrt(tf.abs(x)),
        "pooled": lambda x: tf.nn.max_pool2d(tf.reshape(x, image.shape), 2, 2, "VALID"),
    }  # fmt: skip
    for name, function in functions.items():
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape() as first:
                first.watch(x)
                y = function(x)
            slope = first.gradient(y, x)
        answer(name, second.gradient(slope, x))


@pytest.mark.parametrize("form", ["counted", "tested", "branch"])
def test_variables_that_change_after_they_were_read(tf, answer, form):
    """Gradients of any order are those at the values that a loop or branch had found."""
    v, x = tf.Variable(2.0), tf.constant(1.5)

    def counted(x):
        for _ in tf.range(3):
            x = x * v
            v.assign_add(1.0)
        return x

    def tested(x):
        while x < 50.0:
            x = x * v
            v.assign_add(1.0)
        return x

    def branch(x):
        if x > 0.0:
            y = x * v * v
        else:
            y = x + v
        v.assign(9.0)
        return y

    f = tf.function({"counted": counted, "tested": tested, "branch": branch}[form])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    answer("persistent", [y, tape.gradient(y, x), tape.gradient(y, v), v])
    v.assign(2.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x) ** 2
        first = inner.gradient(y, x)
    answer("nested", [first, *outer.gradient(first, [x, v]), v])


def test_second_gradients_of_rows_of_unknown_number(tf, answer):
    """What only depends on shapes is computed again by each gradient, which needs its value."""

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def rows(x):
        return tf.reduce_sum(tf.gather(x, [0, 2, 2]) ** 3)

    @tf.function
    def elements(x):
        return tf.reduce_sum(tf.TensorArray(tf.float32, 4).unstack(x).gather([0, 2]) ** 3)

    x = tf.constant([1.0, 2.0, 3.0, 4.0])
    for name, f in {"rows": rows, "elements": elements}.items():
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            first = tf.convert_to_tensor(inner.gradient(y, x))
        second = tf.convert_to_tensor(outer.gradient(first, x))
        answer(name, [first, second])
