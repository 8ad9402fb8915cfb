"""What holds of every assignment that ships; all mutants, checks and fifty seeds are what `make evidence` asks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.assignment import Mutant, available, load
from grader.engine import from_texts, grade
from grader.model import Assignment, Report, Submission, format_points
from grader.release import cells_of, starter, to_notebook
from grader.sandbox import Launcher, open_launcher
from grader.submission.notebook import code_cells
from grader.validate import read_mutants
from tests.support import ROOT, module, notebook

ASSIGNMENTS = [load(folder) for folder in available(ROOT / "assignments")]
LEAST, TRIED = 8, 16  # mutants of an assignment: that it has, and that are tried here
ASKED = 3  # checks of each
REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)

every = pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda assignment: assignment.name)


@pytest.fixture(scope="module")
def plotting() -> Iterator[Launcher]:
    """For all: the assignments allow the same packages."""
    (packages,) = {assignment.manifest.packages for assignment in ASSIGNMENTS}
    source = open_launcher(packages)
    yield source
    source.close()


def text_of(assignment: Assignment) -> str:
    assert assignment.solution is not None
    return assignment.solution


def as_notebook(text: str) -> Submission:
    return notebook(*code_cells(to_notebook(text).encode(), "work.ipynb"))


def lost(report: Report) -> set[str]:
    return {result.check for result in report.results if result.earned < result.points}


def test_all_eight_are_there() -> None:
    assert [assignment.name for assignment in ASSIGNMENTS] == [
        "autodiff",
        "gradient_descent",
        "layers",
        "linear_classifiers",
        "matrix_calculus",
        "neural_network",
        "relu_networks",
        "scalar_autodiff",
    ]


# ------------------------------------------------------------------------------------------- solution and starter


@every
def test_the_solution_as_a_notebook_earns_everything(assignment: Assignment, plotting: Launcher) -> None:
    report = grade(assignment, as_notebook(text_of(assignment)), plotting, seed=11, oracle=None)
    assert lost(report) == set()
    assert report.loading.failures == ()


@every
@pytest.mark.parametrize("form", [module, as_notebook], ids=["module", "notebook"])
def test_the_starter_loads_and_earns_nothing(assignment: Assignment, form: object, plotting: Launcher) -> None:
    assert callable(form)
    report = grade(assignment, form(starter(text_of(assignment))), plotting, seed=12, oracle=None)
    assert report.earned == 0
    assert report.loading.failures == ()


@every
def test_the_starter_holds_nothing_of_the_solution(assignment: Assignment) -> None:
    text = text_of(assignment)
    shown = starter(text)
    outside = {line.strip() for line in REGION.sub("", text).splitlines()}
    hidden = {line.strip() for region in REGION.findall(text) for line in region.splitlines()}
    assert hidden
    assert hidden & {line.strip() for line in shown.splitlines()} <= outside | {""}
    assert [cell.kind for cell in cells_of(shown)] == [cell.kind for cell in cells_of(text)]


# -------------------------------------------------------------------------------------------------------- mutants


def some_mutants() -> list[object]:
    """Of each assignment as many as are tried, evenly out of all."""
    tried: list[object] = []
    for assignment in ASSIGNMENTS:
        mutants = read_mutants(assignment)
        chosen = mutants[:: -(-len(mutants) // TRIED)]
        tried += [pytest.param(assignment, one, id=f"{assignment.name}-{one.name}") for one in chosen]
    return tried


@pytest.mark.parametrize(("assignment", "mutant"), some_mutants())
def test_a_mutant_fails_what_it_promises(assignment: Assignment, mutant: Mutant, plotting: Launcher) -> None:
    """The first of its checks, the last, and one in between."""
    fails = [check for check in assignment.checks if check.name in mutant.fails]
    asked = {check.name: replace(check, needs=()) for check in (fails[0], fails[len(fails) // 2], fails[-1])}
    assert len(asked) <= ASKED
    work = from_texts(mutant.name, {"solution.py": text_of(assignment), f"{mutant.name}.py": mutant.text})
    report = grade(replace(assignment, checks=tuple(asked.values())), work, plotting, seed=7, oracle=None)
    assert lost(report) == set(asked)


@every
def test_every_check_is_failed_by_some_mutant(assignment: Assignment) -> None:
    mutants = read_mutants(assignment)
    assert len(mutants) >= LEAST
    assert {check.name for check in assignment.checks} == {name for mutant in mutants for name in mutant.fails}


# -------------------------------------------------------------------------------------------------------- handout


@every
def test_the_handout_says_how_many_points_there_are(assignment: Assignment) -> None:
    said = " ".join((assignment.folder / "README.md").read_text(encoding="utf-8").split())
    points: dict[bool, Fraction] = defaultdict(Fraction)
    for check in assignment.checks:
        points[check.public] += check.points
    whole, public, hidden = map(format_points, (points[True] + points[False], points[True], points[False]))
    assert re.search(
        rf"\*\*{whole} points\*\*: {public} for checks that you can run yourself,? (and )?{hidden} for checks", said
    )
