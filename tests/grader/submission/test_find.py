"""A class: which entries of a folder are submissions, and what they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.model import BadSubmission
from grader.submission import find_submissions
from tests.grader.submission.making import make_pipe, make_socket, write


def test_every_entry_of_a_folder_is_a_submission_or_listed(tmp_path: Path) -> None:
    for name in ("ada.py", "bob.zip", "eve.ipynb", "eve.py", "notes.txt", ".hidden", "zoe/work.py"):
        write(tmp_path / name)
    found, ignored = find_submissions(tmp_path)
    assert [one.name for one in found] == ["ada", "bob", "eve.ipynb", "eve.py", "zoe"]
    assert ignored == ["notes.txt"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "does not exist: name the folder"),
        (write, "is not a folder: to grade one file use `grade check`"),
        (lambda path: path.mkdir(), "holds no submission: expected .py, .ipynb or .zip files"),
    ],
)
def test_a_folder_without_submissions(tmp_path: Path, make: object, says: str) -> None:
    make(tmp_path / "class")  # type: ignore[operator]
    with pytest.raises(BadSubmission, match="class") as caught:
        find_submissions(tmp_path / "class")
    assert says in str(caught.value)


@pytest.mark.parametrize("name", ["__MACOSX", "__pycache__", ".git", ".ipynb_checkpoints", "ada.egg-info"])
def test_a_folder_of_clutter_is_no_submission(tmp_path: Path, name: str) -> None:
    write(tmp_path / "ada.py")
    write(tmp_path / name / "work.py")
    found, ignored = find_submissions(tmp_path)
    assert ([one.name for one in found], ignored) == (["ada"], [])


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "Icon\r", ".DS_Store", "old.pyc"])
def test_a_file_of_clutter_is_not_listed(tmp_path: Path, name: str) -> None:
    write(tmp_path / "ada.py")
    write(tmp_path / name)
    assert find_submissions(tmp_path)[1] == []


def test_links_pipes_and_devices_are_listed_as_no_submissions(tmp_path: Path) -> None:
    write(tmp_path / "class/ada.py")
    write(tmp_path / "elsewhere/work.py")
    (tmp_path / "class/folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "class/link.py").symlink_to("ada.py")
    (tmp_path / "class/loop.py").symlink_to("loop.py")
    make_pipe(tmp_path / "class/pipe.py")
    make_socket(tmp_path / "class/socket.py")
    found, ignored = find_submissions(tmp_path / "class", but=tmp_path / "out")
    assert [one.name for one in found] == ["ada"]
    assert ignored == ["folder", "link.py", "loop.py", "pipe.py", "socket.py"]


def test_submissions_are_sorted_without_regard_to_case(tmp_path: Path) -> None:
    for name in ("bob.py", "Ada.py", "Zoe.py", "eve.py", "ada2.py"):
        write(tmp_path / name)
    assert [one.name for one in find_submissions(tmp_path)[0]] == ["Ada", "ada2", "bob", "eve", "Zoe"]


@pytest.mark.parametrize(
    "names",
    [
        ("Ada.py", "ada.ipynb"),
        ("eve.py", "eve.ipynb", "eve.py.zip", "eve.py (2).zip"),
        ("eve.py", "EVE.py", "eve.PY"),
        ("a.py", "A.py", "a.py (2).zip", "A.PY (2).py"),
    ],
)
def test_no_two_submissions_share_a_name_whatever_the_case(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        write(tmp_path / name)
    found, _ = find_submissions(tmp_path)
    assert len({one.name.casefold() for one in found}) == len(names)


def test_the_folder_for_the_reports_is_neither_graded_nor_listed(tmp_path: Path) -> None:
    write(tmp_path / "ada.py")
    (tmp_path / "out").mkdir()
    found, ignored = find_submissions(tmp_path, but=tmp_path / "out")
    assert ([one.name for one in found], ignored) == (["ada"], [])


def test_every_name_can_be_shown_and_stored(tmp_path: Path) -> None:
    for ending in (b".py", b".txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\x1b[2J\n\xe9" + ending)).touch()
    (one,), (other,) = find_submissions(tmp_path)
    for name in (one.name, other):
        assert name.encode()
        assert name.isprintable()


def test_a_long_name_is_cut_so_that_a_folder_can_bear_it(tmp_path: Path) -> None:
    for ending in (".py", ".ipynb"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + b"\xe9" * 100 + ending.encode())).write_text("x = 1")
    found, _ = find_submissions(tmp_path)
    assert len({one.name for one in found}) == 2
    for one in found:
        assert len(one.name.encode()) <= 210
        (tmp_path / one.name).mkdir()
