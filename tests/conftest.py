"""The parity harness: one test body, two libraries.

A test asks for the fixtures `tf` and `answer`, computes with `tf`, and hands over what it got:

    def test_sum(tf, answer):
        answer("sum", tf.constant([1.0, 2.0]) + 3)
        answer.raises("shapes", lambda: tf.zeros(2) + tf.zeros(3), keywords=["shapes"])

`tf` is minitf, and also TensorFlow itself where that can be imported beside minitf. Real
TensorFlow's answers are recorded in `tests/goldens/<test module>.json`, and every run compares
with them:

    python tests/record.py --python PYTHON_WITH_TENSORFLOW [tests/test_x.py ...]

An answer is a tensor, a variable, an array, a Python scalar, a string, bytes, None, a dtype, a
shape, indexed slices, or any list, tuple or dict of these. Kind, dtype and shape must be equal;
floating values must be close (`rtol`, `atol`; by default a tolerance that suits the dtype); all
else must be equal. Of an exception, the class's name and the keywords must be there.

A test that compares with no recorded answer (it speaks of minitf alone) imports minitf itself.
"""

import base64
import contextlib
import gc
import importlib
import importlib.util
import io
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

GOLDENS = Path(__file__).parent / "goldens"
LIBRARIES = ("minitf", "tensorflow")
INLINE_SIZE = 512  # larger arrays are stored compressed
TOLERANCE = {
    "bfloat16": 2e-2,
    "float16": 2e-3,
    "float32": 1e-5,
    "float64": 1e-9,
    "complex64": 1e-5,
    "complex128": 1e-9,
}


# --- what an answer is, as JSON


def encode_array(kind: str, array: np.ndarray) -> dict[str, Any]:
    dtype, shape = array.dtype.name, list(array.shape)
    if array.dtype.kind in "OSU":
        dtype = "string"
        flat = [x.decode("latin-1") if isinstance(x, bytes) else str(x) for x in array.flat]
    elif array.dtype.kind == "c":
        flat = np.ravel(array).view(array.real.dtype).tolist()  # pairs: real, imaginary
    else:
        exact = np.ravel(array)
        if array.dtype.kind == "V" or dtype == "bfloat16":
            exact = exact.astype(np.float32)
        if array.size > INLINE_SIZE:
            packed = base64.b64encode(zlib.compress(exact.tobytes(), 9)).decode("ascii")
            return {kind: dtype, "shape": shape, "bytes_of": exact.dtype.name, "zlib": packed}
        flat = exact.tolist()
    return {kind: dtype, "shape": shape, "values": flat}


def encode(value: Any) -> Any:
    """A value in the form that goldens keep: plain JSON, exact."""
    name = type(value).__name__
    if isinstance(value, (np.ndarray, np.number, np.bool_)):
        return encode_array("array", np.asarray(value))
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, dict):
        return {"dict": [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [encode(v) for v in value]}
    if isinstance(value, list) or name == "ListWrapper":
        return [encode(v) for v in value]
    if name == "DType":
        return {"dtype": value.name}
    if name == "TensorShape":
        return {"TensorShape": None if value.rank is None else value.as_list()}
    if name == "IndexedSlices":
        parts = (value.values, value.indices, value.dense_shape)
        return {"IndexedSlices": [encode(part) for part in parts]}
    if hasattr(value, "numpy"):
        kind = "variable" if hasattr(value, "assign") else "tensor"
        return encode_array(kind, np.asarray(value.numpy()))
    raise TypeError(f"no form for an answer of type {type(value)!r}: {value!r}")


def array_of(form: dict[str, Any]) -> np.ndarray:
    if "zlib" in form:
        flat = np.frombuffer(zlib.decompress(base64.b64decode(form["zlib"])), form["bytes_of"])
    else:
        dtype = dtype_of(form)
        if dtype.startswith("complex"):
            flat = np.array(form["values"], "float64").view("complex128")
        elif dtype in ("string", "bfloat16", "float16", "float32", "float64"):
            flat = np.array(form["values"], object if dtype == "string" else "float64")
        else:
            known = dtype in np.sctypeDict
            flat = np.array(form["values"], dtype if known else "float64")
    return flat.reshape(form["shape"])


def kind_of(form: dict[str, Any]) -> str | None:
    return next((k for k in ("tensor", "variable", "array") if k in form), None)


def dtype_of(form: dict[str, Any]) -> str:
    return form[kind_of(form) or ""]


def assert_same(expected: Any, actual: Any, where: str, rtol: float | None, atol: float | None):
    """Fail, saying where, unless two encoded answers are equal or close enough."""
    message = f"{where}: TensorFlow has {expected!r:.2000}, this is {actual!r:.2000}"
    assert type(expected) is type(actual), message
    if isinstance(expected, float):
        tolerance = TOLERANCE["float32"] if rtol is None else rtol
        small = tolerance if atol is None else atol
        assert np.allclose(actual, expected, tolerance, small, equal_nan=True), message
    elif isinstance(expected, list):
        assert len(expected) == len(actual), message
        for i, (e, a) in enumerate(zip(expected, actual, strict=True)):
            assert_same(e, a, f"{where}[{i}]", rtol, atol)
    elif not isinstance(expected, dict):
        assert expected == actual, message
    elif kind_of(expected) is None:
        assert expected.keys() == actual.keys(), message
        for key in expected:
            assert_same(expected[key], actual[key], f"{where}.{key}", rtol, atol)
    else:
        assert kind_of(expected) == kind_of(actual), message
        assert dtype_of(expected) == dtype_of(actual), message
        assert expected["shape"] == actual["shape"], message
        e, a = array_of(expected), array_of(actual)
        if dtype_of(expected) in TOLERANCE:
            tolerance = TOLERANCE[dtype_of(expected)] if rtol is None else rtol
            small = tolerance / 10 if atol is None else atol
            np.testing.assert_allclose(a, e, tolerance, small, err_msg=where)
        else:
            np.testing.assert_array_equal(a, e, err_msg=where)


# --- the recorded answers


class Goldens:
    """The recorded answers of all test modules, read when first needed."""

    def __init__(self):
        self.recorded: dict[str, dict[str, Any]] = {}  # in this session: module -> key -> form
        self._loaded: dict[str, dict[str, Any]] = {}

    def path(self, module: str) -> Path:
        return GOLDENS / f"{module}.json"

    def load(self, module: str) -> dict[str, Any]:
        if module not in self._loaded:
            path = self.path(module)
            content = json.loads(path.read_text("utf-8")) if path.exists() else {"answers": {}}
            self._loaded[module] = content["answers"]
        return self._loaded[module]

    def write(self, keep_others: bool) -> None:
        """Write what was recorded; beside it, keep the answers of tests that did not run."""
        version = importlib.import_module("tensorflow").__version__
        for module, answers in self.recorded.items():
            merged = {**self.load(module), **answers} if keep_others else answers
            lines = [
                f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}"
                for k, v in sorted(merged.items())
            ]
            body = ",\n".join(lines)
            text = f'{{"tensorflow": "{version}", "answers": {{\n{body}\n}}}}\n'
            self.path(module).write_text(text, "utf-8")


