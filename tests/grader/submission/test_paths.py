"""Paths: files, folders, links and pipes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from grader.submission import files as limits
from grader.submission import read_path, read_submission
from tests.grader.submission.making import EXPECTED, make_pipe, make_socket, refusal, write


def test_a_folder_with_helpers(tmp_path: Path) -> None:
    folder = tmp_path / "ada.lovelace"
    write(folder / "hw/work.py")
    write(folder / "hw/helper.py", "y = 2")
    write(folder / "hw/data/points.csv", "1,2")
    write(folder / "elsewhere.txt")
    for clutter in ("__pycache__/work.pyc", ".git/config", ".DS_Store", "hw/.ipynb_checkpoints/work-checkpoint.ipynb"):
        write(folder / clutter)
    submission = read_submission(folder, EXPECTED)
    assert submission.name == "ada.lovelace"
    assert set(submission.files) == {"work.py", "helper.py", "data/points.csv"}


def test_nothing_there(tmp_path: Path) -> None:
    assert "does not exist: check the path" in refusal(tmp_path / "work.py")


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "work.py")

    def denied(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", denied)
    assert "cannot be read (Permission denied): check the file and its permissions" in refusal(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "work.py"
    with path.open("wb") as stream:
        stream.truncate(limits.MAX_FILE + 1)
    assert "is larger than 16 MiB" in refusal(path)
    assert "is larger than 16 MiB" in refusal(tmp_path)


def test_a_link_in_a_folder_is_left_out_and_noted(tmp_path: Path) -> None:
    write(tmp_path / "ada/work.py")
    (tmp_path / "ada/key.py").symlink_to("/etc/passwd")
    files = read_path(tmp_path / "ada")
    assert set(files.contents) == {"work.py"}
    assert files.notes == ["key.py is a link or a device, and was left out"]


def test_what_is_no_file_is_left_out_and_noted_without_waiting_for_it(tmp_path: Path) -> None:
    write(tmp_path / "ada/work.py")
    write(tmp_path / "elsewhere/secret.py")
    (tmp_path / "ada/folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "ada/loop").symlink_to("loop")
    make_pipe(tmp_path / "ada/pipe.py")
    make_socket(tmp_path / "ada/socket.py")
    files = read_path(tmp_path / "ada")
    assert set(files.contents) == {"work.py"}
    assert files.notes == [
        f"{k} is a link or a device, and was left out" for k in ("folder", "loop", "pipe.py", "socket.py")
    ]


@pytest.mark.parametrize("name", ["work.py", "work.ipynb", "ada.zip"])
def test_a_path_that_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path, name: str) -> None:
    make_pipe(tmp_path / name)
    assert "is a pipe, a device or a socket: name a file or a folder" in refusal(tmp_path / name)
    make_socket(tmp_path / "socket.py")
    assert "is a pipe, a device or a socket" in refusal(tmp_path / "socket.py")
    assert "is a pipe, a device or a socket" in refusal(Path("/dev/zero"))


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = write(tmp_path / "work.py"), (tmp_path / "work.py").stat()
    path.unlink()
    make_pipe(path)
    monkeypatch.setattr(Path, "stat", lambda self, **options: before)
    assert "has changed while it was read" in refusal(path)


def test_the_path_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "ada/work.py")
    (tmp_path / "latest").symlink_to("ada")
    (tmp_path / "link.py").symlink_to("ada/work.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    assert set(read_submission(tmp_path / "latest", EXPECTED).files) == {"work.py"}
    assert read_submission(tmp_path / "link.py", EXPECTED).sources[0].cells == ("x = 1\n",)
    assert "cannot be read" in refusal(tmp_path / "loop.py")


def test_countless_notes_are_cut(tmp_path: Path) -> None:
    write(tmp_path / "ada/work.py")
    for k in range(100):
        (tmp_path / "ada" / f"link{k}").symlink_to("work.py")
    notes = read_path(tmp_path / "ada").notes
    assert len(notes) == limits.MAX_NOTES + 1
    assert notes[-1] == "more files were left out"


def test_a_folder_with_countless_entries_or_of_any_depth_is_refused(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for k in range(limits.MAX_ENTRIES + 1):
        (tmp_path / "many" / f".hidden{k}").touch()
    assert "holds more than 300 files" in refusal(tmp_path / "many")
    write(tmp_path / "deep" / ("d/" * 500) / "work.py")
    assert "nested too deep" in refusal(tmp_path / "deep")
    for k in range(limits.MAX_ENTRIES + 1):
        (tmp_path / "clutter/.git" / str(k)).mkdir(parents=True)
    write(tmp_path / "clutter/work.py")
    assert set(read_path(tmp_path / "clutter").contents) == {"work.py"}


def test_a_subfolder_that_may_not_be_read_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "ada/work.py")
    write(tmp_path / "ada/closed/helper.py")
    scan = os.scandir

    def denied(path: Path) -> Any:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", denied)
    assert "closed cannot be read (Permission denied)" in refusal(tmp_path / "ada")


def test_a_note_can_be_stored_whatever_the_name(tmp_path: Path) -> None:
    write(tmp_path / "ada/work.py")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/ada/\x1b\xe9")).symlink_to("work.py")
    (note,) = read_path(tmp_path / "ada").notes
    assert note.encode()
    assert note.isprintable()
