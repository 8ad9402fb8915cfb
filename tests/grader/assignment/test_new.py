"""The example with which an assignment begins."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from grader.assignment import load, write_new
from grader.assignment.new import PLACEHOLDER, TEMPLATE
from grader.model import Assignment, BadInput
from grader.release import kit


@pytest.fixture
def begun(tmp_path: Path) -> Assignment:
    return load(write_new("my_layers", tmp_path))


def test_every_file_of_the_example_is_there_and_has_the_name(begun: Assignment) -> None:
    written = {path.relative_to(begun.folder) for path in begun.folder.rglob("*") if path.is_file()}
    assert {path.relative_to(TEMPLATE) for path in TEMPLATE.rglob("*.*") if "__pycache__" not in path.parts} == written
    assert all(PLACEHOLDER not in (begun.folder / path).read_text(encoding="utf-8") for path in written)
    assert begun.manifest.files == ("my_layers.py", "my_layers.ipynb")


def test_the_handout_tells_the_points_that_the_checks_give(begun: Assignment) -> None:
    handout = (begun.folder / "README.md").read_text(encoding="utf-8")
    said = re.search(r"\*\*(\d+) points\*\*: (\d+) for checks that you can run yourself, (\d+) for", handout)
    assert said is not None
    public = sum((check.points for check in begun.checks if check.public), Fraction(0))
    assert tuple(map(int, said.groups())) == (begun.points, public, begun.points - public)
    each = [int(points) for points in re.findall(r"\((\d+) points?\)", handout)]
    assert sorted(each) == sorted(int(check.points) for check in begun.checks)


def test_a_kit_can_be_made_of_it(begun: Assignment) -> None:
    files = kit(begun)
    assert {"my_layers.py", "my_layers.ipynb", "checks.py", "HANDOUT.md"} <= set(files)
    assert "def backward" not in files["checks.py"]
    assert "np.tanh" not in "".join(files.values())  # no answer


def test_an_assignment_written_by_hand_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "my_layers").mkdir()
    with pytest.raises(BadInput, match="is there already"):
        write_new("my_layers", tmp_path)
    assert not list((tmp_path / "my_layers").iterdir())
