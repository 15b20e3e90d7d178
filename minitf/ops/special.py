"""Special functions: of Euler, of Bessel, and integrals that have no other name."""

import importlib

import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
import numpy as np

from minitf import dtypes, errors
from minitf.core.convert import static_value
from minitf.core.dispatch import convert_to_tensor, execute
from minitf.core.registry import define
from minitf.ops import math, reductions
from minitf.ops.table import binary, unary
from minitf.shapes import TensorShape

# Gamma and beta ----------------------------------------------------------------------------------


@jax.custom_jvp
def _polygamma(a, x):
    n = jnp.floor(a)
    sign = jnp.where(n % 2 == 0, -1, 1).astype(x.dtype)
    higher = sign * jnp.exp(jax.lax.lgamma(n + 1)) * jsp.zeta(n + 1, x)
    return jnp.where(n == 0, jax.lax.digamma(x), jnp.where(jnp.isposinf(x), 0, higher))


_polygamma.defjvps(None, lambda t, y, a, x: t * _polygamma(a + 1, x))

_zeta = math.with_derivatives(
    lambda x, q: jsp.zeta(x, q), None, lambda t, y, x, q: t * -x * jsp.zeta(x + 1, q)
)

# fmt: off
igamma = binary("igamma", "Igamma", lambda a, x: jax.lax.igamma(*jnp.broadcast_arrays(a, x)), "The lower incomplete gamma function.", x="a", y="x")  # noqa: E501
igammac = binary("igammac", "Igammac", lambda a, x: jax.lax.igammac(*jnp.broadcast_arrays(a, x)), "The upper incomplete gamma function.", x="a", y="x")  # noqa: E501
zeta = binary("zeta", "Zeta", _zeta, "The Hurwitz zeta function.", y="q", differentiable=(1,))  # noqa: E501
polygamma = binary("polygamma", "Polygamma", _polygamma, "The polygamma function.", x="a", y="x", differentiable=(1,))  # noqa: E501
# fmt: on
define("IgammaGradA", lambda a, x: jax.lax.igamma_grad_a(a, x), "TT", differentiable=False)
BETAINC = define("Betainc", lambda a, b, x: jsp.betainc(a, b, x), "TTT", differentiable=(2,))


def betainc(a, b, x, name=None):
    """The regularized incomplete beta function I_x(a, b); its gradient is that for `x`."""
    return execute(BETAINC, (a, b, x), (), name)


def lbeta(x, name=None):
    """log |Beta(x)| over the last axis: the sum of lgamma minus the lgamma of the sum.

    >>> lbeta([1.0, 1.0]).numpy().round(4)
    np.float32(0.0)
    """
    x = convert_to_tensor(x)
    total = math.lgamma(reductions.reduce_sum(x, [-1]))
    return math.subtract(reductions.reduce_sum(math.lgamma(x), [-1]), total, name=name or "lbeta")


def erfcinv(x, name=None):
    """The inverse of erfc, for `x` from 0 to 2."""
    return math.multiply(math.negative(math.ndtri(0.5 * convert_to_tensor(x))), np.sqrt(0.5), name)


# Bessel functions, and integrals that have no other name -----------------------------------------


def _from_scipy(name, derivative, below=None):
    """SciPy's function, which JAX lacks, called back on the host; `derivative(x, y)` is its own.

    `below` is its value below 0, where there is none.
    """

    def host(x):
        values = getattr(importlib.import_module("scipy.special"), name)(x)
        return np.asarray(values if below is None else np.where(x < 0, below, values), x.dtype)

    def function(x):
        kind = jax.ShapeDtypeStruct(x.shape, x.dtype)
        return jax.pure_callback(host, kind, x, vmap_method="expand_dims")

    return math.with_derivatives(function, lambda t, y, x: t * derivative(x, y))


_j0 = _from_scipy("j0", lambda x, y: -_j1(x))
_j1 = _from_scipy("j1", lambda x, y: jnp.where(x == 0, 0.5, _j0(x) - y / jnp.where(x == 0, 1, x)))
_y0 = _from_scipy("y0", lambda x, y: -_y1(x), -np.inf)
_y1 = _from_scipy("y1", lambda x, y: _y0(x) - y / x, -np.inf)
_k0 = _from_scipy("k0", lambda x, y: -_k1(x), np.inf)
_k1 = _from_scipy("k1", lambda x, y: -_k0(x) - y / x, np.inf)
_k0e = _from_scipy("k0e", lambda x, y: y - _k1e(x), np.inf)
_k1e = _from_scipy("k1e", lambda x, y: y * (1 - 1 / x) - _k0e(x), np.inf)


