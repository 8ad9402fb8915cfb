"""relu_networks is sound, its handout tells the truth, and right code written another way earns everything."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.assignment import load
from grader.checks import Draw
from grader.checks.context import CheckContext, running
from grader.engine import Oracle, grade
from grader.model import Check, Report, format_points
from grader.sandbox import Launcher, open_launcher
from reference.autodiff import grad, hessian
from tests.support import ROOT, module

FOLDER = ROOT / "assignments/relu_networks"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
TEXT = ASSIGNMENT.solution or ""
SOLUTION: dict[str, Any] = {}
exec(TEXT, SOLUTION)
GLOBALS: dict[str, Any] = ASSIGNMENT.checks[0].function.__globals__


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    opened = open_launcher(ASSIGNMENT.manifest.packages)
    yield opened
    opened.close()


def test_every_hidden_check_says_what_it_needs() -> None:
    assert all(check.needs for check in ASSIGNMENT.checks if not check.public)


# ------------------------------------------------------------------------------------------------------ handout


def test_the_handout_names_every_function_and_the_points() -> None:
    functions = set(re.findall(r"^def (\w+)", TEXT, re.MULTILINE))
    assert {name for name in functions if f"`{name}(" not in HANDOUT} == set()
    points: dict[bool, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points[check.public] += check.points
    total, public, hidden = (format_points(p) for p in (points[True] + points[False], points[True], points[False]))
    said = HANDOUT.replace("\n", " ")
    assert f"**{total} points**: {public} for checks that you can run yourself" in said
    assert f" {hidden} for checks that you cannot see" in said
    written = re.split(r"^# -{20,} .*$", (FOLDER / "checks.py").read_text(encoding="utf-8"), flags=re.MULTILINE)
    per_section = [
        sum(map(Fraction, re.findall(r'^@check\(points="?([\d.]+)', part, re.MULTILINE)), Fraction(0))
        for part in written[1:]
    ]
    sections = [Fraction(text) for text in re.findall(r"^## \d\. .* \(([\d.]+) points\)", HANDOUT, re.MULTILINE)]
    assert sections == per_section


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading's first cell."""
    table = HANDOUT[HANDOUT.index(f"| {heading} |") :].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_kinks_of_the_handout_are_those_of_the_networks() -> None:
    assert len(rows("hidden units")) == 4
    for units, shallow, sawtooth, bound in (map(int, row) for row in rows("hidden units")):
        depth = units // 2
        assert SOLUTION["kink_bound"]([units]) == shallow
        assert SOLUTION["kink_bound"]([2] * depth) == bound
        found = SOLUTION["kinks"](SOLUTION["sawtooth"](depth), -2.5, 2.5)
        assert len(found) == sawtooth == 2**depth - 1 <= bound
        assert np.array_equal(found, SOLUTION["sawtooth_kinks"](depth))
    assert "1, 3, 7, 15, ... kinks" in HANDOUT
    assert [len(SOLUTION["sawtooth_kinks"](depth)) for depth in (1, 2, 3, 4)] == [1, 3, 7, 15]


def test_the_bias_and_variance_of_the_handout_are_those_of_the_solution() -> None:
    data = dict(SOLUTION)
    exec(HANDOUT.split("```python\n")[1].split("```")[0], data)
    given = [data[name] for name in ("x", "Y", "x_new", "targets")]
    table = rows("degree")
    degrees = [int(row[0]) for row in table]
    found = SOLUTION["bias_variance"](*given, degrees)
    for (_, *said, exact), numbers, degree in zip(table, found, degrees, strict=True):
        assert [f"{number:.2f}" for number in (*numbers, sum(numbers))] == said
        assert f"{SOLUTION['exact_variance'](data['x'], data['x_new'], degree, 0.5):.3f}" == exact
        error = SOLUTION["expected_error"](SOLUTION["polynomial_predictions"](*given[:3], degree), data["targets"])
        assert np.isclose(error, sum(numbers), rtol=1e-12)
    assert SOLUTION["best_degree"](*given, degrees) == 3


