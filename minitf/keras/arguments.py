"""Arguments that several layers take: tuples of sizes, pairs of sizes per axis."""


def standardize_tuple(value, n, name, allow_zero=False):
    """`value`, an integer or `n` integers, as a tuple of `n` integers.

    Raises:
      ValueError: something else, or integers that are not positive (or, with `allow_zero`, that
        are negative).

    >>> standardize_tuple(3, 2, "size")
    (3, 3)
    """
    message = f"The `{name}` argument must be a tuple of {n} integers. Received {name}={value}"
    if isinstance(value, int):
        value = (value,) * n
    try:
        sizes = tuple(value)
    except TypeError:
        raise ValueError(message) from None
    if len(sizes) != n:
        raise ValueError(message)
    for size in sizes:
        try:
            int(size)
        except (TypeError, ValueError):
            raise ValueError(f"{message}including element {size} of type {type(size)}") from None
    wrong = {size for size in sizes if size < 0 or size == 0 and not allow_zero}
    if wrong:
        needed = ">= 0" if allow_zero else "> 0"
        raise ValueError(
            f"{message}, including values {wrong} that do not satisfy `value {needed}`"
        )
    return sizes


def standardize_pairs(value, n, name):
    """`value`, an integer, `n` integers or `n` pairs, as `n` pairs: what is done at both ends.

    Raises:
      ValueError: something else, or a negative integer.

    >>> standardize_pairs((1, (0, 2)), 2, "padding")
    ((1, 1), (0, 2))
    """
    if isinstance(value, int):
        if value < 0:
            raise ValueError(f"`{name}` cannot be negative. Received: {name}={value}.")
        return ((value, value),) * n
    if not hasattr(value, "__len__"):
        raise ValueError(
            f"`{name}` should be either an int, a tuple of {n} ints, or a tuple of {n} tuples of 2 "
            f"ints. Received: {name}={value}."
        )
    if len(value) != n:
        number = {2: "two", 3: "3"}.get(n, n)
        raise ValueError(f"`{name}` should have {number} elements. Received: {name}={value}.")
    ordinals = ("1st", "2nd", "3rd")
    return tuple(
        standardize_tuple(entry, 2, f"{ordinal} entry of {name}", allow_zero=True)
        for entry, ordinal in zip(value, ordinals)
    )


def standardize_padding(padding, allow_causal=False):
    """`padding` in lower case.

    Raises:
      ValueError: neither `"valid"` nor `"same"` (nor, where it is allowed, `"causal"`).
    """
    allowed = ["valid", "same", "causal"] if allow_causal else ["valid", "same"]
    if not isinstance(padding, str) or padding.lower() not in allowed:
        raise ValueError(
            f"The `padding` argument must be a list/tuple or one of {set(allowed)}. "
            f"Received: {padding}"
        )
    return padding.lower()
