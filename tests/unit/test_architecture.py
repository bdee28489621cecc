"""The layers of the packages, and what importing a module must not do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import ROOT

# Lowest first. A module imports from lower layers and from its own package.
LAYERS = [
    {"common"},
    {"data"},
    {"models"},
    {"generate", "metrics"},
    {"train"},
    {"explore", "export"},
    {"bench"},
]
LEVEL = {package: level for level, layer in enumerate(LAYERS) for package in layer}
MODULES = sorted(
    path.relative_to(ROOT) for package in LEVEL for path in (ROOT / package).rglob("*.py")
)

# Modules that prepare the import of Keras before anything else happens.
MAY_CHANGE_ENVIRONMENT = {Path("common/keras_quiet.py"), Path("train/core/backend.py")}
HEAVY = {"keras", "tensorflow", "jax", "tensorflowjs"}


def imports(path: Path) -> Iterator[str]:
    """Yield the top-level package of every import of a module, those in functions too."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield (node.module or "").split(".")[0]


def import_time_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that run when a module is imported: neither functions nor the main guard."""
    waiting: list[ast.AST] = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and "__main__" in ast.unparse(node.test))
    ]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        ]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_import_points_upward(path):
    package = path.parts[0]
    for name in set(imports(path)):
        if name == package:
            continue
        assert name != "tests", f"{path} imports tests"
        if name in LEVEL:
            assert LEVEL[name] < LEVEL[package], f"{path} imports {name}, which is not below it"


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "data"], ids=str)
def test_data_imports_no_network_library(path):
    assert not HEAVY & set(imports(path))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_importing_a_module_reads_no_command_line_and_no_environment(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    attributes = {
        ast.unparse(node) for node in import_time_nodes(tree) if isinstance(node, ast.Attribute)
    }
    assert "sys.argv" not in attributes
    if path not in MAY_CHANGE_ENVIRONMENT:
        assert not attributes & {"os.environ", "os.getenv"}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=str)
def test_a_package_imports_nothing_for_its_side_effects(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for node in tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert is_docstring or isinstance(node, allowed), ast.unparse(node)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_command_writes_into_a_package(path):
    """Outputs go to checkpoints/, results/, web/ or .cache/, never next to the source code."""
    text = (ROOT / path).read_text(encoding="utf-8")
    packages = "|".join(LEVEL)
    defaults = re.findall(rf"""default=(?:Path\()?["']({packages})/""", text)
    assert not defaults, f"{path}: the default output folder is inside a package"
