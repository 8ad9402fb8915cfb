"""assert_close: what passes, what fails, and what is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.checks import CheckContext, assert_close, context
from grader.checks.context import running
from grader.model import CheckFailed, Finding
from reference.layout import Dims

X = np.arange(12.0).reshape(3, 4)
DIMS = Dims(n=3, m=4)


def finding(actual: object, expected: object, **options: object) -> Finding:
    with pytest.raises(CheckFailed) as caught:
        assert_close(actual, expected, **options)  # type: ignore[arg-type]
    return caught.value.finding


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (X, X),
        (X.tolist(), X),
        (tuple(map(tuple, X)), X),
        (X.astype(np.float32), X),
        (X.astype(np.int64), X),
        (X * (1 + 1e-9), X),
        (X + 1e-8, X),
        (2.5, 2.5),
        (np.array(2.5), 2.5),
        (2, 2.0),
        (True, 1.0),
        (np.zeros(0), np.zeros(0)),
        ((), ()),
        (np.zeros(3), np.zeros(3)),
        (np.full(3, 1e-16), np.zeros(3)),
        (np.full(3, 1e-7, np.float32), np.zeros(3)),
        (-1e-300, 0.0),
        (1e-300, 1e-300),
        (1 + 2j, 1 + 2j),
        (1.0, 1 + 0j),
        (np.eye(3, dtype=bool), np.eye(3)),
        (np.arange(3, dtype=np.uint8), -np.arange(3.0) * -1),
    ],
)
def test_right_answers_pass_in_any_number_format(actual: object, expected: object) -> None:
    assert_close(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "says"),
    [
        (X + 1e-5, X, "wrong values: 12 of 12"),
        (X.astype(np.float32) + np.float32(0.01), X, "wrong values"),
        (2.6, 2.5, "wrong value"),
        (X[:2], X, "wrong shape, (2, 4)"),
        (X.ravel(), X, "wrong shape, (12,)"),
        ("2.5", 2.5, "not an array of numbers"),
        (["a", "b"], np.zeros(2), "not an array of numbers"),
        ([[1], [1, 2]], np.zeros(2), "not an array of numbers"),
        ([1, None], np.zeros(2), "not an array of numbers"),
        ({"a": 1}, 1.0, "not an array of numbers"),
        (X.astype(np.float16), X, "float16"),
        (1 + 2j, 1.0, "complex"),
        (math.nan, 0.0, "NaN"),
        (math.inf, 1e300, "an infinite number"),
        (np.array([0.0, math.nan]), np.zeros(2), "NaN"),
        (np.full(3, math.nan), np.zeros(3), "NaN"),
        (1e-9, 0.0, "wrong value"),
        (np.float32(1e-4), 0.0, "wrong value"),
        (np.array([0.0, 1e-9]), np.zeros(2), "wrong values: 1 of 2"),
        (0.0, 1e-13, "wrong value"),
        (1e-13, -1e-13, "wrong value"),
        ([10**30], np.zeros(1), "not an array of numbers"),
        (np.uint8(255), -1.0, "wrong value"),
        (False, True, "wrong value"),
    ],
)
def test_wrong_answers_fail_and_say_why(actual: object, expected: object, says: str) -> None:
    assert says in finding(actual, expected).says


@given(
    npst.arrays(np.float64, npst.array_shapes(max_dims=2, max_side=4), elements=st.floats(allow_nan=True)),
    npst.arrays(np.float64, npst.array_shapes(max_dims=2, max_side=4), elements=st.floats(-1e6, 1e6)),
)
def test_it_passes_or_fails_and_does_nothing_else(actual: np.ndarray, expected: np.ndarray) -> None:
    try:
        assert_close(actual, expected)
    except CheckFailed:
        return
    scale = np.max(np.abs(expected), initial=0)
    assert actual.shape == expected.shape
    assert np.all(np.abs(actual - expected) <= (1e-7 * scale or 1e-12))


def test_the_tolerance_can_be_set() -> None:
    assert_close(X * 1.001, X, rtol=0.01)
    finding(X * 1.1, X, rtol=0.01)


def test_it_shows_what_was_expected_what_came_and_where_it_is_worst() -> None:
    wrong = X.copy()
    wrong[2, 1] = -5
    said = finding(wrong, X)
    assert said.says == "the answer has wrong values: 1 of 12 entries differ"
    assert said.where == "at [2, 1]: expected 9, got -5"
    assert "9." in (said.expected or "")
    assert "-5." in (said.got or "")


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 2.0])
def test_a_number_is_wrong_nowhere_in_particular(wrong: float) -> None:
    assert finding(wrong, 1.0).where is None
    assert finding((wrong, X), {"loss": 1.0, "dW": X}).where is None


def test_the_sentence_holds_no_value() -> None:
    said = finding(np.array([123.25]), np.array([987.5]))
    assert "123" not in said.says
    assert "987" not in said.says


def test_a_layout_mistake_is_named() -> None:
    said = finding(X.T, X, derivative=DIMS["m"] / DIMS["n"])
    assert said.diagnosis is not None
    assert said.diagnosis.code == "numerator-layout"


@pytest.mark.parametrize("dims", [DIMS, Dims(n=(3, 9), m=(4, 9)), Dims(n=(5, 9), m=(2, 9))])
def test_a_derivative_fits_by_its_axes_and_by_the_sizes_that_are_known(dims: Dims) -> None:
    assert_close(X, X, derivative=dims["m"] / dims["n"])
    assert_close(X[None], X[None], derivative=dims["n m"] / dims["1"])
    with pytest.raises(ValueError, match="the derivative has shape"):
        assert_close(X[0], X[0], derivative=dims["m"] / dims["n"])
    with pytest.raises(ValueError, match=r"but what assert_close expects has shape \(3, 4\)"):
        assert_close(X, X, derivative=dims["m"] / dims["2"])


def test_a_derivative_of_other_sizes_is_the_authors_mistake() -> None:
    with pytest.raises(ValueError, match=r"has shape \(m=4, n=3\), but what assert_close expects has shape \(3, 4\)"):
        assert_close(X, X, derivative=DIMS["n"] / DIMS["m"])


@pytest.mark.parametrize("options", [{"name": "both"}, {"derivative": DIMS["m"] / DIMS["n"]}])
def test_parts_have_names_of_their_own(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="where expected is a mapping"):
        assert_close((X, 1.0), {"a": X, "b": 1.0}, **options)


@pytest.mark.parametrize(("actual", "parts"), [(7, {"a": math.nan}), ((), {})])
def test_parts_that_cannot_be_expected_are_the_authors_mistake_whatever_the_answer(actual: Any, parts: Any) -> None:
    with pytest.raises(ValueError, match="assert_close expects"):
        assert_close(actual, parts)


@pytest.mark.parametrize("expected", [math.nan, np.array([1, math.inf]), "text", np.array([None])])
def test_an_expectation_that_is_no_finite_number_is_the_authors_mistake(expected: object) -> None:
    with pytest.raises(ValueError, match="assert_close expects finite numbers"):
        assert_close(1.0, expected)


def test_the_error_is_kept_as_evidence() -> None:
    with running(CheckContext()):
        assert_close(X + 1e-9, X)
        assert context().evidence["the answer: largest error"] == pytest.approx(1e-9, rel=1e-3)
    with running(CheckContext()) as surroundings, pytest.raises(CheckFailed):
        assert_close(1e308, -1e308)
    assert surroundings.evidence == {}  # an infinite error has no place in JSON


# ---------------------------------------------------------------------------------------------- several at once

PARTS = {"dW": X, "db": np.ones(3)}


def test_a_diagnosis_of_several_arrays_is_true_of_all_that_are_wrong() -> None:
    expected = {"dW": X + 1, "db": np.arange(1.0, 6.0), "dx": X[0]}
    other = expected["db"] + np.array([0, 0.1, 0, 0.3, 0])
    both = finding(expected | {"dW": -expected["dW"], "db": -expected["db"]}, expected)
    assert both.diagnosis is not None and both.diagnosis.code == "sign"
    assert finding(expected | {"dW": -expected["dW"], "db": other}, expected).diagnosis is None
    assert finding(expected | {"dW": expected["dW"] / 2, "db": expected["db"] * 2}, expected).diagnosis is None


@pytest.mark.parametrize("actual", [(X, np.ones(3)), [X, np.ones(3)], {"db": np.ones(3), "dW": X}])
def test_several_arrays_pass_as_tuple_list_or_dict(actual: object) -> None:
    assert_close(actual, PARTS)


def test_every_mismatch_is_collected() -> None:
    said = finding((X.T, np.zeros(3)), PARTS)
    assert said.says == "dW has the wrong shape, (4, 3); db has wrong values: 3 of 3 entries differ"


@pytest.mark.parametrize(
    ("actual", "says"),
    [((X,), "not 2 arrays"), (X, "not 2 arrays"), ({"dW": X}, "keys"), ("ab", "not 2 arrays"), (7, "not 2 arrays")],
)
def test_another_form_fails(actual: object, says: str) -> None:
    assert says in finding(actual, PARTS).says


@pytest.mark.parametrize("answer", [70_000_007, 69_999_999.0, np.array([70_000_001])[0]])
def test_what_is_counted_is_right_to_the_last_one(answer: object) -> None:
    with pytest.raises(CheckFailed):
        assert_close(answer, 70_000_000)
    assert_close(70_000_000.0, 70_000_000)
    assert_close(70_000_007, 70_000_000, rtol=1e-6)


def test_an_expectation_in_float32_is_no_more_exact_than_that() -> None:
    assert_close(float(np.float32(0.1)), np.float32(0.1))
    assert_close(0.1, np.float32(0.1))
    with pytest.raises(CheckFailed):
        assert_close(0.101, np.float32(0.1))


@pytest.mark.parametrize(("asked", "got"), [(6, 3), (6, -6), (True, False)])
def test_of_a_number_that_is_counted_no_mistake_in_a_formula_is_named(asked: int, got: int) -> None:
    with pytest.raises(CheckFailed) as caught:
        assert_close(got, asked, name="the number of kinks")
    finding = caught.value.finding
    assert (finding.diagnosis, finding.expected, finding.got) == (None, str(asked), str(got))
