"""The parity table: picking elements by index or condition, writing them back, sets of values."""

from rows import table
from rows.gathering import ROWS

test_row, test_compiled = table(ROWS)
