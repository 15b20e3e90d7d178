"""Activations, losses, convolutions, pooling and normalisation."""

import numpy as np

from rows import A, F, I, row


def drawn(name, *inputs, compiled=True, **attrs):
    """A row of `nn` that draws numbers, which its seed and that of the program decide."""

    def call(tf, *values, **attrs):
        tf.random.set_seed(1)
        return getattr(tf.nn, name)(*values, **attrs)

    return row(call, *inputs, id=f"nn.{name} {attrs['seed']}", compiled=compiled, **attrs)


IMAGES, FILTERS = F(2, 5, 6, 3), F(3, 2, 3, 4)
INF, NAN = float("inf"), float("nan")

ACTIVATIONS = [
    row(f"nn.{name}", A(-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 6.0, 7.0))
    for name in ("elu", "gelu", "leaky_relu", "relu", "relu6", "selu", "sigmoid", "silu", "softplus",
                 "softsign", "swish", "tanh", "crelu", "softmax", "log_softmax")
] + [
    row("nn.relu", I(5)),
    row("nn.relu", F(2, 3, dtype="float64")),
    row("nn.relu", A(NAN, INF, -INF), id="relu_special"),
    row("nn.relu", A("a", dtype=object), raises=[], compiled=False),
    row("nn.leaky_relu", F(2, 3), alpha=0.1),
    row("nn.leaky_relu", I(4)),
    row("nn.gelu", F(2, 3), approximate=True),
    row("nn.silu", F(2, 3), beta=2.0),
    row("nn.crelu", F(2, 3), axis=0),
    row("nn.softmax", F(2, 3), axis=0),
    row("nn.softmax", F(2, 3, 2), axis=1),
    row("nn.softmax", A([1000.0, 0.0], [-INF, 0.0]), id="softmax_large"),
    row("nn.softmax", F(2, 3, dtype="float16")),
    row("nn.softmax", I(2, 3), raises=[]),
    row("nn.softmax", F(2, 3), axis=2, raises=[], compiled=False),
    row("nn.softmax", np.zeros((0, 3), "float32"), id="softmax_empty"),
    row("nn.log_softmax", F(2, 3), axis=0),
    row("nn.softplus", A(-100.0, 100.0, 20.0), id="softplus_large"),
]  # fmt: skip

LABELS, LOGITS = A([0.2, 0.8, 0.0], [0.5, 0.25, 0.25]), F(2, 3)
LOSSES = [
    row("nn.softmax_cross_entropy_with_logits", LABELS, LOGITS),
    row("nn.softmax_cross_entropy_with_logits", F(3, 2), F(3, 2), axis=0),
    row("nn.softmax_cross_entropy_with_logits", F(1, 3), F(2, 3), gradient=False, unknown=False),
    row("nn.softmax_cross_entropy_with_logits", F(2, 2), F(2, 3), raises=[]),
    row("nn.softmax_cross_entropy_with_logits", F(2, 3, dtype="float16"), F(2, 3, dtype="float16")),
    row("nn.softmax_cross_entropy_with_logits", A([1.0, 0.0]), A([INF, 0.0]), id="softmax_xent_inf"),
    row("nn.sparse_softmax_cross_entropy_with_logits", I(2, low=0, high=3), LOGITS),
    row("nn.sparse_softmax_cross_entropy_with_logits", I(2, 2, low=0, high=3, dtype="int64"),
        F(2, 2, 3)),
    row("nn.sparse_softmax_cross_entropy_with_logits", A(0, 3, dtype="int32"), LOGITS, raises=[], compiled=False),
    row("nn.sparse_softmax_cross_entropy_with_logits", A(0, -1, dtype="int32"), LOGITS, raises=[], compiled=False),
    row("nn.sparse_softmax_cross_entropy_with_logits", A(0, 1, 1, dtype="int32"), LOGITS, raises=[]),
    row("nn.sparse_softmax_cross_entropy_with_logits", F(2), LOGITS, raises=[], compiled=False),
    row("nn.sigmoid_cross_entropy_with_logits", LABELS, LOGITS),
    row("nn.sigmoid_cross_entropy_with_logits", A(0.0, 1.0, 0.5), A(0.0, 0.0, 100.0)),
    row("nn.sigmoid_cross_entropy_with_logits", F(2), LOGITS, raises=[]),
    row("nn.weighted_cross_entropy_with_logits", LABELS, LOGITS, pos_weight=2.0),
    row("nn.weighted_cross_entropy_with_logits", LABELS, LOGITS, F(3)),
    row("nn.log_poisson_loss", A(0.5, 2.0, 3.0), F(3)),
    row("nn.log_poisson_loss", A(0.5, 2.0, 3.0), F(3), compute_full_loss=True),
    row("nn.l2_loss", F(2, 3)),
    row("nn.l2_loss", I(2, 3), raises=[]),
    row("nn.ctc_loss", A([1, 2, 0], [1, 1, 2], dtype="int32"), F(6, 2, 4),
        A(2, 3, dtype="int32"), A(6, 5, dtype="int32"), unknown=False),
    row("nn.ctc_loss", A([1, 2], [0, 0], dtype="int32"), F(2, 5, 4), A(2, 2, dtype="int32"),
        A(5, 4, dtype="int32"), logits_time_major=False, blank_index=-1, unknown=False,
        id="ctc_loss_last_blank"),
    row("nn.ctc_greedy_decoder", F(5, 2, 3), A(5, 3, dtype="int32"), alone=True, gradient=False),
    row("nn.ctc_greedy_decoder", F(5, 2, 3), A(5, 3, dtype="int32"), merge_repeated=False,
        blank_index=0, alone=True, gradient=False),
    row("nn.ctc_beam_search_decoder", F(5, 2, 3), A(5, 3, dtype="int32"), beam_width=4, top_paths=2,
        alone=True, gradient=False),
    row("nn.ctc_unique_labels", A([1, 2, 1], [3, 3, 0], dtype="int32"), alone=True, gradient=False,
        compiled=False),
    row("nn.collapse_repeated", A([1, 1, 2], [3, 0, 0], dtype="int32"), A(3, 2, dtype="int32"),
        alone=True, gradient=False),
    row("nn.compute_average_loss", F(4), global_batch_size=8),
    row("nn.compute_average_loss", F(4), sample_weight=F(4), global_batch_size=2),
    row("nn.scale_regularization_loss", F(3)),
]  # fmt: skip


