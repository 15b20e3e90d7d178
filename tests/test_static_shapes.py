"""What a graph knows before it runs: shapes of unknown sizes and ranks, names, dtypes, errors."""

# ruff: noqa: E501  a line is an expression

import numpy as np
from expressions import tell

SHAPES = """
P(lambda x, n: tf.reshape(x, [n, 784]), [N, 784], I([]))
P(lambda x, n: tf.reshape(x, [n, -1]), [N, 28, 28], I([]))
P(lambda x, n: tf.reshape(x, [n, 3]), [6], I([]))
P(lambda x, n: tf.reshape(x, [n, n]), [N], I([]))
P(lambda x, n: tf.reshape(x, n), [N], I([3]))
P(lambda x, n: tf.reshape(x, n), [N], I([N]))
P(lambda x: tf.reshape(x, [-1]), [N, N])
P(lambda x: tf.reshape(x, [tf.shape(x)[0] * tf.shape(x)[1], 3]), [N, N, 3])
P(lambda x: tf.reshape(x, tf.stack([tf.shape(x)[0], 20])), [N, 4, 5])
P(lambda n: tf.zeros([n, 3]), I([]))
P(lambda n: tf.zeros([tf.minimum(n, 5), 3]), I([]))
P(lambda n: tf.zeros([n % 2 + 1, 3]), I([]))
P(lambda x: tf.zeros([tf.shape(x)[0] % 2, 3]), [N, 2])
P(lambda x: tf.zeros([tf.shape(x)[0], 3]), [N, 2])
P(lambda x: tf.zeros(tf.shape(x)), [N, 2])
P(lambda x: tf.zeros_like(x), [N, 2])
P(lambda x: tf.fill(tf.shape(x), 3.), [N, 2])
P(lambda x: tf.ones(tf.shape(x)[1:]), [N, 2])
P(lambda n: tf.range(n), I([]))
P(lambda n: tf.range(2, n), I([]))
P(lambda n: tf.eye(n), I([]))
P(lambda n: tf.eye(n, 2), I([]))
P(lambda n: tf.eye(3, batch_shape=[n]), I([]))
P(lambda n: tf.eye(n, batch_shape=[2]), I([]))
P(lambda b: tf.eye(2, 3, batch_shape=b), I([N]))
P(lambda b: tf.eye(2, batch_shape=b), I([2]))
P(lambda x: tf.eye(tf.shape(x)[0], batch_shape=tf.shape(x)[:1]), [N, 3])
P(lambda x, n: tf.tile(x, [n, 2]), [N, 3], I([]))
P(lambda x, n: tf.broadcast_to(x, [n, 3]), [3], I([]))
P(lambda x, n: tf.pad(x, [[n, 0], [1, 1]]), [4, 3], I([]))
P(lambda x, n: tf.one_hot(x, 3), I([N]), I([]))
P(lambda x, n: tf.one_hot(x, n), I([N]), I([]))
P(lambda x, n: x[:n], [N, 3], I([]))
P(lambda x, n: x[n:, 1], [4, 3], I([]))
P(lambda x, n: x[n], [4, 3], I([]))
P(lambda x, n: tf.slice(x, [n, 0], [2, -1]), [N, 3], I([]))
P(lambda x, n: tf.gather(x, n), [N, 3], I([N, 2]))
P(lambda x, n: tf.gather(x, n, axis=1), [N, 3], I([5]))
P(lambda x: tf.reduce_sum(x), N)
P(lambda x: tf.reduce_mean(x, -1), N)
P(lambda x: tf.reduce_max(x, keepdims=True), N)
P(lambda x: tf.transpose(x, [1, 0]), N)
P(lambda x: tf.expand_dims(x, 0), N)
P(lambda x: tf.nn.softmax(x), N)
P(lambda x: tf.nn.relu(x) + 1., N)
P(lambda x: tf.shape(x), N)
P(lambda x: tf.size(x), N)
P(lambda x: tf.rank(x), N)
P(lambda x: tf.argmax(x, 1), N)
P(lambda x: tf.matmul(x, tf.ones([3, 2])), N)
P(lambda x: tf.matmul(x, tf.ones([3, 2])), [N, N])
P(lambda x, y: tf.matmul(x, y), [N, 3], [N, N])
P(lambda x, y: tf.matmul(x, y), [N, 3], [4, N])
P(lambda x, y: tf.matmul(x, y), [N, 2, 3], [4, 3, N])
P(lambda x, y: tf.matmul(x, y, transpose_b=True), [N, 3], [N, 3])
P(lambda x, y: x + y, [N, 3], [N, 3])
P(lambda x: tf.random.normal([tf.shape(x)[0], 4]), [N, 2])
P(lambda x: tf.random.uniform(tf.shape(x)), [N, 2])
P(lambda x: tf.random.uniform(tf.concat([tf.shape(x)[:1], [3]], 0)), [N, 2])
P(lambda n: tf.random.uniform(n), I([3]))
P(lambda n: tf.random.uniform(n), I([N]))
P(lambda x: tf.random.truncated_normal([tf.shape(x)[0] * 2, 4]), [N, 2])
P(lambda x: tf.random.stateless_normal([tf.shape(x)[0], 4], [1, 2]), [N, 2])
P(lambda x: tf.random.gamma([tf.shape(x)[0]], [1., 2.]), [N, 2])
P(lambda x: tf.random.categorical(x, 3), [N, 5])
P(lambda x: tf.random.shuffle(x), [N, 3])
P(lambda x: tf.nn.dropout(x, .5), [N, 3])
P(lambda x: tf.nn.conv2d_transpose(x, tf.ones([3, 3, 8, 4]), [tf.shape(x)[0], 14, 14, 8], 2), [N, 7, 7, 4])
P(lambda x: tf.nn.conv2d_transpose(x, tf.ones([3, 3, 8, 4]), [tf.shape(x)[0], tf.shape(x)[1] * 2, 14, 8], 2), [N, N, 7, 4])
P(lambda x, n: tf.nn.conv2d_transpose(x, tf.ones([3, 3, 8, 4]), n, 2), [N, N, 7, 4], I([4]))
P(lambda x: tf.image.resize(x, [8, 9]), [N, N, N, 3])
P(lambda x: tf.image.random_crop(x, [4, 4, 3]), [N, N, 3])
P(lambda x: tf.image.resize_with_crop_or_pad(x, 5, 6), [N, N, 3])
P(lambda x: tf.linalg.band_part(tf.ones([tf.shape(x)[1], tf.shape(x)[1]]), -1, 0), [N, N])
P(lambda x: tf.concat([x, tf.zeros([tf.shape(x)[0], 1])], 1), [N, 3])
P(lambda x: tf.sequence_mask(tf.cast(x[:, 0], tf.int32), 7), [N, 3])
P(lambda x: tf.sequence_mask(tf.cast(x[:, 0], tf.int32)), [N, 3])
P(lambda x, y: x + y, [N, 3], [4, 3])
P(lambda x, y: x + y, [N, 3], [1, 3])
P(lambda x, y: x + y, [N, N], [4, 1])
P(lambda x, y: x + y, [N, 3], [3])
P(lambda x, y: x + y, [N, 3], [N, 1])
P(lambda x, y: x + y, N, [3])
P(lambda x, y: x + y, [N], [2, N])
P(lambda x, y: tf.where(x > y, x, y), [N, 3], [4, 1])
P(lambda x, y: tf.concat([x, y], 0), [N, 3], [4, 3])
P(lambda x, y: tf.concat([x, y], 0), [N, 3], [4, N])
P(lambda x, y: tf.concat([x, y], 1), [N, 3], [4, N])
P(lambda x, y: tf.concat([x, y], -1), [N, 3], [4, 2])
P(lambda x, y: tf.stack([x, y]), [N, 3], [4, N])
P(lambda x, y: tf.stack([x, y], 1), [N, 3], [N, 3])
P(lambda x: tf.split(x, 3, 1), [N, 6])
P(lambda x: tf.split(x, [1, -1], 1), [N, 6])
P(lambda x: tf.split(x, 2), [N, 6])
P(lambda x: tf.unstack(x, axis=1), [N, 2])
P(lambda x: tf.squeeze(x, [1]), [N, 1])
P(lambda x: tf.nn.top_k(x, 2), [N, 5])
P(lambda x: tf.sort(x), [N, 5])
P(lambda x: tf.cumsum(x), [N, 5])
P(lambda x: tf.boolean_mask(x, x[:, 0] > 0), [N, 5])
P(lambda x: tf.where(x > 0), [N, 5])
P(lambda x: tf.unique(x), [N])
P(lambda x: tf.vectorized_map(lambda r: r * 2, x), [N, 5])
P(lambda x: tf.gradients(x * x, x), [N, 5])
P(lambda x: tf.ensure_shape(x, [4, 5]), [N, 5])
P(lambda x: tf.ensure_shape(x, [N, 4]), [N, 5])
P(lambda x: tf.stop_gradient(x), [N, 5])
P(lambda x: tf.cast(x, tf.int32), [N, 5])
P(lambda x: tf.identity_n([x, x]), [N, 5])
P(lambda x: tf.repeat(x, 2, 0), [N, 5])
P(lambda x: tf.repeat(x, [1, 2], 1), [N, 2])
P(lambda x: tf.norm(x, axis=1), [N, 5])
P(lambda x: tf.tensordot(x, x, [[1], [1]]), [N, 5])
P(lambda x: tf.tensordot(x, tf.ones([5, 2]), 1), [N, N, 5])
P(lambda x: tf.meshgrid(x, x), [N])
P(lambda x: tf.nn.embedding_lookup(tf.ones([10, 4]), x), I([N, N]))
P(lambda x: tf.one_hot(x, 10), I([N, N]))
P(lambda x: tf.sequence_mask(x, 5), I([N]))
P(lambda x: tf.sequence_mask(x), I([N]))
P(lambda x: tf.reverse(x, [0]), [N, 2])
P(lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.constant([1, 2]), x), [N, 3])
P(lambda x, y: tf.nn.softmax_cross_entropy_with_logits(x, y), [N, 3], [N, 3])
P(lambda x: tf.nn.batch_normalization(x, 0., 1., None, None, 1e-3), [N, 3])
P(lambda x: tf.math.unsorted_segment_sum(x, tf.constant([0, 0, 1]), 4), [3, N])
"""

