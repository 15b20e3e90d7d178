"""AutoGraph: Python control flow on tensors, and its errors."""

# ruff: noqa: B023, E731  what closes over a loop variable is called at once
from rows import Tell


def test_autograph(tf, answer):
    tell = Tell(answer)

    def grad(f, *args):
        with tf.GradientTape() as t:
            t.watch(args[0])
            y = f(*args)
        return y, t.gradient(y, args[0])

    @tf.function
    def f1(x):
        if x > 0:
            y = x * 2.0
        elif x < -1:
            y = -x
        else:
            y = x * x
        return y

    for v in (1.0, -2.0, -0.5):
        tell("f1", lambda: grad(f1, tf.constant(v)))

    @tf.function
    def f2(x):
        if x > 0:
            return x * 2.0
        return x - 1.0

    tell("f2", lambda: (f2(tf.constant(1.0)), f2(tf.constant(-1.0))))

    @tf.function
    def f3(n):
        s = 0
        for i in tf.range(n):
            if i % 2 == 0:
                continue
            if i > 6:
                break
            s += i
        return s

    tell("f3", lambda: (f3(tf.constant(5)), f3(tf.constant(20)), f3(7)))

    @tf.function
    def f4(x):
        while tf.reduce_sum(x) < 100.0:
            x = x * 2.0
        return x

    tell("f4", lambda: grad(f4, tf.constant([1.0, 2.0])))

    @tf.function
    def f5(x):
        s = tf.zeros([2])
        for r in x:
            s = s + r * r
        return s

    tell("f5", lambda: grad(f5, tf.constant([[1.0, 2.0], [3.0, 4.0]])))

    @tf.function
    def f6(n):
        a, b = 0, 1
        while n > 0:
            a, b = b, a + b
            n -= 1
        return a

    tell("f6", lambda: f6(tf.constant(10)))

    @tf.function
    def f7(x):
        ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for i in tf.range(4):
            ta = ta.write(i, x * tf.cast(i, tf.float32))
        return ta.stack()

    tell("f7", lambda: grad(f7, tf.constant(2.0)))

    @tf.function
    def f7b(x, n):
        ta = tf.TensorArray(tf.float32, size=n)
        for i in tf.range(n):
            ta = ta.write(i, x * tf.cast(i, tf.float32))
        return ta.stack()

    tell("f7b", lambda: grad(lambda x: f7b(x, tf.constant(3)), tf.constant(2.0)))

    def helper(x):
        if tf.reduce_mean(x) > 0:
            return "not" and x
        else:
            return -x

    @tf.function
    def f8(x):
        return helper(x) + helper(-x)

    tell("f8", lambda: f8(tf.constant([1.0, 2.0])))

    @tf.function
    def f9(x):
        return x if x > 0 and x < 10 or x == -5 else -x

    tell("f9", lambda: [f9(tf.constant(v)) for v in (5, 20, -5, -7)])

    @tf.function
    def f10(x):
        if x > 0:
            y = 1.0
        return y

    tell("f10", lambda: f10(tf.constant(1.0)))

    @tf.function
    def f11(x):
        if x > 0:
            return 1.0
        x + 1

    tell("f11", lambda: f11(tf.constant(1.0)))

    @tf.function
    def f12(x):
        i = 0
        while i < 3:
            x = tf.concat([x, x], 0)
            i += 1
        return x

    tell("f12", lambda: f12(tf.constant([1.0])))

    @tf.function
    def f13(n):
        x = tf.constant([1.0])
        i = tf.constant(0)
        while i < n:
            x = tf.concat([x, x], 0)
            i += 1
        return x

    tell("f13", lambda: f13(tf.constant(3)))

    @tf.function
    def f14(n):
        x = tf.constant([1.0])
        i = tf.constant(0)
        while i < n:
            tf.autograph.experimental.set_loop_options(
                shape_invariants=[(x, tf.TensorShape([None]))]
            )
            x = tf.concat([x, x], 0)
            i += 1
        return x

    tell("f14", lambda: f14(tf.constant(3)))

    @tf.function
    def f15(n):
        x = 1
        while n > 0:
            x = x * 1.5
            n -= 1
        return x

    tell("f15", lambda: f15(tf.constant(3)))

    @tf.function
    def f16(n):
        for i in tf.range(n):
            z = i * 2
        return z

    tell("f16", lambda: f16(tf.constant(3)))
    v = tf.Variable(1.0)

    @tf.function
    def f17(n):
        for _ in tf.range(n):
            v.assign_add(2.0)
        return v.read_value()

    tell("f17", lambda: (f17(tf.constant(3)), v))

    @tf.function
    def f18(x):
        for i in range(3):
            if x > i:
                x = x - 1
        return x

    tell("f18", lambda: f18(tf.constant(5)))

    @tf.function
    def f19(x):
        for i in range(3):
            if x > i:
                break
        return x

    tell("f19", lambda: f19(tf.constant(5)))
    ds = tf.data.Dataset.range(5)

    @tf.function
    def f20():
        s = tf.constant(0, tf.int64)
        for x in ds:
            s += x
        return s

    tell("f20", lambda: f20())

    @tf.function
    def f21():
        s = tf.constant(0, tf.int64)
        for i, x in ds.enumerate():
            if i > 3:
                break
            s += x * i
        return s

    tell("f21", lambda: f21())

    @tf.function
    def f22(x):
        return [r * 2 for r in [x, x + 1]], len(x), {"a": x}

    tell("f22", lambda: f22(tf.constant([1.0, 2.0])))

    @tf.function
    def f23(x):
        if x:
            return 1
        return 2

    tell("f23", lambda: (f23(tf.constant(True)), f23(tf.constant(0))))

    def nob(x):
        return bool(x > 0)

    tell("nob", lambda: tf.function(nob, autograph=False)(tf.constant(1)))

    def nob2(x):
        if x > 0:
            return 1
        return 0

    tell("nob2", lambda: tf.function(nob2, autograph=False)(tf.constant(1)))

    @tf.function
    def f24(x):
        def inner(y):
            if y > 0:
                return y
            else:
                return -y

        g = lambda z: inner(z) * 2
        return g(x)

    tell("f24", lambda: f24(tf.constant(-3)))

    class C:
        def __init__(self):
            self.k = 3.0

        @tf.function
        def __call__(self, x):
            if x > self.k:
                return self.m(x)
            return x

        def m(self, x):
            while x > 0.0:
                x -= self.k
            return x

    tell("C", lambda: (C()(tf.constant(10.0)), C()(tf.constant(1.0))))

    @tf.function
    def f25(x):
        raise ValueError("oops")

    tell("f25", lambda: f25(tf.constant(1)))

    @tf.function
    def f26(x):
        return tf.matmul(x, x)

    tell("f26", lambda: f26(tf.ones([2, 3])))

    @tf.function
    def f27(x):
        out = []
        for i in range(3):
            out.append(x * i)
        return out

    tell("f27", lambda: f27(tf.constant(2)))

    @tf.function
    def f28(x):
        y = None
        if x > 0:
            y = x
        else:
            y = x + 1
        return y

    tell("f28", lambda: f28(tf.constant(2)))

    @tf.function
    def f29(x):
        a = [x, x]
        d = {"k": x}
        if x > 0:
            a[0] = x * 2
            d["k"] = x * 5
        return a, d

    tell("f29", lambda: f29(tf.constant(2)))

    @tf.function
    def f30(x):
        i = 0
        while i < tf.shape(x)[0]:
            j = 0
            while j < i:
                x += 1
                j += 1
            i += 1
        return x

    tell("f30", lambda: f30(tf.constant([1, 2, 3])))

    @tf.function
    def f31(x):
        for i in tf.range(3):
            for j in tf.range(i):
                x = x * tf.cast(j + 1, tf.float32)
        return x

    tell("f31", lambda: grad(f31, tf.constant(2.0)))

    @tf.function
    def f32(x):
        assert x.shape == (2,), "bad"
        return x

    tell("f32", lambda: f32(tf.constant([1, 2])))
    tell("f32", lambda: f32(tf.constant([1, 2, 3])))


