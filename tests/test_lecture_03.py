"""Lecture 03's programs, unmodified and with the import changed, print what TensorFlow prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = sorted((Path(__file__).parents[1] / "lectures" / "03").glob("program_*.py"))
NAMES = [program.stem for program in PROGRAMS]


def output_of(*command: str, cwd: Path) -> str:
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, encoding="utf-8"
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def expected_of(program: Path) -> str:
    return (program.parent / "expected" / f"{program.stem}.txt").read_text("utf-8")


def test_all_programs_are_here():
    assert NAMES == [f"program_3_{n}" for n in ("1", "2", "3", "4", "5", "5a", "5b")]


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_verbatim(program):
    assert output_of("-m", "minitf", program.name, cwd=program.parent) == expected_of(program)


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_import_changed(program, tmp_path):
    source, changes = re.subn(r"\btensorflow\b", "minitf", program.read_text("utf-8"))
    assert changes == 1
    (tmp_path / program.name).write_text(source, "utf-8")
    assert output_of(program.name, cwd=tmp_path) == expected_of(program)
