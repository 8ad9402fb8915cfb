"""matrix_calculus is sound, its handout tells the truth, and its expectations are right by another way."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.assignment import load
from grader.checks import Draw
from grader.checks.context import CheckContext
from grader.model import Check, Source, format_points
from grader.release import cells_of
from tests.support import ROOT

FOLDER = ROOT / "assignments/matrix_calculus"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
SOLUTION: dict[str, Any] = {}
exec(ASSIGNMENT.solution or "", SOLUTION)


def test_the_handout_names_every_function_and_the_points() -> None:
    functions = set(re.findall(r"^def (\w+)", ASSIGNMENT.solution or "", re.MULTILINE))
    assert {name for name in functions if f"`{name}" not in HANDOUT} == set()
    points: dict[str, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points["public" if check.public else "hidden"] += check.points
    said = HANDOUT.replace("\n", " ")
    assert (
        f"**{format_points(sum(points.values(), Fraction(0)))} points**: {points['public']} for checks that you can run"
        in said
    )
    assert f"{format_points(points['hidden'])} for checks that you cannot see" in said
    sections = [Fraction(text) for text in re.findall(r"^## \d\. .* \(([\d.]+) points\)", HANDOUT, re.MULTILINE)]
    assert sum(sections) == sum(points.values())


def test_every_part_has_public_and_hidden_checks() -> None:
    public = {check.name for check in ASSIGNMENT.checks if check.public}
    hidden = [check for check in ASSIGNMENT.checks if not check.public]
    assert all(check.needs and set(check.needs) <= public | {c.name for c in hidden} for check in hidden)
    covered = {need for check in hidden for need in check.needs}
    items = "constant identity linear row_linear scaled product sum_of_two matrix_times chain dot quadratic sigmoid "
    items += "softmax softplus sigmoid_jacobian softmax_jacobian softplus_jacobian form_gradient half_square_gradient "
    items += "least_squares_gradient form half_square least_squares affine affine_by_W vec_kron kron_transpose "
    items += "kron_product shape_undefined"
    assert set(items.split()) <= covered


class Solution:
    """Asked as a check asks a submission, in this process."""

    def __getattr__(self, name: str) -> Any:
        def function(*args: Any) -> Any:
            return SOLUTION[name](*args)

        for option in ("returns", "with_"):
            setattr(function, option, lambda *_, **__: function)
        return function


@pytest.mark.parametrize("check", ASSIGNMENT.checks, ids=lambda check: check.name)
def test_every_check_asserts_and_every_derivative_fits(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    asserted: list[str] = []
    written = check.function.__globals__

    def spied(name: str) -> Any:
        assertion = written[name]

        def spy(*args: Any, **options: Any) -> None:
            asserted.append(name)
            if (derivative := options.get("derivative")) is not None:
                assert derivative.shape.sizes == np.shape(args[1])
            assertion(*args, **options)

        return spy

    for name in ("assert_close", "assert_gradient"):
        monkeypatch.setitem(written, name, spied(name))
    monkeypatch.setitem(written, "assert_raises", lambda *args: asserted.append("assert_raises"))
    check.function(Solution(), Draw(written["dims"], CheckContext(seed=3)))
    assert asserted


COLUMNS = {
    "d_constant": "a x",
    "d_product": "u dv_dx",
    "d_dot": "u v",
    **dict.fromkeys(("d_identity", "d_linear", "d_row_linear", "d_quadratic"), "x"),
    **dict.fromkeys(("sigmoid", "d_sigmoid", "softmax", "d_softmax", "softplus", "d_softplus"), "x"),
    **dict.fromkeys(("form", "d_form"), "x z"),
    **dict.fromkeys(("half_square", "d_half_square"), "w x"),
    **dict.fromkeys(("least_squares", "d_least_squares"), "w y"),
    **dict.fromkeys(("affine_loss", "d_affine_loss"), "x b y"),
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("bad", [lambda x: x.ravel(), lambda x: x.T], ids=["flat", "row"])
def test_the_solution_refuses_what_is_not_a_column(name: str, bad: Callable[[Any], Any]) -> None:
    """All sizes are 3, so that little but `column` can refuse it."""
    rng = np.random.default_rng(0)
    function = SOLUTION[name]
    columns = set(COLUMNS[name].split())
    numbers = {"beta": 1.5, "v": 0.5, "y": 2.0}
    at = {
        key: rng.standard_normal((3, 1)) if key in columns else numbers.get(key, rng.standard_normal((3, 3)))
        for key in inspect.signature(function).parameters
    }
    function(**at)
    for key in columns:
        with pytest.raises(ValueError, match=rf"^{key} has shape .*; a column, shape \(n, 1\), is needed"):
            function(**{**at, key: bad(at[key])})


# ---------------------------------------------------------------- the closed forms, against differences of definitions


def jacobian(f: Any, x: Any, h: float = 1e-6) -> Any:
    """Denominator layout, (n, m), by central differences."""
    columns = [np.ravel(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))[:, :, None]]
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


@pytest.mark.parametrize("seed", range(5))
def test_the_losses_and_their_gradients_are_what_the_handout_says(seed: int) -> None:
    draw = Draw(ASSIGNMENT.check("linear").function.__globals__["dims"], CheckContext(seed=seed))
    n, v, m, b, number = draw("n 1"), draw("n 1"), draw("m 1"), draw("m 1"), draw("")
    A, C = draw("m n"), draw("n n")
    s = SOLUTION
    z = A @ n + b
    assert np.isclose(s["form"](n, C, v), np.einsum("ia,ij,ja->", n, C, n) + np.sum(n * v))
    assert np.isclose(s["half_square"](v, n, number), (np.sum(v * n) - number) ** 2 / 2)
    assert np.isclose(s["least_squares"](n, A, b), np.linalg.norm(A @ n - b) ** 2 / (2 * len(b)))
    assert np.isclose(s["affine_loss"](A, n, b, m), np.linalg.norm(z - m) ** 2)
    dW, dx, db, dz = s["d_affine_loss"](A, n, b, m)
    by_entry = jacobian(lambda w: s["affine_loss"](w.reshape(A.shape), n, b, m), A.reshape(-1, 1))
    cases = [
        (s["d_form"](n, C, v), jacobian(lambda x: s["form"](x, C, v), n)),
        (s["d_half_square"](v, n, number), jacobian(lambda w: s["half_square"](w, n, number), v)),
        (s["d_least_squares"](n, A, b), jacobian(lambda w: s["least_squares"](w, A, b), n)),
        (dW, by_entry.reshape(A.shape)),
        (dx, jacobian(lambda x: s["affine_loss"](A, x, b, m), n)),
        (db, jacobian(lambda c: s["affine_loss"](A, n, c, m), b)),
        (dz, jacobian(lambda y: np.sum((y - m) ** 2), z)),
    ]
    for closed, numeric in cases:
        assert closed.shape == numeric.shape
        assert np.allclose(closed, numeric, atol=1e-6)


def test_the_kronecker_identities_hold() -> None:
    rng = np.random.default_rng(0)
    E, F, G, H = (rng.standard_normal(shape) for shape in ((3, 4), (4, 5), (3, 2), (2, 6)))
    s = SOLUTION
    assert np.array_equal(s["vec"](E), np.array([[E[i, j]] for j in range(4) for i in range(3)]))
    assert np.allclose(s["vec_kron"](E, F, G), s["vec"](E).T @ np.kron(F, G))
    assert np.allclose(s["kron_transpose"](F, G), np.kron(F, G).T)
    assert np.allclose(s["kron_product"](E, G, F, H), np.kron(E, G) @ np.kron(F, H))


def test_each_notebook_cell_runs_by_itself() -> None:
    """A cell that fails costs a student no more than what stands in it."""
    cells = cells_of(ASSIGNMENT.solution or "")
    assert all(Source(name="x", cells=(cell.text,)) for cell in cells)
    namespace: dict[str, object] = {}
    for cell in cells:
        if cell.kind == "code":
            exec(cell.text, namespace)
