"""`tf.test`: what a test case of a TensorFlow program compares, evaluates and refuses."""

import collections
import unittest

import numpy as np

Pair = collections.namedtuple("Pair", ["left", "right"])


def outcome(case):
    """What each method of a test case came to: "ok", "failed", "skipped", or its error's class."""
    results = {}
    for test in unittest.TestLoader().loadTestsFromTestCase(case):
        result = unittest.TestResult()
        test.run(result)
        name = test.id().rpartition(".")[2]
        if result.errors:
            last = result.errors[0][1].strip().splitlines()
            results[name] = next(line for line in reversed(last) if "Error" in line).split(":")[0]
        else:
            results[name] = "failed" if result.failures else "skipped" if result.skipped else "ok"
    return results


def test_comparisons(tf, answer):
    ragged = tf.ragged.constant([[1], [2, 3]])
    sure = {
        "close": lambda case: case.assertAllClose(tf.ones([2]), [1.0, 1.0]),
        "dictionary": lambda case: case.assertAllClose({"a": tf.ones([2])}, {"a": [1.0, 1.0]}),
        "named": lambda case: case.assertAllClose(Pair(tf.ones([2]), 1), Pair([1.0, 1.0], 1.0)),
        "uneven": lambda case: case.assertAllClose([[1.0], [2.0, 3.0]], [[1.0], [2.0, 3.0]]),
        "by type": lambda case: case.assertAllCloseAccordingToType(
            tf.constant([1.0], tf.bfloat16), np.array([1.005], "float32")),
        "equal": lambda case: case.assertAllEqual([1, 2], tf.constant([1, 2])),
        "nan": lambda case: case.assertAllEqual([np.nan], tf.constant([np.nan])),
        "texts": lambda case: case.assertAllEqual(["a"], tf.constant(["a"])),
        "ragged": lambda case: case.assertAllEqual(ragged, [[1], [2, 3]]),
        "far apart": lambda case: case.assertNotAllClose([1.0], tf.constant([2.0])),
        "unequal": lambda case: case.assertNotAllEqual([1.0], tf.constant([2.0])),
        "shape": lambda case: case.assertShapeEqual(np.ones([2]), tf.ones([2])),
        "dtype": lambda case: case.assertDTypeEqual(tf.ones([2]), np.float32),
        "range": lambda case: case.assertAllInRange(tf.ones([2]), 0, 1),
        "set": lambda case: case.assertAllInSet(tf.constant([1, 2, 1]), {1, 2}),
        "less": lambda case: case.assertAllLess(tf.constant([1, 2]), 3),
        "device": lambda case: case.assertDeviceEqual("/cpu:0", "/device:CPU:0"),
        "tolerances": lambda case: case.assertAllClose([1.0, 2.0], [1.5, 2.1], atol=[0.6, 0.2]),
        "truth": lambda case: case.assertAllClose([True], tf.constant([True])),
        "near": lambda case: case.assertNear(1.0, 1.01, 0.1),
        "items": lambda case: case.assertItemsEqual([1, 2], [2, 1]),
        "length": lambda case: case.assertLen([1, 2], 2),
        "empty": lambda case: case.assertEmpty([]),
        "value": lambda case: case.assertEqual(case.evaluate(tf.constant(3)), 3),
        "structure": lambda case: case.assertEqual(
            type(case.evaluate(Pair(tf.constant(3), [tf.constant(2)]))), Pair),
    }  # fmt: skip
    wrong = {
        "equal": lambda case: case.assertAllEqual([1, 2], tf.constant([1, 3])),
        "close": lambda case: case.assertAllClose([1.0], [1.1]),
        "shape": lambda case: case.assertAllClose([1.0], [1.0, 1.0]),
        "broadcast": lambda case: case.assertAllEqual([1.0], 1.0),
        "not close": lambda case: case.assertNotAllClose([1.0], [1.0]),
        "mixed": lambda case: case.assertAllClose({"a": 1.0}, [1.0]),
        "lengths": lambda case: case.assertAllClose([[1.0], [2.0, 3.0]], [[1.0]]),
        "range": lambda case: case.assertAllInRange(tf.ones([2]), 0, 1, open_upper_bound=True),
        "set": lambda case: case.assertAllInSet(tf.constant([1, 2, 5]), {1, 2}),
        "shape of a list": lambda case: case.assertShapeEqual([1], tf.ones([1])),
        "ragged": lambda case: case.assertAllEqual(ragged, [[1], [2, 4]]),
    }
    for name, checks in {"sure": sure, "wrong": wrong}.items():
        methods = {f"test_{key}": check for key, check in checks.items()}
        answer(name, outcome(type("Case", (tf.test.TestCase,), methods)))


