"""`tf.keras.wrappers`: models as estimators of scikit-learn, for its pipelines and searches.

A `SKLearnClassifier` predicts labels, a `SKLearnRegressor` numbers; what a `SKLearnTransformer`
says is what the next step gets. scikit-learn need not be installed until one of them is made.
"""

import importlib
import importlib.util
from typing import Any

import numpy as np

from minitf.keras.cloning import clone_model
from minitf.keras.model import Model

_INSTALLED = importlib.util.find_spec("sklearn") is not None


def _of_sklearn(module, name) -> Any:
    """A class or function of scikit-learn; where that is not installed, an empty class."""
    if not _INSTALLED:
        return type(name, (), {})
    return getattr(importlib.import_module(f"sklearn.{module}"), name)


_validated = _of_sklearn("utils.validation", "validate_data")
_check_is_fitted = _of_sklearn("utils.validation", "check_is_fitted")
_type_of_target = _of_sklearn("utils.multiclass", "type_of_target")


class _Estimator(_of_sklearn("base", "BaseEstimator")):
    """What the three have in common.

    Args:
      model: a compiled model, of which each `fit` trains a copy, or a function of `X`, `y` (as the
        model is trained on them) and `model_kwargs` that returns a compiled model.
      warm_start: whether `fit` trains `model` itself, from the weights it has, and no copy.
      model_kwargs: more arguments of the function `model`.
      fit_kwargs: arguments of the model's `fit`; those given to the estimator's `fit` go first.

    Attributes:
      model_: the model that the last `fit` trained.
      history_: what its `fit` returned.

    Raises:
      ImportError: scikit-learn is not installed.
    """

    def __init__(self, model, warm_start=False, model_kwargs=None, fit_kwargs=None):
        if not _INSTALLED:
            raise ImportError(
                f"{type(self).__name__} requires `scikit-learn` to be installed. "
                "Run `pip install scikit-learn` to install it."
            )
        self.model, self.warm_start = model, warm_start
        self.model_kwargs, self.fit_kwargs = model_kwargs, fit_kwargs

    def fit(self, X, y, **kwargs):  # noqa: N803  scikit-learn's name
        """Trains a model.

        Args:
          X: `[samples, features]`.
          y: `[samples]`.
          kwargs: arguments of the model's `fit`.

        Raises:
          ValueError: what scikit-learn says of data that do not fit.
          RuntimeError: the model is not compiled with a loss and an optimizer.
        """
        X, y = _validated(self, X, y)  # noqa: N806
        targets = self._encoded(y)
        model = self._new_model(X, targets)
        if not (model.compiled and model.loss and model.optimizer):
            raise RuntimeError(
                "Given model needs to be compiled, and have a loss and an optimizer."
            )
        self.history_ = model.fit(X, targets, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def predict(self, X):  # noqa: N803
        """What the model says of `[samples, features]`: `[samples]`."""
        return self._decoded(self._outputs(X))

    def _new_model(self, X, y):  # noqa: N803
        if not isinstance(self.model, Model):
            return self.model(X=X, y=y, **(self.model_kwargs or {}))
        return self.model if self.warm_start else clone_model(self.model)

    def _outputs(self, X):  # noqa: N803
        _check_is_fitted(self)
        return self.model_.predict(_validated(self, X, reset=False))

    def _encoded(self, y):
        """Targets as the model is trained on them: a column."""
        _kind_of(y)
        return y.reshape(-1, 1)

    def _decoded(self, outputs):
        """Targets of the kind given to `fit`, from outputs of the model."""
        return outputs[:, 0] if outputs.shape[1:] == (1,) else outputs

    def __sklearn_clone__(self):
        """Another estimator of the same model, which `fit` does not change."""
        return type(self)(**self.get_params(deep=False))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags


def _kind_of(y):
    """scikit-learn's name for the kind of some targets."""
    kind = _type_of_target(y)
    if kind == "unknown":
        raise ValueError(f"Unknown label type for data: {y!r}")
    return kind


class SKLearnClassifier(_of_sklearn("base", "ClassifierMixin"), _Estimator):
    """A model with an output for each label, trained on one-hot vectors.

    Its arguments and attributes are those of all wrappers (see `SKLearnRegressor`), and `classes_`:
    the labels, in order.
    """

    def decision_function(self, X):  # noqa: N803
        """The model's outputs, `[samples, classes]`."""
        return self._outputs(X)

    def _encoded(self, y):
        kind = _kind_of(y)
        if kind not in ("binary", "multiclass"):
            raise ValueError(
                f"Only binary and multiclass target types are supported. Target type: {kind}"
            )
        self.classes_ = np.unique(y)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        return (y[:, None] == self.classes_).astype(float)

    def _decoded(self, outputs):
        return self.classes_[outputs.argmax(-1)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


class SKLearnRegressor(_of_sklearn("base", "RegressorMixin"), _Estimator):
    __doc__ = f"""A model that predicts a number.

    {(_Estimator.__doc__ or "").partition("    ")[2]}"""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


class SKLearnTransformer(_of_sklearn("base", "TransformerMixin"), _Estimator):
    """A model whose outputs are the inputs of a pipeline's next step.

    Its arguments and attributes are those of all wrappers (see `SKLearnRegressor`).
    """

    def transform(self, X):  # noqa: N803
        """The model's outputs."""
        return self._outputs(X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
