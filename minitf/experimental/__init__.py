"""`tf.experimental`: NumPy's functions, classes around tensors, tensors of other libraries."""

from types import SimpleNamespace

import jax.dlpack

from minitf import install
from minitf.core.tensor import EagerTensor
from minitf.experimental.dispatch import (
    dispatch_for_api,
    dispatch_for_binary_elementwise_apis,
    dispatch_for_unary_elementwise_apis,
    unregister_dispatch_for,
)
from minitf.experimental.extension_type import (
    BatchableExtensionType,
    ExtensionType,
    ExtensionTypeSpec,
    as_dict,
)
from minitf.ops.ragged_shapes import DynamicRaggedShape
from minitf.ops.row_partition import RowPartition


class _Capsule:
    """What `jax.dlpack.from_dlpack` asks for: an object that exports itself."""

    def __init__(self, capsule):
        self._capsule = capsule

    def __dlpack__(self, **options):
        return self._capsule

    def __dlpack_device__(self):
        return (1, 0)  # the memory of the first CPU


def to_dlpack(tf_tensor):
    """The tensor as a DLPack capsule, which another library takes over.

    Raises:
      TypeError: this is no eager tensor.

    >>> import minitf as tf
    >>> capsule = to_dlpack(tf.constant([1.0, 2.0]))
    >>> from_dlpack(capsule).numpy()
    array([1., 2.], dtype=float32)
    """
    if not isinstance(tf_tensor, EagerTensor):
        raise TypeError(f"The argument to `to_dlpack` must be a TF tensor, not {type(tf_tensor)}")
    return tf_tensor.__dlpack__()


def from_dlpack(dlcapsule):
    """The tensor that a DLPack capsule in the memory of the CPU holds."""
    if not hasattr(dlcapsule, "__dlpack__"):
        dlcapsule = _Capsule(dlcapsule)
    return EagerTensor(jax.dlpack.from_dlpack(dlcapsule))


dlpack = SimpleNamespace(to_dlpack=to_dlpack, from_dlpack=from_dlpack)
extension_type = SimpleNamespace(as_dict=as_dict)


def __getattr__(name):
    if name == "numpy":
        return install.load(f"{__name__}.numpy")
    if name == "Optional":
        return install.load("minitf.data.experimental").Optional
    raise install.missing(__name__, name, [*globals(), "numpy", "Optional"])
