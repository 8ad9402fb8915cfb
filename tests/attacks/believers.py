"""Two judges that believe students, as controls: what they are fooled by is what the wall must stop.

One runs the submission in its own process, as most autograders do; the other compares inside the guest, beside the
student's code. Hostile text is never run in the process of the tests.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader import assert_close
from grader.model import Check, Submission
from grader.sandbox import Launcher
from tests.attacks.arena import POINTS, TIGHT
from tests.support import graded, one_check

IN_PROCESS = "the control is a judge in the student's own process"
IN_GUEST = "the control is a judge beside the student's code, in the guest"
SECONDS = 10.0

JUDGE = """
import os, site, sys
site.addsitedir(os.getcwd())
import numpy as np

def right(x): return 2 * x
def close(a, b): return bool(np.allclose(a, b))
def near(a, b): return bool(abs(a - b).max() < 1e-6)
def nowhere_far(a, b): return not np.any(np.abs(a - b) > 1e-6)

RESULTS = {'names': ['first', 'second', 'hidden']}

def main():
    import work
    draw = np.random.default_rng(1)
    for name, judge in zip(RESULTS['names'], (close, near, nowhere_far)):
        x = draw.standard_normal(5)
        try:
            passed = judge(work.f(x), right(x))
        except Exception:
            passed = False
        RESULTS.setdefault(name, passed)
    import verdicts
    verdicts.tell(sum(RESULTS[name] for name in RESULTS['names']))

main()
"""
VERDICTS = "import json\ndef tell(points): print(json.dumps({'score': int(points)}))\n"

PROBE = """
import numpy as np, submission
def verdict(x): return bool(np.allclose(submission.f(x), 2 * x))
"""


def judged_in_process(submission: Submission) -> int | None:
    """What a judge in one process with the submission comes to: points, or None where there is no verdict at all.

    It is believed by what it prints last or, as on platforms that go by the exit code, by ending well.
    """
    with tempfile.TemporaryDirectory(prefix="judge-") as home:
        for name, content in submission.files.items():
            path = Path(home, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (source,) = submission.sources
        for name, text in (("judge.py", JUDGE), ("verdicts.py", VERDICTS), ("work.py", "\n".join(source.cells))):
            Path(home, name).write_text(text, encoding="utf-8")
        try:
            ended = subprocess.run(
                [sys.executable, "judge.py"],
                cwd=home,
                env={"PYTHONPATH": home, "HOME": home, "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    told = [
        score for line in ended.stdout.decode("utf-8", "replace").splitlines() if (score := _score(line)) is not None
    ]
    if told:
        return told[-1]
    return POINTS if ended.returncode == 0 else None


def _score(line: str) -> int | None:
    try:
        said: Any = json.loads(line)
    except ValueError:
        return None
    return said["score"] if isinstance(said, dict) and isinstance(said.get("score"), int) else None


def _believing(name: str) -> Check:
    def believes(student: Any, draw: Any) -> None:
        assert_close(1.0 if student.verdict(draw("5")) is True else 0.0, 1.0)

    return one_check(believes, name)


def judged_in_guest(submission: Submission, launcher: Launcher) -> int:
    """The points where the comparison is made by a probe and its word is taken."""
    checks = [_believing(name) for name in ("first", "second", "third")]
    earned = graded(launcher, checks, submission, probe=PROBE, limits=TIGHT).earned
    return POINTS + 1 if earned is None else int(earned)
