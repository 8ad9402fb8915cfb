"""The ideas that the method is made of, one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader import check_gradient
from grader.checks.gradient.directions import along_gradient, along_parameters, at_random, direction
from grader.checks.gradient.groups import Group, groups, scale_of, split, tiers, whole
from grader.checks.gradient.kinks import hull, jumps
from grader.checks.gradient.ladder import Scales, Step, read, steps
from grader.checks.gradient.noise import level
from grader.checks.gradient.numeric import differentiate
from grader.checks.gradient.point import beside, norm
from grader.checks.gradient.probe import Status, probe
from grader.checks.gradient.problem import Problem, unit
from tests.grader.checks.gradient.cases import site_of

RNG = np.random.default_rng(0)
EPS = float(np.finfo(float).eps)


# ------------------------------------------------------------------------------------------------------- groups


def test_a_scale_leaves_zeros_out_and_overflows_nowhere() -> None:
    assert scale_of(np.array([0.0, 3.0, -4.0])) == pytest.approx(np.sqrt(12.5))
    assert scale_of(np.zeros(3)) == 1.0
    assert scale_of(np.array([1e300, -1e300])) == pytest.approx(1e300)
    assert scale_of(np.array([1e-300])) == pytest.approx(1e-300)


def test_entries_of_one_size_are_one_group_and_others_are_tiers() -> None:
    assert [len(g) for g in groups(RNG.normal(size=(5, 4)))] == [20]
    mixed = np.concatenate([np.full(5, 1e-6), np.full(5, 1e6), np.zeros(2)])
    found = groups(mixed)
    assert sorted(i for g in found for i in g.index) == list(range(12))
    assert [(len(g), g.scale) for g in found[:2]] == [(5, pytest.approx(1e-6)), (5, pytest.approx(1e6))]
    assert [len(g) for g in groups(np.zeros(3))] == [3]
    assert groups(np.zeros(0)) == []


def test_a_group_splits_by_size_alone() -> None:
    x = np.array([1e-5, 1.0, 2.0, 1e-5])
    assert sorted(len(part) for part in split(whole(x), x)) == [2, 2]
    assert len(split(whole(np.ones(4)), np.ones(4))) == 1
    assert [len(part) for part in tiers(np.array([0.0, 0.0, 1.0]))] == [1, 2]


# --------------------------------------------------------------------------------------------------- directions


def test_directions_have_the_groups_size_and_stay_inside_it() -> None:
    x, g = RNG.normal(size=(6, 5)), RNG.normal(size=(6, 5))
    group = Group(np.arange(10), 0.1)
    for kind in (along_gradient, along_parameters, at_random):
        v = direction(kind, x, g, group, RNG)
        assert v is not None
        assert np.all(v.ravel()[10:] == 0)
        assert 0.3 < norm(v) / (0.1 * np.sqrt(10)) < 1.6
    random = direction(at_random, x, g, group, RNG)
    assert random is not None
    assert np.all(np.abs(random.ravel()[:10]) >= 0.05)  # no entry escapes it


def test_a_direction_that_one_entry_would_own_is_bounded() -> None:
    g = np.ones(1000)
    g[3] = 1e6
    v = direction(along_gradient, np.ones(1000), g, whole(np.ones(1000)), RNG)
    assert v is not None
    assert np.abs(v).max() == pytest.approx(5.0)


def test_there_is_no_direction_along_a_gradient_of_zero_or_a_single_parameter() -> None:
    group = whole(np.ones(1))
    assert direction(along_gradient, np.ones(1), np.zeros(1), group, RNG) is None
    assert direction(along_parameters, np.ones(1), np.ones(1), group, RNG) is None


# -------------------------------------------------------------------------------------------------------- noise


@pytest.mark.parametrize("sigma", [1e-3, 1e-12])
def test_the_difference_table_finds_the_noise_under_a_smooth_function(sigma: float) -> None:
    t = np.arange(8) * 1e-3 * sigma ** (1 / 6)
    found = [level(np.sin(1 + t) + sigma * np.random.default_rng(k).normal(size=8)) for k in range(50)]
    assert 0.5 * sigma < np.median(found) < 2 * sigma


def test_a_smooth_function_has_no_noise() -> None:
    assert level(np.arange(8.0) ** 2) == 0.0
    assert level(np.zeros(8)) == 0.0


def test_a_function_in_float32_is_known_by_its_noise() -> None:
    def single(x: Any) -> Any:
        return np.float64(np.sum(np.tanh(x.astype(np.float32))))

    x = RNG.normal(size=30)
    assert site_of(single, lambda x: 1 - np.tanh(x) ** 2, x).low
    assert not site_of(lambda x: np.sum(np.tanh(x)), lambda x: 1 - np.tanh(x) ** 2, x).low


# ------------------------------------------------------------------------------------------------------- ladder


def ladder(f: Any, slope: float, noise: float, low: bool = False) -> Any:
    """Read the residuals of `slope` at 0 for a function of one number, with noise of that size added."""
    rng = np.random.default_rng(0)
    scales = Scales(value=1.0, size=1.0, noise=noise, unit=EPS, low=low)
    h = steps([scales])
    taken: list[Step | None] = []
    for step in h:
        right, left = (f(s * step) - f(0.0) + noise * rng.normal() - slope * s * step for s in (1, -1))
        taken.append(Step(right / step, -left / step, (right - left) / (2 * step) + slope))
    return read(h, taken, scales)


def test_the_residual_of_a_right_slope_is_within_its_error() -> None:
    for noise in (1e-16, 1e-9, 1e-5):
        reading = ladder(np.sin, 1.0, noise)
        assert abs(reading.best.residual) <= 8 * reading.best.error
        assert reading.best.error < 300 * noise + 1e-12
        assert not reading.kink


def test_the_residual_of_a_wrong_slope_is_what_it_is_off_by() -> None:
    reading = ladder(np.sin, 0.999, 1e-14)
    assert reading.best.residual == pytest.approx(1e-3, rel=1e-6)
    assert reading.best.derivative == pytest.approx(1.0, abs=0.01)


def test_extrapolation_gains_digits_over_the_best_single_step() -> None:
    reading = ladder(lambda t: np.exp(3 * t), 3.0, 1e-9)
    single = min(abs(np.exp(3 * h) - np.exp(-3 * h) - 6 * h) / (2 * h) + 1e-9 / h for h in 10 ** -np.arange(0, 6, 0.5))
    assert abs(reading.best.residual) < single


def test_too_few_finite_values_say_nothing() -> None:
    scales = Scales(1.0, 1.0, 0.0, EPS, low=False)
    some: list[Step | None] = [Step(0.0, 0.0, 1.0)] * 3
    assert read([1.0, 0.3, 0.1, 0.03, 0.01], [*some, None, None], scales) is None


def test_steps_begin_where_the_function_does_not_change_by_more_than_itself() -> None:
    assert steps([Scales(1.0, 1e4, 0.0, EPS, low=False)])[0] <= 3.1e-4
    assert steps([Scales(1.0, 1.0, 0.0, EPS, low=False)])[0] == 1.0
    assert len(steps([Scales(1.0, 1e9, 0.0, 1e-7, low=True)])) >= 8


# -------------------------------------------------------------------------------------------------------- kinks


def test_a_kink_is_told_from_curvature_and_from_noise() -> None:
    h = 10 ** (-np.arange(12) / 2)
    flat, curved = np.full(12, 1.0), h * 5
    noisy = 1e-8 / h * np.random.default_rng(0).normal(size=12)
    assert jumps(h, flat, flat * 0, 1e-16, 1.0).finest == 10
    assert not jumps(h, curved, -curved, 1e-16, 1.0).kink
    assert not jumps(h, noisy, -noisy, 1e-8, 1.0).kink


def test_steps_finer_than_a_kink_beside_the_point_count() -> None:
    reading = ladder(lambda t: np.sin(t) + np.maximum(t - 1e-3, 0), 1.0, 1e-16)
    assert reading.kink
    assert reading.hull is None
    assert abs(reading.best.residual) < 1e-8


def test_a_kink_at_the_point_leaves_the_hull() -> None:
    reading = ladder(np.abs, 0.25, 1e-16)
    assert reading.hull is not None
    assert (reading.hull.low, reading.hull.high) == (pytest.approx(-1.25), pytest.approx(0.75))
    assert reading.hull.holds_zero(0.0)
    assert not ladder(np.abs, 1.25, 1e-16).hull.holds_zero(1e-3)


def test_a_hull_is_read_where_it_changes_least() -> None:
    h = np.array([1.0, 0.1, 0.01, 1e-9])
    found = hull(h, np.array([2.0, 1.1, 1.01, 5.0]), np.array([0.0, 0.0, 0.0, -5.0]), 1e-10)
    assert (found.low, found.high) == (0.0, 1.01)


# -------------------------------------------------------------------------------------------------- one direction


def test_a_right_gradient_of_a_smooth_function_takes_four_evaluations_along_a_direction() -> None:
    x = RNG.normal(size=8)
    site = site_of(lambda x: np.sum(np.sin(x)), np.cos, x)
    before = site.problem.evaluations
    (seen,) = probe(site, 0, np.ones(8), whole(x))
    assert seen.status is Status.OK
    assert site.problem.evaluations - before == 4


def test_rounding_of_the_step_is_no_error() -> None:
    x = np.full(4, 1e8)  # a step of 1e-5 is rounded to a multiple of 1.5e-8
    site = site_of(np.sum, np.ones_like, x)
    (seen,) = probe(site, 0, np.full(4, 1.0), whole(x))
    assert seen.status in (Status.OK, Status.WEAK)


def test_each_upstream_gradient_has_a_probe_of_its_own() -> None:
    site = site_of(np.sin, lambda x, g: g * np.cos(x), RNG.normal(size=5))
    site.point.gradients[1][0][2] += 1.0
    first, second = probe(site, 0, np.ones(5), whole(np.ones(5)))
    assert (first.status, second.status) == (Status.OK, Status.WRONG)


# --------------------------------------------------------------------------------------------------- coordinates


def test_coordinates_are_measured_to_ten_digits() -> None:
    x = np.array([1e-3, 1.0, 30.0])
    site = site_of(lambda x: np.exp(x / 10), lambda x, g: g * np.exp(x / 10) / 10, x)
    numeric = differentiate(site, 0, np.arange(3))
    right = np.diag(np.exp(x / 10) / 10)
    assert np.allclose(numeric.rows, right, rtol=1e-9, atol=1e-10)
    assert np.all(np.abs(numeric.rows - right) <= 8 * numeric.error)


def test_the_second_point_moves_every_entry_by_its_own_size() -> None:
    x = np.array([1e-6, 1.0, -1e6, 1e-6, 1e-6])
    (moved,) = beside((x,), 0.05, np.random.default_rng(0))
    assert np.all(np.abs(moved - x) > 0)
    assert np.all(np.abs(moved - x) <= 0.05 * np.abs(x) * (1 + 1e-9))


# ------------------------------------------------------------------------------------------------------- asking


class Batched:
    """A function that is asked for many values at once, and remembers how many."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, x: Any) -> Any:
        self.sizes.append(1)
        return x * 2

    def many(self, points: Any) -> Any:
        self.sizes.append(len(points))
        return [x * 2 for (x,) in points]


