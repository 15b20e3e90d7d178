"""Every kind of linear operator, compared with TensorFlow's by one table."""

import numpy as np
import pytest
from rows import Tell

SPD = [[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]]
FULL = [[2.0, 1.0, 0.0], [0.5, -1.0, 3.0], [1.0, 0.0, 1.5]]
DIAG = [1.0, -2.0, 4.0]


def _diag(tf):
    return tf.linalg.LinearOperatorDiag([2.0, 4.0])


def _full(tf):
    return tf.linalg.LinearOperatorFullMatrix([[2.0, 1.0], [0.5, -1.0]])


OPERATORS = {
    "full": lambda tf: tf.linalg.LinearOperatorFullMatrix(FULL),
    "full_batch": lambda tf: tf.linalg.LinearOperatorFullMatrix([FULL, SPD], is_non_singular=True),
    "full_definite": lambda tf: tf.linalg.LinearOperatorFullMatrix(
        SPD, is_self_adjoint=True, is_positive_definite=True),
    "triangular": lambda tf: tf.linalg.LinearOperatorLowerTriangular(FULL),
    "diag": lambda tf: tf.linalg.LinearOperatorDiag(DIAG),
    "diag_positive": lambda tf: tf.linalg.LinearOperatorDiag(
        [[1.0, 4.0, 9.0]], is_positive_definite=True),
    "identity": lambda tf: tf.linalg.LinearOperatorIdentity(3),
    "identity_batch": lambda tf: tf.linalg.LinearOperatorIdentity(3, batch_shape=[2]),
    "scaled": lambda tf: tf.linalg.LinearOperatorScaledIdentity(
        3, 2.5, is_positive_definite=True),
    "zeros": lambda tf: tf.linalg.LinearOperatorZeros(3),
    "householder": lambda tf: tf.linalg.LinearOperatorHouseholder([1.0, 2.0, 2.0]),
    "permutation": lambda tf: tf.linalg.LinearOperatorPermutation([2, 0, 1]),
    "toeplitz": lambda tf: tf.linalg.LinearOperatorToeplitz([1.0, 2.0, 3.0], [1.0, -1.0, 4.0]),
    "tridiag": lambda tf: tf.linalg.LinearOperatorTridiag(
        [[1.0, 2.0, 0.0], [4.0, 5.0, 6.0], [0.0, -1.0, 2.0]]),
    "tridiag_matrix": lambda tf: tf.linalg.LinearOperatorTridiag(SPD, diagonals_format="matrix"),
    "low_rank": lambda tf: tf.linalg.LinearOperatorLowRankUpdate(
        tf.linalg.LinearOperatorDiag([1.0, 2.0, 3.0], is_positive_definite=True),
        [[1.0], [0.5], [-1.0]], diag_update=[2.0]),
    "low_rank_two": lambda tf: tf.linalg.LinearOperatorLowRankUpdate(
        tf.linalg.LinearOperatorFullMatrix(FULL), [[1.0], [0.5], [-1.0]], v=[[0.0], [1.0], [1.0]]),
    "circulant": lambda tf: tf.linalg.LinearOperatorCirculant(
        tf.constant([6.0, 2.0, 2.0]), input_output_dtype=tf.float32),
    "circulant_complex": lambda tf: tf.linalg.LinearOperatorCirculant(
        tf.constant([6.0 + 1j, 2.0, 1j], tf.complex64)),
    "circulant_2d": lambda tf: tf.linalg.LinearOperatorCirculant2D(
        tf.constant([[4.0, 2.0], [1.0, 3.0]]), input_output_dtype=tf.float32),
    "kronecker": lambda tf: tf.linalg.LinearOperatorKronecker([_diag(tf), _full(tf)]),
    "block_diag": lambda tf: tf.linalg.LinearOperatorBlockDiag([_diag(tf), _full(tf)]),
    "block_triangular": lambda tf: tf.linalg.LinearOperatorBlockLowerTriangular(
        [[_diag(tf)], [_full(tf), _diag(tf)]]),
    "composition": lambda tf: tf.linalg.LinearOperatorComposition([_full(tf), _full(tf)]),
    "adjoint": lambda tf: tf.linalg.LinearOperatorAdjoint(_full(tf)),
    "inversion": lambda tf: tf.linalg.LinearOperatorInversion(_full(tf)),
}  # fmt: skip


def _argument(operator, rows):
    shape = [operator.shape[rows], 2]
    x = np.cos(np.arange(shape[0] * 2)).reshape(shape)
    return x.astype(operator.dtype.as_numpy_dtype)


