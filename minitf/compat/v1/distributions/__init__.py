"""`tf.compat.v1.distributions`: random variables that know their densities and moments.

`distribution` says what each of them answers; `real`, `positive` and `discrete` hold them, one
formula a line, and `divergences` how far one is from another.
"""

from minitf.compat.v1.distributions.discrete import (
    Bernoulli,
    Categorical,
    DirichletMultinomial,
    Multinomial,
)
from minitf.compat.v1.distributions.distribution import (
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
    ReparameterizationType,
)
from minitf.compat.v1.distributions.divergences import RegisterKL, kl_divergence
from minitf.compat.v1.distributions.positive import Beta, Dirichlet, Exponential, Gamma
from minitf.compat.v1.distributions.real import Laplace, Normal, StudentT, Uniform

__all__ = [
    "FULLY_REPARAMETERIZED", "NOT_REPARAMETERIZED", "Bernoulli", "Beta", "Categorical", "Dirichlet",
    "DirichletMultinomial", "Distribution", "Exponential", "Gamma", "Laplace", "Multinomial",
    "Normal", "RegisterKL", "ReparameterizationType", "StudentT", "Uniform", "kl_divergence",
]  # fmt: skip
