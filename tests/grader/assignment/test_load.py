"""Loading a folder: what is taken from it, and the line that is named when it cannot be used."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from grader.assignment import declared_at, load
from grader.model import BadAssignment, Visibility
from tests.support import write_assignment

CHECKS = '''
from grader import check

@check(points=1)
def one(student, draw):
    """One."""
    student.f()
'''
TWO = CHECKS.replace("one", "two").replace("One", "Two")
MADE_TWICE = """
from grader import check

def make(title):
    def made(student, draw): student.f()
    made.__doc__ = title
    return check(points=1)(made)

first, second = make("First."), make("Second.")
"""


def test_a_whole_assignment_is_loaded(tmp_path: Path) -> None:
    folder = write_assignment(
        tmp_path / "a", checks=CHECKS, solution="def f(): return 1", probe="x = 1", mutants__zero="x = 0"
    )
    assignment = load(folder)
    assert [check.name for check in assignment.checks] == ["one"]
    assert assignment.solution == "def f(): return 1"
    assert assignment.probe == "x = 1"
    assert assignment.check("one").title == "One"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "name",
    [
        "checks.py",
        "assignment.toml",
        "probe.py",
        "solution.py",
        "mutants/m.py",
        "helper.py",
        "data.csv",
        "data/deep/x.txt",
    ],
)
def test_the_digest_follows_everything_that_a_result_can_depend_on(tmp_path: Path, name: str) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS)
    path = folder / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    digests = [load(folder).digest]
    for change in ("# 1\n", "# 2\n"):
        write(path, text + change)
        digests.append(load(folder).digest)
    assert len(set(digests)) == 3
    assert load(folder).digest == digests[-1]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        ".notes",
        ".git/x",
        "__pycache__/checks.pyc",
        "data/__pycache__/x.pyc",
        "work.ipynb",
        "venv/lib/x.py",
    ],
)
def test_the_digest_does_not_follow_the_rest(tmp_path: Path, name: str) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS)
    write(folder / "venv/pyvenv.cfg", "")
    before = load(folder).digest
    write(folder / name, "x")
    assert load(folder).digest == before


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS)
    (folder / "probe.py").write_bytes(b"\xff")
    with pytest.raises(BadAssignment, match=r"a/probe\.py is not text in UTF-8"):
        load(folder)


@pytest.mark.parametrize(
    ("checks", "says"),
    [
        ("x = 1", "declares no check"),
        ("def f(:", r"checks.py:1: "),
        ("import grader\n\n1 / 0", r"checks.py:3: ZeroDivisionError: division by zero$"),
        ("import sys\nsys.exit()", r"checks.py:2: SystemExit$"),
        ("import sys\nsys.exit('no data')", r"checks.py:2: SystemExit: no data$"),
        ("raise GeneratorExit", r"checks.py:1: GeneratorExit$"),
        ("class Halt(BaseException): pass\nraise Halt", r"checks.py:2: Halt$"),
        ("\n\nreturn 1", r"checks.py:3: 'return' outside function"),
        ("x = 1\neval('1 +')", r"checks.py:2: SyntaxError: invalid syntax"),
        ("import json\n\njson.loads('{')", r"checks.py:3: JSONDecodeError"),
        ("x = '\0'", r"checks.py"),
        ("from grader import check, undefined", r"checks.py:1: (ImportError|AttributeError)"),
        (CHECKS + CHECKS, "check one is declared twice"),
        (
            CHECKS + CHECKS.replace("def one", "def two"),
            r"checks.py:\d+: check two has the same title as check one in line 4",
        ),
        (MADE_TWICE, r"checks.py:5: check made is declared twice: there is one in .*checks.py:5"),
        (CHECKS.replace('"""One."""', "pass"), r"checks.py:\d+: check one has no docstring"),
        (CHECKS.replace("points=1", "points=0"), r"checks.py:\d+: check one: points must be above zero"),
        (
            CHECKS.replace("points=1", "points=1, visibility='hidden'")
            + TWO.replace("points=1", "points=1, needs=[one]"),
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
    said = TWO.replace("points=1", "points=1, visibility='visible'")
    folder = write_assignment(tmp_path / "a", checks=CHECKS + said, toml='visibility = "after_published"')
    assert [check.visibility for check in load(folder).checks] == [Visibility.AFTER_PUBLISHED, Visibility.VISIBLE]


def test_checks_imported_from_elsewhere_are_not_the_assignments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "elsewhere/another_course.py", TWO)
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    folder = write_assignment(tmp_path / "a", checks=CHECKS + "\nfrom another_course import two\n")
    assert [check.name for check in load(folder).checks] == ["one"]
    monkeypatch.delitem(sys.modules, "another_course")


def test_another_name_for_a_check_is_the_same_check(tmp_path: Path) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS + "\nuno = one\n" + TWO + "\nfirst = one\n")
    assert [check.name for check in load(folder).checks] == ["one", "two"]


def test_the_points_are_the_sum_of_the_checks(tmp_path: Path) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS + TWO.replace("points=1", 'points="0.5"'))
    assert load(folder).points == Fraction(3, 2)


@pytest.mark.parametrize("name", ["probe", "solution"])
def test_what_does_not_compile_is_refused_with_file_and_line(tmp_path: Path, name: str) -> None:
    folder = write_assignment(tmp_path / "a", checks=CHECKS, **{name: "x = 1\ndef f(:\n"})
    with pytest.raises(BadAssignment, match=rf"/a/{name}\.py:2: invalid syntax"):
        load(folder)


def test_what_checks_print_when_they_are_imported_goes_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(write_assignment(tmp_path / "a", checks="print('loading the data')\n" + CHECKS))
    assert capsys.readouterr() == ("", "loading the data\n")


def test_all_messages_spell_a_path_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for checks in (
        "1 / 0",
        "def f(:",
        CHECKS + CHECKS,
        TWO + CHECKS.replace("One.", "Two."),
        CHECKS.replace("=1", "=0"),
    ):
        folder = write_assignment(tmp_path / "a", checks=checks)
        for path in (folder, Path("a")):
            with pytest.raises(BadAssignment, match=r"^a/checks\.py:\d+: "):
                load(path)


# --------------------------------------------------------------------------------------- modules beside checks.py

USES_HELPER = "import helper\n" + CHECKS.replace("points=1", "points=helper.POINTS")


def test_checks_may_import_a_module_that_lies_beside_them(tmp_path: Path) -> None:
    """Each assignment its own, though they have the same name; and no trace is left."""
    path, modules = list(sys.path), set(sys.modules)
    for name, points in (("a", 1), ("b", 2)):
        folder = write_assignment(tmp_path / name, checks=USES_HELPER, helper=f"POINTS = {points}")
        assert load(folder).points == points
    assert sys.path == path
    assert {name for name in set(sys.modules) - modules if not name.startswith("assignment_")} == set()


def test_a_folder_of_modules_is_as_good(tmp_path: Path) -> None:
    for name, points in (("a", 1), ("b", 2)):
        checks = "import more.helper\n" + CHECKS.replace("points=1", "points=more.helper.POINTS")
        folder = write_assignment(tmp_path / name, checks=checks, more__helper=f"POINTS = {points}")
        assert load(folder).points == points
    assert "more" not in sys.modules


def test_what_is_installed_elsewhere_stays_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a student's virtual environment lies in the folder itself."""
    folder = tmp_path / "a"
    write(folder / "venv/lib/site-packages/another_library.py", "x = 1")
    monkeypatch.syspath_prepend(folder / "venv/lib/site-packages")
    load(write_assignment(folder, checks="import another_library\n" + CHECKS))
    assert "another_library" in sys.modules
    monkeypatch.delitem(sys.modules, "another_library")


