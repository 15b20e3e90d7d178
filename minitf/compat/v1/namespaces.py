"""Namespaces of TF 1.x that only gather names: TF 2.x's namespace with older names in it.

A name is looked for in the table, then (where the two mean the same, as in `math`) among the names
of TF 1.x's top level with their older arguments, and then in TF 2.x's namespace.
"""

import functools
import sys
from types import ModuleType

from minitf.install import missing

_QUEUES = ("FIFOQueue", "PaddingFIFOQueue", "PriorityQueue", "QueueBase", "RandomShuffleQueue")
_TRANSFORMS = ("dct", "fft", "fft2d", "fft3d", "idct", "ifft", "ifft2d", "ifft3d", "irfft",
               "irfft2d", "irfft3d", "rfft", "rfft2d", "rfft3d")  # fmt: skip
_MANIPULATIONS = ("batch_to_space_nd", "gather_nd", "reshape", "reverse", "roll", "scatter_nd",
                  "space_to_batch_nd", "tile")  # fmt: skip
# Namespace -> the names that TF 1.x has in it, and where `tf.compat.v1` has what they mean.
NAMESPACES = {
    "io": {**dict(zip(_QUEUES[1:], _QUEUES[1:])),
           "TFRecordCompressionType": "python_io.TFRecordCompressionType",
           "tf_record_iterator": "python_io.tf_record_iterator"},
    "linalg": {"transpose": "matrix_transpose"},
    "manip": dict(zip(_MANIPULATIONS, _MANIPULATIONS)),
    "math": {},
    "queue": dict(zip(_QUEUES, _QUEUES)),
    "ragged": {name: f"ragged_tensors.{name}" for name in
               ("RaggedTensorValue", "constant_value", "placeholder")},
    "random": {"get_seed": "get_seed", "multinomial": "multinomial",
               "set_random_seed": "set_random_seed"},
    "sets": {f"set_{name}": f"sets.{name}" for name in
             ("difference", "intersection", "size", "union")},
    "sparse": {"add": "sparse_add", "concat": "sparse_concat", "matmul":
               "sparse_tensor_dense_matmul", "placeholder": "sparse_placeholder",
               "reduce_max": "sparse_reduce_max", "reduce_sum": "sparse_reduce_sum"},
    "strings": {name: f"texts.{name}" for name in ("length", "reduce_join", "split", "substr")},
    "spectral": {name: f"signal.{name}" for name in _TRANSFORMS},
}  # fmt: skip
_AS_AT_THE_TOP = ("linalg", "math")
_ONLY_OLDER = ("manip", "queue", "spectral")


def namespace(name):
    """The namespace `tf.compat.v1.<name>`, as a module whose names are found when they are asked.

    >>> namespace("manip").reshape is namespace("manip").reshape
    True
    """
    table, top = NAMESPACES[name], sys.modules["minitf.compat.v1"]
    newer = None if name in _ONLY_OLDER else getattr(sys.modules["minitf"], name)

    def find(attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        if attribute in table:
            return functools.reduce(getattr, table[attribute].split("."), top)
        if name in _AS_AT_THE_TOP and attribute in vars(top):
            return vars(top)[attribute]
        if newer is not None and hasattr(newer, attribute):
            return getattr(newer, attribute)
        raise missing(module.__name__, attribute, names())

    def names():
        others = dir(newer) if newer is not None else ()
        return sorted(n for n in {*table, *others} if not n.startswith("_"))

    module = ModuleType(f"minitf.compat.v1.{name}", f"`tf.{name}` of TF 1.x.")
    vars(module).update(__getattr__=find, __dir__=names)
    return module