def deep_loss(w: Any, ends: tuple[int, ...], X: Any, Y: Any) -> Any:
    """The loss of a deep linear network, by all of its weights in one array."""
    for rows_in, columns in pairwise(ends):
        X, w = X @ w[: rows_in * columns].reshape(rows_in, columns), w[rows_in * columns :]
    return ((X - Y) ** 2).sum() / (2 * len(Y))


@pytest.mark.parametrize(("ends", "gradient", "curved"), [((2, 3), 1, 1), ((2, 4, 3), 0, 1), ((2, 4, 4, 3), 0, 0)])
def test_at_zero_deep_linear_networks_are_as_flat_as_the_handout_says(
    ends: tuple[int, ...], gradient: int, curved: int
) -> None:
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((7, 2)), rng.standard_normal((7, 3))
    w = np.zeros(sum(a * b for a, b in pairwise(ends)))
    assert bool(np.any(grad(lambda w: deep_loss(w, ends, X, Y))(w))) == gradient
    assert bool(np.any(hessian(lambda w: deep_loss(w, ends, X, Y))(w))) == curved


# ------------------------------------------------------------------------------------------ what is expected is right


class Solution:
    """Asked as a check asks a submission, in this process."""

    def __getattr__(self, name: str) -> Any:
        def function(*args: Any) -> Any:
            return SOLUTION[name](*args)

        def many(calls: Any) -> Any:
            return [function(*call) for call in calls]

        for option in ("returns", "with_"):
            setattr(function, option, lambda *_, **__: function)
        function.many = many  # type: ignore[attr-defined]
        return function


@pytest.mark.parametrize("check", ASSIGNMENT.checks, ids=lambda check: check.name)
def test_no_check_is_flaky(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """More seeds than a guest could be asked."""
    if check.name == "reverse_mode":
        pytest.skip("measures processes")

    def refuses(exception: type[Exception], function: Callable[..., object], *args: object) -> None:
        with pytest.raises(exception):
            function(*args)

    monkeypatch.setitem(GLOBALS, "assert_raises", refuses)
    for seed in range(100, 105):
        context = CheckContext(seed=seed)
        with running(context):
            check.function(Solution(), Draw(GLOBALS["dims"], context))


def test_walking_along_the_line_finds_the_kinks_that_are_known() -> None:
    exact = GLOBALS["exact_kinks"]
    for depth in (1, 2, 5):
        found, _ = exact(SOLUTION["sawtooth"](depth), -3, 3)
        assert np.array_equal(found, np.arange(1 - 2 ** (depth - 1), 2 ** (depth - 1)) * 2.0 ** (2 - depth))
    straight = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[1.0], [-1.0]]), np.zeros(1))]
    assert exact(straight, -1, 1) == ([], [0.0])
    assert exact([(np.array([[1.0]]), np.array([2.0]))], -1, 1) == ([], [])


@pytest.mark.parametrize("seed", range(5))
def test_a_network_never_has_more_kinks_than_the_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 5, rng.integers(1, 4)).tolist()
    params = [(rng.standard_normal(ends), rng.standard_normal(ends[1])) for ends in pairwise([1, *widths, 1])]
    found, _ = GLOBALS["exact_kinks"](params, -100, 100)
    assert len(found) <= SOLUTION["kink_bound"](widths)
    assert np.allclose(SOLUTION["kinks"](params, -100, 100), found, rtol=0, atol=1e-7)


