"""Datasets of CSV files."""


def table(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('x,y,name,z\n1,2.5,bob,7\n2,,al,\n3,4.5,"c,d",9\n4,1e3,e,10\n')
    return str(path)


def test_rows(tf, answer, tmp_path):
    make, path = tf.data.experimental.CsvDataset, table(tmp_path)
    defaults = [tf.int32, tf.constant([0.5]), "unknown", tf.constant([-1], tf.int64)]
    dataset = make(path, defaults, header=True)
    answer("spec", [s.dtype for s in dataset.element_spec])
    answer("rows", list(dataset))
    dataset = make([path, path], [tf.float32, tf.string], header=True, select_cols=[0, 2])
    answer("two files", list(dataset.batch(3)))
    needed = make(path, [tf.int32, tf.float32, tf.string, tf.int64], header=True)
    answer.raises("missing", lambda: list(needed), ["Field 1 is required but missing"])
    nowhere = make(str(tmp_path / "q"), [tf.int32])
    answer.raises("no file", lambda: list(nowhere), ["No such file"])


def test_columns(tf, answer, tmp_path):
    make, path = tf.data.experimental.make_csv_dataset, table(tmp_path)
    dataset = make(path, batch_size=2, label_name="z", num_epochs=1, shuffle=False)
    for i, (features, labels) in enumerate(dataset):
        answer(f"batch {i}", [list(features), *features.values(), labels])
    dataset = make(path, 3, num_epochs=2, shuffle=False, select_columns=["x", "name"])
    answer("chosen", [[f["x"], f["name"]] for f in dataset])
    shuffled = next(iter(make(str(tmp_path / "*.csv"), 4, shuffle_seed=3)))
    answer("for ever", sorted(shuffled["x"].numpy().tolist()))
    answer.raises("label", lambda: make(path, 2, label_name="q"), ["label_name", "q"])
