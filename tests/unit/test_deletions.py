"""CONTRIBUTING lists every place in the code that deletes or replaces files."""

import ast
import re
from collections.abc import Iterator

from tests.helpers import ROOT
from tests.unit.test_architecture import MODULES

# Functions that delete or replace files, whatever they are called on.
DELETING = {
    *("unlink", "rmdir", "removedirs", "rmtree", "rename", "renames", "truncate"),
}
# Methods of strings, lists and HDF5 files have these names, too.
AMBIGUOUS = {"move", "remove", "replace"}
SHELL = re.compile(r"(?:^|[\s;&|@({])(rm|rmdir|mv|unlink|git clean|git reset)\s")


def is_deleting(call: ast.Call) -> bool:
    """Return whether a call deletes or replaces a file: `Path.replace` has one argument."""
    if not isinstance(call.func, ast.Attribute):
        return isinstance(call.func, ast.Name) and call.func.id in DELETING
    name = call.func.attr
    owner = ast.unparse(call.func.value)
    if name in AMBIGUOUS:
        return owner in ("os", "shutil") or (
            name == "replace" and len(call.args) + len(call.keywords) == 1
        )
    return name in DELETING


def functions_that_delete(tree: ast.Module) -> Iterator[str]:
    """Yield the name of each function that deletes or replaces a file itself."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            inner = {
                node
                for nested in ast.walk(function)
                if isinstance(nested, ast.FunctionDef) and nested is not function
                for node in ast.walk(nested)
            }
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            if any(is_deleting(call) for call in calls if call not in inner):
                yield function.name


def found() -> set[str]:
    """Return the places in the code, as CONTRIBUTING names them."""
    places = set()
    for path in MODULES:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        places |= {f"{path} {name}" for name in functions_that_delete(tree)}
    target = ""
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        target = line.partition(":")[0] if re.match(r"[\w$].*:", line) else target
        if line.startswith("\t") and SHELL.search(line):
            places.add(f"Makefile {target}")
    return places


def listed() -> list[str]:
    """Return the places that CONTRIBUTING lists: the first two columns of its table."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## What deletes files")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (`[^|]+`) \|", section, re.MULTILINE)
    return [f"{path} {name}" for path, names in rows for name in re.findall("`([^`]+)`", names)]


def test_the_list_of_deletions_is_complete():
    """A new deletion gets a row that says why it is safe, after you have made sure that it is."""
    places = listed()
    assert len(places) == len(set(places))
    assert set(places) == found()


def test_scripts_and_workflows_delete_nothing():
    scripts = [
        *(ROOT / ".github").rglob("*.yml"),
        *(path for path in ROOT.rglob("*.sh") if not {"node_modules", ".venv"} & {*path.parts}),
    ]
    for path in scripts:
        assert not SHELL.search(path.read_text(encoding="utf-8")), path


def test_what_counts_as_a_deletion():
    deleting = [
        "path.unlink()",
        "os.remove(x)",
        "Path(x).replace(y)",
        "shutil.rmtree(x)",
        "os.rmdir(x)",
    ]
    harmless = ["text.replace('a', 'b')", "names.remove(x)", "path.write_text('')"]
    for line in [*deleting, *harmless]:
        [call] = [node for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Call)][:1]
        assert is_deleting(call) == (line in deleting), line
