"""`tf.test`: tests of programs that use tensors, and questions about the machine."""

from absl.testing import absltest

from minitf import config
from minitf.sysconfig import runs_on
from minitf.test.case import TestCase
from minitf.test.jacobians import compute_gradient

__all__ = [
    "TestCase", "compute_gradient", "gpu_device_name", "is_built_with_cuda",
    "is_built_with_gpu_support", "is_built_with_rocm", "is_built_with_xla", "is_gpu_available",
    "main",
]  # fmt: skip


def main(argv=None):
    """Runs all tests of the program's main module."""
    absltest.main(argv=argv)


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """Whether there is a GPU."""
    return bool(config.list_physical_devices("GPU"))


def gpu_device_name():
    """The name of the first GPU, or the empty string."""
    return "/device:GPU:0" if is_gpu_available() else ""


def is_built_with_cuda():
    """Whether the JAX that is installed runs on NVIDIA's GPUs."""
    return runs_on("gpu", "cuda")


def is_built_with_rocm():
    """Whether the JAX that is installed runs on AMD's GPUs."""
    return runs_on("rocm")


def is_built_with_gpu_support():
    """Whether the JAX that is installed runs on GPUs."""
    return is_built_with_cuda() or is_built_with_rocm()


def is_built_with_xla():
    """True: everything is compiled by XLA."""
    return True
