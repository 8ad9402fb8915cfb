"""Generated mutants from the solution to the verdict: what survives is shown, and too much of it is not sound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

import cli
from grader.assignment import load
from grader.engine import Done, Task, grade_all
from grader.model import Assignment, Outcome
from grader.validate import Kinds, Validation, validate
from grader.validate.page import page
from grader.validate.show import as_dict, write
from tests.support import ROOT, write_assignment

CHECKS = '''
import numpy as np
from grader import Dims, assert_close, check

dims = Dims(n=(3, 5), m=(6, 8))

@check(points=2)
def half(student, draw):
    """half(x) is x/2 + 1."""
    x = draw("n 1")
    assert_close(student.half(x), x / 2 + 1)

@check(points=1)
def product(student, draw):
    """product(A, B) is AB."""
    A, B = draw("n m"), draw("m n")
    assert_close(student.product(A, B), A @ B)

@check(points=1)
def sizes(student, draw):
    """product(A, B) has the right size."""
    A, B = draw("n m"), draw("m n")
    assert_close(student.product(A, B).shape, (len(A), len(A)))
'''
SOLUTION = """
def half(x):
    ### BEGIN SOLUTION
    return x / 2 + 1
    ### END SOLUTION


def product(A, B):
    ### BEGIN SOLUTION
    return A @ B
    ### END SOLUTION


def unasked(x):
    ### BEGIN SOLUTION
    return -x * 1
    ### END SOLUTION
