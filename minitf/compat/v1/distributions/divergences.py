"""How far one distribution is from another: the divergence of Kullback and Leibler, by a table.

The table is filled beside the distributions, and by users: `RegisterKL(A, B)` decorates the
function of two distributions that stands in it.
"""

from minitf.core.frames import stack
from minitf.ops import debugging, math, reductions
from minitf.scopes import control_dependencies

_TABLE = {}


def kl_divergence(distribution_a, distribution_b, allow_nan_stats=True, name=None):
    """The divergence KL(a || b) of two distributions, of the shape of their batches.

    Args:
      allow_nan_stats: if false, a NaN in the result is an error.

    Raises:
      NotImplementedError: for distributions of these two classes nothing is registered.

    >>> from minitf.compat.v1 import distributions as ds
    >>> float(ds.kl_divergence(ds.Normal(0.0, 1.0), ds.Normal(1.0, 1.0)))
    0.5
    """
    kinds = type(distribution_a), type(distribution_b)
    divergence = _registered(*kinds)
    if divergence is None:
        raise NotImplementedError(
            "No KL(distribution_a || distribution_b) registered for distribution_a type "
            f"{kinds[0].__name__} and distribution_b type {kinds[1].__name__}"
        )
    with stack.frame.name_scope("KullbackLeibler"):
        result = divergence(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return result
        checked = debugging.Assert(
            math.logical_not(reductions.reduce_any(math.is_nan(result))),
            [f"KL calculation between {distribution_a.name} and {distribution_b.name} returned "
             "NaN values (and was called with allow_nan_stats=False). Values:", result],
        )  # fmt: skip
        with control_dependencies([checked] if checked is not None else []):
            return math.add(result, 0, name="checked_kl")


def cross_entropy(ref, other, allow_nan_stats=True, name=None):
    """The cross entropy H[ref, other]: the entropy of `ref`, and its divergence from `other`."""
    with stack.frame.name_scope(name or "cross_entropy"):
        return ref.entropy() + kl_divergence(ref, other, allow_nan_stats)


class RegisterKL:
    """Decorates the function `(a, b, name=None)` that is KL(a || b) for two classes.

    Raises:
      TypeError: it decorates no function.
      ValueError: the two classes have one.
    """

    def __init__(self, dist_cls_a, dist_cls_b):
        self._key = dist_cls_a, dist_cls_b

    def __call__(self, kl_fn):
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _TABLE:
            first, second = (cls.__name__ for cls in self._key)
            raise ValueError(
                f"KL({first} || {second}) has already been registered to: {_TABLE[self._key]}"
            )
        _TABLE[self._key] = kl_fn
        return kl_fn


def _registered(cls_a, cls_b):
    """The function of the nearest classes that these two are."""
    found = [(i + j, _TABLE[a, b]) for i, a in enumerate(cls_a.__mro__)
             for j, b in enumerate(cls_b.__mro__) if (a, b) in _TABLE]  # fmt: skip
    return min(found, key=lambda x: x[0])[1] if found else None
