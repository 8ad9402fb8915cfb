"""linear_classifiers is sound, follows its conventions, and takes nothing from right solutions that look unusual."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignment import load
from grader.checks import Draw
from grader.checks.context import CheckContext, running
from grader.engine import Oracle, grade
from grader.model import Assignment, Outcome, Report, format_points
from grader.sandbox import Launcher
from grader.submission import read_submission
from tests.support import ROOT, module

FOLDER = ROOT / "assignments/linear_classifiers"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
TEXT = ASSIGNMENT.solution or ""
WRITTEN = ASSIGNMENT.check("softmax_naive_loss").function.__globals__
JUDGE: Any = WRITTEN["judge"]
FUNCTIONS = ("softmax_loss_naive", "softmax_loss_vectorized", "svm_loss_naive", "svm_loss_vectorized")
SOLUTION: dict[str, Any] = {}
exec(TEXT, SOLUTION)


def graded(launcher: Launcher, text: str, assignment: Assignment = ASSIGNMENT, seed: int = 5) -> Report:
    return grade(assignment, module(text), launcher, seed=seed, oracle=None)


def lost(report: Report) -> dict[str, Any]:
    return {result.check: result.finding for result in report.results if result.earned < result.points}


# ----------------------------------------------------------------------------------------------------------- handout


def test_the_handout_names_every_function_and_the_points() -> None:
    points: dict[str, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points["public" if check.public else "hidden"] += check.points
        points[check.name.partition("_")[0]] += check.points
    whole = format_points(points["public"] + points["hidden"])
    said = HANDOUT.replace("\n", " ")
    assert f"**{whole} points**: {points['public']} for checks that you can run yourself" in said
    assert f"{points['hidden']} for checks that you cannot see" in said
    assert f"## 1. Softmax ({points['softmax']} points)" in HANDOUT
    assert f"## 2. The support vector machine ({points['svm']} points)" in HANDOUT
    assert all(f"- `{name}(W, X, y, reg)`" in HANDOUT for name in FUNCTIONS)


def test_the_handout_s_tables_are_the_checks() -> None:
    kinds = [  # in the order of the tables: what the names of its checks end in, and for which losses
        *[
            ("shapes", 4),
            ("loss", 4),
            ("gradient", 4),
            ("cost", 2),
            ("penalty", 4),
            ("penalty_gradient", 4),
            ("uniform", 2),
        ],
        *[("few", 4), ("labels", 4), ("large", 2), ("far", 2), ("kink", 2), ("unchanged", 2), ("float32", 2)],
    ]
    rows = re.findall(r"^\| [^|]+ \| ([\d.]+) \|$", HANDOUT, re.MULTILINE)
    assert len(rows) == len(kinds)
    for said, (kind, count) in zip(rows, kinds, strict=True):
        named = re.compile(rf"(softmax|svm)(_naive|_vectorized)?_{kind}")
        points = [check.points for check in ASSIGNMENT.checks if named.fullmatch(check.name)]
        assert points == [Fraction(said)] * count
    assert sum(count for _, count in kinds) == len(ASSIGNMENT.checks)


def test_the_handout_says_which_conventions_hold() -> None:
    assert ASSIGNMENT.manifest.conventions == {"penalty_scale": "1", "penalty_biases": True}
    said = HANDOUT.replace("\n", " ")
    assert "there is no ½ in front of $\\lambda$, and no $1/N$; and the penalty counts all of $W$" in said


def test_every_hidden_check_says_what_it_needs() -> None:
    public = {check.name for check in ASSIGNMENT.checks if check.public}
    assert len(public) == 24
    assert all(check.needs for check in ASSIGNMENT.checks if not check.public)


# ------------------------------------------------------------------------------------------------------- conventions

LINES = {"1": "reg", "1/2": "reg / 2", "1/N": "reg / N", "1/(2N)": "reg / (2 * N)"}
ROWS = {True: "W", False: "np.vstack([W[:-1], 0 * W[-1:]])"}


def by_convention(scale: str, biases: bool) -> str:
    """The solution with the two lines of a convention changed."""
    assert TEXT.count("scale = 1.0\n") == TEXT.count("counted = W\n") == 1
    text = TEXT.replace("scale = 1.0\n", f"scale = {LINES[scale]} / reg if reg else 0\n")
    return text.replace("counted = W\n", f"counted = {ROWS[biases]}\n")


@pytest.mark.parametrize(("scale", "biases"), [*product(LINES, ROWS)])
def test_the_checks_judge_by_the_conventions_of_the_manifest(
    launcher: Launcher, tmp_path: Path, scale: str, biases: bool
) -> None:
    for file in ("assignment.toml", "checks.py", "judging.py", "probe.py"):
        (tmp_path / file).write_text((FOLDER / file).read_text(encoding="utf-8"), encoding="utf-8")
    toml = (FOLDER / "assignment.toml").read_text(encoding="utf-8")
    toml = toml.replace('penalty_scale = "1" ', f'penalty_scale = "{scale}" ')
    toml = toml.replace("penalty_biases = true ", f"penalty_biases = {str(biases).lower()} ")
    (tmp_path / "assignment.toml").write_text(toml, encoding="utf-8")
    other = load(tmp_path)
    assert other.manifest.conventions == {"penalty_scale": scale, "penalty_biases": biases}

    penalties = tuple(check for check in other.checks if "_penalty" in check.name)
    assert len(penalties) == 8
    right = graded(launcher, by_convention(scale, biases), replace(other, checks=penalties))
    assert not lost(right)
    if (scale, biases) != ("1", True):
        wrong = graded(launcher, TEXT, replace(other, checks=penalties[:2]))
        assert set(lost(wrong)) == {"softmax_naive_penalty", "softmax_naive_penalty_gradient"}


def test_other_conventions_change_nothing_but_the_penalty(launcher: Launcher) -> None:
    conventions: dict[str, str | int | float | bool] = {"penalty_scale": "1/(2N)", "penalty_biases": False}
    other = replace(ASSIGNMENT, manifest=replace(ASSIGNMENT.manifest, conventions=conventions))
    assert not lost(graded(launcher, by_convention("1/(2N)", False), other))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (
            "penalty_scale",
            "2",
            r"\[conventions\] penalty_scale is '2': it must be one of '1', '1/2', '1/N', '1/\(2N\)'",
        ),
        ("penalty_biases", "no", r"\[conventions\] penalty_biases is 'no': it must be true or false"),
    ],
)
def test_a_convention_that_is_not_known_is_the_staff_s_mistake(
    launcher: Launcher, name: str, value: str, says: str
) -> None:
    conventions = {**ASSIGNMENT.manifest.conventions, name: value}
    other = replace(
        ASSIGNMENT,
        manifest=replace(ASSIGNMENT.manifest, conventions=conventions),
        checks=(ASSIGNMENT.check("svm_naive_penalty"),),
    )
    with Oracle(other, launcher) as oracle:
        result = grade(other, module(TEXT), launcher, seed=1, oracle=oracle).results[0]
    assert result.outcome is Outcome.BROKEN
    with running(CheckContext(conventions=conventions)), pytest.raises(ValueError, match=says):
        JUDGE.penalty(np.ones((2, 2)), np.ones((3, 2)), np.zeros(3, int), 1.0)


# ------------------------------------------------------------------------------------------- right, and yet unusual

UNUSUAL = {
    "loops over everything, printing": """