def conv(name, image, *inputs, unknown=True, **options):
    """A row for images of unknown sizes, but for their channels, and filters of known ones."""
    shapes = [[None] * (image.ndim - 1) + [image.shape[-1]]]
    shapes += [x.shape for x in inputs if isinstance(x, np.ndarray)]
    return row(f"nn.{name}", image, *inputs, unknown=unknown and shapes, **options)


CONVOLUTIONS = [
    conv("conv2d", IMAGES, FILTERS, strides=strides, padding=padding, dilations=dilations,
         gradient=dilations is None)
    for strides, padding, dilations in [
        (1, "SAME", None), (1, "VALID", None), (2, "SAME", None), ([1, 2], "VALID", None),
        ([1, 2, 1, 1], "SAME", None), (1, "SAME", 2), (1, "VALID", [2, 1]),
        (1, [[0, 0], [1, 2], [0, 1], [0, 0]], None), (2, [[0, 0], [1, 0], [2, 2], [0, 0]], None),
    ]
] + [
    conv("conv2d", F(2, 4, 4, 6), F(2, 2, 3, 4), 1, "SAME", id="conv2d_grouped",
         gradient=False),
    conv("conv2d", F(2, 2, 4, 4, 2), F(2, 2, 2, 3), 1, "VALID", id="conv2d_batches",
        unknown=False),
    conv("conv2d", F(1, 4, 4, 2, dtype="float64"), F(2, 2, 2, 3, dtype="float64"), 1, "SAME"),
    conv("conv2d", IMAGES, F(3, 2, 2, 4), 1, "SAME", raises=[]),
    conv("conv2d", F(2, 5), FILTERS, 1, "SAME", raises=[]),
    conv("conv2d", IMAGES, FILTERS, 1, "FULL", raises=[], compiled=False),
    conv("conv2d", IMAGES, FILTERS, [2, 1, 1, 1], "SAME", raises=[]),
    conv("conv2d", IMAGES, FILTERS, 0, "SAME", raises=[]),
    conv("conv2d", IMAGES, F(7, 2, 3, 4), 1, "VALID", raises=[]),
    conv("conv1d", F(2, 7, 3), F(3, 3, 4), 1, "SAME"),
    conv("conv1d", F(2, 7, 3), F(3, 3, 4), 2, "VALID"),
    conv("conv1d", F(2, 7, 3), F(3, 3, 4), 1, "VALID", dilations=2, gradient=False),
    conv("conv3d", F(1, 4, 4, 3, 2), F(2, 2, 2, 2, 3), [1, 1, 1, 1, 1], "SAME"),
    conv("conv3d", F(1, 4, 4, 3, 2), F(2, 2, 2, 2, 3), [1, 2, 2, 1, 1], "VALID"),
    conv("convolution", F(2, 7, 3), F(3, 3, 4)),
    conv("convolution", IMAGES, FILTERS, padding="SAME", dilations=[2, 2], unknown=False),
    conv("atrous_conv2d", IMAGES, FILTERS, 2, "SAME", unknown=False),
    conv("atrous_conv2d_transpose", F(2, 5, 6, 4), FILTERS, [2, 5, 6, 3], 2, "SAME", unknown=False),
    conv("conv2d_transpose", F(2, 3, 3, 4), FILTERS, [2, 6, 6, 3], 2, unknown=False),
    conv("conv2d_transpose", F(2, 3, 3, 4), FILTERS, [2, 7, 6, 3], 2, "VALID", unknown=False),
    conv("conv2d_transpose", F(2, 3, 3, 4), FILTERS, [2, 9, 6, 3], 2, raises=[], compiled=False),
    conv("conv1d_transpose", F(2, 3, 4), F(3, 2, 4), [2, 6, 2], 2, unknown=False),
    conv("conv3d_transpose", F(1, 2, 2, 2, 3), F(2, 2, 2, 2, 3), [1, 4, 4, 4, 2], 2, unknown=False),
    conv("conv_transpose", F(2, 3, 4), F(3, 2, 4), [2, 6, 2], 2, unknown=False),
    conv("depthwise_conv2d", IMAGES, F(2, 3, 3, 2), [1, 1, 1, 1], "SAME"),
    conv("depthwise_conv2d", IMAGES, F(2, 3, 3, 2), [1, 2, 2, 1], "VALID"),
    conv("depthwise_conv2d", IMAGES, F(2, 3, 3, 2), [1, 1, 1, 1], "VALID", dilations=[2, 2]),
    conv("depthwise_conv2d", IMAGES, F(2, 3, 2, 2), [1, 1, 1, 1], "SAME", raises=[]),
    row("nn.depthwise_conv2d_backprop_input", [2, 5, 6, 3], F(2, 3, 3, 2), F(2, 5, 6, 6),
        [1, 1, 1, 1], "SAME", unknown=False),
    conv("depthwise_conv2d_backprop_filter", IMAGES, [2, 3, 3, 2], F(2, 5, 6, 6),
        [1, 1, 1, 1], "SAME", unknown=False),
    conv("separable_conv2d", IMAGES, F(2, 3, 3, 2), F(1, 1, 6, 4), [1, 1, 1, 1], "SAME"),
    conv("dilation2d", IMAGES, F(2, 3, 3), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1]),
    conv("dilation2d", IMAGES, F(2, 3, 3), [1, 2, 2, 1], "VALID", "NHWC", [1, 1, 2, 1]),
    conv("erosion2d", IMAGES, F(2, 3, 3), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1]),
    row(lambda tf, x, f: tf.nn.with_space_to_batch(
        x, [2, 2], "SAME", lambda y, n, padding: tf.nn.conv2d(y, f, 1, padding),
        filter_shape=[3, 2]), IMAGES, FILTERS, id="with_space_to_batch", unknown=False),
]  # fmt: skip

