"""Modules, notebooks and probes: what runs, what is left out, what stays usable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import Outcome, Source
from grader.sandbox import GuestLost, Launcher
from tests.support import LIMITS, SHORT, call, loaded, module, no_answer, notebook

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
        assert [failure.where for failure in guest.loading.failures] == [label]
        assert call(guest, "f", 1) == 1
        assert no_answer(guest, "g", 1).outcome is Outcome.MISSING


def test_a_syntax_error_names_its_line(launcher: Launcher) -> None:
    with loaded(launcher, "def f(x): return x\ndef g(x:\n    return x") as guest:
        (failure,) = guest.loading.failures
        assert failure.where == "line 2"
        assert failure.finding.says == "line 2 raised SyntaxError"
        assert "was never closed" in (failure.finding.traceback or "")
        assert no_answer(guest, "f", 1).outcome is Outcome.MISSING


@pytest.mark.parametrize(
    "slow", ["def slow(x: time.sleep(60)): pass", "def slow(x=sum(range(10**12))): pass", "def slow() -> 9**9**9: pass"]
)
def test_a_definition_that_hangs_costs_no_other_its_name(launcher: Launcher, slow: str) -> None:
    code = f"import time\ndef f(x: int | None = None, *, y: list[int] = ()) -> tuple[int, str]: return x\n{slow}"
    with loaded(launcher, code, SHORT) as guest:
        assert [failure.where for failure in guest.loading.failures] == ["line 3"]
        assert call(guest, "f", 1) == 1


@pytest.mark.parametrize("text", ["-" * 200_000 + "1", "(" * 200_000, "f" + "(0)" * 50_000])
def test_a_file_that_overtaxes_the_parser_is_the_students_own(launcher: Launcher, text: str) -> None:
    with loaded(launcher, text) as guest:
        outcomes = {failure.outcome for failure in guest.loading.failures}
        assert outcomes <= {Outcome.RAISED, Outcome.CRASHED}
        assert no_answer(guest, "f", 1).outcome is Outcome.MISSING


def test_a_module_named_like_another_shadows_nothing(launcher: Launcher) -> None:
    code = """
    import random, numpy, pickle
    from dataclasses import dataclass
    @dataclass
    class Point:
        x: "int"
    def f(x): return [random.randint(x, x), float(numpy.sum(x)), pickle.loads(pickle.dumps(Point(x))).x, __name__]
    """
    for name in ("random", "numpy"):
        with loaded(launcher, module(code, name)) as guest:
            assert guest.loading.failures == ()
            assert call(guest, "f", 3) == [3, 3.0, 3, f"student_{name}"]


def test_a_recursion_is_shown_once(launcher: Launcher) -> None:
    with loaded(launcher, "def f(x):\n    return f(x)") as guest:
        lines = (no_answer(guest, "f", 1).finding.traceback or "").splitlines()
    assert lines[:-1] == ["work.py, line 2, in f: return f(x)  (again and again)"]


@pytest.mark.parametrize(("call_", "says"), [("exit()", "SystemExit"), ("exit(3)", "SystemExit: 3")])
def test_an_exit_says_with_what(launcher: Launcher, call_: str, says: str) -> None:
    with loaded(launcher, f"import sys\nsys.{call_}") as guest:
        (failure,) = guest.loading.failures
    assert (failure.finding.traceback or "").splitlines()[-1] == says


def test_the_import_systems_own_frames_are_left_out(launcher: Launcher) -> None:
    submission = replace(module("import helper"), files={"helper.py": b"1 / 0"})
    with loaded(launcher, submission) as guest:
        (failure,) = guest.loading.failures
    assert (failure.finding.traceback or "").splitlines() == [
        "work.py, line 1, in <module>: import helper",
        "helper.py, line 1, in <module>: 1 / 0",
        "ZeroDivisionError: division by zero",
    ]


def test_out_of_memory_while_loading_is_unsettled(launcher: Launcher) -> None:
    for code, unsettled in (("import numpy as np\nx = np.ones(10**9)", True), ("1 / 0", False)):
        with loaded(launcher, code) as guest:
            assert guest.loading.unsettled is unsettled


def test_a_process_that_ends_before_it_runs_anything_is_no_fault_of_the_submission(launcher: Launcher) -> None:
    work = replace(module("x = 1"), files={"data.bin": bytes(16 << 20)})
    with pytest.raises(GuestLost, match="MemoryError"), loaded(launcher, work, replace(LIMITS, memory_mb=1)):
        pass


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
    assert failure.finding.says == (
        "line 1 raised ModuleNotFoundError; beside your own files this assignment allows the standard library, numpy"
    )


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
        found = [(failure.where, failure.outcome) for failure in guest.loading.failures]
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
        assert [failure.where for failure in guest.loading.failures] == ["cell 2", "cell 3", "cell 4", "cell 5"]
        assert call(guest, "f", 1) == 1
        assert no_answer(guest, "g", 1).outcome is Outcome.MISSING


def test_all_cells_together_have_a_limit(launcher: Launcher) -> None:
    cells = [f"import time; time.sleep(0.4)\ndef f{k}(x): return x" for k in range(9)]
    with loaded(launcher, notebook(*cells), replace(LIMITS, notebook_seconds=1.0)) as guest:
        (failure,) = guest.loading.failures
        assert failure.outcome is Outcome.TIMEOUT
        assert failure.finding.says.endswith("was running when the notebook's 1 s for all cells had passed")
        assert call(guest, "f0", 1) == 1
        assert no_answer(guest, "f8", 1).outcome is Outcome.MISSING


def test_a_submission_that_dies_elsewhere_each_time_is_loaded_no_more(launcher: Launcher, tmp_path: Path) -> None:
    log = tmp_path / "log"
    first = f"n = open({str(log)!r}, 'a').write('x') and len(open({str(log)!r}).read())\nimport os"
    dying = [f"if n == {9 - k}: os._exit(1)" for k in range(1, 9)]
    with loaded(launcher, notebook(first, *dying)) as guest:
        loads = len(log.read_text())
        for _ in range(3):
            assert "could not be loaded" in no_answer(guest, "f", 1).finding.says
        assert len(log.read_text()) == loads == 5
        assert [failure.where for failure in guest.loading.failures] == [f"cell {k}" for k in (9, 8, 7, 6, 5)]


def test_failures_are_told_in_order_however_long_they_are(launcher: Launcher) -> None:
    cells = [f"raise ValueError('é' * 10_000, {k})" for k in range(12)]
    cells[3] = "import os; os._exit(1)"
    with loaded(launcher, notebook(*cells)) as guest:
        assert [failure.where for failure in guest.loading.failures] == [f"cell {k}" for k in range(1, 13)]


def test_a_hundred_failures_are_told(launcher: Launcher) -> None:
    with loaded(launcher, notebook(*["raise ValueError('\\x01' * 10_000)"] * 120)) as guest:
        assert len(guest.loading.failures) == 100


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


@pytest.mark.parametrize(
    "probe",
    [
        "from submission import backward\ndef f(x): return backward(x)",
        "def f(x):\n    from submission import backward\n    return backward(x)",
        "import submission\ndef f(x): return submission.backward(x)",
    ],
)
def test_however_a_probe_asks_for_it_what_is_missing_is_named(launcher: Launcher, probe: str) -> None:
    with loaded(launcher, "x = 1", probe=probe) as guest:
        answer = no_answer(guest, "f", 1)
    assert (answer.outcome, answer.missing) == (Outcome.MISSING, "backward")


def test_a_probe_may_ask_whether_something_is_there(launcher: Launcher) -> None:
    probe = "import submission\ndef f(x): return hasattr(submission, 'g'), hasattr(submission, 'h')"
    with loaded(launcher, "def g(x): return x", probe=probe) as guest:
        assert call(guest, "f", 1) == (True, False)


@pytest.mark.parametrize("use", ["a, b = forward(x)", "forward(x).shape", "forward(x) + 1", "forward(x)[0]"])
def test_a_probe_that_stumbles_over_none_has_met_an_empty_function(launcher: Launcher, use: str) -> None:
    probe = (
        f"from submission import forward\ndef f(x):\n    return {use}"
        if "=" not in use
        else (f"from submission import forward\ndef f(x):\n    {use}\n    return a")
    )
    with loaded(launcher, "def forward(x):\n    pass", probe=probe) as guest:
        assert no_answer(guest, "f", 1).outcome is Outcome.MISSING
    with loaded(launcher, "def forward(x): return 1 + None", probe=probe) as guest:
        assert no_answer(guest, "f", 1).outcome is Outcome.RAISED


def test_a_name_that_the_probe_imports_in_vain_costs_no_other_its_calls(launcher: Launcher) -> None:
    probe = "from submission import forward, backward as back\ndef f(x): return forward(x)\ndef g(x): return back(x)"
    with loaded(launcher, "def forward(x): return 2 * x", probe=probe) as guest:
        assert call(guest, "f", 1) == 2
        answer = no_answer(guest, "g", 1)
    assert (answer.outcome, answer.missing) == (Outcome.MISSING, "backward")


def test_a_message_that_cannot_be_stored_is_still_the_students_exception(launcher: Launcher) -> None:
    with loaded(launcher, r"raise ValueError('\ud800')") as guest:
        (failure,) = guest.loading.failures
    assert failure.outcome is Outcome.RAISED


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib widget",
        "%matplotlib notebook",
        "%tensorflow_version 2.x",
        "%autoreload 2",
        "%config InlineBackend.x=1",
    ],
)
def test_a_magic_without_use_here_ends_no_cell(launcher: Launcher, magic: str) -> None:
    with loaded(launcher, notebook(f"{magic}\ndef f(x): return x")) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "f", 1) == 1


def test_sliders_leave_what_they_decorate_as_it_is(launcher: Launcher) -> None:
    cell = "from ipywidgets import interact, FloatSlider\n@interact(x=FloatSlider(min=0))\ndef f(x): return x"
    with loaded(launcher, notebook(cell, "interact(f, x=1)")) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "f", 1) == 1
