"""How rows of different lengths are shown: in brackets, as arrays print, or as `tf.print` does."""

import numpy as np


def bracketed(parts, summarize):
    """A list of texts in brackets, with `...` for those in the middle of a long one."""
    if summarize >= 0 and len(parts) > 2 * summarize:
        parts = [*parts[:summarize], "...", *parts[len(parts) - summarize :]]
    return f"[{', '.join(parts)}]"


def texts(array, summarize):
    """The texts of the rows of an array."""
    if array.ndim > 1:
        return [bracketed(texts(row, summarize), summarize) for row in array]
    if array.dtype == object:
        return [f"'{x.decode(errors='replace')}'" for x in array]
    form = "%f" if array.dtype.kind not in "iub" else "%s"
    return [(form % x).lower() for x in array.tolist()]


def element_text(x):
    if isinstance(x, np.ndarray):
        return np.array2string(x, separator=", ") if x.size else str(x.tolist())
    return str(x)
