"""Projections of images against TensorFlow's: the rows of `rows/image_warps.py`."""

from rows import table
from rows.image_warps import ROWS

test_row, test_compiled = table(ROWS)
