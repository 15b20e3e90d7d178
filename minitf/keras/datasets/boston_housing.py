"""506 districts of Boston: 13 features, and the median price of a house."""

from minitf.keras.datasets.sources import housing

_HASH = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(path="boston_housing.npz", test_split=0.2, seed=113):
    """`(x_train, y_train), (x_test, y_test)`, float64."""
    return housing(path, "boston_housing.npz", _HASH, test_split, seed)
