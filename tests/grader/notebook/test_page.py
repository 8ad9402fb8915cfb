"""The page: everything is there, nothing of a student's is markup, and plots say in words what they show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from grader import assert_close
from grader.model import CellFailure, Diagnosis, Finding, Outcome, Report, Result
from grader.notebook.page import COLOURS, page
from grader.notebook.plot import plot
from grader.notebook.result import Checked
from tests.support import graded, one_check

EVIL = "<script>alert(1)</script> & \"quoted\" 'single'"
VOID = {"br", "hr", "img", "meta"}


class Balanced(HTMLParser):
    """Every element is closed, in order; `tags` are those that were seen."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _value in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> Balanced:
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    return parser


@pytest.fixture
def report(launcher: Any) -> Report:
    """Of one check that failed, with something evil in every text that may be a student's."""

    def asks(student: Any, draw: Any) -> None:
        assert_close(student.f(1.0), 2.0)

    whole = graded(launcher, [one_check(asks)], "def f(x): return x")
    finding = Finding(says=EVIL, expected=EVIL, got=EVIL, where=EVIL, traceback=EVIL, diagnosis=Diagnosis("sign", EVIL))
    evidence: Any = {EVIL: [1.0, 2.0], "table": [[0.0, 1.0], [2.0, 3.0]], "number": 0.5}
    result: Result = replace(
        whole.results[0], outcome=Outcome.FAILED, finding=finding, title=EVIL, output=EVIL, evidence=evidence
    )
    failure = CellFailure(where=EVIL, outcome=Outcome.RAISED, finding=Finding(says=EVIL, traceback=EVIL))
    loading = replace(whole.loading, failures=(failure,), skipped=(EVIL,))
    return replace(whole, title=EVIL, submission=EVIL, results=(result,), notes=(EVIL,), loading=loading)


def test_nothing_of_a_students_is_markup(report: Report) -> None:
    html = page(report, [EVIL], [EVIL])
    parser = read(html)
    assert not parser.tags & {"script", "style", "link", "iframe"}
    assert html.count("&lt;script&gt;") >= 15
    assert "<script" not in html


def test_the_page_needs_nothing_from_elsewhere(report: Report) -> None:
    html = page(report, [], [])
    assert not {"http", "src=", "url("} & {word for word in ("http", "src=", "url(") if word in html}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_outcome_is_told_by_a_mark_and_a_word(report: Report, outcome: Outcome) -> None:
    result = replace(report.results[0], outcome=outcome, title="title", evidence={}, output="")
    html = page(replace(report, results=(result,)), [], [])
    assert f" {outcome}</span>" in html
    assert COLOURS[outcome] in html


def test_white_can_be_read_on_every_colour() -> None:
    for colour in COLOURS.values():
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5


def test_text_and_page_come_of_the_same_report(report: Report) -> None:
    checked = Checked(report=replace(report, title="A title"), notes=("a note",), seed=7, of=3)
    for shown in (repr(checked), checked._repr_html_()):
        assert "A title" in shown
        assert "a note" in shown
        assert "1 of 3 public checks were run" in shown
        assert "notebook.check(seed=7)" in shown


# ---------------------------------------------------------------------------------------------------------- plots


def drawn(values: Any, name: str = "loss") -> tuple[ET.Element, str]:
    """The picture, and what it says of itself."""
    figure = ET.fromstring(plot(name, values))
    svg = figure.find("svg")
    assert svg is not None
    says = svg.attrib["aria-label"]
    assert svg.attrib["role"] == "img"
    assert figure.findtext("figcaption") == svg.findtext("title") == says
    return svg, says


def test_a_line_says_where_it_begins_and_ends() -> None:
    svg, says = drawn([2.0, 1.5, 1.0])
    assert says == "loss: 3 values from 2 to 1, smallest 1, largest 2"
    line = svg.find("polyline")
    assert line is not None
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    assert len(points) == 3
    assert points[0][1] < points[1][1] < points[2][1]  # down the page, as the loss goes


def test_over_decades_a_line_is_drawn_on_a_logarithmic_scale() -> None:
    svg, says = drawn([100.0, 10.0, 1.0])
    assert says.endswith("logarithmic scale")
    line = svg.find("polyline")
    assert line is not None
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1], abs=0.2)


@pytest.mark.parametrize(
    "values", [[1.0], [0.0, 0.0], [-1e308, 1e308], [1e-300, 1e300], list(map(float, range(10_000)))]
)
def test_any_series_can_be_drawn(values: list[float]) -> None:
    svg, _says = drawn(values)
    assert "nan" not in ET.tostring(svg, encoding="unicode")
    assert len(ET.tostring(svg)) < 20_000


def test_a_map_says_where_the_largest_entry_is() -> None:
    svg, says = drawn([[0.0, 1e-3, 0.0], [0.0, 0.0, -5.0]], "error")
    assert says.startswith("error, shape (2, 3): largest 5 at [1, 2]")
    group = svg.find("g")
    assert group is not None
    assert sorted(float(square.attrib["opacity"]) for square in group)[-1] == 1.0
    assert len(group) == 2


@pytest.mark.parametrize(
    "values", [[[0.0]], [[0.0] * 5] * 3, [[1e-320, 1.0]], [[float(i * j) for i in range(100)] for j in range(100)]]
)
def test_any_table_can_be_drawn(values: list[list[float]]) -> None:
    svg, _says = drawn(values)
    assert len(svg.findall("g/rect")) <= 50 * 50


def test_names_are_escaped_in_pictures() -> None:
    _svg, says = drawn([1.0, 2.0], EVIL)
    assert says.startswith(EVIL)
