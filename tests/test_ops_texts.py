"""The parity table of `tf.strings`."""

from rows import table
from rows.strings import ROWS

test_row, test_compiled = table(ROWS)
