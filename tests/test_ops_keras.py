"""`keras.ops`, row by row."""

from rows import table
from rows.keras_ops import ROWS

test_row, test_compiled = table(ROWS)