@pytest.mark.parametrize("seed", range(40))
def test_networks_have_every_kind_of_kink(seed: int) -> None:
    draw = Draw(GLOBALS["dims"], CheckContext(seed=seed))
    params, found = GLOBALS["bent"](draw, (3, 4))
    exact, crossed = GLOBALS["exact_kinks"](params, GLOBALS["LO"], GLOBALS["HI"])
    assert exact == found
    (w,), b = params[0]
    of_first = [kink for kink in found if np.min(np.abs(w * kink + b)) < 1e-9]
    assert 0 < len(of_first) < len(found) < len(crossed)
    assert np.min(np.diff(crossed)) > 1e-3


# ------------------------------------------------------------------------------------------- right, and yet unusual

UNUSUAL = {
    "loops over everything, printing, lists for arrays": """
def relu_network(params, x):
    out = []
    for row in x.tolist():
        for layer, (W, b) in enumerate(params):
            row = [sum(row[i] * float(W[i][j]) for i in range(len(row))) + float(b[j]) for j in range(len(b))]
            if layer + 1 < len(params):
                row = [value if value > 0 else 0.0 for value in row]
        out.append(row)
    print("network of", len(params), "layers")
    return out

def hinges(at, changes):
    return [[[[1.0] * len(at)], [-float(t) for t in at]], [[[float(c)] for c in changes], [0.0]]]

def sawtooth_kinks(depth):
    if depth == 1:
        return [0.0]
    before = list(sawtooth_kinks(depth - 1))
    return sorted({-1.0 + t / 2 for t in before} | {1.0 + t / 2 for t in before} | {0.0})

def kinks(params, lo, hi):
    if not lo < hi:
        raise ValueError("nothing between")
    cuts = [lo, hi]
    def before_relu(layer, x):
        h = [x]
        for k in range(layer + 1):
            W, b = params[k]
            h = [sum(h[i] * W[i][j] for i in range(len(h))) + b[j] for j in range(len(b))]
            if k < layer:
                h = [max(v, 0.0) for v in h]
        return h
    def slope(x):
        h, d = [x], [1.0]
        for k, (W, b) in enumerate(params):
            z = [sum(h[i] * W[i][j] for i in range(len(h))) + b[j] for j in range(len(b))]
            e = [sum(d[i] * W[i][j] for i in range(len(d))) for j in range(len(b))]
            last = k == len(params) - 1
            h = z if last else [max(v, 0.0) for v in z]
            d = e if last else [s if v > 0 else 0.0 for s, v in zip(e, z)]
        return d[0]
    for layer in range(len(params) - 1):
        new = []
        for a, c in zip(cuts, cuts[1:]):
            for p, q in zip(before_relu(layer, a), before_relu(layer, c)):
                if p * q < 0:
                    new.append(a + (c - a) * p / (p - q))
        merged = []
        for x in sorted(cuts + new):
            if not merged or x - merged[-1] > 1e-9:
                merged.append(x)
        cuts = merged
    slopes = [slope((a + c) / 2) for a, c in zip(cuts, cuts[1:])]
    return [float(x) for x, s, t in zip(cuts[1:], slopes, slopes[1:]) if abs(s - t) > 1e-9 * max(map(abs, slopes))]
""",
    "kinks in fractions": """
from fractions import Fraction as F

def kinks(params, lo, hi):
    if lo >= hi:
        raise ValueError(f"{lo} >= {hi}")
    def look(x):
        units, zeros = [(F(1), F(0))], []
        for k, (W, b) in enumerate(params):
            units = [(sum(F(float(W[i, j])) * s for i, (s, _) in enumerate(units)),
                      sum(F(float(W[i, j])) * c for i, (_, c) in enumerate(units)) + F(float(b[j])))
                     for j in range(len(b))]
            if k < len(params) - 1:
                zeros += [-c / s for s, c in units if s]
                units = [(s, c) if (s * x + c, s) > (0, 0) else (F(0), F(0)) for s, c in units]
        return units[0][0], zeros
    x, found = F(lo), []
    slope, zeros = look(x)
    while True:
        zeros = [zero for zero in zeros if x < zero < hi]
        if not zeros:
            return np.array([float(t) for t in found])
        x = min(zeros)
        before = slope
        slope, zeros = look(x)
        if slope != before:
            found.append(x)
""",
    "the same functions by other weights": """
def hinges(at, changes):
    order = np.argsort(at)[::-1]
    at, changes = np.asarray(at)[order], np.asarray(changes)[order]
    return ((3 * np.ones((1, at.size)), -3.0 * at), ((changes / 3)[:, None], np.array([0.0])))

def interpolant(x, y):
    if not all(a < b for a, b in zip(x, x[1:])):
        raise ValueError("x")
    x, y = x[::-1], y[::-1]
    slopes = np.diff(y) / np.diff(x)
    V = -np.array([slopes[0], *(slopes[1:] - slopes[:-1])])
    return [(-np.ones((1, len(V))), x[:-1]), (V[:, np.newaxis], y[:1])]

def sawtooth(depth):
    if not depth > 0:
        raise ValueError("depth")
    into, out = np.array([[-0.5, 0.5]]), np.array([[4], [4]])
    layers = [(into, np.array([0, 0]))]
    for _ in range(depth - 1):
        layers.append((out @ into, (np.array([-2.0]) @ into)))
    return tuple(layers + [(out, [-2])])

def kink_bound(widths):
    return np.prod(np.array(widths, dtype=np.int64) + 1) - 1

def sawtooth_value(x, depth):
    return np.array(x) if depth < 1 else 2 * abs(sawtooth_value(x, depth - 1)) - 2.0
""",
    "gradients by all products, einsum, other orders of summation": """
from functools import reduce

def end_to_end(Ws):
    return reduce(lambda A, B: np.einsum("ij,jk->ik", A, B), Ws)

def deep_linear(Ws, X):
    for W in Ws:
        X = np.dot(X, W)
    return X

def deep_linear_loss(Ws, X, Y):
    R = Y - deep_linear(Ws, X)
    return np.float64(0.5) * np.trace(R @ R.T) / X.shape[0]

def deep_linear_gradient(Ws, X, Y):
    R = deep_linear(Ws, X) - Y
    answers = []
    for k in range(len(Ws)):
        A = reduce(np.matmul, Ws[:k], np.eye(Ws[0].shape[0]))
        B = reduce(np.matmul, Ws[k + 1 :], np.eye(Ws[k].shape[1]))
        answers.append(((X @ A).T @ (R @ B.T)) / float(X.shape[0]))
    return tuple(answers)

def deep_linear_descent(Ws, X, Y, lr, steps):
    t = 0
    while t < steps:
        for W, g in zip(Ws, deep_linear_gradient(Ws, X, Y)):
            W -= lr * g
        t += 1
    return tuple(Ws)
""",
    "backwards one recursion deep, in float32": """
_network = relu_network

def relu_network(params, x):
    return _network([(W.astype(np.float64), b) for W, b in params], x).astype(np.float32)

def kinks(params, lo, hi):
    global relu_network
    exact, relu_network = relu_network, _network
    try:
        return _kinks(params, lo, hi)
    finally:
        relu_network = exact

def deep_linear_gradient(Ws, X, Y):
    f = np.float32
    Ws, X, Y = [W.astype(f) for W in Ws], X.astype(f), Y.astype(f)
    def back(h, rest):
        if not rest:
            return (h - Y) / f(len(Y)), []
        g, found = back(h @ rest[0], rest[1:])
        return g @ rest[0].T, [h.T @ g, *found]
    return back(X, Ws)[1]

def deep_linear_descent(Ws, X, Y, lr, steps):
    Ws = [W.astype(np.float32) for W in Ws]
    for _ in range(steps):
        Ws = [W - np.float32(lr) * g for W, g in zip(Ws, deep_linear_gradient(Ws, X, Y))]
    return Ws
""",
    "statistics by loops over pairs and polyfit": """
def noisy_sets(values, sigma, count, seed):
    r = np.random.RandomState(seed)
    sets = np.empty((count, len(values)))
    for i in range(count):
        sets[i] = r.normal(loc=values, scale=sigma)
    return sets

def polynomial_predictions(x, Y, x_new, degree):
    return np.array([np.polyval(np.polyfit(x, y, degree), x_new) for y in Y])

def expected_error(predictions, targets):
    return sum(((t - p) ** 2).mean() for t in targets for p in predictions) / (len(targets) * len(predictions))

def decompose(predictions, targets):
    f, y = predictions.mean(0), targets.mean(0)
    return [((targets - y) ** 2).mean(), ((f - y) ** 2).mean(), ((predictions - f) ** 2).mean()]

def bias_variance(x, Y, x_new, targets, degrees):
    return [list(decompose(polynomial_predictions(x, Y, x_new, d), targets)) for d in degrees]

def best_degree(x, Y, x_new, targets, degrees):
    return np.int64(min(degrees, key=lambda d: expected_error(polynomial_predictions(x, Y, x_new, d), targets)))

def exact_variance(x, x_new, degree, sigma):
    A, B = np.vander(x, degree + 1), np.vander(x_new, degree + 1)
    return float(np.trace(B @ np.linalg.inv(A.T @ A) @ B.T)) * sigma * sigma / x_new.size
""",
    "normal equations, the noise drawn the other way round": """
def noisy_sets(values, sigma, count, seed):
    return (values[:, None] - sigma * np.random.default_rng([seed, 7]).standard_normal((values.size, count))).T

def polynomial_predictions(x, Y, x_new, degree):
    F = np.stack([x**j for j in range(degree + 1)], axis=1)
    C = np.linalg.solve(F.T @ F, F.T @ Y.T)
    return np.stack([sum(C[j] * t**j for j in range(degree + 1)) for t in x_new], axis=1)

def decompose(predictions, targets):
    noise = np.mean(targets**2) - np.mean(targets.mean(axis=0) ** 2)
    variance = np.mean(predictions**2) - np.mean(predictions.mean(axis=0) ** 2)
    return noise, expected_error(predictions, targets) - noise - variance, variance
""",
}


