"""A guest starts in a clean environment, wherever the grader itself runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from grader.sandbox.command import environment


def test_nothing_of_ours_is_inherited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_SECRET", "seed")
    made = environment(str(tmp_path))
    assert "COURSE_SECRET" not in made
    assert made["HOME"] == str(tmp_path)


def test_a_user_without_a_home_can_grade(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a container that runs under a number that nobody has named."""
    pwd = pytest.importorskip("pwd")

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert environment(str(tmp_path))["MPLCONFIGDIR"] == tempfile.gettempdir()


def test_a_home_that_cannot_be_written_is_no_hindrance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert environment(str(tmp_path))["MPLCONFIGDIR"] == tempfile.gettempdir()
