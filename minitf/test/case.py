"""`tf.test.TestCase`: absl's test case, which also compares tensors and structures of them.

Where graphs are built (TensorFlow 1.x), `evaluate` runs them in the session of the test.
"""

import collections.abc
import contextlib
import random
import re
import tempfile
import threading

import numpy as np
from absl.testing import absltest

from minitf import devices, errors, nest
from minitf.compat import v1
from minitf.compat.v1.ragged_tensors import RaggedTensorValue
from minitf.core.slices import IndexedSlices
from minitf.core.tensor import Tensor
from minitf.ops.ragged import RaggedTensor
from minitf.ops.sparse import SparseTensor
from minitf.scopes import executing_eagerly
from minitf.variable import Variable

_SEED = 87654321  # of every test, as in TensorFlow
_RAGGED = (RaggedTensor, RaggedTensorValue)
_TENSORS = (Tensor, Variable, RaggedTensor, SparseTensor, IndexedSlices)


class _NoSession:
    """What a session is while tensors are evaluated eagerly."""

    def __getattr__(self, name):
        raise AttributeError(
            "Trying to access properties or call methods on the result of self.session(), "
            "self.cached_session(), etc while eager execution is enabled. If you're porting this "
            "test case to TF 2.0, either adapt the test to work with eager execution or insert a "
            "call to tf.disable_eager_execution() in the main() function of this test file."
        )


