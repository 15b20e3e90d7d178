"""What a branch or loop refuses, and what else of a traced function a program can look at."""

import logging

import pytest


def compiled(tf, function):
    return tf.function(function, autograph=False)


def test_predicates(tf, answer):
    choose = compiled(tf, lambda p: tf.cond(p, lambda: 1, lambda: 2))
    for name, pred in {"int": 3, "float": 3.0, "text": "a"}.items():
        answer.raises(name, lambda: choose(tf.constant(pred)), ["expected bool"])  # noqa: B023
    answer("a variable", choose(tf.Variable(False)))
    answer("eager int", tf.cond(tf.constant(3), lambda: 1, lambda: 2))
    answer("eager variable", tf.cond(tf.Variable(False), lambda: 1, lambda: 2))
    answer.raises("Python's int", compiled(tf, lambda: tf.cond(3, lambda: 1, lambda: 2)))
    answer.raises("Python's bool", compiled(tf, lambda: tf.cond(True, lambda: 1, lambda: 2)))
    loop = compiled(tf, lambda x: tf.while_loop(lambda i: i, lambda i: [i - 1], [x]))
    answer.raises("of a loop", lambda: loop(tf.constant(2)), ["expected bool"])


def test_structures_of_loops(tf, answer):
    def run(body, start):
        def first(x):
            return x if not isinstance(x, dict | tuple) else first(next(iter(tf.nest.flatten(x))))

        def loop(x):
            return tf.while_loop(lambda x: first(x) < 3, body, start(x))

        return lambda: compiled(tf, loop)(tf.constant(1))

    pair = lambda p: (p[0] + 1, p[1] * 2)  # noqa: E731
    answer("one", run(lambda x: x + 1, lambda x: [x])())
    answer("one in a tuple", run(lambda x: (x + 1,), lambda x: (x,))())
    answer("a pair", run(lambda p: (pair(p),), lambda x: [(x, x)])())
    answer("a dict", run(lambda d: [{"a": d["a"] + 1}], lambda x: [{"a": x}])())
    words = ["same nested structure"]
    answer.raises("a pair alone", run(pair, lambda x: [(x, x)]), words)
    answer.raises("a dict alone", run(lambda d: {"a": d["a"] + 1}, lambda x: [{"a": x}]), words)
    answer.raises("too many", run(lambda x: [x + 1, x], lambda x: [x]), words)
    answer.raises("no structure", run(lambda x: x + 1, lambda x: x), ["len"])


def branches_that_differ(tf):
    one, two = tf.constant(1), tf.constant(2)
    return {
        "dtypes": (lambda: one, lambda: 2.0),
        "texts": (lambda: "a", lambda: one),
        "lengths": (lambda: (one, two), lambda: (one,)),
        "a tuple": (lambda: (one,), lambda: one),
        "kinds": (lambda: [one], lambda: (one,)),
        "keys": (lambda: {"a": one}, lambda: {"b": one}),
        "nothing": (lambda: None, lambda: one),
        "places": (lambda: (None, one), lambda: (one, None)),
        "objects": (lambda: object(), lambda: one),
        "ragged": (lambda: tf.ragged.constant([[1]]), lambda: tf.constant([[1]])),
        "an operation": (lambda: tf.no_op(), lambda: None),
    }


def test_branches_that_differ(tf, answer):
    for name, pair in branches_that_differ(tf).items():
        call = lambda pair=pair: compiled(tf, lambda p: tf.cond(p, *pair))(tf.constant(True))  # noqa: E731
        answer.raises(name, call)
        call = lambda pair=pair: compiled(tf, lambda i: tf.switch_case(i, pair))(tf.constant(1))  # noqa: E731
        if name == "places":
            answer(f"{name} of many", call())
        else:
            answer.raises(f"{name} of many", call)


def test_branches_that_agree(tf, answer):
    one, two = tf.constant(1), tf.constant(2)
    for name, pair in {
        "none": (lambda: None, lambda: None),
        "none beside": (lambda: (None, one), lambda: (None, two)),
        "shapes": (lambda: tf.constant([1, 2]), lambda: tf.constant([1])),
        "ranks": (lambda: tf.constant([1, 2]), lambda: one),
        "operations": (lambda: tf.no_op(), lambda: tf.no_op()),
        "orders": (lambda: {"a": one, "b": two}, lambda: {"b": one, "a": two}),
    }.items():
        choose = compiled(tf, lambda p, pair=pair: tf.cond(p, *pair))
        answer(name, [choose(tf.constant(p)) for p in (True, False)])
    traces = []
    pick = compiled(tf, lambda i: tf.switch_case(i, [lambda: traces.append(0) or 5] * 2))
    answer("beyond", [pick(tf.constant(7)), len(traces)])


