"""`RaggedTensor`, `tf.ragged`, and the functions of texts that give rows."""

# ruff: noqa: B023
from rows import Tell


def shown(value):
    """A ragged tensor as its rows, dtype and static shape."""
    if type(value).__name__ == "RaggedTensor":
        return [str(value), value.to_list(), value.dtype.name, str(value.shape)]
    return value


def test_ragged(tf, answer):
    tell = Tell(answer)
    R, constant = tf.RaggedTensor, tf.ragged.constant
    rt = constant([[1, 2], [], [3]])
    deep = constant([[[1, 2]], [[3], [4, 5]]])
    floats = constant([[1.0, 4.0], [], [9.0]])
    calls = dict(
        constant=lambda: rt,
        constant_deep=lambda: deep,
        constant_texts=lambda: constant([["a"], ["b", "c"]]),
        constant_inner=lambda: constant([[[1, 2]], [[3, 4], [4, 5]]], ragged_rank=1),
        constant_flat=lambda: constant([1, 2]),
        constant_empty=lambda: constant([[], []]),
        constant_float=lambda: constant([[1], [2, 3]], dtype=tf.float32),
        constant_bad=lambda: constant([1, [2]]),
        splits=lambda: R.from_row_splits([1, 2, 3], [0, 1, 1, 3]),
        splits_bad=lambda: R.from_row_splits([1, 2], [0, 3]),
        lengths=lambda: R.from_row_lengths([1, 2, 3], [2, 0, 1]),
        starts=lambda: R.from_row_starts([1, 2, 3], [0, 2, 2]),
        limits=lambda: R.from_row_limits([1, 2, 3], [1, 3]),
        rowids=lambda: R.from_value_rowids([1, 2, 3], [0, 0, 2]),
        rowids_rows=lambda: R.from_value_rowids([1, 2, 3], [0, 0, 2], nrows=5),
        uniform=lambda: R.from_uniform_row_length([1, 2, 3, 4], 2),
        nested=lambda: R.from_nested_row_splits([1, 2, 3], [[0, 1, 2], [0, 1, 3]]),
        tensor=lambda: R.from_tensor([[1, 2], [3, 4]]),
        tensor_padding=lambda: R.from_tensor([[1, 0, 0], [3, 4, 0]], padding=0),
        tensor_lengths=lambda: R.from_tensor([[1, 2, 0], [3, 4, 0]], lengths=[1, 3]),
        dense=lambda: rt.to_tensor(),
        dense_default=lambda: rt.to_tensor(-1),
        dense_shape=lambda: rt.to_tensor(shape=[None, 3]),
        dense_cut=lambda: rt.to_tensor(shape=[4, 1]),
        dense_deep=lambda: deep.to_tensor(),
        row=lambda: rt[0],
        last=lambda: rt[-1],
        element=lambda: rt[0][1],
        element_pair=lambda: rt[0, 1],
        deep_row=lambda: deep[1],
        rows=lambda: rt[1:],
        rows_step=lambda: rt[::2],
        columns=lambda: rt[:, :1],
        columns_end=lambda: rt[:, -1:],
        column=lambda: rt[:, 0],
        outside=lambda: rt[5],
        row_lengths=lambda: rt.row_lengths(),
        deep_lengths=lambda: deep.row_lengths(axis=2),
        value_rowids=lambda: rt.value_rowids(),
        nrows=lambda: rt.nrows(),
        bounding=lambda: deep.bounding_shape(),
        rank=lambda: deep.ragged_rank,
        flat=lambda: deep.flat_values,
        merged=lambda: deep.merge_dims(0, 1),
        merged_inner=lambda: deep.merge_dims(1, 2),
        add=lambda: rt + 1,
        reflected=lambda: 2 - rt,
        both=lambda: rt * rt,
        column_add=lambda: rt + tf.constant([[1], [2], [3]]),
        compare=lambda: rt == 1,
        less=lambda: rt < rt + 1,
        negative=lambda: -rt,
        square=lambda: tf.square(rt),
        sqrt=lambda: tf.sqrt(floats),
        cast=lambda: tf.cast(rt, tf.float32),
        total=lambda: tf.reduce_sum(rt),
        total_rows=lambda: tf.reduce_sum(rt, axis=1),
        total_columns=lambda: tf.reduce_sum(rt, axis=0),
        total_deep=lambda: tf.reduce_sum(deep, axis=1),
        total_inner=lambda: tf.reduce_sum(deep, axis=2),
        mean=lambda: tf.reduce_mean(floats, axis=1),
        largest=lambda: tf.reduce_max(rt, axis=0),
        concat_rows=lambda: tf.concat([rt, rt], axis=0),
        concat_columns=lambda: tf.concat([rt, rt + 10], axis=1),
        gather=lambda: tf.gather(rt, [2, 0]),
        expand=lambda: tf.expand_dims(rt, 0),
        stack=lambda: tf.ragged.stack([[1, 2], [3]]),
        range=lambda: tf.ragged.range([1, 2, 3]),
        range_limits=lambda: tf.ragged.range([0, 5], [3, 7]),
        mask=lambda: tf.ragged.boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]]),
        mapped=lambda: tf.ragged.map_flat_values(lambda x: x * 10, deep),
        ids=lambda: tf.ragged.row_splits_to_segment_ids([0, 2, 2, 3]),
        splits_of_ids=lambda: tf.ragged.segment_ids_to_row_splits([0, 0, 2]),
        call=lambda: tf.function(lambda x: x * 2)(rt),
        list=lambda: rt.to_list(),
    )
    for name, call in calls.items():
        tell(name, lambda: shown(call()))


