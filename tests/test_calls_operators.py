"""Linear operators as values: in functions, structures and gradients, cut, and of unknown sizes."""

# ruff: noqa: E501  a line is an expression

from expressions import calls


def names(tf, C, F):  # noqa: N803
    L = tf.linalg  # noqa: N806
    D = L.LinearOperatorDiag  # noqa: N806

    def M(matrix):  # noqa: N802
        return L.LinearOperatorFullMatrix(matrix, is_square=True)

    def counted(*operators):
        """(how often a function of operators is traced, what it gives for each of them)."""
        traces = []

        @tf.function
        def inverse(operator):
            traces.append(1)
            return operator.inverse()

        results = [inverse(o).to_dense() for o in operators]
        return results, len(traces)

    def checked(diagonal, method):
        """What a check of an operator says inside a function."""

        @tf.function
        def function(x):
            getattr(D(x, is_self_adjoint=True), method)()
            return x

        return function(tf.constant(diagonal))

    def slope(make, *values):
        """The gradient with respect to an operator, as the tensors that it is made of."""
        operator = make(*map(tf.constant, values))
        with tf.GradientTape() as tape:
            tape.watch(operator)
            loss = tf.reduce_sum(operator.matmul([[1.0], [2.0]]) ** 2)
        return tf.nest.flatten(tape.gradient(loss, operator), expand_composites=True)

    def unknown(make, *values):
        """What an operator gives inside a function that knows no size of what it is made of."""

        @tf.function(
            input_signature=[tf.TensorSpec([None] * len(v.shape), v.dtype) for v in values]
        )
        def function(*given):
            operator = make(*given)
            x = operator.to_dense()
            return [x, operator.diag_part(), operator.matmul(x), operator.solve(x, adjoint=True),
                    operator.matmul(x, adjoint_arg=True), operator.shape_tensor(),
                    operator.adjoint().matvec(x[..., 0]), operator.trace()]  # fmt: skip

        return function(*values)

    two, full = C([[1.0, 2.0], [3.0, 5.0], [-1.0, 4.0]]), C([[2.0, 1.0], [0.5, -1.0]])
    return dict(
        checked=checked, L=L, T=tf, D=D, M=M, counted=counted, slope=slope, unknown=unknown, C=C, F=F,
        d=D([1.0, 2.0]), p=D([1.0, 2.0], is_positive_definite=True), m=M(full),
        x=tf.constant([[1.0, 2.0], [3.0, 4.0]]), two=two, full=full, batch=D(two),
        kind=lambda o: [type(o).__name__, o.to_dense()],
        flat=lambda o: tf.nest.flatten(o, expand_composites=True),
        sized=lambda make: tf.function(lambda n: make(n).to_dense())(tf.constant(2)),
    )  # fmt: skip


test_calls = calls(
    names,
    r"""
T.matmul(d,x)
T.matmul(x,d)
T.matmul(m,x,adjoint_b=True)
T.matmul(m,x,adjoint_a=True)
T.matmul(x,m,adjoint_a=True)
T.matmul(x,m,adjoint_b=True)
T.matmul(m,x,transpose_a=True)
d @ x
x @ m
kind(T.matmul(d,m))
L.matvec(d,x[0])
kind(L.inv(m))
kind(L.adjoint(m))
kind(L.cholesky(p))
kind(L.solve(d,d))
L.solve(d,x)
L.solve(m,x,adjoint=True)
L.det(m)
L.logdet(p)
L.trace(m)
L.diag_part(m)
T.abs(d)
T.convert_to_tensor(d)
T.is_tensor(d)
counted(d,D([3.,2.]))
counted(d,m)
checked([1.,2.],'assert_non_singular')
checked([1.,0.],'assert_non_singular')
checked([1.,-2.],'assert_positive_definite')
flat(d)
flat(L.LinearOperatorKronecker([d,m]))
flat(L.LinearOperatorIdentity(2))
kind(T.nest.map_structure(lambda t: t+1.,L.LinearOperatorComposition([d,m]),expand_composites=True))
kind(T.cond(C(True),lambda: d,lambda: D([5.,6.])))
slope(D,[1.,2.])
slope(lambda a,b: L.LinearOperatorComposition([D(a),M(b)]),[1.,2.],[[1.,2.],[3.,4.]])
slope(lambda a: L.LinearOperatorScaledIdentity(2,a),3.)
kind(batch[1])
kind(batch[1:])
kind(batch[T.newaxis,...,0])
kind(L.LinearOperatorKronecker([batch,d])[1])
kind(L.LinearOperatorBlockDiag([batch,d])[2])
kind(L.LinearOperatorBlockLowerTriangular([[batch],[m,d]])[1])
kind(L.LinearOperatorComposition([batch,m])[:2])
kind(L.LinearOperatorAdjoint(M(F(2,2,2)))[1])
kind(L.LinearOperatorInversion(M(F(2,2,2)))[1])
kind(L.LinearOperatorLowRankUpdate(batch,[[1.],[2.]])[1:])
kind(L.LinearOperatorTridiag(F(2,3,3))[1])
kind(L.LinearOperatorTridiag([two,two,two],diagonals_format='sequence')[1])
kind(L.LinearOperatorCirculant(C([[6.,2.],[1.,2.]]),input_output_dtype=T.float32)[1])
kind(L.LinearOperatorIdentity(2,batch_shape=[3,2])[1])
kind(L.LinearOperatorZeros(2,batch_shape=[3,2])[1:])
kind(L.LinearOperatorScaledIdentity(2,[1.,2.])[1])
kind(L.LinearOperatorHouseholder(two)[0])
kind(L.LinearOperatorToeplitz(two,[1.,2.])[1:])
sized(L.LinearOperatorIdentity)
sized(lambda n: L.LinearOperatorIdentity(n,batch_shape=[n]))
sized(L.LinearOperatorZeros)
sized(lambda n: L.LinearOperatorScaledIdentity(n,3.))
unknown(D,two)
unknown(M,full)
unknown(lambda a,b: L.LinearOperatorKronecker([D(a),M(b)]),two,full)
unknown(lambda a,b: L.LinearOperatorBlockDiag([D(a),M(b)]),two,full)
unknown(lambda a,b: L.LinearOperatorBlockLowerTriangular([[D(a)],[M(b),M(b)]]),two,full)
unknown(lambda a,b: L.LinearOperatorComposition([D(a),M(b)]),two,full)
unknown(lambda a: L.LinearOperatorAdjoint(M(a)),full)
unknown(lambda a: L.LinearOperatorInversion(M(a)),full)
unknown(lambda a: L.LinearOperatorLowerTriangular(a),full)
unknown(lambda a: L.LinearOperatorHouseholder(a),two)
unknown(lambda a: L.LinearOperatorToeplitz(a,a),two)
unknown(lambda a: L.LinearOperatorCirculant(a,input_output_dtype=T.float32),two)
unknown(lambda a,u: L.LinearOperatorLowRankUpdate(D(a),u),two,C([[1.],[2.]]))
unknown(lambda a: L.LinearOperatorScaledIdentity(2,a),C([1.,2.]))
""",
    atol=1e-4,
)
