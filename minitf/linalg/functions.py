"""How TensorFlow's functions of matrices take operators: `tf.matmul(operator, x)` and its kin.

A function that makes a matrix of a matrix, such as `tf.linalg.inv`, makes an operator of one.
"""

from minitf.ops import linalg


def _matmul(left, right, attrs):
    transpose_a, transpose_b, adjoint_a, adjoint_b = attrs
    if transpose_a or transpose_b:
        raise ValueError("Transposing not supported at this time.")
    if hasattr(left, "to_dense"):
        return left.matmul(right, adjoint=adjoint_a, adjoint_arg=adjoint_b)
    # A B = (B^H A^H)^H, for only an operator to the left knows how to multiply.
    return linalg.adjoint(right.matmul(left, adjoint=not adjoint_b, adjoint_arg=not adjoint_a))


def _transpose(operator, attrs):
    (conjugate,) = attrs
    if not conjugate and operator.dtype.is_complex:
        raise ValueError("Transposing not supported at this time.")
    return operator.adjoint()


def _inverse(operator, attrs):
    (adjoint,) = attrs
    return operator.inverse().adjoint() if adjoint else operator.inverse()


def _solve(matrix, rhs, attrs):
    (adjoint,) = attrs
    if not hasattr(matrix, "to_dense"):
        raise ValueError("Passing in `matrix` as a Tensor and `rhs` as a LinearOperator is not "
                         "supported.")  # fmt: skip
    return matrix.solve(rhs, adjoint=adjoint)


def _diag_part(operator, padding, attrs):
    offsets, _ = attrs
    if any(offsets):
        raise ValueError(f"The diagonals {offsets} of a LinearOperator are not supported.")
    return operator.diag_part()


# op type -> function of its inputs, one of which is an operator
_FUNCTIONS = {
    "Cholesky": lambda operator, attrs: operator.cholesky(),
    "MatMul": _matmul,
    "MatrixDeterminant": lambda operator, attrs: operator.determinant(),
    "MatrixDiagPartV3": _diag_part,
    "MatrixInverse": _inverse,
    "MatrixSolve": _solve,
    "MatrixTranspose": _transpose,
}


def apply(operator, op, inputs, attrs):
    """`op` of inputs, one of which is the operator; ValueError where that makes no sense."""
    function = _FUNCTIONS.get(op.name)
    if function is None:
        raise ValueError(f"{op.name} does not take a LinearOperator: {operator!r}")
    return function(*inputs, attrs=attrs)