class Answer:
    """Hands a test's results to the recorder, or compares them with the recorded ones."""

    def __init__(self, goldens: Goldens, module: str, test: str, record: bool):
        self._goldens, self._module, self._test, self._record = goldens, module, test, record
        self._given: set[str] = set()

    def __call__(
        self, key: str, value: Any, rtol: float | None = None, atol: float | None = None
    ) -> None:
        """Compare `value` with TensorFlow's answer of the same key in the same test."""
        expected, actual = self._expected(key, encode(value))
        assert_same(expected, actual, key, rtol, atol)

    def raises(self, key: str, fn, keywords: list[str] | tuple[str, ...] = ()) -> None:
        """Call `fn`, which must raise TensorFlow's class of error; its text has the keywords."""
        try:
            value = fn()
        except Exception as error:
            actual = {"raises": type(error).__name__, "message": str(error)[:1000]}
        else:
            pytest.fail(f"{key}: no exception was raised; the value is {value!r:.1000}")
        expected, actual = self._expected(key, actual)
        assert expected["raises"] == actual["raises"], f"{key}: {expected!r}, this is {actual!r}"
        for word in keywords:
            assert word in actual["message"], f"{key}: no {word!r} in {actual['message']!r}"

    def printed(self, key: str, fn) -> None:
        """Call `fn` and compare, to the letter, what it printed on Python's standard output."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            fn()
        self(key, out.getvalue())

    def _expected(self, key: str, actual: Any) -> tuple[Any, Any]:
        assert key not in self._given, f"two answers of one test have the key {key!r}"
        self._given.add(key)
        actual = json.loads(json.dumps(actual))
        full_key = f"{self._test}/{key}"
        if self._record:
            self._goldens.recorded.setdefault(self._module, {})[full_key] = actual
            return actual, actual
        answers = self._goldens.load(self._module)
        if full_key not in answers:
            pytest.fail(f"no recorded answer for {full_key!r}: run tests/record.py ({__file__})")
        return answers[full_key], actual


# --- pytest's hooks and the fixtures


def pytest_addoption(parser):
    parser.addoption(
        "--record", action="store_true", help="record TensorFlow's answers in tests/goldens"
    )


def pytest_configure(config):
    config.goldens = Goldens()


def pytest_ignore_collect(collection_path, config):
    """Recording runs where minitf cannot be imported: take only files that give answers."""
    if config.option.record and collection_path.suffix == ".py":
        text = collection_path.read_text("utf-8")
        if "answer" not in text and "table(ROWS)" not in text:
            return True
    return None


def pytest_collection_modifyitems(config, items):
    if config.option.record:
        items[:] = [i for i in items if "answer" in getattr(i, "fixturenames", ())]


def pytest_collection_finish(session):
    """Rarer searches for garbage: with all that JAX keeps, they take a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_generate_tests(metafunc):
    if "tf" in metafunc.fixturenames:
        if metafunc.config.option.record:
            libraries = ["tensorflow"]
        else:
            beside = importlib.util.find_spec("tensorflow") is not None
            libraries = list(LIBRARIES if beside else LIBRARIES[:1])
        metafunc.parametrize("tf", libraries, indirect=True, ids=libraries)


def pytest_sessionfinish(session, exitstatus):
    config = session.config
    if config.option.record:
        part = bool(config.option.keyword) or any("::" in a for a in config.args) or exitstatus != 0
        config.goldens.write(keep_others=part)


@pytest.fixture
def tf(request):
    """The library under test, minitf or TensorFlow, with no seed left from another test."""
    library = importlib.import_module(request.param)
    library.random.set_seed(None)
    return library


@pytest.fixture
def answer(request, tf):
    """Compares (or records) the test's results: see the module's docstring."""
    parts = request.node.callspec.id.split("-")
    parameters = "-".join(part for part in parts if part not in LIBRARIES)
    test = request.node.originalname + (f"[{parameters}]" if parameters else "")
    module = Path(request.node.path).stem
    if request.cls is not None:
        test = f"{request.cls.__name__}.{test}"
    config = request.config
    return Answer(config.goldens, module, test, config.option.record)


@pytest.fixture
def answer_of(request, tf):
    """`answer_of(test)` compares with the answers that another test of this module recorded."""
    module, goldens = Path(request.node.path).stem, request.config.goldens
    return lambda test: Answer(goldens, module, test, record=False)
