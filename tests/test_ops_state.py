"""The parity table: variables, tensor arrays, checks, own gradients."""

from rows import table
from rows.state import ROWS

test_row, test_compiled = table(ROWS)
