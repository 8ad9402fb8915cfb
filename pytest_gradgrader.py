"""`pytest --submission mine.py assignments/layers` runs each visible check of the assignment as one test.

pytest imports this module in every run on the machine, whatever it tests. So it stands beside the package, and imports
`grader` only where checks are collected: a project may well have a `grader` of its own.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from grader.model import Assignment, Check, Report, Submission

CHECKS, MANIFEST = "checks.py", "assignment.toml"
NAMED = pytest.StashKey[frozenset[Path]]()  # the folders of assignments among pytest's arguments
SEED = pytest.StashKey[int]()
GRADED = "graded"  # the property of a test's report that holds what there is to say of the whole submission
SAY_HOW = "no submission is given: pytest --submission FILE {folder}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options."""
    group = parser.getgroup("gradgrader", "checks of an assignment, whose folder is named")
    group.addoption(
        "--submission",
        metavar="PATH",
        dest="gradgrader_submission",
        help="run the visible checks on this .py or .ipynb file, folder or zip",
    )
    group.addoption(
        "--submission-seed",
        metavar="N",
        type=_whole_number,
        dest="gradgrader_seed",
        help="the same seed, the same inputs of the checks; random by default",
    )


def _whole_number(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 2**64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {2**64 - 1}")


def pytest_configure(config: pytest.Config) -> None:
    """Look for folders of assignments among the arguments, and choose a seed."""
    config.stash[NAMED] = _folders_named(config)
    if _given(config):
        config.stash[SEED] = _seed(config)


def _folders_named(config: pytest.Config) -> frozenset[Path]:
    paths = {arg.partition("::")[0] for arg in config.args}
    named = (config.invocation_params.dir / path for path in paths)
    folders = (path.parent if path.name == CHECKS else path for path in named)
    return frozenset(folder.resolve() for folder in folders if (folder / MANIFEST).is_file())


def _given(config: pytest.Config) -> str | None:
    return cast("str | None", config.getoption("gradgrader_submission"))


def _seed(config: pytest.Config) -> int:
    """What is asked for; in a worker of pytest-xdist the main process's; or any."""
    import secrets

    handed = getattr(config, "workerinput", {}).get("gradgrader_seed")
    chosen = config.getoption("gradgrader_seed") if handed is None else handed
    return secrets.randbits(64) if chosen is None else int(chosen)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the seed to a worker of pytest-xdist."""
    if SEED in node.config.stash:
        node.workerinput["gradgrader_seed"] = node.config.stash[SEED]


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what is graded, or what is missing to do so."""
    given, named = _given(config), config.stash[NAMED]
    if given is None:
        return f"checks are skipped: {_say_how(config, min(named))}" if named else None
    if not named:
        return f"submission: {given} is not looked at: name an assignment's folder too, one that holds {MANIFEST}"
    return f"submission: {given}, seed {config.stash[SEED]}"


def _say_how(config: pytest.Config, folder: Path) -> str:
    here = config.invocation_params.dir.resolve()
    shown = "" if folder == here else folder.relative_to(here) if folder.is_relative_to(here) else folder
    return SAY_HOW.format(folder=shown).rstrip()


@pytest.hookimpl(hookwrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, None]:
    """Collect checks.py of a folder that is named, in place of whatever else would make something of that file."""
    outcome = yield
    if file_path.name == CHECKS and file_path.parent.resolve() in parent.config.stash[NAMED]:
        outcome.force_result([ChecksFile.from_parent(parent, path=file_path)])


class ChecksFile(pytest.File):
    """The visible checks of one assignment. The first test that runs has the submission graded, for all of them."""

    assignment: Assignment
    submission: Submission | None = None
    report: Report | None = None
    trouble: str = ""  # why there is none, though it was asked for

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each visible check; without a submission it will be skipped."""
        from grader.assignment import load
        from grader.model import BadInput
        from grader.submission import read_submission

        given = _given(self.config)
        try:
            self.assignment = load(self.path.parent)
            if given is not None:
                path, manifest = self.config.invocation_params.dir / given, self.assignment.manifest
                self.submission = read_submission(path, manifest.files, modules=manifest.modules)
        except BadInput as error:
            raise self.CollectError(str(error)) from None
        for check in self.assignment.checks:
            if check.public:
                test = CheckTest.from_parent(self, name=check.name, check=check)
                if given is None:
                    reason = _say_how(self.config, self.path.parent.resolve())
                    test.add_marker(pytest.mark.skip(reason=reason))
                yield test

    def grade_or_say_why_not(self) -> Report | None:
        """What a student may see of the report on all the checks that were selected. None: `trouble` says why."""
        from grader.model import BadInput
        from grader.sandbox import GuestLost

        try:
            return self._grade()
        except BadInput as error:
            self.trouble = str(error)
        except GuestLost as error:
            self.trouble = f"this machine cannot start the process for student code: {error}"
        return None

    def _grade(self) -> Report:
        from datetime import UTC, datetime

        from grader.engine import Scope, grade_settled
        from grader.reports import seen_by, viewer_at
        from grader.sandbox import open_launcher

        assert self.submission is not None, "without one every test is skipped"
        selected = {test.name for test in self.session.items if test.parent is self}
        checks = tuple(check for check in self.assignment.checks if check.name in selected or not check.public)
        asked = replace(self.assignment, checks=checks)
        launcher = open_launcher(asked.manifest.packages)
        try:
            seed = self.config.stash[SEED]
            report = grade_settled(asked, self.submission, launcher, seed=seed, scope=Scope.PUBLIC)
        finally:
            launcher.close()
        return seen_by(report, viewer_at(report, datetime.now(UTC)))


class CheckTest(pytest.Item):
    """One check."""

    def __init__(self, *, check: Check, **given: Any) -> None:
        super().__init__(**given)
        self.check = check

    def setup(self) -> None:
        """Have the submission graded, if it is not yet. A fault of ours ends here: it is an error, not a failure."""
        from grader.model import Outcome
        from grader.reports import failure_text

        report = self._report()
        result = next(result for result in report.results if result.check == self.check.name)
        self.passed = result.outcome is Outcome.PASSED
        self.says = "" if self.passed else failure_text(report, self.check.name)
        if result.outcome is Outcome.BROKEN:
            pytest.fail(self.says, pytrace=False)

    def _report(self) -> Report:
        """The report on all that was selected; the first test that asks says, in its own report, what concerns all."""
        file = cast("ChecksFile", self.parent)
        if file.report is None and not file.trouble:
            file.report = file.grade_or_say_why_not()
            if file.report is not None:
                self.user_properties.append((GRADED, _summary(file.report, self.config.stash[SEED])))
        if file.report is None:
            pytest.fail(file.trouble, pytrace=False)
        return file.report

    def runtest(self) -> None:
        """Fail with what a student's report says of the check."""
        if not self.passed:
            pytest.fail(self.says, pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the check is written: it need not be checks.py itself."""
        code = cast("Any", self.check.function).__code__
        return Path(code.co_filename), self.check.line - 1, self.name


def _summary(report: Report, seed: int) -> str:
    from grader.reports import summary_text, worth_repeating

    repeat = f"\nrepeat with the same inputs: --submission-seed {seed}" if worth_repeating(report) else ""
    return summary_text(report) + repeat


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how loading the submission went, and the score."""
    if SEED not in config.stash:
        return
    said: dict[str, str] = {}  # each worker of pytest-xdist says it once
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == GRADED:
                    said[report.nodeid.partition("::")[0]] = text
    for file, text in said.items():
        terminalreporter.section(file, sep="-")
        terminalreporter.write_line(text)
