"""A shape is a tuple whose entries may be unknown.

Offers `TensorShape` and, for TensorFlow 1 programs, `enable_v2_tensorshape` (in the old mode, the
items of a shape are Dimensions).
"""

import math

from minitf import errors
from minitf.dimensions import Dimension, KnownSize, size_of

_MOST = 2**63 - 1  # elements or bytes; XLA ends the process where it has to count more

_v2_items = True  # whether indexing and iterating give ints (TF 2) or Dimensions (TF 1)
_unknown_text = "None"  # how an unknown size is shown


def enable_v2_tensorshape(enable=True):
    """Makes the items of every shape ints and None (True) or, as in TensorFlow 1, Dimensions.

    >>> enable_v2_tensorshape(False)
    >>> TensorShape([2, None])
    TensorShape([Dimension(2), Dimension(None)])
    >>> enable_v2_tensorshape(True)
    >>> TensorShape([2, None])
    TensorShape([2, None])
    """
    global _v2_items
    _v2_items = bool(enable)


def disable_v2_tensorshape():
    """Makes the items of every shape Dimensions, as in TensorFlow 1."""
    enable_v2_tensorshape(False)


def show_unknown_as(text):
    """Sets how shapes show an unknown size: "None", or "?" as in TensorFlow 1.

    >>> show_unknown_as("?")
    >>> print(TensorShape([2, None]))
    (2, ?)
    >>> show_unknown_as("None")
    """
    global _unknown_text
    _unknown_text = text


def _to_dims(dims):
    if dims is None:
        return None
    if isinstance(dims, TensorShape):
        return dims._dims
    if isinstance(dims, (tuple, list)):
        return tuple([d if type(d) is int and d >= 0 else size_of(d) for d in dims])
    try:
        items = list(dims)
    except TypeError:
        return (size_of(dims),)
    found = []
    for item in items:
        try:
            found.append(size_of(item))
        except TypeError as error:
            raise TypeError(
                f"Failed to convert '{dims!r}' to a shape: '{item!r}'could not be converted to a "
                "dimension. A shape should either be single dimension (e.g. 10), or an iterable "
                "of dimensions (e.g. [1, 10, None])."
            ) from error
    return tuple(found)


