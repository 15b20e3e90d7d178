"""Matrices: decompositions, solvers, diagonals, operators, and their gradients.

Each line is a call as programs make it, at the edges of what an op takes: its answer, or the class
of its error, is TensorFlow's.
"""

# ruff: noqa: E501  a line is an expression

import pytest
from expressions import calling, tell


def names(tf):
    """What lines may name."""
    known = calling(tf)
    C, F = known["C"], known["F"]  # noqa: N806
    return dict(
        known,
        L=tf.linalg,
        m=C([[4.0, 1.0], [1.0, 3.0]]),
        s=C([[2.0, 1.0], [0.0, 3.0]]),
        b=C(F(2, 2, 2)),
        v=C([1.0, 2.0]),
        r=C([[1.0], [2.0]]),
        sing=C([[1.0, 2.0], [2.0, 4.0]]),
    )


CALLS = [
    r"""
L.adjoint(C([[1+1j,2]]))
L.band_part(C(F(3,3)),1,0)
L.band_part(C(F(3,3)),-1,0)
L.band_part(C(F(3,3)),5,0)
L.band_part(v,1,0)
L.cholesky(m)
L.cholesky(C([[1.,2.],[2.,1.]]))
L.cholesky(C(F(2,3)))
L.cholesky(v)
L.cholesky_solve(L.cholesky(m),r)
L.cross([1.,0.,0.],[0.,1.,0.])
L.det(m)
L.det(sing)
L.det(C(F(2,3)))
L.det(b)
L.det(tf.zeros([0,0]))
L.diag(v)
L.diag(v,k=1)
L.diag([[1.,2.],[3.,4.]],k=(-1,0))
L.diag(v,k=1,num_rows=3,num_cols=4,padding_value=9.)
L.diag(v,k=(1,0))
L.diag([[1.,2.,3.],[4.,5.,0.]],k=(0,1),align='LEFT_LEFT')
L.diag([[1.,2.,3.],[0.,4.,5.]],k=(0,1),align='RIGHT_LEFT')
L.diag_part(C(F(3,3)))
L.diag_part(C(F(3,3)),k=1)
L.diag_part(C(F(3,3)),k=(-1,1))
L.diag_part(C(F(3,4)),k=(-1,1),align='LEFT_RIGHT',padding_value=9.)
L.diag_part(C(F(3,3)),k=5)
L.diag_part(v)
L.eig(m)[0]
L.eigh(m)[0]
L.eigvals(m)
L.eigvalsh(b)
L.eigh(C(F(2,3)))
L.einsum('ij->ji',m)
L.expm(m)
L.expm(C(F(2,3)))
L.eye(2)
L.global_norm([m,v])
L.global_norm(m)
L.inv(m)
L.inv(m,adjoint=True)
L.inv(sing)
L.inv(C(F(2,3)))
L.inv(C([[1,2],[3,4]]))
L.logdet(m)
L.logdet(C([[1.,2.],[2.,1.]]))
L.logm(tf.cast(m,tf.complex64))
L.lstsq(C(F(3,2)),C(F(3,1)))
L.lstsq(C(F(3,2)),C(F(3,1)),fast=False)
L.lstsq(C(F(2,3)),C(F(2,1)))
L.lstsq(C(F(3,2)),C(F(3,1)),l2_regularizer=0.5)
L.lstsq(C(F(3,2)),C(F(2,1)))
L.lu(m)
L.lu(C([[0.,1.],[2.,3.]]))
L.lu_solve(*L.lu(m),rhs=r)
L.lu_matrix_inverse(*L.lu(m))
L.lu_reconstruct(*L.lu(m))
L.matmul(m,m)
L.matrix_rank(sing)
""",
    r"""
L.matrix_rank(m)
L.matrix_transpose(C(F(2,3)))
L.matrix_transpose(v)
L.matvec(m,v)
L.matvec(m,v,transpose_a=True)
L.norm(m,'nuc',axis=[0,1])
L.norm(m,-1,axis=[0,1])
L.norm(m,0.5)
L.normalize(v)
L.normalize(m,axis=1)
L.normalize(m,ord=1,axis=[0,1])
L.pinv(C(F(3,2)))
L.pinv(sing)
L.pinv(v)
L.qr(m)[1].shape
L.qr(C(F(3,2)),full_matrices=True)[0].shape
L.set_diag(m,[7.,8.])
L.set_diag(m,[7.],k=1)
L.set_diag(m,[7.,8.,9.])
L.set_diag(C(F(2,2)),[[1.,2.],[3.,0.]],k=(0,1),align='LEFT_LEFT')
L.slogdet(m)
L.slogdet(sing)
L.solve(m,r)
L.solve(m,r,adjoint=True)
L.solve(sing,r)
L.solve(m,v)
L.solve(m,C(F(3,1)))
L.sqrtm(m)
L.sqrtm(C([[-1.,0.],[0.,-1.]]))
L.svd(m,compute_uv=False)
L.svd(C(F(3,2)))[0]
L.svd(C(F(3,2)),full_matrices=True)[1].shape
L.svd(v)
L.tensor_diag(v)
L.tensor_diag(C([[1,2],[3,4]])).shape
L.tensor_diag(C(1.))
L.tensor_diag_part(m)
L.tensor_diag_part(C(F(2,3)))
L.tensor_diag_part(C(F(2,3,2,3)))
L.tensordot(m,m,[[1],[0]])
L.trace(b)
L.triangular_solve(s,r,lower=False)
L.triangular_solve(s,r)
L.triangular_solve(s,r,lower=False,adjoint=True)
L.triangular_solve(C([[0.,0.],[1.,1.]]),r)
L.triangular_solve(C(F(2,3)),r)
L.tridiagonal_matmul(C(F(3,3)),C(F(3,1)),diagonals_format='matrix')
L.banded_triangular_solve([[2.,3.],[0.,1.]],r)
L.experimental.conjugate_gradient(L.LinearOperatorFullMatrix(m,is_self_adjoint=True,is_positive_definite=True),v)
L.eigh_tridiagonal([2.,2.],[1.])
L.eigh_tridiagonal([2.,2.,2.],[1.,1.],eigvals_only=False)[0]
L.eigh_tridiagonal([2.,2.,2.],[1.,1.],select='i',select_range=(0,1))
grad(lambda a:L.det(a),m)
grad(lambda a:L.inv(a),m)
grad(lambda a:L.cholesky(a),m)
grad(lambda a:L.logdet(a),m)
grad(lambda a:L.svd(a,compute_uv=False),m)
grad(lambda a:L.eigh(a)[0],m)
grad(lambda a:L.eigvals(a),m)
grad(lambda a:L.qr(a)[1],m)
""",
    r"""
grad(lambda a:L.expm(a),m)
grad(lambda a:L.sqrtm(a),m)
grad(lambda a:L.solve(a,r),m)
grad(lambda a:L.trace(a),m)
grad(lambda a:L.pinv(a),C(F(3,2)))
grad(lambda a:L.triangular_solve(a,r,lower=False),s)
grad(lambda a:L.band_part(a,0,0),m)
grad(lambda a:L.diag_part(a),m)
grad(lambda a:L.norm(a),m)
grad(lambda a:L.slogdet(a)[1],m)
L.LinearOperatorDiag([1.,2.]).matvec(v)
L.LinearOperatorFullMatrix(m).solve(r)
L.LinearOperatorIdentity(2).to_dense()
L.LinearOperatorScaledIdentity(2,3.).to_dense()
L.LinearOperatorLowerTriangular(s).to_dense()
L.LinearOperatorBlockDiag([L.LinearOperatorDiag([1.]),L.LinearOperatorIdentity(2)]).to_dense()
L.LinearOperatorKronecker([L.LinearOperatorDiag([1.,2.]),L.LinearOperatorIdentity(2)]).to_dense()
L.LinearOperatorToeplitz([1.,2.],[1.,3.]).to_dense()
L.LinearOperatorHouseholder([1.,0.]).to_dense()
L.LinearOperatorLowRankUpdate(L.LinearOperatorDiag([1.,2.]),C([[1.],[2.]])).to_dense()
L.LinearOperatorComposition([L.LinearOperatorDiag([1.,2.]),L.LinearOperatorDiag([3.,4.])]).to_dense()
L.LinearOperatorPermutation([1,0]).to_dense()
L.LinearOperatorTridiag(C([[1.,1.],[2.,2.],[3.,3.]]),diagonals_format='compact').to_dense()
L.LinearOperatorZeros(2).to_dense()
L.LinearOperatorAdjoint(L.LinearOperatorFullMatrix(s)).to_dense()
L.LinearOperatorInversion(L.LinearOperatorDiag([1.,2.])).to_dense()
L.LinearOperatorDiag([1.,2.]).determinant()
L.LinearOperatorDiag([1.,2.]).log_abs_determinant()
L.LinearOperatorDiag([1.,2.]).trace()
L.LinearOperatorDiag([1.,2.]).diag_part()
L.LinearOperatorDiag([1.,2.]).cond()
L.LinearOperatorDiag([1.,2.]).inverse().to_dense()
L.LinearOperatorDiag([1.,2.]).cholesky().to_dense()
L.LinearOperatorDiag([1.,2.],is_self_adjoint=True,is_positive_definite=True).cholesky().to_dense()
L.LinearOperatorDiag([1.,2.]).adjoint().to_dense()
L.LinearOperatorDiag([1.,2.]).add_to_tensor(m)
L.LinearOperatorDiag([1.,2.]).shape
L.LinearOperatorDiag([1.,2.]).eigvals()
L.LinearOperatorDiag([1.,2.]).is_square
L.LinearOperatorDiag([[1.,2.],[3.,4.]]).batch_shape
L.LinearOperatorDiag([[1.,2.],[3.,4.]])[0].to_dense()
L.LinearOperatorFullMatrix(b)[1:].shape
L.LinearOperatorDiag([1.,2.])@L.LinearOperatorDiag([1.,2.])@v[:,None]
L.LinearOperatorDiag([0.,2.]).assert_non_singular()
tf.function(lambda o:o.to_dense())(L.LinearOperatorDiag([1.,2.]))
""",
]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_calls(tf, answer, number):
    tell(answer, CALLS[number], names(tf), rtol=1e-3, atol=2e-5)
