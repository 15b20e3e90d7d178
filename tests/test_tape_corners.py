"""Gradients of sparse tensors and of what is no number, and forward accumulators at their edges."""


def test_sparse_and_text(tf, answer):
    values = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(values)
        st = tf.SparseTensor(indices=[[0, 0], [1, 2]], values=values, dense_shape=[3, 4])
        total = tf.sparse.reduce_sum(st, axis=1) ** 2
        ordered = tf.sparse.reorder(st).values * 3.0
    answer("sparse", [total, tape.gradient(total, values), tape.gradient(ordered, values)])
    text = tf.constant("a")
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(text)
        longer = text + "b"
    answer("text", [tape.gradient(text, text), tape.gradient(longer, text)])

    @tf.function
    def symbolic():
        return tf.gradients(values * 2.0, values, unconnected_gradients="nonsense")

    unknown = ["Unknown value for unconnected_gradients: 'nonsense'"]
    answer.raises("unknown", symbolic, keywords=unknown)


def test_what_accumulators_are_asked(tf, answer):
    x, v = tf.constant(2.0), tf.Variable(3.0)
    accumulator = tf.autodiff.ForwardAccumulator
    answer.raises("twice", lambda: accumulator([x, x], [1.0, 2.0]),
                  keywords=["was specified as a primal multiple times"])  # fmt: skip

    def again():
        with accumulator(x, 1.0) as acc, acc:
            pass

    answer.raises("again", again, keywords=["Accumulator is already recording."])

    def products():
        with accumulator(v, tf.constant(2.0)) as acc:
            y = v * v
            before = acc.jvp(v), acc.jvp([y, {"a": y}])
            v.assign(5.0)
            z = v * 2.0
        v.assign(3.0)
        return before, acc.jvp(z), acc.jvp(v)

    answer("of a variable", products())
    answer("in a function", tf.function(products)())