class _CheckedThread(threading.Thread):
    """A thread whose exceptions fail the test that joins it."""

    def __init__(self, case, target, args, kwargs):
        super().__init__(target=self._guarded, args=(target, args or (), kwargs or {}))
        self._case, self._error = case, None

    def _guarded(self, target, args, kwargs):
        try:
            target(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  told by `join`
            self._error = error

    def join(self, timeout=None):
        super().join(timeout)
        if self._error is not None:
            self._case.fail(f"Error in checkedThread: {self._error}")


def _value(tensor):
    """The numbers of an eager tensor; a composite one becomes a tuple of arrays."""
    if isinstance(tensor, SparseTensor):
        return v1.SparseTensorValue(*map(_value, (tensor.indices, tensor.values,
                                                  tensor.dense_shape)))  # fmt: skip
    if isinstance(tensor, IndexedSlices):
        return v1.IndexedSlicesValue(*map(_value, (tensor.values, tensor.indices,
                                                   tensor.dense_shape)))  # fmt: skip
    if isinstance(tensor, RaggedTensor):
        return RaggedTensorValue(*map(_value, (tensor.values, tensor.row_splits)))
    if callable(tensor):
        return nest.map_structure(_value, tensor())
    return tensor.numpy() if hasattr(tensor, "numpy") else tensor


class TestCase(absltest.TestCase):
    """A test case that can compare tensors, arrays and structures of them."""

    __test__ = False  # a base class

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    def setUp(self):
        super().setUp()
        self._session, self._threads = None, []
        random.seed(_SEED)
        np.random.seed(_SEED)
        v1.reset_default_graph()
        v1.set_random_seed(_SEED)
        if self.id().endswith(".test_session"):
            self.skipTest("Not a test.")

    def tearDown(self):
        for thread in getattr(self, "_threads", ()):
            self.assertFalse(thread.is_alive(), "A checkedThread was not terminated.")
        if getattr(self, "_session", None) is not None:
            self._session.close()
        super().tearDown()

    # Values --------------------------------------------------------------------------------------

    def evaluate(self, tensors):
        """The arrays that tensors, or structures of them, hold."""
        if executing_eagerly():
            return nest.map_structure(_value, tensors)
        session = getattr(self, "_session", None) or v1.get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.session() as session:
            return session.run(tensors)

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=True, force_gpu=False):
        """A new session, as a `with` block; where tensors are evaluated eagerly: nothing."""
        if executing_eagerly():
            yield _NoSession()
        else:
            with v1.Session(graph=graph, config=config) as session:
                yield session

    @contextlib.contextmanager
    def cached_session(self, graph=None, config=None, use_gpu=True, force_gpu=False):
        """The session of this test, which its later `with` blocks find again."""
        if executing_eagerly():
            yield _NoSession()
            return
        if self._session is None:
            self._session = v1.Session(graph=graph, config=config)
        elif graph is not None and graph is not self._session.graph:
            raise ValueError(
                "The graph used to get the cached session is different than the one that was used "
                "to create the session. Maybe create a new session with self.session()"
            )
        with self._session.graph.as_default(), self._session.as_default():
            yield self._session

    @contextlib.contextmanager
    def test_session(self, graph=None, config=None, use_gpu=True, force_gpu=False):
        """The cached session; with a graph, a new one."""
        method = self.cached_session if graph is None else self.session
        with method(graph, config, use_gpu, force_gpu) as session:
            yield session

    def get_temp_dir(self):
        """A folder of this test."""
        if not hasattr(self, "_folder"):
            self._folder = tempfile.mkdtemp()
        return self._folder

    def checkedThread(self, target, args=None, kwargs=None):
        """A thread whose exceptions fail the test when it is joined."""
        thread = _CheckedThread(self, target, args, kwargs)
        self._threads.append(thread)
        return thread

    def _array(self, value):
        if isinstance(value, _TENSORS):
            value = self.evaluate(value)
        if isinstance(value, np.ndarray):
            return value
        try:
            return np.array(value)
        except ValueError:  # lists of unequal lengths
            array = np.empty(len(value), object)
            array[:] = list(value)
            return array

    def _list(self, value):
        if isinstance(value, _TENSORS) and not (
            isinstance(value, RaggedTensor) and executing_eagerly()
        ):
            value = self.evaluate(value)
        if isinstance(value, np.ndarray):
            return value.tolist()
        return value.to_list() if hasattr(value, "to_list") else value

    def evaluate_if_both_tensors(self, a, b):
        """Both values; two tensors are evaluated in one run."""
        if isinstance(a, _TENSORS) and isinstance(b, _TENSORS):
            return self.evaluate((a, b))
        return a, b

    def _arrays(self, a, b):
        a, b = self.evaluate_if_both_tensors(a, b)
        return self._array(a), self._array(b)

    def _same_shapes(self, a, b, msg=None):
        found = f" with contents {b}" if b.ndim <= 3 or b.size < 500 else ""
        told = f"\n{msg}" if msg else ""
        self.assertEqual(
            a.shape, b.shape, f"Shape mismatch: expected {a.shape}, got {b.shape}{found}.{told}"
        )

    # Close to each other -------------------------------------------------------------------------

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Numbers, arrays, or structures of them, differ by no more than the tolerances.

        Raises:
          AssertionError: the shapes or the values differ.
          ValueError: one is a dictionary, the other is none.
        """
        self._assert_close(a, b, rtol, atol, "", msg or "")

    def _assert_close(self, a, b, rtol, atol, path, msg):
        if isinstance(a, _RAGGED) or isinstance(b, _RAGGED):
            a, b = self._list(a), self._list(b)
        a, b = (x._asdict() if hasattr(x, "_asdict") else x for x in (a, b))
        is_dict = isinstance(a, collections.abc.Mapping)
        if is_dict != isinstance(b, collections.abc.Mapping):
            raise ValueError(f"Can't compare dict to non-dict, a{path} vs b{path}. {msg}")
        if is_dict:
            self.assertItemsEqual(a, b, f"mismatched keys: a{path}, b{path}. {msg}")
            for key in a:
                self._assert_close(a[key], b[key], rtol, atol, f"{path}[{key}]", msg)
            return
        a_array, b_array = self._arrays(a, b)
        self._same_shapes(a_array, b_array, msg)
        if object not in (a_array.dtype, b_array.dtype):
            self._assert_numbers_close(
                *map(_as_numbers, (a_array, b_array)), rtol, atol,
                f"Mismatched value: a{path} is different from b{path}. {msg}",
            )  # fmt: skip
            return
        for i, (x, y) in enumerate(zip(a, b)):
            self._assert_close(x, y, rtol, atol, f"{path}[{i}]", msg)

    def _assert_numbers_close(self, a, b, rtol, atol, msg):
        rtol, atol = self._array(rtol), self._array(atol)
        with np.errstate(invalid="ignore", over="ignore"):
            far = ~np.isclose(a, b, rtol, atol, equal_nan=True)
            if far.any():
                x, y = a[far], b[far]
                self.fail(
                    f"{msg}\nnot close where = {np.argwhere(far).tolist()}\nnot close lhs = {x}\n"
                    f"not close rhs = {y}\nnot close dif = {abs(x - y)}\n"
                    f"dtype = {a.dtype}, shape = {a.shape}"
                )

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
        a, b = self._arrays(a, b)
        names = {a.dtype.name, b.dtype.name}
        floats, halves = {"float32", "complex64"}, {"float16"}
        for group, r, t in ((floats, float_rtol, float_atol), (halves, half_rtol, half_atol),
                            ({"bfloat16"}, bfloat16_rtol, bfloat16_atol)):  # fmt: skip
            if names & group:
                rtol, atol = max(rtol, r), max(atol, t)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertNotAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """The values are not close."""
        try:
            self.assertAllClose(a, b, rtol, atol)
        except AssertionError:
            return
        raise AssertionError(f"The two values are close at all elements. {msg or ''}")

    def assertNear(self, f1, f2, err, msg=None):
        """Two numbers differ by no more than `err`."""
        told = f" ({msg})" if msg else ""
        self.assertTrue(f1 == f2 or abs(f1 - f2) <= err, f"{f1!r} != {f2!r} +/- {err!r}{told}")

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        """Two lists of numbers differ by no more than `err` anywhere."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for f1, f2 in zip(farray1, farray2):
            self.assertNear(float(f1), float(f2), err, msg)

    def assertNDArrayNear(self, ndarray1, ndarray2, err, msg=None):
        """The distance of two arrays, as vectors, is less than `err`."""
        distance = np.linalg.norm(self._array(ndarray1) - self._array(ndarray2))
        self.assertLess(distance, err, msg)

    # Equal ---------------------------------------------------------------------------------------

    def assertAllEqual(self, a, b, msg=None):
        """The shapes and the values are equal; NaN is equal to NaN."""
        if isinstance(a, _RAGGED) or isinstance(b, _RAGGED):
            self.assertEqual(self._list(a), self._list(b), msg)
            return
        a, b = self._arrays(a, b)
        self._same_shapes(a, b, msg)
        np.testing.assert_array_equal(*_as_texts(a, b), err_msg=msg or "")

    def assertNotAllEqual(self, a, b, msg=None):
        """Some element differs."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}")

    def assertItemsEqual(self, first, second, msg=None):
        """Two collections have the same elements, in whatever order."""
        self.assertCountEqual(first, second, msg)

    def assertShapeEqual(self, input_a, input_b, msg=None):
        """The static shapes of arrays or tensors are equal."""
        for name, value in (("input_a", input_a), ("input_b", input_b)):
            if not isinstance(value, np.ndarray | np.generic | Tensor):
                raise TypeError(
                    f"{name} must be a Numpy ndarray, Numpy scalar, or a Tensor. "
                    f"Instead received {type(value)}"
                )
        a, b = (list(x.shape) for x in (input_a, input_b))
        self.assertAllEqual(a, b, msg)

    def assertDTypeEqual(self, target, expected_dtype):
        """The dtype of a tensor or array is the expected one."""
        array = self._array(target)
        self.assertEqual(array.dtype, np.dtype(getattr(expected_dtype, "as_numpy_dtype",
                                                       expected_dtype)))  # fmt: skip

    def assertDeviceEqual(self, device1, device2, msg=None):
        """Two names of devices mean the same."""
        device1, device2 = devices.canonical(device1), devices.canonical(device2)
        told = f" {msg}" if msg else ""
        self.assertEqual(device1, device2, f"Devices {device1} and {device2} are not equal.{told}")

    def assertStartsWith(self, actual, expected_start, msg=None):
        """A text begins with another."""
        if not actual.startswith(expected_start):
            told = f" ({msg})" if msg else ""
            self.fail(f"{actual!r} does not start with {expected_start!r}{told}")

    # Bounds --------------------------------------------------------------------------------------

    def assertAllGreater(self, a, comparison_target):
        """All elements are greater."""
        self.assertGreater(np.min(self._array(a)), self._array(comparison_target))

    def assertAllLess(self, a, comparison_target):
        """All elements are less."""
        self.assertLess(np.max(self._array(a)), self._array(comparison_target))

    def assertAllGreaterEqual(self, a, comparison_target):
        """All elements are at least as great."""
        self.assertGreaterEqual(np.min(self._array(a)), self._array(comparison_target))

    def assertAllLessEqual(self, a, comparison_target):
        """All elements are at most as great."""
        self.assertLessEqual(np.max(self._array(a)), self._array(comparison_target))

    def assertAllInRange(self, target, lower_bound, upper_bound, open_lower_bound=False,
                         open_upper_bound=False):  # fmt: skip
        """All elements lie between the bounds; an open bound is outside."""
        array = self._array(target)
        if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
            raise AssertionError(
                f"The value of {target} does not have an ordered numeric type, instead it has type:"
                f" {array.dtype}"
            )
        below = array <= lower_bound if open_lower_bound else array < lower_bound
        above = array >= upper_bound if open_upper_bound else array > upper_bound
        wrong = below | above | np.isnan(array.astype(np.float64))
        self.assertFalse(
            wrong.any(),
            f"Subscript(s) and value(s) of the offending elements:\n{np.argwhere(wrong)}\n"
            f"{array[wrong]}",
        )

    def assertAllInSet(self, target, expected_set):
        """All elements are among the expected ones."""
        others = np.setdiff1d(self._array(target), list(expected_set))
        if others.size:
            raise AssertionError(
                f"{others.size} unique element(s) are not in the set {expected_set}: {others}"
            )

    # Errors --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type, expected_err_re_or_predicate):
        """The block raises an error whose text matches, or for which the predicate holds."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  told if it is another one
            text = error.message if isinstance(error, errors.OpError) else str(error)
            if isinstance(error, errors.OpError) and error.op is not None:
                text += f"\nCaused by: {error.op.name}"
            matches = expected_err_re_or_predicate
            holds = matches(error) if callable(matches) else re.search(matches, text)
            if not isinstance(error, exception_type) or not holds:
                raise AssertionError(f"Exception of type {type(error)}: {error}") from error
        else:
            self.fail(f"{exception_type.__name__} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate):
        """The block raises an error of an op whose text matches."""
        return self.assertRaisesWithPredicateMatch(errors.OpError, expected_err_re_or_predicate)

    def assertRaisesIncompatibleShapesError(self, exception_type=errors.InvalidArgumentError):
        """The block raises an error of shapes that do not fit each other."""
        return self.assertRaisesWithPredicateMatch(
            exception_type, r"Incompatible shapes|Dimensions must be equal|required broadcastable"
        )


def _as_numbers(array):
    """Truth values, and narrow floats that NumPy does not know, become float32."""
    return array.astype(np.float32) if array.dtype.kind in "Vb" else array


def _as_texts(a, b):
    """Texts and bytes can be compared: the texts become bytes."""
    if {a.dtype.kind, b.dtype.kind} <= {"U", "S", "O"}:
        encode = np.vectorize(lambda x: x.encode() if isinstance(x, str) else x, [object])
        return encode(a), encode(b)
    return a, b