def test_a_message_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadAssignment, match=r"checks\.py:1: ValueError: one two$"):
        load(write_assignment(tmp_path / "a", checks="raise ValueError('one\\ntwo')"))


def test_the_mistake_in_such_a_module_is_named_with_its_line(tmp_path: Path) -> None:
    for text, says in (("x = 1\n1 / 0", r"a/helper\.py:2: ZeroDivisionError"), ("def f(:", r"a/helper\.py:1: invalid")):
        with pytest.raises(BadAssignment, match=says):
            load(write_assignment(tmp_path / "a", checks=USES_HELPER, helper=text))
        assert "helper" not in sys.modules
    (tmp_path / "a/helper.py").unlink()
    with pytest.raises(BadAssignment, match=r"a/checks\.py:1: ModuleNotFoundError: No module named 'helper'"):
        load(tmp_path / "a")


def test_checks_may_be_written_in_such_a_module(tmp_path: Path) -> None:
    folder = write_assignment(tmp_path / "a", checks="from part import two\n" + CHECKS, part=TWO)
    assert [check.name for check in load(folder).checks] == ["two", "one"]
    assert declared_at(load(folder).check("two")) == f"{folder}/part.py:4"


def test_checks_read_the_data_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = "from pathlib import Path\nPOINTS = int((Path(__file__).parent / 'points.txt').read_text())\n"
    folder = write_assignment(tmp_path / "a", checks=reads + CHECKS.replace("points=1", "points=POINTS"))
    write(folder / "points.txt", "7")
    monkeypatch.chdir(tmp_path)
    assert load(Path("a")).points == 7
