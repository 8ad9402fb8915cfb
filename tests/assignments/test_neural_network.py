"""neural_network is sound, its handout tells the truth, and right networks of every make earn everything."""

from __future__ import annotations

import json
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
from grader.release import cells_of, starter
from grader.sandbox import Launcher, open_launcher
from grader.submission import read_submission
from tests.assignments.neural_network.submissions import BY_AUTOGRAD, BY_ENGINE, CS231N, ENGINE, UNUSUAL
from tests.support import ROOT, module

FOLDER = ROOT / "assignments/neural_network"
ASSIGNMENT = load(FOLDER)
HANDOUT = (FOLDER / "README.md").read_text(encoding="utf-8")
SAID = HANDOUT.replace("\n", " ")
TEXT = ASSIGNMENT.solution or ""
WRITTEN = ASSIGNMENT.check("two_loss").function.__globals__
JUDGE: Any = WRITTEN["judge"]
SOLUTION: dict[str, Any] = {}
exec(TEXT, SOLUTION)
LEARNING = {"two_learns", "learns_moons", "learns_spiral", "learns_digits"}
# A sample, and without the checks that take long: `make evidence` validates all of it, which takes minutes.


def some(assignment: Assignment, *names: str) -> Assignment:
    return replace(assignment, checks=tuple(assignment.check(name) for name in names))


def conventions(**changes: str) -> Assignment:
    said = {**ASSIGNMENT.manifest.conventions, **changes}
    return replace(ASSIGNMENT, manifest=replace(ASSIGNMENT.manifest, conventions=said))


def graded(launcher: Launcher, text: str, assignment: Assignment = ASSIGNMENT, seed: int = 5) -> Report:
    return grade(assignment, module(text), launcher, seed=seed, oracle=None)


def lost(report: Report) -> dict[str, Any]:
    return {result.check: result.finding for result in report.results if result.earned < result.points}


def drawing(seed: int) -> Draw:
    return Draw(WRITTEN["dims"], CheckContext(seed=seed))


def test_the_starter_holds_nothing_of_the_solution_but_the_constructor() -> None:
    text = starter(TEXT)
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", TEXT, re.DOTALL)
    written = {line.strip() for region in regions for line in region.splitlines()}
    assert written & {line.strip() for line in text.splitlines()} <= {"", ")", "}"}
    assert len(regions) == text.count("raise NotImplementedError") + 2 == 18
    for cell in cells_of(text):
        if cell.kind == "code":
            exec(cell.text, {"np": np})


# ----------------------------------------------------------------------------------------------------------- handout


def section(name: str) -> str:
    """The handout's, to which a check belongs."""
    if name.startswith("two_"):
        return "1. Two layers"
    if name.startswith("batchnorm_"):
        return "3. Batch normalisation"
    if name.startswith(("initialise", "forward", "predict", "loss", "gradient")):
        return "2. Any number of layers"
    return "4. Training"


def test_the_handout_has_the_points() -> None:
    points: dict[str, Fraction] = defaultdict(Fraction)
    for check in ASSIGNMENT.checks:
        points["public" if check.public else "hidden"] += check.points
        points[section(check.name)] += check.points
    public, hidden = (format_points(points.pop(which)) for which in ("public", "hidden"))
    assert f"**{format_points(sum(points.values(), Fraction()))} points**: {public} for checks that you can run" in SAID
    assert f"{hidden} for checks that you cannot see" in SAID
    assert set(points) == {"1. Two layers", "2. Any number of layers", "3. Batch normalisation", "4. Training"}
    for name, of_it in points.items():
        assert f"## {name} ({format_points(of_it)} points)" in HANDOUT


def test_the_handout_names_every_function_as_the_solution_has_it() -> None:
    functions = re.findall(r"^def (\w+\(.*\)):$", starter(TEXT), re.MULTILINE)
    assert len(functions) == 13
    for signature in functions:
        assert f"`{signature}`" in HANDOUT
    for signature in re.findall(r"def (__init__|train|predict|loss)\(", TEXT.partition("## 2.")[0]):
        assert signature == "__init__" or f"`{signature}(" in HANDOUT


def test_the_handout_s_table_is_what_is_trained() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([\d, ]+) \| (\d+) \| (\d+) % \|$", HANDOUT, re.MULTILINE)
    kinds = ("two", "moons", "spiral", "digits")
    assert len(rows) == len(kinds)
    for (sizes, examples, right), kind in zip(rows, kinds, strict=True):
        once = WRITTEN["judge"].__dict__[f"training_{kind}"](np.random.default_rng(0))
        assert once.given[1] == [int(size) for size in sizes.split(",")]
        assert len(once.given[2][0]) == int(examples)
        assert 1 - JUDGE.ALLOWED[kind] == int(right) / 100
    assert f"on {JUDGE.NEW} examples" in SAID


