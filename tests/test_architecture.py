"""The shape of the library: which room may import which, and the names it shows.

`python tests/test_architecture.py --update` takes the public names of today as the snapshot.
"""

import ast
import re
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "minitf"
SNAPSHOT = Path(__file__).parent / "goldens" / "public_names.txt"

# From the top down. A module belongs to the room of its longest prefix named here; what no line
# names is a wing (train, io, ...). Imports point to lower rooms, or sideways within one room.
ROOMS = [
    ["__main__"],
    ["raw_ops", "private"],
    ["__init__"],
    ["explain"],
    ["test"],
    ["compat"],
    ["keras"],
    ["data"],
    ["wings"],
    [
        "function",
        "concrete",
        "signature",
        "halves",
        "jax_functions",
        "function_type",
        "fitting",
        "autograph",
        "statements",
        "tape",
        "variable",
        "creators",
        "module",
        "trackable",
        "scopes",
        "custom_gradient",
        "generator",
    ],
    ["ops"],
    ["graphs"],
    ["core"],
    ["nest", "devices", "display", "errors", "shapes", "specs", "dimensions", "dtypes", "install"]
    + ["kinds", "codes", "effort", "gathers", "rehearsal"],
]
RANK = {name: rank for rank, room in enumerate(ROOMS) for name in room}


def module_name(path: Path) -> str:
    """`minitf.ops.math` for minitf/ops/math.py; a package is named by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> int:
    parts = module.split(".")
    return RANK.get(parts[1] if len(parts) > 1 else "__init__", RANK["wings"])


@cache
def syntax_of(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text("utf-8"))


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def import_nodes(tree: ast.AST):
    """The import statements that run when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not is_for_types_only(node):
                yield from import_nodes(node)


def targets_of(module: str, node: ast.Import | ast.ImportFrom) -> set[str]:
    """Our own modules that an import statement names."""
    if isinstance(node, ast.Import):
        return {a.name for a in node.names if a.name.split(".")[0] == "minitf"}
    base = node.module or ""
    if node.level:
        package = module.split(".")
        if FILES[module].name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        base = ".".join([*package, *([node.module] if node.module else [])])
    if base.split(".")[0] != "minitf":
        return set()
    submodules = {f"{base}.{a.name}" for a in node.names}
    return {name if name in FILES else base for name in submodules}


def imports_of(module: str) -> set[str]:
    nodes = import_nodes(syntax_of(module))
    return {target for node in nodes for target in targets_of(module, node)}


def test_ops_do_not_ask_whether_they_run_or_are_written_down():
    """What eager execution and graphs do differently is a method of the frame."""
    asking = [m for m in FILES if m.startswith("minitf.ops.")
              and re.search(r"is_graph|executing_eagerly", FILES[m].read_text("utf-8"))]  # fmt: skip
    assert not asking


@pytest.mark.parametrize("module", FILES)
def test_imports_point_down(module):
    upward = [t for t in imports_of(module) if room_of(t) < room_of(module)]
    assert not upward, f"{module} imports from a higher room: {upward}"


def test_no_cycles():
    graph = {module: imports_of(module) - {module} for module in FILES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("module", FILES)
def test_imports_are_at_the_top(module):
    at_the_top = set(map(id, import_nodes(syntax_of(module))))
    for_types = {
        id(inner)
        for node in ast.walk(syntax_of(module))
        if is_for_types_only(node)
        for inner in ast.walk(node)
    }
    inside = [
        ast.unparse(node)
        for node in ast.walk(syntax_of(module))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and id(node) not in at_the_top | for_types
        and targets_of(module, node)
    ]
    assert not inside, f"{module} imports inside a function: {inside}"


def test_no_drawer_modules():
    drawers = {"utils", "util", "helpers", "misc", "common"}
    # Public names of TensorFlow's: they are faces, not drawers.
    faces = {"minitf.keras.utils", "minitf.compat.v1.saved_model.utils"}
    assert not [m for m in FILES if drawers & set(m.split(".")) and m not in faces]


def test_every_module_says_what_it_is():
    assert not [m for m in FILES if FILES[m].stat().st_size and not ast.get_docstring(syntax_of(m))]


LIST_NAMES = """
import types
import minitf

def is_face(module):
    "Modules with `__all__`, and packages, are TensorFlow's namespaces; the rest is the inside."
    inside = module.__name__.split(".")[1] in ("core", "ops")
    return not inside and (hasattr(module, "__all__") or hasattr(module, "__path__"))

def list_names(module, face, seen):
    for name in sorted(getattr(module, "__all__", None) or dir(module)):
        if name.startswith("_"):
            continue
        value = getattr(module, name)
        if not isinstance(value, types.ModuleType):
            print(f"{face}.{name}")
        elif value.__name__.startswith("minitf.") and value not in seen and is_face(value):
            list_names(value, f"{face}.{name}", seen | {value})

list_names(minitf, "tf", {minitf})
"""


def public_names() -> str:
    """Every public name below `tf`, one a line, as a fresh process sees them."""
    command = [sys.executable, "-c", LIST_NAMES]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_all_modules_together():
    """No two modules register an op of the same name."""
    names = sorted(m for m in FILES if not m.endswith("__main__"))
    source = "import importlib\n" + "\n".join(f"importlib.import_module({n!r})" for n in names)
    result = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_public_names():
    before, now = set(SNAPSHOT.read_text("utf-8").split()), set(public_names().split())
    assert now == before, (
        f"added: {sorted(now - before)}, removed: {sorted(before - now)}; "
        "if that is meant: python tests/test_architecture.py --update"
    )


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit(__doc__)
    SNAPSHOT.write_text(public_names(), "utf-8")
