"""Random numbers and seed rules against TensorFlow's own, recorded in goldens/philox.json.

A row of CASES says the same thing twice: to TensorFlow, and to minitf.ops. Running this file as a
script, under a Python that has TensorFlow, records TensorFlow's answers anew:

    python tests/test_philox.py

Integers and uniforms must agree bit for bit. Rows with an `rtol` go through log, sin or cos.
"""

import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pytest

if importlib.util.find_spec("jax"):
    import jax

    jax.config.update("jax_enable_x64", True)
    from minitf.ops import philox, samplers, seeds

GOLDENS = Path(__file__).parent / "goldens" / "philox.json"
SEEDS = 5, 7
WIDE = 2**40 + 3, 2**33 + 1
INT32, INT64 = np.iinfo(np.int32), np.iinfo(np.int64)
LOGITS = np.array([[1.0, 2, 3, 4], [5, 1, 1, 1], [-np.inf, 1, -np.inf, 1]], np.float32)
ALPHAS = np.array([[0.3, 1.0], [2.5, 40.0]], np.float64)
RATES = np.array([0.2, 3.0, 9.9, 10.0, 250.0], np.float64)

CASES = {}  # name -> (TensorFlow's side, minitf's side, rtol); a side returns a list of results


def row(name, theirs, ours, rtol=0.0):
    if name in CASES:
        raise ValueError(f"two rows are called {name!r}")
    CASES[name] = theirs, ours, rtol


# ------------------------------------------------------- stateful ops, several calls in a row


def tf_calls(op, calls, seed_pair):
    """One kernel, called once for each dict of arguments; its counter moves on."""
    import tensorflow as tf

    tf.random.set_seed(None)  # drops the kernels that earlier rows made, with their counters
    call, results = getattr(tf.raw_ops, op), []
    for args in calls:
        if "shape" in args:
            args = args | {"shape": np.array(args["shape"], np.int32)}
        results.append(call(**args, seed=seed_pair[0], seed2=seed_pair[1]))
    return results


def our_calls(op, sample, calls, seed_pair):
    """`sample(stream, **args)`, with the counter moved as `reserved` says."""
    streams, results = seeds.Streams(), []
    for args in calls:
        if op == "RandomShuffle":
            blocks = philox.reserved(op, length=len(args["value"]))
        elif op == "Multinomial":
            blocks = philox.reserved(op, batch=len(LOGITS), num_samples=args["num_samples"])
        else:
            outputs = [args["shape"], np.shape(args.get("alpha", args.get("rate", 0.0)))]
            blocks = philox.reserved(op, size=math.prod(map(math.prod, outputs)))
        taken = map(np.uint64, streams.take(op, *seed_pair, blocks))
        results.append(compiled(sample, philox.stateful_key, args)(*taken))
    return results


def compiled(sample, key, args=None):
    """`sample` at the stream that `key` makes of traced seeds."""
    return jax.jit(lambda *seeds: sample(key(*seeds), **(args or {})))


def stateful(name, op, sample, *calls, seed_pair=SEEDS, rtol=0.0):
    row(
        name,
        lambda: tf_calls(op, calls, seed_pair),
        lambda: our_calls(op, sample, calls, seed_pair),
        rtol,
    )


SHAPES = [3], [2, 5], [], [0], [33]
TOLERANCE = {"float16": 1e-3, "bfloat16": 8e-3, "float32": 1e-6, "float64": 1e-14}

for dtype, rtol in TOLERANCE.items():
    shapes = [{"shape": shape, "dtype": dtype} for shape in SHAPES]
    stateful(
        f"RandomUniform {dtype}",
        "RandomUniform",
        lambda stream, shape, dtype: philox.uniform(*stream, shape, dtype),
        *shapes,
    )
    stateful(
        f"RandomStandardNormal {dtype}",
        "RandomStandardNormal",
        lambda stream, shape, dtype: samplers.normal(*stream, shape, dtype),
        *shapes,
        {"shape": [400], "dtype": dtype},
        rtol=rtol,
    )
    stateful(
        f"TruncatedNormal {dtype}",
        "TruncatedNormal",
        lambda stream, shape, dtype: samplers.truncated_normal(*stream, shape, dtype),
        *shapes,
        {"shape": [1001], "dtype": dtype},
        rtol=rtol,
    )

