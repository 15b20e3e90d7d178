"""Variables, datasets and iterators as arguments of a `tf.function`, and what it makes of them."""

import collections

import pytest


class Traces:
    """A function of any arguments that counts how often Python ran."""

    def __init__(self, tf, **options):
        self.count = 0
        self._function = tf.function(self._body, **options)

    def _body(self, *args, **kwargs):
        self.count += 1
        return 1

    def __call__(self, *args):
        self._function(*args)
        return self.count


def test_variables_share_traces(tf, answer):
    v, w, u = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0, name="u")
    whole, fixed = tf.Variable(1), tf.Variable(1.0, trainable=False)
    two, three = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0, 3.0])
    some = tf.Variable([1.0, 2.0], shape=[None])
    rows = {
        "same kind": [(v,), (w,), (u,), (v,)],
        "dtypes": [(v,), (whole,), (w,)],
        "trainable": [(v,), (fixed,), (w,)],
        "shapes": [(v,), (two,), (three,), (two,), (some,)],
        "wide, then narrow": [(some,), (two,), (three,)],
        "which of them": [(v, v), (v, w), (w, v), (w, w), (u, u)],
        "of three": [(v, v, w), (v, w, v), (w, w, v), (v, w, u), (v, v, v)],
        "in lists": [([v, w],), ([u, w],), ([v, v],), ((v, w),), ([v],)],
        "in dicts": [({"a": v, "b": w},), ({"a": u, "b": w},), ({"a": v, "b": v},)],
        "tensors are others": [(v,), (tf.constant(1.0),), (w,), (tf.constant(2.0),)],
    }
    for name, calls in rows.items():
        traces = Traces(tf)
        answer(name, [traces(*call) for call in calls])
    traces = Traces(tf, reduce_retracing=True)
    answer("reduced", [traces(x) for x in (two, three, tf.Variable([1.0] * 4), tf.Variable([1.0]))])
    layers = [tf.keras.layers.Dense(2) for _ in range(2)]
    for layer in layers:
        layer.build((None, 3))
    traces = Traces(tf)
    answer("those of Keras", [traces(layer.kernel) for layer in layers])


def test_a_variable_argument(tf, answer):
    @tf.function
    def step(v, x):
        answer("while traced", [v.name, v.shape, v.dtype, v.trainable, isinstance(v, tf.Variable)])
        v.assign_add(x)
        return v * 2.0

    v, w = tf.Variable(1.0), tf.Variable(2.0)
    answer("results", [step(v, tf.constant(1.0)), step(w, tf.constant(1.0)), v, w])
    concrete = step.get_concrete_function(v, tf.constant(1.0))
    answer("signature", concrete.pretty_printed_signature(verbose=False))
    answer("structured", repr(concrete.structured_input_signature))
    answer("graph", [[t.name, t.dtype] for t in concrete.inputs])
    answer("it has none of its own", [len(concrete.variables), len(concrete.captured_inputs)])
    answer("called", [concrete(v, tf.constant(2.0)), concrete(w, tf.constant(3.0)), v, w])

    @tf.function
    def parts(v):
        v[0].assign([5.0, 6.0])
        v.scatter_nd_update([[1, 1]], [9.0])
        return v[1:], tf.gather(v, [0, 2])

    first, second = tf.Variable(tf.ones([3, 2])), tf.Variable(tf.zeros([3, 2]))
    answer("parts", [parts(first), parts(second), first, second])


def test_variable_arguments_in_control_flow(tf, answer):
    @tf.function
    def loop(v, n):
        for i in tf.range(n):
            v.assign_add(tf.cast(i, tf.float32))
            if v > 5.0:
                v.assign(0.0)
        return v.read_value()

    @tf.function
    def outer(v, w):
        return loop(v, tf.constant(4)) + loop(w, tf.constant(3))

    v, w = tf.Variable(3.0), tf.Variable(1.0)
    answer("loop", [loop(v, tf.constant(4)), loop(w, tf.constant(4)), v, w])
    answer("functions", [outer(v, w), outer(w, v), outer(v, v), v, w])

    class Counter:
        @tf.function
        def up(self, variable, *, by=1.0, more=()):
            variable.assign_add(by)
            return tf.add_n([variable.value(), *more])

    counter = Counter()
    answer("methods", [counter.up(v), counter.up(w, by=2.0), counter.up(w, more=[v, w]), v, w])


