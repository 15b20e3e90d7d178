"""`keras.ops`: NumPy's functions with Keras's dtypes, and those of neural networks."""

import numpy as np

from rows import A, F, I, row


def k(name, *inputs, **options):
    """A row of `keras.ops`, whose shapes of unknown sizes TensorFlow leaves unknown."""
    return row(f"keras.ops.{name}", *inputs, **{"unknown": False, **options})


def of_ops(id, call, *inputs, **options):
    """A row that is a call of several `keras.ops`, `call(ops, *inputs)`."""
    return row(lambda tf, *x: call(tf.keras.ops, *x), *inputs,
               id=f"keras.ops {id}", **{"unknown": False, **options})  # fmt: skip


X = F(2, 3)
POSITIVE = F(2, 3, low=0.2, high=0.9)
N = I(2, 3, low=1, high=9)
SQUARE = F(3, 3) + 3 * np.eye(3, dtype="float32")
SYMMETRIC = SQUARE + SQUARE.T
WITH_NAN = A([[1.0, np.nan, 3.0], [0.5, 2.0, np.nan]])
IMAGE = F(2, 6, 5, 3, low=0.0, high=1.0)

UNARY = """exp2 log2 log10 cbrt reciprocal arcsinh sinc deg2rad rad2deg erfc i0 trunc fabs real imag
conj angle isposinf isneginf isreal signbit square ceil""".split()
OF_FRACTIONS = "arctanh erfinv".split()
BINARY = """fmod fmax fmin arctan2 hypot logaddexp logaddexp2 heaviside mod floor_divide power divide
logical_xor isclose allclose""".split()
OF_INTEGERS = """gcd lcm bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift
left_shift right_shift""".split()
REDUCTIONS = """sum prod mean std var max min amax amin any all ptp median nansum nanprod nanmean nanstd
nanvar nanmedian nanmax nanmin argmax argmin nanargmax nanargmin count_nonzero""".split()
NO_GRADIENT = set("median nanmedian heaviside nextafter i0 trunc imag angle".split())

