"""Code of another time is told apart from wrong code."""

from __future__ import annotations

import pytest

from grader.model import Outcome
from grader.sandbox import Launcher
from tests.support import loaded, no_answer

OLD = {
    "xrange(3)": "written for Python 2: xrange",
    "unicode('a')": "written for Python 2: unicode",
    "{}.iteritems()": "written for Python 2: iteritems",
    "(k for k in 'ab').next()": "written for Python 2: next",
    "__import__('cPickle')": "written for Python 2: cPickle",
    "__import__('past.builtins')": "written for Python 2: past",
    "np.float(1)": "written for NumPy 1: np.float",
    "np.float_(1)": "written for NumPy 1: np.float_",
    "np.Inf": "written for NumPy 1: np.Inf",
    "np.product([2])": "written for NumPy 1: np.product",
}
NOT_OLD = ["undefined", "None.next()", "np.nothing", "[].iteritems()", "__import__('torch')", "int('xrange')"]


@pytest.mark.parametrize(("expression", "says"), OLD.items())
def test_what_is_old_is_said_to_be(launcher: Launcher, expression: str, says: str) -> None:
    with loaded(launcher, f"import numpy as np\ndef f(): return {expression}") as guest:
        answer = no_answer(guest, "f")
    assert (answer.outcome, answer.finding.says) == (Outcome.OUTDATED, f"`f` is {says}")


@pytest.mark.parametrize("expression", NOT_OLD)
def test_what_is_wrong_today_is_an_exception_like_any(launcher: Launcher, expression: str) -> None:
    with loaded(launcher, f"import numpy as np\ndef f(): return {expression}") as guest:
        assert no_answer(guest, "f").outcome is Outcome.RAISED


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("print 'x'", "written for Python 2: print"),
        ("exec 'x = 1'", "written for Python 2: exec"),
        ("try: pass\nexcept ValueError, e: pass", "written for Python 2: except ValueError, e"),
        ("if 1:\n        x = 1\n\tx = 2", "written for Python 2: tabs"),
        ("x = 10L", "written for Python 2: 10L"),
        ("x = 1 <> 2", "written for Python 2: <>"),
        ("from past.builtins import xrange", "written for Python 2: past"),
        ("from itertools import izip", "written for Python 2: izip"),
    ],
)
def test_a_file_that_does_not_load_is_told_so_too(launcher: Launcher, line: str, says: str) -> None:
    with loaded(launcher, f"def f(): return 1\n{line}\n") as guest:
        (failure,) = guest.loading.failures
    assert (failure.outcome, failure.finding.says.partition(" is ")[2]) == (Outcome.OUTDATED, says)