def test_the_calibration_says_what_the_handout_says() -> None:
    losses = json.loads((FOLDER / "calibration.json").read_text())["losses"]
    allowed = {"two_learns": "two", "learns_moons": "moons", "learns_spiral": "spiral", "learns_digits": "digits"}
    assert {entry["check"] for entry in losses.values()} == set(allowed) == LEARNING
    for entry in losses.values():
        assert entry["runs"] > 1000
        assert entry["quantiles"]["0.99"] == JUDGE.ALLOWED[allowed[entry["check"]]]
        assert entry["false_fail"]["rate"] < 3.1e-4
        assert entry["false_fail"]["high"] < 1e-3


def test_every_hidden_check_says_what_it_needs() -> None:
    assert all(check.needs for check in ASSIGNMENT.checks if not check.public)


# ------------------------------------------------------------------------------------------- right, and yet unusual


def checks_but(*names: str) -> Assignment:
    return some(ASSIGNMENT, *(check.name for check in ASSIGNMENT.checks if check.name not in names))


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_right_but_unusual_submission_loses_nothing(launcher: Launcher, name: str) -> None:
    trains = "minibatches" in UNUSUAL[name] or "TwoLayerNet" in UNUSUAL[name]
    assert lost(graded(launcher, TEXT + UNUSUAL[name], ASSIGNMENT if trains else checks_but(*LEARNING))) == {}


def test_cs231n_s_own_file_earns_all_of_its_part_and_the_rest_is_missing(launcher: Launcher, tmp_path: Path) -> None:
    file = tmp_path / "neural_net.py"
    file.write_text(CS231N.replace("import matplotlib.pyplot as plt\n", ""), encoding="utf-8")
    submission = read_submission(file, ASSIGNMENT.manifest.files, modules=ASSIGNMENT.manifest.modules)
    report = grade(ASSIGNMENT, submission, launcher, seed=3, oracle=None)
    assert not [name for name in lost(report) if name.startswith("two_")]
    rest = [result for result in report.results if not result.check.startswith("two_")]
    assert {result.outcome for result in rest} <= {Outcome.MISSING, Outcome.BLOCKED}
    assert report.earned == 15


def test_cs231n_s_file_beside_the_other_is_the_one_that_counts(launcher: Launcher, tmp_path: Path) -> None:
    """As where the starter's TwoLayerNet is left as it was."""
    (tmp_path / "neural_network.py").write_text(starter(TEXT), encoding="utf-8")
    (tmp_path / "neural_net.py").write_text(
        CS231N.replace("import numpy", "from past.builtins import xrange\nimport numpy", 1), encoding="utf-8"
    )
    submission = read_submission(tmp_path, ASSIGNMENT.manifest.files, modules=ASSIGNMENT.manifest.modules)
    asked = some(ASSIGNMENT, "two_loss", "two_predict")
    assert not lost(grade(asked, submission, launcher, seed=3, oracle=None))


def test_gradients_by_an_engine_of_one_s_own_earn_everything(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "engine.py").write_text(ENGINE, encoding="utf-8")
    (tmp_path / "neural_network.py").write_text(TEXT + BY_ENGINE, encoding="utf-8")
    submission = read_submission(tmp_path, ASSIGNMENT.manifest.files)
    own = replace(conventions(gradients="own"), checks=checks_but(*LEARNING).checks)
    assert lost(grade(own, submission, launcher, seed=2, oracle=None)) == {}


def test_gradients_by_a_library_earn_everything_where_it_is_permitted() -> None:
    pytest.importorskip("autograd")
    names = ("gradient_first", "gradient_last_bias", "gradient_penalty", "gradient_cost", "sgd_steps", "train_best")
    permitted = some(conventions(gradients="autograd"), *names)
    launcher = open_launcher(("numpy", "autograd"))
    try:
        assert lost(graded(launcher, TEXT + BY_AUTOGRAD, permitted)) == {}
    finally:
        launcher.close()


# ------------------------------------------------------------------------------------------------------- conventions


def test_the_other_scale_of_the_penalty_is_judged_by_the_manifest(launcher: Launcher) -> None:
    assert TEXT.count("scale = 1.0\n") == 1
    halved = TEXT.replace("scale = 1.0\n", "scale = 0.5\n")
    names = ("two_penalty", "two_penalty_W1", "loss_penalty", "gradient_penalty", "sgd_penalty", "train_batches")
    assert lost(graded(launcher, halved, some(conventions(penalty_scale="1/2"), *names))) == {}
    assert set(lost(graded(launcher, halved, some(ASSIGNMENT, *names)))) == set(names)
    assert "There is no ½ in front of $\\lambda$" in SAID
    assert ASSIGNMENT.manifest.conventions["penalty_scale"] == "1"


