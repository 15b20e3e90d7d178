"""The parity table of reductions, positions, running sums, sorting, counting and segments."""

from rows import table
from rows.reductions import ROWS

test_row, test_compiled = table(ROWS)
