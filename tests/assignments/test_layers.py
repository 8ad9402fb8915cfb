"""layers is sound, follows its conventions, and takes nothing from right layers that look unusual."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignment import load
from grader.checks import Draw
from grader.checks.context import CheckContext, running
from grader.engine import Oracle, grade
from grader.model import Assignment, Outcome, Report, format_points
from grader.release import starter
from grader.sandbox import Launcher
from grader.submission import read_submission
from tests.assignments.layers.unusual import UNUSUAL
from tests.support import ROOT, module

FOLDER = ROOT / "assignments/layers"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
SAID = HANDOUT.replace("\n", " ")
TEXT = ASSIGNMENT.solution or ""
WRITTEN = ASSIGNMENT.check("affine_forward").function.__globals__
JUDGE: Any = WRITTEN["judge"]
SOLUTION: dict[str, Any] = {}
exec(TEXT, SOLUTION)

SECTIONS = {  # the first word of its checks' names, by section
    "Affine and ReLU": ("affine", "relu"),
    "Losses": ("softmax", "svm"),
    "Batch normalisation": ("batchnorm",),
    "Layer normalisation": ("layernorm",),
    "Dropout": ("dropout",),
    "Updates": ("sgd", "momentum", "rmsprop", "adam", "update"),
}
WORDS = tuple(word for words in SECTIONS.values() for word in words)


def about(*words: str, cost: bool = True) -> Assignment:
    """The assignment with the checks alone whose names begin with one of these words."""
    checks = (check for check in ASSIGNMENT.checks if check.name.startswith(tuple(f"{word}_" for word in words)))
    return replace(ASSIGNMENT, checks=tuple(check for check in checks if cost or not check.name.endswith("_cost")))


def graded(launcher: Launcher, text: str, assignment: Assignment = ASSIGNMENT, seed: int = 5) -> Report:
    return grade(assignment, module(text), launcher, seed=seed, oracle=None)


def lost(report: Report) -> dict[str, Any]:
    return {result.check: result.finding for result in report.results if result.earned < result.points}


# ---------------------------------------------------------------------------------------------------------- promises


def test_the_starter_earns_nothing_and_everything_is_told_as_missing(launcher: Launcher) -> None:
    report = graded(launcher, starter(TEXT))
    assert report.earned == 0
    assert {result.outcome for result in report.results} <= {Outcome.MISSING, Outcome.BLOCKED}


# ----------------------------------------------------------------------------------------------------------- handout


def test_the_handout_says_how_many_points_there_are() -> None:
    points: dict[str, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points["public" if check.public else "hidden"] += check.points
        points[check.name.partition("_")[0]] += check.points
    public, hidden = format_points(points["public"]), format_points(points["hidden"])
    whole = format_points(points["public"] + points["hidden"])
    assert f"**{whole} points**: {public} for checks that you can run yourself, {hidden} for checks that" in SAID
    for k, (section, words) in enumerate(SECTIONS.items(), 1):
        of_section = format_points(sum((points[word] for word in words), Fraction(0)))
        assert f"## {k}. {section} ({of_section} points)" in HANDOUT


KINDS = {  # the rows of the handout's two tables: the ends of the names of a row's checks
    "shapes": ("shapes",),
    "the output, or the loss": ("forward", "value", "train", "test"),
    "`dx`": ("dx",),
    "`dw`, `dgamma`": ("dw", "dgamma"),
    "`db`, `dbeta`": ("db", "dbeta"),
    "images of shape $(N, d_1, d_2)$": ("forward_images",),
    "`eps`": ("eps",),
    "`running_mean`, `running_var`": ("running_mean", "running_var"),
    "the arguments are left as they are": ("unchanged",),
    "backward needs its cache alone": ("cache",),
    "`dx` is derived": ("cost",),
    "images of shape $(N, d_1, d_2, d_3)$": ("backward_images",),
    "entries of exactly 0": ("zero",),
    "large scores": ("large",),
    "a right class with probability 0": ("far",),
    "labels of other dtypes": ("labels",),
    "a mean far from 0": ("far",),
    "where the running averages start": ("start",),
    "testing leaves them as they are": ("test_keeps",),
    "another mask in each call": ("fresh",),
}


def test_the_handout_s_tables_are_the_checks() -> None:
    points = {check.name: check.points for check in ASSIGNMENT.checks}
    told = set()
    for name, row in re.findall(r"^\| ([^|]+) \|((?:[^|\n]*\|){6,7})$", HANDOUT, re.MULTILINE):
        if name == "check" or name.startswith("---"):
            continue
        for word, cell in zip(WORDS[:7], row.split("|"), strict=False):
            names = [f"{word}_{kind}" for kind in KINDS[name] if f"{word}_{kind}" in points]
            if name == "a mean far from 0" and word == "softmax":
                names = []
            if name == "a right class with probability 0" and word != "softmax":
                names = []
            if word == "dropout" and name in {"`dx`", "the output, or the loss"}:
                continue
            assert [points[one] for one in names] == (
                [Fraction(n) for n in re.findall(r"[\d.]+", cell)] * (2 if "each" in cell else 1)
            ), (name, word)
            told.update(names)
    rest = {name: points for name, points in points.items() if name not in told}
    assert {name for name in rest if not name.startswith(WORDS[6:])} == set()
    assert {name.removeprefix("dropout_"): float(p) for name, p in rest.items() if name.startswith("dropout")} == {
        **{"train": 1.0, "share": 1.0, "test": 0.5, "seed": 0.5, "dx": 1.0, "dx_test": 0.5},
    }
    assert {name: float(p) for name, p in rest.items() if not name.startswith("dropout")} == {
        **{"sgd_steps": 0.5, "momentum_steps": 1.0, "rmsprop_steps": 1.0, "adam_steps": 1.0, "update_defaults": 1.0},
        **{"momentum_velocity": 0.5, "rmsprop_cache": 0.5, "adam_state": 0.5},
        **{"rmsprop_epsilon": 0.5, "adam_epsilon": 0.5},
    }
    assert "`out` in training 1, the share of entries that stay 1, `dx` after training 1, testing 0.5" in SAID
    assert "three steps each, 0.5 for `sgd` and 1 for the others; 0.5 for what `sgd_momentum`" in SAID
    assert "another `epsilon`, 0.5 for `rmsprop` and 0.5 for `adam`; no `config` at the first call, 1." in SAID


def test_the_updates_may_lie_in_a_file_of_their_own(launcher: Launcher, tmp_path: Path) -> None:
    layers, updates = re.split(r"(?m)(?=^# %% \[markdown\]\n# ## 7\.)", TEXT)
    folder = tmp_path / "cs231n"
    folder.mkdir()
    (folder / "layers.py").write_text("from builtins import range\n" + layers, encoding="utf-8")
    (folder / "optim.py").write_text("import numpy as np\n" + updates, encoding="utf-8")
    submission = read_submission(tmp_path, ASSIGNMENT.manifest.files, modules=ASSIGNMENT.manifest.modules)
    assert lost(grade(about("relu", "sgd", "adam"), submission, launcher, seed=3, oracle=None)) == {}


def test_every_hidden_check_says_what_it_needs() -> None:
    assert all(check.needs for check in ASSIGNMENT.checks if not check.public)


@pytest.mark.parametrize("name", ["sgd", "sgd_momentum", "rmsprop", "adam"])
def test_the_handout_s_defaults_are_the_starter_s(name: str) -> None:
    _, config = SOLUTION[name](np.ones(2), np.ones(2))
    (row,) = re.findall(rf"^\| `{name}` .*\| (.*) \|$", HANDOUT, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) == set(config)
    assert all(config[key] == float(number) for key, number in re.findall(r"`(\w+)` ([\d.e-]+)", row))


# ------------------------------------------------------------------------------------------------------- conventions


def test_p_is_the_probability_that_the_conventions_say(launcher: Launcher) -> None:
    assert ASSIGNMENT.manifest.conventions == {"dropout_p": "keep"}
    assert "`p` is the probability that an entry **stays**" in HANDOUT
    assert TEXT.count("keep = p\n") == 1
    dropping = TEXT.replace("keep = p\n", "keep = 1 - p\n")
    dropout = about("dropout")
    other = replace(dropout, manifest=replace(dropout.manifest, conventions={"dropout_p": "drop"}))
    assert lost(graded(launcher, dropping, other)) == {}
    assert set(lost(graded(launcher, TEXT, other))) == {"dropout_train", "dropout_share", "dropout_dx"}


def test_a_convention_that_is_not_known_is_the_staff_s_mistake(launcher: Launcher) -> None:
    other = replace(
        ASSIGNMENT,
        manifest=replace(ASSIGNMENT.manifest, conventions={"dropout_p": "both"}),
        checks=(ASSIGNMENT.check("dropout_train"),),
    )
    with Oracle(other, launcher) as oracle:
        assert grade(other, module(TEXT), launcher, seed=1, oracle=oracle).results[0].outcome is Outcome.BROKEN
    with running(CheckContext(conventions={"dropout_p": "both"})), pytest.raises(ValueError, match="'keep' or 'drop'"):
        JUDGE.dropping(0.5)


# --------------------------------------------------------------------------------------------- right, and yet unusual


@pytest.mark.parametrize("name", UNUSUAL)
def test_right_but_unusual_layers_lose_nothing(launcher: Launcher, name: str) -> None:
    words, text = UNUSUAL[name]
    assert lost(graded(launcher, f"{TEXT}\n\n{text}", about(*words))) == {}


def test_without_the_updates_nothing_else_is_lost(launcher: Launcher) -> None:
    """CS231n keeps the updates in another file."""
    layers, updates = re.split(r"(?m)(?=^# %% \[markdown\]\n# ## 7\.)", TEXT)
    assert "def adam" in updates
    report = graded(launcher, "from builtins import range\n" + layers, about("relu", "sgd", "momentum", "update"))
    outcomes = {result.check: result.outcome for result in report.results}
    assert {name for name, outcome in outcomes.items() if outcome is Outcome.PASSED} == {
        check.name for check in about("relu").checks
    }
    assert outcomes["sgd_steps"] is outcomes["momentum_steps"] is Outcome.MISSING


def test_backward_that_is_not_written_is_told_as_missing(launcher: Launcher) -> None:
    """CS231n's starter gives (None, None, None) back."""
    text = TEXT + "\ndef affine_backward(dout, cache):\n    dx, dw, db = None, None, None\n    return dx, dw, db\n"
    findings = lost(graded(launcher, text, about("affine", cost=False)))
    assert set(findings) == {
        *("affine_shapes", "affine_dx", "affine_dw", "affine_db", "affine_backward_images", "affine_cache")
    }
    assert "dx" in findings["affine_dx"].says


