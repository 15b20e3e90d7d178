"""Rows of projections of images."""

import numpy as np

from rows import A, F, row

TURN = A([[0.8, -0.6, 1.0, 0.6, 0.8, -1.0, 0.0, 0.0], [1.0, 0.2, -3.0, 0.1, 0.9, 9.0, 0.01, 0.0]])
PLAIN = np.eye(2, 8, dtype="float32")[:1] + np.eye(1, 8, 4, dtype="float32")

# TensorFlow's gradient is another projection, the inverse one; minitf's is the exact one.
ROWS = [
    row("keras.ops.image.affine_transform", F(2, 4, 5, 2), TURN, gradient=False, unknown=False,
        fill_mode=mode, interpolation=kind, fill_value=0.5, rtol=1e-4, atol=1e-4)
    for mode in ("reflect", "wrap", "constant", "nearest") for kind in ("bilinear", "nearest")
] + [row("keras.ops.image.affine_transform", F(2, 4, 5, 2), PLAIN, gradient=False, unknown=False)]  # fmt: skip