class TensorShape:
    """The shape of a tensor: fully known, partly known, or of unknown rank.

    >>> shape = TensorShape([2, None])
    >>> shape, str(shape), shape.rank, shape[1]
    (TensorShape([2, None]), '(2, None)', 2, None)
    >>> print(TensorShape(None))
    <unknown>
    """

    __slots__ = ("__weakref__", "_dims")

    def __init__(self, dims):
        self._dims = _to_dims(dims)

    @classmethod
    def _of(cls, dims):
        """The shape of an array: trusts that `dims` is a tuple of ints and None, or None."""
        self = cls.__new__(cls)
        self._dims = dims
        return self

    @property
    def rank(self):
        """How many axes there are, or None if unknown."""
        return None if self._dims is None else len(self._dims)

    ndims = rank

    @property
    def dims(self):
        """The axes as a list of Dimensions, or None if the rank is unknown."""
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    def as_list(self):
        """The axes as a list of ints and None; ValueError if the rank is unknown."""
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def is_fully_defined(self):
        """Whether the rank and every axis are known."""
        return self._dims is not None and None not in self._dims

    def num_elements(self):
        """The product of the axes, or None where it is unknown."""
        return math.prod(self._dims) if self.is_fully_defined() else None

    def is_compatible_with(self, other):
        """Whether some fully known shape fits both.

        >>> TensorShape([None, 3]).is_compatible_with([2, 3])
        True
        """
        mine, others = self._dims, _to_dims(other)
        if mine is None or others is None:
            return True
        return len(mine) == len(others) and all(
            a is None or b is None or a == b for a, b in zip(mine, others, strict=True)
        )

    def merge_with(self, other):
        """What is known from either shape; ValueError if they disagree.

        >>> TensorShape([2, None]).merge_with([None, 3])
        TensorShape([2, 3])
        """
        other = as_shape(other)
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        if self._dims is None:
            return other
        if other._dims is None:
            return self
        return TensorShape._of(
            tuple(b if a is None else a for a, b in zip(self._dims, other._dims, strict=True))
        )

    def most_specific_compatible_shape(self, other):
        """The narrowest shape that both fit: axes that differ become None.

        >>> TensorShape([2, 3]).most_specific_compatible_shape([2, 4])
        TensorShape([2, None])
        """
        mine, others = self._dims, _to_dims(other)
        if mine is None or others is None or len(mine) != len(others):
            return TensorShape._of(None)
        return TensorShape._of(
            tuple(a if a == b else None for a, b in zip(mine, others, strict=True))
        )

    def is_subtype_of(self, other):
        """Whether every value of this shape also fits `other`."""
        if not isinstance(other, TensorShape):
            return False
        if other._dims is None:
            return True
        return self.rank == other.rank and all(
            b is None or a == b for a, b in zip(self._dims, other._dims, strict=True)
        )

    def most_specific_common_supertype(self, others):
        """The narrowest shape that this and all `others` fit; None if one is not a shape."""
        if not all(isinstance(other, TensorShape) for other in others):
            return None
        found = self
        for other in others:
            found = found.most_specific_compatible_shape(other)
        return found

    def concatenate(self, other):
        """The axes of this shape, then those of `other`."""
        others = _to_dims(other)
        unknown = self._dims is None or others is None
        return TensorShape._of(None if unknown else self._dims + others)

    def with_rank(self, rank):
        """This shape, known to have `rank` axes; ValueError if it has another number."""
        if self._dims is None:
            return TensorShape._of((None,) * rank)
        self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank):
        """This shape; ValueError if it has fewer axes than `rank`."""
        if self._dims is not None and len(self._dims) < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank):
        """This shape; ValueError if it has more axes than `rank`."""
        if self._dims is not None and len(self._dims) > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def assert_has_rank(self, rank):
        """Raises ValueError unless the rank is `rank` or unknown."""
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other):
        """Raises ValueError if both ranks are known and differ."""
        other = as_shape(other)
        if None not in (self.rank, other.rank) and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_is_compatible_with(self, other):
        """Raises ValueError unless the shapes are compatible."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_is_fully_defined(self):
        """Raises ValueError unless everything is known."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def __len__(self):
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self):
        return self._dims is not None

    def __iter__(self):
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter(self._dims if _v2_items else [Dimension(d) for d in self._dims])

    def __getitem__(self, key):
        if isinstance(key, slice):
            return TensorShape._of(self._slice(key))
        value = None if self._dims is None else self._dims[key]
        if not _v2_items:
            return Dimension(value)
        return value if value is None or _unknown_text == "None" else KnownSize(value)

    def with_dimensions(self):
        """In a program of TensorFlow 1: this shape, with a `Dimension` for what is unknown."""
        return self if _unknown_text == "None" else _DimensionShape._of(self._dims)

    def _slice(self, key):
        if self._dims is not None:
            return self._dims[key]
        if key.step is not None:
            raise ValueError("Steps are not yet handled")
        start, stop = key.start or 0, key.stop
        if stop is None or stop < 0 or start < 0:
            return None
        return (None,) * max(stop - start, 0)

    def __add__(self, other):
        return self.concatenate(other)

    def __radd__(self, other):
        return as_shape(other).concatenate(self)

    def __eq__(self, other):
        if isinstance(other, TensorShape):
            return self._dims == other._dims
        try:
            return self._dims == _to_dims(other)
        except TypeError:
            return NotImplemented

    def __hash__(self):
        return hash(self._dims)

    def __repr__(self):
        if self._dims is None:
            return "TensorShape(None)"
        return f"TensorShape({list(self)})"

    def __str__(self):
        if self._dims is None:
            return "<unknown>"
        unknown = _unknown_text if _v2_items else "?"
        inside = ", ".join(unknown if d is None else str(d) for d in self._dims)
        return f"({inside},)" if len(self._dims) == 1 else f"({inside})"

    def __reduce__(self):
        return TensorShape, (self._dims,)


class _DimensionShape(TensorShape):
    """A shape whose unknown items are Dimensions, as `get_shape()` gives it in TensorFlow 1."""

    __slots__ = ()

    def __getitem__(self, key):
        found = super().__getitem__(key)
        if isinstance(key, slice):
            return _DimensionShape._of(found._dims)
        return Dimension(None) if found is None else found

    def __iter__(self):
        return iter([Dimension(None) if d is None else KnownSize(d) for d in super().__iter__()])


def as_shape(shape):
    """`shape` as a `TensorShape`.

    >>> as_shape((2, None)), as_shape(None)
    (TensorShape([2, None]), TensorShape(None))
    """
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def unknown_shape(rank=None):
    """A shape of which at most the rank is known."""
    return TensorShape._of(None if rank is None else (None,) * rank)


def listed(shape):
    """A shape as TensorFlow's kernels write it.

    >>> listed((2, None))
    '[2,?]'
    """
    return "[" + ",".join("?" if d is None else str(d) for d in shape) + "]"


def check_size(shape):
    """Raises an error where a tensor of a known `shape` is too large for XLA, which would abort.

    Raises:
      InvalidArgumentError: int64 cannot count the elements.
      ResourceExhaustedError: nor, in the widest dtype, their bytes.
    """
    if not as_shape(shape).is_fully_defined() or (count := math.prod(shape)) <= _MOST // 16:
        return
    if count > _MOST:
        raise errors.InvalidArgumentError(
            None, None, f"Shape {listed(shape)} would have more than 2**63 - 1 elements"
        )
    raise errors.ResourceExhaustedError(
        None, None, f"OOM when allocating tensor with shape{listed(shape)}"
    )