def scores_of(x, W):
    return [sum(float(x[d]) * float(W[d, c]) for d in range(W.shape[0])) for c in range(W.shape[1])]

def softmax_loss_naive(W, X, y, reg):
    import math
    loss, dW = 0.0, np.zeros((W.shape[0], W.shape[1]))
    for i in reversed(range(X.shape[0])):
        s = scores_of(X[i], W)
        top = max(s)
        logsum = top + math.log(sum(math.exp(v - top) for v in s))
        loss += logsum - s[y[i]]
        for c in range(W.shape[1]):
            for d in range(W.shape[0]):
                dW[d, c] += (math.exp(s[c] - logsum) - (1 if c == y[i] else 0)) * X[i, d]
    print("the loss is", loss)
    for c in range(W.shape[1]):
        for d in range(W.shape[0]):
            loss += reg * W[d, c] ** 2 * X.shape[0]
            dW[d, c] += 2 * reg * W[d, c] * X.shape[0]
    return loss / X.shape[0], dW / X.shape[0]
""",
    "as in CS231n, with its header": """
from builtins import range
from random import shuffle

def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] += -X[i]
    loss /= num_train
    dW /= num_train
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW

def svm_loss_vectorized(W, X, y, reg):
    loss = 0.0
    dW = np.zeros(W.shape)
    num_train = X.shape[0]
    scores = X.dot(W)
    margin = np.maximum(0, scores - scores[range(num_train), list(y)].reshape(-1, 1) + 1.0)
    margin[np.arange(num_train), y] = 0
    loss = np.sum(margin) / num_train + reg * np.sum(W * W)
    binary = margin
    binary[margin > 0] = 1
    binary[np.arange(num_train), y] = -np.sum(binary, axis=1)
    return loss, (X.T).dot(binary) / num_train + 2 * reg * W