TRACED = """
G(lambda x: x + 2.5, i)
G(lambda x: x - 2.5, i)
G(lambda x: x * 2.5, i)
G(lambda x: x / 2.5, i)
G(lambda x: x // 2.5, i)
G(lambda x: x % 2.5, i)
G(lambda x: x ** 2.5, i)
G(lambda x: x @ 2.5, i)
G(lambda x: x < 2.5, i)
G(lambda x: x == 2.5, i)
G(lambda x: x != "a", i)
G(lambda x: x & 2.5, i)
G(lambda x: 2.5 + x, i)
G(lambda x: 2.5 * x, i)
G(lambda x: 2.5 / x, i)
G(lambda x: x + "a", a)
G(lambda x: x + True, a)
G(lambda x: x * True, a)
G(lambda x: x + 1, b)
G(lambda x: x + b"a", s)
G(lambda x: x + "a", s)
G(lambda x: x + 2, c)
G(lambda x: x + 2.5, c)
G(lambda x: x + 2j, c)
G(lambda x: x + None, a)
G(lambda x: x == None, a)
G(lambda x: x + np.float64(2), a)
G(lambda x: x + np.array([1, 2, 3]), a)
G(lambda x: x + np.array([1.5, 2, 3]), i)
G(lambda x: x + [1, 2, 3], a)
G(lambda x: x + [1., 2, 3], i)
G(lambda x, y: x + y, a, i)
G(lambda x, y: x - y, a, i)
G(lambda x, y: x * y, a, i)
G(lambda x, y: x / y, a, i)
G(lambda x, y: x < y, a, i)
G(lambda x, y: x == y, a, i)
G(lambda x, y: x @ y, a, i)
G(lambda x, y: tf.matmul(x, y), a, a)
G(lambda x, y: tf.matmul(x, y), n, n)
G(lambda x, y: x @ y, a, S([3], tf.float32))
G(lambda x, y: x + y, a, S([2], tf.float32))
G(lambda x, y: x + y, n, S([2], tf.float32))
G(lambda x, y: x + y, a, s)
G(lambda x, y: tf.concat([x, y], 0), a, i)
G(lambda x, y: tf.concat([x, y], 0), a, S([2, 2], tf.float32))
G(lambda x, y: tf.stack([x, y], 0), a, S([2, 2], tf.float32))
G(lambda x: tf.reshape(x, [4]), a)
G(lambda x: tf.reshape(x, [-1, 4]), a)
G(lambda x: tf.reshape(x, [-1, 3]), n)
G(lambda x: tf.exp(x), i)
G(lambda x: tf.sqrt(x), i)
G(lambda x: tf.reduce_sum(x), b)
G(lambda x: tf.reduce_sum(x, 2), a)
G(lambda x: tf.reduce_sum(x, [0, 5]), a)
G(lambda x: tf.logical_not(x), i)
G(lambda x: tf.logical_and(x, x), i)
G(lambda x: -x, b)
G(lambda x: ~x, a)
G(lambda x: x & x, a)
G(lambda x: abs(x), b)
G(lambda x: tf.nn.relu(x), s)
G(lambda x: tf.nn.softmax(x), i)
G(lambda x: x[5], a)
G(lambda x: x[0, 0, 0], a)
G(lambda x: x[0, 7], a)
G(lambda x: x[..., 0, ...], a)
G(lambda x: x["a"], a)
G(lambda x: x[1.5], a)
G(lambda x: x[True], a)
G(lambda x: x[::0], a)
G(lambda x: x[:, tf.newaxis], a)
G(lambda x: x[:, None, ..., 1:2], n)
G(lambda x: x[0], u)
G(lambda x: x[..., None], u)
G(lambda x: x[1:], n)
G(lambda x: x[::2], n)
G(lambda x: x[::-1], n)
G(lambda x: x[-1], n)
G(lambda x: x[tf.constant(1)], n)
G(lambda x: x[:tf.shape(x)[0] - 1], n)
G(lambda x: x[x > 0], n)
G(lambda x: len(x), a)
G(lambda x: bool(x), a)
G(lambda x: float(x), a)
G(lambda x: int(x), a)
G(lambda x: [y for y in x], a)
G(lambda x: np.array(x), a)
G(lambda x: x.numpy(), a)
G(lambda x: x.foo, a)
G(lambda x: x.T, a)
G(lambda x: x.eval(), a)
G(lambda x: x in [x], a)
G(lambda x: {x: 1}, a)
G(lambda x: not x, a)
G(lambda x: x and x, a)
G(lambda x: 1 if x else 2, a)
G(lambda x: range(x), a)
G(lambda x: [1, 2][x], a)
G(lambda x: f"{x}", a)
G(lambda x: f"{x:.2f}", a)
G(lambda x: (repr(x), str(x)), a)
G(lambda x: (x.name, x.op.name, x.op.type, x.shape, x.dtype, x.device, x.value_index, x.ndim), a)
G(lambda x: x.set_shape([5, 3]), a)
G(lambda x: (x.set_shape([5, 3]), x)[1], n)
G(lambda x: (x.set_shape([5, 3, 2]), x)[1], n)
G(lambda x: x.get_shape(), n)
G(lambda x: x.rank, n)
G(lambda x: x.graph, n).__class__.__name__
G(lambda x: [o.name for o in (x + 1).graph.get_operations()], n)
G(lambda x: [(x & x).name, (x | x).name, (x ^ x).name, (~x).name], b)
G(lambda x: [(x & x).name, (x | x).name, (x ^ x).name, (~x).name], i)
G(lambda x: [x[0].name, x[:1].name, x[0, 1].name, x[..., None].name, x[x > 0].name], a)
#B
def f(x):
    with tf.name_scope("outer"):
        a = tf.identity(x, name="a")
        with tf.name_scope("inner") as sc:
            b = tf.add(a, 1, name="b")
            c = b * 2
        with tf.name_scope("inner"):
            d = tf.add(a, 1, name="b")
        with tf.name_scope(sc):
            e = tf.add(a, 1, name="e")
        with tf.name_scope(None or "x"):
            g = a + a
    return [t.name for t in (a, b, c, d, e, g)] + [sc]
G(f, a)
G(lambda x: tf.convert_to_tensor([x, 1.]), S([], tf.float32))
G(lambda x: tf.constant(x), S([], tf.float32))
G(lambda x: tf.constant(x, tf.float64), S([], tf.float32))
G(lambda x: tf.convert_to_tensor(x, tf.float64), S([], tf.float32))
G(lambda x: tf.zeros(x), S([], tf.int32))
G(lambda x: tf.zeros(x), S([None], tf.int32))
G(lambda x: tf.zeros(x), S([2], tf.int32))
G(lambda x: tf.ones([x, 3]), S([], tf.int32))
G(lambda x: tf.range(x), S([], tf.int32))
G(lambda x: tf.shape(x), n)
G(lambda x: tf.shape(x), u)
G(lambda x: tf.transpose(x), u)
G(lambda x: tf.transpose(x), n)
G(lambda x: tf.reduce_sum(x), u)
G(lambda x: tf.reduce_sum(x, 0), u)
G(lambda x: tf.reduce_sum(x, 0), n)
G(lambda x: tf.reduce_sum(x, 1, keepdims=True), n)
G(lambda x: tf.matmul(x, x, transpose_b=True), n)
G(lambda x: x + x, u)
G(lambda x, y: x + y, u, a)
G(lambda x, y: x + y, n, S([1, 3]))
G(lambda x, y: x + y, n, S([None, 1]))
G(lambda x, y: x + y, n, S([4, 3]))
G(lambda x: x[0] + 1, n)
G(lambda x: tf.concat([x, x], 0), n)
G(lambda x: tf.concat([x, x], 1), n)
G(lambda x: tf.stack([x, x]), n)
G(lambda x: tf.unstack(x), n)
G(lambda x: tf.unstack(x, axis=1), n)
G(lambda x: tf.split(x, 2), n)
G(lambda x: tf.split(x, 3, 1), n)
G(lambda x: tf.split(x, 2, 1), n)
G(lambda x: tf.gather(x, [0, 1]), n)
G(lambda x: tf.boolean_mask(x, [True, False]), n)
G(lambda x: tf.where(x > 0), n)
G(lambda x: tf.unique(tf.reshape(x, [-1])), n)
G(lambda x: tf.expand_dims(x, 5), n)
G(lambda x: tf.squeeze(x, 1), n)
G(lambda x: tf.squeeze(x, 0), n)
G(lambda x: tf.tile(x, [2, 2]), n)
G(lambda x: tf.one_hot(x, 3), i)
G(lambda x: tf.nn.softmax(x), n)
G(lambda x: tf.argmax(x, 1), n)
G(lambda x: tf.argmax(x, 5), n)
G(lambda x: tf.cast(x, "nope"), n)
G(lambda x: tf.broadcast_to(x, [4, 3]), n)
G(lambda x: tf.broadcast_to(x, [4, 5]), a)
"""