POOLS = [
    row(f"nn.{kind}_pool", IMAGES, ksize, strides, padding)
    for kind in ("max", "avg")
    for ksize, strides, padding in [(2, 2, "VALID"), ([3, 2], 1, "SAME"), (2, [1, 2, 1, 1], "SAME")]
] + [
    row("nn.max_pool", np.zeros((1, 4, 4, 1), "float32"), 2, 2, "VALID", id="max_pool_ties"),
    row("nn.max_pool", I(1, 4, 4, 2), 2, 2, "SAME"),
    row("nn.max_pool", IMAGES, 2, 2, [[0, 0], [1, 0], [0, 1], [0, 0]]),
    row("nn.max_pool", F(2, 5), 2, 2, "SAME", raises=[]),
    row("nn.max_pool", IMAGES, 0, 2, "SAME", raises=[]),
    row("nn.max_pool", IMAGES, 2, 0, "SAME", raises=[]),
    row("nn.max_pool", IMAGES, 2, 1, "FULL", raises=[], compiled=False),
    row("nn.max_pool", IMAGES, [1, 1, 1, 3], [1, 1, 1, 3], "VALID", id="max_pool_depth",
        unknown=False, gradient=False),
    row("nn.max_pool1d", F(2, 7, 3), 2, 2, "SAME"),
    row("nn.avg_pool1d", F(2, 7, 3), 3, 2, "SAME"),
    row("nn.max_pool2d", IMAGES, 2, 2, "VALID"),
    row("nn.avg_pool2d", IMAGES, 3, 2, "SAME"),
    row("nn.max_pool3d", F(1, 4, 4, 4, 2), 2, 2, "VALID"),
    row("nn.avg_pool3d", F(1, 4, 4, 4, 2), 2, 1, "SAME"),
    row("nn.max_pool_with_argmax", IMAGES, 2, 2, "SAME"),
    row("nn.max_pool_with_argmax", IMAGES, 2, 1, "VALID", output_dtype="int32",
        include_batch_in_index=True, gradient=False),
    row("nn.pool", IMAGES, [2, 2], "MAX", strides=[2, 1], padding="SAME"),
    row("nn.pool", IMAGES, [2, 2], "AVG", dilations=[2, 2]),
    row("nn.pool", F(2, 7, 3), [3], "AVG", padding="SAME"),
    drawn("fractional_max_pool", F(1, 6, 6, 1), [1.0, 1.44, 1.73, 1.0], seed=3, compiled=False),
    drawn("fractional_max_pool", F(1, 7, 7, 2), 1.5, pseudo_random=True, overlapping=True, seed=7, compiled=False),
    drawn("fractional_avg_pool", F(1, 6, 6, 1), [1.0, 1.44, 1.73, 1.0], seed=3, compiled=False),
    drawn("fractional_avg_pool", F(1, 7, 7, 2), [1.0, 1.5, 1.5, 1.0], pseudo_random=True,
        overlapping=True, seed=7, compiled=False),
]  # fmt: skip

