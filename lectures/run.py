"""Run a lecture's programs on minitf and compare what they print with TensorFlow's output.

python lectures/run.py 03                       compare with the recorded output
python lectures/run.py 03 --tensorflow PYTHON   run them on TensorFlow too, with times
"""

import argparse
import difflib
import os
import subprocess
import sys
import time
from pathlib import Path

LECTURES = Path(__file__).resolve().parent


def run(command: list[str], program: Path) -> tuple[str, str, float]:
    """The program's standard output, its errors, and the seconds it took."""
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ, "PYTHONIOENCODING": "utf-8"}
    start = time.perf_counter()
    result = subprocess.run(
        [*command, program.name],
        cwd=program.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    seconds = time.perf_counter() - start
    return result.stdout, result.stderr if result.returncode else "", seconds


def title_of(program: Path) -> str:
    return "program " + program.stem.removeprefix("program_").replace("_", "-")


def show(program: Path, tensorflow: str | None) -> bool:
    """Run one program, print the comparison, and tell whether the outputs are equal."""
    print(f"━━ {title_of(program)} ".ljust(80, "━"))
    output, error, seconds = run([sys.executable, "-m", "minitf"], program)
    print(output, end="")
    print(error, end="")
    if tensorflow:
        expected, tensorflow_error, tensorflow_seconds = run([tensorflow], program)
        print(tensorflow_error, end="")
        times = f"minitf {seconds:.1f} s, TensorFlow {tensorflow_seconds:.1f} s"
    else:
        expected = (program.parent / "expected" / f"{program.stem}.txt").read_text("utf-8")
        times = f"{seconds:.1f} s"
    equal = output == expected and not error
    print(f"── {'equals' if equal else 'DIFFERS from'} TensorFlow's output ({times})\n")
    if not equal:
        lines = difflib.unified_diff(
            expected.splitlines(), output.splitlines(), "TensorFlow", "minitf", lineterm=""
        )
        print(*lines, "", sep="\n")
    return equal


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lecture", help="its number, such as 03")
    parser.add_argument("--tensorflow", metavar="PYTHON", help="an interpreter with TensorFlow")
    options = parser.parse_args()
    programs = sorted((LECTURES / options.lecture).glob("program_*.py"))
    if not programs:
        parser.error(f"no programs of lecture {options.lecture!r} here")
    equal = [show(program, options.tensorflow) for program in programs]
    print(f"{sum(equal)} of {len(equal)} programs print what TensorFlow prints.")
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
