"""The evaluation trace: whole tables by hand, every row against finite differences, every step as it is written."""

from __future__ import annotations

import doctest
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from reference.autodiff import grad, jvp, ops
from reference.autodiff.errors import NotDifferentiable
from reference.autodiff.evaluation import Trace, trace
from tests.support import ROOT

rng = np.random.default_rng(5)
X, W = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))


def example(x1: Any, x2: Any) -> Any:
    return np.log(x1) + x1 * x2 - np.sin(x2)


# ------------------------------------------------------------------------------------------------------- whole tables

REVERSE = """
reverse mode: the adjoints, from the last row up
                   value     adjoint
v_-1 = x1          2         5.5
v_0  = x2          5         1.7163
v_1  = log(v_-1)   0.69315   1
v_2  = v_-1 * v_0  10        1
v_3  = v_1 + v_2   10.693    1
v_4  = sin(v_0)    -0.95892  -1
v_5  = v_3 - v_4   11.652    1
y    = v_5         11.652    1
"""

FORWARD = """
forward mode: the tangents along x2, from the first row down
                   value     tangent
v_-1 = x1          2         0
v_0  = x2          5         1
v_1  = log(v_-1)   0.69315   0
v_2  = v_-1 * v_0  10        2
v_3  = v_1 + v_2   10.693    2
v_4  = sin(v_0)    -0.95892  0.28366
v_5  = v_3 - v_4   11.652    1.7163
y    = v_5         11.652    1.7163
"""

MARKDOWN = """
| | expression | value | tangent |
|---|---|---|---|
| `v_-1` | `x1` | `2` | `1` |
| `v_0` | `x2` | `5` | `0` |
| `v_1` | `log(v_-1)` | `0.693` | `0.5` |
| `v_2` | `v_-1 * v_0` | `10` | `5` |
| `v_3` | `v_1 + v_2` | `10.7` | `5.5` |
| `v_4` | `sin(v_0)` | `-0.959` | `0` |
| `v_5` | `v_3 - v_4` | `11.7` | `5.5` |
| `y` | `v_5` | `11.7` | `5.5` |
"""


def test_the_table_of_reverse_mode() -> None:
    assert str(trace(example, 2, 5)) == REVERSE.strip("\n")


def test_the_table_of_forward_mode() -> None:
    assert str(trace(example, 2, 5, mode="forward", which=1)) == FORWARD.strip("\n")


def test_the_table_in_markdown_with_fewer_digits() -> None:
    assert trace(example, 2, 5, mode="forward").to_markdown(digits=3) == MARKDOWN.strip("\n")


def test_the_published_numbers() -> None:
    backward = trace(example, 2, 5)
    forward = [trace(example, 2, 5, mode="forward", which=k).derivative for k in (0, 1)]
    assert f"{backward.value:.3f}" == "11.652"
    for by_x1, by_x2 in (backward.derivative, forward):
        assert by_x1 == 5.5
        assert f"{by_x2:.3f}" == "1.716"


def test_the_example_in_the_docstring_holds() -> None:
    result = doctest.testmod(sys.modules["reference.autodiff.evaluation"])  # the function has the module's name
    assert result.attempted > 0
    assert result.failed == 0


def test_the_page_on_traces_runs() -> None:
    result = doctest.testfile(str(ROOT / "docs/evaluation-trace.md"), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


# --------------------------------------------------------------------------------------- every row, by another method


def network(x: Any, net: Any, t: Any) -> Any:
    h = np.tanh(x @ net["W1"] + net["b1"])
    s = ops.sigmoid(h @ net["W2"])
    return np.mean((s - t) ** 2) + 0.5 * np.sum(net["W1"] ** 2)


NET = {"W1": rng.normal(size=(3, 5)), "b1": rng.normal(size=5), "W2": rng.normal(size=(5, 2))}
CASES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (example, (2.0, 5.0)),
    (lambda a, b: a * a * b + a / (b - 3) - (-a) ** 3, (1.5, 0.5)),
    (lambda x: np.sum(np.exp(x)[0] * x[1, 1:2] + np.max(x, axis=0)), (X,)),
    (grad(lambda x: np.sin(x) * np.exp(-x)), (0.7,)),
    (network, (X, NET, np.ones((2, 2)))),
]


