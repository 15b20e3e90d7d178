"""What libraries import from TensorFlow's private modules."""

import importlib
import logging

import numpy as np


def private(tf, path):
    """A module of `tensorflow.python`, or the one that stands for it."""
    if tf.__name__ == "minitf":
        return importlib.import_module(importlib.import_module("minitf.install")._PRIVATE[path])
    return importlib.import_module(f"tensorflow.python.{path}")


def test_deprecation(tf, answer):
    deprecation = private(tf, "util.deprecation")

    @deprecation.deprecated("2030-01-31", "Use g.")
    def f(x, y=1):
        return x + y

    @deprecation.deprecated_args(None, "Use z.", "y", ("z", None))
    def g(x, y=1, z=None):
        return x + y

    @deprecation.deprecated_arg_values("2030-01-31", "Use 2.", y=1)
    def h(x, y=1):
        return x + y

    renamed = deprecation.deprecated_alias("old", "new", lambda x: x)
    texts = []
    handler = logging.Handler()
    handler.emit = lambda record: texts.append(record.getMessage().split(": ", 1)[1])
    logging.getLogger("tensorflow").addHandler(handler)
    try:
        with deprecation.silence():
            f(0)
        results = [f(1), f(2), g(1, 3), h(1), h(1, 1), h(1, 2)]
        with tf.Graph().as_default():
            results += [g(1), g(1, 2), g(1, z=None), g(1, z=3)]
        results.append(renamed(3))
    finally:
        logging.getLogger("tensorflow").removeHandler(handler)
    answer("results", results)
    answer("warnings", [t.replace(__name__, "here") for t in texts])
    answer.raises("nothing", lambda: deprecation.deprecated(None, None)(f), ["instructions"])
    lookup = deprecation.deprecated_argument_lookup
    answer("lookup", [lookup("new", 1, "old", None), lookup("new", None, "old", 2)])
    answer.raises("both", lambda: lookup("new", 1, "old", 2), ["Cannot specify both"])


def test_decorators(tf, answer):
    decorator = private(tf, "util.tf_decorator")
    inspect = private(tf, "util.tf_inspect")

    def target(a, b=2):
        """What it says."""

    wrapped = decorator.make_decorator(target, lambda *args: args)
    decorators, inner = decorator.unwrap(wrapped)
    answer("unwrapped", [len(decorators), inner is target, wrapped.__name__, wrapped.__doc__])
    answer("arguments", [wrapped(1, 2), list(inspect.signature(target).parameters)])


def test_control_flow(tf, answer):
    smart = private(tf, "framework.smart_cond")
    traced = []

    def branch(value):
        def run():
            traced.append(value)
            return tf.constant(value)

        return run

    preds = (True, 0, tf.constant(False))
    answer("known", [smart.smart_cond(pred, branch(1), branch(2)) for pred in preds])
    answer("traced", traced)
    both = tf.function(lambda p: smart.smart_cond(p, branch(3), branch(4)))
    answer("unknown", both(tf.constant(True)))
    answer("constants", [smart.smart_constant_value(True), smart.smart_constant_value(0)])
    answer.raises("no function", lambda: smart.smart_cond(True, 1, 2), ["callable"])
    pfor = private(tf, "ops.parallel_for.control_flow_ops").pfor
    answer("pfor", pfor(lambda i: i * i + 1, 4))


def test_gradients_refused(tf, answer):
    x = tf.constant([1.0, 2.0])
    prevent_gradient = private(tf, "ops.array_ops").prevent_gradient
    answer("value", prevent_gradient(x, "not here"))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = prevent_gradient(x, "not here") * 2.0
    answer.raises("gradient", lambda: tape.gradient(y, x), ["not here"])


def test_composite_tensors(tf, answer):
    """A class of a program's own, made of tensors, goes through nests and functions."""
    composite = private(tf, "framework.composite_tensor")
    type_spec = private(tf, "framework.type_spec")

    class Pair(composite.CompositeTensor):
        def __init__(self, a, b):
            self.a, self.b = a, b

        @property
        def _type_spec(self):
            specs = [type_spec.type_spec_from_value(x) for x in (self.a, self.b)]
            return PairSpec(*specs)

    class PairSpec(tf.TypeSpec):
        def __init__(self, a, b):
            self.specs = a, b

        value_type = property(lambda self: Pair)
        _component_specs = property(lambda self: self.specs)

        def _serialize(self):
            return self.specs

        def _to_components(self, value):
            return value.a, value.b

        def _from_components(self, components):
            return Pair(*components)

    pair = Pair(tf.constant(1.0), tf.constant([2, 3]))
    answer("parts", tf.nest.flatten([pair, 5], expand_composites=True))
    again = tf.nest.map_structure(lambda x: x * 2, pair, expand_composites=True)
    answer("mapped", [isinstance(again, Pair), again.a, again.b])
    answer("alone", tf.nest.flatten([pair]) == [pair])
    answer("is", [isinstance(x, composite.CompositeTensor) for x in (pair, pair.a, 1)])

    @tf.function
    def swapped(p):
        return Pair(p.b, p.a)

    out = swapped(pair)
    answer("through a function", [isinstance(out, Pair), out.a, out.b])
    answer.raises("no spec", lambda: type_spec.type_spec_from_value(object()), ["TypeSpec"])