GRAPHS = """
G(lambda g: tf.constant(1))
G(lambda g: str(tf.constant(1)))
G(lambda g: v1.placeholder(tf.float32))
G(lambda g: v1.placeholder(tf.float32, [None, 2], name="x"))
G(lambda g: str(v1.placeholder(tf.float32)))
G(lambda g: v1.placeholder("nope"))
G(lambda g: v1.placeholder(tf.float32, -1))
G(lambda g: [o.name for o in (tf.constant(1.) + 2.).graph.get_operations()])
G(lambda g: (tf.constant(1.) + 2.).op)
G(lambda g: (tf.constant(1.) + 2.).op.type)
G(lambda g: (tf.constant(1.) + 2.).op.inputs)
G(lambda g: [t.name for t in (tf.constant(1.) + 2.).op.inputs])
G(lambda g: (tf.constant(1.) + 2.).op.graph is g)
G(lambda g: (tf.constant(1.) + 2.).op.get_attr("nope"))
G(lambda g: tf.constant(1.).op.node_def.name)
G(lambda g: tf.constant(1.).op.device)
G(lambda g: tf.constant(1.).device)
G(lambda g: tf.constant(1.).consumers())
G(lambda g: tf.constant(1.).numpy())
G(lambda g: tf.constant(1.).eval())
G(lambda g: bool(tf.constant(1.)))
G(lambda g: [x for x in tf.constant([1.])])
G(lambda g: len(tf.constant([1.])))
G(lambda g: float(tf.constant([1.])))
G(lambda g: np.array(tf.constant([1.])))
G(lambda g: tf.constant(1.) == tf.constant(1.))
G(lambda g: (lambda t: t == t)(tf.constant(1.)))
G(lambda g: (lambda t: {t: 1}[t])(tf.constant(1.)))
G(lambda g: (lambda t: t in [t])(tf.constant(1.)))
G(lambda g: g.building_function)
G(lambda g: g.seed)
G(lambda g: g.finalized)
G(lambda g: (g.finalize(), tf.constant(1)))
G(lambda g: g.get_operations())
G(lambda g: (tf.constant(1, name="a"), g.get_operation_by_name("a"))[1])
G(lambda g: g.get_operation_by_name("a"))
G(lambda g: g.get_operation_by_name(3))
G(lambda g: (tf.constant(1, name="a"), g.get_tensor_by_name("a:0"))[1])
G(lambda g: (tf.constant(1, name="a"), g.get_tensor_by_name("a"))[1])
G(lambda g: (tf.constant(1, name="a"), g.get_tensor_by_name("a:1"))[1])
G(lambda g: (tf.constant(1, name="a"), g.get_tensor_by_name("b:0"))[1])
G(lambda g: (tf.constant(1, name="a"), g.get_tensor_by_name(3))[1])
G(lambda g: (tf.constant(1, name="a"), g.as_graph_element("a"), g.as_graph_element("a:0"))[1:])
G(lambda g: g.as_graph_element("zz"))
G(lambda g: g.as_graph_element(3))
G(lambda g: g.unique_name("a"))
G(lambda g: [g.unique_name("a"), g.unique_name("a"), g.unique_name("A"), g.unique_name("a_1"), g.unique_name("a")])
G(lambda g: g.get_name_scope())
G(lambda g: g.get_collection("x"))
G(lambda g: (g.add_to_collection("x", 1), g.get_collection("x"), g.get_all_collection_keys()))
G(lambda g: v1.get_default_graph() is g)
G(lambda g: tf.constant(1, name="a b"))
G(lambda g: tf.constant(1, name="_a"))
G(lambda g: tf.constant(1, name="a/b"))
G(lambda g: tf.constant(1, name="a:b"))
G(lambda g: tf.constant(1, name=""))
G(lambda g: tf.constant(1, name=3))
G(lambda g: tf.constant(1, name=None))
G(lambda g: tf.name_scope("a b").__enter__())
G(lambda g: tf.name_scope("_a").__enter__())
G(lambda g: v1.name_scope("a").__enter__())
G(lambda g: v1.name_scope("").__enter__())
"""


