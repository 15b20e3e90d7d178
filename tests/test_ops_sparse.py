"""The parity table of `tf.sparse`."""

from rows import table
from rows.sparse import ROWS

test_row, test_compiled = table(ROWS)
