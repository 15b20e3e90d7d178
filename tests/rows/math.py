"""Elementwise functions and reductions."""

from rows import F, row

ROWS = [
    row("math.add", F(2, 3), F(3)),
    row("exp", F(2, 3)),
    row("reduce_sum", F(2, 3), axis=1),
]