stateful(
    "RandomUniform wide seeds",
    "RandomUniform",
    lambda stream, shape, dtype: philox.uniform(*stream, shape, dtype),
    {"shape": [6], "dtype": "float32"},
    seed_pair=WIDE,
)
for info in (INT32, INT64):
    dtype = str(info.dtype)
    ranges = (0, 10), (-7, 4), (info.min, info.max), (-1, 0), (info.max - 3, info.max)
    stateful(
        f"RandomUniformInt {dtype}",
        "RandomUniformInt",
        lambda stream, shape, minval, maxval: philox.uniform_int(
            *stream, shape, minval, maxval, minval.dtype
        ),
        *({"shape": [7], "minval": info.dtype.type(a), "maxval": info.dtype.type(b)}
          for a, b in ranges),
    )  # fmt: skip
for dtype in ("int32", "int64"):
    stateful(
        f"Multinomial {dtype}",
        "Multinomial",
        lambda stream, logits, num_samples, output_dtype: samplers.categorical(
            *stream, logits, num_samples, output_dtype
        ),
        *({"logits": LOGITS, "num_samples": n, "output_dtype": dtype} for n in (1, 6, 4, 11)),
    )
stateful(
    "RandomShuffle",
    "RandomShuffle",
    lambda stream, value: samplers.permutation(*stream, len(value)),
    *({"value": np.arange(n, dtype=np.int32)} for n in (6, 2, 1, 0, 9, 10, 50)),
)
for dtype in ("float16", "float32", "float64"):
    stateful(
        f"RandomGamma {dtype}",
        "RandomGamma",
        lambda stream, shape, alpha: samplers.gamma(*stream, shape, alpha),
        *({"shape": shape, "alpha": ALPHAS.astype(dtype)} for shape in ([3], [2, 20], [])),
        rtol=max(TOLERANCE[dtype], 1e-12),
    )
for rate_dtype, dtype in (
    ("float32", "float32"),
    ("float64", "int64"),
    ("float16", "float16"),
    ("float64", "float64"),
    ("int32", "int32"),
):
    stateful(
        f"RandomPoissonV2 {rate_dtype} {dtype}",
        "RandomPoissonV2",
        lambda stream, shape, rate, dtype: samplers.poisson(*stream, shape, rate, dtype),
        *({"shape": s, "rate": RATES.astype(rate_dtype), "dtype": dtype} for s in ([4], [2, 30])),
    )


# ---------------------------------------------------------------------------- stateless ops


def tf_stateless(name, *args, **kwargs):
    import tensorflow as tf

    module = tf.random.experimental if name == "stateless_shuffle" else tf.random
    return [getattr(module, name)(*args, **kwargs)]


def stateless(name, sample, *args, rtol=0.0, **kwargs):
    """`sample(stream)` against tf.random's function, for seeds of both signs and widths."""
    pairs = np.array([5, 7], np.int32), np.array([-1, -(2**31)], np.int32), np.array([-3, 2**40])
    label = f"{name} {kwargs.get('dtype', '')} {'range' if kwargs.get('maxval') else ''}".strip()
    for pair in pairs:
        row(
            f"{label} {pair.tolist()}",
            lambda pair=pair: tf_stateless(name, *args, seed=pair, **kwargs),
            lambda pair=pair: [compiled(sample, philox.stateless_key)(pair)],
            rtol,
        )


stateless("stateless_uniform", lambda s: philox.uniform(*s, (5,)), [5])
stateless(
    "stateless_uniform",
    lambda s: philox.uniform_int(*s, (5,), -3, 8, "int64"),
    [5],
    minval=-3,
    maxval=8,
    dtype="int64",
)
for dtype in ("int32", "uint32", "int64", "uint64"):
    stateless(
        "stateless_uniform",
        lambda s, dtype=dtype: philox.uniform_full_int(*s, (5,), dtype),
        [5],
        minval=None,
        maxval=None,
        dtype=dtype,
    )
stateless("stateless_normal", lambda s: samplers.normal(*s, (5,)), [5], rtol=1e-6)
stateless(
    "stateless_truncated_normal", lambda s: samplers.truncated_normal(*s, (99,)), [99], rtol=1e-6
)
stateless(
    "stateless_gamma",
    lambda s: samplers.gamma(*s, (9,), ALPHAS),
    [9, 2, 2],
    alpha=ALPHAS.tolist(),
    dtype="float64",
    rtol=1e-12,
)
stateless(
    "stateless_poisson",
    lambda s: samplers.poisson(*s, (9,), RATES, "int32"),
    [9, 5],
    lam=RATES.tolist(),
)
stateless(
    "stateless_categorical",
    lambda s: samplers.categorical(*s, LOGITS, 9),
    LOGITS.tolist(),
    num_samples=9,
)
stateless("stateless_shuffle", lambda s: samplers.permutation(*s, 20), list(range(20)))


# --------------------------------------------------------------------------------- Generator