ROWS = [
    *[k(name, X if name not in ("log2", "log10", "cbrt") else POSITIVE,
        gradient=name not in NO_GRADIENT) for name in UNARY],
    *[k(name, N) for name in UNARY if name not in ("erfc", "i0", "reciprocal")],
    *[k(name, POSITIVE) for name in OF_FRACTIONS],
    k("arccosh", POSITIVE + 1),
    *[k(name, POSITIVE, A([0.3, 0.5, 2.0]), gradient=name not in NO_GRADIENT) for name in BINARY],
    *[k(name, N, I(3, low=1, high=4)) for name in BINARY if name not in ("heaviside",)],
    *[k(name, N, I(3, low=1, high=4)) for name in OF_INTEGERS],
    k("bitwise_not", N), k("bitwise_invert", N),
    k("nextafter", X, F(3), gradient=False),
    k("ldexp", X, I(3, low=0, high=4)),
    k("nan_to_num", WITH_NAN, nan=2.0),
    k("round", X, decimals=1, gradient=False),
    k("copy", X), k("conjugate", X),
    k("polar", POSITIVE, F(3)),
    of_ops("complex views", lambda K, x: K.view_as_real(K.view_as_complex(x)), F(3, 2)),
    # Reductions.
    *[k(name, X, gradient=name not in NO_GRADIENT) for name in REDUCTIONS],
    *[k(name, N, axis=1) for name in REDUCTIONS if name != "nanmedian"],
    *[k(name, WITH_NAN, axis=0, gradient=False, compiled=name != "nanmedian") for name in REDUCTIONS if name.startswith("nan")],
    k("sum", I(2, 3, dtype="int8")), k("prod", A([1, 2], dtype="uint8")),
    k("sum", A([True, False], dtype="bool")), k("mean", A([True, False], dtype="bool")),
    k("max", X, initial=1.0), k("min", N, axis=0, initial=2),
    k("average", X), k("average", N), of_ops("average", lambda K, x, w: K.average(x, 1, w), X, F(3, low=1.0)),
    k("quantile", X, A(0.3), gradient=False), k("quantile", X, A([0.25, 0.5]), axis=1, gradient=False),
    k("quantile", N, 0.5, method="nearest"),
    k("percentile", X, 30.0, axis=0, keepdims=True, gradient=False),
    k("nanquantile", WITH_NAN, 0.5, axis=1, gradient=False, compiled=False),
    k("nanpercentile", WITH_NAN, 50.0, gradient=False),
    k("cumsum", N), k("cumprod", X, axis=1), k("cumprod", N),
    k("nancumsum", WITH_NAN, axis=0, gradient=False), k("nancumprod", WITH_NAN, gradient=False),
    k("diff", X), k("diff", N, n=2, axis=1),
    k("trapezoid", X), k("trapezoid", X, dx=0.5, axis=0),
    of_ops("trapezoid at", lambda K, y, x: K.trapezoid(y, x), X, A([0.0, 1.0, 3.0])),
    k("corrcoef", X, compiled=False), k("correlate", F(5), F(3)), k("correlate", F(5), F(3), mode="same"),
    k("histogram", F(9), bins=4, gradient=False, compiled=False),
    k("bincount", A([1, 0, 1, 3], dtype="int32"), compiled=False),
    k("segment_sum", F(4, 2), A([0, 0, 1, 2], dtype="int32"), num_segments=3),
    k("segment_max", F(4, 2), A([0, 2, 1, 0], dtype="int32"), num_segments=3),
    k("segment_min", F(4, 2), A([0, 0, 1, 2], dtype="int32"), num_segments=3),
    k("segment_prod", F(4, 2), A([0, 0, 1, 2], dtype="int32"), num_segments=3, gradient=False),
    # Making tensors.
    k("empty_like", X, gradient=False), k("full_like", X, 2), k("full_like", N, 2.5, dtype="float32"),
    k("identity", 2), k("tri", 2, 3, 1), k("zeros", (2,)), k("ones", (2,), dtype="int32"),
    k("empty", (0, 2)), k("linspace", 0, 1, 3, endpoint=False), k("linspace", X, F(3), 3, axis=1),
    of_ops("linspace step", lambda K: K.linspace(0.0, 1.0, 5, retstep=True)),
    k("logspace", 0, 2, 3), k("logspace", 0.0, 2.0, 4, base=2, endpoint=False),
    k("geomspace", 1.0, 8.0, 4),
    of_ops("meshgrid", lambda K, x, y: K.meshgrid(x, y), F(2), F(3)),
    of_ops("meshgrid ij", lambda K, x, y: K.meshgrid(x, y, indexing="ij"), F(2), F(3)),
    *[k(name, 5, compiled=False) for name in ("bartlett", "blackman", "hamming", "hanning")], k("kaiser", 5, 2.0, compiled=False),
    k("vander", F(3)), k("vander", I(3), N=2, increasing=True),
    # Shapes.
    k("expand_dims", X, (0, 2)), k("append", X, F(3)), k("append", X, F(1, 3), axis=0),
    k("vstack", [F(3), F(3)]), k("hstack", [F(3), F(2)]), k("dstack", [X, X]),
    k("array_split", F(5), 3), k("vsplit", F(4, 2), 2), k("hsplit", F(4, 2), 2), k("dsplit", F(1, 2, 4), [1, 3]),
    k("flip", X, axis=(0, 1)), k("flipud", X), k("fliplr", X),
    k("rot90", X), k("rot90", X, k=-1), k("roll", X, 1), k("roll", X, (1, 2), axis=(0, 1)),
    k("moveaxis", F(1, 2, 3), 0, -1), k("swapaxes", F(1, 2, 3), 0, 2),
    k("pad", X, ((1, 0), (0, 2)), constant_values=3.0), k("pad", X, ((1, 1), (0, 2)), mode="reflect"),
    k("pad", X, 1, mode="reflect", constant_values=1.0, raises="constant_values"),
    k("tril", SQUARE), k("triu", SQUARE, k=1), k("diag", F(3)), k("diag", SQUARE, k=1), k("diagflat", X),
    k("diagonal", F(2, 3, 3), axis1=1, axis2=2), k("unstack", X, axis=1), k("unstack", X, 2),
    k("view", X, dtype="int32", gradient=False),
    # Choosing.
    k("nonzero", A([[0, 1], [2, 0]], dtype="int32"), compiled=False),
    of_ops("select", lambda K, x: K.select([x < 0, x > 1], [x, 2 * x], 7.0), X),
    k("take_along_axis", X, A([[0, 2], [1, 1]], dtype="int32"), axis=1),
    of_ops("get_item", lambda K, x: K.get_item(x, (0, slice(1, None))), X),
    k("argpartition", A([3.0, 1.0, 2.0]), 1, gradient=False),
    k("in_top_k", A([1, 0], dtype="int32"), X, 1),
    k("unique", A([3, 1, 3], dtype="int32"), compiled=False),
    k("unique", A([3, 1, 3], dtype="int32"), size=3, fill_value=7, compiled=False),
    k("unique", A([3, 1, 3], dtype="int32"), return_index=True, return_inverse=True, return_counts=True, compiled=False),
    k("isin", N, A([1, 2, 3], dtype="int32"), compiled=False), k("isin", N, A([1, 2], dtype="int32"), invert=True, compiled=False),
    k("searchsorted", A([1.0, 2.0, 3.0]), A([0.5, 2.0, 9.0]), gradient=False),
    k("searchsorted", A([1, 2, 3], dtype="int32"), A([2, 3], dtype="int32"), side="right"),
    k("digitize", X, A([-1.0, 0.0, 1.0]), gradient=False, compiled=False),
    k("unravel_index", A([1, 5], dtype="int32"), (2, 3)),
    k("slice", X, [0, 1], [2, 2]), k("slice_update", X, [1, 0], F(1, 2), gradient=False),
    k("scatter", A([[0], [1], [0]], dtype="int32"), F(3), (4,)),
    *[k("scatter_update", X, A([[0, 1], [1, 2]], dtype="int32"), F(2), reduction=r) for r in (None, "add")],
    *[k("scatter_update", X, A([[0, 1], [1, 2]], dtype="int32"), F(2), reduction=r, gradient=False) for r in ("max", "min", "mul")],
    # Products and matrices.
    k("tensordot", X, F(3, 2), axes=1), k("inner", X, F(3), compiled=False), k("inner", N, N, compiled=False), k("outer", F(2), F(3)),
    k("vdot", X, X), k("kron", F(2, 2), X, compiled=False), k("cross", X, F(2, 3)), k("trace", SQUARE), k("trace", N),
    k("cdist", X, F(4, 3), rtol=1e-4, atol=1e-4, gradient=False), k("dot", X, F(3, 2)), k("dot", X, 2.0),
    k("einsum", "ij,jk->ik", X, F(3, 2)),
    k("norm", X), k("norm", X, ord="fro"), k("norm", X, ord=1, axis=1), k("norm", X, ord=np.inf, axis=0, keepdims=True),
    k("cholesky", SQUARE @ SQUARE.T, gradient=False), k("cholesky", SQUARE @ SQUARE.T, upper=True, gradient=False),
    of_ops("cholesky_inverse", lambda K, x: K.cholesky_inverse(K.cholesky(x)), SQUARE @ SQUARE.T, gradient=False),
    k("det", SQUARE, rtol=1e-4), k("slogdet", SQUARE, rtol=1e-4, gradient=False), k("logdet", SQUARE @ SQUARE.T, rtol=1e-4),
    of_ops("eigh", lambda K, x: K.eigh(x)[0], SYMMETRIC, rtol=1e-4, gradient=False),
    of_ops("eig", lambda K, x: K.sort(K.abs(K.eig(x)[0])), SQUARE, rtol=1e-4, gradient=False, compiled=False),
    k("inv", SQUARE, rtol=1e-4), k("pinv", F(3, 2), rtol=1e-3, atol=1e-4, gradient=False), k("matrix_rank", SQUARE, gradient=False),
    of_ops("lu_factor", lambda K, x: K.lu_factor(x)[0], SQUARE, gradient=False),
    of_ops("qr", lambda K, x: K.abs(K.qr(x)[1]), SQUARE, rtol=1e-4, gradient=False),
    k("qr", SQUARE, mode="r", raises="mode"),
    k("solve", SQUARE, F(3, 2), rtol=1e-4), k("solve_triangular", SQUARE, F(3, 2), rtol=1e-4, gradient=False),
    k("solve_triangular", SQUARE, F(3, 2), lower=True, rtol=1e-4, gradient=False),
    k("lstsq", F(4, 2), F(4), rtol=1e-3, atol=1e-4, gradient=False),
    k("svd", X, compute_uv=False, rtol=1e-4, gradient=False),
    of_ops("svd", lambda K, x: K.abs(K.svd(x, full_matrices=False)[2]), X, rtol=1e-3, atol=1e-4, gradient=False),
    # Signals.
    of_ops("fft", lambda K, a, b: K.fft((a, b)), X, F(2, 3, seed=1), rtol=1e-4, atol=1e-5),
    of_ops("fft2", lambda K, a, b: K.ifft2(K.fft2((a, b))), X, F(2, 3, seed=1), rtol=1e-4, atol=1e-5),
    k("rfft", F(2, 6), rtol=1e-4, atol=1e-5), k("rfft", F(6), fft_length=4, rtol=1e-4, atol=1e-5, gradient=False),
    of_ops("irfft", lambda K, a, b: K.irfft((a, b)), F(4), F(4, seed=1), rtol=1e-4, atol=1e-5, gradient=False),
    k("extract_sequences", F(2, 7), 3, 2),
    k("stft", F(2, 20), 6, 2, 8, rtol=1e-4, atol=1e-5), k("stft", F(20), 6, 3, 6, window=None, center=False, rtol=1e-4, atol=1e-5),
    of_ops("istft", lambda K, x: K.istft(K.stft(x, 8, 2, 8), 8, 2, 8, length=20), F(20), rtol=1e-3, atol=1e-4, gradient=False),
    k("stft", F(20), 6, 2, 4, raises="fft_length"),
    # Neural networks.
    *[k(name, X) for name in """hard_sigmoid hard_silu hard_swish hard_tanh hard_shrink soft_shrink
      sparse_plus sparse_sigmoid squareplus tanh_shrink sparsemax""".split()],
    k("glu", F(2, 4)), k("threshold", X, 0.5, 9.0), k("celu", X), k("log_sigmoid", X),
    k("multi_hot", A([[0, 2], [1, 1]], dtype="int32"), 3), k("multi_hot", A([0, 2], dtype="int32"), 4, dtype="int32"),
    k("binary_crossentropy", POSITIVE, POSITIVE[::-1].copy()), k("binary_crossentropy", POSITIVE, X, from_logits=True),
    k("categorical_crossentropy", POSITIVE, X, from_logits=True),
    k("sparse_categorical_crossentropy", A([0, 2], dtype="int32"), X, from_logits=True),
    k("ctc_loss", A([[1, 2], [1, 1]], dtype="int32"), F(2, 4, 3), A([2, 1], dtype="int32"), A([4, 3], dtype="int32"), rtol=1e-4, gradient=False),
    k("conv", IMAGE, F(3, 2, 3, 4), rtol=1e-4, atol=1e-5), k("conv", F(2, 7, 3), F(3, 3, 2), strides=2, padding="same", rtol=1e-4, atol=1e-5),
    k("depthwise_conv", IMAGE, F(3, 2, 3, 2), padding="same", rtol=1e-4, atol=1e-5), k("depthwise_conv", F(2, 7, 3), F(3, 3, 1), rtol=1e-4, atol=1e-5),
    k("separable_conv", IMAGE, F(3, 2, 3, 1), F(1, 1, 3, 4), rtol=1e-4, atol=1e-5),
    k("conv_transpose", F(2, 4, 3), F(3, 2, 3), strides=2, rtol=1e-4, atol=1e-5),
    k("conv_transpose", F(1, 3, 4, 2), F(3, 3, 2, 2), strides=2, padding="same", rtol=1e-4, atol=1e-5),
    k("conv_transpose", F(2, 4, 3), F(3, 2, 3), strides=2, padding="same", output_padding=1, rtol=1e-4, atol=1e-5),
    k("max_pool", IMAGE, 2), k("max_pool", F(2, 7, 3), 3, 2, padding="same"), k("average_pool", IMAGE, (2, 3)),
    k("average_pool", F(2, 7, 3), 3, 2, padding="same"),
    k("adaptive_average_pool", IMAGE, (3, 2)), k("adaptive_max_pool", IMAGE, 2),
    k("space_to_depth", F(1, 4, 2, 1), 2), k("depth_to_space", F(1, 2, 1, 4), 2),
    k("unfold", F(1, 2, 4, 4), 2), k("fold", F(1, 8, 9), 4, 2, gradient=False), k("unfold", F(1, 1, 5, 4), (2, 3), stride=2, padding=1),
    k("batch_normalization", X, F(3), POSITIVE[0], -1), k("batch_normalization", X, F(2), POSITIVE[0, :2], 0, F(2), F(2, seed=3)),
    k("normalize", X), k("normalize", X, order=1, axis=0), k("normalize", X, order=0, raises="order"),
    k("layer_normalization", X), k("layer_normalization", X, F(3), F(3, seed=2)), k("rms_normalization", X, F(3)),
    k("moments", X, [0]), k("moments", X, [0, 1], keepdims=True), k("psnr", X, F(2, 3, seed=1), 2.0),
    k("dot_product_attention", F(1, 3, 2, 4), F(1, 5, 2, 4), F(1, 5, 2, 4, seed=1), rtol=1e-4, atol=1e-5),
    k("dot_product_attention", F(1, 3, 2, 4), F(1, 3, 2, 4, seed=2), F(1, 3, 2, 4, seed=1), is_causal=True, rtol=1e-4, atol=1e-5),
    k("dot_product_attention", F(1, 3, 2), F(1, 3, 2), F(1, 3, 2), raises="4D"),
    k("rearrange", F(2, 6, 3), "b (h w) c -> b h w c", h=2, w=3), k("rearrange", F(2, 3, 4), "b h w -> (b h) w"),
    # Images.
    *[k(f"image.{name}", IMAGE, rtol=1e-4, gradient=False) for name in ("rgb_to_grayscale", "rgb_to_hsv", "hsv_to_rgb")],
    *[k("image.resize", IMAGE, (4, 7), interpolation=m, rtol=1e-4, atol=1e-5, gradient=False) for m in ("bilinear", "nearest", "bicubic", "lanczos3")],
    k("image.resize", IMAGE, (4, 7), crop_to_aspect_ratio=True, rtol=1e-4, gradient=False),
    k("image.resize", IMAGE, (4, 7), pad_to_aspect_ratio=True, rtol=1e-4, gradient=False),
    k("image.crop_images", IMAGE, top_cropping=1, bottom_cropping=2, left_cropping=1, target_width=3),
    k("image.pad_images", IMAGE, top_padding=1, bottom_padding=2, left_padding=1, target_width=9),
    k("image.extract_patches", IMAGE, (3, 2)), k("image.extract_patches", IMAGE, 3, strides=1, padding="same"),
    k("image.map_coordinates", F(4, 4), A([[0.5, 1.2, 3.4], [2.0, 0.1, 1.0]]), 1, gradient=False),
    k("image.map_coordinates", F(4, 4), A([[0.5, 1.2, 5.4], [2.0, 0.1, -1.0]]), 0, fill_mode="nearest", gradient=False),
    k("image.perspective_transform", IMAGE, A([[0.0, 0.0], [0.0, 4.0], [3.0, 0.0], [3.0, 4.0]]), A([[0.5, 0.0], [0.0, 3.5], [3.0, 0.5], [2.5, 4.0]]), rtol=1e-3, atol=1e-4, gradient=False),
    k("image.gaussian_blur", IMAGE, (3, 3), (1.0, 0.7), rtol=1e-4, gradient=False),
    # Control.
    of_ops("scan", lambda K, x: K.scan(lambda c, y: (c + y, c * y), x[0], x), F(4, 2)),
    of_ops("scan reverse", lambda K, x: K.scan(lambda c, y: (c + y, c * y), x[0], x, reverse=True), F(4, 2)),
    of_ops("map", lambda K, x: K.map(lambda y: y * 2, x), F(4, 2)),
    of_ops("associative_scan", lambda K, x: K.associative_scan(lambda a, b: a * b, x), F(5, 2), compiled=False),
    of_ops("associative_scan reverse", lambda K, x: K.associative_scan(lambda a, b: a + b, x, reverse=True, axis=1), F(2, 6), compiled=False),
    of_ops("while_loop", lambda K, x: K.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2), (0, x)), X),
    of_ops("fori_loop", lambda K, x: K.fori_loop(0, 3, lambda i, y: y * 2, x), X),
    of_ops("cond", lambda K, x: K.cond(K.sum(x) > 0, lambda: x, lambda: -x), X),
    of_ops("switch", lambda K, x: K.switch(5, [lambda y: y, lambda y: y * 2], x), X),
    of_ops("vectorized_map", lambda K, x: K.vectorized_map(lambda y: K.sum(y), x), X),
    k("saturate_cast", A([-5.0, 300.0]), "uint8", gradient=False),
]  # fmt: skip
