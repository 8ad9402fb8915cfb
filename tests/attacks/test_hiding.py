# ruff: noqa: E501  (a student's code is easiest to compare on one line each)
"""What hidden checks ask stays hidden: no student's view holds it, however hard the submission tries to say it."""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import assert_close
from grader.engine import Oracle, grade, repeat
from grader.model import Assignment, Check, Feedback, Outcome, Report, Submission, Viewer
from grader.reports import seen_by, to_json, to_text
from grader.sandbox import NONE, A, B, Launcher
from tests.attacks.arena import TIGHT
from tests.rungs import launcher_on
from tests.support import assignment, module, notebook, one_check

NUMBER = 7_318_402_965.0  # what the hidden check asks for; nobody else draws it
DIGITS = str(int(NUMBER))
# fmt: off
SIGNS = (  # the forms in which the submissions below say it
    DIGITS, DIGITS[::-1], NUMBER.hex(), struct.pack("<d", NUMBER).hex(), ",".join(DIGITS), "K" + "K".join(DIGITS),
    "1795" + DIGITS[:6],
)
# fmt: on
PUBLIC = 0.5


def asks(student: Any, value: float) -> None:
    assert_close(student.f(value), 2 * value)


def exercise(visibility: str = "hidden") -> Assignment:
    """A public check, and one that asks for the number."""
    checks = [
        one_check(lambda student, draw: asks(student, PUBLIC), "first"),
        one_check(lambda student, draw: asks(student, NUMBER), "second", visibility=visibility),
    ]
    return given(*checks)


def given(*checks: Check) -> Assignment:
    """Students are told as much as ever."""
    full = {"feedback_before_due": Feedback.FULL, "feedback_after_due": Feedback.FULL}
    return assignment(*checks, solution="def f(x): return 2 * x", limits=TIGHT, **full)


def said_to(viewer: Viewer, report: Report) -> str:
    seen = seen_by(report, viewer)
    return to_json(seen).decode() + to_text(seen)


def tells(text: str) -> bool:
    return any(sign in text for sign in SIGNS)


def graded(work: Submission, launcher: Launcher, exercise: Assignment, *, again: bool = False) -> Report:
    """As in a class, with what is unsettled repeated."""
    with Oracle(exercise, launcher) as oracle:
        report = grade(exercise, work, launcher, seed=1, oracle=oracle)
        return repeat(exercise, work, launcher, report, oracle=oracle) if again and report.unsettled else report


