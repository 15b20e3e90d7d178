"""Systems whose matrix has a form: LU factors, three diagonals, half precision; what is refused."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    return dict(
        L=tf.linalg,
        ones=tf.ones,
        S=lambda *sizes: tf.TensorSpec(sizes),
        U=tf.TensorSpec(None),
        graph=lambda f, *specs: tf.function(f, input_signature=specs),
        a=C([1.0, 2.0, 3.0, 4.0]),
        b=C([1.0, 0.5, 2.0]),
        m=C([[2.0, 1.0], [1.0, 3.0]]),
        mm=C([[[2.0, 1.0], [1.0, 3.0]], [[1.0, 2.0], [3.0, 1.0]]]),
        r=C([[1.0], [2.0]]),
        h=C([[2.0, 1.0], [1.0, 3.0]], tf.float16),
    )


test_calls = calls(
    names,
    r"""
L.eigh_tridiagonal(a,b,select='v',select_range=[0.,3.])
L.eigh_tridiagonal(a,b,select='v',select_range=(10.,13.))
L.eigh_tridiagonal(a,b,select='v',select_range=(3.,2.))
L.eigh_tridiagonal(a,b,select='v')
L.eigh_tridiagonal(a,b,select='v',eigvals_only=False,select_range=(0.,3.))[1].shape
graph(lambda x,y:L.eigh_tridiagonal(x,y,select='v',select_range=(0.,3.)),S(4),S(3))(a,b)
L.eigh_tridiagonal(a,b,select='i',select_range=[1,2])
L.eigh_tridiagonal(a,b,select='i',select_range=[2,1])
L.eigh_tridiagonal(a,b,select='x')
L.eigh_tridiagonal(a,C([1.,2.,3.],tf.float64))
L.eigh_tridiagonal(tf.stack([a,a]),tf.stack([b,b]))
L.tridiagonal_solve(ones([3,4]),ones([4]),partial_pivoting=False,perturb_singular=True)
L.tridiagonal_solve(ones([5,4,4]),ones([5,4]))
L.tridiagonal_solve(ones([5,3,4]),ones([4,5]))
L.tridiagonal_solve(ones([5,3,4]),ones([5]))
L.tridiagonal_solve(ones([5]),ones([5,4]))
L.tridiagonal_solve((ones([5,4]),ones([5,4]),ones([5,6])),ones([5,4]),'sequence')
L.tridiagonal_solve((ones([2,3]),2*ones([2,4]),ones([2,3])),ones([2,4]),'sequence')
L.tridiagonal_solve(ones([5,4,7]),ones([5,4]),'matrix')
L.tridiagonal_solve(ones([5,4,4]),ones([5,3]),'matrix')
graph(lambda d,x:L.tridiagonal_solve(d,x,'matrix'),S(None,None),S(None))(m,C([1.,6.]))
graph(lambda d,x:L.tridiagonal_solve((d,2.*d,d),x,'sequence'),S(None),S(None))(C([2.,1.]),C([1.,6.]))
L.tridiagonal_matmul(ones([5,4,7]),ones([5,4]),'matrix')
L.lu(C([[1.,2.,3.],[2.,4.,6.],[2.,3.,4.]]))
L.lu(C([[1.,2.],[2.,3.]]))
L.lu_solve(*L.lu(mm),r)
L.lu_solve(*L.lu(m),ones([3,2,1]))
L.lu_solve(*L.lu(mm),ones([3,1,2,1]))
L.lu_solve(*L.lu(m),ones([3,1]))
L.lu_solve(*L.lu(m),ones([2]))
grad(lambda x:L.lu_solve(*L.lu(mm),x),r)
graph(lambda x,y:L.lu_solve(*L.lu(x),y),S(None,None,None),S(None,None))(mm,r)
graph(lambda x,y:L.lu_solve(*L.lu(x),y),U,U)(mm,r)
graph(lambda x:L.lu_matrix_inverse(*L.lu(x)),U)(m)
graph(lambda x:L.lu_reconstruct(*L.lu(x)),U)(mm)
L.inv(h)
L.inv(h,adjoint=True).dtype
L.qr(h).r.dtype
L.banded_triangular_solve([[2.,3.,4.],[1.,2.,3.]],[[1.],[2.],[3.]])
L.banded_triangular_solve([[2.,3.,4.],[1.,2.,3.]],[[1.],[2.],[3.]],lower=False)
""",
    rtol=1e-3,
    atol=2e-5,
)
