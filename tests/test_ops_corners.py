"""Corners of ops, where NumPy or JAX differ from TensorFlow."""

from rows import table
from rows.corners import ROWS

test_row, test_compiled = table(ROWS)
