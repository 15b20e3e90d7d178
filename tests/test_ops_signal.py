"""The parity table: Fourier transforms, windows, frames, spectra."""

import numpy as np
import pytest
from rows import F, table
from rows.signal import ROWS

test_row, test_compiled = table(ROWS)


def test_any_axes():
    minitf = pytest.importorskip("minitf")
    x = F(2, 4, 3)
    spectrum = np.fft.rfftn(x, (4, 2), (1, 0))
    close = dict(rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(minitf.signal.rfftnd(x, [4, 2], [1, 0]), spectrum, **close)
    back = minitf.signal.irfftnd(spectrum.astype("complex64"), [2, 4], [0, 1])
    np.testing.assert_allclose(back, np.fft.irfftn(spectrum, (2, 4), (0, 1)), **close)
    z = (x + 1j * F(2, 4, 3, seed=1)).astype("complex64")
    np.testing.assert_allclose(
        minitf.signal.fftnd(z, [4], [1]), np.fft.fftn(z, (4,), (1,)), **close
    )
    np.testing.assert_allclose(
        minitf.signal.ifftnd(z, [4], [1]), np.fft.ifftn(z, (4,), (1,)), **close
    )