def test_gradient(tf, answer):
    values = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(values)
        rows = tf.RaggedTensor.from_row_lengths(values, [2, 0, 1])
        loss = tf.reduce_sum(rows.to_tensor() ** 2) + tf.reduce_sum(tf.reduce_sum(rows, 1)[:1])
    answer("gradient", tape.gradient(loss, values))


def test_pieces(tf, answer):
    tell = Tell(answer)
    strings = tf.strings
    calls = dict(
        split=lambda: strings.split(["a b", " c  d "]),
        split_scalar=lambda: strings.split("a b c"),
        split_sep=lambda: strings.split(["a,b,,c", ""], ","),
        split_max=lambda: strings.split(["a b c"], maxsplit=1),
        split_matrix=lambda: strings.split([["a b"], ["c"]]),
        split_dense=lambda: strings.split(["a b", "c"]).to_tensor(""),
        bytes_split=lambda: strings.bytes_split(["ab", "", "c"]),
        bytes_scalar=lambda: strings.bytes_split("ab"),
        lower=lambda: strings.lower(strings.split(["A B", "C"])),
        lengths=lambda: strings.length(strings.split(["aa b", "ccc"])),
        reduce_join=lambda: strings.reduce_join(["a", "b"], separator=" "),
        decode=lambda: strings.unicode_decode(["héy", "a"], "UTF-8"),
        decode_scalar=lambda: strings.unicode_decode("hé", "UTF-8"),
        decode_replace=lambda: strings.unicode_decode(b"h\xffo", "UTF-8"),
        decode_ignore=lambda: strings.unicode_decode(b"h\xffo", "UTF-8", errors="ignore"),
        decode_strict=lambda: strings.unicode_decode(b"h\xffo", "UTF-8", errors="strict"),
        chars=lambda: strings.unicode_split(["héy", "a"], "UTF-8"),
        offsets=lambda: strings.unicode_split_with_offsets("héy", "UTF-8")[1],
        encode=lambda: strings.unicode_encode([[104, 233], [97, 98]], "UTF-8"),
        encode_vector=lambda: strings.unicode_encode([104, 233], "UTF-8"),
        transcode=lambda: strings.unicode_transcode(["hé"], "UTF-8", "UTF-16-BE"),
        ngrams=lambda: strings.ngrams(["a", "b", "c"], 2),
        ngrams_rows=lambda: strings.ngrams(strings.split(["a b c", "d"]), 2),
        ngrams_widths=lambda: strings.ngrams(["a", "b", "c"], [1, 3], separator="-"),
        ngrams_pad=lambda: strings.ngrams(["a", "b"], 2, pad_values=("<", ">")),
        ngrams_short=lambda: strings.ngrams(["a"], 2, preserve_short_sequences=True),
        in_function=lambda: tf.function(lambda t: strings.split(t).to_tensor())(["a b", "c"]),
    )
    for name, call in calls.items():
        tell(name, lambda: shown(call()))


def test_turned_and_repeated(tf, answer):
    x = tf.ragged.constant([[3, 1, 4, 1], [], [5, 9, 2], [6]])
    deep = tf.ragged.constant([[[1, 2], [3]], [[4, 5, 6]]])
    answer("tile", [tf.tile(x, m).to_list() for m in ([1, 2], [2, 1], [2, 2])])
    answer("reverse", [tf.reverse(x, a).to_list() for a in ([0], [1], [0, -1])])
    answer("deep", [tf.reverse(deep, [a]).to_list() for a in (0, 1, 2)])
    lookup = tf.keras.layers.StringLookup(vocabulary=["a", "b"], mask_token=None)
    words = tf.ragged.constant([["a", "b"], [], ["c"]])
    answer("joined", tf.strings.reduce_join(words, axis=-1, separator="-"))
    answer("lookup", lookup(tf.ragged.constant([["a", "z"], ["b"]])).to_list())
