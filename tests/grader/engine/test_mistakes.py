"""A gradient that equals a mutant's is named by the mutant; whatever else a mutant does changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import load
from grader.engine import Oracle, Task, grade, grade_all, mistakes
from grader.model import Diagnosis, Limits, Outcome, Report
from grader.sandbox import GuestLost, Launcher
from tests.grader.engine.tanh import CHECKS, MISTAKE, SENTENCE, SOLUTION, STUDENT, mutant
from tests.support import module, without_times, write_assignment

NAMED = Diagnosis("known-mistake", SENTENCE)
QUICK = "[limits]\nwall_seconds = 2.5\nload_seconds = 1.0\n"


def assignment(folder: Path, *, checks: str = CHECKS, solution: str = SOLUTION, **mutants: str) -> Path:
    files = {f"mutants__{name}": text for name, text in mutants.items()}
    return write_assignment(folder / "tanh", checks=checks, solution=solution, toml=QUICK, **files)


def report(launcher: Launcher, folder: Path, code: str = STUDENT, *, seed: int = 1) -> Report:
    loaded = load(folder)
    with Oracle(loaded, launcher) as oracle:
        return grade(loaded, module(code), launcher, seed=seed, oracle=oracle)


def diagnoses(found: Report) -> list[Diagnosis | None]:
    assert {result.outcome for result in found.results} <= {Outcome.FAILED, Outcome.PASSED}
    return [None if result.finding is None else result.finding.diagnosis for result in found.results]


class Counting:
    """A launcher that counts what it starts."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self.protection = launcher.protection
        self.started = 0

    def warm(self, preload: Sequence[str]) -> None:
        self._launcher.warm(preload)

    def start(self, preload: Sequence[str], limits: Limits) -> Any:
        self.started += 1
        return self._launcher.start(preload, limits)

    def close(self) -> None:
        self._launcher.close()


def test_without_a_mutant_no_rule_names_it(launcher: Launcher, tmp_path: Path) -> None:
    assert diagnoses(report(launcher, assignment(tmp_path))) == [None, None]


def test_it_is_named_by_the_mutants_sentence(launcher: Launcher, tmp_path: Path) -> None:
    assert diagnoses(report(launcher, assignment(tmp_path, fourth=mutant()))) == [NAMED, NAMED]


def test_the_code_is_the_mutants_if_it_promises_one(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant(is_="wrong-activation-derivative"))
    said = diagnoses(report(launcher, folder))
    assert said == [Diagnosis("wrong-activation-derivative", SENTENCE)] * 2


def test_a_code_that_is_not_in_the_list_is_never_reported(launcher: Launcher, tmp_path: Path) -> None:
    assert diagnoses(report(launcher, assignment(tmp_path, fourth=mutant(is_="typo")))) == [NAMED, NAMED]


def test_a_mutant_goes_before_the_general_rules(launcher: Launcher, tmp_path: Path) -> None:
    minus = MISTAKE.replace("** 4", "** 2").replace("return d @ W.T, x.T @ d", "return -d @ W.T, -x.T @ d")
    said = "The loss is to be made smaller, but its gradient points uphill."
    assert [one and one.code for one in diagnoses(report(launcher, assignment(tmp_path), minus))] == ["sign", "sign"]
    folder = assignment(tmp_path, minus=mutant(minus, said))
    assert diagnoses(report(launcher, folder, minus)) == [Diagnosis("known-mistake", said)] * 2


def test_only_the_mutants_that_promise_to_fail_the_check_are_asked(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant(fails="backward_of_W"))
    assert diagnoses(report(launcher, folder)) == [None, NAMED]


