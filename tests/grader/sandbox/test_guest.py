"""Loading and calling across the wall: what comes back, and what is said when nothing does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.model import Finding, Limits, NoAnswer, Outcome, Source, Submission
from grader.sandbox import Cargo, Guest, Launcher, NotPlain, open_launcher
from tests.support import LIMITS, module, notebook


@pytest.fixture(scope="module")
def launcher(measured_guests: None) -> Iterator[Launcher]:
    """These tests run nearly every line of the guest, so it is measured in them."""
    mine = open_launcher(("numpy",))
    yield mine
    mine.close()


SHORT = replace(LIMITS, wall_seconds=1.0, cpu_seconds=5.0, load_seconds=2.0, cell_seconds=1.5)


@contextmanager
def loaded(launcher: Launcher, work: str | Submission, limits: Limits = LIMITS, **cargo: Any) -> Iterator[Guest]:
    submission = module(work) if isinstance(work, str) else work
    guest = Guest(launcher, Cargo(submission=submission, limits=limits, **cargo))
    try:
        yield guest
    finally:
        guest.close()


def call(guest: Guest, name: str, *args: object, limits: Limits = LIMITS, **options: object) -> Any:
    with guest.check(limits) as child:
        return child.call(name, args, {}, options)


def no_answer(guest: Guest, name: str, *args: object, limits: Limits = LIMITS, **options: object) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        call(guest, name, *args, limits=limits, **options)
    return caught.value


# ------------------------------------------------------------------------------------------------------- calls


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
    code = "import numpy as np, warnings\ndef f(x): return np.exp(x)\ndef g(x):\n    warnings.warn('odd')\n    return x"
    with loaded(launcher, code) as guest:
        assert call(guest, "f", np.array([1e4]))[0] == np.inf
        assert no_answer(guest, "f", np.array([1e4]), raise_warnings=True).kinds[0] == "FloatingPointError"
        assert call(guest, "f", np.array([-1e4]), raise_warnings=True)[0] == 0  # an underflow is what is wanted
        assert call(guest, "g", 1) == 1
        assert no_answer(guest, "g", 1, raise_warnings=True).kinds[0] == "UserWarning"


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
        ("os.closerange(3, 200)", Outcome.CRASHED, "ended the process with exit code 0"),
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
        assert "bytes were not kept" in child.output


# ---------------------------------------------------------------------------------------------------- modules


@pytest.mark.parametrize(
    ("ending", "outcome", "label"),
    [
        ("1 / 0", Outcome.RAISED, "line 3"),
        ("import sys; sys.exit()", Outcome.RAISED, "line 3"),
        ("exit()", Outcome.RAISED, "line 3"),
        ("import os; os._exit(0)", Outcome.CRASHED, "line 3"),
        ("while True: pass", Outcome.TIMEOUT, "line 3"),
        ("import torch", Outcome.RAISED, "line 3"),
        ("x: int = undefined", Outcome.RAISED, "line 3"),
    ],
)
def test_names_bound_before_a_failure_stay_usable(
    launcher: Launcher, ending: str, outcome: Outcome, label: str
) -> None:
    with loaded(launcher, f"def f(x): return x\n\n{ending}\ndef g(x): return x", SHORT) as guest:
        assert guest.loading.outcome is outcome
        assert [failure.cell for failure in guest.loading.failures] == [label]
        assert call(guest, "f", 1) == 1
        assert no_answer(guest, "g", 1).outcome is Outcome.MISSING


def test_a_syntax_error_names_its_line(launcher: Launcher) -> None:
    with loaded(launcher, "def f(x): return x\ndef g(x:\n    return x") as guest:
        (failure,) = guest.loading.failures
        assert failure.cell == "line 2"
        assert failure.finding.says == "line 2 raised SyntaxError"
        assert "was never closed" in (failure.finding.traceback or "")
        assert no_answer(guest, "f", 1).outcome is Outcome.MISSING


def test_a_module_runs_as_an_import_runs_it(launcher: Launcher) -> None:
    code = '''
    """Docstring."""
    from __future__ import annotations
    from dataclasses import dataclass
    import inspect, pickle

    @dataclass
    class Point:
        x: undefined_here
        y: int = 2

    def late(p: also_undefined = Point(1)): return p.y

    def f():
        copy = pickle.loads(pickle.dumps(Point(3)))
        return [__doc__, __name__, __file__, copy.x, late(), late.__annotations__["p"], inspect.getsource(late)]

    if __name__ == "__main__":
        raise RuntimeError("not when graded")
    '''
    with loaded(launcher, code) as guest:
        assert guest.loading.failures == ()
        value = call(guest, "f")
    assert value == [
        "Docstring.",
        "work",
        "work.py",
        3,
        2,
        "also_undefined",
        "def late(p: also_undefined = Point(1)): return p.y\n",
    ]


def test_helper_files_are_importable_and_shadow_nothing(launcher: Launcher) -> None:
    submission = replace(
        module("import helper, json, numpy\ndef f(x): return [helper.twice(x), json.dumps(x), float(numpy.sum(x))]"),
        files={"helper.py": b"def twice(x): return 2 * x", "json.py": b"1/0", "numpy.py": b"1/0", "data/a.txt": b"hi"},
    )
    with loaded(launcher, submission) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "f", 3) == [6, "3", 3.0]


def test_what_is_not_allowed_cannot_be_imported(launcher: Launcher) -> None:
    names = ("grader", "reference", "assignments", "cli", "click", "msgspec", "pytest", "matplotlib", "IPython")
    code = "import importlib\ndef f(name):\n    importlib.import_module(name)\n    return True"
    with loaded(launcher, code) as guest:
        for name in names:
            assert no_answer(guest, "f", name).kinds[0] == "ModuleNotFoundError"
        assert call(guest, "f", "sqlite3") is True


def test_a_forbidden_import_says_what_is_allowed(launcher: Launcher) -> None:
    with loaded(launcher, "import torch", packages=("numpy",)) as guest:
        (failure,) = guest.loading.failures
    assert failure.finding.says == "line 1 raised ModuleNotFoundError: this assignment allows numpy"


def test_the_environment_holds_nothing_of_ours(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SECRET_SEED", "4242")
    with loaded(launcher, "import os\ndef f(): return dict(os.environ)") as guest:
        environment = call(guest, "f")
    assert "COURSE_SECRET_SEED" not in environment
    assert environment["PYTHONHASHSEED"] == "0"
    assert environment["HOME"] == environment["TMPDIR"]


def test_the_global_generators_are_seeded(launcher: Launcher) -> None:
    code = "import random, numpy as np\ndef f(): return [random.random(), np.random.rand()]"
    values = []
    for seed in (5, 5, 6):
        with loaded(launcher, code, seed=seed) as guest:
            values.append(call(guest, "f"))
    assert values[0] == values[1] != values[2]


def test_two_sources_share_a_namespace_and_the_later_wins(launcher: Launcher) -> None:
    sources = (
        Source(name="work.py", cells=("def f(x): return g(x)\ndef g(x): return x",)),
        Source(name="sign.py", cells=("def g(x): return -x",)),
    )
    submission = replace(module(""), sources=sources)
    with loaded(launcher, submission) as guest:
        assert call(guest, "f", 1) == -1


# ---------------------------------------------------------------------------------------------------- notebooks


def test_a_cell_that_fails_hangs_or_dies_does_not_stop_the_next(launcher: Launcher) -> None:
    work = notebook(
        "def f(x): return x",
        "1 / 0",
        "while True: pass",
        "import os; os._exit(3)",
        "def g(x:",
        "def h(x): return 2 * x",
    )
    with loaded(launcher, work, SHORT) as guest:
        found = [(failure.cell, failure.outcome) for failure in guest.loading.failures]
        assert call(guest, "f", 1) == 1
        assert call(guest, "h", 1) == 2
    assert found == [
        ("cell 2", Outcome.RAISED),
        ("cell 3", Outcome.TIMEOUT),
        ("cell 4", Outcome.CRASHED),
        ("cell 5", Outcome.RAISED),
    ]


def test_after_three_restarts_what_ran_before_is_used(launcher: Launcher) -> None:
    deadly = "import os; os._exit(1)"
    work = notebook("def f(x): return x", *[deadly] * 5, "def g(x): return x")
    with loaded(launcher, work) as guest:
        assert [failure.cell for failure in guest.loading.failures] == ["cell 2", "cell 3", "cell 4", "cell 5"]
        assert call(guest, "f", 1) == 1
        assert no_answer(guest, "g", 1).outcome is Outcome.MISSING


def test_a_second_guest_avoids_what_the_first_found_out(launcher: Launcher) -> None:
    work = notebook("def f(x): return x", "while True: pass")
    with loaded(launcher, work, SHORT) as guest:
        avoid = guest.avoid
    with loaded(launcher, work, SHORT, avoid=avoid) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "f", 1) == 1


def test_shell_lines_installs_and_drives_are_skipped_and_listed(launcher: Launcher) -> None:
    work = notebook(
        "!pip install torch\nfiles = !ls\n%pip install jax\ndef f(x): return [x, len(files)]",
        "from google.colab import drive, files as uploads\ndrive.mount('/content/drive')\nuploads.upload()",
        "%%bash\nrm -rf something",
        "%%capture\nimport sys",
        "!!ls",
        "%matplotlib inline",
    )
    with loaded(launcher, work) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "f", 1) == [1, 0]
        assert guest.loading.skipped == (
            "!pip install torch",
            "!ls",
            "%pip install jax",
            "drive.mount('/content/drive')",
            "files.upload()",
            "%%bash",
            "!ls",
            "%matplotlib inline",
        )


def test_a_notebook_behaves_as_in_a_kernel(launcher: Launcher) -> None:
    work = notebook(
        "41 + 1",
        "assert _ == 42 and Out[1] == 42 and len(In) > 1",
        "%time x = sum(range(10))\n%timeit -n 2 -r 1 1 + 1",
        "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'), {'a': 1})",
        "async def later(): return 7\nvalue = await later()",
        "assert __name__ == '__main__'",
        "import warnings; warnings.warn('only a warning')",
        "%%writefile helper.py\ndef three(): return 3",
        "from helper import three\nget_ipython().run_line_magic('pwd', '')\nlen?",
        "exit()",
        "def f(x): return [x, value, three()]",
    )
    with loaded(launcher, work) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "f", 1) == [1, 7, 3]


def test_a_failing_cell_shows_its_own_lines(launcher: Launcher) -> None:
    with loaded(launcher, notebook("def f(x):\n    return undefined", "f(1)")) as guest:
        (failure,) = guest.loading.failures
        answer = no_answer(guest, "f", 1)
    assert failure.finding.traceback == (
        "cell 2, line 1, in <module>: f(1)\n"
        "cell 1, line 2, in f: return undefined\n"
        "NameError: name 'undefined' is not defined"
    )
    assert answer.finding.traceback == (
        "cell 1, line 2, in f: return undefined\nNameError: name 'undefined' is not defined"
    )


# ------------------------------------------------------------------------------------------------------- probes


PROBE = """
import submission

