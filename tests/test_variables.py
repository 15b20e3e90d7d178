"""Variables and modules: values, updates of parts, printed forms, errors, creation in functions."""

import pytest

UPDATES = {
    "assign": "v.assign([1., 1., 1.])",
    "assign_add": "v.assign_add([1., 1., 1.])",
    "no value": "v.assign_add([1., 1., 1.], read_value=False)",
    "scatter_add": "v.scatter_add(tf.IndexedSlices(tf.constant([1.]), tf.constant([1])))",
    "scatter_sub": "v.scatter_sub(tf.IndexedSlices(tf.constant([1.]), tf.constant([1])))",
    "scatter_update": "v.scatter_update(tf.IndexedSlices(tf.constant([9.]), tf.constant([0])))",
    "scatter_mul": "v.scatter_mul(tf.IndexedSlices(tf.constant([2.]), tf.constant([0])))",
    "scatter_div": "v.scatter_div(tf.IndexedSlices(tf.constant([2.]), tf.constant([1])))",
    "scatter_max": "v.scatter_max(tf.IndexedSlices(tf.constant([5.]), tf.constant([0])))",
    "scatter_min": "v.scatter_min(tf.IndexedSlices(tf.constant([0.]), tf.constant([2])))",
    "scatter_nd_add": "v.scatter_nd_add([[0], [2]], [1., 2.])",
    "scatter_nd_sub": "v.scatter_nd_sub([[0], [2]], [1., 2.])",
    "scatter_nd_update": "v.scatter_nd_update([[0], [2]], [1., 2.])",
    "part": "v[0].assign(5.)",
    "slice": "v[1:].assign([7., 8.])",
    "stride": "v[::2].assign([0., 0.])",
    "broadcast": "v[...].assign(3.)",
    "gather_nd": "v.gather_nd([[1]])",
    "sparse_read": "v.sparse_read([1])",
    "initialized": "v.is_initialized()",
    "initializer": "v.initializer",
    "load": "v.load([1., 2., 3.])",
    "count_up_to": "tf.Variable(0).count_up_to(3)",
    "unknown shape": "tf.Variable([1., 2.], shape=tf.TensorShape(None))",
    "wider shape": "tf.Variable([[1., 2.]], shape=[None, 2]).assign([[1., 2.], [3., 4.]])",
    "callable": "tf.Variable(lambda: tf.ones([2]))",
    "string": "tf.Variable('abc')",
    "dtype": "tf.Variable(1, dtype=tf.float32)",
    "type": "isinstance(v, tf.Variable)",
    "read": "v.read_value()",
    "equal": "v == v",
    "format": "f'{v}'",
}


@pytest.mark.parametrize("update", UPDATES)
def test_printed(tf, answer, update):
    v = tf.Variable([1.0, 2.0, 3.0])
    answer("value", repr(eval(UPDATES[update], {"tf": tf, "v": v})))
    answer("after", repr(v))


ERRORS = {
    "rows": ("v.scatter_add([1.])", ["must be a `tf.IndexedSlices`"]),
    "row": ("v.scatter_add(tf.IndexedSlices(tf.constant([1.]), tf.constant([7])))",
            ["indices[0] = 7 is not in [0, 3)"]),
    "vector": ("v.scatter_nd_update([[7]], [1.])", ["does not index into shape [3]"]),
    "slice": ("v[1:].assign([7., 8., 9.])", []),
    "tensor": ("tf.constant([1.])[0].assign(5.)", ["has no attribute 'assign'"]),
    "assign": ("v.assign([1., 2.])", ["Shape mismatch", "(3,)", "(2,)"]),
    "add": ("v.assign_add([1., 2.])", ["Cannot update variable with shape [3]", "[2]"]),
    "dtype": ("v.assign(tf.constant([1, 2, 3]))", ["dtype"]),
    "shape": ("tf.Variable([1., 2.], shape=[3])", ["(2,)", "[3]", "not compatible"]),
    "none": ("tf.Variable()", ["initial_value"]),
    "hash": ("{v: 1}", ["unhashable", "variable.ref()"]),
    "trainable": ("setattr(v, 'trainable', False)", ["trainable", "no setter"]),
    "eval": ("v.eval()", ["not supported when eager"]),
    "initial value": ("v.initial_value", ["not supported when eager"]),
    "in place": ("exec('v += 1', {'v': v})", ["variable += value", "assign_add"]),
    "limit": ("tf.Variable(3).count_up_to(3)", ["limit of 3"]),
}  # fmt: skip


