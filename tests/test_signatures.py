"""Public functions take TensorFlow's parameters, under its names and in its order; they pickle."""

import inspect
import pickle
import types
from pathlib import Path

import pytest

NAMES = (Path(__file__).parent / "goldens" / "public_names.txt").read_text("utf-8").split()
# `tf.` stands for the top level itself.
MODULES = ["", "audio", "autodiff", "bitwise", "config", "data.experimental", "debugging", "dtypes",
           "feature_column", "graph_util", "image", "io", "io.gfile", "linalg", "math",
           "nest", "nn", "quantization", "ragged", "random", "saved_model", "sets", "signal",
           "sparse", "strings", "summary", "sysconfig", "test", "train", "types"]  # fmt: skip
# Names, in place of TensorFlow's `kwargs`; arguments for its distributed tensors and its kernels.
OTHERWISE = {"einsum", "meshgrid", "print", "fill", "scatter_nd", "tensor_scatter_nd_add",
             "tensor_scatter_nd_max", "tensor_scatter_nd_min", "tensor_scatter_nd_sub",
             "gradients", "hessians", "assert_none_equal"}  # fmt: skip
OURS = {"from_jax", "to_jax", "install_as_tensorflow"}


def functions(tf, module):
    """The public functions of a module, by name, as far as the library has them."""
    prefix = f"tf.{module}." if module else "tf."
    names = [n.removeprefix(prefix) for n in NAMES if n.startswith(prefix)]
    found = tf
    for part in module.split(".") if module else ():
        found = getattr(found, part, None)
    members = {n: getattr(found, n, None) for n in names if "." not in n and n not in OURS}
    return {n: f for n, f in members.items() if inspect.isroutine(f)}


@pytest.mark.parametrize("module", MODULES)
def test_parameters(tf, answer, module):
    parameters = {}
    for name, function in functions(tf, module).items():
        if name in OTHERWISE:
            continue
        try:
            parameters[name] = list(inspect.signature(function).parameters)
        except ValueError:  # written in C
            continue
    answer("parameters", parameters)


@pytest.mark.parametrize("module", MODULES)
def test_pickled(tf, module):
    for name, function in functions(tf, module).items():
        if isinstance(function, types.FunctionType):
            assert pickle.loads(pickle.dumps(function)) is function, name
