"""What is imported where: a light command line, a guest that knows nothing, a trusted side that runs nothing."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

HEAVY = (
    "numpy",
    "rich",
    "msgspec",
    "IPython",
    "matplotlib",
    "nbformat",
    "grader.engine",
    "grader.sandbox",
    "reference",
)
GUEST_MAY_IMPORT = {"numpy", "IPython", "traitlets"} | set(sys.stdlib_module_names)


def loaded_after(code: str) -> set[str]:
    script = f"import sys, json\n{code}\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(done.stdout.splitlines()[-1]))


def imports(path: Path) -> set[tuple[int, str]]:
    """(level, module) of every import statement in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(0, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.level, node.module or ""))
    return found


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    modules = loaded_after(f"import cli\ntry: cli.main({arguments!r})\nexcept SystemExit: pass")
    assert not {name for name in HEAVY if name in modules}
    assert len(modules) < 250  # an interpreter with click has some 190


def test_the_command_computes_with_one_thread_unless_the_user_says_otherwise() -> None:
    """Before NumPy is loaded, which reads it once."""
    script = "import cli, os, sys; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    for said, threads in ({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2"):
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")} | said
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        )
        assert done.stdout.split() == ["False", threads]


def test_import_grader_costs_nothing() -> None:
    modules = loaded_after("import grader")
    assert {name for name in modules if name.startswith("grader")} == {"grader"}
    assert "numpy" not in modules


def test_the_words_of_an_author_are_there() -> None:
    import grader

    assert all(callable(getattr(grader, name)) for name in grader.__all__)
    with pytest.raises(AttributeError, match="no attribute 'assert_true'"):
        _ = grader.assert_true


@pytest.mark.parametrize("path", sorted((ROOT / "grader/guest").rglob("*.py")), ids=lambda path: path.name)
def test_the_guest_imports_the_standard_library_numpy_and_ipython_alone(path: Path) -> None:
    inside = len(path.relative_to(ROOT / "grader/guest").parts)
    for level, module in imports(path):
        if level == 0:
            assert module.split(".")[0] in GUEST_MAY_IMPORT, module
        else:
            assert level <= inside, f"{module} lies outside the guest"


@pytest.mark.parametrize(
    "path",
    [ROOT / "cli.py", *(ROOT / f"grader/commands/{name}.py" for name in ("authors", "classes", "command", "students"))],
    ids=lambda path: path.name,
)
def test_the_command_line_imports_click_alone_before_it_knows_what_is_asked(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in top}
    others = {name for name in names if name and name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in others if not name.startswith("grader.commands.")} == {"click"}


def test_the_reference_imports_numpy_and_nothing_of_ours() -> None:
    for path in (ROOT / "reference").rglob("*.py"):
        for level, module in imports(path):
            allowed = {"numpy", "reference"} | set(sys.stdlib_module_names)
            assert level or module.split(".")[0] in allowed, f"{path}: {module}"


def test_nothing_of_ours_unpickles_or_evaluates() -> None:
    """Outside the guest, where running code is the point; the loader runs the staff's own checks.py, and graph mode the
    source that it has written itself."""
    may_run = {ROOT / "grader/assignment/load.py", ROOT / "reference/autodiff/graph/compiled.py"}
    for path in [ROOT / "cli.py", *(ROOT / "grader").rglob("*.py"), *(ROOT / "reference").rglob("*.py")]:
        if "guest" in path.parts:
            continue
        names = {
            node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
        }
        allowed = {"exec"} if path in may_run else set()
        assert not names & {"eval", "exec", "__import__"} - allowed, path
        assert not {module for _, module in imports(path)} & {"pickle", "dill", "marshal", "shelve"}, path
