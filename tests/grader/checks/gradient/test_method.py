"""check_gradient as a whole: what it accepts, what it refuses, at which cost."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from grader import check_gradient
from grader.checks.gradient.report import CODES
from tests.grader.checks.gradient.cases import Function, layer_params, network, tanh_layer, tanh_layer_vjp

SEEDS = range(5)


def codes(f: Function, vjp: Function, params: Any, **options: Any) -> list[str]:
    report = check_gradient(f, vjp, params, **options)
    assert report.passed == (not report.reasons)
    assert {reason.code for reason in report.reasons} <= CODES.keys()
    assert json.loads(json.dumps(report.as_json(), allow_nan=False))["passed"] == report.passed
    assert str(report)
    return [reason.code for reason in report.reasons]


@pytest.mark.parametrize("seed", SEEDS)
def test_right_gradients_pass(seed: int) -> None:
    assert codes(tanh_layer, tanh_layer_vjp, layer_params(seed), seed=seed) == []
    assert codes(*network(6, 9, 4, seed), seed=seed) == []


def test_a_single_parameter_has_a_bare_gradient_and_a_scalar_no_upstream() -> None:
    assert codes(lambda x: np.sum(x**3), lambda x: 3 * x**2, [np.arange(1.0, 5.0)]) == []
    assert codes(lambda x: np.sum(x**3), lambda x, g: g * 3 * x**2, [np.arange(1.0, 5.0)], upstream=True) == []


def test_an_array_of_no_axes_and_a_number_are_parameters() -> None:
    for x in (np.array(2.0), 2.0, 2):
        assert codes(lambda a: a**3, lambda a: 3 * a**2, [x]) == []
        assert codes(lambda a: a**3, lambda a: 2 * a**2, [x]) == ["wrong-value"]


def test_an_empty_parameter_has_an_empty_gradient() -> None:
    assert codes(lambda x, y: np.sum(x**2) + y.sum(), lambda x, y: (2 * x, np.ones(0)), [np.ones(2), np.ones(0)]) == []


@pytest.mark.parametrize("params", [[], {}, [1j], ["a"], [np.array([1.0, np.nan])], [np.array([True])]])
def test_parameters_that_are_none_are_the_callers_mistake(params: Any) -> None:
    with pytest.raises(ValueError, match="a gradient"):
        check_gradient(np.sum, np.ones_like, params)


def test_what_the_functions_raise_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        check_gradient(lambda x: 1 // 0, np.ones_like, [1.0])
    with pytest.raises(ZeroDivisionError):
        check_gradient(np.sum, lambda x: 1 // 0, [1.0])


def test_the_same_seed_gives_the_same_report() -> None:
    case = tanh_layer, tanh_layer_vjp, layer_params()
    assert check_gradient(*case, seed=3) == check_gradient(*case, seed=3)


# -------------------------------------------------------------------------------------------------------- power


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("factor", [1 + 2e-6, 1 - 1e-5, 1.001, -1.0, 0.5, 0.0])
def test_a_factor_before_everything_is_seen(factor: float, seed: int) -> None:
    def wrong(*args: Any) -> Any:
        return [factor * g for g in tanh_layer_vjp(*args)]

    found = set(codes(tanh_layer, wrong, layer_params(seed), seed=seed))
    assert found == {"wrong-value"}


def test_an_error_far_below_what_counts_is_none() -> None:
    for seed in SEEDS:
        right = [lambda *a, k=k: [(1 + k * 1e-9) * g for g in tanh_layer_vjp(*a)] for k in (1, -30)]
        for vjp in right:
            assert codes(tanh_layer, vjp, layer_params(seed), seed=seed) == []


def test_a_right_gradient_of_784_by_128_costs_at_most_300_evaluations() -> None:
    loss, gradients, params = network(784, 128, 10)
    calls = []

    def counted(*given: Any) -> Any:
        calls.append(1)
        return loss(*given)

    for seed in range(2):
        calls.clear()
        report = check_gradient(counted, gradients, params, seed=seed)
        assert report.passed
        assert report.evaluations == len(calls) <= 300


@pytest.mark.parametrize("quantile", [0.1, 0.9])
def test_one_wrong_coordinate_of_100352_is_found_and_named(quantile: float) -> None:
    loss, gradients, params = network(784, 128, 10)
    dW = gradients(**params)[0]
    place = np.unravel_index(int(np.argsort(np.abs(dW), axis=None)[int(quantile * dW.size)]), dW.shape)

    def wrong(*given: Any) -> Any:
        answer = gradients(*given)
        answer[0][place] = 0.0 if quantile > 0.5 else answer[0][place] + 0.01
        return answer

    report = check_gradient(loss, wrong, params, seed=7)
    index = tuple(int(k) for k in place)
    assert [reason.array for reason in report.reasons] == ["W1"]
    assert report.arrays[0].wrong == (index,)
    assert report.worst is not None
    assert report.worst.index == index
    assert report.worst.expected == pytest.approx(dW[place], rel=1e-4, abs=1e-9)
    assert [one.passed for one in report.arrays] == [False, True, True, True]


def test_all_wrong_coordinates_of_a_small_array_are_named() -> None:
    def wrong(*args: Any) -> Any:
        dx, dW, db = tanh_layer_vjp(*args)
        dW[1, 2] *= 1.01
        dW[2] = 0
        return dx, dW, db

    report = check_gradient(tanh_layer, wrong, layer_params())
    assert report.arrays[1].wrong == ((1, 2), (2, 0), (2, 1), (2, 2), (2, 3))
    assert report.arrays[1].errors is not None
    assert len(report.arrays[1].errors) == 12


# ------------------------------------------------------------------------------------------------------- scales


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("value", [1e-8, 1.0, 1e8])
def test_no_scale_of_inputs_or_values_hides_an_error_or_invents_one(size: float, value: float) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=12) * size

    def f(x: Any) -> Any:
        return value * np.sin(x / size)

    def vjp(x: Any, g: Any) -> Any:
        return g * value / size * np.cos(x / size)

    for seed in SEEDS:
        assert codes(f, vjp, [x], seed=seed) == []
        assert codes(f, lambda x, g: 1.0001 * vjp(x, g), [x], seed=seed) == ["wrong-value"]
        assert codes(f, lambda x, g: vjp(x, g) * (1 + 0.01 * (x == x.max())), [x], seed=seed) == ["wrong-value"]


def test_entries_of_very_different_sizes_are_probed_apart() -> None:
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.uniform(1, 2, 6) * 1e-6, rng.uniform(1, 2, 6) * 1e6])
    for seed in SEEDS:
        assert codes(lambda x: np.sum(np.log(x)), lambda x: 1 / x, [x], seed=seed) == []
        assert codes(lambda x: np.sum(np.log(x)), lambda x: 1 / (x + 1e-9), [x], seed=seed) == ["wrong-value"]
        assert codes(lambda x: np.sum(np.log(x)), lambda x: 1 / (x + 1e2), [x], seed=seed) == ["wrong-value"]


def test_a_gradient_that_is_zero() -> None:
    x = np.arange(1.0, 6.0)
    assert codes(lambda x: 3.0, np.zeros_like, [x]) == []
    assert codes(lambda x: 3.0, lambda x: np.full(5, 1e-6), [x]) == ["wrong-value"]
    assert codes(lambda x: 3.0 + 1e-9 * x.sum(), np.zeros_like, [x]) == ["wrong-value"]
    assert codes(lambda x: 0.0, np.zeros_like, [x]) == []


def test_one_gradient_that_is_zero_but_for_rounding_beside_one_that_is_not() -> None:
    def f(z: Any, c: Any) -> Any:
        e = np.exp(z + c - np.max(z))
        return e / e.sum()

    def vjp(z: Any, c: Any, g: Any) -> Any:
        p = f(z, c)
        d = p * (g - np.sum(g * p))
        return d, d.sum()

    z = np.random.default_rng(0).normal(size=9)
    for seed in SEEDS:
        assert codes(f, vjp, [z, 0.3], seed=seed) == []
        assert codes(f, lambda *a: (vjp(*a)[0], 1e-6 * a[2].sum()), [z, 0.3], seed=seed) == ["wrong-value"]


# -------------------------------------------------------------------------------------------- values not finite


def test_neighbours_that_overflow_are_left_out() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.log(1 + np.exp(x)))

    x = np.array([700.0, -30.0, 1.0, 709.0])
    assert codes(f, lambda x: 1 / (1 + np.exp(-x)), [x]) == []
    assert codes(f, lambda x: 1.001 / (1 + np.exp(-x)), [x]) == ["wrong-value"]


def test_an_edge_of_the_domain_is_no_mistake() -> None:
    x = np.array([1e-9, 1e-4, 0.3, 0.9])
    assert codes(lambda x: np.sum(np.sqrt(x) + np.log1p(-x)), lambda x: 0.5 / np.sqrt(x) - 1 / (1 - x), [x]) == []


@pytest.mark.parametrize("value", [np.nan, np.inf, 1j, "text", None, [1.0, [2.0]]])
def test_a_function_without_a_finite_value_cannot_be_judged(value: Any) -> None:
    assert codes(lambda x: value, np.ones_like, [1.0])[0] in ("not-finite", "not-numbers")


def test_a_function_that_is_finite_at_the_point_alone_cannot_be_judged() -> None:
    assert codes(lambda x: 1.0 if x == 2.0 else np.nan, lambda x: 0.0, [2.0]) == ["not-finite-nearby"]


def test_rounding_that_hides_the_derivative_is_told() -> None:
    x = np.random.default_rng(0).normal(size=5) * 1e-4
    assert codes(lambda x: 1e8 + np.sum(x**2), lambda x: 2 * x, [x]) == ["too-coarse"]
    assert codes(lambda x: 1e8 + np.sum(x**2), lambda x: 2 * x, [x * 1e4]) == []


# -------------------------------------------------------------------------------------------------------- kinks

CONVENTIONS = [0.0, 0.5, 1.0]


def relu_vjp(at_zero: float) -> Function:
    return lambda x, g: g * np.where(x > 0, 1.0, np.where(x == 0, at_zero, 0.0))


@pytest.mark.parametrize("at_zero", CONVENTIONS)
def test_any_derivative_of_relu_at_zero_between_0_and_1_is_right(at_zero: float) -> None:
    x = np.random.default_rng(3).normal(size=20)
    x[:5] = 0
    for seed in SEEDS:
        assert codes(lambda x: np.maximum(x, 0), relu_vjp(at_zero), [x], seed=seed) == []


@pytest.mark.parametrize("at_zero", [2.0, -0.5])
def test_a_derivative_of_relu_at_zero_outside_is_wrong(at_zero: float) -> None:
    x = np.random.default_rng(3).normal(size=20)
    x[:5] = 0
    for seed in SEEDS:
        assert codes(lambda x: np.maximum(x, 0), relu_vjp(at_zero), [x], seed=seed) == ["wrong-at-kink"]


def test_kinks_beside_the_point_call_no_right_gradient_wrong() -> None:
    x = np.random.default_rng(5).normal(size=24)
    x[:6] = [1e-7, -1e-7, 3e-9, -3e-9, 1e-6, -2e-6]
    for seed in SEEDS:
        assert codes(lambda x: np.maximum(x, 0), relu_vjp(0.0), [x], seed=seed) == []
        assert codes(lambda x: np.sum(np.abs(x)), np.sign, [x], seed=seed) == []
        assert codes(lambda x: np.maximum(x, 0), lambda x, g: g * (x > 0.05), [x + 0.03], seed=seed) == ["wrong-value"]


def test_a_scalar_function_at_a_kink_is_judged_beside_it() -> None:
    w = np.concatenate([np.zeros(4), np.random.default_rng(0).normal(size=16)])

    def f(w: Any) -> Any:
        return 0.1 * np.sum(np.abs(w)) + 0.5 * np.sum(w**2)

    for seed in SEEDS:
        report = check_gradient(f, lambda w: 0.1 * np.where(w >= 0, 1, -1) + w, [w], seed=seed)
        assert report.passed
        assert "kink" in "".join(report.notes)
        assert codes(f, lambda w: 0.1 + w, [w], seed=seed) == ["wrong-value"]


def test_a_network_whose_weights_are_zero_passes() -> None:
    loss, gradients, params = network(6, 9, 4)
    for seed in SEEDS:
        assert codes(loss, gradients, {k: np.zeros_like(v) for k, v in params.items()}, seed=seed) == []


def test_a_convention_at_one_point_is_no_mistake() -> None:
    def f(x: Any) -> Any:
        return np.maximum(x, 0) - np.maximum(-x, 0)

    def vjp(x: Any, g: Any) -> Any:
        return g * ((x > 0) * 1.0 + (x < 0) * 1.0)  # 0 at 0, where the derivative is 1

    report = check_gradient(f, vjp, [np.array([0.0, 1.0, -2.0])])
    assert report.passed
    assert "convention" in report.notes[0]


# ------------------------------------------------------------------------------------------------------ float32


def in_float32(seed: int) -> dict[str, Any]:
    return {name: x.astype(np.float32) for name, x in layer_params(seed).items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_float32_is_checked_in_float64_where_the_code_follows(seed: int) -> None:
    def wrong(*args: Any) -> Any:
        return [g * np.float32(1.0001) for g in tanh_layer_vjp(*args)]

    assert codes(tanh_layer, tanh_layer_vjp, in_float32(seed), seed=seed) == []
    assert set(codes(tanh_layer, wrong, in_float32(seed), seed=seed)) == {"wrong-value"}


def test_a_gradient_that_is_right_in_float64_alone_is_wrong() -> None:
    def unstable(*args: Any) -> Any:
        grads = tanh_layer_vjp(*args)
        return grads if args[0].dtype == np.float64 else [g * np.float32(1.1) for g in grads]

    assert set(codes(tanh_layer, unstable, in_float32(0))) == {"float32-differs"}


@pytest.mark.parametrize("seed", SEEDS)
def test_float32_inside_is_measured_and_its_resolution_reported(seed: int) -> None:
    def single(x: Any, W: Any, b: Any) -> Any:
        return tanh_layer(x.astype(np.float32), W.astype(np.float32), b.astype(np.float32))

    def vjp(x: Any, W: Any, b: Any, g: Any) -> Any:
        return tanh_layer_vjp(x.astype(np.float32), W.astype(np.float32), b.astype(np.float32), g.astype(np.float32))

    report = check_gradient(single, vjp, layer_params(seed), seed=seed)
    assert report.passed
    assert report.resolution is not None
    assert 1e-5 < report.resolution < 0.05
    wrong = check_gradient(single, lambda *a: [g * np.float32(1.05) for g in vjp(*a)], layer_params(seed), seed=seed)
    assert not wrong.passed


def test_no_array_may_be_in_float16() -> None:
    assert codes(lambda x: np.float16(x.sum()), np.ones_like, [np.ones(3)]) == ["not-numbers"]


# -------------------------------------------------------------------------------------------------------- plots


def test_the_errors_can_be_drawn_and_the_picture_says_what_it_shows() -> None:
    def wrong(*args: Any) -> Any:
        dx, dW, db = tanh_layer_vjp(*args)
        dW[1, 2] *= 2
        return dx, dW, db

    report = check_gradient(tanh_layer, wrong, layer_params())
    assert report.worst is not None
    off = abs(report.worst.expected - report.worst.got)
    figure = report.plot()
    words = f"Error of the gradient by W, shape (3, 4): 1 of 12 entries wrong, worst {off:.2g} at [1, 2]"
    assert figure.get_label() == figure.axes[0].get_title() == words
    drawn = figure.axes[0].images[0].get_array()
    assert drawn is not None
    assert drawn.shape == (3, 4)
    with pytest.raises(ValueError, match="measured of x"):
        report.plot("x")
    with pytest.raises(ValueError, match="measured of any array"):
        check_gradient(tanh_layer, tanh_layer_vjp, layer_params()).plot()


# ------------------------------------------------------------------------------------------ what cancels to zero


def batch_norm(x: Any, W: Any, b: Any, gamma: Any) -> Any:
    z = x @ W + b
    return gamma * (z - z.mean(0)) / np.sqrt(z.var(0) + z.dtype.type(1e-5))


def batch_norm_vjp(x: Any, W: Any, b: Any, gamma: Any, g: Any) -> Any:
    z = x @ W + b
    s = 1 / np.sqrt(z.var(0) + z.dtype.type(1e-5))
    h = (z - z.mean(0)) * s
    d = s * (g * gamma - (g * gamma).mean(0) - h * (g * gamma * h).mean(0))
    return d @ W.T, x.T @ d, d.sum(0), (g * h).sum(0)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("examples", [2, 5])
def test_rounding_of_a_gradient_that_cancels_is_no_error(examples: int, kind: Any) -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        shapes = {"x": (examples, 5), "W": (5, 6), "b": (6,), "gamma": (6,)}
        params = {name: rng.normal(size=shape).astype(kind) for name, shape in shapes.items()}
        assert codes(batch_norm, batch_norm_vjp, params, seed=seed) == []

        def wrong(*args: Any) -> Any:
            dx, dW, _, dgamma = batch_norm_vjp(*args)
            return dx, dW, args[-1].sum(0) * args[0].dtype.type(1e-3), dgamma

        assert codes(batch_norm, wrong, params, seed=seed) == ["wrong-value"]


def test_float32_inside_is_linear_to_its_own_precision() -> None:
    def single(*args: Any) -> Any:
        return batch_norm(*(x.astype(np.float32) for x in args)).astype(np.float64)

    def vjp(*args: Any) -> Any:
        return [g.astype(np.float64) for g in batch_norm_vjp(*(x.astype(np.float32) for x in args))]

    for seed in range(8):
        rng = np.random.default_rng(seed)
        params = [rng.normal(size=shape) for shape in ((4, 5), (5, 6), (6,), (6,))]
        assert codes(single, vjp, params, seed=seed) == []
