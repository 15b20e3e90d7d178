"""How TF 1.x programs read and keep data: queues, readers, iterators, event files, meta graphs."""

import numpy as np
import pytest

ROWS = np.arange(10, dtype=np.float32).reshape(5, 2)


@pytest.fixture
def v1(tf):
    """TF 1.x's face, inside a graph of its own."""
    with tf.Graph().as_default():
        yield tf.compat.v1


def drained(session, errors, fetch, most=50):
    """What `fetch` gives until the data are at their end."""
    found = []
    for _ in range(most):
        try:
            found.append(session.run(fetch))
        except errors.OutOfRangeError:
            return found
    raise AssertionError("the data have no end")


def test_fifo_queue(v1, answer):
    queue = v1.FIFOQueue(4, [v1.int32, v1.float32], shapes=[[], [2]], name="fifo")
    put = queue.enqueue_many([[1, 2, 3], [[1.0, 2.0]] * 3])
    one, two = queue.dequeue(), queue.dequeue_many(2)
    close = queue.close()
    answer("names", [put.name, one[0].name, two[1].name, queue.name, close.name])
    answer("shapes", [one[1].shape, two[0].shape, two[1].shape])
    with v1.Session() as session:
        session.run(put)
        answer("size", session.run(queue.size()))
        answer("one", session.run(one))
        answer("two", session.run(two))
        session.run(close)
        answer("closed", session.run(queue.is_closed()))
        answer.raises("empty", lambda: session.run(one))
        answer.raises("full", lambda: session.run(put))
    answer.raises("shapes differ", lambda: queue.enqueue([1, [1.0]]))


def test_other_queues(v1, answer):
    shuffled = v1.RandomShuffleQueue(20, 2, v1.int32, [[]], seed=3)
    padded = v1.PaddingFIFOQueue(5, v1.int32, [[None]])
    first = v1.PriorityQueue(5, v1.string, [[]])
    fill = [shuffled.enqueue_many([list(range(10))]), shuffled.close()]
    grow = [padded.enqueue([[1]]), padded.enqueue([[1, 2, 3]])]
    with v1.Session() as session:
        session.run(fill[0])
        session.run(fill[1])
        taken = [int(session.run(shuffled.dequeue())) for _ in range(10)]
        answer("shuffled", taken)
        for operation in grow:
            session.run(operation)
        answer("padded", session.run(padded.dequeue_many(2)))
        session.run(first.enqueue_many([np.array([3, 1, 2], np.int64), ["c", "a", "b"]]))
        answer("in order", session.run(first.dequeue_many(3)))