def test_shapes(tf, answer):
    def shapes(f, *shapes):
        specs = [
            s if isinstance(s, tf.TensorSpec) else tf.TensorSpec(s, tf.float32) for s in shapes
        ]
        traced = tf.function(lambda *xs: f(*xs), autograph=False).get_concrete_function(*specs)
        return tf.nest.map_structure(lambda t: t.shape, traced.structured_outputs)

    names = {"tf": tf, "P": shapes, "I": lambda s: tf.TensorSpec(s, tf.int32), "N": None}
    tell(answer, SHAPES, names)


def test_traced(tf, answer):
    def traced(f, *specs):
        function = tf.function(lambda *xs: f(*xs), autograph=False)
        outputs = function.get_concrete_function(*specs).structured_outputs
        return tf.nest.map_structure(repr, outputs)

    spec = tf.TensorSpec
    names = {
        "tf": tf, "np": np, "G": traced, "S": spec, "i": spec([3], tf.int32, name="i"),
        "a": spec([2, 3], tf.float32, name="a"), "n": spec([None, 3], tf.float32, name="n"),
        "u": spec(None, tf.float32, name="u"), "b": spec([3], tf.bool, name="b"),
        "s": spec([2], tf.string, name="s"), "c": spec([2], tf.complex64, name="c"),
    }  # fmt: skip
    tell(answer, TRACED, names)


