"""Who is to blame: every outcome, from the student's code and from the author's."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import assert_close, assert_raises, award
from grader.checks.arrays import fail
from grader.engine import Oracle, grade
from grader.model import Outcome, Visibility
from grader.sandbox import Launcher
from reference.layout import Dims
from tests.support import LIMITS, assignment, graded, judged, module, one_check

DOUBLE = "def double(x): return 2 * x"


def doubles(student: Any, draw: Any) -> None:
    assert_close(student.double(np.ones(3)), np.full(3, 2.0))


# --------------------------------------------------------------------------------------------------- outcomes


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (DOUBLE, Outcome.PASSED),
        ("def double(x): return 3 * x", Outcome.FAILED),
        ("def double(x): return 1 / 0", Outcome.RAISED),
        ("def double(x): raise NotImplementedError", Outcome.MISSING),
        ("def double(x): pass", Outcome.MISSING),
        ("x = 1", Outcome.MISSING),
        ("def double(x):\n    while True: pass", Outcome.TIMEOUT),
        ("import os\ndef double(x): os._exit(0)", Outcome.CRASHED),
        ("def double(x): return object()", Outcome.REFUSED),
    ],
)
def test_every_outcome_of_a_students(launcher: Launcher, code: str, outcome: Outcome) -> None:
    result = judged(launcher, doubles, code, limits=replace(LIMITS, wall_seconds=1.0))
    assert result.outcome is outcome
    assert result.earned == (1 if outcome is Outcome.PASSED else 0)
    assert result.unsettled == (outcome in (Outcome.TIMEOUT, Outcome.CRASHED))
    assert (result.finding is None) == (outcome is Outcome.PASSED)


def test_out_of_memory_is_run_again(launcher: Launcher) -> None:
    result = judged(launcher, doubles, "import numpy as np\ndef double(x): return np.ones(10**9)")
    assert result.outcome is Outcome.RAISED
    assert result.unsettled


# ------------------------------------------------------------------------------- wrong form, or a broken check


def clumsy(student: Any, draw: Any) -> None:
    """Takes the reply apart without looking."""
    loss, grad = student.both(2.0)
    assert_close(loss + grad["w"], 6.0)


BOTH = "def both(x): return x, {'w': 2 * x}"


@pytest.mark.parametrize(
    "reply", ["x", "(x,)", "(x, x, x)", "(x, [1])", "('a', {'w': 1})", "(x, {})", "'ab'", "[]", "0.5"]
)
def test_a_check_that_stumbles_over_a_reply_fails_the_student_if_it_passes_on_the_solution(
    launcher: Launcher, reply: str
) -> None:
    result = judged(launcher, clumsy, f"def both(x): return {reply}", solution=BOTH)
    assert result.outcome is Outcome.FAILED
    assert result.finding is not None
    assert result.finding.says == "the answer does not have the form that is asked for"


def test_the_same_check_is_broken_if_it_stumbles_over_the_solution_too(launcher: Launcher) -> None:
    result = judged(launcher, clumsy, BOTH, solution="def both(x): return 'unpacks', 'badly'")
    assert result.outcome is Outcome.PASSED
    result = judged(launcher, clumsy, "def both(x): return 0", solution="def both(x): return 'unpacks', 'badly'")
    assert result.outcome is Outcome.BROKEN
    assert result.finding is not None
    assert "Traceback" in (result.finding.traceback or "")


def test_without_a_solution_the_check_is_believed(launcher: Launcher) -> None:
    assert judged(launcher, clumsy, "def both(x): return 0").outcome is Outcome.FAILED


def test_a_check_that_fails_before_any_reply_is_broken(launcher: Launcher) -> None:
    def careless(student: Any, draw: Any) -> None:
        student.double(undefined)  # type: ignore[name-defined]  # noqa: F821

    assert judged(launcher, careless, DOUBLE, solution=DOUBLE).outcome is Outcome.BROKEN


@pytest.mark.parametrize("size", ["Q", "n n n"])
def test_a_check_that_asks_for_a_size_that_is_not_there_is_broken(launcher: Launcher, size: str) -> None:
    def careless(student: Any, draw: Any) -> None:
        draw(size)

    assert judged(launcher, careless, DOUBLE).outcome is Outcome.BROKEN


def test_a_check_that_asks_nothing_is_broken(launcher: Launcher) -> None:
    def silent(student: Any, draw: Any) -> None:
        assert_close(1.0, 1.0)

    assert judged(launcher, silent, DOUBLE).outcome is Outcome.BROKEN


def test_a_check_that_asserts_nothing_is_broken_and_says_where(launcher: Launcher) -> None:
    def trusting(student: Any, draw: Any) -> None:
        student.double(np.ones(3))

    result = judged(launcher, trusting, DOUBLE, solution=DOUBLE)
    assert result.outcome is Outcome.BROKEN
    assert result.finding is not None
    assert "asserts nothing" in result.finding.says
    assert re.fullmatch(r"tests/grader/engine/test_judge\.py:\d+", result.finding.where or "")


def test_a_check_that_returns_something_is_broken(launcher: Launcher) -> None:
    def returns(student: Any, draw: Any) -> bool:
        assert_close(student.double(np.ones(3)), np.full(3, 2.0))
        return False

    assert judged(launcher, returns, DOUBLE).outcome is Outcome.BROKEN


@pytest.mark.parametrize("ending", [SystemExit(0), GeneratorExit()])
def test_a_check_that_ends_the_program_ends_only_itself(launcher: Launcher, ending: BaseException) -> None:
    def leaves(student: Any, draw: Any) -> None:
        assert_close(student.double(np.ones(3)), np.full(3, 2.0))
        raise ending

    assert judged(launcher, leaves, DOUBLE, solution=DOUBLE).outcome is Outcome.BROKEN


def test_what_a_check_prints_goes_to_standard_error(launcher: Launcher, capsys: pytest.CaptureFixture[str]) -> None:
    def chatty(student: Any, draw: Any) -> None:
        print("looking")
        doubles(student, draw)

    assert judged(launcher, chatty, DOUBLE).outcome is Outcome.PASSED
    assert capsys.readouterr() == ("", "looking\n")


# --------------------------------------------------------------------------------- what the solution has to say


@pytest.mark.parametrize(
    "solution",
    [
        "def double(x): return 3 * x",
        "def double(x): return 1 / 0",
        "def duble(x): return 2 * x",
        "def double(x): return object()",
    ],
)
@pytest.mark.parametrize("code", ["def double(x): return x", "x = 1", "def double(x): return 'no'"])
def test_a_check_that_the_solution_does_not_pass_is_broken_for_whoever_does_not(
    launcher: Launcher, code: str, solution: str
) -> None:
    result = judged(launcher, doubles, code, solution=solution)
    assert result.outcome is Outcome.BROKEN
    assert result.finding is not None
    assert result.finding.says.startswith("the solution does not pass this check either: ")
    assert judged(launcher, doubles, DOUBLE, solution=solution).outcome is Outcome.PASSED


@pytest.mark.parametrize("solution", ["def double(x):\n    while True: pass", "import os\ndef double(x): os._exit(1)"])
def test_a_solution_that_hangs_or_dies_breaks_nothing(launcher: Launcher, solution: str) -> None:
    limits = replace(LIMITS, wall_seconds=0.5)
    result = judged(launcher, doubles, "def double(x): return x", solution=solution, limits=limits)
    assert result.outcome is Outcome.FAILED


def test_a_fault_of_the_probe_is_not_the_students(launcher: Launcher) -> None:
    probe = "import submission\ndef double(x): return submission.double(x)[0][0]"
    result = judged(launcher, doubles, DOUBLE, solution=DOUBLE, probe=probe)
    assert result.outcome is Outcome.BROKEN


def test_the_solution_is_asked_once_for_each_check_and_seed(launcher: Launcher, tmp_path: Path) -> None:
    log = tmp_path / "log"
    solution = f"def double(x):\n    open({str(log)!r}, 'a').write('x')\n    return 2 * x"
    small = assignment(one_check(doubles), solution=solution)
    with Oracle(small, launcher) as oracle:
        for seed in (1, 1, 2, 1):
            report = grade(small, module("def double(x): return x"), launcher, seed=seed, oracle=oracle)
            assert report.results[0].outcome is Outcome.FAILED
    assert log.read_text() == "xx"


def test_an_argument_that_cannot_cross_is_the_authors_mistake(launcher: Launcher) -> None:
    def passes_a_function(student: Any, draw: Any) -> None:
        student.double(lambda x: x)

    assert judged(launcher, passes_a_function, DOUBLE, solution=DOUBLE).outcome is Outcome.BROKEN


def test_what_ended_the_guest_decides_even_if_the_check_swallows_it(launcher: Launcher) -> None:
    def swallows(student: Any, draw: Any) -> None:
        try:
            student.double(1)
        except Exception:
            return

    assert judged(launcher, swallows, "import os\ndef double(x): os._exit(0)").outcome is Outcome.CRASHED


# ---------------------------------------------------------------------------------------------------- awards


def partly(student: Any, draw: Any) -> None:
    answer = student.double(np.ones(2))
    award("0.25", "an answer came")
    assert_close(answer, np.full(2, 2.0))


@pytest.mark.parametrize(
    ("code", "earned"), [(DOUBLE, Fraction(1)), ("def double(x): return x", Fraction(1, 4)), ("", 0)]
)
def test_awarded_points_are_kept_and_a_pass_earns_all(launcher: Launcher, code: str, earned: Fraction) -> None:
    assert judged(launcher, partly, code).earned == earned


def test_a_broken_check_awards_nothing(launcher: Launcher) -> None:
    def breaks(student: Any, draw: Any) -> None:
        student.double(1)
        award("0.5", "before it breaks")
        raise KeyError

    result = judged(launcher, breaks, DOUBLE, solution=DOUBLE)
    assert (result.outcome, result.earned) == (Outcome.BROKEN, 0)


def test_too_much_awarded_is_the_authors_mistake(launcher: Launcher) -> None:
    def generous(student: Any, draw: Any) -> None:
        student.double(1)
        award(2, "for being nice")

    assert judged(launcher, generous, DOUBLE, solution=DOUBLE).outcome is Outcome.BROKEN


# ----------------------------------------------------------------------------------------------------- needs


def first(student: Any, draw: Any) -> None:
    assert_close(student.forward(2.0), 4.0)


def second(student: Any, draw: Any) -> None:
    assert_close(student.backward(2.0), 8.0)


def both_functions(student: Any, draw: Any) -> None:
    assert_close(student.backward(student.forward(2.0)), 16.0)


def with_needs(second_body: Any) -> list[Any]:
    one = one_check(first, "forward", points=1)
    return [one, one_check(second_body, "backward", points=2, needs=[one])]


def test_a_dependent_check_earns_its_points_whatever_it_needs(launcher: Launcher) -> None:
    report = graded(launcher, with_needs(second), "def forward(x): return 0\ndef backward(x): return 4 * x")
    assert [result.outcome for result in report.results] == [Outcome.FAILED, Outcome.PASSED]
    assert report.earned == 2


def test_a_failure_says_what_probably_caused_it(launcher: Launcher) -> None:
    report = graded(launcher, with_needs(second), "def forward(x): return 0\ndef backward(x): return 0")
    assert report.results[1].because == ("forward",)


def test_what_cannot_run_for_want_of_another_is_blocked(launcher: Launcher) -> None:
    report = graded(launcher, with_needs(both_functions), "def backward(x): return 4 * x")
    assert [result.outcome for result in report.results] == [Outcome.MISSING, Outcome.BLOCKED]
    assert report.results[1].because == ("forward",)


def test_what_is_itself_missing_is_not_blocked(launcher: Launcher) -> None:
    report = graded(launcher, with_needs(second), "x = 1")
    assert [result.outcome for result in report.results] == [Outcome.MISSING, Outcome.MISSING]
    assert report.results[1].because == ()


# ----------------------------------------------------------------------------------------------------- seeds


def test_sizes_and_inputs_come_from_the_run_seed_and_the_checks_name(launcher: Launcher) -> None:
    seen: dict[str, list[Any]] = {}

    def watch(name: str) -> Any:
        def body(student: Any, draw: Any) -> None:
            seen.setdefault(name, []).append(draw("n"))
            student.double(1)

        return one_check(body, name, dims=Dims(n=(2, 90)))

    checks = [watch("a"), watch("b")]
    for seed in (1, 1, 2):
        graded(launcher, checks, DOUBLE, seed=seed)
    assert np.array_equal(seen["a"][0], seen["a"][1])
    assert seen["a"][0].shape != seen["a"][2].shape
    assert seen["a"][0].shape != seen["b"][0].shape


def test_a_checks_own_limit_replaces_the_assignments(launcher: Launcher) -> None:
    def naps(student: Any, draw: Any) -> None:
        assert_close(student.nap(0.8), 0.8)

    nap = "import time\ndef nap(s):\n    time.sleep(s)\n    return s"
    short = replace(LIMITS, wall_seconds=0.4)
    report = graded(launcher, [one_check(naps, "short"), one_check(naps, "long", seconds=5)], nap, limits=short)
    assert [result.outcome for result in report.results] == [Outcome.TIMEOUT, Outcome.PASSED]


# --------------------------------------------------------------------------------------------- what is shown


def test_findings_are_cleaned(launcher: Launcher) -> None:
    def tells(student: Any, draw: Any) -> None:
        fail("wrong", got=student.text(), where=student.text())

    result = judged(launcher, tells, r"def text(): return '\x1b[31mred\x07 \ud800'")
    assert result.finding is not None
    assert result.finding.got == result.finding.where == "red\ufffd ?"


def test_nothing_that_a_hidden_check_printed_is_kept(launcher: Launcher) -> None:
    checks = [one_check(doubles, "seen"), one_check(doubles, "unseen", visibility="hidden")]
    report = graded(launcher, checks, "print('loading')\ndef double(x):\n    print('x is', x)\n    return 2 * x")
    assert report.results[0].output == "x is [1. 1. 1.]\n"
    assert report.results[1].output == ""
    assert report.results[1].visibility is Visibility.HIDDEN
    assert report.loading.output == "loading\n"


def test_a_module_that_replaces_numpy_changes_no_verdict(launcher: Launcher) -> None:
    patch = "np.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True"
    code = f"import numpy as np\n{patch}\ndef double(x): return x"
    assert judged(launcher, doubles, module(code)).outcome is Outcome.FAILED


def test_a_solution_that_is_slow_this_once_breaks_no_check(launcher: Launcher, tmp_path: Path) -> None:
    """The machine may be busy when the solution is asked, and a student may have made it so."""
    mark = tmp_path / "asked"
    slow_once = f"""
    import pathlib, time
    def both(x):
        mark = pathlib.Path({str(mark)!r})
        if not mark.exists():
            mark.touch()
            time.sleep(5)
        return x, {{'w': 2 * x}}
    """
    limits = replace(LIMITS, wall_seconds=1.0)
    result = judged(launcher, clumsy, "def both(x): return 0", solution=slow_once, limits=limits)
    assert result.outcome is Outcome.FAILED


# ------------------------------------------------------------------------------------------ of odd right and wrong


@pytest.mark.parametrize(("code", "outcome"), [("return []", Outcome.FAILED), ("return [2 * x[0]]", Outcome.PASSED)])
def test_an_answer_that_leaves_nothing_to_assert_is_the_students(
    launcher: Launcher, code: str, outcome: Outcome
) -> None:
    def each(student: Any, draw: Any) -> None:
        for row in student.rows([1.0]):
            assert_close(row, 2.0)

    result = judged(launcher, each, f"def rows(x): {code}", solution="def rows(x): return [2 * y for y in x]")
    assert result.outcome is outcome


def test_text_in_a_list_is_no_number_and_costs_no_memory(launcher: Launcher) -> None:
    code = "def double(x): return ['a' * 60_000] + [''] * 20_000"
    tracemalloc.start()
    try:
        assert judged(launcher, doubles, code, solution=DOUBLE).outcome is Outcome.FAILED
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()


def test_a_solution_too_slow_for_the_limit_makes_no_zeros(launcher: Launcher) -> None:
    slow = "import time\ndef double(x):\n    time.sleep(0.8)\n    return 2 * x"
    limits = replace(LIMITS, wall_seconds=0.4)
    report = graded(launcher, [one_check(doubles)], slow, solution=slow, limits=limits, settle=True)
    assert report.results[0].outcome is Outcome.BROKEN


def test_bad_input_that_gives_none_is_accepted_not_missing(launcher: Launcher) -> None:
    def refuses(student: Any, draw: Any) -> None:
        assert_raises(ValueError, student.safe, -1)

    solution = "def safe(x): raise ValueError"
    assert judged(launcher, refuses, "def safe(x): print('no')", solution=solution).outcome is Outcome.FAILED
    assert judged(launcher, refuses, "x = 1", solution=solution).outcome is Outcome.MISSING


def test_hidden_checks_of_another_visibility_share_no_process(launcher: Launcher) -> None:
    code = """
    import mmap
    shared = mmap.mmap(-1, 8)
    def double(x):
        seen = bytes(shared)
        shared[:5] = b"input"
        raise ValueError(seen)
    """
    checks = [
        one_check(doubles, "hidden", visibility="hidden"),
        one_check(doubles, "late", visibility="after_due_date"),
    ]
    late = graded(launcher, checks, code).results[1]
    assert late.finding is not None
    assert "input" not in (late.finding.traceback or "")
