"""`tf.function`: when it traces again, what it takes and returns, and what it says of itself."""

import collections
import dataclasses
import re
from typing import Any

import numpy as np
import pytest

Pair = collections.namedtuple("Pair", "a b")


@dataclasses.dataclass
class Scaled:
    x: Any
    factor: int

    def __tf_flatten__(self):
        return (self.factor,), (self.x,)

    @classmethod
    def __tf_unflatten__(cls, metadata, components):
        return cls(components[0], metadata[0])


@dataclasses.dataclass
class Unhashable:
    x: Any


class Calls:
    """A function that returns a constant, and says of each call whether it was traced."""

    def __init__(self, tf, **options):
        self.traced = 0

        @tf.function(**options)
        def function(x, y=2, *args, z=3, **kwargs):
            self.traced += 1
            return tf.constant(1)

        self._function = function

    def __call__(self, *args, **kwargs):
        before = self.traced
        self._function(*args, **kwargs)
        return self.traced - before


def plain(text):
    """`text` without addresses."""
    return re.sub(r"0x[0-9a-fA-F]+|\d{9,}", "#", str(text))


def test_traces_for_tensors_and_values(tf, answer):
    call, c = Calls(tf), tf.constant
    tensors = [c(1.0), c(2.0), c(1), c([1.0]), c([1.0, 2.0]), c([[1.0]]), 1, 2, 1, 1.0, True,
               np.float32(1), np.array(1.0), None, "a", "b", b"a", int, tf.float32]  # fmt: skip
    answer("one argument", [call(x) for x in tensors])
    x = c(1.0)
    answer("defaults", [call(x, 2), call(x, y=2), call(x, y=3), call(x, 3), call(x, z=3)])
    answer("more", [call(x, 2, 5), call(x, 2, 5), call(x, q=1), call(x, q=2), call(y=2, x=x)])


def test_traces_for_structures(tf, answer):
    call, c = Calls(tf), tf.constant
    one, two = c(1.0), c(2.0)
    values = [
        [one, two], (one, two), [two, one], [one], {"a": one}, {"b": one}, {"a": two},
        Pair(one, 2), Pair(two, 2), Pair(one, 3), {"a": 1, "b": 2}, {"b": 2, "a": 1}, [], (), {},
        [1, 2], [1, 2], [1, 3], Scaled(one, 3), Scaled(two, 3), Scaled(one, 4),
    ]  # fmt: skip
    answer("structures", [call(x) for x in values])
    answer.raises("no key", lambda: call(Unhashable(one)), ["TraceType", "hashable"])


def test_reduce_retracing(tf, answer):
    seen = []

    @tf.function(reduce_retracing=True)
    def function(d):
        seen.append(f"{d['a'].shape} {d['b'].shape}")
        return d["a"]

    for a, b in [(1, 1), (2, 1), (2, 3), (3, 2)]:
        function({"a": tf.zeros(a), "b": tf.zeros(b)})
    answer("shapes", seen)


def test_input_signature(tf, answer):
    seen = []

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32)])
    def function(x, y):
        seen.append((str(x), str(y)))
        return x * tf.cast(y, tf.float32)

    @tf.function(input_signature=[{"a": tf.TensorSpec([]), "b": [tf.TensorSpec([2], tf.int32)]}])
    def structured(d):
        return d["a"], d["b"][0]

    vector = [tf.TensorSpec([None], tf.float32)]

    @tf.function(input_signature=vector)
    def scaled(x, factor=3):
        return x * factor

    class Model:
        @tf.function(input_signature=vector)
        def double(self, x):
            return x * 2

    answer("lists", function([1.0, 2.0], 3))
    answer("arrays", function(np.array([1.0], "float64"), y=2))
    answer("seen", seen)
    answer("structure", structured({"a": 1.0, "b": [[1, 2]]}))
    answer("default", [scaled([1.0]), scaled([1.0], 3)])
    model = Model()
    answer("method", model.double([1.0, 2.0]))
    answer.raises("other default", lambda: scaled([1.0], 4), ["Can not cast 4 to Literal[3]"])
    answer.raises("rank", lambda: scaled(tf.constant([[1.0]])), ["Can not cast TensorSpec"])
    answer.raises("none", lambda: scaled(), ["missing a required argument: 'x'"])
    answer.raises("too few", lambda: tf.function(lambda x, y: x, input_signature=vector)([1.0], 2),
                  ["missing type constraint for y"])  # fmt: skip
    answer.raises("too many", lambda: tf.function(lambda: 1, input_signature=vector)(),
                  ["1 extra type constraints"])  # fmt: skip


