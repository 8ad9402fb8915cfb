"""matrix_calculus is sound, its handout tells the truth, and its expectations are right by another way."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.assignment import load
from grader.checks import Draw
from grader.checks.context import CheckContext
from grader.engine import grade
from grader.model import Source
from grader.release import cells_of, starter, to_notebook
from grader.sandbox import open_launcher
from grader.submission.notebook import code_cells
from grader.validate import read_mutants, validate
from tests.support import ROOT, notebook

FOLDER = ROOT / "assignments/matrix_calculus"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
SOLUTION: dict[str, Any] = {}
exec(ASSIGNMENT.solution or "", SOLUTION)


def test_every_promise_holds() -> None:
    result = validate(ASSIGNMENT, seeds=range(2), jobs=2)
    assert result.sound, [(subject.name, subject.problems) for subject in result.subjects] + result.problems
    assert len(read_mutants(ASSIGNMENT)) >= 8


def test_the_solution_as_a_notebook_earns_everything() -> None:
    cells = code_cells(to_notebook(ASSIGNMENT.solution or "").encode(), "solution.ipynb")
    launcher = open_launcher(ASSIGNMENT.manifest.packages)
    try:
        report = grade(ASSIGNMENT, notebook(*cells), launcher, seed=11)
    finally:
        launcher.close()
    assert report.earned == report.points


def test_the_starter_holds_nothing_of_the_solution() -> None:
    text = starter(ASSIGNMENT.solution or "")
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", ASSIGNMENT.solution or "", re.DOTALL)
    assert len(regions) == 30
    lines = {line.strip() for region in regions for line in region.splitlines()}
    kept = {line.strip() for line in text.splitlines()}
    assert lines & kept == {""}
    assert text.count("raise NotImplementedError") == 30
    assert [cell.kind for cell in cells_of(text)].count("markdown") == 7


def test_the_handout_names_every_function_and_the_points() -> None:
    functions = set(re.findall(r"^def (\w+)", ASSIGNMENT.solution or "", re.MULTILINE))
    assert {name for name in functions if f"`{name}" not in HANDOUT} == set()
    points: dict[str, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points["public" if check.public else "hidden"] += check.points
    assert f"**{sum(points.values())} points**" in HANDOUT
    assert f"{points['public']} for checks that you can run" in HANDOUT.replace("\n", " ")
    assert f"{points['hidden']} for checks that you cannot see" in HANDOUT.replace("\n", " ")
    sections = [Fraction(text) for text in re.findall(r"^## \d\. .* \(([\d.]+) points\)", HANDOUT, re.MULTILINE)]
    assert sum(sections) == sum(points.values())


def test_every_part_has_public_and_hidden_checks() -> None:
    public = {check.name for check in ASSIGNMENT.checks if check.public}
    hidden = [check for check in ASSIGNMENT.checks if not check.public]
    assert all(check.needs and set(check.needs) <= public | {c.name for c in hidden} for check in hidden)
    covered = {need for check in hidden for need in check.needs}
    items = "constant identity linear row_linear scaled product sum_of_two matrix_times chain dot quadratic sigmoid "
    items += "softmax softplus sigmoid_jacobian softmax_jacobian softplus_jacobian form_gradient half_square_gradient "
    items += "least_squares_gradient affine_by_W vec_kron kron_transpose kron_product shape_undefined"
    assert set(items.split()) <= covered


# ---------------------------------------------------------------- the closed forms, against differences of definitions


def jacobian(f: Any, x: Any, h: float = 1e-6) -> Any:
    """Denominator layout, (n, m), by central differences."""
    columns = [((f(x + h * e) - f(x - h * e)) / (2 * h)).ravel() for e in np.eye(len(x))[:, :, None]]
    return np.array(columns)


@pytest.mark.parametrize("seed", range(5))
def test_the_rules_are_derivatives(seed: int) -> None:
    draw = Draw(ASSIGNMENT.check("linear").function.__globals__["dims"], CheckContext(seed=seed))
    n, m, k = draw("n 1"), draw("m 1"), draw("k 1")
    A, B, C = draw("m n"), draw("k m"), draw("n n")
    s = SOLUTION

    def u(x: Any) -> Any:
        return np.tanh(A @ x)

    def v(x: Any) -> Any:
        return np.sin(A @ x + m)

    du, dv = jacobian(u, n), jacobian(v, n)
    w = draw("n 1")
    cases = [
        (s["d_constant"](m, n), lambda x: m),
        (s["d_identity"](n), lambda x: x),
        (s["d_linear"](A, n), lambda x: A @ x),
        (s["d_row_linear"](n, A.T), lambda x: x.T @ A.T),
        (s["d_scaled"](2.5, du), lambda x: 2.5 * u(x)),
        (s["d_product"]((w.T @ n).item() ** 2, u(n), 2 * (w.T @ n) * w, du), lambda x: (w.T @ x) ** 2 * u(x)),
        (s["d_sum"](dv, du), lambda x: v(x) + u(x)),
        (s["d_matrix_times"](B, du), lambda x: B @ u(x)),
        (s["d_chain"](du, jacobian(lambda y: np.exp(B @ y), u(n))), lambda x: np.exp(B @ u(x))),
        (s["d_dot"](u(n), v(n), du, dv), lambda x: u(x).T @ v(x)),
        (s["d_quadratic"](C, n), lambda x: x.T @ C @ x),
        (s["d_sigmoid"](n), s["sigmoid"]),
        (s["d_softmax"](k), s["softmax"]),
        (s["d_softplus"](n, 1.7), lambda x: s["softplus"](x, 1.7)),
    ]
    for closed, function in cases:
        at = k if function is s["softmax"] else n
        assert np.allclose(closed, jacobian(function, at), atol=1e-7)


def test_each_notebook_cell_runs_by_itself() -> None:
    """A cell that fails costs a student no more than what stands in it."""
    cells = cells_of(ASSIGNMENT.solution or "")
    assert all(Source(name="x", cells=(cell.text,)) for cell in cells)
    namespace: dict[str, object] = {}
    for cell in cells:
        if cell.kind == "code":
            exec(cell.text, namespace)
