"""`notebook.check()` in a process of its own session: what is checked, what is kept, how it ends."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import grader
from grader import notebook
from grader.engine import Live
from grader.model import Outcome
from grader.notebook import kept
from grader.notebook.result import NotChecked
from tests.grader.notebook.conftest import BACKWARD, CHECKS, FORWARD, TOML, WRONG, save, session
from tests.support import write_assignment

Run = Callable[..., None]
KEPT: kept.Kept = importlib.import_module("grader.notebook.check")._kept


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Live]:
    """Every time that a submission is loaded."""
    every: list[Live] = []

    def counted(*args: Any, **kwargs: Any) -> Live:
        every.append(Live(*args, **kwargs))
        return every[-1]

    monkeypatch.setattr(kept, "Live", counted)
    return every


def outcomes(checked: notebook.Checked) -> list[str]:
    assert checked.report is not None
    return [str(result.outcome) for result in checked.report.results]


# ------------------------------------------------------------------------------------------------ what is checked


def test_right_cells_pass(kit: Path, run: Run) -> None:
    save(kit, FORWARD, BACKWARD)
    run(FORWARD, BACKWARD, "from grader import notebook\nnotebook.check()")
    checked = notebook.check()
    assert outcomes(checked) == ["passed", "passed"]
    assert checked.passed
    assert checked.notes == ()
    assert "public checks: 2 of 2 points" in repr(checked)
    assert "What nobody may see" not in repr(checked)


def test_what_was_run_is_checked_though_it_is_not_saved(kit: Path, run: Run) -> None:
    save(kit, FORWARD, WRONG)
    run(FORWARD, WRONG, BACKWARD)
    checked = notebook.check()
    assert outcomes(checked) == ["passed", "passed"]
    assert "note: the saved work.ipynb differs from this session" in repr(checked)


def test_it_is_found_by_its_name_too() -> None:
    assert grader.notebook is notebook


def test_a_function_that_a_trial_has_overwritten_is_no_function(kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(kit, FORWARD, BACKWARD)
    trial = session(FORWARD, BACKWARD, "affine = affine(1, 2, 3)")
    overwritten = replace(trial, data=frozenset({"affine"}))
    monkeypatch.setattr(importlib.import_module("grader.notebook.check"), "this_session", lambda: overwritten)
    checked = notebook.check()
    assert outcomes(checked)[1] == "passed"
    assert outcomes(checked)[0] != "passed"
    assert "`affine` is bound anew in this session by cell [3]" in repr(checked)
    KEPT.forget()


def test_words_choose_the_checks(kit: Path, run: Run) -> None:
    run(FORWARD, WRONG)
    checked = notebook.check("affine backward")
    assert outcomes(checked) == ["failed"]
    assert "1 of 2 public checks were run" in repr(checked)
    assert not checked.passed


def test_a_seed_repeats_the_inputs(kit: Path, run: Run, loads: list[Live]) -> None:
    draws = CHECKS.replace(
        "student.affine_grad(2.0, 3.0), (3.0,", "student.affine_grad(x := float(draw('')), 3.0), (x,"
    )
    (kit / "checks.py").write_text(draws, encoding="utf-8")
    run(WRONG)
    first, second = notebook.check("backward"), notebook.check("backward")
    assert shown(first) != shown(second)
    assert f"repeat with the same inputs: notebook.check('backward', seed={first.seed})" in repr(first)
    assert shown(notebook.check("backward", seed=first.seed)) == shown(first)
    assert len(loads) == 1  # it was loaded with that seed
    notebook.check(seed=second.seed)
    assert len(loads) == 2


def shown(checked: notebook.Checked) -> str:
    return repr(checked).partition("repeat with")[0]


def test_a_notebook_may_be_written_as_students_write_them(kit: Path, run: Run) -> None:
    cells = (
        "!pip install torch",
        "%matplotlib inline\nimport numpy as np",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        'print "Python 2"',
        FORWARD,
        "from grader import notebook\nassert notebook.check('forward').passed\n" + BACKWARD,
    )
    save(kit, *cells)
    run(*cells)
    checked = notebook.check()
    assert outcomes(checked) == ["passed", "passed"]
    assert checked.report is not None
    assert [failure.where for failure in checked.report.loading.failures] == ["cell 4"]
    assert not checked.passed
    assert 'cell 4 is the one that begins with `print "Python 2"`, run as [4]' in repr(checked)
    assert "notebook.check()" not in "".join(checked.report.loading.skipped)


def test_what_the_session_has_told_numpy_does_not_reach_the_checks(kit: Path, run: Run) -> None:
    text = CHECKS.replace("assert_close(student.affine(2.0", "np.ones(1) / 0; assert_close(student.affine(2.0")
    (kit / "checks.py").write_text(f"import numpy as np\n{text}", encoding="utf-8")
    run(FORWARD)
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert outcomes(notebook.check("forward")) == ["passed"]


def test_without_a_session_the_saved_file_is_checked(kit: Path) -> None:
    save(kit, FORWARD, BACKWARD)
    assert notebook.check().passed
    KEPT.forget()


# ------------------------------------------------------------------------------------------------- what is kept


def test_unchanged_cells_are_not_run_again(kit: Path, run: Run, loads: list[Live]) -> None:
    run(FORWARD, BACKWARD)
    notebook.check()
    run(FORWARD, BACKWARD, "y = affine(1, 2, 3)", "notebook.check()")
    assert notebook.check("backward").passed
    assert len(loads) == 1
    run(FORWARD, BACKWARD, WRONG)
    assert outcomes(notebook.check("backward")) == ["failed"]
    assert len(loads) == 2
    notebook.check(afresh=True)
    assert len(loads) == 3


def test_training_that_nothing_needs_is_not_run(kit: Path, run: Run) -> None:
    training = "history = []\nwhile True:\n    history.append(affine(1, 2, 3))"
    save(kit, FORWARD, training, BACKWARD, "import matplotlib.pyplot as plt\nplt.plot(history)")
    run(FORWARD, BACKWARD)
    checked = notebook.check()
    assert checked.passed
    assert checked.notes == ()


def test_a_cell_that_hangs_is_not_tried_again_until_it_or_what_it_needs_changes(
    kit: Path, run: Run, loads: list[Live]
) -> None:
    toml = 'title = "t"\nfiles = ["work.ipynb"]\n' + TOML.replace("cell_seconds = 5.0", "cell_seconds = 0.5")
    (kit / "assignment.toml").write_text(toml, "utf-8")
    hangs = "while endless():\n    pass\naffine = None"
    endless = "def endless(): return True"
    save(kit, FORWARD, WRONG, endless, hangs)
    run(FORWARD, WRONG)
    first = notebook.check()
    assert outcomes(first) == ["passed", "failed"]
    assert "cell 4 did not end within 0.5 s" in repr(first)
    save(kit, FORWARD, BACKWARD, endless, hangs)
    run(FORWARD, BACKWARD)
    second = notebook.check()
    assert outcomes(second) == ["passed", "passed"]
    assert "in an earlier check, and has not changed: it was not run again" in repr(second)
    assert loads[1].guest.loading.failures == ()
    save(kit, FORWARD, BACKWARD, "def endless(): return False", hangs)
    assert "did not end" not in repr(notebook.check())


def test_when_the_time_is_up_the_rest_is_named(kit: Path, run: Run) -> None:
    run(FORWARD, BACKWARD)
    checked = notebook.check(seconds=-1.0)
    assert outcomes(checked) == []
    assert not checked.passed
    assert "the time is up (seconds= gives more): not run were affine_forward, affine_backward" in checked.notes
    assert notebook.check().passed


# ------------------------------------------------------------------------------------------------- how it ends


def test_the_stop_button_ends_a_check_and_its_processes(kit: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(FORWARD, BACKWARD)

    def pressed(*args: object) -> None:
        raise KeyboardInterrupt

    notebook.check()
    live = KEPT.now
    assert live is not None
    monkeypatch.setattr(live, "_judge", pressed)
    checked = notebook.check()
    assert "stopped: not run were affine_forward, affine_backward" in checked.notes
    assert KEPT.now is None
    assert notebook.check().passed


def test_the_stop_button_while_cells_are_loaded(kit: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(FORWARD)

    def pressed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kept, "Live", pressed)
    checked = notebook.check()
    assert repr(checked) == "note: stopped: nothing was checked"
    assert "stopped" in checked._repr_html_()
    assert not checked.passed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"words": "softmax"}, "no check is called 'softmax'; the nearest of 2: affine_"),
        ({"assignment": "other"}, "there is no assignment 'other'"),
        ({"file": "other.ipynb"}, "other.ipynb does not exist: check the path"),
    ],
)
def test_what_cannot_be_found_is_one_sentence(kit: Path, run: Run, arguments: dict[str, Any], says: str) -> None:
    run(FORWARD)
    with pytest.raises(NotChecked, match=says) as caught:
        notebook.check(**arguments)
    assert caught.value._render_traceback_() == [f"NotChecked: {caught.value}"]


def test_where_there_is_no_notebook_it_says_so(kit: Path) -> None:
    with pytest.raises(NotChecked, match=r"there is no notebook here: .* save it as work.py or work.ipynb"):
        notebook.check()


def test_where_there_is_no_assignment_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotChecked, match="there is no assignment in assignments/"):
        notebook.check()


# ---------------------------------------------------------------------------------------------------- which file


def test_the_front_end_may_tell_the_file(kit: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    save(kit, "raise NotImplementedError")
    mine = save(kit, FORWARD, BACKWARD, name="copy of work.ipynb")
    run("pass")
    monkeypatch.setenv("JPY_SESSION_NAME", str(mine))
    assert notebook.check().passed


def test_in_a_checkout_the_notebook_here_tells_the_assignment(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        folder = write_assignment(tmp_path / "assignments" / name, checks=CHECKS)
        (folder / "assignment.toml").write_text(f'title = "{name}"\nfiles = ["{name}.ipynb"]\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    run(FORWARD, BACKWARD)
    with pytest.raises(NotChecked, match=r"say assignment=, one of 'one', 'two'"):
        notebook.check()
    save(tmp_path, FORWARD, BACKWARD, name="two.ipynb")
    report = notebook.check().report
    assert report is not None
    assert report.assignment == "two"
    assert report.loading.outcome is Outcome.PASSED