def test_results_keep_their_structure(tf, answer):
    @tf.function
    def function(x):
        return {"a": x, "b": (x, None), "c": Pair(x, [x]), "e": 1, "g": True, "h": np.arange(2)}

    result = function(tf.constant(1.0))
    kinds = [type(x).__name__ for x in (result["b"], result["c"], result["c"].b)]
    answer("result", [result, kinds])
    scaled = tf.function(lambda d: Scaled(d.x * 2, d.factor + 1))(Scaled(tf.constant(1.0), 3))
    answer("dataclass", [scaled.x, scaled.factor])
    rows = tf.constant([0]), tf.constant([2, 1])
    answer("slices", tf.function(lambda x: tf.IndexedSlices(x, *rows))(tf.constant([[1.0]])))
    answer.raises("object", lambda: tf.function(lambda: Unhashable(1))(),
                  ["must return zero or more Tensors", "type Unhashable"])  # fmt: skip


def described(tf):
    w, k = tf.Variable(3.0, name="w"), tf.constant([1.0, 2.0])

    @tf.function
    def function(x, y=2, *, z=None):
        """What it does."""
        return {"o": x * w + y, "k": k, "n": None}

    return function


def test_what_a_trace_says(tf, answer):
    function = described(tf)
    concrete = function.get_concrete_function(tf.TensorSpec([None], tf.float32, name="inp"))
    answer("signature", str(concrete.structured_input_signature))
    answer("outputs", [str(concrete.structured_outputs), [str(t) for t in concrete.outputs]])
    answer("dtypes", str(concrete.output_dtypes))
    answer("shapes", str(concrete.output_shapes))
    answer("printed", plain(concrete.pretty_printed_signature()))
    answer("on a line", concrete.pretty_printed_signature(verbose=False))
    answer("variables", [v.name for v in concrete.trainable_variables])
    graph = concrete.graph
    answer("graph", [graph.name, [v.name for v in graph.variables], len(graph.captures)])
    answer("call", [concrete(tf.constant([1.0]))["o"], concrete(inp=tf.constant([2.0]))["o"]])
    answer.raises("dtype", lambda: concrete(tf.constant([1])), ["expected to be a float tensor"])
    answer.raises("value", lambda: concrete(tf.constant([1.0]), 3), ["Binding inputs"])
    answer.raises("name", lambda: concrete(tf.constant([1.0]), w=3), ["Binding inputs"])


def test_what_a_trace_says_of_many_parameters(tf, answer):
    @tf.function
    def function(a, b, *args, c, d=5, **kwargs):
        return a, [b, {"q": c}], Pair(a, b)

    s = tf.TensorSpec([2], tf.int32)
    concrete = function.get_concrete_function(s, [s, 3, "x"], s, c=Pair(s, None), e=s)
    answer("text", plain(concrete))
    answer("repr", plain(repr(concrete)))
    answer("signature", str(concrete.structured_input_signature))


def test_what_a_function_says(tf, answer):
    function = described(tf)
    function(tf.constant([1.0]))
    function(tf.constant([[1.0]]), 3)
    answer("signatures", function.pretty_printed_concrete_signatures(verbose=False))
    answer(
        "names", [function.name, function.__name__, function.__doc__, str(function.function_type)]
    )
    answer("count", function.experimental_get_tracing_count())


@pytest.mark.parametrize("stage", ["hlo", "optimized_hlo"])
def test_compiler_ir(tf, answer, stage):
    function = tf.function(lambda x: x * 2 + 1, jit_compile=True)
    text_of = function.experimental_get_compiler_ir(tf.constant([1.0, 2.0]))
    answer("text", [text_of(stage).startswith("HloModule"), "multiply" in text_of(stage)])
    answer("bytes", isinstance(text_of(f"{stage}_serialized"), bytes))
    answer.raises("other", lambda: text_of("nothing"), ["Invalid stage selected: 'nothing'"])


def test_inside_and_outside(tf, answer):
    seen = [tf.inside_function(), tf.executing_eagerly()]

    @tf.function
    def function():
        seen.append([tf.inside_function(), tf.executing_eagerly()])
        with tf.init_scope():
            seen.append([tf.inside_function(), tf.executing_eagerly()])
            known = tf.constant(2.0)
            seen.append(float(known))
        return known * 2

    answer("result", function())
    answer("seen", seen)


def test_decorated_before_the_first_trace(tf, answer):
    """Libraries of modules put a name scope around methods that are functions already."""

    def doubled(method):
        return lambda x: 2.0 * method(x)

    step = tf.function(lambda x: x + 1.0, input_signature=[tf.TensorSpec([])])
    step._decorate(doubled)
    answer("decorated", step(1.0))
    answer.raises("too late", lambda: step._decorate(doubled), ["after they have been traced"])


def test_a_callable_object(tf, answer):
    """What the object has can be seen on the function."""

    class Scale:
        def __init__(self):
            self.factor = tf.Variable(3.0)

        def __call__(self, x):
            return self.factor * x

    traced = tf.function(Scale())
    answer("scaled", [traced(2.0), traced.factor])
