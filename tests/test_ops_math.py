"""The parity table of `tf.math`."""

import pytest
from rows import check, named
from rows.math import ROWS


@pytest.mark.parametrize("row", named(ROWS))
def test_row(tf, answer, row):
    check(tf, answer, row)