NORMALIZATION = [
    row("nn.moments", F(2, 3, 4), [0]),
    row("nn.moments", F(2, 3, 4), [0, 2], keepdims=True),
    row("nn.moments", F(2, 3, dtype="float16"), [0]),
    row("nn.moments", I(2, 3), [0], gradient=False),
    row("nn.moments", F(2, 3), [2], raises=[]),
    row("nn.weighted_moments", F(2, 3), [0], F(2, 3, low=0.0, seed=1)),
    row("nn.weighted_moments", F(2, 3), [1], F(3, low=0.0, seed=1), keepdims=True),
    row("nn.sufficient_statistics", F(2, 3), [0], unknown=False),
    row("nn.sufficient_statistics", F(2, 3), [0, 1], shift=1.0, keepdims=True, unknown=False),
    row("nn.normalize_moments", A(4.0), F(3), F(3, low=5.0, high=9.0), None),
    row("nn.normalize_moments", A(4.0), F(3), F(3, low=5.0, high=9.0), A(0.5)),
    row("nn.batch_normalization", F(2, 3), F(3), F(3, low=0.1), F(3, seed=1), F(3, seed=2), 0.01),
    row("nn.batch_normalization", F(2, 3), F(3), F(3, low=0.1), None, None, 0.01),
    row("nn.batch_norm_with_global_normalization", F(1, 2, 2, 3), F(3), F(3, low=0.1), F(3, seed=1),
        F(3, seed=2), 0.01, True),
    row("nn.l2_normalize", F(2, 3)),
    row("nn.l2_normalize", F(2, 3), axis=1),
    row("nn.l2_normalize", F(2, 3, 2), axis=[0, 2], epsilon=3.0),
    row("nn.l2_normalize", np.zeros((2, 3), "float32"), axis=1, id="l2_normalize_zero"),
    row("nn.local_response_normalization", F(1, 2, 2, 5), depth_radius=1, alpha=0.5, beta=0.75),
    row("nn.lrn", F(1, 2, 2, 5)),
    row("nn.lrn", F(2, 3), raises=[]),
    row("nn.bias_add", F(2, 3), F(3)),
    row("nn.bias_add", F(2, 2, 2, 3), F(3)),
    row("nn.bias_add", F(2, 3, 2, 2), F(3), data_format="NCHW"),
    row("nn.bias_add", F(2, 3), F(2), raises=[]),
    row("nn.bias_add", F(3), F(3), raises=[]),
    row("nn.zero_fraction", A([0.0, 1.0], [0.0, 0.0]), gradient=False),
    row("nn.isotonic_regression", A([3.0, 1.0, 2.0], [1.0, 2.0, 0.5])),
    row("nn.isotonic_regression", F(5), decreasing=False, gradient=False),
    row("nn.depthwise_conv2d", F(1, 7, 7, 2), F(2, 2, 2, 1), [1, 2, 2, 1], "SAME", dilations=[2, 2], static=False),
]  # fmt: skip

