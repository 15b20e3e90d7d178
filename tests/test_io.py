"""Examples, records, CSV and raw bytes."""

# ruff: noqa: B023
from rows import Tell


def shown(value):
    """A sparse tensor as its parts, in dictionaries too."""
    if isinstance(value, dict):
        return {key: shown(part) for key, part in value.items()}
    if type(value).__name__ == "SparseTensor":
        return [value.indices, value.values, value.dense_shape]
    return value


def test_io(tf, answer, tmp_path):
    tell = Tell(answer)
    io, train = tf.io, tf.train
    example = train.Example(features=train.Features(feature={
        "n": train.Feature(int64_list=train.Int64List(value=[3, -1])),
        "x": train.Feature(float_list=train.FloatList(value=[0.5])),
        "s": train.Feature(bytes_list=train.BytesList(value=[b"hi", b"you"])),
    }))  # fmt: skip
    data = example.SerializeToString()
    fixed, variable = io.FixedLenFeature, io.VarLenFeature
    path = str(tmp_path / "deep" / "file")

    def round_trip():
        io.write_file(path, "contents")
        return io.read_file(path)

    def records():
        name = str(tmp_path / "records")
        with io.TFRecordWriter(name) as writer:
            writer.write(data)
            writer.write(b"second")
        return list(tf.data.TFRecordDataset(name).take(2))[1]

    def mapped():
        dataset = tf.data.Dataset.from_tensors(data)
        return next(iter(dataset.map(
            lambda d: io.parse_single_example(d, {"x": fixed([], tf.float32)}))))  # fmt: skip

    calls = dict(
        text=lambda: str(train.Feature(int64_list=train.Int64List(value=[3, -1]))),
        back=lambda: train.Example.FromString(data).features.feature["s"].bytes_list.value[1],
        ints=lambda: list(train.Example.FromString(data).features.feature["n"].int64_list.value),
        wrong=lambda: train.BytesList(value=[3]),
        wrong_int=lambda: train.Int64List(value=["a"]),
        single=lambda: io.parse_single_example(
            data, {"n": fixed([2], tf.int64), "x": fixed([], tf.float32), "s": variable(tf.string)}
        ),
        batch=lambda: io.parse_example(
            [data, data], {"x": fixed([1], tf.float32), "s": variable(tf.string)}
        ),
        default=lambda: io.parse_single_example(data, {"q": fixed([], tf.int64, 7)}),
        absent=lambda: io.parse_single_example(data, {"q": fixed([], tf.int64)}),
        kind=lambda: io.parse_single_example(data, {"n": fixed([2], tf.float32)}),
        size=lambda: io.parse_single_example(data, {"n": fixed([3], tf.int64)}),
        broken=lambda: io.parse_single_example(b"abc", {"n": fixed([2], tf.int64)}),
        no_features=lambda: io.parse_single_example(data, {}),
        csv=lambda: io.decode_csv(["1,2.5,a", "3,,"], [[0], [0.5], ["none"]]),
        csv_quotes=lambda: io.decode_csv('"a,b",2', [[""], [0]]),
        csv_columns=lambda: io.decode_csv("1,2,3", [[0], [0]], select_cols=[0, 2]),
        csv_required=lambda: io.decode_csv("1,", [[0], tf.constant([], tf.int32)]),
        csv_count=lambda: io.decode_csv("1,2,3", [[0], [0]]),
        csv_number=lambda: io.decode_csv("a", [[0]]),
        raw=lambda: io.decode_raw(["ab", "cd"], tf.uint8),
        raw_wide=lambda: io.decode_raw(b"\x01\x00\x00\x00", tf.int32),
        raw_length=lambda: io.decode_raw(b"abc", tf.int32),
        file=round_trip,
        no_file=lambda: io.read_file(str(tmp_path / "absent")),
        matching=lambda: tf.size(io.matching_files(str(tmp_path / "deep" / "*"))),
        records=records,
        mapped=mapped,
    )
    for name, call in calls.items():
        tell(name, lambda: shown(call()))