# ---------------------------------------------------------------------------------- what is right, by its definition


def slopes(f: Any, x: Any) -> Any:
    steps = 1e-5 * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + h) - f(x - h) for h in steps]).reshape(x.shape) / 2e-5


def by_definition(x: Any, gamma: Any, beta: Any, axis: int) -> Any:
    """The handout's formula of a normalisation, at eps = 1e-5."""
    mean = x.sum(axis=axis, keepdims=True) / x.shape[axis]
    variance = ((x - mean) ** 2).sum(axis=axis, keepdims=True) / x.shape[axis]
    return gamma * (x - mean) / np.sqrt(variance + 1e-5) + beta


@pytest.mark.parametrize(("name", "axis"), [("batchnorm", 0), ("layernorm", 1)])
def test_the_solution_s_normalisations_are_the_handout_s(name: str, axis: int) -> None:
    rng = np.random.default_rng(axis)
    (x, dout), gamma, beta = rng.standard_normal((2, 6, 4)), rng.standard_normal(4), rng.standard_normal(4)
    out, cache = SOLUTION[f"{name}_forward"](x, gamma, beta, {"mode": "train"})
    assert np.allclose(out, by_definition(x, gamma, beta, axis), rtol=1e-12)
    assert np.allclose(getattr(JUDGE, name)(x, gamma, beta), out, rtol=1e-12)
    gradients = SOLUTION[f"{name}_backward"](dout, cache)
    right = [
        slopes(lambda x: np.sum(dout * by_definition(x, gamma, beta, axis)), x),
        slopes(lambda gamma: np.sum(dout * by_definition(x, gamma, beta, axis)), gamma),
        slopes(lambda beta: np.sum(dout * by_definition(x, gamma, beta, axis)), beta),
    ]
    assert all(np.allclose(*pair, atol=1e-7) for pair in zip(gradients, right, strict=True))


