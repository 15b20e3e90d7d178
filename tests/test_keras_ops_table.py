"""`keras.ops` against Keras's: NumPy's functions (`rows/keras_ops.py`) and those of other rooms."""

from rows import A, F, I, row, table
from rows.keras_ops import ROWS, op

SQUARE = A([[2.0, 0.5], [0.25, 1.0]])
SYMMETRIC = A([[2.0, 0.5], [0.5, 1.0]])

OTHERS = [
    op("quantile", F(5), q=0.3),
    op("percentile", F(2, 5), q=40, axis=1),
    op("average", F(3), weights=[1.0, 2.0, 3.0]),
    op("average", I(2, 2), axis=0),
    op("pad", F(2, 2), pad_width=((1, 0), (0, 2)), mode="constant", constant_values=1.0),
    op("pad", F(3), pad_width=1, mode="reflect"),
    *[op(name, SYMMETRIC) for name in ("cholesky", "det", "inv", "slogdet", "logdet", "pinv")],
    op("matrix_rank", SYMMETRIC, gradient=False),
    row(lambda tf, x: [abs(y) for y in tf.keras.ops.eigh(x)], SYMMETRIC, id="eigh", gradient=False,
        unknown=False),
    op("qr", SQUARE, gradient=False),
    op("svd", SQUARE, compute_uv=False, gradient=False),
    op("solve", SQUARE, F(2, 3)),
    op("solve_triangular", SQUARE, F(2), lower=True),
    op("conv", F(1, 4, 4, 2), F(2, 2, 2, 3), strides=2, padding="same"),
    op("depthwise_conv", F(1, 4, 4, 2), F(2, 2, 2, 1)),
    op("separable_conv", F(1, 4, 4, 2), F(2, 2, 2, 1), F(1, 1, 2, 3)),
    op("max_pool", F(1, 4, 4, 2), pool_size=2),
    op("average_pool", F(1, 4, 2), pool_size=2, strides=1, padding="same"),
    op("moments", F(2, 3), axes=[0]),
    op("batch_normalization", F(2, 3), F(3), F(3, low=0.5), axis=-1),
    op("normalize", F(2, 3)),
    op("normalize", F(2, 3), order=1),
    op("binary_crossentropy", A(0.0, 1.0), A(0.2, 0.7)),
    op("categorical_crossentropy", A([[0.0, 1.0]]), A([[0.2, 0.8]])),
    op("sparse_categorical_crossentropy", I(2, low=0, high=2), F(2, 3), from_logits=True),
    op("multi_hot", I(2, 3, low=0, high=4), num_classes=4),
    op("dot_product_attention", F(1, 3, 2, 4), F(1, 3, 2, 4, seed=1), F(1, 3, 2, 4, seed=2),
       is_causal=True),
    *[op(name, F(4)) for name in ("hard_sigmoid", "hard_silu", "hard_tanh", "squareplus")],
    op("slice", F(3, 4), start_indices=(1, 2), shape=(2, 1)),
    op("slice_update", F(3, 4), start_indices=(1, 2), updates=[[9.0], [8.0]], gradient=False),
    op("scatter", I(2, 1, low=0, high=3), F(2, 2), shape=(3, 2)),
    op("scatter_update", F(3), A([[0], [2]], dtype="int32"), F(2)),
    op("scatter_update", F(3), A([[0], [2]], dtype="int32"), F(2), reduction="add"),
    op("unstack", F(2, 3), axis=1),
    row(lambda tf, x: tf.keras.ops.cond(x[0] > 0, lambda: x * 2, lambda: x), F(3), id="cond",
        unknown=False),
    row(lambda tf, x: tf.keras.ops.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2),
                                              (0, x)), F(2), id="while_loop", unknown=False),
    row(lambda tf, x: tf.keras.ops.fori_loop(0, 3, lambda i, y: y + x, x), F(2), id="fori_loop",
        unknown=False),
    row(lambda tf, x: tf.keras.ops.scan(lambda s, e: (s + e, s * e), x[0], x), F(3), id="scan",
        unknown=False),
    row(lambda tf, x: tf.keras.ops.map(lambda e: e * 2, x), F(3, 2), id="map", unknown=False),
    row(lambda tf, x: tf.keras.ops.vectorized_map(lambda e: e * 2, x), F(3, 2),
        id="vectorized_map", unknown=False),
    row(lambda tf, x: tf.keras.ops.switch(1, [lambda v: v, lambda v: v * 3], x), F(2), id="switch",
        unknown=False),
]  # fmt: skip

test_row, test_compiled = table(ROWS + OTHERS)