def test_gradients_of_variable_arguments(tf, answer):
    @tf.function
    def cube(v):
        return v * v * v

    v, w, fixed = tf.Variable(2.0), tf.Variable(3.0), tf.Variable(1.0, trainable=False)
    with tf.GradientTape() as second:
        with tf.GradientTape(persistent=True) as first:
            y, z = cube(v) * cube(w), cube(fixed)
        slopes = first.gradient(y, [v, w])
    answer("outside", [slopes, second.gradient(slopes[0], [v, w]), first.gradient(z, fixed)])
    answer("watched", len(first.watched_variables()))

    @tf.function
    def inside(v, w):
        with tf.GradientTape() as second:
            with tf.GradientTape() as first:
                y = cube(v) * w
            slope = first.gradient(y, v)
        v.assign_sub(0.5 * slope)
        return slope, second.gradient(slope, [v, w])

    answer("inside", [inside(v, w), inside(w, v), v, w])

    @tf.function
    def descend(variables, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(variables[0] * x + variables[1])
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(gradient)
        return loss

    answer("steps", [descend([v, w], tf.constant(1.0)), descend([w, v], tf.constant(2.0)), v, w])
    optimizer = tf.keras.optimizers.SGD(0.1)

    @tf.function
    def optimize(v, x):
        with tf.GradientTape() as tape:
            y = v * x
        optimizer.apply_gradients([(tape.gradient(y, v), v)])

    optimize(v, 1.0)
    optimize(v, 1.0)
    answer("optimizers", v)
    rows = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = tf.function(lambda a: tf.reduce_sum(tf.gather(a, [0, 0]) ** 2))(rows)
    answer("of rows", tape.gradient(y, rows))


def test_a_variable_that_is_argument_and_captured():
    import minitf as tf

    v, w = tf.Variable(1.0), tf.Variable(2.0)

    @tf.function
    def both(x, n):
        for _ in tf.range(n):
            v.assign_add(10.0)
            x.assign_add(1.0)
        return v + x

    one = tf.constant(1)
    assert [both(v, one).numpy(), v.numpy()] == [24.0, 12.0]
    assert [both(w, one).numpy(), v.numpy(), w.numpy()] == [25.0, 22.0, 3.0]
    assert [both(v, one).numpy(), both(w, one).numpy()] == [66.0, 47.0]
    assert both.experimental_get_tracing_count() == 2


def test_datasets_and_iterators_share_traces(tf, answer):
    numbers = tf.data.Dataset.range
    floats = tf.data.Dataset.from_tensor_slices([1.0, 2.0])
    traces = Traces(tf)
    datasets = [
        numbers(3),
        numbers(5),
        floats,
        numbers(3).map(lambda x: x + 1),
        numbers(4).batch(2),
    ]
    answer("datasets", [traces(x) for x in datasets])
    traces = Traces(tf)
    answer("iterators", [traces(iter(x)) for x in (numbers(3), numbers(5), floats)])
    traces, one = Traces(tf), iter(numbers(3))
    answer("the same twice", [traces(one, one), traces(one, iter(numbers(2)))])

    @tf.function
    def total(dataset):
        result = tf.constant(0, tf.int64)
        for x in dataset:
            result += x
        return result

    @tf.function
    def outer(dataset):
        return total(dataset) + total(dataset.map(lambda x: x * 2)) + total(numbers(3))

    concrete = total.get_concrete_function(numbers(3))
    answer("signature", repr(concrete.structured_input_signature))
    answer("called", [total(numbers(3)), total(numbers(5)), concrete(numbers(4))])
    spec = tf.data.DatasetSpec(tf.TensorSpec([], tf.int64))
    answer("by spec", total.get_concrete_function(spec)(numbers(4)))
    answer("functions", outer(numbers(4)))
    answer("not used", tf.function(lambda dataset, x: x + 1)(numbers(3), 1))

    @tf.function(input_signature=[spec])
    def declared(dataset):
        return dataset.reduce(tf.constant(0, tf.int64), lambda a, x: a + x)

    answer("declared", declared(numbers(4)))

    @tf.function(input_signature=[tf.data.IteratorSpec(tf.TensorSpec([], tf.int64))])
    def take(iterator):
        return next(iterator)

    answer("a declared iterator", take(iter(numbers(4))))


def test_iterators_in_functions(tf, answer):
    numbers = tf.data.Dataset.range(6)

    @tf.function
    def two(iterator):
        return next(iterator) + 10 * iterator.get_next()

    one = iter(numbers)
    answer("taken", [two(one), two(one), two(iter(numbers)), next(one)])

    @tf.function
    def until(iterator):
        result = tf.constant(0, tf.int64)
        for x in iterator:
            result += x
            if result > 2:
                break
        return result

    one = iter(numbers)
    answer("loops", [until(one), until(one), next(one)])

    @tf.function
    def steps(iterator, n):
        result = tf.constant(0, tf.int64)
        for _ in tf.range(n):
            result += next(iterator)
        return result

    answer("counted", [steps(iter(numbers), tf.constant(n)) for n in (2, 4)])
    answer.raises("no more", lambda: steps(iter(numbers), tf.constant(7)))

    @tf.function
    def optional(iterator):
        found = iterator.get_next_as_optional()
        if found.has_value():
            return found.get_value()
        return tf.constant(-1, tf.int64)

    one = iter(numbers.take(2))
    answer("optionals", [optional(one) for _ in range(3)])

    @tf.function
    def all_of(iterator):
        result, found = tf.constant(0, tf.int64), iterator.get_next_as_optional()
        while found.has_value():
            result += found.get_value()
            found = iterator.get_next_as_optional()
        return result

    answer("optionals in a loop", [all_of(iter(numbers)), all_of(iter(numbers.take(0)))])
    empty = tf.experimental.Optional.empty(tf.TensorSpec([], tf.int32))
    full = tf.experimental.Optional.from_value(tf.constant(3))
    answer("made", [empty.has_value(), full.has_value(), full.get_value()])
    answer.raises("nothing", empty.get_value)


def test_datasets_made_in_functions(tf, answer):
    @tf.function
    def sliced(x):
        result = 0
        for y in tf.data.Dataset.from_tensor_slices(x):
            result += y
        return result

    @tf.function
    def reduced(x):
        pairs = tf.data.Dataset.from_tensor_slices(x).map(lambda z: z * 2).batch(2)
        return pairs.reduce(0, lambda a, b: a + tf.reduce_sum(b))

    @tf.function
    def even(n):
        result = tf.constant(0, tf.int64)
        for i in tf.data.Dataset.range(n).filter(lambda i: i % 2 == 0):
            result += i
        return result

    @tf.function
    def cached(x):
        result = 0
        for y in tf.data.Dataset.from_tensor_slices((x, x)).cache().repeat(2):
            result += y[0] * y[1]
        return result

    @tf.function
    def iterated(x):
        iterator = iter(tf.data.Dataset.from_tensor_slices(x))
        return next(iterator) + 10 * next(iterator)

    for name, function in {"slices": sliced, "reduced": reduced, "cached": cached,
                           "iterated": iterated}.items():  # fmt: skip
        answer(name, [function(tf.constant(x)) for x in ([1, 2, 3], [4, 5, 6], [7, 8])])
    answer("range", [even(tf.constant(n, tf.int64)) for n in (5, 9)])
    answer("one", tf.function(lambda x: tf.data.Dataset.from_tensors(x).get_single_element())(3))
    made = tf.function(lambda x: tf.data.Dataset.from_tensor_slices(x).map(lambda y: y + 1))
    answer("returned", [list(made(tf.constant(x)).as_numpy_iterator()) for x in ([1, 2], [3])])

    @tf.function
    def windows(dataset):
        result = tf.constant(0, tf.int64)
        for window in dataset.window(2):
            for x in window:
                result = result * 2 + x
        return result

    answer("windows", windows(tf.data.Dataset.range(6)))

    @tf.function
    def undefined(dataset):
        for x in dataset:
            last = x
        return last

    answer.raises("undefined", lambda: undefined(tf.data.Dataset.range(3)),
                  keywords=["'last' must be defined before the loop"])  # fmt: skip
    answer("len", tf.function(lambda d: len(d) + d.cardinality())(tf.data.Dataset.range(3)))


@pytest.mark.parametrize("outside", [True, False])
def test_shuffles_in_functions(tf, answer, outside):
    tf.random.set_seed(1)
    given = tf.data.Dataset.range(5).shuffle(5, seed=2)

    @tf.function
    def order(x):
        dataset = given if outside else tf.data.Dataset.from_tensor_slices(x).shuffle(5, seed=3)
        result = tf.TensorArray(x.dtype, 0, dynamic_size=True)
        for y in dataset:
            result = result.write(result.size(), y)
        return result.stack()

    answer("orders", [order(tf.range(5, dtype=tf.int64)) for _ in range(2)])
    answer("goes on", list(given.as_numpy_iterator()))


def test_kinds_of_arguments_that_share_traces(tf, answer):
    c, nan = tf.constant, float("nan")
    traces = Traces(tf)
    answer("not a number", [traces(nan), traces(float("nan")), traces(1.0)])
    traces = Traces(tf)
    mappings = [{"a": c(1)}, collections.OrderedDict(a=c(2)), {"b": c(1)}]
    answer("mappings", [traces(x) for x in mappings])
    keywords = []

    @tf.function
    def collect(**kwargs):
        keywords.append(sorted(kwargs))
        return tf.add_n(list(kwargs.values()))

    answer("keywords", [collect(a=c(1), b=c(2)), collect(b=c(3), a=c(4)), len(keywords)])
    pair = [[tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.int32)]]
    traces = Traces(tf, input_signature=pair)
    answer("a declared list", traces([c(1), c(2)]))
    answer.raises("not a tuple", lambda: traces((c(1), c(2))), keywords=["Can not cast"])