def test_many_values_are_asked_for_in_batches_bounded_by_their_size() -> None:
    f = Batched()
    problem = Problem(f, lambda x, g: 2 * g, ("x",))
    small, large = np.ones(3), np.ones(1 << 14)
    assert len(problem.values([(small,)] * 20, small)) == 20
    assert f.sizes == [20]
    f.sizes.clear()
    problem.values([(large,)] * 5, large)  # 128 KiB each
    assert f.sizes == [2, 2, 1]
    assert problem.evaluations == 25


def test_the_unit_of_rounding_is_that_of_the_coarsest_format() -> None:
    assert unit(np.ones(1), np.ones(1, np.float32)) == pytest.approx(1.2e-7, rel=0.1)
    assert unit(np.ones(1, np.int64)) == EPS


def test_what_does_not_decide_costs_little_where_each_evaluation_is_a_call_with_a_deadline() -> None:
    f = Batched()
    problem = Problem(f, lambda x, g: 2 * g, ("x",))
    problem.value((np.ones(3),))
    few = problem.spare
    problem.value((np.ones(1 << 16),))  # 512 KiB there, as much back
    assert problem.spare == 4 < few
    assert Problem(np.sum, np.ones_like, ("x",)).spare > few


def test_naming_coordinates_keeps_to_what_is_spared() -> None:
    for size in (10, 500, 5000):
        f = Batched()
        report = check_gradient(f, lambda x, g: 3 * g, [np.linspace(1, 2, size)])
        assert [reason.code for reason in report.reasons] == ["wrong-value"]
        assert report.worst is not None
        assert report.worst.got == pytest.approx(1.5 * report.worst.expected)
        assert sum(f.sizes) == report.evaluations < 600
