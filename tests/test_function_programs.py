"""Programs of many small functions: AutoGraph, loops, signatures, tapes, Python inside.

What they print must be what TensorFlow prints, as in `test_programs.py`.
"""

import pytest
from function_programs import PRELUDE, PROGRAMS
from test_programs import run


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name, tf, answer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(name, f"{PRELUDE}\n{PROGRAMS[name]}", tf, answer, tmp_path)
