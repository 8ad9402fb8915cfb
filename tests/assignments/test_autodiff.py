"""autodiff marks what it should, its handout tells the truth, and right code in other words loses nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.assignment import load
from grader.engine import Oracle, from_texts, grade
from grader.model import Assignment, Outcome, Report, format_points
from grader.release import cells_of, starter
from grader.sandbox import Launcher, open_launcher
from grader.validate import read_mutants
from tests.assignments.autodiff.submissions import UNUSUAL
from tests.support import ROOT

FOLDER = ROOT / "assignments/autodiff"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
TEXT = ASSIGNMENT.solution or ""
SOLUTION: dict[str, Any] = {}
exec(TEXT, SOLUTION)
SECTIONS = ("hand_weights", "forward_differences", "evaluate", "arithmetic", "diamond", "grad_first", "forward_cost")


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    launcher = open_launcher(ASSIGNMENT.manifest.packages)
    yield launcher
    launcher.close()


def lost(report: Report) -> set[str]:
    assert all(result.outcome is not Outcome.BROKEN for result in report.results)
    return {result.check for result in report.results if result.earned < result.points}


def graded(launcher: Launcher, text: str, only: str | None = None) -> Report:
    assignment = ASSIGNMENT if only is None else alone(*only.split())
    return grade(assignment, from_texts("work", {"autodiff.py": text}), launcher, seed=5, oracle=None)


def alone(*names: str) -> Assignment:
    """The assignment with some of its checks."""
    return replace(ASSIGNMENT, checks=tuple(replace(ASSIGNMENT.check(name), needs=()) for name in names))


# -------------------------------------------------------------------------------------------------- submissions


@pytest.mark.parametrize("names", ["another_engine loops", "forward_over_reverse"])
def test_right_code_in_other_words_earns_everything(names: str, launcher: Launcher) -> None:
    text = TEXT + "".join(UNUSUAL[name] for name in names.split())
    assert lost(graded(launcher, text)) == set()


def test_what_is_not_written_is_named(launcher: Launcher) -> None:
    report = graded(launcher, starter(TEXT), "add tanh grad_first hand_bias simplify")
    assert report.earned == 0
    assert {result.outcome for result in report.results} == {Outcome.MISSING}
    gone = graded(launcher, TEXT + "\ndel exp, hvp\n", "exp hvp_product add")
    assert {result.check: result.missing for result in gone.results} == {
        "exp": "exp",
        "hvp_product": "hvp",
        "add": None,
    }


def test_a_grad_that_is_none_after_backward_is_no_missing_function(launcher: Launcher) -> None:
    report = graded(launcher, TEXT + "\nTensor.backward = lambda self, gradient=None: None\n", "diamond")
    finding = report.results[0].finding
    assert finding is not None
    assert "grad is None for an input that wants a gradient" in str(finding.traceback)


@pytest.mark.parametrize(
    ("name", "check"),
    [("overwritten", "diamond"), ("hand_bias_per_example", "hand_bias")],
)
def test_a_student_with_a_known_mistake_reads_its_sentence(name: str, check: str, launcher: Launcher) -> None:
    mutant = next(mutant for mutant in read_mutants(ASSIGNMENT) if mutant.name == name)
    work = from_texts("work", {"autodiff.py": TEXT + "\n" + mutant.text})
    with Oracle(alone(check), launcher) as oracle:
        finding = grade(alone(check), work, launcher, seed=5, oracle=oracle).results[0].finding
    assert finding is not None
    assert finding.diagnosis is not None
    assert finding.diagnosis.sentence == mutant.sentence


# ----------------------------------------------------------------------------------------- starter and handout


def test_each_notebook_cell_runs_by_itself() -> None:
    namespace: dict[str, object] = {}
    for cell in cells_of(starter(TEXT)):
        if cell.kind == "code":
            exec(cell.text, namespace)


def test_the_handout_names_every_function_and_the_points() -> None:
    functions = set(re.findall(r"^def (\w+)", TEXT, re.MULTILINE))
    helpers = {"compute", "record", "scatter", "topological", "pull_back", "tree_map", "units", "loss"}
    assert {name for name in functions - helpers if f"`{name}" not in HANDOUT} == set()
    points: dict[bool, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points[check.public] += check.points
    total, public, hidden = map(format_points, (points[True] + points[False], points[True], points[False]))
    said = HANDOUT.replace("\n", " ")
    assert f"**{total} points**: {public} for checks that you can run yourself, {hidden} for" in said
    sections = [Fraction(text) for text in re.findall(r"^## \d\. .* \(([\d.]+) points\)", HANDOUT, re.MULTILINE)]
    names = [check.name for check in ASSIGNMENT.checks]
    starts = [*(names.index(name) for name in SECTIONS), len(names)]
    assert starts[0] == 0
    assert sections == [sum((one.points for one in ASSIGNMENT.checks[a:b]), Fraction(0)) for a, b in pairwise(starts)]


def test_the_numbers_of_the_handout_are_right() -> None:
    forward, reverse = re.findall(r"(\d+,\d+,\d+)", HANDOUT)
    layers = [10, 100, 100, 784, 784]
    assert "10×100, 100×100, 100×784 and 784×784" in HANDOUT.replace("\n", " ")
    assert f"{SOLUTION['forward_cost'](layers):,}" == forward
    assert f"{SOLUTION['reverse_cost'](layers):,}" == reverse
    assert SOLUTION["forward_cost"](layers[::-1]) == SOLUTION["reverse_cost"](layers)
    few = [int(size) for size in re.search(r"layers ([\d, ]+) cost", HANDOUT)[1].split(", ")]  # type: ignore[index]
    assert f"cost {SOLUTION['forward_cost'](few)} and {SOLUTION['reverse_cost'](few)}." in HANDOUT
    eps = np.finfo(float).eps
    assert f"{eps:.1e}" == "2.2e-16"
    assert f"{eps**0.5:.1e}" == "1.5e-08"
    assert f"{eps ** (1 / 3):.1e}" == "6.1e-06"
    assert "2.2 \\cdot 10^{-16}" in HANDOUT
    assert "1.5 \\cdot 10^{-8}" in HANDOUT
    assert "6.1 \\cdot 10^{-6}" in HANDOUT


def test_the_example_of_nested_derivatives_is_one() -> None:
    grad = SOLUTION["grad"]
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0).data == 1.0
    assert SOLUTION["evaluate"](("+", ("*", 3, "x"), ("sin", "x")), {"x": 2.0}) == pytest.approx(6 + np.sin(2))


def test_errors_against_step_have_the_slopes_and_the_best_steps_of_the_handout() -> None:
    def f(x: Any) -> Any:
        return np.exp(x).sum()

    x = np.array([0.3, -0.7, 1.1])
    steps = np.array([1e-2, 1e-3, 1.5e-8, 6.1e-6, 1e-13])
    errors = SOLUTION["step_errors"](f, np.exp(x), x, steps)
    assert np.log10(errors[0] / errors[1]) == pytest.approx([1, 2], abs=0.01)
    assert errors[2, 0] < 1e-6
    assert errors[3, 1] < 1e-9
    assert np.all(errors[4] > 1e-6)