def vjp(x, g):
    out, cache = submission.forward(x)
    return submission.backward(g, cache)

def forward(x):
    return submission.forward(x)[0] + 0.0
"""


def test_a_probe_drives_what_is_not_plain(launcher: Launcher) -> None:
    code = """
    class Cache:
        pass
    def forward(x):
        cache = Cache()
        cache.x = x
        return x ** 2, cache
    def backward(g, cache): return 2 * cache.x * g
    """
    with loaded(launcher, code, probe=PROBE) as guest:
        assert call(guest, "vjp", 3.0, 10.0) == 60.0
        assert call(guest, "forward", 3.0) == 9.0


def test_what_a_probe_misses_is_named(launcher: Launcher) -> None:
    with loaded(launcher, "def forward(x): return x, x", probe=PROBE) as guest:
        answer = no_answer(guest, "vjp", 3.0, 1.0)
    assert (answer.outcome, answer.missing) == (Outcome.MISSING, "backward")


def test_a_probe_that_cannot_load_says_so_in_the_calls_that_need_it(launcher: Launcher) -> None:
    probe = "import submission\nforward = submission.forward\ndef g(x): return forward(x)"
    with loaded(launcher, "def f(x): return x", probe=probe) as guest:
        assert call(guest, "f", 1) == 1
        answer = no_answer(guest, "g", 1)
        assert (answer.outcome, answer.missing) == (Outcome.MISSING, "forward")
    with loaded(launcher, "def forward(x): return x", probe="1 / 0") as guest:
        assert no_answer(guest, "g", 1).kinds[0] == "ZeroDivisionError"
        assert call(guest, "forward", 1) == 1