""",
    "the other slopes at the kink": """
def svm_with(W, X, y, reg, slope):
    right = np.eye(W.shape[1], dtype=bool)[np.asarray(y)]
    margins = X @ W - (X @ W)[right][:, None] + 1
    G = np.where(right, 0.0, slope(margins))
    G[right] = -G.sum(axis=1)
    return np.where(right, 0, margins).clip(0).sum(axis=1).mean() + reg * (W**2).sum(), X.T @ G / len(X) + 2 * reg * W

def svm_loss_naive(W, X, y, reg):
    return svm_with(W, X, y, reg, lambda margins: margins >= 0)

def svm_loss_vectorized(W, X, y, reg):
    return svm_with(W, X, y, reg, lambda margins: np.heaviside(margins, 0.3))
""",
    "the SVM in float32": """
_double = svm_loss_vectorized

def svm_loss_vectorized(W, X, y, reg):
    loss, dW = _double(W.astype(np.float32), X.astype(np.float32), y, np.float32(reg))
    return np.float32(loss), dW.astype(np.float32)

svm_loss_naive = svm_loss_vectorized
""",
    "one-hot labels, logaddexp, einsum, another form of the answer": """
def softmax_loss_vectorized(W, X, y, reg=0.0):
    T = np.eye(W.shape[1])[y]
    S = np.einsum("nd,dc->nc", X, W, optimize=True)
    log_p = S - np.logaddexp.reduce(S, axis=1)[:, None]
    loss = np.array(-np.einsum("nc,nc->", T, log_p) / len(S) + reg * np.linalg.norm(W) ** 2)
    dW = np.einsum("nc,nd->cd", np.exp(log_p) - T, X).T / len(S)
    return [loss, np.asfortranarray(dW + reg * W + reg * W)]

class Softmax:
    def __call__(self, W, X, y, reg):
        parts = [softmax_loss_vectorized(W, X[i : i + 1], [y[i]], reg) for i in range(len(X))]
        return sum(float(loss) for loss, _ in parts) / len(X), sum(dW for _, dW in parts) / len(X)

softmax_loss_naive = Softmax()
""",
    "changes its copies, and nothing else": """
def softmax_loss_vectorized(W, X, y, reg):
    W, X, y = W.copy(), X.copy(), np.array(y, dtype=np.int64)
    X = np.hstack([X, np.zeros((len(X), 1), X.dtype)])
    weights = np.vstack([W, np.zeros((1, W.shape[1]))])
    P = X @ weights
    P -= P.max(axis=1, keepdims=True)
    loss = -P[np.arange(len(P)), y].sum()
    np.exp(P, out=P)
    loss += np.log(P.sum(axis=1)).sum()
    P /= P.sum(axis=1, keepdims=True)
    np.subtract.at(P, (np.arange(len(P)), y), 1)
    dW = (X.T @ P)[:-1]
    dW /= len(X)
    loss /= len(X)
    loss += reg * (W * W).sum()
    W *= 2 * reg
    dW += W
    return loss, dW
""",
    "regularised where it is multiplied": """
def softmax_loss_naive(W, X, y, reg):
    loss, dW = 0, 0
    for x, label in zip(X, y):
        s = x @ W
        p = np.exp(s - s.max()) / np.exp(s - s.max()).sum()
        loss += np.log(np.exp(s - s.max()).sum()) + s.max() - s[label] + reg * np.vdot(W, W)
        dW = dW + np.outer(x, p - (np.arange(len(s)) == label)) + 2 * reg * W
    return loss / len(X), dW / len(X)