def test_graphs(tf, answer):
    def in_graph(f):
        graph = tf.Graph()
        with graph.as_default():
            return tf.nest.map_structure(repr, f(graph))

    tell(answer, GRAPHS, {"tf": tf, "np": np, "v1": tf.compat.v1, "G": in_graph})


def test_names_of_parameters(tf, answer):
    @tf.function
    def odd(_x, __y, d):
        return _x + __y + d["_a"] + d["b c"]

    inputs = [tf.constant(1.0), tf.constant(2.0), {"_a": tf.constant(3.0), "b c": tf.constant(4.0)}]
    answer("sum", odd(*inputs))
    spec = tf.TensorSpec([], name="a:b")
    named = tf.function(lambda a: a + 1.0, input_signature=[spec], autograph=False)
    answer("named", named(tf.constant(1.0)))


# Sizes that are computed from unknown ones: nothing about them is known before the graph runs.
COMPUTED = {
    "cut": lambda tf, n, m: [tf.minimum(n, 10)],
    "cut far out": lambda tf, n, m: [tf.minimum(n, 6000)],
    "stretched": lambda tf, n, m: [tf.maximum(n, 6000) // 1000],
    "compared": lambda tf, n, m: [tf.where(n > 20, 2, 5), tf.cast(n > m, tf.int32) + 2],
    "remainder": lambda tf, n, m: [n % 60 + 1, n % 4],
    "ratio": lambda tf, n, m: [n // m + 1, n * m],
    "to fit": lambda tf, n, m: tf.cast(256.0 * tf.cast([n, m], tf.float32)
                                       / tf.cast(tf.maximum(n, m), tf.float32), tf.int32),
}  # fmt: skip


def test_sizes_that_are_computed(tf, answer):
    @tf.function(input_signature=[tf.TensorSpec([None, None])])
    def sizes(x):
        n, m = tf.shape(x)[0], tf.shape(x)[1]
        return {name: tf.shape(tf.zeros(size(tf, n, m))) for name, size in COMPUTED.items()}

    answer("seven by two", sizes(tf.zeros([7, 2])))
    answer("two by thirty", sizes(tf.zeros([2, 30])))


def test_images_of_unknown_size(tf, answer):
    def traced(function, *shapes):
        signature = [tf.TensorSpec(s, tf.float32 if s != [2] else tf.int32) for s in shapes]
        return tf.function(function, input_signature=signature)

    image = np.linspace(0, 1, 105, dtype="float32").reshape(7, 5, 3)
    for name, shape, x in (("image", [None, None, 3], image), ("width", [2, None, 5, 3],
                           np.stack([image, 1 - image]))):  # fmt: skip
        padded = traced(lambda x: tf.image.resize_with_pad(x, 8, 6), shape)
        answer(f"{name}, padded", padded(x))
        kept = traced(lambda x: tf.image.resize(x, [4, 6], preserve_aspect_ratio=True), shape)
        answer(f"{name}, ratio kept", kept(x))
        resized = traced(lambda x, size: tf.image.resize(x, size), shape, [2])
        answer(f"{name}, resized", resized(x, [3, 4]))
    padded = traced(lambda x: tf.image.resize_with_pad(x, 8, 6), None)
    answer("of unknown rank, padded", padded(image))
    resized = traced(lambda x: tf.image.resize(x, [3, 4]), None)
    answer.raises("of unknown rank, resized", lambda: resized(image), ["contains no shape"])


def test_shapes_that_broadcast(tf, answer):
    shape = tf.TensorShape
    pairs = [
        ([None], [3]), ([None], [1]), ([None], [None]), ([2, None], [3]), (None, [3]), ([], [None]),
        ([None, 1], [4, 1, 5]), ([0], [1]), ([2, 1], [1, 3]),
    ]  # fmt: skip
    answer("joined", [tf.broadcast_static_shape(shape(a), shape(b)) for a, b in pairs])
    unequal = shape([2, None]), shape([3, 1])
    answer.raises("unequal", lambda: tf.broadcast_static_shape(*unequal), ["Incompatible shapes"])
