"""`tf.io`: files and folders, serialized tensors, examples of all kinds, encodings."""

import numpy as np
from rows import Tell


def test_gfile(tf, answer, tmp_path):
    tell, gfile = Tell(answer), tf.io.gfile
    folder, path = str(tmp_path / "a" / "b"), str(tmp_path / "a" / "b" / "c.txt")
    tell("mkdir", lambda: gfile.mkdir(folder))
    tell("makedirs", lambda: gfile.makedirs(folder))
    tell("makedirs again", lambda: gfile.makedirs(folder))
    tell("mkdir again", lambda: gfile.mkdir(folder))
    with gfile.GFile(path, "w") as file:
        file.write("one\ntwo\n")
        file.write("three")
    tell("read", lambda: gfile.GFile(path).read())
    tell("read bytes", lambda: gfile.GFile(path, "rb").read(5))
    tell("lines", lambda: gfile.GFile(path).readlines())
    tell("iterated", lambda: list(gfile.GFile(path)))
    tell("size", lambda: gfile.GFile(path).size())
    file = gfile.GFile(path, "rb")
    file.seek(4)
    tell("sought", lambda: [file.readline(), file.tell()])
    tell("write to read", lambda: gfile.GFile(path, "r").write("x"))
    tell("missing", lambda: gfile.GFile(folder + "/none").read())
    with gfile.GFile(path, "a") as file:
        file.write("!")
    tell("appended", lambda: gfile.GFile(path).read())
    tell("exists", lambda: [gfile.exists(path), gfile.exists(folder), gfile.exists(path + "x")])
    tell("isdir", lambda: [gfile.isdir(path), gfile.isdir(folder)])
    tell("listdir", lambda: gfile.listdir(folder))
    tell("listdir missing", lambda: gfile.listdir(folder + "x"))
    tell("copy", lambda: gfile.copy(path, path + "2"))
    tell("copy again", lambda: gfile.copy(path, path + "2"))
    tell("copy over", lambda: gfile.copy(path, path + "2", overwrite=True))
    tell("copy missing", lambda: gfile.copy(path + "x", path + "3"))
    tell("rename", lambda: gfile.rename(path + "2", path + "3"))
    tell("glob", lambda: sorted(p[len(folder) :] for p in gfile.glob(folder + "/*")))
    tell("walk", lambda: [[d[len(folder) :], n, sorted(f)] for d, n, f in gfile.walk(folder)])
    tell("length", lambda: gfile.stat(path).length)
    tell("remove", lambda: gfile.remove(path))
    tell("remove again", lambda: gfile.remove(path))
    tell("rmtree", lambda: gfile.rmtree(folder))
    tell("rmtree again", lambda: gfile.rmtree(folder))


def test_tensors(tf, answer):
    values = [
        tf.constant([[1, 2], [3, 4]]), tf.constant([1.5, -2.0]), tf.constant(3, tf.int64),
        tf.constant([True, False]), tf.constant(["a", "bc"]), tf.zeros([0, 2], tf.float64),
        tf.constant([1 + 2j]), tf.constant([1, 255], tf.uint8), tf.constant([1.0], tf.bfloat16),
    ]  # fmt: skip
    for i, value in enumerate(values):
        text = tf.io.serialize_tensor(value)
        answer(f"{i} bytes", text)
        answer(f"{i} again", tf.io.parse_tensor(text, value.dtype))
    text = tf.io.serialize_tensor([1, 2])
    answer.raises("dtype", lambda: tf.io.parse_tensor(text, tf.float32), ["ype mismatch"])
    answer.raises("text", lambda: tf.io.parse_tensor(b"\xff\xff\xff", tf.float32))
    parsed = tf.function(lambda s: tf.io.parse_tensor(s, tf.int32))
    answer("compiled", parsed(text))


def test_sparse(tf, answer):
    st = tf.SparseTensor([[0, 1], [2, 0]], [1.0, 2.0], [3, 2])
    answer("one", tf.io.serialize_sparse(st))
    many = tf.io.serialize_many_sparse(st)
    answer("many", many.shape)
    back = tf.io.deserialize_many_sparse(many, tf.float32)
    answer("back", [back.indices, back.values, back.dense_shape])


def test_encodings(tf, answer):
    texts = tf.constant([b"", b"a", b"ab", b"abc", b"\xff\xfe\xfd~"])
    for pad in (False, True):
        encoded = tf.io.encode_base64(texts, pad=pad)
        answer(f"base64 {pad}", encoded)
        answer(f"decoded {pad}", tf.io.decode_base64(encoded))
    answer.raises("no base64", lambda: tf.io.decode_base64("%%%%"))
    import gzip
    import zlib

    packed = tf.constant([zlib.compress(b"hello")])
    answer("zlib", tf.io.decode_compressed(packed, "ZLIB"))
    answer("gzip", tf.io.decode_compressed([gzip.compress(b"hello")], "GZIP"))
    answer("raw", tf.io.decode_compressed(packed[:0]))
    answer.raises("damaged", lambda: tf.io.decode_compressed(["text"], "ZLIB"))
    answer("fixed", tf.io.decode_raw(["abcdef", "a"], tf.uint8, fixed_length=4))
    answer("numbers", tf.io.decode_raw([b"\x01\x02"], tf.int16, little_endian=False))


def _feature(tf, value):
    kinds = {int: ("int64_list", tf.train.Int64List), float: ("float_list", tf.train.FloatList)}
    name, make = kinds.get(type(value[0]), ("bytes_list", tf.train.BytesList))
    return tf.train.Feature(**{name: make(value=value)})


