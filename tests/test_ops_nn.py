"""The parity table of `tf.nn`."""

from rows import table
from rows.nn import ROWS

test_row, test_compiled = table(ROWS)