def lost(report: Report) -> dict[str, Any]:
    return {result.check: result.finding for result in report.results if result.earned < result.points}


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_right_but_unusual_submission_loses_nothing(launcher: Launcher, name: str) -> None:
    text = TEXT + "\n_kinks = kinks\n" + UNUSUAL[name]
    assert lost(grade(ASSIGNMENT, module(text), launcher, seed=5, oracle=None)) == {}


# ------------------------------------------------------------------------------------ wrong, and where it shows


def test_a_wide_network_of_all_kinks_is_no_deep_one(launcher: Launcher) -> None:
    text = TEXT + "\ndef sawtooth(depth):\n    x = np.linspace(-2, 2, 2**depth + 1)\n"
    text += "    return interpolant(x, sawtooth_value(x, depth))\n"
    checks = lost(grade(ASSIGNMENT, module(text), launcher, seed=5, oracle=None))
    assert "the list of layers" in checks["sawtooth_width"].says
    assert "sawtooth_high" in checks


@pytest.mark.parametrize("form", ["None", "3.5", "'text'", "[1, 2]", "[(1, 2, 3)]", "[]", "{}"])
def test_what_is_no_network_is_wrong_and_never_the_checks_fault(launcher: Launcher, form: str) -> None:
    text = TEXT
    for name in ("hinges", "interpolant", "sawtooth"):
        text += f"\ndef {name}(*given):\n    return {form}\n"
    with Oracle(ASSIGNMENT, launcher) as oracle:
        report = grade(ASSIGNMENT, module(text), launcher, seed=5, oracle=oracle)
    assert report.final
    assert {check.partition("_")[0] for check in lost(report)} == {"hinges", "interpolant", "sawtooth"}