def test_no_more_are_asked_than_there_is_time_for(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = assignment(tmp_path, a=mutant(MISTAKE.replace("4", "6"), "Another."), fourth=mutant())
    assert diagnoses(report(launcher, folder)) == [NAMED, NAMED]
    monkeypatch.setattr(mistakes, "MOST", 1)
    assert diagnoses(report(launcher, folder)) == [None, None]


def test_two_that_say_different_things_of_one_answer_say_nothing(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant(), other=mutant(sentence="Another sentence."))
    assert diagnoses(report(launcher, folder)) == [None, None]


def test_a_wrong_shape_is_named_too(launcher: Launcher, tmp_path: Path) -> None:
    flat = MISTAKE.replace("** 4", "** 2").replace("x.T @ d", "(x.T @ d).ravel()")
    folder = assignment(tmp_path, flat=mutant(flat, "The gradient by W is flattened."))
    assert (
        diagnoses(report(launcher, folder, flat)) == [Diagnosis("known-mistake", "The gradient by W is flattened.")] * 2
    )


JACOBIAN = '''
import numpy as np

from grader import Dims, assert_jacobian, check

dims = Dims(n=(3, 5))


@check(points=1)
def backward(student, draw):
    """d_tanh is the Jacobian of tanh."""
    assert_jacobian(student.d_tanh, of=np.tanh, at={"x": draw("n")})
'''


def test_a_jacobian_is_named_too(launcher: Launcher, tmp_path: Path) -> None:
    right = "import numpy as np\ndef d_tanh(x):\n    return np.diag(1 - np.tanh(x) ** 2)\n"
    wrong = right.replace("** 2", "** 4")
    folder = assignment(tmp_path, checks=JACOBIAN, solution=right, fourth=mutant(wrong, fails="backward"))
    assert diagnoses(report(launcher, folder, wrong)) == [NAMED]


# ------------------------------------------------------------------------------------------ mutants gone wrong

LATER = "\ndef layer_vjp(x, W, g):\n    "


@pytest.mark.parametrize(
    "text",
    [
        mutant("1 / 0\n" + MISTAKE),
        mutant(MISTAKE + "\n1 / 0\n"),
        mutant("import os\nos._exit(3)\n" + MISTAKE),
        mutant("while True: pass\n" + MISTAKE),
        mutant(LATER + "raise ValueError(x)"),
        mutant(LATER + "import sys; sys.exit()"),
        mutant(LATER + "import os; os._exit(0)"),
        mutant(LATER + "while True: pass"),
        mutant(LATER + "return None"),
        mutant(LATER + "return 'a', object()"),
        mutant(LATER + "return 'a', 'b'"),
        mutant(LATER + "return 1, 2, 3"),
        mutant(LATER + "return x * float('nan'), W * float('nan')"),
        mutant(LATER + "return 1j * x, 1j * W"),
        mutant(LATER + "return [[[]]] * 1000"),
        mutant("def layer_vjp(: pass"),
        MISTAKE,
        '"""The sentence.\n\nfails: backward\n"""\n' + MISTAKE,
        '"""\nfails: backward, backward_of_W\ndiagnosis: none\n"""\n' + MISTAKE,
        "\0",
    ],
)
def test_a_mutant_that_gives_no_answer_says_nothing_and_breaks_nothing(
    text: str, launcher: Launcher, tmp_path: Path
) -> None:
    folder = assignment(tmp_path, broken=text)
    assert diagnoses(report(launcher, folder)) == [None, None]
    (folder / "mutants/fourth.py").write_text(mutant(), encoding="utf-8")
    assert diagnoses(report(launcher, folder)) == [NAMED, NAMED]


def test_a_check_that_ends_the_program_over_a_mutants_answer_is_not_broken_by_it(
    launcher: Launcher, tmp_path: Path
) -> None:
    careless = CHECKS.replace(
        "assert_gradient(student.layer_vjp, of",
        "import sys\n    def asked(x, W, g):\n        dx, dW = student.layer_vjp(x, W, g)\n"
        "        return (dx, dW) if dW.any() else sys.exit(1)\n    assert_gradient(asked, of",
    )
    folder = assignment(tmp_path, checks=careless, a=mutant(LATER + "return 0 * x, 0 * W"), fourth=mutant())
    assert diagnoses(report(launcher, folder)) == [NAMED, NAMED]


def test_a_mutant_that_is_right_here_is_no_mistake(launcher: Launcher, tmp_path: Path) -> None:
    """The student's gradients are right but for large upstream gradients; so it is not what the mutant does."""
    clips = SOLUTION.replace("    d = g", "    g = np.clip(g, -4, 4)\n    d = g")
    elsewhere = MISTAKE.replace("4", "(4 if abs(x).max() > 1e6 else 2)")
    without = report(launcher, assignment(tmp_path), clips)
    assert all(r.finding is not None and "not linear" in r.finding.says for r in without.results)
    found = report(launcher, assignment(tmp_path, elsewhere=mutant(elsewhere)), clips)
    assert diagnoses(found) == diagnoses(without)


def test_where_the_solution_does_not_answer_no_mutant_is_believed(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, solution="### BEGIN SOLUTION\nx = 1\n### END SOLUTION", fourth=mutant())
    loaded = load(folder)
    with Oracle(loaded, launcher) as oracle:
        outcomes = {r.outcome for r in grade(loaded, module(STUDENT), launcher, seed=1, oracle=oracle).results}
    assert outcomes == {Outcome.BROKEN}, "the solution does not pass, with or without mutants"


def test_no_room_for_another_process_is_no_fault_of_the_check(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = assignment(tmp_path, fourth=mutant())

    def full(*args: object) -> object:
        raise GuestLost("the machine has no room for another process")

    monkeypatch.setattr(mistakes.Mistakes, "_loaded", full)
    assert diagnoses(report(launcher, folder)) == [None, None]


# ------------------------------------------------------------------------------------------ what it costs, and leaves


def test_a_kit_without_mutants_or_without_a_solution_has_no_such_rules(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant())
    (folder / "solution.py").unlink()
    assert diagnoses(report(launcher, folder)) == [None, None]


def test_nothing_is_started_before_a_gradient_is_wrong(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant(), sixth=mutant(MISTAKE.replace("4", "6"), "Another."))
    counting = Counting(launcher)
    report(counting, folder, SOLUTION)
    assert counting.started == 2, "a guest for the public checks, and one for the hidden"
    counting.started = 0
    report(counting, folder, "def layer_vjp(x, W, g): raise ValueError")
    assert counting.started == 3, "and the solution's: nothing was answered that a mutant could answer as well"


def test_each_mutant_has_one_guest_for_the_whole_class(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant(), sixth=mutant(MISTAKE.replace("4", "6"), "Another."))
    loaded, counting = load(folder), Counting(launcher)
    with Oracle(loaded, counting) as oracle:
        for _ in range(5):
            found = grade(loaded, module(STUDENT), launcher, seed=1, oracle=oracle)
            assert diagnoses(found) == [NAMED, NAMED]
    assert counting.started == 3, "the solution and two mutants"


def test_the_same_seed_gives_the_same_report_whoever_was_graded_before(launcher: Launcher, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant(), hangs=mutant(LATER + "while True: pass"))
    loaded = load(folder)
    with Oracle(loaded, launcher) as oracle:
        first, again, other, third = (
            grade(loaded, module(code), launcher, seed=seed, oracle=oracle)
            for code, seed in ((STUDENT, 1), (STUDENT, 1), (MISTAKE, 2), (STUDENT, 1))
        )
    assert without_times(first) == without_times(again) == without_times(third)
    assert diagnoses(first) == diagnoses(other) == [NAMED, NAMED]


COUNTS = """    def asked(x, W, g):
        context().note("calls", context().evidence.get("calls", 0) + 1)
        if not context().awards:
            award(1, "it is called")
        return student.layer_vjp(x, W, g)[1]

    at = {"x": 2"""


def test_asking_leaves_no_trace_in_the_report(launcher: Launcher, tmp_path: Path) -> None:
    counting = CHECKS.replace("check\n", "award, check, context\n", 1).replace('    at = {"x": 2', COUNTS)
    counting = counting.replace("lambda x, W, g: student.layer_vjp(x, W, g)[1]", "asked")
    sixth = mutant(MISTAKE.replace("4", "6"), "Another.")
    without = report(launcher, assignment(tmp_path / "without", checks=counting)).results[1]
    asked = report(launcher, assignment(tmp_path / "asked", checks=counting, sixth=sixth)).results[1]
    assert without.evidence["calls"] and without.awards
    assert (asked.evidence, asked.awards) == (without.evidence, without.awards)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_switches_mutants_off(jobs: int, tmp_path: Path) -> None:
    folder = assignment(tmp_path, fourth=mutant(), sixth=mutant(MISTAKE.replace("4", "6"), "Another."))
    silent = [frozenset[str](), frozenset({"fourth"}), frozenset({"sixth"}), None]
    tasks = [Task(module(STUDENT, f"work{k}"), 1, silent=names) for k, names in enumerate(silent)]
    said = {done.task.submission.name: diagnoses(done.report) for done in grade_all(load(folder), tasks, jobs=jobs)}
    assert said == {"work0": [NAMED] * 2, "work1": [None] * 2, "work2": [NAMED] * 2, "work3": [None] * 2}