def test_declared_composites(tf, answer):
    ragged, sparse = tf.ragged.constant, tf.sparse.from_dense
    count = []

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    def total(x):
        count.append(1)
        return tf.reduce_sum(x, 1)

    @tf.function(input_signature=[tf.SparseTensorSpec([None, None], tf.int32)])
    def dense(x):
        count.append(1)
        return tf.sparse.to_dense(x) * 2

    rows = [ragged([[1], [2, 3]]), ragged([[1, 1], [], [4]])]
    answer("ragged", [total(x) for x in rows])
    answer("sparse", [dense(sparse(x)) for x in ([[1, 0]], [[1, 0], [2, 3]])])
    answer("traces", len(count))


def test_loops_of_python(tf, answer):
    c = tf.constant
    loop, below = tf.while_loop, lambda i, *_: i < 3
    answer("as the body returns", [
        loop(below, lambda i: [i + 1], (c(0),)), loop(below, lambda i: (i + 1,), [c(0)]),
        loop(below, lambda i: [i + 1], (c(5),)),
    ])  # fmt: skip
    answer.raises("no list", lambda: loop(below, lambda i: i + 1, [c(0)]))
    answer.raises("too few", lambda: loop(below, lambda i, j: [i + 1], [c(0), c(1)]))


def test_loops_over_nothing(tf, answer):
    @tf.function
    def total(x):
        s = 0.0
        for row in x:
            s += tf.reduce_sum(row)
        return s

    x = tf.zeros([0, 2])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = total(x)
    answer("for", [y, tape.gradient(y, x)])
    answer("map", tf.function(lambda x: tf.map_fn(lambda t: t * 2, x))(x))
    answer("fold", tf.function(lambda x: tf.foldl(lambda a, b: a + b, x, tf.ones(2)))(x))
    answer.raises("row", lambda: tf.function(lambda x, i: x[i])(x, tf.constant(0)))
    answer.raises("a float", lambda: tf.switch_case(tf.constant(0.0), [lambda: 1]))
    answer.raises("no pair", lambda: tf.case([tf.constant(True)]), keywords=["must be a 2-tuple"])


def test_what_branches_and_loops_cannot_give(tf, answer):
    @tf.function
    def numbers(x):
        if x > 0:
            y = 1
        else:
            y = 2.0
        return y

    @tf.function
    def appended(n):
        found = []
        for i in tf.range(n):
            found.append(i)
        return found

    answer.raises("dtypes", lambda: numbers(tf.constant(1)),
                  keywords=["'y' has dtype int32 in the main branch, but dtype float32"])  # fmt: skip
    answer.raises("lists", lambda: appended(tf.constant(3)), keywords=["out of scope"])


def test_arguments_stay_as_they_are(tf, answer):
    @tf.function
    def changed(x, *, d):
        x.append(1)
        d["k"] = d["k"] * 2
        return d["k"]

    @tf.function
    def copied(x, d):
        x, d = [*x, 1], {**d, "k": d["k"] * 2}
        return x[0] * d["k"]

    one = tf.constant(1)
    answer.raises("changed", lambda: changed([one], d={"k": one}),
                  keywords=["should not modify its Python input arguments", "x, d"])  # fmt: skip
    answer("copied", copied([one], {"k": one}))
