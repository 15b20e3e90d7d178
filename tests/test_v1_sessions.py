"""Sessions that time their ops or run in parts; parts of variables, tables, checks of TF 1.x."""

import importlib
import json

import numpy as np
import pytest


@pytest.fixture
def v1(tf):
    """TF 1.x's face, inside a graph of its own."""
    with tf.Graph().as_default():
        yield tf.compat.v1


def caught(call):
    """The name of the class of the error that `call` raises, or what it returns."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001  what is compared
        return type(error).__name__


def chain(v1):
    a, b, c = (v1.placeholder(v1.float32, [], name=n) for n in "abc")
    total = v1.add(a, b, name="total")
    return a, b, c, total, v1.multiply(total, c, name="product")


def test_a_run_that_is_timed(v1, tf, answer):
    a, b, c, _, product = chain(v1)
    options = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE)
    with v1.Session() as session:
        plain, timed = v1.RunMetadata(), v1.RunMetadata()
        session.run(product, {a: 1, b: 2, c: 3}, run_metadata=plain)
        found = session.run(product, {a: 1, b: 2, c: 3}, options=options, run_metadata=timed)
    nodes = timed.step_stats.dev_stats[0].node_stats
    labels = {n.timeline_label.split("(")[0] for n in nodes if not n.node_name.startswith("_")}
    answer("value and labels", (found, sorted(labels), len(plain.step_stats.dev_stats)))
    again = v1.RunMetadata.FromString(timed.SerializeToString())
    answer("device", again.step_stats.dev_stats[0].device)
    root = "minitf.compat.v1" if tf.__name__ == "minitf" else "tensorflow.python.client"
    timeline = importlib.import_module(f"{root}.timeline").Timeline(timed.step_stats)
    events = json.loads(timeline.generate_chrome_trace_format())["traceEvents"]
    ops = {e["args"]["name"]: e["name"] for e in events if e["ph"] == "X"}
    answer("ops", sorted(v for k, v in ops.items() if not k.startswith("_")))


def test_training_goes_on_where_a_timed_step_ends(v1, answer):
    w = v1.get_variable("w", initializer=np.float32([1, 2]))
    loss = v1.reduce_sum(w * w)
    step = v1.train.GradientDescentOptimizer(0.1).minimize(loss)
    options = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE)
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        session.run([step, loss])
        session.run(step, options=options, run_metadata=v1.RunMetadata())
        session.run(step)
        answer("weights", session.run(w))


def test_a_run_in_parts(v1, answer):
    a, b, c, total, product = chain(v1)
    other = b - a
    noise = v1.random_uniform([])
    with v1.Session() as session:
        run = session.partial_run_setup([total, product], [a, b, c])
        first = session.partial_run(run, total, {a: 1, b: 2})
        answer("values", (first, session.partial_run(run, product, {c: first * 5})))
        run = session.partial_run_setup([noise, noise + a], [a])
        with pytest.raises(Exception, match="not specified"):
            session.partial_run(run, other)
        run = session.partial_run_setup([total, product], [a, b, c])
        answer("errors", [
            caught(lambda: session.partial_run(run, product, {a: 1})),
            caught(lambda: session.partial_run("nothing", total)),
            caught(lambda: session.partial_run_setup([])),
        ])  # fmt: skip
        added = noise + a
        run = session.partial_run_setup([noise, added], [a])
        drawn = session.partial_run(run, noise)
        assert session.partial_run(run, added, {a: 1}) == np.float32(drawn + 1)  # drawn once


def test_what_may_be_fed_and_fetched(v1, answer):
    x = v1.placeholder(v1.float32, [])
    y = x + 1.0
    graph = x.graph
    before = graph.is_feedable(y), graph.is_fetchable(y.op), graph.version, graph.num_operations()
    graph.prevent_feeding(y)
    with v1.Session() as session:
        fed = caught(lambda: session.run(y, {y: 1.0}))
        graph.prevent_fetching(y.op)
        fetched = caught(lambda: session.run(y, {x: 1.0}))
    after = graph.is_feedable(y), graph.is_fetchable(y)
    answer("marks", (before, after, fed, fetched))
    with graph.colocate_with(x):
        near = x * 2.0
    answer("groups", (near.op.colocation_groups(), x.op.colocation_groups()))


PARTITIONERS = {
    "fixed": lambda v1: v1.fixed_size_partitioner(2),
    "many": lambda v1: v1.fixed_size_partitioner(9),
    "second axis": lambda v1: v1.fixed_size_partitioner(2, axis=1),
    "by bytes": lambda v1: v1.variable_axis_size_partitioner(16),
    "by bytes, few": lambda v1: v1.variable_axis_size_partitioner(4, max_shards=2),
    "at least": lambda v1: v1.min_max_variable_partitioner(3, min_slice_size=8),
    "by hand": lambda v1: lambda shape, dtype: [1, 3],
}


@pytest.mark.parametrize("kind", PARTITIONERS)
def test_variables_in_parts(v1, answer, kind):
    partitioner = PARTITIONERS[kind](v1)
    scale = v1.glorot_uniform_initializer(seed=3)
    whole = v1.get_variable("w", [5, 3], initializer=scale, partitioner=partitioner)
    doubled = whole.as_tensor() * 2.0
    answer("parts", [(p.name, p.shape.as_list()) for p in whole])
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("values", session.run(doubled))
        if kind == "fixed":
            found = [v1.nn.embedding_lookup(whole, [1, 4], by) for by in ("mod", "div")]
            answer("rows", session.run(found))
        gradient = v1.gradients(v1.reduce_sum(doubled * doubled), list(whole))
        answer("gradient", session.run(gradient))
        session.run(whole.assign(np.ones([5, 3], np.float32)))
        answer("assigned", session.run(list(whole)))


def test_refused_partitions(v1, answer):
    def made(name, partitioner, **settings):
        return caught(lambda: v1.get_variable(name, [4, 3], partitioner=partitioner, **settings))

    halves = v1.fixed_size_partitioner(2)
    v1.get_variable("old", [4, 3], partitioner=halves)
    answer("errors", [
        made("a", lambda shape, dtype: [2, 3]), made("b", lambda shape, dtype: [2]),
        made("c", lambda shape, dtype: 2), made("old", halves),
        caught(lambda: v1.variable_axis_size_partitioner(-1)),
        caught(lambda: v1.create_partitioned_variables([5, 3], [2], v1.ones_initializer())),
    ])  # fmt: skip
    made = v1.create_partitioned_variables([5, 3], [2, 1], v1.ones_initializer())
    answer("made", [v.name for v in made])
    with v1.variable_scope("", reuse=True):
        assert v1.get_variable("old", [4, 3], partitioner=halves) is not None


def test_tables_in_a_graph(v1, answer, tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("x\ny\nz\n")
    of_file = v1.lookup.TextFileInitializer(
        str(path), v1.string, v1.lookup.TextFileIndex.WHOLE_LINE, v1.int64,
        v1.lookup.TextFileIndex.LINE_NUMBER)  # fmt: skip
    words = v1.lookup.StaticVocabularyTable(of_file, 2)
    pairs = v1.lookup.StaticHashTable(v1.lookup.KeyValueTensorInitializer(["a"], [7]), -1)
    found = [words.lookup(v1.constant(["y", "q"])), pairs.lookup(v1.constant([["a", "b"]]))]
    ready = v1.tables_initializer()
    answer("ready", (ready.name, ready.type, v1.tables_initializer("again").name))
    with v1.Session() as session:
        session.run(pairs.initializer)
        session.run(ready)
        answer("found", session.run(found))


def test_vocabularies(v1, tf, answer, tmp_path):
    path = str(tmp_path / "words.txt")
    (tmp_path / "words.txt").write_text("x\ny\nz\n")
    root = "minitf.compat.v1.lookup" if tf.__name__ == "minitf" else (
        "tensorflow.python.ops.lookup_ops")  # fmt: skip
    lookup = importlib.import_module(root)
    tables = [
        lookup.index_table_from_tensor(["x", "y"], num_oov_buckets=2),
        lookup.index_table_from_tensor(["x", "y"], default_value=-3),
        lookup.index_table_from_file(path),
        lookup.index_table_from_file(path, num_oov_buckets=3, vocab_size=2),
    ]
    back = [lookup.index_to_string_table_from_tensor(["q", "r"]),
            lookup.index_to_string_table_from_file(path, 2, default_value="no")]  # fmt: skip
    keys, numbers = v1.constant(["x", "what", "y"]), v1.constant([0, 2, 1], v1.int64)
    found = [t.lookup(keys) for t in tables] + [t.lookup(numbers) for t in back]
    with v1.Session() as session:
        session.run(v1.tables_initializer())
        answer("found", session.run([*found, *[t.size() for t in tables]]))
    answer("errors", [
        caught(lambda: lookup.index_table_from_tensor(None)),
        caught(lambda: lookup.index_table_from_tensor([5, 6])),
        caught(lambda: lookup.index_table_from_file("")),
        caught(lambda: lookup.index_table_from_file(path, vocab_size=0)),
        caught(lambda: lookup.index_table_from_tensor(["a"], num_oov_buckets=-1)),
    ])  # fmt: skip


def test_checks_of_numbers_and_variables(v1, answer):
    x = v1.placeholder(v1.float32, [2], name="x")
    y = v1.log(x)
    checked = v1.add_check_numerics_ops()
    one = v1.verify_tensor_all_finite(y, "y is bad")
    w = v1.get_variable("w", [2])
    ranks = v1.assert_variables_initialized([w])
    with v1.Session() as session:
        good, bad = [1.0, 2.0], [0.0, 2.0]
        answer("checked", [
            session.run([y, checked, one], {x: good}),
            caught(lambda: session.run(checked, {x: bad})),
            caught(lambda: session.run(one, {x: bad})),
        ])  # fmt: skip
        session.run(v1.global_variables_initializer())
        answer("ranks", session.run(ranks))
    answer("none", v1.assert_variables_initialized([]))


def test_sparse_tensors_by_older_names(v1, answer):
    x = v1.SparseTensor([[0, 1], [2, 0], [2, 3]], [1.0, 5.0, 2.0], [3, 4])
    ids = v1.SparseTensor([[0, 0], [1, 0], [1, 1]], v1.constant([3, 1, 0], v1.int64), [2, 2])
    values = v1.SparseTensor([[0, 0], [1, 0], [1, 1]], [1.0, 2.0, 3.0], [2, 2])
    made = [v1.sparse_reduce_max_sparse(x, a, k) for a in (0, -1, None) for k in (False, True)]
    made += [v1.sparse_reduce_sum_sparse(x, a) for a in (0, 1, None)]
    made += v1.sparse_split(sp_input=x, num_split=2, axis=1)
    made += [v1.sparse_merge(ids, values, 5), v1.sparse_merge(ids, values, 5, already_sorted=True),
             v1.sparse_merge([ids, ids], values, [5, 6])]  # fmt: skip
    made += [
        v1.string_split(["a b", "c"]),
        v1.string_split(["a-b c", "-"], "- "),
        v1.string_split(["abc"], ""),
        v1.string_split(["a,,b"], ",", skip_empty=False),
    ]
    with v1.Session() as session:
        for i, found in enumerate(session.run(made)):
            answer(f"{i}", tuple(np.asarray(part) for part in found))
        answer("product", session.run(v1.sparse_matmul([[1.0], [2.0]], [[3.0], [4.0]], True)))
        answer("clipped", session.run(v1.clip_by_average_norm([[3.0, 4.0], [1.0, 2.0]], 0.5)))
    answer("errors", [
        caught(lambda: v1.sparse_merge(ids, values, [5, 6])),
        caught(lambda: v1.sparse_merge([ids], values, 5)),
        caught(lambda: v1.sparse_merge(3, values, 5)), caught(lambda: v1.sparse_merge(ids, 3, 5)),
        caught(lambda: v1.string_split(["a"], result_type="x")),
    ])  # fmt: skip


def test_sizes_and_differences(tf, answer):
    compat, shape = tf.compat, tf.TensorShape([1, None])
    sizes = [compat.dimension_at_index(shape, 0), compat.dimension_at_index(shape, 1),
             compat.dimension_at_index(tf.TensorShape(None), 1)]  # fmt: skip
    answer("sizes", ([repr(s) for s in sizes], [compat.dimension_value(s) for s in sizes]))
    found = compat.v1.setdiff1d([1, 2, 3, 4, 5, 2], [1, 3, 5], index_dtype=tf.int64)
    answer("elements and their places", tuple(found))


def test_print_only_at_first(v1, capfd):
    x = v1.placeholder(v1.float32, [])
    shown = v1.Print(x, [x], "x is ", first_n=2)
    with v1.Session() as session:
        for i in range(4):
            session.run(shown, {x: i})
    printed = capfd.readouterr().err
    assert [printed.count(f"[{i}]") for i in range(4)] == [1, 1, 0, 0]


def test_ways_of_tensorflow_1_and_2(tf, answer):
    v1, x = tf.compat.v1, tf.constant([1, 2])
    try:
        v1.disable_tensor_equality()
        answer("by identity", (x == tf.constant([1, 2]), x == x))  # noqa: PLR0124
    finally:
        v1.enable_tensor_equality()
    answer("by element", x == x)  # noqa: PLR0124
    outside = [v1.executing_eagerly_outside_functions()]
    tf.function(lambda: outside.append(v1.executing_eagerly_outside_functions()))()
    with tf.Graph().as_default():
        outside.append(v1.executing_eagerly_outside_functions())
    answer("eagerly outside", outside)
    before = v1.control_flow_v2_enabled()
    v1.disable_control_flow_v2()
    during = v1.control_flow_v2_enabled()
    v1.enable_control_flow_v2()
    answer("control flow", (before, during, v1.control_flow_v2_enabled()))
    with tf.Graph().as_default():
        shown = repr(v1.Variable([1.0], name="w"))
        v1.disable_resource_variables()
        reference = repr(v1.Variable([1.0], name="v"))
        v1.enable_resource_variables()
    answer("variables", (shown, reference))


def test_programs_as_functions(tf, answer):
    v1 = tf.compat.v1

    def program(x):
        v = v1.get_variable("v", initializer=2.0)
        return tf.add(tf.identity(x * v, name="y"), 1.0, name="z")

    wrapped = v1.wrap_function(program, [tf.TensorSpec([], tf.float32)])
    before = wrapped(tf.constant(3.0))
    wrapped.variables[0].assign(5.0)
    with tf.GradientTape() as tape:
        after = wrapped(tf.constant(3.0))
    answer("values", (before, after, tape.gradient(after, wrapped.variables)))
    y, z = (wrapped.graph.as_graph_element(f"{name}:0") for name in "yz")
    both = wrapped.prune(wrapped.inputs[0], {"y": y, "z": z})
    answer("pruned", (both(tf.constant(2.0)), wrapped.prune(y, [z])(tf.constant(2.0))))
    with pytest.raises(Exception, match="Unable to lift"):
        wrapped.prune([], y)

    def count(x):
        return v1.assign_add(v1.get_variable("c", initializer=0.0), x)

    counter = v1.wrap_function(count, [tf.TensorSpec([], tf.float32)])
    answer("counted", [counter(tf.constant(1.0)), counter(tf.constant(2.0))])


def test_a_frozen_graph_as_a_function(tf, answer):
    v1 = tf.compat.v1
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, 2], name="in")
        tf.matmul(x, tf.constant([[1.0], [2.0]]), name="out")
    frozen = graph.as_graph_def()
    wrapped = v1.wrap_function(lambda: v1.import_graph_def(frozen, name=""), [])
    inputs, outputs = (wrapped.graph.as_graph_element(name) for name in ("in:0", "out:0"))
    answer("result", wrapped.prune(inputs, [outputs])(tf.constant([[1.0, 1.0], [2.0, 2.0]])))


def test_sparse_tensors_have_ops_and_values(v1, answer):
    given = v1.sparse_placeholder(v1.float32, [2, 2])
    doubled, slices = given * 2.0, v1.IndexedSlices(v1.constant([1.0], name="rows"), [0])
    with v1.Session() as session:
        found = doubled.eval({given: ([[0, 1]], [3.0], [2, 2])})
        answer("values", [type(found).__name__, *found])
        answer("graph", doubled.graph is session.graph)
    answer("ops", [given.op.type, slices.op.name])
    answer("collections", [v1.GraphKeys.RESOURCES, v1.GraphKeys.LOCAL_RESOURCES])