CHOICES = [
    row("nn.top_k", F(2, 5), 3),
    row("nn.top_k", I(2, 5, low=0, high=3), k=2),
    row("nn.top_k", F(2, 3), 4, raises=[]),
    row("nn.top_k", A(1.0, NAN, 2.0), 2, id="top_k_nan"),
    row("nn.approx_max_k", F(2, 5), 2, gradient=False, unknown=False),
    row("nn.in_top_k", A(0, 1, dtype="int32"), F(2, 3), 2, gradient=False),
    row("nn.in_top_k", A(2, 5, 0, dtype="int32"), A([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [INF, NAN, 0.0]),
        1, id="in_top_k_corners", gradient=False),
    row("nn.embedding_lookup", F(4, 3), I(2, 2, low=0, high=4)),
    row("nn.embedding_lookup", F(4, 3), I(2, 2, low=0, high=4), max_norm=1.0),
    row("nn.embedding_lookup", F(4, 3), A(0, 4, dtype="int32"), raises=[], compiled=False),
    row(lambda tf, p, v, w: tf.nn.embedding_lookup_sparse(
        p, tf.SparseTensor([[0, 0], [0, 1], [2, 0]], v, [3, 2]),
        tf.SparseTensor([[0, 0], [0, 1], [2, 0]], w, [3, 2]), combiner="mean"),
        F(4, 3), A(0, 3, 1, dtype="int64"), F(3), id="embedding_lookup_sparse_mean", compiled=False),
    row(lambda tf, p, v: tf.nn.embedding_lookup_sparse(
        p, tf.SparseTensor([[0, 0], [0, 1], [1, 0]], v, [2, 2]), None, combiner="sqrtn",
        max_norm=1.0), F(4, 3), A(0, 3, 1, dtype="int64"), id="embedding_lookup_sparse_sqrtn", compiled=False),
    row(lambda tf, p, v: tf.nn.safe_embedding_lookup_sparse(
        p, tf.SparseTensor([[0, 0], [0, 1], [2, 0]], v, [3, 2]), default_id=2),
        F(4, 3), A(0, 3, -1, dtype="int64"), id="safe_embedding_lookup_sparse", compiled=False),
    row("nn.space_to_batch", F(1, 4, 4, 1), [2, 2], [[0, 0], [0, 0]]),
    row("nn.space_to_batch", F(1, 3, 4, 2), [2, 2], [[1, 0], [0, 0]], unknown=False),
    row("batch_to_space", F(4, 2, 2, 1), [2, 2], [[0, 0], [1, 0]], unknown=False),
    row("nn.space_to_depth", F(1, 4, 4, 2), 2),
    row("nn.space_to_depth", F(1, 3, 4, 2), 2, raises=[]),
    row("nn.depth_to_space", F(1, 2, 2, 8), 2),
    row("nn.depth_to_space", F(1, 2, 2, 3), 2, raises=[]),
]  # fmt: skip

TRUE = A([0], [2], [1], dtype="int64")
SAMPLED = (A(3, 0, 4, dtype="int64"), A([0.5], [0.3], [0.4]), A(0.2, 0.5, 0.1))
SAMPLING = [
    row("nn.nce_loss", F(5, 4), F(5), TRUE, F(3, 4), 3, 5, sampled_values=list(SAMPLED), unknown=False),
    row("nn.sampled_softmax_loss", F(5, 4), F(5), TRUE, F(3, 4), 3, 5,
        sampled_values=list(SAMPLED), unknown=False),
    row("nn.nce_loss", F(5, 4), F(5), A([0, 1], [2, 3], [1, 0], dtype="int64"), F(3, 4), 3, 5, 2,
        sampled_values=[SAMPLED[0], F(3, 2, low=0.1), SAMPLED[2]], remove_accidental_hits=True, unknown=False),
    row("nn.compute_accidental_hits", TRUE, A(3, 0, 2, dtype="int64"), 1, alone=True, gradient=False),
]  # fmt: skip

FAKED = [
    row("quantization.fake_quant_with_min_max_args", F(2, 3), -0.5, 0.7, 4),
    row("quantization.fake_quant_with_min_max_args", F(2, 3), narrow_range=True),
    row("quantization.fake_quant_with_min_max_vars", F(2, 3), A(-0.7), A(0.5), num_bits=3),
    row("quantization.fake_quant_with_min_max_vars", F(2, 3), A(0.0), A(0.0)),
    row("quantization.fake_quant_with_min_max_vars_per_channel", F(2, 3), A(-0.5, 0.1, -0.9),
        A(0.4, 0.8, -0.2), num_bits=5),
]  # fmt: skip

ROWS = ACTIVATIONS + LOSSES + CONVOLUTIONS + POOLS + NORMALIZATION + CHOICES + SAMPLING + FAKED