def test_errors(tf, answer):
    class Case(tf.test.TestCase):
        def test_of_an_op(self):
            with self.assertRaisesOpError("Incompatible|broadcast"):
                tf.constant([1, 2]) + tf.constant([1, 2, 3])

        def test_of_a_predicate(self):
            with self.assertRaisesWithPredicateMatch(ValueError, lambda e: "so" in str(e)):
                raise ValueError("not so")

        def test_of_another_text(self):
            with self.assertRaisesWithPredicateMatch(ValueError, "never"):
                raise ValueError("so")

        def test_of_another_class(self):
            with self.assertRaisesWithPredicateMatch(TypeError, "so"):
                raise ValueError("so")

        def test_that_is_not_raised(self):
            with self.assertRaisesOpError("so"):
                self.assertTrue(True)

        def test_in_a_thread(self):
            thread = self.checkedThread(self.fail, ["inside"])
            thread.start()
            thread.join()

        def test_of_a_session_that_is_none(self):
            with self.session() as session:
                session.run(3)

    answer("errors", outcome(Case))


def test_seeds(tf, answer):
    values = []

    class Case(tf.test.TestCase):
        def test_first(self):
            values.append([tf.random.uniform([2]), np.random.rand(2)])

        test_second = test_first

    answer("outcome", outcome(Case))
    answer("numbers", values, rtol=1e-6)


def test_sessions(tf, answer):
    """In graphs, values are those of a run in the session of the test."""

    class Case(tf.test.TestCase):
        def test_cached(self):
            with tf.Graph().as_default(), self.cached_session():
                v = tf.compat.v1.get_variable("v", [], initializer=tf.compat.v1.ones_initializer())
                self.evaluate(tf.compat.v1.global_variables_initializer())
                self.assertAllClose(v + 1.0, 2.0)
                self.assertEqual(self.evaluate({"v": v}), {"v": 1.0})
                with self.cached_session() as again:
                    self.assertEqual(again.run(v.assign_add(1.0)), 2.0)

        def test_new(self):
            with self.session(graph=tf.Graph()) as session:
                self.assertEqual(session.run(tf.constant(3) * 2), 6)

        def test_v1(self):
            with tf.Graph().as_default():
                with self.test_session() as session:
                    x = tf.compat.v1.placeholder(tf.float32, [2])
                    self.assertAllClose(session.run(x * 2.0, {x: [1.0, 2.0]}), [2.0, 4.0])

    answer("outcome", outcome(Case))


def test_gradients_beside_differences(tf, answer):
    x, w = tf.constant([[1.0, 2.0]]), tf.constant([[1.0], [3.0]])
    answer("matmul", tf.test.compute_gradient(tf.matmul, [x, w]), rtol=1e-3)
    answer("unused", tf.test.compute_gradient(lambda x, w: x * 2.0, [x, w]), rtol=1e-3)
    answer.raises("no list", lambda: tf.test.compute_gradient(tf.square, x), ["list"])


def test_the_machine(tf, answer):
    answer("built", tf.test.is_built_with_xla())
