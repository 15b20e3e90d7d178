"""How well a program is compiled: as well as what it is going to do is worth.

A step of a small network takes XLA a second to compile well, and a third of that to compile
quickly; a second is also what some millions of numbers take that the quick program computes.
"""

import math
import re

import jax
from jax.errors import JaxRuntimeError
from jax.extend.core import jaxprs_in_params

# What compiles in a third of the time, and runs three times as long.
QUICKLY = {"xla_cpu_use_fusion_emitters": False, "xla_backend_optimization_level": 0,
           "xla_cpu_parallel_codegen_split_count": 1}  # fmt: skip
# Vectors as long as the processor's: what XLA chooses by itself is half of that.
_WELL = {"xla_cpu_prefer_vector_width": 512}
LITTLE = 2**29  # numbers; the quick program takes half a nanosecond longer for each


def work(jaxpr):
    """How many numbers the equations of `jaxpr` compute; infinitely many where a loop tells only
    as it runs how long it is.

    >>> import jax.numpy as jnp
    >>> work(jax.make_jaxpr(lambda x: jnp.sin(x) + x)(jnp.ones(3)).jaxpr)
    6
    """
    total = 0
    for equation in jaxpr.eqns:
        inside = [work(inner) for inner in jaxprs_in_params(equation.params)]
        if not inside:
            total += sum(getattr(v.aval, "size", 0) for v in equation.outvars)
        elif equation.primitive.name == "while":
            return math.inf
        elif equation.primitive.name == "cond":
            total += max(inside)
        else:
            total += sum(inside) * equation.params.get("length", 1)
    return total


class Compiled:
    """A function that is compiled for what it is to do: quickly for little, else well.

    Args:
      function: of arrays.
      work: the numbers that a unit (a step, an epoch) computes.
      options: of `jax.jit`.
    """

    def __init__(self, function, work, **options):
        self._work, self._done, self._is_little = work, 0, True
        if jax.default_backend() != "cpu":
            self._quick = self._well = jax.jit(function, **options)
        else:
            self._quick, self._well = (Optioned(function, o, options) for o in (QUICKLY, _WELL))

    def to_run(self, units, expected):
        """The compiled function to run for `units` now, of `expected` that are to come.

        The same calls get the same programs, however long they take: numbers stay reproducible.
        """
        if (self._done + max(units, expected)) * self._work > LITTLE:
            self._is_little = False
        self._done += units
        return self._quick if self._is_little else self._well


class Optioned:
    """A function compiled with options, but for where JAX takes none: inside the trace of another
    program, or because a release of XLA does not have them."""

    def __init__(self, function, compiler_options, options):
        self._plain = jax.jit(function, **options)
        self._run = jax.jit(function, compiler_options=compiler_options, **options)

    def __call__(self, *arguments):
        try:
            return self._run(*arguments)
        except (JaxRuntimeError, ValueError) as error:
            if not is_of_options(error):
                raise
            if isinstance(error, JaxRuntimeError):  # the release: it is not asked again
                self._run = self._plain
        return self._plain(*arguments)


def is_of_options(error):
    """Whether an error of JAX or XLA says that a program cannot have its compiler's options."""
    return re.search("compiler_options|compile option", str(error)) is not None
