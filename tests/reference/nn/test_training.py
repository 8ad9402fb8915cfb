"""The training loop: what it learns, what it remembers, and when it stops."""

from __future__ import annotations

import doctest
import importlib
from functools import partial
from typing import Any

import numpy as np
import pytest

from reference import data, nn
from reference.nn import mlp

SIZES = (2, 16, 2)


def _cross_entropy(params: Any, x: Any, y: Any) -> Any:
    return nn.cross_entropy(mlp.forward(params, x), y)


def _on_moons(seed: int, optimiser: nn.Optimiser | None = None, **options: Any) -> nn.Trained:
    rng = np.random.default_rng(seed)
    moons, params = data.moons(200, rng), mlp.init(SIZES, rng)
    plan = nn.Plan(optimiser or nn.adam(0.02), **{"epochs": 40, "batch_size": 20, **options})
    return nn.train(_cross_entropy, params, moons, plan, rng)


def _parabola(w: Any, x: Any) -> Any:
    """(w − x)², mean over the batch."""
    return nn.squared_loss(w * np.ones(len(x)), x)


@pytest.mark.parametrize("module", ["nn", "nn.activations", "nn.mlp", "nn.optimisers", "data"])
def test_the_examples_in_the_docstrings(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"reference.{module}")).failed == 0


