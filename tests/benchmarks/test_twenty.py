from pathlib import Path

import pytest

from benchmarks.class_of_twenty import differences, in_process, reported
from benchmarks.twenty import submissions
from grader.assignment import load
from grader.classroom import run_class
from grader.sandbox import NONE
from tests.support import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    submissions.write(folder)
    return folder


def test_every_check_comes_out_as_in_plain_python(folder: Path, tmp_path: Path) -> None:
    _cost, expected = in_process(folder)
    assert len(expected) == 20
    run_class(load(ROOT / "benchmarks/twenty"), folder, tmp_path, seed=1, rung=NONE)
    assert differences(reported(tmp_path), expected) == []


def test_a_difference_names_the_submission_and_the_check() -> None:
    assert differences({"s": frozenset("a")}, {"s": frozenset("ab")}) == [
        "s: expected 2 points, got 1; they differ in b"
    ]
    assert differences({}, {"s": frozenset()}) == ["s: has no report"]


def test_what_is_expected_tells_the_mistakes_apart(folder: Path) -> None:
    _cost, expected = in_process(folder)
    passed = {name: len(checks) for name, checks in expected.items()}
    assert passed["s01_reference"] == passed["s19_python_loops"] == 15
    assert all(passed[name] < 15 for name in passed.keys() - {"s01_reference", "s19_python_loops"})
    assert passed["s20_untouched"] == 0
