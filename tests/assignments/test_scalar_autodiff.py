"""scalar_autodiff is sound, its handout tells the truth, and engines of every make get the points that they deserve."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignment import load
from grader.engine import Oracle, from_texts, grade
from grader.model import Assignment, Outcome, Report, format_points
from grader.release import cells_of, starter
from grader.sandbox import Launcher, open_launcher
from grader.submission import read_submission
from grader.validate import read_mutants
from tests.assignments.scalar_autodiff.submissions import (
    DUAL,
    ENGINES,
    LIAR,
    MICROGRAD,
    TANH_OVERWRITES,
)
from tests.support import ROOT

FOLDER = ROOT / "assignments/scalar_autodiff"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
TEXT = ASSIGNMENT.solution or ""
REST = "import math\n" + TEXT[TEXT.index("# %%\nclass Dual") :]
WRITTEN: dict[str, Any] = ASSIGNMENT.check("diamond").function.__globals__
SOLUTION: dict[str, Any] = {}
exec(TEXT, SOLUTION)
NOT_IN_MICROGRAD = {
    "power_reflected",
    *("tanh", "tanh_gradient", "exp", "exp_gradient", "log", "log_gradient", "sin", "sin_gradient"),
    *("accumulate_functions", "dual_sum", "dual_product", "dual_quotient", "dual_numbers", "dual_power"),
    *("dual_functions", "dual_random"),
    *("reverse_trace", "forward_trace", "reverse_trace_elsewhere", "forward_trace_elsewhere"),
}


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
    return grade(assignment, from_texts("work", {"scalar_autodiff.py": text}), launcher, seed=5, oracle=None)


def alone(*names: str) -> Assignment:
    """The assignment with some of its checks."""
    return replace(ASSIGNMENT, checks=tuple(replace(ASSIGNMENT.check(name), needs=()) for name in names))


# -------------------------------------------------------------------------------------------------- submissions


@pytest.mark.parametrize("name", ENGINES)
def test_a_right_engine_of_any_make_earns_everything(name: str, launcher: Launcher) -> None:
    """With the solution's dual numbers and trace, or where the trace must ask for gradients with others."""
    rest = DUAL if name == "requires_grad" else REST
    assert lost(graded(launcher, ENGINES[name] + rest)) == set()


def test_micrograd_as_it_is_loses_what_it_lacks_and_the_deep_chain(tmp_path: Path, launcher: Launcher) -> None:
    """Its recursion ends at Python's limit, and everything else that it does not have is missing or needs it."""
    (tmp_path / "micrograd").mkdir()
    (tmp_path / "micrograd/engine.py").write_text(MICROGRAD, encoding="utf-8")
    (tmp_path / "micrograd/nn.py").write_text(
        "from micrograd.engine import Value\nimport micrograd.engine as engine\nassert engine.Value is Value\n",
        encoding="utf-8",
    )
    work = read_submission(tmp_path, ASSIGNMENT.manifest.files)
    report = grade(ASSIGNMENT, work, launcher, seed=5, oracle=None)
    assert lost(report) == {*NOT_IN_MICROGRAD, "deep_chain"}
    outcomes = {result.check: result for result in report.results}
    lacks = {outcomes[name].missing for name in NOT_IN_MICROGRAD}
    functions = {"Value.__rpow__", "Value.tanh", "Value.exp", "Value.log", "Value.sin"}
    assert lacks == {*functions, "Dual", "reverse_trace", "forward_trace"}
    chain = outcomes["deep_chain"].finding
    assert chain is not None
    assert "RecursionError" in chain.says


def test_a_file_without_value_misses_it_everywhere(launcher: Launcher) -> None:
    report = graded(launcher, "x = 1\n", "arithmetic dual_sum reverse_trace forward_trace")
    assert report.earned == 0
    assert {result.missing for result in report.results} == {"Value", "Dual", "reverse_trace", "forward_trace"}


def test_what_is_not_written_is_named(launcher: Launcher) -> None:
    report = graded(launcher, starter(TEXT), "add_gradient tanh dual_power")
    missing = {result.check: result.missing for result in report.results}
    assert missing["add_gradient"] == "Value.__add__"
    assert missing["tanh"] == "Value.tanh"
    assert missing["dual_power"] == "Dual.__pow__"
    nothing = graded(launcher, TEXT + "\nValue.__neg__ = lambda self: None\n", "neg")
    finding = nothing.results[0].finding
    assert finding is not None
    assert "Value.__neg__ returns None" in str(finding.traceback)


def test_one_function_that_overwrites_is_found(launcher: Launcher) -> None:
    assert lost(graded(launcher, TANH_OVERWRITES + REST)) == {"accumulate_functions"}


def test_gradients_that_start_at_one_fail_wherever_a_gradient_is_asked_for(launcher: Launcher) -> None:
    asked = [check.name for check in ASSIGNMENT.checks if check.name.endswith(("_gradient", "_left", "_right"))]
    values = ["arithmetic", "power", "relu", "tanh"]
    text = TEXT.replace("self.grad = 0.0", "self.grad = 1.0")
    assert lost(graded(launcher, text, " ".join([*asked, *values]))) == set(asked)


