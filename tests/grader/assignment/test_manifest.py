"""assignment.toml: what it may say, and the line that is named when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import available, load, locate, read_manifest
from grader.model import BadAssignment, Feedback, Visibility
from tests.support import write_assignment

GOOD = 'title = "T"\nfiles = ["a.py"]\n'
CHECKS = '''
from grader import check

@check(points=1)
def one(student, draw):
    """One."""
    student.f()
'''


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
        (GOOD + "colour = 1\n", ":3: Object contains unknown field `colour`"),
        (GOOD + "[limits]\nwall_minutes = 1\n", ":4: Object contains unknown field `wall_minutes`"),
        (GOOD + '[limits]\nmemory_mb = "much"\n', ":4: Expected `int`, got `str`"),
        (GOOD + '[feedback]\nbefore_due = "lots"\n', ":4: Invalid enum value 'lots'"),
        (GOOD + 'visibility = "secret"\n', ":3: Invalid enum value 'secret'"),
        (GOOD + "[limits]\nwall_seconds = 0\n", ":4: wall_seconds must be above zero"),
        (GOOD + "[limits]\nreply_mb = 1000\n", ":4: reply_mb is at most 64"),
        (GOOD + "due = 2026-10-01T23:59:00\n", ":3: the due date needs an offset"),
        (GOOD + 'packages = ["matplotlib"]\n', ":3: the guest itself needs numpy"),
        ('title = "T"\nfiles = []\n', ":2: no file name is expected"),
        ('title = "T"\nfiles = ["a.txt"]\n', ":2: 'a.txt' is not the name of a .py or .ipynb file"),
        ('title = "T"\nfiles = ["../a.py"]\n', ":2: '../a.py' is not"),
        ('title = " "\nfiles = ["a.py"]\n', ":1: the title is empty"),
        ('title = "T"\n', ": Object missing required field `files`"),
        ("title = \n", ": Invalid value (at line 1, column 9)"),
        ("\x00", ": "),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    assert manifest_error(tmp_path, text).startswith(says)


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


# --------------------------------------------------------------------------------------------------- finding


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


# --------------------------------------------------------------------------------------------------- loading


def test_a_whole_assignment_is_loaded(tmp_path: Path) -> None:
    folder = write_assignment(
        tmp_path / "a", checks=CHECKS, solution="def f(): return 1", probe="x = 1", mutants__zero="x = 0"
    )
    assignment = load(folder)
    assert [check.name for check in assignment.checks] == ["one"]
    assert assignment.solution == "def f(): return 1"
    assert assignment.probe == "x = 1"
    assert assignment.check("one").title == "One"


def test_the_digest_follows_everything_that_a_result_depends_on(tmp_path: Path) -> None:
    def digest(**files: str) -> str:
        return load(write_assignment(tmp_path / "a", checks=CHECKS, **files)).digest

    digests = [
        digest(),
        digest(),
        digest(probe="x = 1"),
        digest(probe="x = 2"),
        digest(solution="y = 1"),
        digest(mutants__m="z = 1"),
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 5


@pytest.mark.parametrize(
    ("checks", "says"),
    [
        ("x = 1", "declares no check"),
        ("def f(:", r"checks.py:1: "),
        ("import grader\n\n1 / 0", r"checks.py:3: ZeroDivisionError"),
        ("from grader import check, undefined", r"checks.py:1: (ImportError|AttributeError)"),
        (CHECKS + CHECKS, "check one is declared twice"),
        (CHECKS.replace('"""One."""', "pass"), r"checks.py:\d+: check one has no docstring"),
        (CHECKS.replace("points=1", "points=0"), r"checks.py:\d+: check one: points must be above zero"),
        (
            CHECKS.replace("points=1", "points=1, visibility='hidden'")
            + CHECKS.replace("one", "two").replace("points=1", "points=1, needs=[one]"),
            "check two is visible but needs one",
        ),
    ],
)
def test_bad_checks_are_refused_with_file_and_line(tmp_path: Path, checks: str, says: str) -> None:
    folder = write_assignment(tmp_path / "a", checks=checks)
    with pytest.raises(BadAssignment, match=says):
        load(folder)


def test_a_missing_checks_file_is_named(tmp_path: Path) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS)
    (folder / "checks.py").unlink()
    with pytest.raises(BadAssignment, match=r"checks\.py is missing"):
        load(folder)


def test_the_manifest_decides_where_a_check_says_nothing(tmp_path: Path) -> None:
    said = CHECKS.replace("one", "two").replace("points=1", "points=1, visibility='visible'")
    folder = write_assignment(tmp_path / "a", checks=CHECKS + said, toml='visibility = "after_published"')
    assert [check.visibility for check in load(folder).checks] == [Visibility.AFTER_PUBLISHED, Visibility.VISIBLE]


def test_checks_imported_from_elsewhere_are_not_the_assignments(tmp_path: Path) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS + "\nfrom tests.support import one_check\n")
    assert len(load(folder).checks) == 1