def test_rmsprop_is_the_handout_s() -> None:
    w, dw, c = np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([0.2, 0.1])
    squares = 0.9 * c + 0.1 * dw**2
    new, kept = JUDGE.rmsprop(0.3, 0.9, 1e-3).step(w, dw, c)
    assert np.allclose(kept, squares, rtol=1e-14)
    assert np.allclose(new, w - 0.3 * dw / (np.sqrt(squares) + 1e-3), rtol=1e-14)


# ------------------------------------------------------------------------------------------------- inputs and chances


@pytest.mark.parametrize("seed", range(20))
def test_inputs_show_what_they_should(seed: int) -> None:
    draw = Draw(WRITTEN["dims"], CheckContext(seed=seed))
    at = JUDGE.affine_data(draw, "N A B")
    assert len({*at["w"].shape, len(at["x"])}) == 3, "a transpose shows"
    x, y = JUDGE.scores(Draw(WRITTEN["losses"], CheckContext(seed=seed)))
    assert set(y) == set(range(x.shape[1]))
    assert np.argmin(x[0]) == y[0]
    for axis, name in ((0, "features"), (1, "examples")):
        x = JUDGE.spread(Draw(WRITTEN[name], CheckContext(seed=seed)), "N D", axis)
        assert x.var(axis=axis).min() > 0.24
        assert x.var(axis=axis).max() < 4.01


def tail(n: int, p: float, deviations: float) -> float:
    """The probability that a share of n entries is further from p than so many standard deviations."""
    reach = deviations * math.sqrt(n * p * (1 - p))
    logs = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(n + 1)]
    terms = (log + k * math.log(p) + (n - k) * math.log1p(-p) for k, log in enumerate(logs) if abs(k - n * p) > reach)
    return math.fsum(math.exp(term) for term in terms)


def test_a_right_mask_fails_as_seldom_as_the_handout_says() -> None:
    n = math.prod(JUDGE.MASK)
    assert "counting 10,000 entries" in SAID
    assert n == 10_000
    assert "less than once in 1,000,000,000 times" in SAID
    shares = [0.2, 0.35, 0.6, 0.7, 2 * 0.6 * 0.4, 2 * 0.7 * 0.3]
    assert max(tail(n, share, JUDGE.DEVIATIONS) for share in shares) < 1e-9
    pairs = 2 * math.comb(100, 2)  # of rows, and of columns
    assert max(pairs * (p * p + (1 - p) ** 2) ** 100 for p in (0.2, 0.35, 0.6, 0.7)) < 1e-9
