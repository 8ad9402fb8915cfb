"""Each operator makes the mistake that it is named after, and nothing of what it does not know."""

from __future__ import annotations

import ast

import pytest

from grader.validate.mutation.nodes import Place
from grader.validate.mutation.operators import OPERATORS

ALIKE = Place({"u": ("v",), "v": ("u",)}, frozenset(("u", "v", "x", "out")))


def variants(operator: str, source: str) -> list[str]:
    """What the operator makes of every node of some statements."""
    function, _ = OPERATORS[operator]
    return [ast.unparse(made) for node in ast.walk(ast.parse(source)) for made in function(node, ALIKE)]


# fmt: off
MAKES = [
    ("drop_transpose",   "A.T",                            ["A"]),
    ("drop_transpose",   "np.transpose(A)",                ["A"]),
    ("drop_transpose",   "A.transpose()",                  ["A"]),
    ("drop_transpose",   "A.t + A.T_max",                  []),
    ("drop_transpose",   "x.T = A",                        []),
    ("add_transpose",    "A @ B",                          ["A.T @ B", "A @ B.T", "(A @ B).T"]),
    ("add_transpose",    "A.T @ B",                        ["A.T @ B.T", "(A.T @ B).T"]),
    ("add_transpose",    "A * B",                          []),
    ("add_transpose",    "def f(A): return A",             ["return A.T"]),
    ("add_transpose",    "def f(A): return A.sum().item()", []),
    ("add_transpose",    "def f(A): return float(A)",      []),
    ("swap_operands",    "A @ B",                          ["B @ A"]),
    ("swap_operands",    "a / b",                          ["b / a"]),
    ("swap_operands",    "np.kron(A, B)",                  ["np.kron(B, A)"]),
    ("swap_operands",    "a + b * np.where(c, d)",         []),
    ("change_axis",      "x.sum(axis=0)",                  ["x.sum(axis=1)", "x.sum()"]),
    ("change_axis",      "x.max(axis=-1, initial=0)",      ["x.max(axis=0, initial=0)", "x.max(initial=0)"]),
    ("change_axis",      "x.sum(axis=k)",                  ["x.sum()"]),
    ("change_axis",      "x.sum()",                        []),
    ("drop_keepdims",    "x.sum(axis=0, keepdims=True)",   ["x.sum(axis=0)"]),
    ("drop_keepdims",    "x.sum(axis=0)",                  []),
    ("drop_order",       "E.reshape(-1, 1, order='F')",    ["E.reshape(-1, 1)"]),
    ("flip_sign",        "a + b",                          ["a - b"]),
    ("flip_sign",        "a - b",                          ["a + b"]),
    ("flip_sign",        "-a",                             ["a"]),
    ("flip_sign",        "w -= rate * g",                  ["w += rate * g"]),
    ("flip_sign",        "x.reshape(-1) * 2",              []),
    ("drop_term",        "a + b",                          ["a", "b"]),
    ("drop_term",        "a - b",                          ["a", "-b"]),
    ("drop_term",        "a * b",                          []),
    ("drop_factor",      "2 * a",                          ["a"]),
    ("drop_factor",      "a * b",                          ["a", "b"]),
    ("drop_factor",      "a / b",                          []),
    ("double_factor",    "2 * a",                          ["4 * a"]),
    ("double_factor",    "0.5 * a",                        ["1.0 * a"]),
    ("double_factor",    "a / 2",                          ["a / 4"]),
    ("double_factor",    "a * b",                          []),
    ("drop_division",    "a / len(y)",                     ["a"]),
    ("drop_division",    "a // 2",                         []),
    ("drop_power",       "a ** 2",                         ["a"]),
    ("sum_or_mean",      "np.sum(x, axis=0)",              ["np.mean(x, axis=0)"]),
    ("sum_or_mean",      "x.mean()",                       ["x.sum()"]),
    ("sum_or_mean",      "sum(x)",                         []),
    ("forget_call",      "np.abs(x)",                      ["x"]),
    ("forget_call",      "column(x, 'x')",                 ["x"]),
    ("forget_call",      "len(x) + float(x)",              []),
    ("forget_call",      "np.dot(x, y)",                   []),
    ("forget_call",      "np.sum(x, axis=0)",              []),
    ("overwrite",        "x.grad += g",                    ["x.grad = g"]),
    ("overwrite",        "x -= g",                         []),
    ("skip_update",      "x *= 2",                         ["pass"]),
    ("skip_update",      "check(x)",                       ["pass"]),
    ("skip_update",      "x = column(x)",                  ["pass"]),
    ("skip_update",      "out[0] = 1",                     ["pass"]),
    ("skip_update",      "fresh = x + 1",                  []),
    ("shift_comparison", "x > 0",                          ["x >= 0"]),
    ("shift_comparison", "x <= 0",                         ["x < 0"]),
    ("shift_comparison", "x == 0",                         []),
    ("wrong_variable",   "u + w",                          ["v"]),
    ("wrong_variable",   "u = w",                          []),
    ("off_by_one",       "range(n)",                       ["range(n + 1)", "range(n - 1)", "range(1, n)"]),
    ("off_by_one",       "range(1, n)", ["range(2, n)", "range(0, n)", "range(1, n + 1)", "range(1, n - 1)"]),
    ("off_by_one",       "x.shape[0]",                     ["x.shape[1]"]),
    ("off_by_one",       "x[-1]",                          ["x[-2]"]),
    ("off_by_one",       "x[1:k]",                         ["2:k", "0:k", "1:k + 1", "1:k - 1"]),
    ("off_by_one",       "len(x) != 2",                    ["len(x) != 3", "len(x) != 1"]),
    ("off_by_one",       "x[i] + x['a'] + (b == True)",    []),
]
# fmt: on


@pytest.mark.parametrize(("operator", "source", "made"), MAKES)
def test_an_operator_makes_its_mistake(operator: str, source: str, made: list[str]) -> None:
    assert variants(operator, source) == made


def test_every_operator_is_tried_above_and_says_what_the_student_does() -> None:
    assert {operator for operator, _, made in MAKES if made} == OPERATORS.keys()
    for name, (function, label) in OPERATORS.items():
        assert function.__name__ == name
        assert label
        assert "\n" not in label


def test_a_variable_is_taken_only_once_it_has_a_value() -> None:
    place = Place({"u": ("later",)}, frozenset(("u",)))
    function, _ = OPERATORS["wrong_variable"]
    assert list(function(ast.Name("u", ast.Load()), place)) == []