@pytest.fixture(scope="module", params=[A, B], ids=["A", "B"])
def jailed(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    launcher = launcher_on(request.param)
    yield launcher
    launcher.close()


@pytest.fixture(scope="module")
def unjailed() -> Iterator[Launcher]:
    launcher = launcher_on(NONE)
    yield launcher
    launcher.close()


# ------------------------------------------------------------------------------------------- said in the check itself

# fmt: off
SAY = {
    "printed": "print(x)",
    "on stderr": "import sys; sys.stderr.write(str(int(x))[::-1])",
    "to every descriptor": "import os\n    for n in range(1, 20):\n        try: os.write(n, str(int(x)).encode())\n        except OSError: pass",
    "in a message": "raise ValueError(str(int(x)))",
    "in the name of an exception": "raise type('K' + 'K'.join(str(int(x))), (Exception,), {})()",
    "in the name of a function": "name = 'K' + 'K'.join(str(int(x)))\n    exec(f'def {name}(): 1 / 0\\n{name}()', {})",
    "in the file name of a traceback": "exec(compile('1 / 0', str(int(x)), 'exec'), {})",
    "in the name of what is missing": "import submission; getattr(submission, 'K' + str(int(x)))",
    "in the type of what is returned": "return type(str(int(x)), (), {})()",
    "in the value": "return x",
    "in a warning": "import warnings; warnings.warn(x.hex())",
    "in an exception group": "raise ExceptionGroup(str(int(x)), [ValueError(x)])",
    "as the note of an exception": "e = KeyError(str(int(x))); e.add_note(str(int(x))); raise e",
    "as bytes": "import struct; print(struct.pack('<d', x).hex())",
    "as many prints": "for digit in str(int(x)): print(digit, end=',')",
}
# fmt: on


def sayer(how: str) -> Submission:
    return module(f"def f(x):\n    {how}\n    return 3 * x")


@pytest.mark.parametrize("how", SAY.values(), ids=SAY.keys())
@pytest.mark.parametrize("viewer", [Viewer.STUDENT, Viewer.STUDENT_AFTER_DUE, Viewer.STUDENT_PUBLISHED])
def test_what_is_said_in_a_hidden_check_is_not_shown(how: str, viewer: Viewer, jailed: Launcher) -> None:
    assert not tells(said_to(viewer, graded(sayer(how), jailed, exercise())))


@pytest.mark.parametrize("how", SAY.values(), ids=SAY.keys())
def test_in_a_visible_check_it_would_be(how: str, unjailed: Launcher) -> None:
    """The control: the same submission, the same number, a check that students may see."""
    assert tells(said_to(Viewer.STUDENT, graded(sayer(how), unjailed, exercise("visible"))))


# --------------------------------------------------------------------------------------- said later, by something else

LATER = """
import mmap, os, threading
shared = mmap.mmap(-1, 64)
ours, theirs = os.pipe()
out = os.dup(1)
def tell():
    while data := os.read(ours, 64): os.write(out, data)
threading.Thread(target=tell, daemon=True).start()
def f(x):
    if shared[0]: raise ValueError(shared[:10].decode())
    if x > 1:
        os.write(theirs, str(int(x)).encode())
        os.write(out, str(int(x)).encode())
        shared[:10] = str(int(x)).encode()
    {end}
    return 2 * x
"""


def test_a_check_that_is_shown_sooner_learns_nothing_from_one_that_stays_hidden(jailed: Launcher) -> None:
    """Both run in the guest of the checks that are no student's own, whose memory they share."""
    checks = [
        one_check(lambda student, draw: asks(student, NUMBER), "hidden", visibility="hidden"),
        one_check(lambda student, draw: asks(student, PUBLIC), "published", visibility="after_published"),
        one_check(lambda student, draw: asks(student, PUBLIC), "due", visibility="after_due_date"),
    ]
    report = graded(module(LATER.replace("{end}", "pass")), jailed, given(*checks))
    assert [result.check for result in report.results] == ["hidden", "published", "due"]
    for viewer in (Viewer.STUDENT, Viewer.STUDENT_AFTER_DUE, Viewer.STUDENT_PUBLISHED):
        assert not tells(said_to(viewer, report))


def test_checks_of_one_guest_do_share_its_memory(unjailed: Launcher) -> None:
    """The control: in two visible checks the second says what the first was asked."""
    checks = [
        one_check(lambda student, draw: asks(student, NUMBER), "one"),
        one_check(lambda student, draw: asks(student, PUBLIC), "other"),
    ]
    report = graded(module(LATER.replace("{end}", "pass")), unjailed, given(*checks))
    assert report.results[1].outcome is Outcome.RAISED
    assert tells(to_json(report).decode())


def test_a_guest_that_is_loaded_anew_for_hidden_checks_shows_nothing_of_it(jailed: Launcher) -> None:
    """M ends with the hidden check, and is started again for another: its output is the hidden guest's still."""
    checks = [
        one_check(lambda student, draw: asks(student, PUBLIC), "first"),
        *(
            one_check(lambda student, draw: asks(student, NUMBER), name, visibility="hidden")
            for name in ("second", "third")
        ),
    ]
    end = "if x > 1: os.kill(os.getppid(), 9) if os.getppid() else None"
    report = graded(module(LATER.replace("{end}", end)), jailed, given(*checks), again=True)
    for viewer in (Viewer.STUDENT, Viewer.STUDENT_AFTER_DUE, Viewer.STUDENT_PUBLISHED):
        assert not tells(said_to(viewer, report))


def test_the_time_that_hidden_checks_take_is_not_told(jailed: Launcher) -> None:
    """A sleep as long as the number's digit says would be read off the report's seconds."""
    work = module("import time\ndef f(x):\n    if x > 1: time.sleep(0.7)\n    return 2 * x")
    report = graded(work, jailed, exercise())
    seen = seen_by(report, Viewer.STUDENT)
    hidden = report.results[1].seconds
    assert hidden >= 0.7
    assert seen.seconds <= report.seconds - hidden
    assert seen.seconds >= sum(result.seconds for result in seen.results)


# ------------------------------------------------------------------------- left for the next submission, or the repeat

# What the hidden check leaves where something may find it, and what is said of it by whoever comes next.
LEAVE = """
import os, mmap, time
def places():
    yield from ('/tmp', '/dev/shm', '/var/tmp', '/run', '.', '..', '../..', os.path.expanduser('~'), '/box', '{folder}')
def f(x):
    if x > 1:
        text = str(int(x))
        for place in places():
            for name in ('left', '1/left', '2/left', '3/left'):
                try: open(place + '/' + name, 'w').write(text)
                except OSError: pass
            try: os.mkdir(place + '/K' + text)
            except OSError: pass
        stamp = int('1795' + text[:6])
        for place in (*places(), '/dev/null', '/dev/zero', os.__file__, '/'):
            for change in (lambda: os.utime(place, (stamp, stamp)), lambda: os.symlink(text, place + '/link'),
                           lambda: os.setxattr(place, 'user.left', text.encode())):
                try: change()
                except OSError: pass
        os.environ['LEFT'] = text
        try: os.sched_setaffinity(os.getppid(), {0})
        except OSError: pass
        try:
            if os.fork() == 0:
                os.setsid()
                time.sleep(600)
        except OSError: pass
    return 2 * x
"""
FIND = """
import os
def places():
    yield from ('/tmp', '/dev/shm', '/var/tmp', '/run', '.', '..', '../..', os.path.expanduser('~'), '/box', '{folder}')
print(os.environ)
for place in (*places(), '/dev/null', '/dev/zero', os.__file__, '/'):
    for look in (lambda: os.listdir(place), lambda: int(os.stat(place).st_mtime), lambda: int(os.stat(place).st_atime),
                 lambda: os.readlink(place + '/link'), lambda: os.getxattr(place, 'user.left'),
                 lambda: open(place + '/left').read(), lambda: open(place + '/1/left').read()):
        try: print(place, str(look())[:900])
        except OSError: pass
print('cores', len(os.sched_getaffinity(0)))
"""


def both(folder: str) -> tuple[Submission, Submission]:
    return module(LEAVE.replace("{folder}", folder)), module((FIND + LEAVE).replace("{folder}", folder))


@pytest.fixture
def folder() -> Iterator[str]:
    """A folder that the tests' user may write, and a guest without a jail too."""
    with tempfile.TemporaryDirectory(prefix="left-") as made:
        Path(made).chmod(0o777)
        yield made


def test_the_next_submission_finds_nothing_of_a_hidden_check(jailed: Launcher, folder: str) -> None:
    leaves, finds = both(folder)
    graded(leaves, jailed, exercise())
    report = graded(finds, jailed, exercise())
    assert report.results[0].outcome is Outcome.PASSED
    assert not tells(said_to(Viewer.STUDENT, report))
    assert list(Path(folder).iterdir()) == []
    assert f"cores {len(os.sched_getaffinity(0))}" in report.loading.output


def test_without_a_jail_it_finds_it(unjailed: Launcher, folder: str) -> None:
    """The control; it writes to a temporary folder alone."""
    leaves, finds = (module(f"places = lambda: ['{folder}']\n" + code.sources[0].cells[0].replace("def places", "def _"))
                     for code in both(folder))  # fmt: skip
    quiet = [replace(code, sources=(replace(code.sources[0], cells=(_harmless(code.sources[0].cells[0]),)),))
             for code in (leaves, finds)]  # fmt: skip
    graded(quiet[0], unjailed, exercise())
    assert tells(said_to(Viewer.STUDENT, graded(quiet[1], unjailed, exercise())))


def _harmless(code: str) -> str:
    """Neither the machine's devices, nor the scheduler, nor processes that stay."""
    for part in ("'/dev/null', '/dev/zero', os.__file__, '/'", "os.sched_setaffinity(os.getppid(), {0})"):
        code = code.replace(part, "pass" if "(" in part else "")
    return code.replace("os.fork() == 0", "False")


def test_the_repeat_of_a_public_check_finds_nothing_of_a_hidden_one(jailed: Launcher, folder: str) -> None:
    """What timed out is run again after the hidden checks, and its output is shown."""
    leaves, _finds = both(folder)
    hang = "import time\nfound = f\ndef f(x):\n    if x < 1: exec(FIND, {}); print(flush=True); time.sleep(60)\n    return found(x)\n"
    code = f"FIND = {FIND.replace('{folder}', folder)!r}\n" + leaves.sources[0].cells[0] + hang
    report = graded(module(code), jailed, exercise(), again=True)
    assert report.repeated == ("first",)
    assert "cores" in report.results[0].output
    assert not tells(said_to(Viewer.STUDENT, report))


# ------------------------------------------------------------------------------------------------- stored in notebooks


def test_what_cells_display_is_in_no_report(jailed: Launcher) -> None:
    """Displays are not captured; what is printed is, as text that a format must write as text."""
    cell = "from IPython.display import HTML, display\ndisplay(HTML('<script>displayed()</script>'))\nprint('printed')"
    report = graded(notebook(cell, "def f(x): return 2 * x"), jailed, exercise())
    said = to_json(report).decode() + to_text(report)
    assert report.results[0].outcome is Outcome.PASSED
    assert "printed" in said
    assert "displayed()" not in said
