"""The speed table: ratios of medians, minitf against JAX, TensorFlow and Keras.

    python benchmarks/run.py [--tensorflow PYTHON] [--keras-jax PYTHON] [--rounds N] [--only WORD]

Every body in `benchmarks/bodies/` is one source for all libraries. Each measurement is a process
of its own; the contenders take turns (A B A B ...), so that a slow spell of the machine meets both.
`python benchmarks/setup_tensorflow.py` makes the environment with TensorFlow, and Keras on JAX.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

BENCHMARKS = Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
PROGRAMS = sorted((ROOT / "lectures" / "03").glob("program_*.py"))
MINITF = sys.executable

Measurement = dict[str, float]


@dataclass
class Row:
    """One line of the table: the measures of minitf and of others, and the ratio to reach.

    Of several others the fastest counts.
    """

    name: str
    limit: float
    minitf: Callable[[], Measurement]
    others: tuple[Callable[[], Measurement], ...]
    memory_limit: float | None = None
    slow: bool = False  # measured once


def environment(**more: str) -> dict[str, str]:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
    paths = [str(BENCHMARKS), str(ROOT), os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(p for p in paths if p)
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **quiet, "PYTHONPATH": path, **more}  # installed packages are compiled ahead


def body(
    python: str, name: str, library: str = "", *arguments: str, cold_cache=False, **settings: str
) -> Callable[[], Measurement]:
    """Measure with one of the bodies, which prints its times as its last line."""

    def measure() -> Measurement:
        with tempfile.TemporaryDirectory() as cache:
            return run({"MINITF_CACHE": cache} if cold_cache else {})

    def run(more: dict[str, str]) -> Measurement:
        command = [python, str(BENCHMARKS / "bodies" / f"{name}.py"), *arguments]
        env = library_environment(library, **settings, **more)
        result = subprocess.run(command, env=env, capture_output=True, text=True)
        if result.returncode:
            reason = result.stderr.strip().splitlines()[-1:]
            raise RuntimeError(f"{name} on {library or 'jax'} failed: {' '.join(reason)}")
        return json.loads(result.stdout.splitlines()[-1])

    return measure


def library_environment(library: str, **more: str) -> dict[str, str]:
    """What a process needs to find "minitf", "tensorflow" or "keras", which is Keras on JAX."""
    backend = "jax" if library == "keras" else "tensorflow"
    return environment(LIBRARY=library, KERAS_BACKEND=backend, **more)


def process(
    command: list[str], cold_cache: bool = False, library: str = ""
) -> Callable[[], Measurement]:
    """Measure a whole process: seconds by the clock, and the peak of its memory in MiB."""

    def measure() -> Measurement:
        with tempfile.TemporaryDirectory() as cache:
            env = library_environment(library, **({"MINITF_CACHE": cache} if cold_cache else {}))
            start = time.perf_counter()
            child = subprocess.Popen(
                command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {child.returncode}")
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return {"seconds": seconds, "memory": usage.ru_maxrss / unit}

    return measure


def rows(tensorflow: str | None, keras_jax: str | None) -> list[Row]:
    table = [
        Row(
            "import minitf / import jax",
            1.15,
            process([MINITF, "-c", "import minitf"]),
            (process([MINITF, "-c", "import jax"]),),
        ),
        Row(
            "eager op / jitted JAX call",
            1.5,
            body(MINITF, "eager_ops", "minitf"),
            (body(MINITF, "eager_ops_jax"),),
        ),
        Row(
            "tf.function step of 3-5 / jax.jit step",
            1.7,
            body(MINITF, "function_3_5", "minitf"),
            (body(MINITF, "function_3_5_jax"),),
        ),
        Row(
            "a million numbers / jax.random",
            2,
            body(MINITF, "million", "minitf"),
            (body(MINITF, "million_jax"),),
        ),
        Row(
            "Keras: Iris, 1000 epochs / JAX by hand",
            1.5,
            body(MINITF, "keras_iris", "minitf", cold_cache=True),
            (body(MINITF, "keras_iris_jax"),),
        ),
        Row(
            "Keras: epoch of MLP / JAX by hand",
            1.1,
            body(MINITF, "keras_epoch", "minitf", "mlp"),
            (body(MINITF, "keras_mlp_jax"),),
        ),
    ]
    for number, limit in (("1", 1.7), ("10", 1.5), ("100", 1.3)):
        ours = body(MINITF, "variables", "minitf", NUMBER=number)
        other = body(MINITF, "variables_jax", NUMBER=number)
        table.append(Row(f"tf.function of {number} variables / jax.jit", limit, ours, (other,)))
    ours, other = body(MINITF, "scan_gradient", "minitf"), body(MINITF, "scan_gradient_jax")
    table.append(Row("gradient of tf.scan / jax.grad of lax.scan", 1.2, ours, (other,)))
    if tensorflow:
        for cache, limit in (("cold", 3), ("warm", 1)):
            ours = body(MINITF, "first_call", "minitf", cold_cache=cache == "cold")
            other = body(tensorflow, "first_call", "tensorflow")
            table.append(Row(f"first call, {cache} cache / TensorFlow", limit, ours, (other,)))
        for title, name, limit in [
            ("while of 1000 steps / TensorFlow", "while_1000", 0.2),
            ("eager op / TensorFlow", "eager_ops", 0.6),
            ("tape step of 3-5 / TensorFlow", "tape_3_5", 0.2),
            ("tape step of MLP 4-10-3 / TensorFlow", "tape_mlp", 0.25),
            ("tf.function step of 3-5 / TensorFlow", "function_3_5", 0.08),
            ("session.run step of 3-5 / TensorFlow", "session_3_5", 0.2),
        ]:
            ours, other = body(MINITF, name, "minitf"), body(tensorflow, name, "tensorflow")
            table.append(Row(title, limit, ours, (other,)))
        notebook = [str(BENCHMARKS / "bodies" / "cold_notebook.py")]
        for cache, limit in (("cold", 1), ("warm", 0.5)):
            ours = process([MINITF, *notebook], cold_cache=cache == "cold", library="minitf")
            other = process([tensorflow, *notebook], library="tensorflow")
            table.append(Row(f"100 small ops, {cache} cache / TensorFlow", limit, ours, (other,)))
        for program in PROGRAMS:
            title = "program " + program.stem.removeprefix("program_").replace("_", "-")
            ours = process([MINITF, "-m", "minitf", str(program)], cold_cache=True)
            other = process([tensorflow, str(program)])
            table.append(Row(f"{title} / TensorFlow", 0.5, ours, (other,), memory_limit=0.6))
    if tensorflow and keras_jax:
        table += keras_rows({"tensorflow": tensorflow, "keras": keras_jax})
    return table


def keras_rows(pythons: dict[str, str]) -> list[Row]:
    """The rows against Keras; `pythons` has an interpreter for "tensorflow" and for "keras"."""

    def contenders(name, *arguments, **options):
        ours = body(MINITF, name, "minitf", *arguments, **options)
        return ours, tuple(body(p, name, lib, *arguments) for lib, p in pythons.items())

    ours, (on_tensorflow, on_jax) = contenders("keras_iris", cold_cache=True)
    table = [
        Row("Keras: Iris, 1000 epochs / on TensorFlow", 0.02, ours, (on_tensorflow,), slow=True),
        Row("Keras: Iris, 1000 epochs / on JAX", 0.1, ours, (on_jax,), slow=True),
    ]
    for model, limit in [("mlp", 0.95), ("lstm", 0.8), ("cnn", 1.0)]:
        title = f"Keras: epoch of {model.upper()} / the faster"
        table.append(Row(title, limit, *contenders("keras_epoch", model)))
    table.append(Row("Keras: predict of a row / the faster", 0.2, *contenders("keras_predict")))
    for model in ("mlp", "lstm", "cnn"):
        program = [str(BENCHMARKS / "bodies" / "keras_first_epoch.py"), model]
        ours = process([MINITF, *program], cold_cache=True, library="minitf")
        other = process([pythons["tensorflow"], *program], library="tensorflow")
        title = f"Keras: first epoch of {model.upper()} / on TensorFlow"
        table.append(Row(title, 0.6, ours, (other,), memory_limit=0.7))
    return table


UNITS = {"seconds": (1, "s"), "cpu": (1, "s"), "memory": (1, "MiB")}


def in_words(quantity: str, value: float) -> str:
    scale, unit = UNITS.get(quantity, (1e6, "us"))
    return f"{value * scale:.4g} {unit}"


def show(row: Row, rounds: int) -> bool:
    """Measure a row in turns, print a line for each quantity; true where every limit is met."""
    measured: list[list[Measurement]] = [[] for _ in (row.minitf, *row.others)]
    try:
        for _ in range(1 if row.slow else rounds):
            for results, measure in zip(measured, (row.minitf, *row.others), strict=True):
                results.append(measure())
    except RuntimeError as error:
        print(f"{row.name:<44} {error}", flush=True)
        return False
    met = True
    for quantity in measured[0][0]:
        if quantity == "memory" and row.memory_limit is None:
            continue
        a, *others = (median(m[quantity] for m in results) for results in measured)
        b = min(others)
        limit = row.memory_limit if quantity == "memory" else row.limit
        good = a / b <= limit
        met &= good
        label = row.name if quantity in ("step", "seconds", "call") else f"{row.name}: {quantity}"
        values = f"{in_words(quantity, a):>10} / {in_words(quantity, b):>10}"
        mark = "" if good else "  <-- over"
        print(f"{label:<44} {values} = {a / b:6.3f}   (<= {limit}){mark}", flush=True)
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tensorflow", metavar="PYTHON", help="an interpreter with TensorFlow")
    help_jax = "an interpreter with Keras and JAX (by default the one with TensorFlow)"
    parser.add_argument("--keras-jax", metavar="PYTHON", help=help_jax)
    parser.add_argument("--rounds", type=int, default=5, help="processes of each contender")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    options = parser.parse_args()
    table = rows(options.tensorflow, options.keras_jax or options.tensorflow)
    chosen = [row for row in table if options.only in row.name]
    met = [show(row, options.rounds) for row in chosen]
    print(f"{sum(met)} of {len(met)} rows within their limits")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