def _examples(tf):
    rows = [
        {"n": [1, 2], "x": [0.5], "s": [b"a", b"b", b"c"], "i": [3, 1], "v": [1.0, 2.0]},
        {"n": [7, 8], "s": [b"d"], "v": [5.0], "i": [0]},
    ]
    return [
        tf.train.Example(
            features=tf.train.Features(feature={k: _feature(tf, v) for k, v in row.items()})
        ).SerializeToString()
        for row in rows
    ]


def test_examples(tf, answer):
    tell, io = Tell(answer), tf.io
    texts = _examples(tf)

    def parsed(features, given=texts):
        found = io.parse_example(given, features)
        return {k: _plain(v) for k, v in sorted(found.items())}

    tell("fixed", lambda: parsed({"n": io.FixedLenFeature([2], tf.int64)}))
    tell("default", lambda: parsed({"x": io.FixedLenFeature([], tf.float32, -1.0)}))
    tell("missing", lambda: parsed({"x": io.FixedLenFeature([], tf.float32)}))
    tell("kind", lambda: parsed({"n": io.FixedLenFeature([2], tf.float32)}))
    tell("size", lambda: parsed({"n": io.FixedLenFeature([3], tf.int64)}))
    tell("variable", lambda: parsed({"s": io.VarLenFeature(tf.string)}))
    tell(
        "padded",
        lambda: parsed(
            {
                "s": io.FixedLenSequenceFeature([], tf.string, allow_missing=True),
                "n": io.FixedLenSequenceFeature([2], tf.int64, allow_missing=True),
                "v": io.FixedLenSequenceFeature(
                    [], tf.float32, allow_missing=True, default_value=-1.0
                ),
            }
        ),
    )
    tell("not allowed", lambda: parsed({"s": io.FixedLenSequenceFeature([], tf.string)}))
    tell(
        "ragged",
        lambda: parsed(
            {"s": io.RaggedFeature(tf.string), "w": io.RaggedFeature(tf.float32, value_key="v")}
        ),
    )
    tell("sparse", lambda: parsed({"p": io.SparseFeature("i", "v", tf.float32, 5)}))
    tell("no features", lambda: parsed({}))
    features = {
        "n": io.FixedLenFeature([2], tf.int64), "s": io.VarLenFeature(tf.string),
        "v": io.RaggedFeature(tf.float32),
        "t": io.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
    }  # fmt: skip
    one = io.parse_single_example(texts[0], features)
    answer("one", {k: _plain(v) for k, v in sorted(one.items())})
    function = tf.function(lambda s: io.parse_single_example(s, features))
    answer("compiled", {k: _plain(v) for k, v in sorted(function(texts[1]).items())})
    data = tf.data.Dataset.from_tensor_slices(texts).map(
        lambda s: io.parse_single_example(s, {"n": features["n"]})["n"])  # fmt: skip
    answer("dataset", [x for x in data])


def _plain(value):
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in sorted(value.items())}
    if hasattr(value, "nested_row_splits"):
        return [value.flat_values, *value.nested_row_splits]
    return [value.indices, value.values, value.dense_shape] if hasattr(value, "indices") else value


def test_sequences(tf, answer):
    tell, io, train = Tell(answer), tf.io, tf.train

    def text(length, words):
        lists = {
            "x": train.FeatureList(feature=[_feature(tf, [float(i), 0.5]) for i in range(length)]),
            "w": train.FeatureList(feature=[_feature(tf, w) for w in words]),
        }
        return train.SequenceExample(
            context=train.Features(feature={"n": _feature(tf, [length])}),
            feature_lists=train.FeatureLists(feature_list=lists),
        ).SerializeToString()

    texts = [text(2, [[b"a"], [b"b", b"c"]]), text(3, [[b"d"]])]
    context = {"n": io.FixedLenFeature([], tf.int64)}
    steps = {"x": io.FixedLenSequenceFeature([2], tf.float32)}
    words = {"w": io.VarLenFeature(tf.string)}
    ragged = {"w": io.RaggedFeature(tf.string)}
    answer("bytes", train.SequenceExample.FromString(texts[0]).SerializeToString() == texts[0])
    for name, features in (("steps", steps), ("words", words), ("ragged", ragged)):
        tell(
            f"one, {name}",
            lambda features=features: [
                _plain(x) for x in io.parse_single_sequence_example(texts[0], context, features)
            ],
        )
        tell(
            f"batch, {name}",
            lambda features=features: [
                _plain(x) for x in io.parse_sequence_example(texts, context, features)
            ],
        )
    tell(
        "missing",
        lambda: io.parse_single_sequence_example(
            texts[0], sequence_features={"z": io.FixedLenSequenceFeature([], tf.int64)}
        ),
    )
    tell(
        "allowed",
        lambda: io.parse_single_sequence_example(
            texts[0], sequence_features={"z": io.FixedLenSequenceFeature([], tf.int64, True)}
        )[1]["z"],
    )
    tell(
        "size",
        lambda: io.parse_single_sequence_example(
            texts[0], sequence_features={"x": io.FixedLenSequenceFeature([3], tf.float32)}
        ),
    )
    tell("nothing", lambda: io.parse_single_sequence_example(texts[0]))
    function = tf.function(lambda s: io.parse_single_sequence_example(s, context, steps))
    answer("compiled", [_plain(x) for x in function(texts[1])])


def test_record_files(tf, answer, tmp_path):
    path = str(tmp_path / "records")
    for kind in ("", "GZIP", "ZLIB"):
        options = tf.io.TFRecordOptions(compression_type=kind)
        with tf.io.TFRecordWriter(path + kind, options) as writer:
            for i in range(3):
                writer.write(b"record %d" % i)
        answer(kind, list(tf.data.TFRecordDataset(path + kind, compression_type=kind)))
    answer.raises("kind", lambda: tf.io.TFRecordOptions("LZMA"))
    answer("seen", np.array(len(tf.io.gfile.glob(path + "*"))))
