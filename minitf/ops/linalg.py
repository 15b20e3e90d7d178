"""Matrices: what `products`, `diagonals`, `norms` and `decompositions` hold, under one name."""

from minitf.ops.decompositions import (
    LogMatrixDeterminant,
    cholesky,
    cholesky_solve,
    det,
    eig,
    eigh,
    eigvals,
    eigvalsh,
    expm,
    inv,
    logdet,
    logm,
    lstsq,
    matrix_rank,
    pinv,
    qr,
    slogdet,
    solve,
    sqrtm,
    svd,
    triangular_solve,
)
from minitf.ops.diagonals import (
    adjoint,
    band_part,
    diag,
    diag_part,
    eye,
    matrix_transpose,
    set_diag,
    tensor_diag,
    tensor_diag_part,
    trace,
)
from minitf.ops.norms import (
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    global_norm,
    norm,
    normalize,
)
from minitf.ops.products import (
    cross,
    einsum,
    matmul,
    matvec,
    tensordot,
)

__all__ = [
    "LogMatrixDeterminant", "adjoint", "band_part", "cholesky", "cholesky_solve",
    "clip_by_global_norm", "clip_by_norm", "clip_by_value", "cross", "det", "diag", "diag_part",
    "eig", "eigh", "eigvals", "eigvalsh", "einsum", "expm", "eye", "global_norm", "inv",
    "logdet", "logm", "lstsq", "matmul", "matrix_rank", "matrix_transpose", "matvec", "norm",
    "normalize", "pinv", "qr", "set_diag", "slogdet", "solve", "sqrtm", "svd", "tensor_diag",
    "tensor_diag_part", "tensordot", "trace", "triangular_solve",
]  # fmt: skip
