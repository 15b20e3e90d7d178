"""Values that an op refuses, seen at once or in compiled code: a division by zero, a bad index.

An op's `verify` asks for the values it looks at (`inspected`) and says if they are wrong (`shows`).
Where they are known it raises. While JAX traces a program that takes note (`noting`), they are
traced arrays: the program tells, when it has run, whether something was wrong, and is then run
again op by op, for the error. What JAX traces apart, such as the step of a loop, is `observed`: it
hands out a bool of its own.
"""

import contextlib
import functools
import operator
import threading
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer


class _Notes(NamedTuple):
    """What is noted of what JAX is tracing.

    Attributes:
      place: what JAX writes down into, None where nothing is noted.
      seen: the traces whose arrays can be looked at there.
      flaws: traced bools: whether something was wrong.
      is_inner: whether what is traced may never run, so that even what is known is only noted.
    """

    place: Any = None
    seen: tuple = ()
    flaws: Any = ()
    is_inner: bool = False


class _Local(threading.local):
    now = _Notes()


_local = _Local()


def _place():
    """What JAX writes down into now: its transformations, which write nothing, are no places."""
    return getattr(jax.lax.full((), True), "_trace", None)


@contextlib.contextmanager
def noting(arrays=(), wanted=True, is_inner=False):
    """Gives a list of the traced bools that `shows` meets inside; it stays empty if not `wanted`.

    `arrays` are those that a transformation of JAX which has begun here is to trace.
    """
    before = _local.now
    place = _place() if wanted else None
    begun = [a._trace for a in arrays if isinstance(a, Tracer)]
    flaws = []
    _local.now = _Notes(place, (*before.seen, place, *begun), flaws, is_inner and wanted)
    try:
        yield flaws
    finally:
        _local.now = before


def is_noting():
    """Whether the program that is being traced takes note."""
    return _local.now.place is not None


def observed(function, *arguments):
    """(`function(*arguments)`, whether an op in it met values that it refuses), traced apart.

    The bool, or None where no op looks at any, is to be given to `shows` outside.
    """
    arrays = jax.tree.leaves(arguments)
    with noting(arrays, is_noting(), is_inner=True) as flaws:
        result = function(*arguments)
    return result, any_of(flaws)


def any_of(flaws):
    """Whether one of some bools is true; None where there are none."""
    return functools.reduce(operator.or_, flaws) if flaws else None


def values(array):
    """The NumPy array that `verify` may look at; None while JAX traces."""
    return None if isinstance(array, Tracer) else np.asarray(array)


def inspected(array):
    """As `values`, but of a program that takes note the traced array: then a check is compiled."""
    if not isinstance(array, Tracer):
        return np.asarray(array)
    now = _local.now
    seen = now.place is not None and any(array._trace is trace for trace in now.seen)
    return array if seen and _place() is now.place else None


def shows(bad):
    """Whether one of `bad` is true; traced, it is noted, and the program tells when it has run."""
    now = _local.now
    if bad is None:
        return False
    if isinstance(bad, Tracer):
        if now.place is not None:
            now.flaws.append(bad.any())
        return False
    found = bad if isinstance(bad, bool) else bool(bad.any())
    if found and now.is_inner:
        now.flaws.append(jnp.array(True))
        return False
    return found
