"""Whole programs as lecturers write them: what they print must be what TensorFlow prints.

A program is a text, run on minitf and on TensorFlow; its imports may say `tensorflow` and `keras`.
Numbers in what it prints may differ in their last digits.
"""

import builtins
import contextlib
import importlib
import io
import re

import pytest
from programs import PROGRAMS

NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
TIMES = re.compile(r"\d+m?s(?: -)? \d+m?s/step|\d+m?s/step|\x08+|\x1b\[[\d;]*m")


def importer(tf):
    """An `__import__` that gives `tf` for `tensorflow`, and its Keras for `keras`."""
    names = {"tensorflow": tf.__name__, "keras": f"{tf.__name__}.keras"}

    def import_(name, globals=None, locals=None, fromlist=(), level=0):
        top, dot, rest = name.partition(".")
        if top in names and tf.__name__ == "minitf":
            module = importlib.import_module(names[top])
            for part in rest.split(".") if rest and fromlist else ():
                module = getattr(module, part)
            return module
        return builtins.__import__(name, globals, locals, fromlist, level)

    return import_


def run(name, source, tf, answer, folder):
    """Runs the text of a program in `folder`, and compares what it prints."""
    path = folder / f"{name}.py"  # a file, so that AutoGraph finds the source
    path.write_text(source)
    scope = {"__name__": "__main__", "__builtins__": {**vars(builtins), "__import__": importer(tf)}}
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(1)  # whatever other tests have set
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(source, str(path), "exec"), scope)  # noqa: S102
    text = TIMES.sub("", out.getvalue().replace("\r", "\n"))
    answer("numbers", [float(x) for x in NUMBER.findall(text)], rtol=1e-3, atol=1e-4)
    lines = [
        " ".join(line.split()).replace(" ]", "]") for line in NUMBER.sub("#", text).split("\n")
    ]
    answer("text", [line for line in lines if line and not re.match(r"\d+/\d+ .*━", line)])


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name, tf, answer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(name, PROGRAMS[name], tf, answer, tmp_path)
