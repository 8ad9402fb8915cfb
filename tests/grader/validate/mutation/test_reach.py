"""What a check can reach, and what a mutant changes: too much rather than too little."""

from __future__ import annotations

import pytest

from grader.validate.mutation.reach import ANYTHING, changes, mentions, noticing, reached

SOLUTION = """
import numpy as np
TABLE = {"relu": relu}
def relu(x): return x * (x > 0)
def layer(x): return TABLE["relu"](x)
def other(x): return x
class Value:
    def backward(self): return layer(self.data)
"""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("relu", {"relu"}),
        ("layer", {"layer", "TABLE", "relu"}),
        ("Value", {"Value", "layer", "TABLE", "relu"}),
        ("drive", {"drive", "other"}),
        ("nowhere", {"nowhere"}),
    ],
)
def test_what_is_mentioned_is_reached(asked: str, expected: set[str]) -> None:
    found = reached([asked], mentions(SOLUTION, "import submission\ndef drive(x): return submission.other(x)\n"))
    assert found == expected | {ANYTHING}


def test_a_mutants_file_changes_what_it_defines() -> None:
    assert changes('"""Doc."""\nimport os\ndef f(): pass\nK = 1\n') == {"f", "K"}
    assert changes("def f(): pass\nnp.seterr(all='raise')\n") == {"f", ANYTHING}


def test_a_check_notices_what_it_reaches() -> None:
    reach = {"one": frozenset({"f", ANYTHING}), "two": frozenset({"g", "h", ANYTHING})}
    assert noticing({"g"}, reach) == ("two",)
    assert noticing({"f", "h"}, reach) == ("one", "two")
    assert noticing({"k"}, reach) == ()
    assert noticing({ANYTHING}, reach) == ("one", "two")