"""
SYMMETRIC = CHECKS.replace('A, B = draw("n m"), draw("m n")', 'A = draw("n m"); B = A.T', 1)
UNSEEING = "assert_close(student.half(x).shape, x.shape)"
ASKED = SOLUTION.partition("def unasked")[0]


def validated(
    folder: Path, *, seeds: int = 2, jobs: int = 1, kinds: Kinds = Kinds.GENERATED, least: str = "0.95", **files: str
) -> Validation:
    given = {"checks": CHECKS, "solution": ASKED} | files
    loaded = load(write_assignment(folder / "small", **given))
    return validate(loaded, seeds=range(seeds), jobs=jobs, kinds=kinds, min_score=Fraction(least))


def fates(result: Validation) -> dict[str, str]:
    assert result.mutants is not None
    return {f"{each.mutation.name} {each.mutation.operator}": each.fate for each in result.mutants.tested}


def shown(result: Validation, *, verbose: bool = False) -> str:
    console = Console(record=True, width=200)
    write(result, console, verbose=verbose)
    return console.export_text()


def test_checks_that_notice_every_mistake_are_sound(tmp_path: Path) -> None:
    result = validated(tmp_path, jobs=2)
    assert set(fates(result).values()) == {"killed"}
    assert result.mutants is not None and result.mutants.score == 1
    assert result.sound
    assert re.search(
        r"generated mutants: (\d+) of \1 killed \(100 %\), 0 equivalent left out; points at risk: 0", shown(result)
    )
    scores = {each.check: (each.reached, each.killed) for each in result.mutants.checks}
    assert scores["half"][0] == scores["half"][1] == sum(name.startswith("half") for name in fates(result))
    assert scores["sizes"][0] > scores["sizes"][1] > 0


def test_what_is_settled_is_run_with_three_seeds_and_the_rest_with_all(tmp_path: Path) -> None:
    result = validated(tmp_path, seeds=5, checks=CHECKS.replace("assert_close(student.half(x), x / 2 + 1)", UNSEEING))
    assert result.mutants is not None
    runs = {(each.fate, each.mutation.unit): len(each.kills) for each in result.mutants.tested}
    assert runs == {("killed", "half"): 3, ("killed", "product"): 3, ("survived", "half"): 5}


def test_a_survivor_is_shown_as_a_diff_with_the_points_that_it_keeps(tmp_path: Path) -> None:
    checks = CHECKS.replace(
        "assert_close(student.half(x), x / 2 + 1)", "assert_close(student.half(x) - 1, student.half(x) - 1)"
    )
    result = validated(tmp_path, checks=checks)
    assert result.mutants is not None
    names = [each.mutation.name for each in result.mutants.survivors]
    assert names and all(name.startswith("half:") for name in names)
    assert result.mutants.at_risk == 2
    assert not result.sound
    text = shown(result)
    assert "in half the student flips a sign, and keeps 2 points" in text
    assert "-    return x / 2 + 1\n+    return x / 2 - 1" in text
    assert re.search(r"checks that kill no generated mutant:\s+check +points +reached +killed +alone\s+half", text)
    assert "of the generated mutants, and 95 % are asked for: each survivor shows what to check more closely" in text
    assert "note: no mutant fails half" in text


def test_the_least_score_is_the_users(tmp_path: Path) -> None:
    result = validated(tmp_path, solution=SOLUTION)
    assert result.mutants is not None and result.mutants.score is not None
    assert Fraction(1, 2) < result.mutants.score < Fraction("0.95")
    assert not result.sound
    assert validated(tmp_path, solution=SOLUTION, least="0.5").sound


def test_what_no_check_reaches_survives_and_says_so(tmp_path: Path) -> None:
    result = validated(tmp_path, solution=SOLUTION)
    assert {fate for name, fate in fates(result).items() if name.startswith("unasked")} == {"survived"}
    assert re.search(r"survives: unasked:\d+: in unasked the student .*: no check reaches it", shown(result))


def test_equivalent_mutants_do_not_count_and_are_shown_if_asked_for(tmp_path: Path) -> None:
    solution = ASKED.replace("A @ B", "(A @ B) + (B.T @ A.T).T * 0")
    result = validated(tmp_path, solution=solution)
    assert "equivalent" in fates(result).values()
    assert result.mutants is not None and result.mutants.score == 1
    assert "equivalent: product:" not in shown(result)
    assert "equivalent: product:" in shown(result, verbose=True)


def test_a_mistake_that_shows_with_some_seeds_only_is_told(tmp_path: Path) -> None:
    """It is a survivor: a student is graded with one seed."""
    solution = ASKED.replace("x / 2 + 1", "(x > 0) * (x / 2 + 1) + (x <= 0) * abs(x / 2 + 1) * (1 - 2 * (x < -2))")
    result = validated(tmp_path, seeds=6, solution=solution)
    assert result.mutants is not None
    lucky = [each for each in result.mutants.survivors if each.by_luck]
    assert lucky and all(len(each.kills) == 6 for each in lucky)
    assert "with some seeds" in shown(result)


def test_a_check_that_only_sometimes_notices_is_noted(tmp_path: Path) -> None:
    also = (
        CHECKS
        + '''
@check(points=1)
def low(student, draw):
    """half(x) for one x."""
    x = draw("1 1")
    assert_close(student.half(x) * (x > 0), (x / 2 + 1) * (x > 0))
'''
    )
    result = validated(tmp_path, seeds=6, checks=also)
    assert result.sound
    assert any(re.match(r"low notices half:.* with some seeds only: draw", note) for note in result.notes)


def test_a_matrix_whose_transpose_cannot_be_seen_is_noted(tmp_path: Path) -> None:
    result = validated(tmp_path, checks=SYMMETRIC)
    assert (
        "symmetric with every seed, so that a transpose cannot be seen: product (the answer of product)" in result.notes
    )
    assert "so that only values show a transpose: sizes: the answer of product" in shown(result, verbose=True)


def test_a_mutant_that_breaks_a_check_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer may break a check, and a check that is broken kills nothing."""

    def broken_by_all(assignment: Assignment, tasks: Iterable[Task], *, jobs: int = 1) -> Iterator[Done]:
        for done in grade_all(assignment, tasks, jobs=jobs):
            hit = done.task.submission.name.startswith("generated half:")
            results = tuple(replace(result, outcome=Outcome.BROKEN) for result in done.report.results)
            yield Done(done.task, replace(done.report, results=results)) if hit else done

    monkeypatch.setattr("grader.validate.run.grade_all", broken_by_all)
    result = validated(tmp_path, seeds=1)
    assert any(re.match(r"check half is BROKEN by a generated mutant: half:\d+ \(", text) for text in result.problems)
    assert not result.sound
    assert {fate for name, fate in fates(result).items() if name.startswith("half")} == {"survived"}


def test_a_mutant_that_never_ends_is_killed_by_the_clock(tmp_path: Path) -> None:
    solution = ASKED.replace("return x / 2 + 1", "k = 1\n    while k < 2:\n        k += 1\n    return x / 2 + 1")
    found = fates(validated(tmp_path, seeds=1, solution=solution))
    assert [fate for name, fate in found.items() if name.endswith(("skip_update", "flip_sign"))].count("killed") >= 2


