"""`tf.nn`: activations, losses on logits, convolutions, pooling, normalisation."""

import types

from minitf import install
from minitf.ops.activations import (
    crelu,
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    selu,
    silu,
    softmax,
    softplus,
    softsign,
)
from minitf.ops.activations import (
    silu as swish,
)
from minitf.ops.blocks import (
    depth_to_space,
    space_to_batch,
    space_to_depth,
    with_space_to_batch,
)
from minitf.ops.candidates import (
    all_candidate_sampler,
    compute_accidental_hits,
    fixed_unigram_candidate_sampler,
    learned_unigram_candidate_sampler,
)
from minitf.ops.convolution import (
    atrous_conv2d,
    atrous_conv2d_transpose,
    conv1d,
    conv1d_transpose,
    conv2d,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    conv_transpose,
    convolution,
    depthwise_conv2d,
    depthwise_conv2d_backprop_filter,
    depthwise_conv2d_backprop_input,
    dilation2d,
    erosion2d,
    separable_conv2d,
)
from minitf.ops.ctc import (
    ctc_loss,
)
from minitf.ops.ctc_decoding import (
    collapse_repeated,
    ctc_beam_search_decoder,
    ctc_greedy_decoder,
    ctc_unique_labels,
)
from minitf.ops.dropout import (
    dropout,
    general_dropout,
    stateless_dropout,
)
from minitf.ops.embeddings import (
    embedding_lookup_sparse,
    safe_embedding_lookup_sparse,
)
from minitf.ops.fractional_pooling import (
    fractional_avg_pool,
    fractional_max_pool,
)
from minitf.ops.isotonic import (
    isotonic_regression,
)
from minitf.ops.losses import (
    compute_average_loss,
    l2_loss,
    log_poisson_loss,
    scale_regularization_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from minitf.ops.math import (
    sigmoid,
    tanh,
)
from minitf.ops.normalization import (
    batch_norm_with_global_normalization,
    batch_normalization,
    bias_add,
    l2_normalize,
    local_response_normalization,
    moments,
    normalize_moments,
    sufficient_statistics,
    weighted_moments,
    zero_fraction,
)
from minitf.ops.normalization import (
    local_response_normalization as lrn,
)
from minitf.ops.pooling import (
    avg_pool,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    max_pool_with_argmax,
    pool,
)
from minitf.ops.sampled import (
    nce_loss,
    sampled_softmax_loss,
)
from minitf.ops.selecting import (
    approx_max_k,
    approx_min_k,
    embedding_lookup,
    in_top_k,
    top_k,
)

# `tf.nn.experimental`.
experimental = types.SimpleNamespace(
    general_dropout=general_dropout, stateless_dropout=stateless_dropout
)

__all__ = [
    "all_candidate_sampler",
    "approx_max_k",
    "approx_min_k",
    "atrous_conv2d",
    "atrous_conv2d_transpose",
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm_with_global_normalization",
    "batch_normalization",
    "bias_add",
    "collapse_repeated",
    "compute_accidental_hits",
    "compute_average_loss",
    "conv1d",
    "conv1d_transpose",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "conv_transpose",
    "convolution",
    "crelu",
    "ctc_beam_search_decoder",
    "ctc_greedy_decoder",
    "ctc_loss",
    "ctc_unique_labels",
    "depth_to_space",
    "depthwise_conv2d",
    "depthwise_conv2d_backprop_filter",
    "depthwise_conv2d_backprop_input",
    "dilation2d",
    "dropout",
    "elu",
    "embedding_lookup",
    "embedding_lookup_sparse",
    "erosion2d",
    "experimental",
    "fixed_unigram_candidate_sampler",
    "fractional_avg_pool",
    "fractional_max_pool",
    "gelu",
    "in_top_k",
    "isotonic_regression",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "learned_unigram_candidate_sampler",
    "local_response_normalization",
    "log_poisson_loss",
    "log_softmax",
    "lrn",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_pool_with_argmax",
    "moments",
    "nce_loss",
    "normalize_moments",
    "pool",
    "relu",
    "relu6",
    "safe_embedding_lookup_sparse",
    "sampled_softmax_loss",
    "scale_regularization_loss",
    "selu",
    "separable_conv2d",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "silu",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softplus",
    "softsign",
    "space_to_batch",
    "space_to_depth",
    "sparse_softmax_cross_entropy_with_logits",
    "sufficient_statistics",
    "swish",
    "tanh",
    "top_k",
    "weighted_cross_entropy_with_logits",
    "weighted_moments",
    "with_space_to_batch",
    "zero_fraction",
]

_CELL_WRAPPERS = ("DeviceWrapper", "DropoutWrapper", "ResidualWrapper")


def __getattr__(name):
    if name.removeprefix("RNNCell") in _CELL_WRAPPERS and name.startswith("RNNCell"):
        return getattr(install.load("minitf.keras.layers.cell_wrappers"), name[len("RNNCell") :])
    raise install.missing(__name__, name, __dir__())


def __dir__():
    return sorted({*__all__, *(f"RNNCell{name}" for name in _CELL_WRAPPERS)})
