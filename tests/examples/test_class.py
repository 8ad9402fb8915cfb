"""The example class: each submission gets the verdict that its file name promises."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from examples.build_class import submissions
from grader.model import Outcome, Report
from grader.reports import from_json
from tests.support import ROOT

FOLDER = ROOT / "examples/matrix_calculus"
FULL = "81/2"

# name: points, outcomes other than passed, outcome of loading
PROMISES: dict[str, tuple[str, dict[str, int], Outcome]] = {
    "right_module": (FULL, {}, Outcome.PASSED),
    "right_notebook": (FULL, {}, Outcome.PASSED),
    "right_zip": (FULL, {}, Outcome.PASSED),
    "right_but_unusual": (FULL, {}, Outcome.PASSED),
    "wrong_file_name": (FULL, {}, Outcome.PASSED),
    "huge_output": (FULL, {}, Outcome.PASSED),
    "exit_at_import": (FULL, {}, Outcome.RAISED),
    "numerator_layout": ("69/2", {"failed": 12}, Outcome.PASSED),
    "sign_errors": ("77/2", {"failed": 2}, Outcome.PASSED),
    "missing_one_over_m": ("79/2", {"failed": 1}, Outcome.PASSED),
    "syntax_error": ("0", {"missing": 34, "blocked": 29}, Outcome.RAISED),
    "nothing_implemented": ("0", {"missing": 34, "blocked": 29}, Outcome.PASSED),
    "infinite_loop": ("77/2", {"timeout": 3}, Outcome.PASSED),
    "exit_at_import_early": ("15", {"missing": 21, "blocked": 16}, Outcome.RAISED),
    "process_crash": ("77/2", {"crashed": 2}, Outcome.PASSED),
    "failing_cell": ("69/2", {"missing": 3, "blocked": 5}, Outcome.RAISED),
}
DIAGNOSES = {
    "numerator_layout": {"numerator-layout"},
    "sign_errors": {"sign"},
    "missing_one_over_m": {"missing-mean"},
}


@dataclass(frozen=True, slots=True)
class Demo:
    """A run of `grade demo`: its exit code and what it prints, and the folder that it writes."""

    exit_code: int
    stdout: str
    out: Path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    out = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        done = CliRunner().invoke(cli.main, ["demo", "--out", str(out), "--jobs", "2"], catch_exceptions=False)
    return Demo(done.exit_code, done.stdout, out)


@pytest.fixture(scope="module")
def graded(demo: Demo) -> dict[str, Report]:
    reports = [from_json(path.read_bytes()) for path in demo.out.glob("submissions/*/staff.json")]
    return {report.submission: report for report in reports}


def test_every_submission_promises_something(graded: dict[str, Report]) -> None:
    assert set(graded) == set(PROMISES)


@pytest.mark.parametrize("name", PROMISES)
def test_each_gets_the_verdict_that_its_name_promises(graded: dict[str, Report], name: str) -> None:
    points, outcomes, loading = PROMISES[name]
    report = graded[name]
    counts = Counter(str(result.outcome) for result in report.results if result.outcome is not Outcome.PASSED)
    assert (str(report.earned), dict(counts), report.loading.outcome) == (points, outcomes, loading)
    codes = {r.finding.diagnosis.code for r in report.results if r.finding and r.finding.diagnosis}
    assert codes == DIAGNOSES.get(name, set())


def test_every_loss_to_numerator_layout_is_named_so(graded: dict[str, Report]) -> None:
    failed = [result for result in graded["numerator_layout"].results if result.outcome is Outcome.FAILED]
    codes = {r.check: r.finding.diagnosis.code if r.finding and r.finding.diagnosis else "" for r in failed}
    assert codes == dict.fromkeys(codes, "numerator-layout")


def test_the_files_are_what_the_builder_makes() -> None:
    made = {
        name: content if isinstance(content, bytes) else content.encode() for name, content in submissions().items()
    }
    there = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    assert there == made, "run: python examples/build_class.py"


def test_the_demo_shows_the_class_and_where_its_reports_are(demo: Demo) -> None:
    assert demo.exit_code == 0
    assert demo.stdout.count("63 passed") == 7
    assert (demo.out / "submissions/sign_errors/staff.txt").exists()
    assert "sign_errors/staff.txt" in demo.stdout