def test_only_the_mutants_that_are_asked_for_are_run(tmp_path: Path) -> None:
    sign = '"""The sign is wrong.\n\nfails: half\ndiagnosis: sign\n"""\ndef half(x): return -x / 2 - 1\n'
    ran = {kind: validated(tmp_path, seeds=1, kinds=kind, mutants__sign=sign) for kind in Kinds}
    assert [len(ran[kind].subjects) for kind in Kinds] == [3, 3, 2]
    assert [ran[kind].mutants is None for kind in Kinds] == [False, True, False]
    assert all(result.sound for result in ran.values())
    assert "1 mutant and" in shown(ran[Kinds.ALL])


def test_a_solution_that_does_not_load_has_no_mutants(tmp_path: Path) -> None:
    result = validated(tmp_path, solution="1 / 0\n" + ASKED)
    assert result.mutants is None
    assert not result.sound
    assert as_dict(result)["generated"] is None


def test_a_check_that_the_solution_does_not_pass_judges_no_mutant(tmp_path: Path) -> None:
    result = validated(tmp_path, checks=CHECKS.replace("x / 2 + 1)", "x / 2 + 2)"))
    assert result.mutants is not None
    assert {each.check: each.reached for each in result.mutants.checks}["half"] == 0


def test_every_field_of_the_json_is_on_the_page(tmp_path: Path) -> None:
    described = (ROOT / "docs/write-an-assignment.md").read_text(encoding="utf-8")
    whole = json.loads(json.dumps(as_dict(validated(tmp_path, checks=SYMMETRIC))))
    generated = whole["generated"]
    assert generated["mistakes"] == len([each for each in generated["mutants"] if each["fate"] != "equivalent"])
    fields = [*whole, *generated, *generated["checks"][0], *generated["mutants"][0], *generated["ambiguous"][0]]
    for name in fields:
        assert re.search(rf"^\|.*[`.]{name}`.*\|.*\|$", described, re.MULTILINE), name


# ---------------------------------------------------------------------------------------------------- the page

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Sees that every tag is closed, and collects what a page may fetch or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    """No script, nothing to fetch; tables with headers; what comes from the assignment is text."""
    solution = SOLUTION.replace("return -x * 1", 'return -x * len("<script src=//x.y>")')
    text = page(validated(tmp_path, solution=solution))
    found = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(found.tags)
    assert {name for name, _ in found.attributes} <= {
        "lang",
        "charset",
        "name",
        "content",
        "class",
        "scope",
        "style",
        "aria-hidden",
    }
    assert not re.search(r"url\(|@import|https?:|//x\.y", re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL))
    assert "&lt;script src=//x.y&gt;" in text
    assert found.tags.count("table") == found.tags.count("caption") >= 2
    assert text.startswith('<!doctype html>\n<html lang="en">')


def test_the_page_shows_survivors_checks_and_promises(tmp_path: Path) -> None:
    text = page(validated(tmp_path, solution=SOLUTION))
    assert "<ins>+    return x * 1</ins>" in text
    assert "<del>-    return -x * 1</del>" in text
    assert "no check reaches it" in text
    assert '<tr><th scope="row">half</th><td class="number">2</td>' in text
    assert '<span class="bad">not sound yet</span>' in text
    assert "earns everything" in text


# ------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_assignment(tmp_path / "assignments/small", checks=CHECKS, solution=SOLUTION)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grade(*options: str) -> Result:
    return CliRunner().invoke(cli.main, ["validate", "small", "--seeds", "1", "--seed", "1", *options])


def test_the_command_exits_with_one_below_the_least_score(course: Path) -> None:
    result = grade("--html", "page.html")
    assert result.exit_code == 1
    assert "survives: unasked" in result.stdout
    assert "survives" not in grade("--min-score", "0.5", "-q").stdout
    assert grade("--min-score", "0.5").exit_code == 0
    assert grade("--mutants", "written").exit_code == 0
    Page((course / "page.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--min-score", "2"], "2 is not a number from 0 to 1"),
        (["--min-score", "all"], "all is not a number from 0 to 1"),
        (["--mutants", "none"], "'none' is not one of"),
        (["--html", "nowhere/page.html"], "nowhere/page.html cannot be written: name a file in a folder that exists"),
    ],
)
def test_options_that_make_no_sense_are_refused_at_once(course: Path, options: list[str], says: str) -> None:
    result = grade(*options)
    assert result.exit_code == 2
    assert says in result.output
