"""Calls across the wall: what comes back, and what is said when nothing does."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.model import Finding, NoAnswer, Outcome
from grader.sandbox import Launcher, NotPlain
from grader.sandbox.guest import MAX_LOST
from tests.support import LIMITS, SHORT, call, loaded, no_answer


def test_arguments_go_in_and_a_value_comes_back(launcher: Launcher) -> None:
    with loaded(launcher, "def affine(x, W, *, b): return x @ W + b") as guest, guest.check(LIMITS) as child:
        value = child.call("affine", [np.ones((2, 3)), np.ones((3, 4))], {"b": 1.0}, {})
    assert np.array_equal(value, np.full((2, 4), 4.0))


def test_each_call_gets_copies(launcher: Launcher) -> None:
    x = np.zeros(3)
    with loaded(launcher, "def f(x):\n    x += 1\n    return x") as guest:
        assert call(guest, "f", x).tolist() == [1, 1, 1]
    assert x.tolist() == [0, 0, 0]


def test_every_check_starts_from_the_state_right_after_loading(launcher: Launcher) -> None:
    with loaded(launcher, "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)") as guest:
        assert call(guest, "f", 1) == 1
        assert call(guest, "f", 1) == 1
        with guest.check(LIMITS) as child:
            assert [child.call("f", [1], {}, {}) for _ in range(3)] == [1, 2, 3]


def test_an_exception_comes_back_with_the_students_frames_alone(launcher: Launcher) -> None:
    code = "import numpy as np\ndef g(x):\n    return np.linalg.inv(x)\ndef f(x):\n    return g(x)\n"
    with loaded(launcher, code) as guest:
        answer = no_answer(guest, "f", np.zeros((2, 2)))
    assert answer.outcome is Outcome.RAISED
    assert answer.kinds[:3] == ("LinAlgError", "ValueError", "Exception")
    assert answer.finding.says == "`f` raised LinAlgError"
    assert (answer.finding.traceback or "").splitlines() == [
        "work.py, line 5, in f: return g(x)",
        "work.py, line 3, in g: return np.linalg.inv(x)",
        "LinAlgError: Singular matrix",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError",
        "raise NotImplementedError()",
        "raise NotImplemented",
        "return NotImplemented",
        "return ...",
        "raise NotImplementedError('todo')",
    ],
)
def test_every_spelling_of_not_written_yet_is_missing(launcher: Launcher, body: str) -> None:
    with loaded(launcher, f"def f(x):\n    {body}") as guest:
        answer = no_answer(guest, "f", 1)
    assert answer.outcome is Outcome.MISSING
    assert answer.missing == "f"


def test_a_name_that_is_not_defined_is_missing(launcher: Launcher) -> None:
    with loaded(launcher, "x = 1") as guest:
        answer = no_answer(guest, "softmax")
    assert (answer.outcome, answer.missing) == (Outcome.MISSING, "softmax")
    assert answer.finding == Finding(says="`softmax` is not defined")


@pytest.mark.parametrize("value", ["object()", "{1, 2}", "(n for n in x)", "lambda: 1", "b'abc'", "10**400", "[[...]]"])
def test_what_is_not_plain_data_is_refused(launcher: Launcher, value: str) -> None:
    with loaded(launcher, f"def f(x): return {value}") as guest:
        answer = no_answer(guest, "f", np.ones(3))
    assert answer.outcome is Outcome.REFUSED
    assert "can be graded" in answer.finding.says


def test_a_reply_over_the_limit_is_refused(launcher: Launcher) -> None:
    small = replace(LIMITS, reply_mb=1)
    with loaded(launcher, "import numpy as np\ndef f(n): return np.zeros(n)") as guest:
        assert call(guest, "f", 1000, limits=small).shape == (1000,)
        assert no_answer(guest, "f", 1_000_000, limits=small).outcome is Outcome.REFUSED


def test_arguments_that_are_not_plain_are_the_authors_mistake(launcher: Launcher) -> None:
    with loaded(launcher, "def f(x): return x") as guest, pytest.raises(NotPlain, match="type function"):
        call(guest, "f", lambda: 1)


def test_warnings_are_exceptions_where_the_check_asks_for_it(launcher: Launcher) -> None:
    code = """
    import numpy as np, warnings
    def f(x): return np.exp(x)
    def g(x):
        warnings.warn('odd', RuntimeWarning)
        return x
    def h(x):
        warnings.warn('old', DeprecationWarning)
        return x
    """
    with loaded(launcher, code) as guest:
        assert call(guest, "f", np.array([1e4]))[0] == np.inf
        assert no_answer(guest, "f", np.array([1e4]), raise_warnings=True).kinds[0] == "FloatingPointError"
        assert call(guest, "f", np.array([-1e4]), raise_warnings=True)[0] == 0  # an underflow is what is wanted
        assert call(guest, "g", 1) == 1
        assert no_answer(guest, "g", 1, raise_warnings=True).kinds[0] == "RuntimeWarning"
        assert call(guest, "h", 1, raise_warnings=True) == 1  # a library's deprecation is not the student's fault


# ----------------------------------------------------------------------------------------------- hangs and deaths


def test_a_call_that_hangs_is_a_timeout_and_the_next_check_works(launcher: Launcher) -> None:
    with loaded(launcher, "def hang(x):\n    while True: pass\ndef f(x): return x") as guest:
        answer = no_answer(guest, "hang", 1, limits=SHORT)
        assert answer.outcome is Outcome.TIMEOUT
        assert answer.finding.says == "`hang` did not answer within 1 s"
        assert call(guest, "f", 2) == 2


def test_the_budget_is_for_all_calls_of_a_check_together(launcher: Launcher) -> None:
    with loaded(launcher, "import time\ndef nap(s): time.sleep(s); return s") as guest, guest.check(SHORT) as child:
        assert child.call("nap", [0.6], {}, {}) == 0.6
        time.sleep(0.5)  # our own time does not count
        child.call("nap", [0.0], {}, {})
        with pytest.raises(NoAnswer, match="did not answer"):
            child.call("nap", [0.6], {}, {})


def test_after_its_end_every_call_says_the_same(launcher: Launcher) -> None:
    with loaded(launcher, "import os\ndef die(x): os._exit(3)") as guest, guest.check(LIMITS) as child:
        for _ in range(2):
            with pytest.raises(NoAnswer) as caught:
                child.call("die", [1], {}, {})
            assert caught.value.outcome is Outcome.CRASHED
        assert child.fatal is caught.value


@pytest.mark.parametrize(
    ("body", "outcome", "says"),
    [
        ("os._exit(3)", Outcome.CRASHED, "ended the process with exit code 3"),
        ("os._exit(0)", Outcome.CRASHED, "ended the process with exit code 0"),
        ("os.abort()", Outcome.CRASHED, "crashed the process: Aborted"),
        ("os.kill(os.getpid(), signal.SIGKILL)", Outcome.CRASHED, "closed its connection or was killed"),
        ("os.closerange(3, 200)", Outcome.CRASHED, "ended the process with exit code 70"),
        ("os.closerange(3, 200); time.sleep(9)", Outcome.CRASHED, "closed its connection or was killed"),
        ("sys.exit(3)", Outcome.RAISED, "raised SystemExit"),
        ("raise KeyboardInterrupt", Outcome.RAISED, "raised KeyboardInterrupt"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (1, 2)); 0\n    while True: pass", Outcome.TIMEOUT, "more CPU time"),
    ],
)
def test_the_way_of_an_end_is_named(launcher: Launcher, body: str, outcome: Outcome, says: str) -> None:
    with loaded(launcher, f"import os, sys, signal, resource, time\ndef f(x):\n    {body}") as guest:
        answer = no_answer(guest, "f", 1)
    assert answer.outcome is outcome
    assert says in answer.finding.says


def test_cpu_time_is_bounded_apart_from_wall_time(launcher: Launcher) -> None:
    limits = replace(LIMITS, cpu_seconds=1.0, wall_seconds=20.0)
    with loaded(launcher, "def f(x):\n    while True: pass") as guest:
        answer = no_answer(guest, "f", 1, limits=limits)
    assert answer.outcome is Outcome.TIMEOUT
    assert "CPU" in answer.finding.says


def test_memory_is_bounded(launcher: Launcher) -> None:
    limits = replace(LIMITS, memory_mb=512)
    with loaded(launcher, "import numpy as np\ndef f(n): return np.ones(n).sum()", limits) as guest:
        assert call(guest, "f", 1000) == 1000
        assert no_answer(guest, "f", 10**8).kinds[-3:] == ("MemoryError", "Exception", "BaseException")


def test_what_a_check_leaves_running_is_gone_with_it(launcher: Launcher, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"""
    import os, time
    def f(x):
        if os.fork() == 0:
            time.sleep(0.4)
            open({str(mark)!r}, "w").close()
            os._exit(0)
        return x
    """
    with loaded(launcher, code) as guest:
        assert call(guest, "f", 1) == 1
        time.sleep(0.8)
    assert not mark.exists()


def test_a_process_that_answers_rubbish_is_refused(launcher: Launcher) -> None:
    code = """
    import os, socket
    def f(x):
        for number in range(3, 50):
            try: socket.socket(fileno=os.dup(number)).send(b"HTTP/1.1 200 OK, full marks for me please....")
            except OSError: pass
        return x
    """
    with loaded(launcher, code) as guest:
        assert no_answer(guest, "f", 1).outcome is Outcome.REFUSED


def test_a_submission_that_kills_its_own_m_is_started_again(launcher: Launcher) -> None:
    code = """
    import os, signal, time
    def kill(x):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(5)
    def f(x): return x
    """
    with loaded(launcher, code) as guest:
        assert no_answer(guest, "kill", 1).outcome is Outcome.CRASHED
        assert call(guest, "f", 2) == 2


def test_nothing_is_left_behind(launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(list(Path("/proc/self/fd").iterdir()))
    with loaded(launcher, "open('left.txt', 'w').write('x')\ndef f(x): return x") as guest:
        for _ in range(3):
            call(guest, "f", 1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert list(tmp_path.iterdir()) == []


# ----------------------------------------------------------------------------------------------------- output


def test_output_is_kept_with_its_check(launcher: Launcher) -> None:
    with loaded(
        launcher, "import os\ndef f(x):\n    print('from Python')\n    os.system('echo from C')\n    return x"
    ) as guest:
        with guest.check(LIMITS) as child:
            child.call("f", [1], {}, {})
        assert child.output.splitlines() == ["from C", "from Python"]


def test_a_flood_of_output_fails_nothing_and_fills_nothing(launcher: Launcher) -> None:
    with loaded(launcher, "def f(x):\n    print('x' * 30_000_000)\n    return x") as guest:
        with guest.check(LIMITS) as child:
            assert child.call("f", [1], {}, {}) == 1
        assert len(child.output) < 30_000
        assert "[more was printed, and not kept]" in child.output


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_thread_that_prints_keeps_no_check_waiting(launcher: Launcher, stream: str) -> None:
    code = f"""
    import sys, threading
    def spin():
        while True:
            sys.{stream}.write("x" * 100)
    threading.Thread(target=spin, daemon=True).start()
    def f(x):
        print("from f", file=sys.{stream})
        return x
    """
    with loaded(launcher, code) as guest:
        for k in range(5):
            with guest.check(SHORT) as child:
                assert child.call("f", [k], {}, {}) == k
            assert "from f" in child.output


@pytest.mark.parametrize("closed", ["(0,)", "(1,)", "(2,)", "(0, 1, 2)"])
def test_closed_standard_streams_keep_no_call_from_answering(launcher: Launcher, closed: str) -> None:
    with loaded(launcher, f"import os\nfor n in {closed}: os.close(n)\ndef f(x): return x") as guest:
        assert [call(guest, "f", k) for k in range(3)] == [0, 1, 2]


def test_long_lists_of_numpys_numbers_cross(launcher: Launcher) -> None:
    code = "import numpy as np\ndef f(n): return [list(np.ones(n)), list(np.arange(n)), list(np.ones(n) > 0)]"
    with loaded(launcher, code) as guest:
        ones, counts, truths = call(guest, "f", 60_000)
    assert (ones[-1], counts[-1], truths[-1]) == (1.0, 59_999, True)
    assert [type(values[0]) for values in (ones, counts, truths)] == [float, int, bool]


def test_the_name_of_the_folder_is_in_no_text(launcher: Launcher) -> None:
    code = "import os\ndef f(x):\n    print(os.getcwd(), os.path.abspath('a.txt'))\n    open(os.path.abspath('b.txt'))"
    with loaded(launcher, code) as guest, guest.check(LIMITS) as child, pytest.raises(NoAnswer) as caught:
        child.call("f", [1], {}, {})
    assert child.output == ". ./a.txt\n"
    assert "'./b.txt'" in (caught.value.finding.traceback or "")


def test_a_submission_that_dies_between_checks_is_loaded_anew_a_few_times(launcher: Launcher, tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = f"""
    import os, threading, time
    open({str(log)!r}, "a").write("x")
    threading.Thread(target=lambda: (time.sleep(0.05), os._exit(0)), daemon=True).start()
    def f(x): return x
    """
    with loaded(launcher, code) as guest:
        for _ in range(12):
            time.sleep(0.06)
            with guest.check(LIMITS) as child, contextlib.suppress(NoAnswer):
                child.call("f", [1], {}, {})
    assert len(log.read_text()) <= 1 + MAX_LOST


# -------------------------------------------------------------------------------------------- many calls at once


def test_many_calls_are_one_exchange_and_their_values_come_in_order(launcher: Launcher) -> None:
    with loaded(launcher, "import numpy as np\ndef f(x, n): return x * n") as guest, guest.check(LIMITS) as child:
        values = child.call_many("f", [[np.ones(2), n] for n in range(5)], {})
        assert [value.tolist() for value in values] == [[n, n] for n in range(5)]
        assert child.call_many("f", [], {}) == []


def test_an_array_that_is_returned_again_and_again_keeps_each_value(launcher: Launcher) -> None:
    code = "import numpy as np\nbuffer = np.zeros(2)\ndef f(n):\n    buffer[:] = n\n    return buffer"
    with loaded(launcher, code) as guest, guest.check(LIMITS) as child:
        assert [value.tolist() for value in child.call_many("f", [[n] for n in range(3)], {})] == [
            [n, n] for n in range(3)
        ]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("if n == 2: raise ValueError('no')\n    return n", Outcome.RAISED),
        ("return ... if n == 2 else n", Outcome.MISSING),
        ("return {n} if n == 2 else n", Outcome.REFUSED),
        ("return np.zeros(1 << 16)", Outcome.REFUSED),  # 4 x 512 KiB, where 1 MiB is allowed
        ("import time\n    time.sleep(0.4)\n    return n", Outcome.TIMEOUT),  # each within the deadline, all are not
        ("import os\n    os._exit(3) if n == 2 else None\n    return n", Outcome.CRASHED),
    ],
)
def test_one_of_many_calls_without_a_value_ends_them_all(launcher: Launcher, body: str, outcome: Outcome) -> None:
    limits = replace(SHORT, reply_mb=1)
    with loaded(launcher, f"import numpy as np\ndef f(n):\n    {body}", limits) as guest, guest.check(limits) as child:
        with pytest.raises(NoAnswer) as caught:
            child.call_many("f", [[n] for n in range(4)], {})
        assert caught.value.outcome is outcome


@pytest.mark.parametrize(
    "reply",
    [
        {"values": [1]},
        {"values": [1, 2, 3]},
        {"values": []},
        {"values": 2},
        {"values": {"t": [1, 2]}},
        {"values": [1, {"a": 0}]},
        {"values": [1, {"f": "x"}]},
        {"value": 1},
        {"values": [1, 2], "value": 1},
    ],
)
def test_another_number_of_values_than_of_calls_is_refused(launcher: Launcher, reply: object) -> None:
    code = f"""
    import guest.wire as wire, guest.serve as serve
    def f(n):
        serve._call = lambda *a: wire.pack({reply!r})
        return n
    """
    with loaded(launcher, code) as guest, guest.check(LIMITS) as child:
        assert child.call("f", [1], {}, {}) == 1
        with pytest.raises(NoAnswer) as caught:
            child.call_many("f", [[1], [2]], {})
        assert caught.value.outcome is Outcome.REFUSED
        with pytest.raises(NoAnswer):
            child.call("f", [1], {}, {})
