"""The parity table: making, shaping, joining, slicing and repeating tensors."""

from rows import table
from rows.array import ROWS

test_row, test_compiled = table(ROWS)
