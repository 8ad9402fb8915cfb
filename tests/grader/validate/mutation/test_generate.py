"""Mutants differ from the solution in one place, within what students write."""

from __future__ import annotations

import ast
import difflib

import pytest

from grader.validate.mutation.generate import Mutation, generate

SOLUTION = '''
import numpy as np


def given(x):
    return x + 1


def half(x, y):
    """Half of x - y."""
    ### BEGIN SOLUTION
    if x is None:
        raise ValueError(f"{x - y} is nothing" + "!")
    return (x - y) / 2
    ### END SOLUTION
'''


def made(text: str) -> dict[str, Mutation]:
    return {mutation.name: mutation for mutation in generate(text)}


def test_only_what_students_write_is_changed() -> None:
    found = made(SOLUTION)
    assert {mutation.unit for mutation in found.values()} == {"half"}
    assert {mutation.text.splitlines()[-1].strip() for mutation in found.values()} == {
        "return (x + y) / 2",
        "return (x - y) / 4",
        "return ((x - y) / 2).T",
        "return -y / 2",
        "return 2 / (x - y)",
        "return x - y",
        "return x / 2",
    }
    assert all("raise ValueError(f'{x - y} is nothing' + '!')" in mutation.text for mutation in found.values())


@pytest.mark.parametrize("mutation", generate(SOLUTION), ids=lambda mutation: mutation.name)
def test_a_mutant_is_the_solution_with_one_change(mutation: Mutation) -> None:
    before, after = (ast.unparse(ast.parse(text)).splitlines() for text in (SOLUTION, mutation.text))
    changes = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert len(changes) == 2
    shown = [line for line in mutation.diff.splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert [line[1:].strip() for line in shown] == [line[2:].strip() for line in changes]
    assert mutation.diff.startswith(f"--- solution.py:{mutation.line}\n+++ mutant\n@@ ")
    assert SOLUTION.splitlines()[mutation.line - 1].strip() == "return (x - y) / 2"


def test_two_ways_to_one_text_are_one_mutant() -> None:
    texts = [mutation.text for mutation in generate("def f(a):\n    return a * a\n")]
    assert len(texts) == len(set(texts))
    assert sum("return a\n" in text for text in texts) == 1


def test_a_method_is_shown_alone_and_belongs_to_its_class() -> None:
    text = "class Value:\n    size = 1\n    def add(self, other):\n        self.grad += other.grad\n"
    (mutation,) = [each for each in generate(text) if each.operator == "overwrite"]
    assert (mutation.function, mutation.unit, mutation.name[:6]) == ("Value.add", "Value", "Value:")
    assert "size" not in mutation.diff
    assert "+    self.grad = other.grad" in mutation.diff
    assert "size = 1" in mutation.text


def test_arguments_decorators_and_docstrings_are_left_alone() -> None:
    text = '@cache(1 + 1)\ndef f(a=1 + 1, *, b: "-c" = -2):\n    """a + b"""\n    return a\n'
    assert [mutation.operator for mutation in generate(text)] == ["add_transpose"]


def test_variables_of_the_same_shape_are_confused() -> None:
    found = generate("def f(u, v, w):\n    return u\n", {"f": {"u": ("v",), "v": ("u",)}})
    assert [each.text.splitlines()[-1].strip() for each in found if each.operator == "wrong_variable"] == ["return v"]