def tf_generator(seed):
    import tensorflow as tf

    g = tf.random.Generator.from_seed(seed, alg="philox")
    results = [g.state.numpy(), g.uniform([3]), g.state.numpy(), g.uniform([], 0, 9, "int64")]
    results += [g.state.numpy(), g.uniform_full_int([2], "uint64"), g.state.numpy()]
    results += [np.stack([child.state.numpy() for child in g.split(3)]), g.state.numpy()]
    g.skip(2**60)  # carries out of the low counter word
    return [*results, g.state.numpy(), g.make_seeds(2)[0]]


def our_generator(seed):
    states = [philox.generator_state(seed)]
    for delta in (3, 1, 2, 3, 2**60):
        states.append(philox.generator_skip(states[-1], delta))
    streams = [philox.generator_key(state) for state in states]
    children, after = philox.generator_split(states[3], 3)
    return [
        *(states[0], philox.uniform(*streams[0], (3,))),
        *(states[1], philox.uniform_int(*streams[1], (), 0, 9, "int64")),
        *(states[2], philox.uniform_full_int(*streams[2], (2,), "uint64")),
        *(states[3], children, after),
        *(states[5], philox.uniform_full_int(*streams[5], (2,), "int64")),
    ]


for seed in (7, -7, 2**70 + 3, [1, 2], [2**62, -1, 9]):
    row(f"Generator {seed}", lambda s=seed: tf_generator(s), lambda s=seed: our_generator(s))


# -------------------------------------------------------------------------------- seed rules


def tf_seed_rules(seed):
    import tensorflow as tf

    get_seed, results = tf.compat.v1.get_seed, []
    tf.random.set_seed(seed)
    results += [get_seed(s) for s in (None, None, 5, None, 0, -3, 2**40, 2**31 - 1)]

    @tf.function
    def outer(flag):
        results.extend([get_seed(None), get_seed(9), get_seed(None)])
        tf.cond(flag, lambda: results.append(get_seed(None)) or 1.0, lambda: 2.0)

    outer(tf.constant(True))
    results.append(get_seed(None))
    with tf.Graph().as_default():
        results += [get_seed(None), get_seed(4)]
        tf.compat.v1.set_random_seed(3)
        results += [get_seed(None), get_seed(2), get_seed(None)]
        tf.compat.v1.set_random_seed(4)
        results += [get_seed(None)]
    tf.random.set_seed(seed)
    return [[-1 if s is None else s for s in pair] for pair in [*results, get_seed(None)]]


def our_seed_rules(seed):
    eager = seeds.SeedState()
    eager.set_seed(seed)
    results = [eager.op_seed(s) for s in (None, None, 5, None, 0, -3, 2**40, 2**31 - 1)]
    outer = eager.for_graph()
    results += [outer.op_seed(None), outer.op_seed(9), outer.op_seed(None)]
    results += [outer.for_graph().op_seed(None), eager.op_seed(None)]
    graph = seeds.SeedState(graph=True)
    results += [graph.op_seed(None), graph.op_seed(4)]
    graph.set_seed(3)
    results += [graph.op_seed(None), graph.op_seed(2), graph.op_seed(None)]
    graph.set_seed(4)
    results += [graph.op_seed(None)]
    eager.set_seed(seed)
    results.append(eager.op_seed(None))
    return [[-1 if s is None else s for s in pair] for pair in results]


for seed in (None, 1, 0, -1, 2**40 + 5, 42):
    row(f"seed rules {seed}", lambda s=seed: tf_seed_rules(s), lambda s=seed: our_seed_rules(s))


def tf_public():
    """tf.random.* in eager mode, a function and a Session; lists what users see."""
    import tensorflow as tf

    tf.random.set_seed(1)
    results = [tf.random.uniform([3]), tf.random.uniform([3])]
    tf.random.set_seed(1)
    results += [tf.random.uniform([3]), tf.random.uniform([3], seed=1)]
    results += [tf.random.uniform([3], seed=1), tf.random.uniform([2, 2], seed=1)]
    results += [tf.random.uniform([2], seed=1, dtype="float64")]  # another kernel

    @tf.function
    def draw():
        return tf.random.uniform([2]), tf.random.uniform([2], seed=9)

    results += [*draw(), *draw()]
    tf.random.set_seed(2)  # a graph keeps the seed it was traced with, and starts its stream again
    results += [*draw()]
    with tf.Graph().as_default():
        tf.compat.v1.set_random_seed(3)
        u, v = tf.random.uniform([2]), tf.random.uniform([2])
        for _ in range(2):
            with tf.compat.v1.Session() as session:
                results += [session.run(u), session.run(u), *session.run([u, v])]
    return results


