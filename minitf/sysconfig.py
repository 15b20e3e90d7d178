"""`tf.sysconfig`: how the library was built. There is nothing to compile against, but JAX's XLA."""

import collections
from importlib.metadata import version

__all__ = ["get_build_info"]


def get_build_info():
    """Which accelerators the library was built for; minitf leaves them to JAX, and names it.

    >>> get_build_info()["is_cuda_build"]
    False
    """
    return collections.OrderedDict(
        is_cuda_build=False, is_rocm_build=False, is_tensorrt_build=False,
        jaxlib_version=version("jaxlib"),
    )  # fmt: skip