""",
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_right_but_unusual_submission_loses_nothing(launcher: Launcher, name: str) -> None:
    assert lost(graded(launcher, TEXT + UNUSUAL[name])) == {}


def test_vectorised_in_name_alone_loses_the_check_of_its_cost(launcher: Launcher) -> None:
    alias = "\nsoftmax_loss_vectorized = softmax_loss_naive\n"
    text = TEXT + UNUSUAL["loops over everything, printing"] + alias
    assert set(lost(graded(launcher, text))) == {"softmax_vectorized_cost"}


@pytest.mark.parametrize("folder", ["", "cs231n/classifiers"])
def test_the_two_files_of_cs231n_are_one_submission_as_they_are(
    launcher: Launcher, tmp_path: Path, folder: str
) -> None:
    begin, softmax, svm = re.split(r"(?m)(?=^# %% \[markdown\]\n# ## \d\.)", TEXT)
    imports = "from builtins import range\nfrom random import shuffle\nfrom past.builtins import xrange\n"
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    for name, functions in {"softmax.py": softmax, "linear_svm.py": svm}.items():
        text = imports + begin + functions.replace("in range(", "in xrange(")
        (tmp_path / folder / name).write_text(text, encoding="utf-8")
    manifest = ASSIGNMENT.manifest
    submission = read_submission(tmp_path, manifest.files, modules=manifest.modules)
    assert len(submission.sources) == 2
    assert not lost(grade(ASSIGNMENT, submission, launcher, seed=3, oracle=None))


# ---------------------------------------------------------------------------------- what is right, by its definition


def by_definition(kind: str, W: Any, X: Any, y: Any, reg: float) -> float:
    """The handout's formulas, term by term."""
    total = 0.0
    for x, label in zip(X, y, strict=True):
        s = [float(x @ column) for column in W.T]
        if kind == "softmax":
            total -= np.log(np.exp(s[label]) / sum(np.exp(v) for v in s))
        else:
            total += sum(max(0.0, v - s[label] + 1) for j, v in enumerate(s) if j != label)
    return total / len(X) + reg * sum(float(w) ** 2 for w in W.ravel())


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("seed", range(3))
def test_the_solution_is_the_handout_s_formula_and_its_derivative(name: str, seed: int) -> None:
    rng, kind = np.random.default_rng(seed), name.partition("_")[0]
    W, X, y = rng.standard_normal((3, 4)), rng.standard_normal((6, 3)), rng.integers(0, 4, 6)
    loss, dW = SOLUTION[name](W, X, y, 0.7)
    steps = 1e-6 * np.eye(W.size).reshape(-1, *W.shape)
    slopes = [by_definition(kind, W + h, X, y, 0.7) - by_definition(kind, W - h, X, y, 0.7) for h in steps]
    assert np.isclose(loss, by_definition(kind, W, X, y, 0.7), rtol=1e-12)
    assert np.allclose(dW.ravel(), np.array(slopes) / 2e-6, atol=1e-7)


def test_what_the_checks_expect_is_the_handout_s_formula() -> None:
    rng = np.random.default_rng(0)
    W, X, y = rng.standard_normal((3, 4)), rng.standard_normal((6, 3)), rng.integers(0, 4, 6)
    with running(CheckContext(conventions=ASSIGNMENT.manifest.conventions)):
        penalty = JUDGE.penalty(W, X, y, 0.7)
    for kind in ("softmax", "svm"):
        assert np.isclose(getattr(JUDGE, kind)(W, X, y) + penalty, by_definition(kind, W, X, y, 0.7), rtol=1e-12)


# ------------------------------------------------------------------------------------------------------------ inputs


@pytest.mark.parametrize("seed", range(20))
def test_inputs_show_what_they_should(seed: int) -> None:
    draw = Draw(WRITTEN["dims"], CheckContext(seed=seed))
    W, X, y = JUDGE.data(draw)
    assert set(y) == set(range(W.shape[1]))
    assert len({len(X), *W.shape}) == 3
    margins = X @ W - (X @ W)[np.arange(len(X)), y][:, None] + 1
    assert np.sum(margins[0] > 0) == W.shape[1] >= 4
    W, X, y = JUDGE.offset(draw, (1000.0, -1000.0, 10_000.0))
    for size in (1000, -1000, 10_000):
        assert np.any(np.abs(X @ W - size).max(axis=1) < 100)


@pytest.mark.parametrize("seed", range(20))
def test_every_example_has_one_margin_on_the_kink_and_others_on_both_sides(seed: int) -> None:
    W, X, y = JUDGE.at_kinks(Draw(WRITTEN["dims"], CheckContext(seed=seed)))
    scores, right = X @ W, np.arange(W.shape[1]) == y[:, None]
    margins = (scores - scores[right][:, None] + 1)[~right].reshape(len(X), -1)
    assert np.all(np.sum(margins == 0, axis=1) == 1)
    assert np.all(margins[0] >= 0)
    assert np.all(margins[1] <= 0)
