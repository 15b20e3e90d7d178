"""The parity table of `tf.random`."""

from rows import table
from rows.random import ROWS

test_row, test_compiled = table(ROWS)
