"""Models as estimators, of a stand-in for what they need of scikit-learn."""

import importlib
import sys
import types

import numpy as np
import pytest

import minitf as tf
from minitf.keras import wrappers


def test_without_scikit_learn(monkeypatch):
    monkeypatch.setattr(wrappers, "_INSTALLED", False)
    with pytest.raises(ImportError, match="SKLearnRegressor requires `scikit-learn`"):
        tf.keras.wrappers.SKLearnRegressor(None)


@pytest.fixture
def installed(monkeypatch):
    def validate_data(estimator, *data, reset=True):
        return data if len(data) > 1 else data[0]

    class Base:
        def get_params(self, deep=True):
            names = ("model", "warm_start", "model_kwargs", "fit_kwargs")
            return {name: getattr(self, name) for name in names}

    kinds = {"i": "binary", "f": "continuous", "O": "unknown"}
    names = {
        "base": {"BaseEstimator": Base, "ClassifierMixin": type("C", (), {}),
                 "RegressorMixin": type("R", (), {}), "TransformerMixin": type("T", (), {})},
        "utils.validation": {"validate_data": validate_data, "check_is_fitted": vars},
        "utils.multiclass": {"type_of_target": lambda y: kinds[y.dtype.kind]},
    }  # fmt: skip
    whole = types.ModuleType("sklearn")
    whole.__spec__ = importlib.machinery.ModuleSpec("sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn", whole)
    for name, values in names.items():
        module = types.ModuleType(f"sklearn.{name}")
        vars(module).update(values)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    yield importlib.reload(wrappers)
    monkeypatch.undo()
    importlib.reload(wrappers)


def test_estimators(installed):
    def _model(X, y):  # noqa: N803
        layers = [tf.keras.Input(X.shape[1:]), tf.keras.layers.Dense(y.shape[1])]
        model = tf.keras.Sequential(layers)
        model.compile("sgd", "mse")
        return model

    tf.keras.utils.set_random_seed(1)
    x = np.random.RandomState(0).randn(20, 3)
    labels = (x[:, 0] > 0) * 4 + 3
    quiet = {"epochs": 60, "verbose": 0}
    classifier = installed.SKLearnClassifier(_model, fit_kwargs=quiet).fit(x, labels)
    assert classifier.classes_.tolist() == [3, 7]
    outputs = classifier.decision_function(x)
    np.testing.assert_array_equal(
        classifier.predict(x), np.where(outputs[:, 1] > outputs[:, 0], 7, 3)
    )
    assert (classifier.predict(x) == labels).mean() > 0.7
    with pytest.raises(ValueError, match="Target type: continuous"):
        classifier.fit(x, x[:, 0])
    with pytest.raises(ValueError, match="only one class"):
        classifier.fit(x, labels * 0)
    with pytest.raises(ValueError, match="Unknown label type"):
        classifier.fit(x, np.array([None] * 20))

    model = _model(x, x[:, :1])
    regressor = installed.SKLearnRegressor(model, fit_kwargs=quiet).fit(x, x[:, 0], epochs=2)
    assert regressor.model_ is not model and len(regressor.history_.epoch) == 2
    assert regressor.predict(x).shape == (20,)
    again = regressor.__sklearn_clone__()
    assert again.model is model and again.fit_kwargs is quiet
    before = model.get_weights()[0]
    warm = installed.SKLearnTransformer(model, warm_start=True, fit_kwargs=quiet).fit(x, x[:, 0])
    assert warm.model_ is model and (model.get_weights()[0] != before).any()
    np.testing.assert_allclose(warm.transform(x), model.predict(x, verbose=0))
    with pytest.raises(RuntimeError, match="needs to be compiled"):
        installed.SKLearnRegressor(tf.keras.Sequential()).fit(x, x[:, 0])
