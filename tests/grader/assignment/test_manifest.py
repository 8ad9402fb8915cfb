"""assignment.toml: what it may say, and the line that is named when it says something else."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import pytest

from grader.assignment import read_manifest
from grader.model import BadAssignment, Feedback, Limits, Visibility

GOOD = 'title = "T"\nfiles = ["a.py"]\n'


def manifest_error(tmp_path: Path, text: str) -> str:
    (tmp_path / "assignment.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadAssignment) as caught:
        read_manifest(tmp_path)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "assignment.toml"))
    return message.removeprefix(str(tmp_path / "assignment.toml"))


def test_a_full_manifest_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "layers"
    folder.mkdir()
    (folder / "assignment.toml").write_text(
        """
        title = "Layers"
        files = ["layers.py", "deep/layers.ipynb"]
        packages = ["numpy", "matplotlib"]
        visibility = "hidden"
        due = 2026-10-01T23:59:00+02:00
        [limits]
        wall_seconds = 3
        memory_mb = 512
        [feedback]
        before_due = "verdict"
        after_due = "hint"
        [conventions]
        regulariser = "half"
        dropout_keeps = true
        """,
        encoding="utf-8",
    )
    manifest = read_manifest(folder)
    assert (manifest.name, manifest.title) == ("layers", "Layers")
    assert manifest.files == ("layers.py", "deep/layers.ipynb")
    assert manifest.visibility is Visibility.HIDDEN
    assert manifest.due == "2026-10-01T23:59:00+02:00"
    assert (manifest.limits.wall_seconds, manifest.limits.memory_mb, manifest.limits.reply_mb) == (3.0, 512, 64)
    assert (manifest.feedback_before_due, manifest.feedback_after_due) == (Feedback.VERDICT, Feedback.HINT)
    assert manifest.conventions == {"regulariser": "half", "dropout_keeps": True}


def test_little_needs_to_be_said(tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_text(GOOD, encoding="utf-8")
    manifest = read_manifest(tmp_path)
    assert manifest.packages == ("numpy",)
    assert manifest.feedback_before_due is Feedback.HINT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + "colour = 1\n", ":3: unknown key `colour`: there are title, files, packages,"),
        (GOOD + "limit = 1\n", ":3: unknown key `limit`: did you mean `limits`?"),
        (GOOD + "[limit]\nwall_seconds = 1\n", ":3: unknown key `limit`: did you mean `limits`?"),
        (
            GOOD + "[limits]\nwall_second = 1\n",
            ":4: unknown key `wall_second` in [limits]: did you mean `wall_seconds`?",
        ),
        (GOOD + "[limits]\ntitle = 1\n", ":4: unknown key `title` in [limits]: there are wall_seconds, cpu_seconds,"),
        (GOOD + "limits = { walls = 1 }\n", ":3: unknown key `walls` in [limits]"),
        (GOOD + "[modules]\n'a/b.py' = 'c.b'\n", ":4: 'a/b.py' is not the name of a .py file"),
        (GOOD + "[modules]\n'b.py' = 'c.1'\n", ":4: 'c.1' is not the name of a module, as in 'course.layers'"),
        (GOOD + "[modules]\n'b.py' = 1\n", ":3: each value of modules must be text, not a whole number"),
        (GOOD + "legacy = 1\n", ":3: legacy must be true or false, not a whole number"),
        (GOOD + "limits.walls = 1\n", ":3: unknown key `walls` in [limits]"),
        (GOOD + "[feedback]\nbefore = 'hint'\n", ":4: unknown key `before` in [feedback]: did you mean `before_due`?"),
        (GOOD + '[limits]\nmemory_mb = "much"\n', ":4: memory_mb must be a whole number, not text"),
        (GOOD + "[limits]\nmemory_mb = true\n", ":4: memory_mb must be a whole number, not true or false"),
        (GOOD + "limits = 3\n", ":3: limits must be a table, not a whole number"),
        (
            GOOD + "[conventions]\nsizes = [1]\n",
            ":3: each value of conventions must be true or false, a whole number, a number or text",
        ),
        (GOOD + "due = 2026-10-01\n", ":3: due must be a date and time, not a date"),
        (GOOD + 'due = "soon"\n', ":3: due: Invalid RFC3339 encoded datetime"),
        (GOOD + '[feedback]\nbefore_due = "lots"\n', ":4: before_due is 'lots': it must be verdict, hint or full"),
        (GOOD + 'visibility = "secret"\n', ":3: visibility is 'secret': it must be visible, after_due_date, after_pub"),
        (GOOD + "[limits]\nwall_seconds = 0\n", ":4: wall_seconds must be above zero"),
        (GOOD + "[limits]\nwall_seconds = nan\n", ":4: wall_seconds must be above zero"),
        (GOOD + "[limits]\nwall_seconds = inf\n", ":4: wall_seconds is at most 86400"),
        (GOOD + "[limits]\nmemory_mb = 9999999999999\n", ":4: memory_mb is at most 1048576"),
        (GOOD + "[limits]\nreply_mb = 1000\n", ":4: reply_mb is at most 64"),
        (GOOD + "due = 2026-10-01T23:59:00\n", ":3: the due date needs an offset"),
        (GOOD + 'packages = ["numpy", "import os"]\n', ":3: 'import os' is not the name of a package"),
        (GOOD + "packages = [1]\n", ":3: each value of packages must be text, not a whole number"),
        ('title = "T"\nfiles = []\n', ":2: no file name is expected"),
        ('title = "T"\nfiles = ["a.txt"]\n', ":2: 'a.txt' is not the name of a .py or .ipynb file"),
        ('title = "T"\nfiles = ["../a.py"]\n', ":2: '../a.py' is not"),
        ('title = " "\nfiles = ["a.py"]\n', ":1: the title is empty"),
        ('[conventions]\ntitle = "x"\n', ": the key `title` is missing"),
        ('title = "T"\n', ": the key `files` is missing"),
        ("title = \n", ":1: Invalid value"),
        ('title = "T"\nfiles = [', ":2: Invalid value"),
        ("\x00", ":1: "),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    assert manifest_error(tmp_path, text).startswith(says)


def test_numpy_goes_without_saying(tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_text(GOOD + 'packages = ["matplotlib"]', encoding="utf-8")
    assert read_manifest(tmp_path).packages == ("numpy", "matplotlib")


def test_every_limit_can_be_said(tmp_path: Path) -> None:
    said = "".join(f"{field.name} = {k}\n" for k, field in enumerate(fields(Limits), 1))
    (tmp_path / "assignment.toml").write_text(GOOD + "[limits]\n" + said, encoding="utf-8")
    assert list(asdict(read_manifest(tmp_path).limits).values()) == list(range(1, len(fields(Limits)) + 1))


def test_messages_spell_a_path_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "course/a").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "course")
    for folder in (tmp_path / "course/a", Path("a"), Path("../course/a")):
        with pytest.raises(BadAssignment, match=r"^a/assignment\.toml is missing$"):
            read_manifest(folder)


def test_a_byte_order_mark_and_other_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_manifest(tmp_path).title == "T"


def test_a_missing_or_unreadable_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadAssignment, match=r"assignment.toml is missing"):
        read_manifest(tmp_path)
    (tmp_path / "assignment.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadAssignment, match="not text in UTF-8"):
        read_manifest(tmp_path)
    (tmp_path / "assignment.toml").unlink()
    (tmp_path / "assignment.toml").mkdir()
    with pytest.raises(BadAssignment, match="cannot be read: Is a directory"):
        read_manifest(tmp_path)