def our_public():
    eager, streams = seeds.SeedState(1), seeds.Streams()

    def uniform(state, streams, kernel, shape, seed=None, dtype="float32"):
        return read(streams, kernel, state.op_seed(seed), shape, dtype)

    def read(streams, kernel, pair, shape, dtype="float32"):
        taken = streams.take((kernel, pair, dtype), *pair, 256 * math.prod(shape))
        sample = compiled(lambda stream: philox.uniform(*stream, shape, dtype), philox.stateful_key)
        return sample(*map(np.uint64, taken))

    results = [uniform(eager, streams, "eager", [3]) for _ in range(2)]
    eager.set_seed(1), streams.clear()
    results += [uniform(eager, streams, "eager", [3])]
    results += [uniform(eager, streams, "eager", shape, 1) for shape in ([3], [3], [2, 2])]
    results += [uniform(eager, streams, "eager", [2], 1, "float64")]
    function = eager.for_graph()
    pairs = [function.op_seed(None), function.op_seed(9)]
    results += [read(streams, "function", pair, [2]) for pair in pairs * 2]
    eager.set_seed(2), streams.clear()
    results += [read(streams, "function", pair, [2]) for pair in pairs]
    graph = seeds.SeedState(3, graph=True)
    u, v = graph.op_seed(None), graph.op_seed(None)
    for _ in range(2):
        session = seeds.Streams()
        results += [read(session, "session", pair, [2]) for pair in (u, u, u, v)]
    return results


row("public functions", tf_public, our_public)


# ------------------------------------------------------------------------------------ the tests


@pytest.fixture(scope="module")
def goldens():
    return json.loads(GOLDENS.read_text())


@pytest.mark.parametrize("name", CASES)
def test_same_numbers_as_tensorflow(name, goldens):
    _, ours, rtol = CASES[name]
    results = ours()
    assert len(results) == len(goldens[name])
    for got, want in zip(results, goldens[name], strict=True):
        got = np.asarray(got)
        assert (str(got.dtype), list(got.shape)) == (want["dtype"], want["shape"])
        expected = np.array(want["values"], dtype=got.dtype).reshape(got.shape)
        if rtol:
            got, expected = got.astype(np.float64), expected.astype(np.float64)
            np.testing.assert_allclose(got, expected, rtol=rtol, atol=0)
        else:
            np.testing.assert_array_equal(got, expected)


def test_runs_uncompiled_too():
    stream = philox.stateful_key(5, 7, 768)
    traced = compiled(lambda s: philox.uniform(*s, (3,)), philox.stateful_key)
    np.testing.assert_array_equal(
        philox.uniform(*stream, (3,)), traced(*map(np.uint64, (5, 7, 768)))
    )


def test_unseeded_kernels_differ_and_keep_their_seeds():
    streams = seeds.Streams()
    first, second = streams.take("a", None, None, 10), streams.take("b", 0, 0, 10)
    assert first[:2] != second[:2]
    assert streams.take("a", None, None, 10) == (*first[:2], 10)


def record():
    def entry(result):
        # (A bfloat16 scalar of TensorFlow's becomes an array through its numpy() only.)
        result = np.asarray(result.numpy() if hasattr(result, "numpy") else result)
        flat = result.ravel()
        if flat.dtype.kind not in "iuf":  # bfloat16
            flat = flat.astype(np.float32)
        return {
            "dtype": str(result.dtype),
            "shape": list(result.shape),
            "values": flat.tolist(),
        }

    answers = {name: [entry(r) for r in theirs()] for name, (theirs, _, _) in CASES.items()}
    rows = (f"{json.dumps(name)}: {json.dumps(answer)}" for name, answer in answers.items())
    GOLDENS.write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    record()


@pytest.mark.parametrize("shape_of_parameters", [(), (3,)])
@pytest.mark.parametrize("name", ["truncated_normal", "gamma", "poisson"])
def test_large_samples_are_gone_through_by_portions(name, shape_of_parameters, monkeypatch):
    sample = getattr(samplers, name)
    rates = np.array([0.7, 5.0, 30.0]) if shape_of_parameters else 4.0
    parameters = [] if name == "truncated_normal" else [rates]

    def draw():
        return jax.jit(lambda s: sample(*s, (700,), *parameters))(philox.stateful_key(5, 7))

    at_once = draw()
    monkeypatch.setattr(samplers, "_PORTION", 16)
    np.testing.assert_array_equal(draw(), at_once)
    assert len(np.unique(at_once)) > 3


def test_permutation_exchanges_rows_one_after_the_other():
    stream = philox.stateful_key(5, 7)
    words = np.asarray(philox.words_of(*stream, 999)).tolist()
    order = list(range(1000))
    for i, word in enumerate(words):
        j = i + word % (1000 - i)
        order[i], order[j] = order[j], order[i]
    np.testing.assert_array_equal(samplers.permutation(*stream, 1000), order)