def test_csv_files_in_batches(v1, answer, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b,c\n" + "".join(f"{i},{i * i},{i % 2}\n" for i in range(7)))
    names = v1.train.string_input_producer([str(path)], num_epochs=2, shuffle=False)
    _, line = v1.TextLineReader(skip_header_lines=1).read(names)
    a, b, c = v1.decode_csv(line, [[0.0], [0.0], [0]])
    x, y = v1.train.batch([v1.stack([a, b]), c], batch_size=4, allow_smaller_final_batch=True)
    w = v1.get_variable("w", initializer=[[1.0], [2.0]])
    loss = v1.reduce_sum(v1.matmul(x, w))
    step = v1.assign_add(w, v1.ones([2, 1]))
    answer("shapes", [x.shape, y.shape, line.shape])
    with v1.Session() as session:
        session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
        coordinator = v1.train.Coordinator()
        threads = v1.train.start_queue_runners(sess=session, coord=coordinator)
        answer("batches", drained(session, v1.errors, [x, y, loss, step]))
        coordinator.request_stop()
        coordinator.join(threads)
        answer("w", session.run(w))


def test_shuffled_batches(v1, answer):
    images, labels = v1.train.slice_input_producer(
        [v1.constant(ROWS), v1.range(5)], num_epochs=2, shuffle=False
    )
    batch = v1.train.shuffle_batch(
        {"x": images, "y": labels}, 5, capacity=20, min_after_dequeue=5, seed=1
    )
    answer("shapes", [batch["x"].shape, batch["y"].shape])
    with v1.Session() as session:
        session.run(v1.local_variables_initializer())
        coordinator = v1.train.Coordinator()
        threads = v1.train.start_queue_runners(coord=coordinator)
        found = drained(session, v1.errors, batch)
        answer("batches", len(found))
        answer("rows", sorted(int(y) for b in found for y in b["y"]))
        answer("in pairs", all((b["x"][:, 0] == 2 * b["y"]).all() for b in found))
        coordinator.request_stop()
        coordinator.join(threads)
        answer("should stop", coordinator.should_stop())
    answer.raises("no session", v1.train.start_queue_runners, ["No default session"])


def test_readers(v1, answer, tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(bytes(range(10)))
    with v1.Session() as session:
        for key, reader in {
            "whole": v1.WholeFileReader(),
            "records": v1.FixedLengthRecordReader(3, header_bytes=1),
            "names": v1.IdentityReader(),
        }.items():
            queue = v1.FIFOQueue(2, v1.string, [[]])
            session.run([queue.enqueue([str(path)])])
            value = reader.read(queue)[1]
            content = session.run(value)
            answer(key, content == str(path).encode() if key == "names" else content)
            answer(f"{key} read", session.run(reader.num_records_produced()))


def test_one_shot_iterator(v1, answer):
    dataset = v1.data.Dataset.from_tensor_slices((ROWS, np.arange(5)))
    dataset = dataset.shuffle(10, seed=1).repeat(2).batch(4)
    x, y = v1.data.make_one_shot_iterator(dataset).get_next()
    answer("types", v1.data.get_output_types(dataset))
    answer("shapes", v1.data.get_output_shapes(dataset))
    answer("tensors", [x.name, y.name, x.shape, y.shape])
    w = v1.get_variable("w", initializer=np.ones([2, 1], np.float32))
    loss = v1.reduce_mean(v1.square(v1.matmul(x, w) - v1.cast(v1.expand_dims(y, 1), v1.float32)))
    train = v1.train.GradientDescentOptimizer(0.001).minimize(loss)
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        answer("losses", drained(session, v1.errors, [train, loss, y]))
        answer("w", session.run(w))


def test_initializable_iterators(v1, answer):
    fed = v1.placeholder(v1.float32, [None, 2])
    iterator = v1.data.make_initializable_iterator(
        v1.data.Dataset.from_tensor_slices(fed).map(lambda t: t * 2).batch(2)
    )
    element = iterator.get_next()
    first, second = v1.data.Dataset.range(3), v1.data.Dataset.range(10, 12)
    either = v1.data.Iterator.from_structure(v1.int64, [])
    number = either.get_next()
    starts = [either.make_initializer(first), either.make_initializer(second)]
    text = v1.placeholder(v1.string, [])
    named = v1.data.Iterator.from_string_handle(text, v1.int64, []).get_next()
    with v1.Session() as session:
        answer.raises("not started", lambda: session.run(element))
        session.run(iterator.initializer, {fed: ROWS})
        answer("all", drained(session, v1.errors, element))
        session.run(iterator.initializer, {fed: ROWS[:1]})
        answer("again", session.run(element))
        for key, start in zip(["first", "second"], starts):
            session.run(start)
            answer(key, drained(session, v1.errors, number))
        handles = session.run([v1.data.make_one_shot_iterator(d).string_handle()
                               for d in (first, second)])  # fmt: skip
        answer("named", [session.run(named, {text: handles[i]}) for i in (0, 1, 0)])
    answer.raises("types", lambda: either.make_initializer(first.map(lambda t: t > 0)), ["types"])
    placeholder = v1.data.Dataset.from_tensors(v1.placeholder(v1.float32, [2]))
    answer.raises("one shot", lambda: v1.data.make_one_shot_iterator(placeholder))


def test_summaries(v1, answer, tmp_path):
    x = v1.placeholder(v1.float32, [None], name="x")
    with v1.name_scope("layer"):
        v1.summary.scalar("mean", v1.reduce_mean(x))
        v1.summary.histogram("values", x)
    v1.summary.image("picture", v1.reshape(x, [1, 2, 2, 1]), max_outputs=1)
    v1.summary.text("words", v1.constant("hello"))
    merged = v1.summary.merge_all()
    answer("names", [s.name for s in v1.get_collection(v1.GraphKeys.SUMMARIES)] + [merged.name])
    with v1.Session() as session, v1.summary.FileWriter(str(tmp_path), session.graph) as writer:
        for step in range(2):
            found = session.run(merged, {x: np.array([1, 2, 4, 8], np.float32) * (step + 1)})
            writer.add_summary(found, step)
        by_hand = v1.Summary(value=[v1.Summary.Value(tag="accuracy", simple_value=0.5)])
        writer.add_summary(by_hand, 7)
    answer.printed("text", lambda: print(by_hand))
    parsed = v1.Summary.FromString(found)
    answer("kinds", [(v.tag, v.WhichOneof("value")) for v in parsed.value])
    answer("mean", parsed.value[0].simple_value)
    histogram = parsed.value[1].histo
    answer("histogram", [histogram.min, histogram.max, histogram.num, histogram.sum,
                         histogram.sum_squares])  # fmt: skip
    answer("buckets", [list(histogram.bucket_limit), list(histogram.bucket)])
    picture = parsed.value[2].image
    answer("picture", [picture.height, picture.width, picture.colorspace])
    (path,) = tmp_path.iterdir()
    events = list(v1.train.summary_iterator(str(path)))
    answer("events", [(e.step, e.WhichOneof("what"), [v.tag for v in e.summary.value])
                      for e in events])  # fmt: skip


def test_graph_def(tf, v1, answer):
    x = v1.placeholder(v1.float32, [None, 2], name="x")
    two = v1.constant([[2.0], [3.0]], name="two")
    y = v1.identity(v1.matmul(x, two, name="product"), name="y")
    answer.printed("op", lambda: print(v1.no_op("nothing")))
    definition = y.graph.as_graph_def()
    answer("nodes", [(n.name, n.op, list(n.input)) for n in definition.node])
    value = definition.node[1].attr["value"].tensor
    answer("constant", tf.make_ndarray(value) if hasattr(tf, "make_ndarray") else two_of(value))
    copied = v1.GraphDef()
    copied.ParseFromString(definition.SerializeToString())
    with tf.Graph().as_default() as other:
        given = v1.constant([[1.0, 1.0]])
        (result,) = v1.import_graph_def(copied, {"x": given}, ["y:0"])
        v1.import_graph_def(copied, name="")
        answer("names", [o.name for o in other.get_operations()])
        with v1.Session() as session:
            answer("result", session.run(result))
            answer("fed", session.run("y:0", {"x:0": [[1.0, 2.0]]}))
        answer.raises("input", lambda: v1.import_graph_def(copied, {"no": given}), ["not found"])
        answer.raises("element", lambda: v1.import_graph_def(copied, return_elements=["q"]), ["q"])
        answer.raises("no graph", lambda: v1.import_graph_def("graph"), ["GraphDef"])


def two_of(proto):
    return np.frombuffer(proto.tensor_content, np.float32).reshape(
        [d.size for d in proto.tensor_shape.dim]
    )


def test_meta_graph(tf, v1, answer, tmp_path):
    x = v1.placeholder(v1.float32, [None, 2], name="x")
    w = v1.get_variable("w", initializer=[[1.0], [2.0]])
    y = v1.matmul(x, w, name="y")
    loss = v1.reduce_mean(v1.square(y), name="loss")
    train = v1.train.AdamOptimizer(0.1).minimize(loss, name="train")
    v1.add_to_collection("outputs", y)
    v1.add_to_collection("size", 3)
    path = str(tmp_path / "model")
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        session.run(train, {x: ROWS})
        v1.train.Saver().save(session, path, global_step=4)
        expected = session.run(y, {x: ROWS})
    with tf.Graph().as_default() as other, v1.Session() as session:
        saver = v1.train.import_meta_graph(path + "-4.meta")
        saver.restore(session, path + "-4")
        (again,) = v1.get_collection("outputs")
        answer("collections", [again.name, v1.get_collection("size")])
        answer("variables", [v.name for v in v1.trainable_variables()])
        answer("restored", np.allclose(session.run(again, {"x:0": ROWS}), expected))
        session.run(other.get_operation_by_name("train"), {"x:0": ROWS})
        answer("trained on", session.run(v1.trainable_variables()[0]))
        constants = v1.graph_util.convert_variables_to_constants
        frozen = constants(session, other.as_graph_def(), ["y"])
    with tf.Graph().as_default(), v1.Session() as session:
        v1.import_graph_def(frozen, name="frozen")
        answer("frozen", session.run("frozen/y:0", {"frozen/x:0": ROWS}))


def test_stretches_between_host_ops(v1, answer):
    """What is compiled and what is not run by turns, each in its order."""
    x = v1.placeholder(v1.float32, [None])
    v = v1.get_variable("v", initializer=1.0)
    kept = v1.boolean_mask(x, x > 0)
    scaled = v1.reshape(kept * v, [-1, 1])
    doubled = v1.py_func(lambda a: a * 2, [scaled], v1.float32)
    with v1.control_dependencies([v.assign_add(v1.reduce_sum(doubled))]):
        after = v1.identity(v) + v1.cast(v1.size(v1.unique(x)[0]), v1.float32)
    with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        for i in range(2):
            answer(f"run {i}", session.run([after, doubled, v1.as_string(after)],
                                           {x: [1.0, -2.0, 3.0, 3.0]}))  # fmt: skip