def test_statements_with_branches_that_differ(tf, answer):
    @tf.function
    def lengths(x):
        if x > 0:
            y = (x, x)
        else:
            y = (x,)
        return y

    @tf.function
    def keys(x):
        if x > 0:
            y = {"a": x}
        else:
            y = {"b": x}
        return y

    @tf.function
    def texts(x):
        if x > 0:
            y = "a"
        else:
            y = x
        return y

    @tf.function
    def returns(x):
        if x > 0:
            return x
        return x, x

    dtypes = tf.function(lambda x: 1 if x > 0 else 2.0)
    nothing = tf.function(lambda x: x if x > 0 else None)
    ands = tf.function(lambda x: x and 3)
    nots = tf.function(lambda x: not x)
    x = tf.constant(1)
    for name, function, words in (
        ("lengths", lengths, ["'y'", "same nested structure"]),
        ("keys", keys, ["'y'", "same nested structure"]),
        ("texts", texts, ["'y' has dtype string in the main branch", "int32 in the else"]),
        ("returns", returns, ["'retval_'", "same nested structure"]),
        ("ternary", dtypes, ["'x > 0' has dtype int32 in the main branch", "float32"]),
        ("ternary of nothing", nothing, ["'x > 0' is None at the end of the else branch"]),
        ("and", ands, ["expected bool"]),
        ("not", nots, ["LogicalNot", "int32", "bool"]),
    ):
        answer.raises(name, lambda: function(x), words)  # noqa: B023
    with pytest.raises(TypeError) as error:
        nots(x)
    assert "<string>" not in str(error.value)


def test_variables_in_dictionaries(tf, answer):
    traces = []

    @tf.function
    def f(d):
        traces.append(list(d))
        return d["a"] + 2.0 * d["b"]

    a, b = tf.Variable(1.0), tf.Variable(2.0)
    calls = {"ab": {"a": a, "b": b}, "ba": {"b": b, "a": a}, "swapped": {"a": b, "b": a},
             "twice": {"a": a, "b": a}, "twice ba": {"b": a, "a": a},
             "mixed": {"b": a, "a": tf.constant(2.0)}}  # fmt: skip
    answer("results", [[name, f(d), len(traces)] for name, d in calls.items()])


