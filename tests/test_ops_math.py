"""The parity table of elementwise functions and reductions."""

from rows import table
from rows.math import ROWS

test_row, test_compiled = table(ROWS)
