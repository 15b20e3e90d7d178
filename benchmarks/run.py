"""The speed table: ratios of medians, minitf against JAX and against TensorFlow.

    python benchmarks/run.py [--tensorflow PYTHON] [--rounds N] [--only WORD]

Every body in `benchmarks/bodies/` is one source for both libraries. Each measurement is a process
of its own; the contenders take turns (A B A B ...), so that a slow spell of the machine meets both.
`python benchmarks/setup_tensorflow.py` makes the environment with TensorFlow.
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
    """One line of the table: the measures of two contenders, and the ratio to reach."""

    name: str
    limit: float
    minitf: Callable[[], Measurement]
    other: Callable[[], Measurement]


def environment(**more: str) -> dict[str, str]:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
    paths = [str(BENCHMARKS), str(ROOT), os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(p for p in paths if p)
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **quiet, "PYTHONPATH": path, **more}  # installed packages are compiled ahead


def body(
    python: str, name: str, library: str = "", cold_cache: bool = False, **settings: str
) -> Callable[[], Measurement]:
    """Measure with one of the bodies, which prints its times as its last line."""

    def measure() -> Measurement:
        with tempfile.TemporaryDirectory() as cache:
            return run({"MINITF_CACHE": cache} if cold_cache else {})

    def run(more: dict[str, str]) -> Measurement:
        command = [python, str(BENCHMARKS / "bodies" / f"{name}.py")]
        result = subprocess.run(
            command,
            env=environment(LIBRARY=library, **settings, **more),
            capture_output=True,
            text=True,
        )
        if result.returncode:
            reason = result.stderr.strip().splitlines()[-1:]
            raise RuntimeError(f"{name} on {library or 'jax'} failed: {' '.join(reason)}")
        return json.loads(result.stdout.splitlines()[-1])

    return measure


def process(command: list[str], cold_cache: bool = False) -> Callable[[], Measurement]:
    """Measure a whole process: seconds by the clock, and the peak of its memory in MiB."""

    def measure() -> Measurement:
        with tempfile.TemporaryDirectory() as cache:
            env = environment(MINITF_CACHE=cache) if cold_cache else environment()
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


def rows(tensorflow: str | None) -> list[Row]:
    table = [
        Row(
            "import minitf / import jax",
            1.15,
            process([MINITF, "-c", "import minitf"]),
            process([MINITF, "-c", "import jax"]),
        ),
        Row(
            "eager op / jitted JAX call",
            1.5,
            body(MINITF, "eager_ops", "minitf"),
            body(MINITF, "eager_ops_jax"),
        ),
        Row(
            "tf.function step of 3-5 / jax.jit step",
            1.7,
            body(MINITF, "function_3_5", "minitf"),
            body(MINITF, "function_3_5_jax"),
        ),
    ]
    for number, limit in (("1", 1.7), ("10", 1.5), ("100", 1.3)):
        contenders = (
            body(MINITF, "variables", "minitf", NUMBER=number),
            body(MINITF, "variables_jax", NUMBER=number),
        )
        table.append(Row(f"tf.function of {number} variables / jax.jit", limit, *contenders))
    contenders = body(MINITF, "scan_gradient", "minitf"), body(MINITF, "scan_gradient_jax")
    table.append(Row("gradient of tf.scan / jax.grad of lax.scan", 1.2, *contenders))
    if tensorflow:
        for cache, limit in (("cold", 3), ("warm", 1)):
            contenders = (
                body(MINITF, "first_call", "minitf", cold_cache=cache == "cold"),
                body(tensorflow, "first_call", "tensorflow"),
            )
            table.append(Row(f"first call, {cache} cache / TensorFlow", limit, *contenders))
        for title, name, limit in [
            ("while of 1000 steps / TensorFlow", "while_1000", 0.2),
            ("eager op / TensorFlow", "eager_ops", 0.6),
            ("tape step of 3-5 / TensorFlow", "tape_3_5", 0.2),
            ("tape step of MLP 4-10-3 / TensorFlow", "tape_mlp", 0.25),
            ("tf.function step of 3-5 / TensorFlow", "function_3_5", 0.08),
            ("session.run step of 3-5 / TensorFlow", "session_3_5", 0.2),
        ]:
            contenders = body(MINITF, name, "minitf"), body(tensorflow, name, "tensorflow")
            table.append(Row(title, limit, *contenders))
        for program in PROGRAMS:
            title = "program " + program.stem.removeprefix("program_").replace("_", "-")
            contenders = (
                process([MINITF, "-m", "minitf", str(program)], cold_cache=True),
                process([tensorflow, str(program)]),
            )
            table.append(Row(f"{title} / TensorFlow", 0.5, *contenders))
    return table


MEMORY_LIMIT = 0.6  # of the programs' rows, whose other limit is for the time
UNITS = {"seconds": (1, "s"), "memory": (1, "MiB")}


def in_words(quantity: str, value: float) -> str:
    scale, unit = UNITS.get(quantity, (1e6, "us"))
    return f"{value * scale:.4g} {unit}"


def show(row: Row, rounds: int) -> bool:
    """Measure a row in turns, print a line for each quantity; true where every limit is met."""
    ours, others = [], []
    try:
        for _ in range(rounds):
            ours.append(row.minitf())
            others.append(row.other())
    except RuntimeError as error:
        print(f"{row.name:<44} {error}", flush=True)
        return False
    met = True
    for quantity in ours[0]:
        if quantity == "memory" and not row.name.startswith("program"):
            continue
        a = median(m[quantity] for m in ours)
        b = median(m[quantity] for m in others)
        limit = MEMORY_LIMIT if quantity == "memory" else row.limit
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
    parser.add_argument("--rounds", type=int, default=5, help="processes of each contender")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    options = parser.parse_args()
    chosen = [row for row in rows(options.tensorflow) if options.only in row.name]
    met = [show(row, options.rounds) for row in chosen]
    print(f"{sum(met)} of {len(met)} rows within their limits")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
