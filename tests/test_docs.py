"""The documentation tells the truth: its examples run, its tables match the code."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
import grader
from grader.assignment import load, write_new
from grader.checks.diagnosis import CODES
from grader.model import Limits, Outcome
from tests.attacks.bank import ATTACKS
from tests.attacks.scoreboard import BEGIN, END, NOT_STOPPED
from tests.support import ROOT

DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_layout_page_runs() -> None:
    assert doctest.testfile(str(DOCS / "denominator-layout.md"), module_relative=False).failed == 0


def test_the_page_on_writing_an_assignment_shows_the_files_of_a_new_one(tmp_path: Path) -> None:
    """Which is tested to be sound; the page's manifest, which has every key, takes the place of its own."""
    folder = write_new("tanh", tmp_path)
    page = text("docs/write-an-assignment.md")
    blocks = dict(re.findall(r"^## (\S+)\n.*?^```(?:toml|python)\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    for name in ("solution.py", "checks.py"):
        assert blocks[name] == (folder / name).read_text(encoding="utf-8")
    assert blocks["mutants/NAME.py"] == (folder / "mutants/tanh_itself.py").read_text(encoding="utf-8")
    (folder / "assignment.toml").write_text(blocks["assignment.toml"], encoding="utf-8")
    assert load(folder).manifest.title == "One layer"
    assert "import submission" in blocks["probe.py"]


def test_the_defaults_in_the_manifest_example_are_the_defaults() -> None:
    page = text("docs/write-an-assignment.md")
    for name in ("cpu_seconds", "memory_mb", "reply_mb", "load_seconds", "cell_seconds"):
        said = re.search(rf"^{name} = ([\d.]+)", page, re.MULTILINE)
        assert said is not None
        assert float(said[1]) == getattr(Limits(), name)


def test_every_diagnosis_and_every_word_is_on_the_page_about_checks() -> None:
    page = text("docs/checks.md")
    table = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", page, re.MULTILINE))
    assert table == CODES
    for word in grader.__all__:
        assert word in page or word == "context"


def test_every_outcome_is_on_the_page_about_reports() -> None:
    assert all(f"| `{outcome}` |" in text("docs/report.md") for outcome in Outcome)


def test_readme_names_commands_that_exist() -> None:
    commands = set(re.findall(r"^grade (\w+)", text("README.md"), re.MULTILINE))
    assert commands
    for command in commands:
        assert CliRunner().invoke(cli.main, [command, "--help"]).exit_code == 0


def test_readme_names_every_command() -> None:
    assert all(re.search(rf"`{name}`|^grade {name}", text("README.md"), re.MULTILINE) for name in cli.main.commands)


def test_readme_shows_what_a_student_really_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Except for the name of the file: in the example class it is called by its mistake."""
    shown = re.search(r"^ends like this, .*?^```\n(.*?)^```", text("README.md"), re.MULTILINE | re.DOTALL)
    assert shown is not None
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    path = "examples/matrix_calculus/numerator_layout.py"
    command = ["check", path, "--assignment", "matrix_calculus", "--seed", "3"]
    assert shown[1] in CliRunner().invoke(cli.main, command).output


def test_readme_knows_every_exit_code() -> None:
    from grader.commands import command, ending

    table = text("README.md").partition("| command | 0 |")
    for code in (command.STUDENTS, command.BAD_INPUT, command.OURS):
        assert f" {code} |" in table[2].partition("\n")[0]
    for code in (command.OURS, ending.STOPPED, ending.TERMINATED, ending.UNREAD):
        assert re.search(rf"\b{code} (is|one)", table[2])


def test_every_form_of_json_is_on_the_page_about_reports() -> None:
    from grader.classroom import files
    from grader.model import report
    from grader.reports import listing

    assert all(f"`{form.SCHEMA}`" in text("docs/report.md") for form in (report, files, listing))


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{path.name}" for path in sorted(DOCS.glob("*.md")))])
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", text(page)):
        assert ((ROOT / page).parent / target).exists(), target


def test_readme_gives_a_reason_for_every_dependency() -> None:
    project = re.search(r"^dependencies = \[(.*?)\]", text("pyproject.toml"), re.MULTILINE | re.DOTALL)
    assert project is not None
    reasons = text("README.md").partition("## What it stands on")[2].lower()
    for name in re.findall(r'"([a-z]+)', project[1]):
        assert f"| {name} |" in reasons


def test_the_scoreboard_on_the_page_about_threats_is_of_the_whole_bank_and_all_of_it_is_stopped() -> None:
    board = text("docs/threat-model.md").split(BEGIN)[1].split(END)[0]
    rows = [line.split(" | ") for line in board.strip().splitlines()[2:]]
    assert sorted(row[1] for row in rows) == sorted(attack.name for attack in ATTACKS)
    assert NOT_STOPPED not in board