_spence = math.with_derivatives(
    lambda x: jsp.spence(x),
    lambda t, y, x: t * jnp.where(x == 1, -1, jnp.log(x) / jnp.where(x == 1, 1, 1 - x)),
)
_i0 = math.with_derivatives(lambda x: jsp.i0(x), lambda t, y, x: t * _i1(x))
_i1 = math.with_derivatives(
    lambda x: jsp.i1(x),
    # TensorFlow's derivative at 0 is 1, where it should be 1/2.
    lambda t, y, x: t * jnp.where(x == 0, 1, _i0(x) - y / jnp.where(x == 0, 1, x)),
)

_expint = math.with_derivatives(
    lambda x: jnp.where(x < 0, jnp.nan, jnp.where(x == 0, -jnp.inf, jsp.expi(x))),
    lambda t, y, x: t * jnp.exp(x) / x,
)

# fmt: off
bessel_i0 = unary("bessel_i0", "BesselI0", _i0, "The modified Bessel function I of order 0.")  # noqa: E501
bessel_i0e = unary("bessel_i0e", "BesselI0e", lambda x: jsp.i0e(x), "exp(-|x|) times `bessel_i0`.")  # noqa: E501
bessel_i1 = unary("bessel_i1", "BesselI1", _i1, "The modified Bessel function I of order 1.")  # noqa: E501
bessel_i1e = unary("bessel_i1e", "BesselI1e", lambda x: jsp.i1e(x), "exp(-|x|) times `bessel_i1`.")  # noqa: E501
bessel_j0 = unary("bessel_j0", "BesselJ0", _j0, "The Bessel function J of order 0.")
bessel_j1 = unary("bessel_j1", "BesselJ1", _j1, "The Bessel function J of order 1.")
bessel_k0 = unary("bessel_k0", "BesselK0", _k0, "The modified Bessel function K of order 0.")  # noqa: E501
bessel_k0e = unary("bessel_k0e", "BesselK0e", _k0e, "exp(x) times `bessel_k0`.")
bessel_k1 = unary("bessel_k1", "BesselK1", _k1, "The modified Bessel function K of order 1.")  # noqa: E501
bessel_k1e = unary("bessel_k1e", "BesselK1e", _k1e, "exp(x) times `bessel_k1`.")
bessel_y0 = unary("bessel_y0", "BesselY0", _y0, "The Bessel function Y of order 0.")
bessel_y1 = unary("bessel_y1", "BesselY1", _y1, "The Bessel function Y of order 1.")
dawsn = unary("dawsn", "Dawsn", lambda x: jsp.dawsn(x), "exp(-x^2) times the integral of exp(t^2) from 0 to x.")  # noqa: E501
expint = unary("expint", "Expint", _expint, "The exponential integral Ei(x), NaN for x < 0.")  # noqa: E501
fresnel_cos = unary("fresnel_cos", "FresnelCos", lambda x: jsp.fresnel(x)[1], "The integral of cos(pi t^2 / 2) from 0 to x.")  # noqa: E501
fresnel_sin = unary("fresnel_sin", "FresnelSin", lambda x: jsp.fresnel(x)[0], "The integral of sin(pi t^2 / 2) from 0 to x.")  # noqa: E501
spence = unary("spence", "Spence", _spence, "The integral of log(t) / (1 - t) from 1 to x.")  # noqa: E501
# fmt: on


# Points that fill space evenly -------------------------------------------------------------------


def sobol_sample(dim, num_results, skip=0, dtype=dtypes.float32, name=None):
    """`num_results` points of the Sobol sequence in `dim` dimensions, after the first `skip`.

    The direction numbers are those of Joe and Kuo (2008), as SciPy has them.

    >>> sobol_sample(2, 3).numpy().tolist()
    [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    """
    return execute(SOBOL_SAMPLE, (dim, num_results, skip), (dtypes.as_dtype(dtype).np,), name)


def _sobol(dim, num_results, skip, *, dtype):
    if dim < 1:
        raise errors.InvalidArgumentError(None, None, "dim must be at least one")
    sequence = importlib.import_module("scipy.stats").qmc.Sobol(int(dim), scramble=False)
    sequence.fast_forward(int(skip) + 1)  # the origin is left out
    return sequence.random(int(num_results)).astype(dtype)


def _size_of_sobol(inputs, attrs):
    dim, count = (static_value(x) for x in inputs[:2])
    sizes = [None if n is None else int(n) for n in (count, dim)]
    return [(TensorShape(sizes), dtypes.from_numpy_dtype(attrs[0]))]


SOBOL_SAMPLE = define("SobolSample", _sobol, "???", host=True, infer=_size_of_sobol)
