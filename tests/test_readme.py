"""The README's snippets do what they show; each document's snippets share their names."""

import doctest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *ROOT.glob("minitf/**/*.md")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_snippets(path):
    # The fence that closes a snippet would read as a line of its output.
    text = path.read_text("utf-8").replace("\n```", "\n\n")
    test = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(test, out=report.append)
    assert not report, "".join(report)


def test_readme_has_snippets():
    assert (ROOT / "README.md").read_text("utf-8").count(">>> ") >= 5