def test_words_of_errors(tf, answer):
    def failing(function, argument):
        return lambda: tf.function(function)(tf.constant(argument))

    def asserted(x):
        assert x > 0
        return x

    def none_at_the_end(x):
        y = None
        if x > 0:
            y = x
        return y

    def count_down(x):
        while x:
            x -= 1
        return x

    def found(n):
        for i in tf.range(10):
            if i > n:
                return i
        return -1

    def looked_up(x):
        raise KeyError("nothing there")

    answer.raises("bool", failing(asserted, 1), ["symbolic", "in user code", "assert x > 0"])
    answer.raises("none", failing(none_at_the_end, 1), ["'y' is None at the end of the else"])
    answer.raises("condition", failing(count_down, 3), ["condition of while loop expected"])
    answer.raises("return", failing(found, 3), ["a return statement cannot be placed inside"])
    answer.raises("key", failing(looked_up, 3), ["in user code", "nothing there"])


def test_loops_over_iterators(tf, answer):
    @tf.function
    def taken(iterator, limit):
        total = tf.constant(0, tf.int64)
        for x in iterator:
            total += x
            if total > limit:
                break
        return total

    iterator = iter(tf.data.Dataset.range(10))
    answer("until a break", (taken(iterator, 5), next(iterator)))
    answer("the rest", taken(iterator, 1000))


def test_none_before_a_loop_and_sorted(tf, answer):
    @tf.function
    def last(n):
        y = None
        for i in tf.range(n):
            y = i
        return y

    @tf.function
    def in_order(x):
        return sorted(x), sorted(x, reverse=True), sorted(x, key=lambda a: -a)

    answer("last", last(tf.constant(3)))
    answer("sorted", in_order(tf.constant([3, 1, 2])))
    answer("code", "def tf__in_order(x):" in tf.autograph.to_code(in_order.python_function))


def test_callees_of_a_converted_function(tf, answer):
    """What `to_graph` makes converts what it calls, wherever it is called."""

    def inner(x):
        try:
            if tf.reduce_sum(x) > 0.0:
                y = x + 1.0
            else:
                y = x
        except ValueError as error:
            raise error
        return y

    converted = tf.autograph.to_graph(lambda x: inner(x) * 2.0)
    traced = tf.function(lambda x: converted(x), autograph=False)
    answer("both branches", [traced(tf.constant(1.0)), traced(tf.constant(-1.0))])
