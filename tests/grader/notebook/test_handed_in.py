"""A notebook that checks itself is handed in with that cell."""

from __future__ import annotations

from typing import Any

import pytest

from grader import assert_close
from grader.model import Outcome
from grader.sandbox import Launcher
from tests.support import graded, notebook, one_check


@pytest.mark.parametrize(
    "cell",
    [
        "from grader import notebook\nnotebook.check()",
        "from grader.notebook import check\ncheck('backward', seconds=3)",
        "import grader\nassert grader.notebook.check().passed",
    ],
)
def test_it_is_graded_as_if_the_cell_were_not_there(launcher: Launcher, cell: str) -> None:
    def asks(student: Any, draw: Any) -> None:
        assert_close(student.f(1.0), 2.0)

    report = graded(launcher, [one_check(asks)], notebook(f"{cell}\ndef f(x): return 2 * x"))
    assert report.loading.failures == ()
    assert report.loading.skipped == ("notebook.check()",)
    assert report.results[0].outcome is Outcome.PASSED