@pytest.mark.parametrize("optimiser", [nn.sgd(0.5), nn.momentum(0.1), nn.nesterov(0.1), nn.adam(0.02)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_small_network_learns_moons(optimiser: nn.Optimiser, seed: int) -> None:
    params = _on_moons(seed, optimiser).params
    X, y = data.moons(1000, np.random.default_rng(100 + seed))
    assert nn.accuracy(mlp.forward(params, X), y) >= 0.98
    linear = mlp.init((2, 2), np.random.default_rng(seed))
    plan = nn.Plan(nn.adam(0.05), epochs=20, batch_size=50)
    trained = nn.train(_cross_entropy, linear, (X, y), plan, np.random.default_rng(seed))
    assert nn.accuracy(mlp.forward(trained.params, X), y) < 0.95, "moons are not for a linear classifier"


def test_a_network_with_batch_norm_and_dropout_learns_a_spiral() -> None:
    rng = np.random.default_rng(0)
    X, y = data.spiral(300, 3, rng)
    params = {**mlp.init((2, 64, 3), rng), "gamma": np.ones(64), "beta": np.zeros(64)}

    def logits(params: Any, state: Any, x: Any, *, training: bool) -> tuple[Any, Any]:
        hidden = nn.affine(x, params["W1"], params["b1"])
        hidden, state = nn.batch_norm(hidden, params["gamma"], params["beta"], state, training=training)
        hidden = nn.dropout(nn.relu(hidden), 0.9, rng, training=training)
        return nn.affine(hidden, params["W2"], params["b2"]), state

    def loss(params: Any, state: Any, x: Any, y: Any) -> tuple[Any, Any]:
        z, state = logits(params, state, x, training=True)
        return nn.cross_entropy(z, y), state

    def validate(params: Any, state: Any) -> float:
        return float(nn.cross_entropy(logits(params, state, X, training=False)[0], y))

    plan = nn.Plan(nn.adam(0.02), epochs=60, batch_size=30)
    trained = nn.train(loss, params, (X, y), plan, rng, state=nn.batch_norm_state(64), validate=validate)
    assert nn.accuracy(logits(trained.params, trained.state, X, training=False)[0], y) > 0.95
    assert trained.history.validation[-1] == validate(trained.params, trained.state)
    assert trained.history.validation[-1] < 0.2 < trained.history.validation[0]


def test_the_same_generator_gives_the_same_bits() -> None:
    one, same, other = _on_moons(3), _on_moons(3), _on_moons(4)
    assert one.history == same.history != other.history
    assert all(np.array_equal(one.params[name], same.params[name]) for name in one.params)


def test_the_parameters_that_are_given_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    params = mlp.init(SIZES, rng)
    before = {name: value.copy() for name, value in params.items()}
    nn.train(_cross_entropy, params, data.moons(50, rng), nn.Plan(nn.adam(0.1), epochs=2, batch_size=10), rng)
    assert all(np.array_equal(params[name], before[name]) for name in params)


def test_the_history_has_every_step_and_every_epoch() -> None:
    x = np.array([1.0, 2.0, 3.0, 6.0, 7.0])
    trained = nn.train(_parabola, 0.0, (x,), nn.Plan(nn.sgd(0.0), epochs=3, batch_size=2), np.random.default_rng(0))
    history = trained.history
    assert [len(part) for part in (history.steps, history.epochs, history.validation)] == [9, 3, 0]
    assert history.epochs == pytest.approx([np.mean(x**2)] * 3), "a short batch counts for as many as it has"
    assert (trained.epoch, trained.stopped, trained.params) == (3, False, 0.0)


def test_full_batches_are_gradient_descent() -> None:
    x = np.array([1.0, 3.0])
    plan = nn.Plan(nn.sgd(0.25), epochs=3, batch_size=2)
    trained = nn.train(_parabola, 0.0, (x,), plan, np.random.default_rng(0))
    assert trained.params == pytest.approx(2.0 * (1 - 0.5**3))
    assert trained.history.steps == pytest.approx([5.0, 2.0, 1.25])


def test_the_last_short_batch_can_be_dropped() -> None:
    plan = nn.Plan(nn.sgd(0.1), epochs=2, batch_size=2, drop_last=True)
    assert len(nn.train(_parabola, 0.0, (np.ones(5),), plan, np.random.default_rng(0)).history.steps) == 4


def test_gradients_are_clipped_before_the_step() -> None:
    plan = nn.Plan(nn.sgd(1.0), epochs=4, batch_size=1, clip=partial(nn.clip_by_norm, bound=0.5))
    trained = nn.train(_parabola, 0.0, (np.array([100.0]),), plan, np.random.default_rng(0))
    assert trained.params == pytest.approx(2.0)


def test_early_stopping_gives_back_the_best_and_not_the_last() -> None:
    """Steps of 1 to the right pass the validation's best point, 3, and stop two epochs later."""
    plan = nn.Plan(nn.sgd(0.5), epochs=100, batch_size=1, clip=partial(nn.clip_by_norm, bound=2.0), patience=2)
    trained = nn.train(
        _parabola, 0.0, (np.array([50.0]),), plan, np.random.default_rng(0), validate=lambda w: (w - 3.0) ** 2
    )
    assert (trained.params, trained.epoch, trained.stopped) == (3.0, 3, True)
    assert trained.history.validation == (4.0, 1.0, 0.0, 1.0, 4.0)


def test_patience_counts_from_the_last_time_that_it_got_better() -> None:
    values = iter([9.0, 8.0, 8.5, 7.0, 7.0, 7.5, 1.0])  # before the first epoch, after it, ...
    plan = nn.Plan(nn.sgd(0.1), epochs=100, batch_size=1, patience=2)
    trained = nn.train(_parabola, 0.0, (np.ones(1),), plan, np.random.default_rng(0), validate=lambda w: next(values))
    assert (trained.epoch, len(trained.history.validation)) == (3, 5)


def test_the_beginning_comes_back_where_nothing_is_better_or_a_number() -> None:
    plan = nn.Plan(nn.sgd(10.0), epochs=100, batch_size=1, patience=3)
    values = iter([5.0, np.nan, np.nan, 6.0])
    trained = nn.train(_parabola, 0.5, (np.ones(1),), plan, np.random.default_rng(0), validate=lambda w: next(values))
    assert (trained.params, trained.epoch, trained.stopped) == (0.5, 0, True)


def test_every_number_is_better_than_none() -> None:
    plan = nn.Plan(nn.sgd(0.1), epochs=2, batch_size=1, patience=5)
    values = iter([np.nan, 6.0, np.nan])
    trained = nn.train(_parabola, 0.5, (np.ones(1),), plan, np.random.default_rng(0), validate=lambda w: next(values))
    assert (trained.epoch, trained.stopped) == (1, False)


def test_callbacks_see_every_epoch_and_can_end_training() -> None:
    seen: list[tuple[int, float, int]] = []

    def watch(now: nn.Snapshot, history: nn.History) -> None:
        seen.append((now.epoch, now.params, len(history.epochs)))

    def enough(now: nn.Snapshot, history: nn.History) -> bool:
        return now.epoch == 2

    plan = nn.Plan(nn.sgd(0.5), epochs=9, batch_size=1, callbacks=(enough, watch))
    trained = nn.train(_parabola, 0.0, (np.ones(1),), plan, np.random.default_rng(0))
    assert seen == [(1, 1.0, 1), (2, 1.0, 2)]
    assert (trained.epoch, trained.stopped) == (2, True)


def test_to_be_told_to_stop_at_the_last_epoch_is_not_to_stop_early() -> None:
    plan = nn.Plan(nn.sgd(0.5), epochs=2, batch_size=1, callbacks=(lambda now, history: now.epoch == 2,))
    assert not nn.train(_parabola, 0.0, (np.ones(1),), plan, np.random.default_rng(0)).stopped


def test_a_loss_that_diverges_is_told_as_it_is() -> None:
    plan = nn.Plan(nn.sgd(1e200), epochs=4, batch_size=1)
    with np.errstate(over="ignore", invalid="ignore"):
        trained = nn.train(_parabola, 0.0, (np.ones(1),), plan, np.random.default_rng(0))
    assert not np.isfinite(trained.history.epochs[-1])


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ((np.ones(3), np.ones(4)), {}, r"these have \[3, 4\]"),
        ((np.ones(0),), {}, "it is not 0"),
        ((), {}, "one length"),
        ((np.ones(3),), {"patience": 2}, "needs `validate`"),
        ((np.ones(3),), {"batch_size": 0}, "at least one example"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(arrays: Any, options: dict[str, Any], message: str) -> None:
    plan = nn.Plan(nn.sgd(0.1), **{"epochs": 1, "batch_size": 1, **options})
    with pytest.raises(ValueError, match=message):
        nn.train(_parabola, 0.0, arrays, plan, np.random.default_rng(0))


def test_a_patience_of_0_is_refused() -> None:
    plan = nn.Plan(nn.sgd(0.1), epochs=1, batch_size=1, patience=0)
    with pytest.raises(ValueError, match="a patience of at least 1"):
        nn.train(_parabola, 0.0, (np.ones(3),), plan, np.random.default_rng(0), validate=float)
