"""`tf.test`: tests of programs that use tensors, and questions about the machine."""

import contextlib
import tempfile
import unittest

import jax
import numpy as np

from minitf import config

__all__ = [
    "TestCase", "gpu_device_name", "is_built_with_cuda", "is_built_with_gpu_support",
    "is_built_with_rocm", "is_built_with_xla", "is_gpu_available", "main",
]  # fmt: skip

main = unittest.main


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """Whether there is a GPU."""
    return bool(config.list_physical_devices("GPU"))


def gpu_device_name():
    """The name of the first GPU, or the empty string."""
    return "/device:GPU:0" if is_gpu_available() else ""


def is_built_with_cuda():
    """Whether the JAX that is installed runs on NVIDIA's GPUs."""
    return any(d.platform in ("gpu", "cuda") for d in jax.devices())


def is_built_with_rocm():
    """Whether the JAX that is installed runs on AMD's GPUs."""
    return any(d.platform == "rocm" for d in jax.devices())


def is_built_with_gpu_support():
    """Whether the JAX that is installed runs on GPUs."""
    return is_built_with_cuda() or is_built_with_rocm()


def is_built_with_xla():
    """True: everything is compiled by XLA."""
    return True


def _array(value):
    """`value` with NumPy arrays for tensors, also inside lists, tuples and dictionaries."""
    if isinstance(value, dict):
        return {key: _array(v) for key, v in value.items()}
    if isinstance(value, list | tuple) and any(hasattr(v, "numpy") for v in value):
        return type(value)([_array(v) for v in value])
    return value.numpy() if hasattr(value, "numpy") else value


class TestCase(unittest.TestCase):
    """A test case that can compare tensors, arrays and structures of them."""

    __test__ = False  # a base class

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    def evaluate(self, tensors):
        """The arrays that tensors, or structures of them, hold."""
        return _array(tensors)

    @contextlib.contextmanager
    def cached_session(self, graph=None, config=None, use_gpu=True, force_gpu=False):
        """Nothing but a `with` block: tensors are evaluated eagerly."""
        yield None

    session = test_session = cached_session

    def get_temp_dir(self):
        """A new folder."""
        return tempfile.mkdtemp()

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Numbers, arrays, or structures of them, differ by no more than the tolerances."""
        a, b = _array(a), _array(b)
        if isinstance(a, dict):
            self.assertEqual(a.keys(), b.keys(), msg)
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, msg)
        elif isinstance(a, list | tuple) and any(isinstance(x, np.ndarray) for x in a):
            self.assertEqual(len(a), len(b), msg)
            for x, y in zip(a, b):
                self.assertAllClose(x, y, rtol, atol, msg)
        else:
            np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol, atol, err_msg=msg or "")

    def assertAllCloseAccordingToType(  # fmt: skip
        self,
        a,
        b,
        rtol=1e-6,
        atol=1e-6,
        float_rtol=1e-6,
        float_atol=1e-6,
        half_rtol=1e-3,
        half_atol=1e-3,
        bfloat16_rtol=1e-2,
        bfloat16_atol=1e-2,
        msg=None,
    ):
        """As `assertAllClose`, with tolerances that suit the dtypes."""
        names = {np.asarray(_array(x)).dtype.name for x in (a, b)}
        for name, r, t in (("float32", float_rtol, float_atol), ("float16", half_rtol, half_atol),
                           ("bfloat16", bfloat16_rtol, bfloat16_atol)):  # fmt: skip
            if name in names:
                rtol, atol = max(rtol, r), max(atol, t)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertNotAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """The values are not close."""
        with self.assertRaises(AssertionError, msg=msg):
            self.assertAllClose(a, b, rtol, atol)

    def assertAllEqual(self, a, b, msg=None):
        """The values are equal, element by element."""
        np.testing.assert_array_equal(np.asarray(_array(a)), np.asarray(_array(b)), msg or "")

    def assertNotAllEqual(self, a, b, msg=None):
        """Some element differs."""
        self.assertFalse(np.array_equal(np.asarray(_array(a)), np.asarray(_array(b))), msg)

    def assertShapeEqual(self, input_a, input_b, msg=None):
        """The shapes are equal."""
        self.assertEqual(tuple(input_a.shape), tuple(input_b.shape), msg)

    def assertDTypeEqual(self, target, expected_dtype):
        """The dtype of a tensor or array is the expected one."""
        self.assertEqual(np.asarray(_array(target)).dtype, np.dtype(expected_dtype))

    def assertNear(self, f1, f2, err, msg=None):
        """Two numbers differ by no more than `err`."""
        self.assertLessEqual(abs(float(f1) - float(f2)), err, msg)

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        """Two lists of numbers differ by no more than `err` anywhere."""
        self.assertAllClose(farray1, farray2, 0.0, err, msg)

    def assertAllGreater(self, a, comparison_target):
        """All elements are greater."""
        self.assertTrue((np.asarray(_array(a)) > comparison_target).all())

    def assertAllLess(self, a, comparison_target):
        """All elements are less."""
        self.assertTrue((np.asarray(_array(a)) < comparison_target).all())

    def assertAllGreaterEqual(self, a, comparison_target):
        """All elements are at least as great."""
        self.assertTrue((np.asarray(_array(a)) >= comparison_target).all())

    def assertAllLessEqual(self, a, comparison_target):
        """All elements are at most as great."""
        self.assertTrue((np.asarray(_array(a)) <= comparison_target).all())

    def assertAllInRange(self, target, lower_bound, upper_bound):
        """All elements lie between the bounds."""
        self.assertAllGreaterEqual(target, lower_bound)
        self.assertAllLessEqual(target, upper_bound)

    def assertLen(self, container, expected_len, msg=None):
        """The container has so many elements."""
        self.assertEqual(len(container), expected_len, msg)
