"""assert_converges: what learns as the solution does passes; each way of not learning has a message of its own."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, Training, assert_converges
from grader.checks.calibration import (
    Rule,
    Standard,
    digest_of_function,
    digest_of_text,
    entry,
    standard_of,
    to_json,
)
from grader.checks.context import running
from grader.model import CheckFailed, Finding


def training(rng: np.random.Generator) -> Training:
    """The mean of some numbers, to be learnt by gradient descent."""
    x = rng.normal(size=50) + 5.0
    fresh = rng.normal(size=200) + 5.0
    return Training(given=(x,), loss=lambda m: np.mean((fresh - m) ** 2), trivial=25.0)


def learn(x: Any, steps: int = 30, lr: float = 0.3) -> float:
    m = 0.0
    for _ in range(steps):
        m = m - lr * (m - x.mean())
    return m


@functools.cache
def standard() -> Standard:
    losses = []
    for k in range(2000):
        once = training(np.random.default_rng(k))
        losses.append(float(once.loss(learn(once.given[0]))))
    return standard_of(losses)


@pytest.fixture
def calibration(tmp_path: Path) -> Path:
    file = tmp_path / "mean" / "calibration.json"
    file.parent.mkdir()
    file.with_name("solution.py").write_text("the solution\n", encoding="utf-8")
    said = entry(standard(), Rule(), check="learns", training=digest_of_function(training))
    file.write_text(to_json(solution=digest_of_text("the solution\n"), seed=0, entries={"loss": said}))
    return file


def finding(train: Callable[..., object], calibration: Path, **options: Any) -> Finding:
    with pytest.raises(CheckFailed) as caught:
        assert_converges(train, training, calibration=calibration, **options)
    return caught.value.finding


def test_what_learns_passes_and_leaves_the_rate_of_false_failures_as_evidence(calibration: Path) -> None:
    surroundings = CheckContext()
    with running(surroundings):
        assert_converges(learn, training, calibration=calibration)
    evidence = surroundings.evidence
    assert len(evidence["loss: with each seed"]) == 2  # type: ignore[arg-type]  # two of three are known after two
    assert evidence["loss: trivial baseline"] == 25.0
    rate = evidence["loss: probability that right training fails"]
    assert rate == pytest.approx(Rule().fails(20 / 2001))
    assert evidence["loss: that probability at most (95 % confidence)"] > rate  # type: ignore[operator]


def test_right_training_fails_as_rarely_as_is_said(calibration: Path) -> None:
    """3 in 10,000: more than 3 in 1,000 seeds would be a chance of 1 in 4,000."""
    failures = 0
    for seed in range(1000):
        with running(CheckContext(seed=seed)):
            try:
                assert_converges(learn, training, calibration=calibration)
            except CheckFailed:
                failures += 1
    assert failures <= 3


@pytest.mark.parametrize(
    ("train", "says"),
    [
        (lambda x: np.nan, "training ends in NaN or infinite numbers"),
        (lambda x: np.array([np.inf]), "training ends in NaN or infinite numbers"),
        (lambda x: learn(x, lr=2.5), "training diverges: it ends far above the trivial baseline, 25"),
        (lambda x: learn(x, lr=1e3, steps=300), "training ends in NaN or infinite numbers"),
        (lambda x: 0.0, "training is no better than the trivial baseline, 25: it learns nothing"),
        (lambda x: -0.5, "training is no better than the trivial baseline, 25: it learns nothing"),
        (lambda x: learn(x, steps=3), "training learns less than it should"),
    ],
)
def test_each_way_of_not_learning_has_its_message(train: Callable[..., object], says: str, calibration: Path) -> None:
    with np.errstate(all="ignore"):
        found = finding(train, calibration)
    assert found.says == says
    assert found.expected is not None
    assert "with 2 of 3 seeds, as 99 % of 2,000 runs of the solution; right training fails this with" in found.expected


def test_one_bad_seed_of_three_is_forgiven_and_two_are_not(calibration: Path) -> None:
    def failing(*which: int) -> Callable[..., object]:
        calls = iter(range(3))
        return lambda x: np.nan if next(calls) in which else learn(x)

    for one in range(3):
        assert_converges(failing(one), training, calibration=calibration)
    for two in ((0, 1), (0, 2), (1, 2)):
        assert finding(failing(*two), calibration).says == "training ends in NaN or infinite numbers"
    assert finding(failing(2), calibration, passes=3).says == "training ends in NaN or infinite numbers"


def test_data_differ_from_run_to_run_and_are_the_same_for_the_same_seed(calibration: Path) -> None:
    def seen(seed: int) -> list[float]:
        means: list[float] = []

        def train(x: Any) -> float:
            means.append(float(x.mean()))
            x[:] = 0.0  # a copy
            return means[-1]

        with running(CheckContext(seed=seed)):
            assert_converges(train, training, calibration=calibration)
        return means

    assert seen(1) == seen(1)
    assert len({*seen(1), *seen(2)}) == 4


def test_a_curve_is_kept_and_never_judged(calibration: Path) -> None:
    for returned, kept in (([3.0, 2.0, 1.0], [3.0, 2.0, 1.0]), ("none", None), ([1.0, [2.0]], None), (None, None)):

        def with_curve(rng: np.random.Generator, curve: object = returned) -> Training:
            once = training(rng)
            return Training(given=once.given, loss=once.loss, trivial=25.0, curve=lambda m: curve)

        text = json.loads(calibration.read_text())
        text["losses"]["loss"]["training"] = digest_of_function(with_curve)
        calibration.write_text(json.dumps(text))
        surroundings = CheckContext()
        with running(surroundings):
            assert_converges(learn, with_curve, calibration=calibration)
        assert surroundings.evidence.get("loss: curve 1") == kept


# -------------------------------------------------------------------------------------------------- the file


def another(rng: np.random.Generator) -> Training:
    return training(rng)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda file: file.unlink(), "calibration.json is missing: run `grade calibrate mean`"),
        (lambda file: file.write_text("{"), "calibration.json cannot be read"),
        (lambda file: file.write_text("[]"), "calibration.json is not a calibration file"),
        (
            lambda file: file.with_name("solution.py").write_text("another\n"),
            "calibration.json was made for another solution.py: run `grade calibrate mean`",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused(spoil: Callable[[Path], object], says: str, calibration: Path) -> None:
    spoil(calibration)
    with pytest.raises(ValueError, match=says):
        assert_converges(learn, training, calibration=calibration)


def test_it_is_refused_for_another_training_or_another_name(calibration: Path) -> None:
    with pytest.raises(ValueError, match=r"was made before another was changed"):
        assert_converges(learn, another, calibration=calibration)
    with pytest.raises(ValueError, match=r"says nothing of 'error rate'"):
        assert_converges(learn, training, calibration=calibration, name="error rate")


def test_a_kit_without_a_solution_believes_the_file(calibration: Path) -> None:
    calibration.with_name("solution.py").unlink()
    assert_converges(learn, training, calibration=calibration)


@pytest.mark.parametrize("rule", [{"passes": 0}, {"passes": 4}, {"quantile": 0.97}])
def test_a_rule_that_is_none_is_a_value_error(rule: dict[str, Any], calibration: Path) -> None:
    with pytest.raises(ValueError, match=r"no rule|quantile is"):
        assert_converges(learn, training, calibration=calibration, **rule)


def test_a_loss_that_is_no_number_is_a_value_error(calibration: Path) -> None:
    """The engine asks the solution whose fault that is."""
    with pytest.raises(ValueError, match="one real number"):
        assert_converges(lambda x: np.zeros((2, 1)), two_losses, calibration=of(two_losses, calibration))


def two_losses(rng: np.random.Generator) -> Training:
    return Training(given=(1.0,), loss=lambda m: m, trivial=1.0)


def of(setup: Callable[..., Any], file: Path) -> Path:
    text = json.loads(file.read_text())
    text["losses"]["loss"]["training"] = digest_of_function(setup)
    file.write_text(json.dumps(text))
    return file


# ------------------------------------------------------------------------------------------------ the statistics


def test_the_rule_fails_right_training_as_often_as_it_says() -> None:
    assert Rule(2, 3).fails(0.01) == pytest.approx(3 * 0.01**2 - 2 * 0.01**3)
    assert Rule(1, 1).fails(0.05) == pytest.approx(0.05)
    assert Rule(3, 5).fails(0.05) == pytest.approx(0.00116, rel=0.01)
    assert Rule(4, 5).fails(0.05) == pytest.approx(0.0226, rel=0.01)


def test_the_interval_covers_what_it_should() -> None:
    """Over many calibrations of 200 runs: how often does the interval hold the true rate, which is known here."""
    rng = np.random.default_rng(0)
    rule = Rule(1, 1, 0.95)
    held, count = 0, 300
    for _ in range(count):
        found = standard_of(list(rng.random(200)))
        _rate, low, high = found.false_fail(rule)
        held += low <= 1 - found.quantiles[0.95] <= high
    assert 0.91 <= held / count <= 0.99


def test_the_confidence_bounds_are_those_of_the_beta_distribution() -> None:
    """Beta(1, n): P(x <= p) = 1 - (1 - p)^n."""
    _rate, low, high = Standard(99, {}).false_fail(Rule(1, 1, 0.99))
    assert low == pytest.approx(1 - 0.975 ** (1 / 99), rel=1e-9)
    assert high == pytest.approx(1 - 0.025 ** (1 / 99), rel=1e-9)


def test_too_few_runs_tell_no_quantile() -> None:
    with pytest.raises(ValueError, match="98 runs do not tell the 99 % quantile"):
        standard_of(range(98))
    assert standard_of(range(99)).quantiles[0.99] == 98
