"""The plain subprocess per check, for systems without a safe fork: the same promises, run here on Linux."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from grader.model import NoAnswer, Outcome
from grader.sandbox import Cargo, Guest, Launcher, open_launcher
from tests.support import LIMITS, module, notebook


@pytest.fixture(scope="module")
def fresh(measured_guests: None) -> Iterator[Launcher]:
    launcher = open_launcher(("numpy",), fork=False)
    yield launcher
    launcher.close()


def test_calls_output_and_exceptions_cross_as_with_forks(fresh: Launcher) -> None:
    code = """
    seen = []
    def f(x):
        print("hello")
        seen.append(x)
        return [len(seen), x]
    def g(x): return 1 / x
    """
    guest = Guest(fresh, Cargo(submission=module(code), limits=LIMITS))
    try:
        for _ in range(2):  # each check loads anew, so it starts from the same state
            with guest.check(LIMITS) as child:
                count, x = child.call("f", [np.arange(3)], {}, {})
                with pytest.raises(NoAnswer) as caught:
                    child.call("g", [0], {}, {})
            assert count == 1
            assert x.tolist() == [0, 1, 2]
            assert caught.value.kinds[0] == "ZeroDivisionError"
            assert child.output == "hello\n"
    finally:
        guest.close()


def test_hangs_and_deaths_are_told_apart(fresh: Launcher) -> None:
    code = "import os\ndef hang(x):\n    while True: pass\ndef die(x): os._exit(4)\ndef f(x): return x"
    guest = Guest(fresh, Cargo(submission=module(code), limits=LIMITS))
    outcomes = []
    try:
        for name in ("hang", "die"):
            with guest.check(replace(LIMITS, wall_seconds=0.5)) as child, pytest.raises(NoAnswer) as caught:
                child.call(name, [1], {}, {})
            outcomes.append((caught.value.outcome, caught.value.finding.says))
        with guest.check(LIMITS) as child:
            assert child.call("f", [2], {}, {}) == 2
    finally:
        guest.close()
    assert outcomes == [
        (Outcome.TIMEOUT, "`hang` did not answer within 0.5 s"),
        (Outcome.CRASHED, "`die` ended the process with exit code 4"),
    ]


def test_a_dying_cell_is_left_out(fresh: Launcher) -> None:
    work = notebook("def f(x): return x", "import os; os._exit(1)", "def g(x): return 2 * x")
    guest = Guest(fresh, Cargo(submission=work, limits=LIMITS))
    try:
        assert [failure.where for failure in guest.loading.failures] == ["cell 2"]
        with guest.check(LIMITS) as child:
            assert [child.call(name, [1], {}, {}) for name in "fg"] == [1, 2]
    finally:
        guest.close()