def test_second_gradients_of_branches(tf, answer):
    functions = {
        "square": lambda p, x: tf.cond(p, lambda: x * x, lambda: tf.constant(1.0)),
        "line": lambda p, x: tf.cond(p, lambda: x * 3.0, lambda: tf.constant(1.0)),
        "lines": lambda p, x: tf.cond(p, lambda: x * 3.0, lambda: x),
    }

    def twice(f, p, x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(p, x)
            first = inner.gradient(y, x)
        return first, outer.gradient(first, x)

    for name, f in functions.items():
        function, x = compiled(tf, f), tf.constant(2.0)
        answer(name, [twice(function, tf.constant(p), x) for p in (True, False)])
        inside = compiled(tf, lambda p, x, f=f: twice(f, p, x))
        answer(f"{name} inside", [inside(tf.constant(p), x) for p in (True, False)])


def test_what_a_graph_says(tf, answer):
    v = tf.Variable(2.0)

    @tf.function
    def f(x, y):
        return {"a": x + v, "b": y}

    concrete = f.get_concrete_function(tf.TensorSpec([None]), tf.TensorSpec([], tf.int32))
    graph = concrete.graph
    answer("name", [type(concrete.name).__name__, concrete.name[:14]])
    answer("nodes", [[n.op, n.name, list(n.input)] for n in graph.as_graph_def().node[:5]])
    answer("captured", [[t.dtype for t in graph.external_captures], len(graph.captures),
                        [t.name for t in graph.internal_captures]])  # fmt: skip
    answer("structure", [repr(graph.structured_outputs), repr(graph.structured_input_signature)])
    answer("tensors", [[t.name for t in ts] for ts in (graph.inputs, graph.outputs)])
    const = tf.Graph()
    with const.as_default():
        operation = tf.constant(2.0, name="two").op
    answer("as text", [str(operation).splitlines()[:2], repr(operation), operation.node_def.op])


def test_calls_of_concrete_functions(tf, answer):
    concrete = tf.function(lambda a, b, c=2: a + b).get_concrete_function(*[tf.TensorSpec([])] * 2)
    x = tf.constant(1.0)
    answer("fits", [concrete(x, b=x), concrete(x, x, 2)])
    for name, call, words in (
        ("too few", lambda: concrete(x), ["'b'", "missing required arguments: b."]),
        ("too many", lambda: concrete(x, x, x), ["Can not cast", "takes 2 positional", "got 3"]),
        ("another value", lambda: concrete(x, x, c=3),
         ["`Can not cast 3 to Literal[2]`", "got unexpected keyword arguments: c."]),
        ("unknown", lambda: concrete(x, z=x), ["Fallback to flat signature also failed due to"]),
    ):  # fmt: skip
        answer.raises(name, call, words)
    pair = {"a": tf.TensorSpec([], name="q"), "b": tf.TensorSpec([])}
    concrete = tf.function(lambda d: d["a"]).get_concrete_function(pair)
    answer.raises("too few keys", lambda: concrete({"a": x}), ["Fallback to flat signature"])


def test_arguments_that_say_what_they_count_as(tf, answer):
    class Kind(tf.types.experimental.TraceType):
        def __init__(self, value):
            self.value = value

        def is_subtype_of(self, other):
            return type(other) is Kind and self.value.kind == other.value.kind

        def most_specific_common_supertype(self, others):
            return self if all(self == other for other in others) else None

        def placeholder_value(self, placeholder_context=None):
            return self.value

        def __eq__(self, other):
            return type(other) is Kind and self.value.kind == other.value.kind

        def __hash__(self):
            return hash(self.value.kind)

    class Fruit(tf.types.experimental.SupportsTracingProtocol):
        def __init__(self, kind, size):
            self.kind, self.size = kind, size

        def __tf_tracing_type__(self, context):
            return Kind(self)

    traces = []

    @tf.function
    def size(fruit, x):
        traces.append(fruit.kind)
        return fruit.size * x

    fruits = Fruit("pear", 1), Fruit("pear", 2), Fruit("fig", 3), Fruit("fig", 4)
    answer("sizes", [size(fruit, tf.constant(10)) for fruit in fruits])
    answer("traces", traces)


def test_shapes_in_loops_over_datasets(tf, answer):
    @tf.function
    def total(rows):
        total = tf.constant(0)
        for x, y in rows:
            total += tf.abs(y - x)
        return total

    pairs = [(1, 1), (2, 4)]
    unknown = tf.data.Dataset.from_generator(lambda: pairs, (tf.int32, tf.int32))
    answer("unknown", [total(unknown), total(pairs)])

    @tf.function
    def grown(rows):
        found = tf.zeros([1], tf.int64)
        for x in rows:
            found = tf.concat([found, [x]], 0)
        return found

    answer("grown", grown(tf.data.Dataset.range(1, 4)))
    answer("static", grown.get_concrete_function(tf.data.Dataset.range(3)).output_shapes)


def test_counts_and_signatures(tf, answer):
    class Dense(tf.Module):
        w = None

        @tf.function
        def __call__(self, x):
            if self.w is None:
                self.w = tf.Variable(tf.ones([x.shape[-1], 2]))
            return x @ self.w

    layer = Dense()
    answer("made at the first call", [layer(tf.ones([n, 3])) for n in (1, 2)])
    answer("traces", layer.__call__.experimental_get_tracing_count())

    @tf.function
    def f(a, *, scale=2.0, **others):
        return a * scale + sum(others.values())

    x = tf.constant(1.0)
    answer("keywords", [f(x, scale=3.0), f(x, z=x, scale=x, q=x), f(x, q=x, z=x, scale=x)])
    answer("in order", f.pretty_printed_concrete_signatures())
    words = ["found return value of type"]
    answer.raises("a class", tf.function(lambda: int), words)
    answer.raises("a set", tf.function(lambda: {1}), words)
    answer.raises("a dtype", tf.function(lambda: tf.float32), words)


def test_arrays_of_tensors_refuse(tf, answer):
    def array():
        return tf.TensorArray(tf.float32, 2)

    def filled(n):
        t = array()
        for i in tf.range(n):
            t = t.write(i, 1.0)
        return t.stack()

    function = tf.function
    for name, call, words in (
        ("write beyond", function(lambda: array().write(5, 1.0).stack()), ["modify element 5"]),
        ("write before", function(lambda: array().write(-1, 1.0).stack()), ["modify element -1"]),
        ("read beyond", function(lambda: array().write(0, 1.0).read(5)), ["access element 5"]),
        ("in a loop", lambda: function(filled)(tf.constant(4)), ["modify element 2 in a list"]),
        ("eagerly", lambda: array().write(5, 1.0), ["Tried to write to index 5"]),
    ):
        answer.raises(name, call, words if name == "eagerly" else ())
    answer("unwritten", [function(filled)(tf.constant(n)) for n in (1, 2)])


def test_source_that_is_not_there(tf, answer, monkeypatch):
    space = {"tf": tf}
    source = "@tf.function\ndef f(x):\n    if x > 0:\n        return x\n    return -x\n"
    exec(compile(source, "<stdin>", "exec"), space)  # noqa: S102
    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    tf.get_logger().addHandler(handler)
    monkeypatch.setattr(tf.get_logger(), "disabled", False)
    try:
        for i, x in enumerate((1, 1, 1.0)):
            answer.raises(f"call {i}", lambda: space["f"](tf.constant(x)), ["AutoGraph"])  # noqa: B023
    finally:
        tf.get_logger().removeHandler(handler)
    answer("said", [text.split("<")[0] for text in said])
    answer("of Python's values", space["f"](3))


def test_functions_of_datasets_are_converted(tf, answer):
    rows = tf.data.Dataset.range(6)

    def folded(x):
        if x % 2 == 0:
            return x * 10
        return -x

    def halved(x):
        steps = tf.constant(0, tf.int64)
        while x > 0:
            x //= 2
            steps += 1
        return steps, not x > 3

    def counted(total, x):
        if x < 3:
            total += x
        return total

    def listed(dataset):
        return list(dataset.as_numpy_iterator())

    answer("map", listed(rows.map(folded)))
    answer("loop", listed(rows.map(halved)))
    answer("filter", listed(rows.filter(lambda x: x > 1 and x != 4)))
    answer("reduce", rows.reduce(tf.constant(0, tf.int64), counted))
    several = lambda x: tf.data.Dataset.range(x if x < 3 else x - x)  # noqa: E731
    answer("flat_map", listed(rows.flat_map(several)))
    as_it_is = tf.autograph.experimental.do_not_convert(folded)
    answer.raises("as it is", lambda: rows.map(as_it_is), ["bool"])


def test_loops_over_several_things(tf, answer):
    rows = tf.data.Dataset.range(5)

    @tf.function
    def pairs(a, b):
        total = tf.constant(0, tf.int64)
        for i, (x, y) in enumerate(zip(a, b)):
            if x == 1:
                continue
            if x > 3:
                break
            total += i * x * y
        return total

    @tf.function
    def first(a, least):
        for x in a:
            if x > least:
                return x * 100
        return tf.constant(-1, tf.int64)

    @tf.function
    def comprehended(x):
        several = [x * i for i in range(3)]
        shifted = {i: x + i for i in range(3)}
        squares = (i * i for i in range(4))
        total = x
        for square in squares:
            total += square
        for _, value in {"a": 1, "b": 2}.items():
            total += value
        return several, shifted[2], total

    @tf.function
    def counted(x):
        n = 0

        def increase():
            nonlocal n
            n += 1
            return x if x > n else -x

        return increase() + increase(), n

    answer("pairs", pairs(rows, rows.map(lambda x: x + 1)))
    tensors = [tf.range(3, dtype=tf.int64)] * 2
    answer.raises("pairs of tensors", lambda: pairs(*tensors), ["Iterating", "not allowed"])
    least = tf.constant(2, tf.int64)
    answer.raises("first", lambda: first(rows, least), ["return statement cannot be placed"])
    answer("comprehended", comprehended(tf.constant(2)))
    answer("counted", [counted(tf.constant(n)) for n in (1, 2, 5)])
    chains = tf.function(lambda x: (0 < x < 10, not 3 < x, 0 < x and x < 5 or x == 7))
    answer("chains", [chains(tf.constant(n)) for n in (1, 7, 20)])
