"""Public functions take TensorFlow's parameters, under its names and in its order; they pickle."""

import inspect
import pickle
import types
from pathlib import Path

import pytest

NAMES = (Path(__file__).parent / "goldens" / "public_names.txt").read_text("utf-8").split()
# `tf.` stands for the top level itself.
MODULES = ["", "audio", "bitwise", "config", "debugging", "dtypes", "image", "io", "io.gfile",
           "linalg", "math", "nest", "nn", "ragged", "random", "saved_model", "sets", "signal",
           "sparse", "strings", "summary", "sysconfig", "test", "train"]  # fmt: skip
# Names, in place of TensorFlow's `kwargs`; arguments for its distributed tensors and its kernels.
OTHERWISE = {"einsum", "meshgrid", "print", "fill", "tensor_scatter_nd_add",
             "tensor_scatter_nd_max", "tensor_scatter_nd_min", "tensor_scatter_nd_sub",
             "assert_none_equal"}  # fmt: skip
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
    assert parameters
    answer("parameters", parameters)


@pytest.mark.parametrize("module", MODULES)
def test_pickled(tf, module):
    for name, function in functions(tf, module).items():
        if isinstance(function, types.FunctionType):
            assert pickle.loads(pickle.dumps(function)) is function, name


CONSTANTS = {
    "compat": ["bytes_or_text_types", "complex_types", "integral_types", "real_types"],
    "data": ["AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY"],
    "data.experimental": ["AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY"],
    "saved_model": [
        "ASSETS_DIRECTORY", "ASSETS_KEY", "CLASSIFY_INPUTS", "CLASSIFY_METHOD_NAME",
        "CLASSIFY_OUTPUT_CLASSES", "CLASSIFY_OUTPUT_SCORES", "DEBUG_DIRECTORY",
        "DEBUG_INFO_FILENAME_PB", "DEFAULT_SERVING_SIGNATURE_DEF_KEY", "GPU", "PREDICT_INPUTS",
        "PREDICT_METHOD_NAME", "PREDICT_OUTPUTS", "REGRESS_INPUTS", "REGRESS_METHOD_NAME",
        "REGRESS_OUTPUTS", "SAVED_MODEL_FILENAME_PB", "SAVED_MODEL_FILENAME_PBTXT",
        "SAVED_MODEL_SCHEMA_VERSION", "SERVING", "TPU", "TRAINING", "VARIABLES_DIRECTORY",
        "VARIABLES_FILENAME",
    ],
}  # fmt: skip


@pytest.mark.parametrize("module", CONSTANTS)
def test_constants(tf, answer, module):
    found = tf
    for part in module.split("."):
        found = getattr(found, part)
    answer("values", {name: str(getattr(found, name)) for name in CONSTANTS[module]})
