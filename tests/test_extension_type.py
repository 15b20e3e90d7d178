"""Classes of one's own around tensors: fields, specs, functions, loops, datasets, dispatch."""

import pickle
import typing

import pytest
from expressions import tell


def classes(tf):
    """Some extension types, and what makes them."""
    experimental = tf.experimental

    class Masked(experimental.ExtensionType):
        values: tf.Tensor
        mask: tf.Tensor
        name: str = "masked"

        def filled(self, default):
            return tf.where(self.mask, self.values, default)

    class Named(experimental.ExtensionType):
        inner: Masked
        sizes: tuple[int, ...]
        table: typing.Mapping[str, tf.Tensor]
        shape: tf.TensorShape
        dtype: tf.DType
        either: typing.Union[int, str]  # noqa: UP007

    class Half(experimental.ExtensionType):
        x: tf.Tensor

        def __init__(self, x):
            self.x = tf.cast(x, tf.float32) / 2

        def __validate__(self):
            if self.x.shape.rank != 1:
                raise ValueError("a vector, please")

    class Ragged(experimental.ExtensionType):
        rows: tf.RaggedTensor
        maybe: typing.Optional[tf.Tensor] = None  # noqa: UP045

    class Pair(experimental.BatchableExtensionType):
        a: tf.Tensor
        b: tf.Tensor

        class Spec:
            @property
            def shape(self):
                return self.a.shape

    named = Named(Masked([1, 2], [True, False]), (1, 2), {"k": 3.0}, [2, None], "int32", "s")
    return dict(tf=tf, Masked=Masked, Named=Named, Half=Half, Ragged=Ragged, Pair=Pair,
                m=Masked([1, 2], [True, False]), n=named,
                r=Ragged(tf.ragged.constant([[1], [2, 3]])), function=tf.function,
                T=typing)  # fmt: skip


LINES = """
repr(m)[:40]
(m.values, m.mask, m.name)
m.filled(-1)
Masked(values=[1.0], mask=[True], name="x").name
Masked([1.0])
Masked([1.0], [True], 3)
Masked([1.0], [True], "a", 4)
Masked("a", object())
m.values = 3
del m.values
m.other = 1
n.inner.filled(0)
(n.sizes, n.table["k"], n.shape, n.dtype, n.either)
n.table["z"] = 1
Named(m, (1,), {}, [], "float32", 1.5)
Half([1, 2]).x
Half(3)
h = Half([1, 2]); h.x = 3
m == Masked([1, 2], [True, False])
m != Masked([1, 3], [True, False])
m == Masked([1, 2, 3], [True, False, True])
m == 3
m._type_spec
Masked.Spec(tf.TensorSpec([2], tf.int32), tf.TensorSpec([2], tf.bool), "masked") == m._type_spec
Masked.Spec(tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.bool), "masked").is_compatible_with(m)
Masked.Spec(3, tf.TensorSpec([2], tf.bool), "masked")
Pair([1], [2])._type_spec.shape
tf.nest.flatten(m, expand_composites=True)
tf.nest.flatten(n, expand_composites=True)
tf.nest.map_structure(lambda x: x + x if x.dtype != tf.bool else x, m, expand_composites=True).values
function(lambda x: x.filled(7))(m)
function(lambda x: Masked(x.values * 2, x.mask))(m).values
function(lambda x: x)(n).table["k"]
function(lambda x: Ragged(x.rows + 1))(r).rows
function(lambda x: x.maybe is None)(r)
f = function(lambda x: x.values * 2); f(m); f(Masked([3, 4], [False, False])); f.experimental_get_tracing_count()
f = function(lambda x: x.values * 2); f(m); f(Masked([3, 4], [False, False], "other")); f.experimental_get_tracing_count()
f = function(lambda x: x.values * 2, input_signature=[Masked.Spec(tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.bool), "masked")]); f(m), f(Masked([1, 2, 3], [True] * 3)); f.experimental_get_tracing_count()
tf.cond(tf.constant(True), lambda: m, lambda: Masked([5, 6], [True, True])).values
function(lambda c: tf.cond(c, lambda: m, lambda: Masked([5, 6], [True, True])).values)(tf.constant(False))
function(lambda: tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, Masked(x.values + 1, x.mask)), (0, m))[1].values)()
t = tf.GradientTape(); t.__enter__(); v = tf.Variable([1.0, 2.0]); y = Masked(v * v, [True, True]); z = function(lambda x: tf.reduce_sum(x.values))(y); t.__exit__(None, None, None); t.gradient(z, v)
tf.experimental.extension_type.as_dict(Half([2.0]))
tf.experimental.ExtensionType()
type("Bad", (tf.experimental.ExtensionType,), {"__annotations__": {"x": list}})
type("Bad", (tf.experimental.ExtensionType,), {"__annotations__": {"x": T.List[int]}})
type("Bad", (tf.experimental.ExtensionType,), {"__annotations__": {"Spec": int}})
[p.a for p in tf.data.Dataset.from_tensor_slices(Pair([1, 2, 3], [4, 5, 6]))]
[p.b for p in tf.data.Dataset.from_tensor_slices(Pair([1, 2, 3], [4, 5, 6])).batch(2)]
[p.a for p in tf.data.Dataset.from_tensors(m).map(lambda x: Pair(x.values, x.mask))]
tf.convert_to_tensor(m)
"""


