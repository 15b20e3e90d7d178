"""The README's snippets do what they show, in a process of their own, as a reader would run them.

The snippets of one document share their names. An empty line ends each: the fence that closes it
would read as a line of its output.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCTEST = [sys.executable, "-m", "doctest", "-o", "NORMALIZE_WHITESPACE", "-o", "ELLIPSIS"]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *ROOT.glob("minitf/**/*.md")]
DOCUMENTS = [page for page in PAGES if ">>> " in page.read_text("utf-8")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_snippets(path):
    result = subprocess.run([*DOCTEST, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_readme_has_snippets():
    assert (ROOT / "README.md").read_text("utf-8").count(">>> ") >= 5
