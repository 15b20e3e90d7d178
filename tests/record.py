"""Record real TensorFlow's answers in `tests/goldens/`, and its output of the lecture programs.

    python tests/record.py --python PYTHON_WITH_TENSORFLOW [tests/test_x.py ...] [-k EXPRESSION]

Without files it does all, but leaves alone what another release of TensorFlow recorded: name such
a test file, with a `--python` of that release, to record it again.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
ENVIRONMENT = {
    **os.environ,
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


def release(version: str) -> list[str]:
    return version.split(".")[:2]


def of_this_release(test_file: Path, version: str) -> bool:
    """Whether the file has no recorded answers yet, or has them from this release."""
    golden = TESTS / "goldens" / f"{test_file.stem}.json"
    if not golden.exists():
        return True
    return release(json.loads(golden.read_text("utf-8"))["tensorflow"]) == release(version)


def record_lectures(python: str) -> None:
    for program in sorted(ROOT.glob("lectures/[0-9]*/program_*.py")):
        result = subprocess.run(
            [python, program.name],
            cwd=program.parent,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        expected = program.parent / "expected" / f"{program.stem}.txt"
        expected.parent.mkdir(exist_ok=True)
        expected.write_bytes(result.stdout)
        print(f"recorded {expected.relative_to(ROOT)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="an interpreter with TensorFlow and pytest")
    parser.add_argument("-k", default="", help="only the tests of pytest's expression")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()

    files = options.files
    if not files:
        ask = "import tensorflow; print(tensorflow.__version__)"
        version = subprocess.run(
            [options.python, "-c", ask],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        ).stdout.strip()
        files = [f for f in sorted(TESTS.rglob("test_*.py")) if of_this_release(f, version)]
        record_lectures(options.python)
    command = [options.python, "-m", "pytest", "--record", "-q", "-o", "addopts=", "-k", options.k]
    command += ["-o", "filterwarnings=", *map(str, files)]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT).returncode


if __name__ == "__main__":
    sys.exit(main())