@pytest.mark.parametrize(("name", "check"), [("penalty_scale", "two_penalty"), ("gradients", "gradient_cost")])
def test_a_convention_that_is_not_known_is_the_staff_s_mistake(launcher: Launcher, name: str, check: str) -> None:
    other = some(conventions(**{name: "both"}), check)
    with Oracle(other, launcher) as oracle:
        result = grade(other, module(TEXT), launcher, seed=1, oracle=oracle).results[0]
    assert result.outcome is Outcome.BROKEN
    says = rf"\[conventions\] {name} is 'both': it must be one of"
    with running(CheckContext(conventions={name: "both"})), pytest.raises(ValueError, match=says):
        JUDGE.convention(name, {"penalty_scale": JUDGE.SCALES, "gradients": JUDGE.MOST}[name])


# --------------------------------------------------------------------------------------- what is right, and the inputs


def by_definition(params: dict[str, Any], X: Any, y: Any, reg: float) -> float:
    """The handout's formulas, term by term."""
    total, layers = 0.0, len(params) // 2
    for x, label in zip(X, y, strict=True):
        h = x
        for k in range(1, layers + 1):
            z = [float(h @ column) + b for column, b in zip(params[f"W{k}"].T, params[f"b{k}"], strict=True)]
            h = np.array([max(0.0, v) if k < layers else v for v in z])
        total -= np.log(np.exp(h[label]) / sum(np.exp(v) for v in h))
    return total / len(X) + reg * sum(float(w) ** 2 for k in range(1, layers + 1) for w in params[f"W{k}"].ravel())


@pytest.mark.parametrize("seed", range(3))
def test_the_solution_is_the_handout_s_formula_and_its_derivative(seed: int) -> None:
    params, X, y = JUDGE.three_layers(drawing(seed))
    right = by_definition(params, X, y, 0.7)
    assert np.isclose(SOLUTION["loss"](params, X, y, 0.7), right, rtol=1e-12)
    with running(CheckContext(conventions=ASSIGNMENT.manifest.conventions)):
        assert np.isclose(JUDGE.whole(params, X, y, 0.7), right, rtol=1e-12)
    grads = SOLUTION["gradients"](params, X, y, 0.7)
    for name, index in (("W1", (0, 1)), ("b2", (2,)), ("W3", (1, 1))):
        ends = []
        for step in (1e-6, -1e-6):
            moved = params[name].copy()
            moved[index] += step
            ends.append(by_definition({**params, name: moved}, X, y, 0.7))
        assert np.isclose(grads[name][index], (ends[0] - ends[1]) / 2e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_inputs_of_the_relu_have_both_signs(seed: int) -> None:
    params, X, y = JUDGE.three_layers(drawing(seed))
    assert set(y) == set(range(len(params["b3"])))
    assert len({len(X), X.shape[1], *(len(params[name]) for name in ("b1", "b2", "b3"))}) == 5
    h = X
    for k in (1, 2):
        z = h @ params[f"W{k}"] + params[f"b{k}"]
        assert 0.1 < np.mean(z > 0) < 0.9
        assert 0.3 < np.std(z) < 10
        h = np.maximum(0, z)


@pytest.mark.parametrize("seed", range(5))
def test_patience_is_put_to_the_test(seed: int) -> None:
    with running(CheckContext(conventions=ASSIGNMENT.manifest.conventions)):
        _, _, path, losses = JUDGE.stopping(drawing(seed))
    best, last = JUDGE.stop(losses, JUDGE.PATIENCE)
    assert len(path) == len(losses) == JUDGE.EPOCHS + 1
    assert last < JUDGE.EPOCHS
    early, end = JUDGE.stop(losses, 1)
    assert 0 < early < end < best
    waits = np.diff([t for t in range(best + 1) if losses[t] <= min(losses[: t + 1])])
    assert 2 <= max(waits) <= JUDGE.PATIENCE


def test_stop_is_the_handout_s_rule() -> None:
    losses = [5.0, 4.0, 4.5, 3.0, 3.5, 3.0, 6.0, 1.0]
    assert JUDGE.stop(losses, 2) == (3, 5)
    assert JUDGE.stop(losses, 1) == (1, 2)
    assert JUDGE.stop(losses, 9) == (7, 7)


def test_the_drawn_digits_are_ten_different_ones() -> None:
    glyphs = JUDGE.glyphs()
    assert glyphs.shape == (10, 7, 5)
    assert len({glyph.tobytes() for glyph in glyphs}) == 10
    X, y = JUDGE.digits(200, np.random.default_rng(0))
    assert X.shape == (200, 64)
    assert np.all(np.bincount(y) == 20)


@pytest.mark.parametrize("kind", ["moons", "spiral", "digits"])
def test_a_linear_classifier_does_not_learn_enough(kind: str) -> None:
    """The networks need their hidden layers."""
    once = JUDGE.__dict__[f"training_{kind}"](np.random.default_rng(1))
    seed, sizes, data, options = once.given
    rng = np.random.default_rng(seed)
    params, _ = SOLUTION["train"](SOLUTION["initialise"]([sizes[0], sizes[-1]], rng), *data, rng, **options)
    assert once.loss(params) > 1.2 * JUDGE.ALLOWED[kind]