def test_registered_specs(tf, answer):
    registry = private(tf, "framework.type_spec_registry")
    first = type("First", (tf.TypeSpec,), {})
    answer("class", registry.register("project.First")(first) is first)
    again = type("Again", (tf.TypeSpec,), {})
    answer.raises("name", lambda: registry.register("project.First")(again), ["registered"])
    answer.raises("form", lambda: registry.register("First"), ["project_name"])


def test_nests(tf, answer):
    nest = private(tf, "util.nest")
    answer("values", list(nest._yield_value({"b": 1, "a": 2})))
    answer("like", nest._sequence_like({"b": 1, "a": 2}, [3, 4]))
    answer("kinds", [nest.is_mapping({}), nest.is_mapping([]), nest.is_attrs({})])
    answer("public", nest.flatten([1, (2, 3)]))
    mapped = nest.map_structure_with_tuple_paths_up_to(
        {"a": 1, "b": [2]},
        lambda path, x, y: (path, x, y),
        {"a": [3], "b": [4]},
        {"a": 5, "b": [6]},
    )
    answer("paths", mapped)


def test_object_identity(tf, answer):
    identity = private(tf, "util.object_identity")
    a, b = [1], [1]
    by_key = identity.ObjectIdentityDictionary()
    by_key[a], by_key[b] = 1, 2
    by_key[a] = 3
    del by_key[b]
    answer("dictionary", [by_key[a], b in by_key, len(by_key), list(by_key.items())])
    found = identity.ObjectIdentitySet([a, a, b])
    found.discard(a)
    found.add(tf.constant(1))
    found.update([b])
    answer("set", [len(found), a in found, b in found, list(found - {}) == list(found)])


def test_contexts(tf, answer):
    context = private(tf, "eager.context")
    here = context.context()
    answer("device", [here.device_spec.device_type, here.executing_eagerly()])
    with tf.device("CPU:0"):
        answer("asked", here.device_spec.device_type)
    with context.graph_mode():
        answer("graph", [tf.executing_eagerly(), hasattr(tf.constant(1), "graph")])
        with context.eager_mode():
            answer("eager", [tf.executing_eagerly(), tf.constant(1)])


def test_asking_for_xla(tf, answer):
    compile, x = tf.xla.experimental.compile, tf.constant([1.0, 2.0])
    answer("one", compile(lambda x: x * 2.0, [x]))
    answer("flat", compile(lambda x: (x, 3), [x]))
    answer("nest", compile(lambda x: {"a": x, "b": [x]}, [x]))
    with tf.Graph().as_default():
        answer("operation", type(compile(lambda: None)).__name__)
    answer.raises("list", lambda: compile(lambda: 1, 2), ["inputs must be a list"])
    answer.raises("none", lambda: compile(lambda: (1, None)), ["convertible"])
    scope = tf.xla.experimental.jit_scope
    answer.raises("eager", lambda: scope().__enter__(), ["not supported when eager"])

    @tf.function
    def scoped(x):
        with scope():
            return x * 3.0

    answer("scope", scoped(x))


def test_normals_between_bounds():
    """The distribution is TensorFlow's; the numbers are not, so it is looked at by itself."""
    import minitf as tf

    x = tf.random.stateless_parameterized_truncated_normal(
        [20000, 3], [1, 2], [0.0, 1.0, 0.0], [1.0, 2.0, 1.0], [-1.0, -3.0, 4.0], [2.0, 1.0, 5.0]
    ).numpy()
    assert (x.min(0) >= [-1, -3, 4]).all() and (x.max(0) <= [2, 1, 5]).all()
    mean = [0.2296, -0.4456, 4.2168]  # by scipy.stats.truncnorm
    np.testing.assert_allclose(x.mean(0), mean, atol=0.02)
