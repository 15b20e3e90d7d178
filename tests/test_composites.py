"""Ragged and sparse tensors and indexed slices: leaves of a nest, and arguments like tensors."""

import pytest

KINDS = ("ragged", "sparse", "slices")


def make(tf, kind):
    if kind == "ragged":
        return tf.ragged.constant([[1.0, 2.0], [3.0]])
    if kind == "sparse":
        return tf.sparse.from_dense([[1.0, 0.0], [0.0, 2.0]])
    return tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2]))


@pytest.mark.parametrize("kind", KINDS)
def test_leaves_of_a_nest(kind, tf, answer):
    value = make(tf, kind)
    structure = {"a": value, "b": [1]}
    name = lambda x: type(x).__name__.replace("EagerTensor", "Tensor")  # noqa: E731
    answer("nested", tf.nest.is_nested(value))
    answer("flat", [name(x) for x in tf.nest.flatten(structure)])
    answer("parts", [x for x in tf.nest.flatten(structure, expand_composites=True)])
    answer("mapped", tf.nest.map_structure(name, structure))
    packed = tf.nest.map_structure(lambda x: x, structure, expand_composites=True)
    answer("packed", name(packed["a"]))
    answer("replaced", tf.nest.pack_sequence_as([value, 1], [2, 3]))
    tf.nest.assert_same_structure(value, tf.constant(1))
    tf.nest.assert_same_structure(value, packed["a"], expand_composites=True)
    answer.raises(
        "parts of one alone",
        lambda: tf.nest.assert_same_structure(value, tf.constant(1), expand_composites=True),
    )


def test_traces(tf, answer):
    traces = []

    @tf.function
    def f(d):
        traces.append(sorted((k, type(v).__name__, str(v.shape)) for k, v in d.items()))
        return {"r": d["r"] * 2.0, "s": d["s"], "none": None}

    ragged, sparse = make(tf, "ragged"), make(tf, "sparse")
    for r, s in (
        (ragged, sparse),
        (
            tf.ragged.constant([[1.0], [3.0, 4.0, 5.0]]),
            tf.sparse.from_dense([[1.0, 3.0], [0, 2.0]]),
        ),
        (tf.ragged.constant([[1.0], [3.0], []]), sparse),
    ):
        got = f({"r": r, "s": s})
        answer(f"rows {len(traces)} {r.flat_values.shape}", got["r"].to_list())
        assert got["none"] is None
    answer("traces", traces)
    concrete = f.get_concrete_function(
        {"r": tf.RaggedTensorSpec([None, None]), "s": tf.SparseTensorSpec([None, 2])}
    )
    answer("signature", repr(concrete.structured_input_signature))
    answer("text", concrete.pretty_printed_signature())
    answer("inputs", [(t.name, t.shape) for t in concrete.inputs])
    answer("called", concrete({"r": ragged, "s": sparse})["r"].to_list())
    answer("static", concrete.structured_outputs["s"].shape)


def test_traces_of_indexed_slices(tf, answer):
    traces = []

    @tf.function
    def f(s):
        traces.append(str(s.values.shape))
        return tf.convert_to_tensor(s) * 2.0

    for rows in ([[1.0, 2.0]], [[5.0, 6.0]], [[1.0, 2.0], [3.0, 4.0]]):
        places = list(range(len(rows)))
        slices = tf.IndexedSlices(tf.constant(rows), tf.constant(places), tf.constant([3, 2]))
        answer(f"{rows}", f(slices))
    answer("traces", traces)
    answer("signature", repr(f.get_concrete_function(slices).structured_input_signature))

    @tf.function(input_signature=[tf.IndexedSlicesSpec([3, 2], tf.float32, tf.int32)])
    def g(s):
        return s.values

    answer("declared", g(tf.IndexedSlices(tf.ones([1, 2]), tf.constant([1]))))
    wrong = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([1], tf.int64))
    answer.raises("other indices", lambda: g(wrong))


def test_reduced_retracing(tf, answer):
    traces = []

    @tf.function(reduce_retracing=True)
    def f(r):
        traces.append(r.shape)
        return tf.reduce_sum(r)

    answer("sums", [f(tf.ragged.constant([[i]] * i)) for i in (1, 2, 3, 4)])
    answer("traces", traces)


def test_loops_and_branches(tf, answer):
    ragged = make(tf, "ragged")

    @tf.function
    def grown(r):
        for _ in tf.range(3):
            r = tf.concat([r, r], 1)
        return tf.while_loop(lambda i, r: i < 2, lambda i, r: (i + 1, r * 2.0), (0, r))[1]

    @tf.function
    def chosen(p, r):
        return tf.cond(p, lambda: r, lambda: r * 2.0)

    answer("grown", grown(ragged).to_list())
    answer("chosen", [chosen(tf.constant(p), ragged).to_list() for p in (True, False)])


def test_gradients(tf, answer):
    ragged, x = make(tf, "ragged"), tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(ragged)
        squares = ragged * ragged
        rows = tf.RaggedTensor.from_row_lengths(x * x, [1, 2])
        sparse = tf.SparseTensor([[0, 0], [1, 1], [1, 2]], x * x, [2, 3])
    answer("with respect to a ragged tensor", tape.gradient(squares, [ragged])[0].to_list())
    answer("of a ragged tensor", tape.gradient(rows, x))
    answer("with its gradient", tape.gradient(rows, x, output_gradients=rows))
    answer.raises("of a sparse tensor", lambda: tape.gradient(sparse, x), ["SparseTensor"])
    answer.raises("of nothing", lambda: tape.gradient([squares, None], x), ["None"])


def test_print(tf, answer, tmp_path):
    ragged, sparse = make(tf, "ragged"), make(tf, "sparse")
    path = tmp_path / "printed"

    def printed(function, *values):
        path.write_text("")
        function(*values)
        return path.read_text()

    def show(*values, **options):
        tf.print(*values, output_stream=f"file://{path}", **options)

    answer("in a function", printed(tf.function(lambda r, s: show("r:", r, s, {"s": s})),
                                    ragged, sparse))  # fmt: skip
    answer("eagerly", printed(show, ragged, sparse))
    for name, value in {
        "long": tf.ragged.constant([[1, 2, 3, 4, 5, 6, 7, 8], [9]]),
        "texts": tf.ragged.constant([["a"], ["b", "c"]]),
        "deep": tf.ragged.constant([[[1.5]], [[2.0], []]]),
        "even": tf.RaggedTensor.from_row_splits(tf.reshape(tf.range(16), [8, 2]), [0, 8]),
        "none": tf.ragged.constant([], ragged_rank=1),
        "diagonal": tf.sparse.from_dense(tf.eye(8)),
        "sparse texts": tf.sparse.from_dense(["a", "", "b"]),
    }.items():
        answer(name, printed(show, value))
        answer(f"{name}, all", printed(lambda v: show(v, summarize=-1), value))