def test_lines(tf, answer):
    known = classes(tf)
    tell(answer, LINES, lambda: known)


def test_dispatch(tf, answer):
    experimental = tf.experimental

    class Boxed(experimental.ExtensionType):
        inside: tf.Tensor

    @experimental.dispatch_for_unary_elementwise_apis(Boxed)
    def unary(api_func, x):
        return Boxed(api_func(x.inside))

    @experimental.dispatch_for_binary_elementwise_apis(Boxed, Boxed)
    def binary(api_func, x, y):
        return Boxed(api_func(x.inside, y.inside))

    @experimental.dispatch_for_api(tf.concat)
    def concat_boxed(values: list[Boxed], axis, name="concat"):
        return Boxed(tf.concat([v.inside for v in values], axis))

    box = Boxed([1.0, -4.0])
    answer("unary", [tf.abs(box).inside, tf.nn.relu(box).inside, tf.cast(box, tf.int32).inside])
    answer("binary", [tf.add(box, box).inside, tf.math.maximum(box, tf.abs(box)).inside])
    answer("api", tf.concat([box, box], 0).inside)
    answer("others", [tf.abs(tf.constant(-1)), tf.concat([[1], [2]], 0), tf.add(1, 2)])
    answer.raises("no handler", lambda: tf.stack([box, box]))
    for target in (unary, binary, concat_boxed):
        experimental.unregister_dispatch_for(target)
    answer.raises("unregistered", lambda: tf.concat([box, box], 0))
    answer.raises("twice", lambda: experimental.unregister_dispatch_for(unary))


@pytest.mark.parametrize("wrong", ["parameters", "nothing", "unknown"])
def test_dispatch_refuses(tf, answer, wrong):
    register = tf.experimental.dispatch_for_api
    targets = {
        "parameters": (lambda x: x, {"values": int}),
        "nothing": (lambda values, axis, name="concat": 0, {}),
        "unknown": (lambda values, axis, name="concat": 0, {"z": int}),
    }
    target, signature = targets[wrong]
    signatures = [signature] if signature else []
    answer.raises("error", lambda: register(tf.concat, *signatures)(target))


def test_spec_pickles():
    import minitf as tf

    pair = classes(tf)["Pair"]
    pair.__qualname__, pair.Spec.__qualname__ = "PICKLED", "PICKLED.Spec"
    globals()["PICKLED"] = pair
    spec = pair([1], [2])._type_spec
    assert pickle.loads(pickle.dumps(spec)) == spec
