"""The parity table: matrices: products, norms, decompositions, solvers."""

from rows import table
from rows.linalg import ROWS

test_row, test_compiled = table(ROWS)
