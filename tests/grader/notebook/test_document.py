"""The notebook as it would be handed in, and what is said where it is not what is saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.notebook.compare import differences
from grader.notebook.document import Cell, document, needed
from grader.notebook.find import asked_for
from tests.grader.notebook.conftest import BACKWARD, FORWARD, WRONG, session
from tests.support import assignment

ASKED = {"affine", "affine_grad"}


def texts(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.text for cell in cells]


def said(saved: list[str] | None, *ran: str, asked: set[str] | None = None) -> str:
    cells, names = document(saved, session(*ran)), asked or ASKED
    return "\n".join(differences(cells, needed(cells, names), "work.ipynb" if saved is not None else None, names))


# ---------------------------------------------------------------------------------------------------- the cells


def test_a_saved_notebook_that_was_run_is_itself() -> None:
    cells = document([FORWARD, BACKWARD], session(FORWARD, BACKWARD, "affine(1, 2, 3)"))
    assert texts(cells)[:2] == [FORWARD, BACKWARD]
    assert said([FORWARD, BACKWARD], FORWARD, BACKWARD, "affine(1, 2, 3)") == ""


def test_an_edited_cell_takes_the_place_of_what_is_saved() -> None:
    cells = document([WRONG, FORWARD], session(WRONG, FORWARD, BACKWARD))
    assert texts(cells) == [BACKWARD, FORWARD]
    assert [cell.edited for cell in cells] == [True, False]


def test_what_differs_in_blanks_at_the_ends_is_the_same() -> None:
    assert texts(document([FORWARD + "\n"], session(FORWARD + "  \n\n"))) == [FORWARD + "\n"]


def test_an_older_version_that_is_not_saved_is_left_out() -> None:
    assert texts(document([BACKWARD], session(WRONG, BACKWARD))) == [BACKWARD]


def test_a_cell_that_is_saved_otherwise_and_was_not_run_so_is_as_it_was_run() -> None:
    """What was run counts: that is what the student has just tried."""
    assert texts(document([BACKWARD], session(WRONG))) == [WRONG]
    assert "cell 1 ([1]) with `affine_grad` was run otherwise than saved" in said([BACKWARD], WRONG)


def test_a_new_cell_comes_after_the_one_that_was_run_before_it() -> None:
    helper = "def helper(x): return x"
    assert texts(document([FORWARD, BACKWARD], session(FORWARD, helper, BACKWARD))) == [FORWARD, helper, BACKWARD]


def test_two_cells_made_one_take_the_first_ones_place() -> None:
    both = f"{FORWARD}\n{BACKWARD}"
    assert texts(document([FORWARD, "import math", WRONG], session(FORWARD, "import math", WRONG, both))) == [
        both,
        "import math",
    ]


def test_a_function_tried_again_alone_does_not_cost_the_others_of_its_cell() -> None:
    both = f"{FORWARD}\n{WRONG}"
    assert texts(document([both], session(both, BACKWARD))) == [both, BACKWARD]


def test_what_was_defined_anew_since_stays_so() -> None:
    both = f"{FORWARD.replace('+', '-')}\n{BACKWARD}"
    assert texts(document([FORWARD], session(both, FORWARD))) == [both, FORWARD]
    assert texts(document(None, session(FORWARD, both, FORWARD))) == [both, FORWARD]


def test_without_a_file_cells_stand_where_their_first_version_was_run() -> None:
    ran = session(WRONG, "table = affine_grad(1.0, 2.0)", BACKWARD)
    assert texts(document(None, ran)) == [BACKWARD, "table = affine_grad(1.0, 2.0)"]


def test_what_was_deleted_from_the_session_is_no_longer_there() -> None:
    ran = session(FORWARD)
    assert texts(document(None, type(ran)(ran.ran, frozenset()))) == []


def test_python_2_in_the_session_alone_is_left_out() -> None:
    assert texts(document(None, session('print "x"', FORWARD))) == [FORWARD]


# ------------------------------------------------------------------------------------------------ what is needed


def test_a_training_cell_that_nothing_needs_is_not_run() -> None:
    cells = document([FORWARD, "history = train(net)", "plt.plot(history)"], session())
    assert texts(needed(cells, ASKED)) == [FORWARD, "", ""]


def test_what_is_asked_for_needs_is_kept_through_others() -> None:
    saved = ["import math", "scale = math.pi", "table[0] = scale", "table = [0]", "def affine(x, W, b): return table"]
    saved += ["unused = scale", "table.append(3)"]
    kept = texts(needed(document(saved, session()), ASKED))
    assert kept == [*saved[:5], "", saved[6]]


def test_a_call_that_binds_a_global_name_stays() -> None:
    saved = ["def set_up():\n    global table\n    table = [1]", "set_up()", "def affine(x, W, b): return table"]
    saved += ["def other(): return 1", "other()"]
    assert texts(needed(document(saved, session()), ASKED)) == [*saved[:3], "", ""]


def test_what_cannot_be_read_stays() -> None:
    saved = ["from helpers import *", "%%bash\nls", 'print "Python 2"']
    assert texts(needed(document(saved, session()), ASKED)) == saved


def test_where_anything_may_be_asked_for_everything_stays() -> None:
    assert texts(needed(document(["a = 1"], session()), None)) == ["a = 1"]


def test_a_new_cell_that_nothing_needs_does_not_move_the_others() -> None:
    ran = session("scratch = 1", FORWARD)
    assert texts(needed(document([FORWARD], ran), ASKED)) == [FORWARD]


@pytest.mark.parametrize(
    ("checks", "names"),
    [
        ("student.relu(x)\nf('tanh')\n'some words'\ngetattr(student, 'elu')", {"relu", "tanh", "elu"}),
        ("from submission import Value as V\nimport submission\nsubmission.grad", {"Value", "grad"}),
        ("getattr(student, name)", None),
        ("getattr(student, f'{layer}_forward')", None),
        ("vars(submission)", None),
        ("from submission import *", None),
    ],
)
def test_what_the_checks_ask_for(tmp_path: Path, checks: str, names: set[str] | None) -> None:
    (tmp_path / "checks.py").write_text(checks, "utf-8")
    (tmp_path / "solution.py").write_text("softmax.of", "utf-8")
    assert asked_for(replace(assignment(), folder=tmp_path)) == names


def test_what_cannot_be_called_is_asked_for_by_a_probe_alone(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("assert_close(student.f(W), 'W')", "utf-8")
    given = replace(assignment(), folder=tmp_path)
    assert asked_for(given) == {"f", "W"}
    assert asked_for(given, {"W"}) == {"f"}
    (tmp_path / "probe.py").write_text("from submission import W", "utf-8")
    assert asked_for(given, {"W"}) == {"f", "W"}


# ------------------------------------------------------------------------------------------------ what is said


def test_an_unsaved_edit_is_said() -> None:
    assert "save before you hand in" in said([FORWARD, WRONG], FORWARD, WRONG, BACKWARD)
    assert "cell 2 ([3]) with `affine_grad` was run otherwise than saved" in said(
        [FORWARD, WRONG], WRONG, "1", BACKWARD
    )


def test_what_only_the_session_has_is_said() -> None:
    helper, user = "def helper(x): return x", "def affine(x, W, b): return helper(x)"
    says = said([user], helper, user)
    assert "`helper` is defined in this session only, by cell [1], which is not in work.ipynb" in says


def test_a_function_that_a_trial_has_overwritten_is_said() -> None:
    """In this session it is no function any more; what is handed in has it."""
    trial = "affine = affine(1, 2, 3)"
    assert texts(document([FORWARD], session(FORWARD, trial))) == [FORWARD, trial]
    says = said([FORWARD], FORWARD, trial)
    assert "`affine` is bound anew in this session by cell [2], which is not in work.ipynb" in says


def test_a_scratch_cell_that_nothing_needs_is_nobodys_business() -> None:
    assert said([FORWARD], FORWARD, "y = affine(1, 2, 3)") == ""


def test_a_trial_of_the_session_is_not_run_beside_the_file() -> None:
    trial = "show(W)"
    assert texts(document([FORWARD], session(FORWARD, trial))) == [FORWARD]
    assert texts(document(None, session(FORWARD, trial))) == [FORWARD, trial]
    assert said([FORWARD], FORWARD, "x, W = 1, 2", asked=ASKED | {"W"}).startswith(
        "`W` is defined in this session only"
    )


def test_cells_that_were_not_run_are_said() -> None:
    says = said([FORWARD, BACKWARD], FORWARD)
    assert says == "not run in this session, and checked as work.ipynb has it: cell 2 (`def affine_grad(x, W):`)"
    assert (
        said([FORWARD, BACKWARD]) == "nothing of work.ipynb has been run in this session: it is checked as it is saved"
    )


def test_an_import_that_was_not_run_here_is_not_worth_a_word() -> None:
    assert said(["import math", FORWARD + " + math.pi"], FORWARD + " + math.pi") == ""


def test_several_edited_cells_are_one_sentence() -> None:
    other = FORWARD.replace("b", "c")
    says = said([FORWARD, WRONG], other, BACKWARD)
    assert "cell 1 ([1]) with `affine` and cell 2 ([2]) with `affine_grad` were run otherwise than saved" in says


def test_a_cell_that_holds_something_older_is_said() -> None:
    base, heir = "class Base: pass", "class affine(Base): pass"
    says = said([base, heir], base, heir, base)
    assert "cell 1 ([3]) was run after cell 2 ([2]), which uses its `Base`" in says
    assert said([base, heir], base, heir, base, heir) == ""


def test_a_function_that_only_calls_another_is_not_older_than_it() -> None:
    caller = "def affine_grad(x, W): return affine(x, W, 0)"
    assert said([FORWARD, caller], FORWARD, caller, FORWARD) == ""


def test_a_cell_that_needs_one_below_it_is_said() -> None:
    base, heir = "class Base: pass", "class affine(Base): pass"
    says = said([heir, base], base, heir)
    assert "cell 1 ([2]) uses `Base`, which cell 2 ([1]) below it defines" in says
    assert "move that cell up" in says
