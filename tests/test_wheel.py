"""What is installed: the engine alone. Solutions, hidden checks and mutants stay in the course's repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import grader
from tests.support import ROOT


def test_the_wheel_holds_grader_reference_and_the_doors_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"gradgrader-{grader.__version__}-")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    top = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert top == {"grader", "reference", "cli.py", "pytest_gradgrader.py"}
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "grader").rglob("*.py")} <= set(names)
    template = {name for name in names if name.startswith("grader/assignment/template/")}  # of `grade new`
    assert len(template) == 6
    assert not [name for name in names if ("solution" in name or "checks.py" in name) and name not in template]
    assert "grade = cli:main" in entry_points
    assert "[pytest11]\ngradgrader = pytest_gradgrader" in entry_points
