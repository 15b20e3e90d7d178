"""`tf.linalg.experimental`: systems of equations solved step by step."""

import collections

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.ops import array, control_flow, linalg, math, reductions

__all__ = ["conjugate_gradient"]

CGState = collections.namedtuple("CGState", "i x r p gamma")


def _dot(x, y):
    return reductions.reduce_sum(math.conj(x) * y, -1, keepdims=True)


def conjugate_gradient(operator, rhs, preconditioner=None, x=None, tol=1e-5, max_iter=20,
                       name="conjugate_gradient"):  # fmt: skip
    """Solves `operator @ x = rhs` by the method of conjugate gradients (Golub and Van Loan).

    Args:
      operator: a self-adjoint, positive definite `tf.linalg.LinearOperator`.
      rhs: vectors, of shape [..., n].
      preconditioner: an operator that is close to the inverse of `operator`.
      x: where to begin (default: zero).
      tol: how long the residual may be, as a share of the length of `rhs`.
      max_iter: how many steps are taken at most.

    Returns:
      A named tuple: the number of steps `i`, the solution `x`, its residual `r`, the last direction
      `p`, and `gamma`, the product of the residual with the preconditioned one.

    Raises:
      ValueError: `operator` is not said to be self-adjoint and positive definite.

    >>> import minitf as tf
    >>> operator = tf.linalg.LinearOperatorDiag(
    ...     [2.0, 4.0], is_self_adjoint=True, is_positive_definite=True)
    >>> conjugate_gradient(operator, tf.constant([2.0, 2.0])).x.numpy()
    array([1. , 0.5], dtype=float32)
    """
    if not (operator.is_self_adjoint and operator.is_positive_definite):
        raise ValueError("Expected a self-adjoint, positive definite operator.")
    rhs = convert_to_tensor(rhs)
    enough = linalg.norm(rhs, axis=-1) * convert_to_tensor(tol, rhs.dtype.real_dtype)

    def conditioned(r):
        return r if preconditioner is None else preconditioner.matvec(r)

    def going_on(state):
        return reductions.reduce_any(linalg.norm(state.r, axis=-1) > enough)

    def step(state):
        product = operator.matvec(state.p)
        length = math.divide_no_nan(state.gamma, _dot(state.p, product))
        x, r = state.x + length * state.p, state.r - length * product
        q = conditioned(r)
        gamma = _dot(r, q)
        p = q + math.divide_no_nan(gamma, state.gamma) * state.p
        return [CGState(state.i + 1, x, r, p, gamma)]

    if x is None:
        x, r = array.zeros_like(rhs), rhs
    else:
        x = convert_to_tensor(x)
        r = rhs - operator.matvec(x)
    p = conditioned(r)
    start = CGState(convert_to_tensor(0, dtypes.int32), x, r, p, _dot(r, p))
    (end,) = control_flow.while_loop(going_on, step, [start], maximum_iterations=max_iter)
    return end._replace(gamma=array.squeeze(end.gamma, -1))
