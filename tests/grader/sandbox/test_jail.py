"""The rungs: what a jailed guest sees and may use, and that nothing of ours is in sight however we are installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.model import Outcome
from grader.sandbox import NONE, PROBES, A, B, GuestLost, Launcher, Rung, open_launcher, prove
from grader.sandbox.packages import table
from grader.sandbox.readable import Readable, readable
from tests.rungs import launcher_on
from tests.support import LIMITS, ROOT, call, loaded, module, no_answer, notebook

RUNGS = [A, B]
MIB = 1 << 20


@pytest.fixture(scope="module", params=RUNGS, ids=lambda rung: rung.name)
def jailed(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    mine = launcher_on(request.param)
    yield mine
    mine.close()


def test_the_canary_gets_nowhere_in_a_jail_and_everywhere_without() -> None:
    trial = prove(A)
    if trial.why:
        pytest.skip(trial.why)
    assert trial.reached == ()
    assert set(prove(NONE).reached) >= {"reads_a_file", "reads_our_code", "writes_a_file", "connects", "signals"}
    assert set(prove(NONE).reached) <= set(PROBES)


def test_calls_files_and_output_work_as_without(jailed: Launcher) -> None:
    code = """
    import numpy as np
    def f(x):
        np.save("a.npy", x)
        print("saved")
        return np.load("a.npy") * 2
    """
    with loaded(jailed, code) as guest:
        with guest.check(LIMITS) as child:
            assert child.call("f", [np.ones(3)], {}, {}).tolist() == [2, 2, 2]
        assert child.output == "saved\n"


@pytest.mark.parametrize(
    "reach",
    [
        f"open({str(ROOT / 'cli.py')!r}).read()",
        f"open({str(ROOT / 'reference/layout.py')!r}).read()",
        f"open({str(ROOT / 'grader/sandbox/guest.py')!r}).read()",
        f"os.listdir({str(ROOT / 'assignments')!r})",
        "open('/etc/shadow').read()",
        "open('/proc/self/status').read()",
        "open('/tmp/mine', 'w')",
        "socket.socket()",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.setuid(0)",
        "os.chroot('/')",
        "os.mknod('device', 0o600 | 0o020000, 259)",
    ],
)
def test_what_is_out_of_reach(jailed: Launcher, reach: str) -> None:
    with loaded(jailed, f"import os, socket\ndef f():\n    return str({reach})") as guest:
        answer = no_answer(guest, "f")
    assert answer.outcome in (Outcome.RAISED, Outcome.CRASHED)
    assert {"OSError", "AttributeError"} & set(answer.kinds) or answer.outcome is Outcome.CRASHED


@pytest.mark.parametrize("name", ["grader", "reference", "cli", "assignments", "click", "msgspec", "pytest"])
def test_nothing_of_ours_can_be_imported(jailed: Launcher, name: str) -> None:
    code = f"import sys\nsys.path += [{str(ROOT)!r}, *{[p for p in sys.path if p]!r}]\ndef f(): import {name}"
    with loaded(jailed, code) as guest:
        assert {"ImportError", "OSError"} & set(no_answer(guest, "f").kinds)


def test_too_much_memory_of_many_processes_together_ends_them(jailed: Launcher) -> None:
    code = """
    import os, time
    import numpy as np
    def f(x):
        for _ in range(6):
            if os.fork() == 0:
                held = np.ones(15_000_000)
                time.sleep(30)
        time.sleep(30)
    def g(x): return x
    """
    limits = replace(LIMITS, memory_mb=400)
    with loaded(jailed, code, limits) as guest:
        answer = no_answer(guest, "f", 1, limits=limits)
        assert (answer.outcome, answer.finding.says) == (Outcome.CRASHED, "`f` used more than 400 MiB of memory")
        assert call(guest, "g", 1, limits=limits) == 1


def test_too_much_on_disk_is_refused_or_ends_it(jailed: Launcher) -> None:
    code = """
    import time
    def f(x):
        for k in range(100):
            with open(f"file{k}", "wb") as stream:
                stream.write(bytes(1 << 20))
        time.sleep(20)
    def g(x): return x
    """
    limits = replace(LIMITS, disk_mb=8)
    with loaded(jailed, code, limits) as guest:
        answer = no_answer(guest, "f", 1, limits=limits)
        assert answer.outcome is Outcome.CRASHED or "OSError" in answer.kinds
        assert call(guest, "g", 1, limits=limits) == 1


def test_processes_are_bounded_and_none_is_left(jailed: Launcher) -> None:
    code = """
    import os, time
    def f(x):
        count = 0
        try:
            for _ in range(200):
                if os.fork() == 0:
                    os.setsid()
                    time.sleep(60)
                count += 1
        except OSError:
            pass
        return count
    """
    with loaded(jailed, code) as guest:
        assert call(guest, "f", 1) < 64
    with loaded(jailed, code) as guest:
        assert call(guest, "f", 1) > 8  # those of the first have gone


def test_notebooks_with_plots_run_on_the_first_rung() -> None:
    mine = launcher_on(A, ("numpy", "matplotlib"))
    try:
        work = notebook(
            "%matplotlib inline\nimport matplotlib.pyplot as plt",
            "plt.plot([1, 2])\nplt.title('$x^2$')\nplt.savefig('a.png')\nplt.show()",
            "import sqlite3, pathlib\ndef f(x): return [x, pathlib.Path('a.png').stat().st_size > 1000]",
            imports=("matplotlib",),
        )
        with loaded(mine, work, packages=("numpy", "matplotlib")) as guest:
            assert guest.loading.failures == ()
            assert call(guest, "f", 1) == [1, True]
    finally:
        mine.close()


def test_a_rung_that_is_not_to_be_had_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"rung": "A", "read": [], "hide": [], "uid": -5}
    monkeypatch.setattr(Rung, "config", lambda self, packages: broken)
    mine = open_launcher(("numpy",), A)
    try:
        with pytest.raises(GuestLost, match="no process could be forked"), loaded(mine, "x = 1"):
            pass
    finally:
        mine.close()


# ------------------------------------------------------------------------------------------- what may be read


def test_the_list_without_covers_holds_nothing_below_them(tmp_path: Path) -> None:
    for path in ("lib/a", "lib/python3/site-packages/ours", "lib/python3/os.py", "lib/python3/site-packages/numpy"):
        (tmp_path / path).mkdir(parents=True)
    shown = Readable(
        (str(tmp_path / "lib"), str(tmp_path / "lib/python3/site-packages/numpy")),
        (str(tmp_path / "lib/python3/site-packages"),),
    )
    paths = {Path(path).relative_to(tmp_path).as_posix() for path in shown.without_hidden()}
    assert paths == {"lib/a", "lib/python3/os.py", "lib/python3/site-packages/numpy"}


def test_the_list_without_covers_holds_nothing_twice_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "lib/python3/site-packages").mkdir(parents=True)
    (tmp_path / "lib/python3/os.py").touch()
    (tmp_path / "lib64").symlink_to("lib")
    folders = ("lib", "lib64", "lib/python3")
    shown = Readable(
        tuple(str(tmp_path / folder) for folder in folders),
        tuple(str(tmp_path / folder / "python3/site-packages") for folder in ("lib", "lib64")),
    )
    assert [Path(path).resolve() for path in shown.without_hidden()] == [tmp_path / "lib/python3/os.py"]


def test_only_the_allowed_packages_are_listed() -> None:
    names = {Path(path).name for path in readable(table(("numpy",))).without_hidden()}
    assert "numpy" in names
    assert not names & {"grader", "reference", "site-packages", "click", "msgspec", "IPython", "assignments"}


LOOK = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
import grader
from grader.model import Source, Submission
from grader.sandbox import A, B, Cargo, Guest, open_launcher
from grader.model import Limits

ours = Path(grader.__file__).resolve().parents[1]
assert str(ours) == {ours!r}, ours
CODE = '''
import os
def f(places):
    found = []
    for place in places:
        try:
            found.append(open(place).read(20))
        except OSError:
            pass
    for name in ("grader", "reference", "cli"):
        try:
            __import__(name)
            found.append(name)
        except ImportError:
            pass
    return found
'''
submission = Submission(name="s", sources=(Source(name="s.py", cells=(CODE,)),), files={{}}, digest="")
launcher = open_launcher(("numpy",), {{"A": A, "B": B}}[{rung!r}])
guest = Guest(launcher, Cargo(submission=submission))
names = ("grader/__init__.py", "grader/engine/judge.py", "reference/layout.py", "cli.py")
places = [str(ours / name) for name in names]
with guest.check(Limits()) as child:
    print(child.call("f", [places], {{}}, {{}}))
guest.close()
launcher.close()
"""


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)
@pytest.mark.parametrize("install", ["clone", "editable", "wheel"])
def test_nothing_of_ours_is_readable_however_we_are_installed(install: str, rung: Rung, tmp_path: Path) -> None:
    launcher_on(rung).close()
    path, ours = [str(ROOT)], str(ROOT)
    if install != "clone":
        site = tmp_path / "lib/python3/site-packages"
        site.mkdir(parents=True)
        if install == "wheel":
            build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
            subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
            with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
                archive.extractall(site)
            ours = str(site)
        else:
            (site / "gradgrader.pth").write_text(str(ROOT))
        path = [ours, str(site)]
    look = LOOK.format(path=path, ours=ours, rung=rung.name)
    done = subprocess.run([sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_what_was_handed_in_does_not_count_as_written(jailed: Launcher) -> None:
    handed_in = {f"data{n}.bin": bytes(10 * MIB) for n in range(2)}
    work = replace(module("def f(x):\n    open('mine', 'wb').write(bytes(10 << 20))\n    return x"), files=handed_in)
    with loaded(jailed, work, replace(LIMITS, disk_mb=12)) as guest:
        assert call(guest, "f", 1.0) == 1.0
