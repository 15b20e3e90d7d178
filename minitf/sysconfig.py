"""`tf.sysconfig`: how the library was built. There is nothing to compile against, but JAX's XLA."""

import collections
from importlib.metadata import version

import jax

__all__ = ["get_build_info"]


def runs_on(*platforms):
    """Whether the JAX that is installed has a device of one of these platforms."""
    return any(device.platform in platforms for device in jax.devices())


def get_build_info():
    """Which accelerators the library is built for: those that JAX finds; and JAX's version.

    >>> get_build_info()["is_tensorrt_build"]
    False
    """
    return collections.OrderedDict(
        is_cuda_build=runs_on("gpu", "cuda"), is_rocm_build=runs_on("rocm"),
        is_tensorrt_build=False, jaxlib_version=version("jaxlib"),
    )  # fmt: skip
