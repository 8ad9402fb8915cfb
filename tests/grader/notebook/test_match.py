"""Which checks a few words mean."""

from __future__ import annotations

from typing import Any

import pytest

from grader.model import BadInput, Check
from grader.notebook.match import matching
from tests.support import one_check


def named(name: str, title: str) -> Check:
    def body(student: Any, draw: Any) -> None: ...

    body.__doc__ = title
    return one_check(body, name)


CHECKS = [
    named("affine_forward", "The affine layer, forward."),
    named("affine_backward", "The affine layer, backward."),
    named("relu", "max(0, x)."),
    named("relu_slope", "The derivative of relu."),
]


def found(words: str | None) -> list[str]:
    return [check.name for check in matching(CHECKS, words)]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (None, ["affine_forward", "affine_backward", "relu", "relu_slope"]),
        ("affine backward", ["affine_backward"]),
        ("Backward AFFINE", ["affine_backward"]),
        ("affine", ["affine_forward", "affine_backward"]),
        ("affine_backward", ["affine_backward"]),
        ("layer back", ["affine_backward"]),
        ("relu", ["relu"]),
        ("The derivative of relu.", ["relu_slope"]),
        ("deriv", ["relu_slope"]),
    ],
)
def test_words(words: str | None, names: list[str]) -> None:
    assert found(words) == names


def test_no_such_check_lists_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"no check is called 'afine bakward'; the nearest of 4: affine_backward \(The"):
        found("afine bakward")


@pytest.mark.parametrize("words", ["", "  ", "?!", "_"])
def test_words_without_a_letter_are_no_words(words: str) -> None:
    with pytest.raises(BadInput, match="no check is called"):
        found(words)