def _close(answer, label, value):
    answer(label, value, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("name", OPERATORS)
def test_operator(tf, answer, name):
    operator = OPERATORS[name](tf)
    answer("shape", operator.shape)
    answer("what it is", [operator.name, operator.dtype.name, operator.batch_shape,
                          operator.tensor_rank, int(operator.range_dimension)])  # fmt: skip
    answer("hints", [operator.is_square, operator.is_self_adjoint, operator.is_non_singular,
                     operator.is_positive_definite])  # fmt: skip
    answer("shape tensor", operator.shape_tensor())
    for label in ("to_dense", "diag_part", "trace"):
        _close(answer, label, getattr(operator, label)())
    x, rhs = _argument(operator, -1), _argument(operator, -2)
    _close(answer, "matmul", operator.matmul(x))
    _close(answer, "matmul adjoint", operator.matmul(rhs, adjoint=True))
    _close(answer, "matvec", operator.matvec(x[:, 0]))
    _close(answer, "add", operator.add_to_tensor(operator.to_dense()))
    if operator.is_non_singular is not False:
        _close(answer, "solve", operator.solve(rhs))
        _close(answer, "solve adjoint", operator.solve(rhs, adjoint=True))
        _close(answer, "solve of adjoint", operator.solve(rhs.T, adjoint_arg=True))
        _close(answer, "solvevec", operator.solvevec(rhs[:, 1]))
        _close(answer, "determinant", operator.determinant())
        _close(answer, "log_abs_determinant", operator.log_abs_determinant())
        inverse = operator.inverse()
        answer("inverse is", type(inverse).__name__)
        _close(answer, "inverse", inverse.to_dense())
    adjoint = operator.adjoint()
    answer("adjoint is", type(adjoint).__name__)
    _close(answer, "adjoint", adjoint.to_dense())
    if operator.is_self_adjoint and name not in ("circulant_2d", "zeros"):
        _close(answer, "eigvals", np.sort(operator.eigvals().numpy()))
    if operator.is_self_adjoint and operator.is_positive_definite:
        factor = operator.cholesky()
        answer("cholesky is", type(factor).__name__)
        _close(answer, "cholesky", factor.to_dense())


@pytest.mark.parametrize("right", ["full", "diag", "identity", "scaled", "triangular", "zeros"])
def test_products(tf, answer, right):
    other = OPERATORS[right](tf)
    for left in ("full", "diag", "identity", "scaled", "triangular", "zeros"):
        operator = OPERATORS[left](tf)
        product = operator @ other
        answer(f"{left} product", [type(product).__name__, product.name])
        _close(answer, f"{left} product, dense", product.to_dense())
        if left != "zeros":
            quotient = operator.solve(other)
            answer(f"{left} quotient", type(quotient).__name__)
            _close(answer, f"{left} quotient, dense", quotient.to_dense())


def test_blocks_take_parts(tf, answer):
    parts = [tf.constant([[1.0], [2.0]]), tf.constant([[3.0], [4.0]])]
    for name in ("block_diag", "block_triangular"):
        operator = OPERATORS[name](tf)
        _close(answer, f"{name} product", operator.matmul(parts))
        _close(answer, f"{name} solution", operator.solve(parts))
        _close(answer, f"{name} vectors", operator.matvec([p[:, 0] for p in parts]))


def test_parameters_and_gradients(tf, answer):
    diag = tf.Variable([1.0, 2.0])
    operator = tf.linalg.LinearOperatorDiag(diag)
    answer("variables", [v.shape for v in operator.trainable_variables])
    answer("parameters", sorted(operator.parameters))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(operator.solve([[1.0], [3.0]]))
    answer("gradient", tape.gradient(loss, diag))
    diag.assign([2.0, 4.0])
    answer("follows the variable", operator.to_dense())


def test_a_class_of_ones_own(tf, answer):
    class Twice(tf.linalg.LinearOperator):
        def __init__(self):
            super().__init__(tf.float32, is_square=True, name="Twice")

        def _shape(self):
            return tf.TensorShape([2, 2])

        def _shape_tensor(self):
            return tf.constant([2, 2])

        def _matmul(self, x, adjoint=False, adjoint_arg=False):
            return 2.0 * (tf.linalg.adjoint(x) if adjoint_arg else x)

    operator = Twice()
    answer("dense", operator.to_dense())
    answer("solve", operator.solve([[2.0], [4.0]]))
    answer("determinant", operator.determinant())


def test_errors(tf, answer):
    linalg, tell = tf.linalg, Tell(answer)
    tell("hints", lambda: linalg.LinearOperatorFullMatrix(
        FULL, is_positive_definite=True, is_non_singular=False))  # fmt: skip
    tell("integers", lambda: linalg.LinearOperatorFullMatrix([[1, 2]]).to_dense())
    tell("sizes", lambda: linalg.LinearOperatorDiag(DIAG).matmul([[1.0], [2.0]]))
    tell("operators", lambda: linalg.LinearOperatorDiag(DIAG) @ linalg.LinearOperatorIdentity(2))
    tell("dtype", lambda: linalg.LinearOperatorDiag(DIAG).matmul(tf.ones([3, 1], tf.float64)))
    tell("singular", lambda: linalg.LinearOperatorZeros(3).solve([[1.0], [2.0], [3.0]]))
    tell("inverse", lambda: linalg.LinearOperatorZeros(3).inverse())
    tell("cholesky", lambda: linalg.LinearOperatorFullMatrix(FULL).cholesky())
    tell("eigvals", lambda: linalg.LinearOperatorFullMatrix(FULL).eigvals())
    tell("square", lambda: linalg.LinearOperatorFullMatrix([FULL[0]]).determinant())
    tell("dtypes", lambda: linalg.LinearOperatorComposition(
        [linalg.LinearOperatorIdentity(2), linalg.LinearOperatorIdentity(2, dtype=tf.float64)]))  # fmt: skip
    tell("asserts", lambda: linalg.LinearOperatorDiag([0.0, 1.0]).assert_non_singular())
    tell("definite", lambda: linalg.LinearOperatorDiag([-1.0]).assert_positive_definite())
    tell("permutation", lambda: linalg.LinearOperatorPermutation([0, 0]))
    tell("size", lambda: linalg.LinearOperatorIdentity(2.0))
    tell("diagonals", lambda: linalg.LinearOperatorTridiag([SPD], diagonals_format="x"))
    tell("blocks", lambda: linalg.LinearOperatorBlockLowerTriangular([[_diag(tf), _diag(tf)]]))
