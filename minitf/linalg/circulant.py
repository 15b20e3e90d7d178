"""Circulant operators: the Fourier transform makes them diagonal."""

from minitf import dtypes
from minitf.core.dispatch import convert_to_tensor
from minitf.linalg.operator import (
    LinearOperator,
    as_parameter,
    check,
    commuting_hints,
    joined_sizes,
    sizes,
)
from minitf.ops import array, fourier, linalg, math, reductions

_TRANSFORMS = {
    1: (fourier.fft, fourier.ifft), 2: (fourier.fft2d, fourier.ifft2d),
    3: (fourier.fft3d, fourier.ifft3d),
}  # fmt: skip


class _Circulant(LinearOperator):
    """A circulant of `_depth` axes: its eigenvalues are the `spectrum`, [..., N1, ..., Nd].

    Args:
      spectrum: the Fourier transform of the convolution kernel.
      input_output_dtype: of what the operator is applied to.
    """

    _depth: int

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None,
                 is_self_adjoint=None, is_positive_definite=None, is_square=True,
                 name=None):  # fmt: skip
        self._spectrum = as_parameter(spectrum)
        if self._spectrum.shape.rank is not None and self._spectrum.shape.rank < self._depth:
            raise ValueError(
                f"Argument `spectrum` must have at least {self._depth} dimensions.  Found: "
                f"{spectrum}."
            )
        if not self._spectrum.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A real spectrum always corresponds to a self-adjoint operator.")
            is_self_adjoint = True
        if is_square is False:
            raise ValueError("A circulant operator is always square.")
        super().__init__(
            input_output_dtype, None, is_non_singular, is_self_adjoint, is_positive_definite, True,
            name or type(self).__name__,
            {"spectrum": spectrum, "input_output_dtype": input_output_dtype},
        )  # fmt: skip

    @property
    def spectrum(self):
        return self._spectrum

    @property
    def block_depth(self):
        """The number of axes of the spectrum."""
        return self._depth

    @property
    def block_shape(self):
        return self._spectrum.shape[-self._depth :]

    def _shape(self):
        size = self.block_shape.num_elements()
        return self._spectrum.shape[: -self._depth].concatenate([size, size])

    def _shape_tensor(self):
        shape = array.shape(self._spectrum)
        size = reductions.reduce_prod(shape[-self._depth :])
        return joined_sizes(shape[: -self._depth], [size, size])

    def _complex(self, x):
        x = convert_to_tensor(x)
        wide = dtypes.complex128 if self.dtype in (dtypes.float64, dtypes.complex128) else (
            dtypes.complex64)  # fmt: skip
        return math.cast(x, wide)

    def _real_dtype(self, x):
        """`x` in the dtype of the operator."""
        return math.cast(math.real(x) if not self.dtype.is_complex else x, self.dtype)

    def convolution_kernel(self, name="convolution_kernel"):
        """The first column of the matrix, in the shape of the spectrum."""
        return self._real_dtype(_TRANSFORMS[self._depth][1](self._complex(self._spectrum)))

    def _filtered(self, x, spectrum, adjoint_arg):
        """`x` with its frequencies multiplied by `spectrum`."""
        forth, back = _TRANSFORMS[self._depth]
        rows = math.conj(x) if adjoint_arg else linalg.matrix_transpose(x)
        shape = joined_sizes(sizes(rows)[:-1], sizes(self._spectrum)[-self._depth :])
        spectrum = array.expand_dims(spectrum, -self._depth - 1)
        result = back(forth(self._complex(array.reshape(rows, shape))) * spectrum)
        flat = joined_sizes(sizes(result)[: -self._depth], sizes(rows)[-1:])
        return self._real_dtype(linalg.matrix_transpose(array.reshape(result, flat)))

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        spectrum = self._complex(self._spectrum)
        return self._filtered(x, math.conj(spectrum) if adjoint else spectrum, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        spectrum = self._complex(self._spectrum)
        spectrum = math.conj(spectrum) if adjoint else spectrum
        return self._filtered(rhs, 1.0 / spectrum, adjoint_arg)

    def _over_blocks(self, reduce, x):
        return reduce(x, axis=list(range(-self._depth, 0)))

    def _eigvals(self):
        return array.reshape(self._spectrum, self.shape_tensor()[:-1])

    def _diag_part(self):
        mean = self._over_blocks(reductions.reduce_mean, self._complex(self._spectrum))
        return array.broadcast_to(self._real_dtype(mean)[..., None], self.shape_tensor()[:-1])

    def _determinant(self):
        product = self._over_blocks(reductions.reduce_prod, self._complex(self._spectrum))
        return self._real_dtype(product)

    def _log_abs_determinant(self):
        sizes = math.log(math.abs(convert_to_tensor(self._spectrum)))
        return math.cast(self._over_blocks(reductions.reduce_sum, sizes), self.dtype)

    def cond(self, name="cond"):
        sizes = math.abs(convert_to_tensor(self._spectrum))
        largest = self._over_blocks(reductions.reduce_max, sizes)
        return math.cast(largest / self._over_blocks(reductions.reduce_min, sizes), self.dtype)

    def assert_hermitian_spectrum(self, name="assert_hermitian_spectrum"):
        """Raises InvalidArgumentError where the matrix is not real."""
        kernel = _TRANSFORMS[self._depth][1](self._complex(self._spectrum))
        return check(math.abs(math.imag(kernel)) < 1e-5, "Spectrum was not Hermitian.")

    def _with(self, spectrum, hints):
        return type(self)(spectrum, self.dtype, **hints)

    def _adjoint(self):
        return self._with(math.conj(convert_to_tensor(self._spectrum)), self.hints)

    def _inverse(self):
        return self._with(1.0 / convert_to_tensor(self._spectrum), self.hints)

    def _product(self, right):
        if type(right) is not type(self):
            return super()._product(right)
        both = convert_to_tensor(self._spectrum) * right.spectrum
        return self._with(both, commuting_hints(self, right))

    def _quotient(self, right):
        if type(right) is not type(self):
            return super()._quotient(right)
        both = convert_to_tensor(right.spectrum) / self._spectrum
        return self._with(both, commuting_hints(self, right))


class LinearOperatorCirculant(_Circulant):
    """The operator of a matrix whose rows are the first one, shifted.

    >>> operator = LinearOperatorCirculant([6.0, 0.0], input_output_dtype=dtypes.float32)
    >>> operator.to_dense().numpy().tolist()
    [[3.0, 3.0], [3.0, 3.0]]
    """

    _depth, _parameter_ranks = 1, {"spectrum": 1}


class LinearOperatorCirculant2D(_Circulant):
    """A circulant matrix of circulant blocks: a periodic convolution in the plane."""

    _depth, _parameter_ranks = 2, {"spectrum": 2}


class LinearOperatorCirculant3D(_Circulant):
    """A periodic convolution in space."""

    _depth, _parameter_ranks = 3, {"spectrum": 3}
