"""20,640 districts of California: 8 features, and the median price of a house."""

from minitf.keras.datasets.sources import housing

_HASH = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"


def load_data(version="large", path="california_housing.npz", test_split=0.2, seed=113):
    """`(x_train, y_train), (x_test, y_test)`; version "small" has 600 districts."""
    if version not in ("small", "large"):
        raise ValueError(
            f"Argument `version` must be one of 'small', 'large'. Received: version={version}"
        )
    rows = 600 if version == "small" else None
    return housing(path, "california_housing.npz", _HASH, test_split, seed, rows)