def test_numbers_that_lie_about_themselves_gain_nothing(launcher: Launcher) -> None:
    report = graded(launcher, LIAR)
    assert report.earned == 0


@pytest.mark.parametrize(
    ("name", "check"),
    [("overwritten", "diamond"), ("breadth_first", "order"), ("power_factor", "power_gradient"), ("zeroed", "twice")],
)
def test_a_student_with_a_known_mistake_reads_its_sentence(name: str, check: str, launcher: Launcher) -> None:
    mutant = next(mutant for mutant in read_mutants(ASSIGNMENT) if mutant.name == name)
    work = from_texts("work", {"scalar_autodiff.py": TEXT + mutant.text})
    with Oracle(alone(check), launcher) as oracle:
        finding = grade(alone(check), work, launcher, seed=5, oracle=oracle).results[0].finding
    assert finding is not None
    assert finding.diagnosis is not None
    assert finding.diagnosis.sentence == mutant.sentence


# ----------------------------------------------------------------------------------------- starter and handout


def test_each_notebook_cell_runs_by_itself() -> None:
    namespace: dict[str, object] = {}
    for cell in cells_of(TEXT):
        if cell.kind == "code":
            exec(cell.text, namespace)


def test_the_handout_names_every_method_and_the_points() -> None:
    methods = set(re.findall(r"^(?:    )?def (\w+)", TEXT, re.MULTILINE)) - {"__init__", "__repr__", "of"}
    assert {name for name in methods if f"`{name}" not in HANDOUT and f"{name}(" not in HANDOUT} == set()
    points: dict[bool, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points[check.public] += check.points
    said = HANDOUT.replace("\n", " ")
    total = format_points(points[True] + points[False])
    public, hidden = format_points(points[True]), format_points(points[False])
    assert f"**{total} points**: {public} for checks that you can run yourself, {hidden} for" in said
    sections = [Fraction(text) for text in re.findall(r"^## \d\. .* \(([\d.]+) points\)", HANDOUT, re.MULTILINE)]
    names = [check.name for check in ASSIGNMENT.checks]
    starts = [0, *(names.index(name) for name in ("upstream", "dual_sum", "reverse_trace")), len(names)]
    sums = [sum((check.points for check in ASSIGNMENT.checks[a:b]), Fraction(0)) for a, b in pairwise(starts)]
    assert sections == sums


def test_the_numbers_of_the_handout_are_right() -> None:
    y, by_1, by_2 = map(float, re.findall(r"= (\d+\.\d+)\$", HANDOUT))
    rows = SOLUTION["reverse_trace"](2.0, 5.0)
    assert rows[-1][0] == pytest.approx(y, abs=5e-4)
    assert [rows[0][1], rows[1][1]] == pytest.approx([by_1, by_2], abs=5e-4)
    last = SOLUTION["forward_trace"](2.0, 5.0)[-1]
    assert last == pytest.approx((y, by_1, by_2), abs=5e-4)


# ------------------------------------------------------------------------------------------------ the programs


def test_a_program_is_read_as_python_would() -> None:
    program, result = WRITTEN["program"], WRITTEN["result"]
    assert program("m = a * b; -m / relu(c)") == [
        ["m", "*", "a", "b"],
        ["_2", "neg", "m"],
        ["_3", "relu", "c"],
        ["_4", "/", "_2", "_3"],
    ]
    at = {"a": np.array([2.0, 3.0]), "b": np.array([5.0, 7.0]), "c": np.array([4.0, 8.0])}
    assert np.array_equal(result(program("m = a * b; -m / relu(c)"), at), [-2.5, -2.625])
    with pytest.raises(ValueError, match="a program has no 2"):
        program("a * 2")


@pytest.mark.parametrize("seed", range(8))
def test_a_random_program_depends_on_every_step_and_the_solution_differentiates_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    signs = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]
    at = {name: rng.uniform(0.5, 2, 6) * rng.permutation(signs) for name in "abc"}
    functions = ["relu", "tanh", "exp", "sin"]
    text = WRITTEN["random_program"](rng, at, functions)
    steps = WRITTEN["program"](text)
    assert {"+", "-", "*", "/", *functions} <= {operation for _, operation, *_ in steps}
    sensitivities = WRITTEN["run"].__globals__["sensitivities"](steps, at)
    assert np.all(np.abs(sensitivities) > 0.1)
    h = 1e-6
    for k in range(6):
        point = {name: float(x[k]) for name, x in at.items()}
        leaves = {name: SOLUTION["Value"](x) for name, x in point.items()}
        calls = {
            "relu": lambda v: v.relu(),
            "tanh": lambda v: v.tanh(),
            "exp": lambda v: v.exp(),
            "sin": lambda v: v.sin(),
        }
        named = {**leaves, **calls}
        exec("; ".join(text.split("; ")[:-1]) + f"; y = {text.split('; ')[-1]}", {}, named)
        named["y"].backward()
        moved = [WRITTEN["result"](steps, point | {"a": point["a"] + step}) for step in (h, -h)]
        assert leaves["a"].grad == pytest.approx((moved[0] - moved[1]) / (2 * h), rel=1e-4, abs=1e-4)
