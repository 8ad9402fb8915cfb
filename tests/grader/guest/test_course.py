"""Files that were written as parts of a course's package, with what the course supplies, and code of 2015."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.guest.legacy import rewritten
from grader.model import Outcome
from grader.sandbox import Cargo, Guest, Launcher
from grader.submission import read_submission
from tests.support import LIMITS, call, no_answer

MODULES = {"layers.py": "course.layers", "net.py": "course.classifiers.net"}
STUBS = {"course.data_utils": "def load(): return 7", "course.classifiers.base": "from ..data_utils import load"}
LAYERS = "def affine(x): return 2 * x\nhelp_text = 'layers'\n"
NET = """
from ..layers import *
from ..layer_utils import twice
from course.data_utils import load
import course.layers as known

class Net:
    def loss(self, x): return affine(x) + load()

def net(x): return Net().loss(x)
def same(): return known.affine is affine
def helped(x): return twice(x)
"""
UTILS = "from .layers import *\ndef twice(x): return affine(affine(x))\n"
LAYOUTS = {
    "flat": {"layers.py": LAYERS, "net.py": NET, "layer_utils.py": UTILS},
    "as in the course": {
        "course/layers.py": LAYERS,
        "course/classifiers/net.py": NET,
        "course/layer_utils.py": UTILS,
        "course/__init__.py": "raise RuntimeError('it is not asked for')",
        "Net.ipynb": "{}",
    },
    "in a folder of the download": {
        "hw2/course/layers.py": LAYERS,
        "hw2/course/classifiers/net.py": NET,
        "hw2/course/layer_utils.py": UTILS,
    },
}


@contextmanager
def handed_in(launcher: Launcher, folder: Path, files: Mapping[str, str], *, legacy: bool = False) -> Iterator[Guest]:
    for name, text in files.items():
        path = folder / "ada" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    submission = read_submission(folder / "ada", ("layers.py",), modules=MODULES)
    modules = tuple(MODULES.values())
    guest = Guest(launcher, Cargo(submission=submission, limits=LIMITS, modules=modules, stubs=STUBS, legacy=legacy))
    try:
        yield guest
    finally:
        guest.close()


@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS)
def test_files_of_one_submission_find_each_other_wherever_they_lie(
    launcher: Launcher, tmp_path: Path, files: dict[str, str]
) -> None:
    with handed_in(launcher, tmp_path, files) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "affine", 3) == 6
        assert call(guest, "net", 3) == 13
        assert call(guest, "helped", 3) == 12
        assert call(guest, "same") is True


def test_what_a_file_lacks_is_told_with_its_name(launcher: Launcher, tmp_path: Path) -> None:
    with handed_in(
        launcher, tmp_path, {"layers.py": LAYERS, "net.py": "x = 1\nfrom ..layers import nothing\n"}
    ) as guest:
        (failure,) = guest.loading.failures
        assert failure.where == "net.py, line 2"
        assert failure.finding.says == "net.py, line 2 raised ImportError"
        assert call(guest, "affine", 3) == 6  # the other file is as good as ever


def test_a_file_that_was_not_handed_in_is_no_module(launcher: Launcher, tmp_path: Path) -> None:
    with handed_in(launcher, tmp_path, {"net.py": "from ..layers import *\n"}) as guest:
        (failure,) = guest.loading.failures
        assert "No module named 'course.layers'" in (failure.finding.traceback or "")


def test_a_stub_uses_another_and_a_file_of_the_students_goes_before_it(launcher: Launcher, tmp_path: Path) -> None:
    uses = "from course.classifiers.base import load\ndef f(): return load()\n"
    with handed_in(launcher, tmp_path / "a", {"layers.py": uses}) as guest:
        assert call(guest, "f") == 7
    with handed_in(launcher, tmp_path / "b", {"layers.py": uses, "data_utils.py": "def load(): return 8"}) as guest:
        assert call(guest, "f") == 8


def test_of_two_files_the_first_in_the_table_gives_a_name(launcher: Launcher, tmp_path: Path) -> None:
    with handed_in(launcher, tmp_path, {"net.py": "def f(): return 'net'", "layers.py": "def f(): return 1"}) as guest:
        assert call(guest, "f") == 1


OLD = """
from past.builtins import xrange
import cPickle, numpy as np

def f(n):
    total = 0
    for k in xrange(n):
        print "k is", k
        total += k
    for name, value in {'a': 1}.iteritems():
        print '%s %d' % (name,
                         value)
    try:
        raise ValueError, 'no'
    except ValueError, error:
        total += np.float(10L)
    known = {1: 2}
    if known.has_key(1) and total <> 5:
        exec "total_text = 'x'"
    return reduce(lambda a, b: a + b, [total, int(np.product([1, 1]))])
"""


def test_code_of_2015_runs_where_the_assignment_allows_it(launcher: Launcher, tmp_path: Path) -> None:
    with handed_in(launcher, tmp_path / "now", {"layers.py": OLD}, legacy=True) as guest:
        assert guest.loading.failures == ()
        assert call(guest, "f", 4) == 17
    with handed_in(launcher, tmp_path / "strict", {"layers.py": OLD}) as guest:
        (failure,) = guest.loading.failures
        assert failure.outcome is Outcome.OUTDATED
        assert no_answer(guest, "f", 4).outcome is Outcome.MISSING


@pytest.mark.parametrize(
    "text",
    [
        "print('x')",
        "x = 1\ny = x <",
        "%matplotlib inline\nx = 1",
        "\0",
        "def f(:\n",
        "s = '''<> 10L'''",
        "(" * 1000,
        "",
    ],
)
def test_what_is_no_python_2_stays_as_it_is(text: str) -> None:
    assert rewritten(text) == text


def test_a_cell_with_a_magic_is_mended_around_it() -> None:
    assert rewritten("%matplotlib inline\nprint 'x', 1\n!ls") == "%matplotlib inline\nprint('x', 1)\n!ls"
