"""Progress of a long run."""

from __future__ import annotations

import io

import pytest

from grader.reports.progress import progress_on_stderr


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, **environment: str) -> str:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in ({"TERM": "xterm-256color", "COLUMNS": "120"} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stderr", stream)
    with progress_on_stderr("grading") as progress:
        progress(0, 12, "")
        begun = stream.getvalue()
        progress(1, 12, "ada: 37 of 39")
    return begun + "|" + stream.getvalue()[len(begun) :]


def test_when_piped_each_result_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, io.StringIO()) == "|[1/12] ada: 37 of 39\n"


def test_the_bar_knows_the_total_before_the_first_result_and_names_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, _, then = run(monkeypatch, Terminal()).partition("|")
    assert "0/12" in begun
    assert "1/12" in then
    assert "ada" in then
    assert "37 of" not in then


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_takes_no_escape_sequences_gets_lines(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    assert run(monkeypatch, Terminal(), **environment) == "|[1/12] ada: 37 of 39\n"


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with progress_on_stderr("grading", quiet=True) as progress:
        progress(1, 2, "ada: 37 of 39")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_a_warning_comes_once_and_not_before_there_is_progress(monkeypatch: pytest.MonkeyPatch, quiet: bool) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with progress_on_stderr("grading", quiet=quiet, opening="no jail") as progress:
        assert stream.getvalue() == ""
        progress(0, 2, "")
        progress(1, 2, "")
    assert stream.getvalue() == "no jail\n"


def test_a_closed_stderr_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with progress_on_stderr("grading", opening="no jail") as progress:
        progress(1, 2, "ada: 37 of 39")
