"""`tf.keras`: layers, models, losses, metrics and optimizers."""

import importlib

from minitf.custom_gradient import recompute_grad as remat
from minitf.keras import (
    activations,
    applications,
    backend,
    callbacks,
    config,
    constraints,
    datasets,
    distillation,
    distribution,
    dtype_policies,
    export,
    initializers,
    layers,
    losses,
    metrics,
    mixed_precision,
    models,
    ops,
    optimizers,
    preprocessing,
    quantizers,
    random,
    regularizers,
    saving,
    tree,
    utils,
)
from minitf.keras.dtype_policies import DTypePolicy, FloatDTypePolicy
from minitf.keras.function import Function
from minitf.keras.initializers import Initializer
from minitf.keras.input_spec import InputSpec
from minitf.keras.layer import Layer
from minitf.keras.layers import Input
from minitf.keras.losses import Loss
from minitf.keras.metrics import Metric
from minitf.keras.model import Model
from minitf.keras.naming import name_scope
from minitf.keras.optimizers import Optimizer
from minitf.keras.pure import StatelessScope
from minitf.keras.quantizers import Quantizer
from minitf.keras.regularizers import Regularizer
from minitf.keras.rematerialization import RematScope
from minitf.keras.sequential import Sequential
from minitf.keras.symbolic import KerasTensor, Operation
from minitf.keras.variable import Variable
from minitf.scopes import device

__version__ = "3.15.1"


def version():
    """The version of Keras whose behaviour this is."""
    return __version__


def __getattr__(name):
    if name == "wrappers":  # which loads scikit-learn
        return importlib.import_module("minitf.keras.wrappers")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "DTypePolicy",
    "Function",
    "FloatDTypePolicy",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Operation",
    "Optimizer",
    "Quantizer",
    "Regularizer",
    "RematScope",
    "Sequential",
    "StatelessScope",
    "Variable",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "device",
    "distillation",
    "distribution",
    "dtype_policies",
    "export",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "preprocessing",
    "quantizers",
    "random",
    "regularizers",
    "remat",
    "saving",
    "tree",
    "utils",
    "version",
    "wrappers",
]
