"""TensorFlow 1's `Dimension`: the size of an axis, or the promise of one."""

import operator


def size_of(value):
    """An int, or None for an unknown size, from anything that TensorFlow takes as a size."""
    if value is None:
        return None
    if isinstance(value, Dimension):
        return value._value
    if not isinstance(value, int):
        try:
            value = operator.index(value)
        except TypeError:
            raise TypeError(
                "Dimension value must be integer or None or have an __index__ method, "
                f"got value '{value!r}' with type '{type(value)!r}'"
            ) from None
    if value < 0:
        raise ValueError(f"Dimension {value} must be >= 0")
    return value


class KnownSize(int):
    """A known size in a program of TensorFlow 1: an int that also has itself as `value`."""

    value = property(int)


class Dimension:
    """The size of one axis in TensorFlow 1: an int, or unknown. Unknown spreads.

    >>> Dimension(3) + 2, Dimension(3) * Dimension(None), Dimension(None) == 3
    (Dimension(5), Dimension(None), None)
    """

    __slots__ = ("_value",)
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __init__(self, value):
        self._value = size_of(value)

    @property
    def value(self):
        """The size, or None where it is unknown."""
        return self._value

    def is_compatible_with(self, other):
        """Whether the two sizes may be the same."""
        other = size_of(other)
        return self._value is None or other is None or self._value == other

    def assert_is_compatible_with(self, other):
        """Raises ValueError unless the two sizes may be the same."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {as_dimension(other)} are not compatible")

    def merge_with(self, other):
        """What is known of the size from either side; ValueError if they disagree."""
        self.assert_is_compatible_with(other)
        return Dimension(size_of(other) if self._value is None else self._value)

    def __repr__(self):
        return f"Dimension({self._value})"

    def __str__(self):
        return "?" if self._value is None else str(self._value)

    def __int__(self):
        return self._value

    __index__ = __int__

    def __bool__(self):
        return bool(self._value)

    def __reduce__(self):
        return Dimension, (self._value,)


def _arithmetic(fn, swap):
    def method(self, other):
        try:
            other = size_of(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other is None:
            return Dimension(None)
        return Dimension(fn(other, self._value) if swap else fn(self._value, other))

    return method


def _comparison(fn, where_not_a_size):
    def method(self, other):
        try:
            other = size_of(other)
        except (TypeError, ValueError):
            return where_not_a_size
        return None if self._value is None or other is None else fn(self._value, other)

    return method


for _name, _fn in (
    ("add", operator.add),
    ("sub", operator.sub),
    ("mul", operator.mul),
    ("floordiv", operator.floordiv),
    ("mod", operator.mod),
):
    setattr(Dimension, f"__{_name}__", _arithmetic(_fn, swap=False))
    setattr(Dimension, f"__r{_name}__", _arithmetic(_fn, swap=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Dimension, f"__{_name}__", _comparison(getattr(operator, _name), NotImplemented))


def _refuse_division(self, other):
    raise TypeError(
        "unsupported operand type(s) for /: "
        f"'Dimension' and '{type(other).__name__}', please use // instead"
    )


def _refuse_right_division(self, other):
    raise TypeError(
        "unsupported operand type(s) for /: "
        f"'{type(other).__name__}' and 'Dimension', please use // instead"
    )


Dimension.__truediv__ = Dimension.__div__ = _refuse_division
Dimension.__rtruediv__ = Dimension.__rdiv__ = _refuse_right_division


def as_dimension(value):
    """`value` as a `Dimension`."""
    return value if isinstance(value, Dimension) else Dimension(value)


def dimension_value(dimension):
    """The int or None behind an item of a shape, whichever mode the shape is in.

    >>> dimension_value(Dimension(3)), dimension_value(3)
    (3, 3)
    """
    return dimension._value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape, index):
    """Item `index` of `shape` as a Dimension; unknown where the rank is."""
    return Dimension(None) if shape.rank is None else shape.dims[index]
