"""`tf.keras.ops`: NumPy's functions on tensors, and those of neural networks.

Unlike `tf.*`, they bring their arguments to one dtype: an integer beside a float becomes a float.
"""

from minitf.custom_gradient import custom_gradient
from minitf.keras.on_symbols import remember_calls as _remember_calls
from minitf.keras.ops import core, image, linalg, nn, numpy
from minitf.keras.ops.core import (
    associative_scan,
    cast,
    cond,
    convert_to_numpy,
    convert_to_tensor,
    dtype,
    fori_loop,
    is_tensor,
    jvp,
    map,
    saturate_cast,
    scan,
    shape,
    stop_gradient,
    switch,
    vectorized_map,
    while_loop,
)
from minitf.keras.ops.elementwise import (
    erf,
    erfc,
    erfinv,
    polar,
    rsqrt,
    view_as_complex,
    view_as_real,
)
from minitf.keras.ops.linalg import (
    cholesky,
    cholesky_inverse,
    det,
    eig,
    eigh,
    inv,
    logdet,
    lstsq,
    lu_factor,
    matrix_rank,
    norm,
    pinv,
    qr,
    solve,
    solve_triangular,
    svd,
)
from minitf.keras.ops.nn import (
    adaptive_average_pool,
    adaptive_max_pool,
    average_pool,
    batch_normalization,
    binary_crossentropy,
    categorical_crossentropy,
    celu,
    conv,
    conv_transpose,
    ctc_decode,
    ctc_loss,
    depth_to_space,
    depthwise_conv,
    dot_product_attention,
    elu,
    fold,
    gelu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_swish,
    hard_tanh,
    layer_normalization,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    max_pool,
    moments,
    multi_hot,
    normalize,
    one_hot,
    psnr,
    rearrange,
    relu,
    relu6,
    rms_normalization,
    selu,
    separable_conv,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    space_to_depth,
    sparse_categorical_crossentropy,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    swish,
    tanh_shrink,
    threshold,
    unfold,
)
from minitf.keras.ops.numpy import *  # noqa: F403  one list for both
from minitf.keras.ops.products import cdist
from minitf.keras.ops.reducing import logsumexp, segment_max, segment_min, segment_prod, segment_sum
from minitf.keras.ops.selecting import in_top_k, scatter, scatter_update, slice, slice_update, top_k
from minitf.keras.ops.shaping import unstack
from minitf.keras.ops.signal import extract_sequences, fft, fft2, ifft2, irfft, istft, rfft, stft

_remember_calls(
    globals(), {"numpy": numpy, "nn": nn, "linalg": linalg, "image": image, "core": core}
)