@pytest.mark.parametrize("error", ERRORS)
def test_errors(tf, answer, error):
    v = tf.Variable([1.0, 2.0, 3.0])
    expression, keywords = ERRORS[error]
    answer.raises("error", lambda: eval(expression, {"tf": tf, "v": v}), keywords=keywords)
    answer("unchanged", v.numpy())


def test_updates_in_a_function(tf, answer):
    v = tf.Variable([1.0, 2.0, 3.0])

    @tf.function
    def update(x):
        v.assign_add(x)
        v.scatter_nd_add([[0]], [10.0])
        return v + 1, v[0].assign(3.0)

    answer("result", update(tf.constant([1.0, 1.0, 1.0])))
    answer("after", v)

    @tf.function
    def show():
        print(v.assign([1.0, 2.0, 3.0]), v, v.read_value(), v.handle.dtype)

    answer.printed("symbolic", show)


def test_made_in_a_function(tf, answer):
    class Sum:
        total = None

        @tf.function
        def __call__(self, x):
            if self.total is None:
                self.total = tf.Variable(tf.zeros([2]) + x)
            return self.total.assign_add(x)

    s = Sum()
    answer("first", s(tf.constant([1.0, 2.0])))
    answer("second", s(tf.constant([1.0, 2.0])))
    answer("variable", s.total)

    @tf.function
    def again():
        return tf.Variable(1.0) + 1

    answer.raises("again", again, keywords=["only supports singleton tf.Variables"])


def make_modules(tf):
    class Inner(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.w = tf.Variable(1.0, name="w")
            self.listed = [
                tf.Variable(2.0, name="l0", trainable=False),
                {"a": tf.Variable(3.0, name="d")},
            ]

        @tf.Module.with_name_scope
        def __call__(self, x):
            self.made = tf.Variable(x, name="made")
            return x * self.w

    class OuterModule(tf.Module):
        def __init__(self):
            super().__init__()
            self.inner = Inner()
            self.others = [Inner("foo"), Inner()]
            with self.name_scope:
                self.z = tf.Variable(1.0, name="z")

    return Inner, OuterModule


def test_module(tf, answer):
    Inner, OuterModule = make_modules(tf)
    module = OuterModule()
    answer("name", module.name)
    answer("call", module.inner(2.0))
    answer("variables", [v.name for v in module.variables])
    answer("trainable", [v.name for v in module.trainable_variables])
    answer("others", [v.name for v in module.non_trainable_variables])
    answer("submodules", [m.name for m in module.submodules])
    answer("scope", module.name_scope.name)
    is_variable = lambda x: isinstance(x, tf.Variable)  # noqa: E731
    found = module._flatten(predicate=is_variable, with_path=True)
    answer("paths", [(path, v.name) for path, v in found])
    answer.raises("bad name", lambda: Inner("bad name"), keywords=["not a valid module name"])


def test_scopes(tf, answer):
    @tf.function
    def f():
        with tf.init_scope():
            print(tf.executing_eagerly(), tf.inside_function())
        print(tf.executing_eagerly(), tf.inside_function())
        with tf.name_scope("a") as scope, tf.name_scope("b"):
            print(scope, tf.constant(1.0, name="c").name, (tf.constant(1.0) + 2).name)
        return tf.constant(1)

    answer.printed("function", f)
    with tf.name_scope("outer") as scope:
        v = tf.Variable(1.0, name="v")
    answer("scope", (scope, v.name))
    answer.raises("name", lambda: tf.name_scope(3), keywords=["must be a string"])