def rerun(t: Trace, *, place: int = -1, change: Any = 0.0) -> list[Any]:
    """Every value again, from the text of the rows alone; one of them changed before the next are computed."""
    known: dict[str, Any] = {name: getattr(np, name) for name in ("log", "sin", "cos", "exp", "tanh", "sum", "max")}
    known |= {"mean": np.mean, "expit": ops.sigmoid}
    values: list[Any] = []
    for k, row in enumerate(t.rows):
        text = row.expression.replace("v_-", "v_m")
        value = row.value if k < t.inputs else eval(text, known)
        values.append(value + change if k == place else value)
        known[row.name.replace("-", "m")] = values[-1]
    return values


@pytest.mark.parametrize(("f", "args"), CASES)
def test_an_expression_computes_the_value_beside_it(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    t = trace(f, *args)
    for row, value in zip(t.rows, rerun(t), strict=True):
        np.testing.assert_allclose(row.value, value, rtol=1e-14)


@pytest.mark.parametrize(("f", "args"), CASES)
def test_an_adjoint_is_what_the_result_changes_by_when_its_row_does(
    f: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    t = trace(f, *args)
    for k, row in enumerate(t.rows):
        step = 1e-5 * rng.choice([-1.0, 1.0], size=np.shape(row.value))
        above, below = (rerun(t, place=k, change=sign * step)[-1] for sign in (1, -1))
        expected = (above - below) / 2
        assert np.shape(row.derivative) == np.shape(row.value)
        assert np.sum(row.derivative * step) == pytest.approx(expected, rel=1e-6, abs=1e-12), row.name


@pytest.mark.parametrize(("f", "args"), CASES)
def test_a_tangent_is_what_its_row_changes_by_when_the_argument_does(
    f: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    x = args[0]
    seed = rng.normal(size=np.shape(x)) if np.shape(x) else 1.7
    t = trace(f, *args, mode="forward", seed=seed)
    above, below = (rerun(t, place=0, change=sign * 1e-5 * np.asarray(seed)) for sign in (1, -1))
    for row, high, low in zip(t.rows, above, below, strict=True):
        np.testing.assert_allclose(row.derivative, (high - low) / 2e-5, rtol=1e-6, atol=1e-8, err_msg=row.name)


def test_a_container_moves_as_a_whole() -> None:
    seed = {name: rng.normal(size=one.shape) for name, one in NET.items()}
    t = trace(network, X, NET, np.ones((2, 2)), mode="forward", which=1, seed=seed)
    expected = jvp(network, (X, NET, np.ones((2, 2))), (None, seed, None))[1]
    assert t.derivative == pytest.approx(expected, rel=1e-14)


def test_an_array_as_result_takes_the_seed_of_its_shape() -> None:
    seed = rng.normal(size=(2, 4))
    t = trace(lambda x, w: x @ w, X, W, seed=seed)
    np.testing.assert_allclose(t.derivative[0], seed @ W.T)
    np.testing.assert_allclose(t.derivative[1], X.T @ seed)


# -------------------------------------------------------------------------------------------------- steps, as written

M = np.array([[1.0, 2.0], [3.0, 5.0]])
V = np.array([1.0, 2.0, 3.0])
STEPS: list[tuple[Callable[..., Any], Any, str]] = [
    (lambda x: x - (-3), 2.0, "v_0 - (-3)"),
    (lambda x: 1 / x, 2.0, "1 / v_0"),
    (lambda x: x**-1, 2.0, "v_0 ** (-1)"),
    (lambda x: x * 0.1, 2.0, "v_0 * 0.1"),
    (lambda x: -x, 2.0, "-v_0"),
    (lambda x: np.maximum(x, 0.5), 2.0, "maximum(v_0, 0.5)"),
    (lambda x: x * np.array([0.5, 1, 2]), V, "v_0 * [0.5, 1, 2]"),
    (lambda x: x * np.ones((7, 3)), V, "v_0 * shape (7, 3)"),
    (lambda x: x[0, 1:], M, "v_0[0, 1:]"),
    (lambda x: x[::2], V, "v_0[::2]"),
    (lambda x: x[..., None], V, "v_0[..., None]"),
    (lambda x: x[[0, 2]], V, "v_0[[0, 2]]"),
    (lambda x: x.sum(), M, "sum(v_0)"),
    (lambda x: np.sum(x, axis=0), M, "sum(v_0, axis=0)"),
    (lambda x: np.sum(x, axis=(0,), keepdims=True), M, "sum(v_0, axis=(0,), keepdims=True)"),
    (np.transpose, M, "transpose(v_0)"),
    (lambda x: np.reshape(x, (4,)), M, "reshape(v_0, (4,))"),
    (lambda x: np.clip(x, None, 2), V, "clip(v_0, None, 2)"),
    (lambda x: np.where(x > 1, x, 0.0), V, "where([False, True, True], v_0, 0)"),
    (lambda x: np.concatenate([x, [9.0]]), V, "concatenate([v_0, [9]], axis=0)"),
    (lambda x: np.einsum("ij,jk->ik", x, M), M, "einsum('ij,jk->ik', v_0, [[1, 2], [3, 5]])"),
    (np.linalg.inv, M, "linalg.inv(v_0)"),
    (lambda x: ops.affine(x, M, np.ones(2)), M, "affine(v_0, [[1, 2], [3, 5]], [1, 1])"),
    (lambda x: ops.softmax_cross_entropy(x, np.eye(2)), M, "softmax_cross_entropy(v_0, [[1, 0], [0, 1]])"),
]


@pytest.mark.parametrize(("f", "x", "text"), STEPS, ids=[text for *_, text in STEPS])
def test_a_step_is_written_as_one_would_write_it(f: Callable[..., Any], x: Any, text: str) -> None:
    seed = np.ones(np.shape(f(x)))
    assert trace(f, x, seed=seed).rows[1].expression == text


@pytest.mark.parametrize(
    ("x", "text"),
    [(-0.0, "0"), (1e-7, "1e-07"), (123456.0, "123456"), (2.5e12, "2.5e+12"), (1 / 3, "0.33333"), (np.inf, "inf")],
)
def test_numbers_are_short(x: float, text: str) -> None:
    assert trace(lambda x: x * 1, x).cells()[0][2] == text


def test_small_arrays_are_shown_in_full_and_large_ones_by_their_shape() -> None:
    t = trace(lambda a, b, c: np.sum(a) + np.sum(b) + np.sum(c), M, np.ones((2, 4)), np.ones((0, 3)))
    assert [cells[2] for cells in t.cells()[:3]] == ["[[1, 2], [3, 5]]", "shape (2, 4)", "shape (0, 3)"]


class Point(NamedTuple):
    x: float
    y: float


@dataclass
class Box:
    low: float
    size: list[float]


def test_inputs_are_named_by_how_they_are_reached() -> None:
    def f(net: Any, p: Any, box: Any, *rest: Any) -> Any:
        return net["W|`"] * p.x * p.y * box.low * box.size[1] * rest[0]

    t = trace(f, {"W|`": 2.0, "no": None}, Point(1.0, 2.0), Box(3.0, [4.0, 5.0]), 6.0)
    names = ["net['W|`']", "p.x", "p.y", "box.low", "box.size[0]", "box.size[1]", "x4"]
    assert [row.expression for row in t.rows[: t.inputs]] == names
    assert [row.name for row in t.rows[: t.inputs]] == ["v_-6", "v_-5", "v_-4", "v_-3", "v_-2", "v_-1", "v_0"]
    assert r"| ``net['W\|`']`` |" in t.to_markdown()


# ----------------------------------------------------------------------------------------------------- what is a row


def test_a_step_that_the_result_does_not_depend_on_is_left_out() -> None:
    def f(x: Any) -> Any:
        np.exp(x)
        return np.sin(x)

    assert [row.expression for row in trace(f, 1.0).rows] == ["x", "sin(v_0)"]


def test_an_input_that_the_result_does_not_depend_on_has_derivative_zero() -> None:
    t = trace(lambda a, b: a * 2, 1.0, V)
    assert t.derivative[1].tolist() == [0.0, 0.0, 0.0]
    assert trace(lambda a, b: a * 2, 1.0, V, mode="forward", which=1, seed=V).derivative == 0.0


def test_the_result_is_told_from_an_input_of_the_same_value() -> None:
    t = trace(lambda x: x * 1, 3.0)
    assert (t.inputs, t.result) == (1, 1)
    same = trace(lambda a, b: b, 3.0, 3.0)
    assert (same.result, same.derivative) == (1, (0.0, 1.0))


def test_parents_are_named_once_and_come_first() -> None:
    t = trace(lambda x, y: (x * x) * (x + y), 2.0, 3.0)
    assert [row.parents for row in t.rows] == [(), (), (0,), (0, 1), (2, 3)]


def test_a_trace_stays_what_it_was() -> None:
    x = V.copy()
    t = trace(lambda x: np.sum(x * x), x)
    x[0] = 100.0
    assert t.rows[0].value[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        t.rows[0].derivative[0] = 7.0


def test_a_long_computation_is_traced_without_recursion() -> None:
    def f(x: Any) -> Any:
        for _ in range(5000):
            x = x * 1.0001
        return x

    t = trace(f, 1.0)
    assert len(t.rows) == 5001
    assert t.derivative[0] == pytest.approx(1.0001**5000)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: trace(lambda x: 3.0, 1.0), "a trace ends in one number or array"),
        (lambda: trace(lambda x: [x, x], 1.0), "a trace ends in one number or array"),
        (lambda: trace(lambda x: x * 2, V), r"the result has shape \(3,\): give its adjoint"),
        (lambda: trace(lambda x: x * 2, V, seed=np.ones(2)), r"adjoint of a result of shape \(3,\) has shape \(2,\)"),
        (lambda: trace(np.sum, V, mode="forward"), "is not one number: give its tangent"),
        (lambda: trace(lambda d: np.sum(d["x"]), {"x": V}, mode="forward"), "d is not one number: give its tangent"),
        (lambda: trace(np.sum, V, mode="forward", seed=1.0), r"tangent of an argument of shape \(3,\) has shape \(\)"),
        (lambda: trace(lambda x: x[0], [1.0, 2.0], mode="forward", seed=[1.0]), "the tangent of x must be built like"),
        (lambda: grad(lambda x: trace(np.sin, x).value)(1.0), "would lose the derivative"),
        (lambda: trace(np.unwrap, V), "numpy.unwrap has no derivative rule"),
    ],
)
def test_what_cannot_be_traced_is_refused(call: Callable[[], Trace], says: str) -> None:
    with pytest.raises(NotDifferentiable, match=says):
        call()


def test_a_mode_or_an_argument_that_does_not_exist_is_refused() -> None:
    wrong: Any = "backward"
    with pytest.raises(ValueError, match=re.escape("'forward' or 'reverse', not 'backward'")):
        trace(np.sin, 1.0, mode=wrong)
    with pytest.raises(ValueError, match="which=1, and the function is traced with 1 arguments"):
        trace(np.sin, 1.0, mode="forward", which=1)
