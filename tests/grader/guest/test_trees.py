"""Removing what students leave, whatever shape it has."""

from __future__ import annotations

import os
from pathlib import Path

from grader.guest import trees


def test_a_folder_goes_with_files_links_and_folders(tmp_path: Path) -> None:
    folder, outside = tmp_path / "mine", tmp_path / "outside"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "file").write_text("x")
    (folder / "b").write_text("a name that lies one deeper as well")
    outside.mkdir()
    (outside / "kept").touch()
    (folder / "a" / "link").symlink_to(outside)
    trees.remove(str(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "kept").exists()


def test_folders_in_one_another_go_deeper_than_python_calls_and_paths_reach(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("0123456789", dir_fd=here)
        here, above = os.open("0123456789", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    trees.remove(str(folder))
    assert not folder.exists()


def test_a_folder_that_its_owner_may_not_open_goes_too(tmp_path: Path) -> None:
    closed = tmp_path / "mine" / "closed" / "within"
    closed.mkdir(parents=True)
    (closed / "file").touch()
    closed.chmod(0)
    closed.parent.chmod(0)
    trees.remove(str(tmp_path / "mine"))
    assert not (tmp_path / "mine").exists()


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    trees.remove(str(tmp_path / "nothing"))
    assert list(tmp_path.iterdir()) == []


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    (tmp_path / "mine" / "a" / "b").mkdir(parents=True)
    lowest_free = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest_free)
    trees.remove(str(tmp_path / "mine"))
    again = os.open(os.devnull, os.O_RDONLY)
    os.close(again)
    assert again == lowest_free
