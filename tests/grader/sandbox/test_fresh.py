"""The plain subprocess per check, for systems without a safe fork: the same promises, run here on Linux."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.model import NoAnswer, Outcome
from grader.sandbox import Cargo, Guest, GuestLost, Launcher, open_launcher
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


def test_what_loading_prints_is_not_the_checks(fresh: Launcher) -> None:
    guest = Guest(
        fresh, Cargo(submission=module("print('loading')\ndef f(x):\n    print('f')\n    return x"), limits=LIMITS)
    )
    try:
        assert guest.loading.output == "loading\n"
        with guest.check(LIMITS) as child:
            child.call("f", [1], {}, {})
        assert child.output == "f\n"
    finally:
        guest.close()


def test_the_cpu_time_of_loading_is_not_the_checks(fresh: Launcher) -> None:
    code = "import time\nwhile time.process_time() < 1.2: pass\ndef f(x): return x"
    guest = Guest(fresh, Cargo(submission=module(code), limits=replace(LIMITS, cpu_seconds=1.0)))
    try:
        with guest.check(LIMITS) as child:
            assert child.call("f", [1], {}, {}) == 1
    finally:
        guest.close()


def test_what_a_process_leaves_running_is_gone_with_it(fresh: Launcher, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"""
    import os, time
    def f(x):
        if os.fork() == 0:
            os.closerange(3, 50)
            time.sleep(0.5)
            open({str(mark)!r}, "w").close()
            os._exit(0)
        os._exit(3)
    """
    guest = Guest(fresh, Cargo(submission=module(code), limits=LIMITS))
    try:
        with guest.check(LIMITS) as child, pytest.raises(NoAnswer, match="exit code 3"):
            child.call("f", [1], {}, {})
    finally:
        guest.close()
    time.sleep(1.0)
    assert not mark.exists()


def test_an_end_can_be_asked_for_again(fresh: Launcher) -> None:
    member = fresh.start(("numpy",), LIMITS)
    assert member.end() == member.end() == -9
    with pytest.raises(GuestLost):
        member.begin_check(LIMITS)
