"""Where assignments are looked for, and what is answered when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import available, each, load, locate, read_manifest
from grader.model import BadAssignment
from tests.support import write_assignment

CHECKS = '''
from grader import check

@check(points=1)
def one(student, draw):
    """One."""
    student.f()
'''


def test_assignments_are_found_in_the_folder_that_is_named(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_assignment(tmp_path / name, checks=CHECKS)
    (tmp_path / "notes").mkdir()
    assert [path.name for path in available(tmp_path)] == ["a", "b"]
    assert locate("b", tmp_path) == tmp_path / "b"


def test_by_default_the_checkout_or_the_kit_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_assignment(tmp_path / "assignments/a", checks=CHECKS)
    monkeypatch.chdir(tmp_path)
    assert [path.name for path in available()] == ["a"]
    monkeypatch.chdir(tmp_path / "assignments/a")
    assert [path.name for path in available()] == ["a"]


def test_an_unknown_assignment_is_answered_with_what_there_is(tmp_path: Path) -> None:
    write_assignment(tmp_path / "layers", checks=CHECKS)
    with pytest.raises(BadAssignment, match="'layer'; did you mean layers"):
        locate("layer", tmp_path)
    with pytest.raises(BadAssignment, match="'zzz'; there are: layers"):
        locate("zzz", tmp_path)
    with pytest.raises(BadAssignment, match=r"no assignment in .*nowhere/: run this in the course's checkout"):
        available(tmp_path / "nowhere")


def test_a_path_to_a_folder_is_as_good_as_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_assignment(tmp_path / "elsewhere/b", checks=CHECKS)
    monkeypatch.chdir(tmp_path)
    for path in ("elsewhere/b", "elsewhere/b/", str(tmp_path / "elsewhere/b")):
        assert locate(path) == Path(path)
    write_assignment(tmp_path / "assignments/a", checks=CHECKS)
    assert locate("elsewhere/b") == Path("elsewhere/b")
    with pytest.raises(BadAssignment, match="'elsewhere/a'; did you mean a"):
        locate("elsewhere/a")


def test_a_name_means_the_courses_assignment_before_a_folder_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_assignment(tmp_path / "assignments/a", checks=CHECKS)
    write_assignment(tmp_path / "a", checks=CHECKS)
    monkeypatch.chdir(tmp_path)
    assert locate("a") == Path("assignments/a")
    assert locate("./a/") == Path("a")


def test_one_assignments_mistake_does_not_hide_the_others(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_assignment(tmp_path / name, checks=CHECKS, toml="colour = 1" if name == "b" else "")
    sound, bad = each(read_manifest, available(tmp_path))
    assert {folder.name: manifest.name for folder, manifest in sound.items()} == {"a": "a", "c": "c"}
    assert [str(error) for error in bad] == [
        f"{tmp_path}/b/assignment.toml:3: unknown key `colour`: there are title, files, packages, visibility, due, "
        "limits, feedback, conventions, modules, legacy and hidden"
    ]
    assert [folder.name for folder in each(load, available(tmp_path))[0]] == ["a", "c"]
