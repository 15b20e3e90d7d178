"""The parity table of ragged tensors."""

from rows import table
from rows.ragged import ROWS

test_row, test_compiled = table(ROWS)
