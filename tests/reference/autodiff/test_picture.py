"""The picture of a graph: well-formed, complete, and with nothing on top of anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.autodiff import ops
from reference.autodiff.evaluation import Row, Trace, trace
from reference.autodiff.picture import CHARACTER, to_svg
from reference.autodiff.placement import GAP
from tests.support import ROOT

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    kind: str
    lines: list[str]
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        return self.left + margin < x < self.right - margin and self.top + margin < y < self.top + self.height - margin


@dataclass(frozen=True)
class Picture:
    width: float
    height: float
    boxes: list[Box]
    arrows: list[list[tuple[float, float]]]  # many points of each


def points(path: str) -> list[tuple[float, float]]:
    """Points along a path of M, H and C."""
    words = re.findall(r"[MHC]|-?[\d.]+", path)
    found: list[tuple[float, float]] = []
    while words:
        command = words.pop(0)
        count = {"M": 2, "H": 1, "C": 6}[command]
        numbers = [float(words.pop(0)) for _ in range(count)]
        if command == "M":
            found.append((numbers[0], numbers[1]))
            continue
        x, y = found[-1]
        a, b, c = (
            ((x, y), (numbers[0], y), (numbers[0], y))
            if command == "H"
            else ((numbers[0], numbers[1]), (numbers[2], numbers[3]), (numbers[4], numbers[5]))
        )
        for t in np.linspace(0.05, 1, 20):
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            corners = ((x, y), a, b, c)
            there = np.asarray(weights) @ np.asarray(corners)
            found.append((float(there[0]), float(there[1])))
    return found


def read(svg: str) -> Picture:
    root = ElementTree.fromstring(svg)
    boxes = []
    for group in root.iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        left, top, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        lines = [text.text or "" for text in group.iter(f"{SVG}text")]
        boxes.append(Box(group.attrib["class"], lines, left, top, width, height))
    arrows = [points(path.attrib["d"]) for path in root.iter(f"{SVG}path") if "marker-end" in path.attrib]
    return Picture(float(root.attrib["width"]), float(root.attrib["height"]), boxes, arrows)


def network(x: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    h = ops.tanh(x @ W1 + b1)
    s = ops.softmax(h @ W2 + b2)
    return -np.mean(np.log(s)[:, 0]) + 0.01 * (np.sum(W1**2) + np.sum(W2**2))


def example() -> Trace:
    return trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2, 5)


def two_layers() -> Trace:
    rng = np.random.default_rng(0)
    shapes = [(4, 2), (2, 5), (5,), (5, 3), (3,)]
    return trace(network, *(rng.normal(size=shape) for shape in shapes))


@st.composite
def graphs(draw: st.DrawFn) -> Trace:
    """Any graph of up to forty values."""
    inputs = draw(st.integers(1, 6))
    rows = [Row(f"v_{k - inputs + 1}", f"x{k}", 1.0, 0.5) for k in range(inputs)]
    for k in range(inputs, draw(st.integers(inputs, 40))):
        parents = draw(st.lists(st.integers(0, k - 1), min_size=1, max_size=4, unique=True))
        rows.append(Row(f"v_{k - inputs + 1}", "x" * draw(st.integers(1, 50)), 1.0, 0.5, tuple(parents)))
    return Trace(tuple(rows), inputs, len(rows) - 1, "reverse", "x0")


def check(t: Trace) -> None:
    """Everything is there, within the page, and nothing lies on anything else."""
    picture = read(to_svg(t))
    boxes = picture.boxes
    assert [box.lines[0].split(" = ")[0] for box in boxes] == [row.name for row in t.rows]
    for one, other in combinations(boxes, 2):
        beside = one.right + GAP <= other.left or other.right + GAP <= one.left
        below = abs(one.top + one.height / 2 - other.top - other.height / 2) >= one.height + GAP - 0.2
        assert beside or below, (one, other)
    for box in boxes:
        assert 0 < box.left < box.right < picture.width and 0 < box.top < box.top + box.height < picture.height
        assert all(len(line) * CHARACTER < box.width for line in box.lines)
    assert len(picture.arrows) == sum(len(row.parents) for row in t.rows)
    ends = []
    for arrow in picture.arrows:
        assert all(x <= following + 0.2 for (x, _), (following, _) in pairwise(arrow))
        assert not [box for box in boxes for x, y in arrow if box.holds(x, y, margin=0.2)]
        ends.append((touched(boxes, arrow[0], at="right"), touched(boxes, arrow[-1], at="left")))
    for (p, (_, into)), (q, (_, also_into)) in combinations(zip(picture.arrows, ends, strict=True), 2):
        if into == also_into:  # the heads stand as the arrows come
            assert (p[-21][1] - q[-21][1]) * (p[-1][1] - q[-1][1]) >= 0
    assert sorted(ends) == sorted((parent, k) for k, row in enumerate(t.rows) for parent in row.parents)


def touched(boxes: list[Box], point: tuple[float, float], *, at: str) -> int:
    """The box on whose side a point lies."""
    x, y = point
    found = [
        k for k, box in enumerate(boxes) if abs(getattr(box, at) - x) < 0.2 and box.top <= y <= box.top + box.height
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("make", [example, two_layers])
def test_nothing_lies_on_anything_else(make: Callable[[], Trace]) -> None:
    check(make())


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_nothing_lies_on_anything_else_in_any_graph(t: Trace) -> None:
    check(t)


def test_a_box_says_what_its_row_says() -> None:
    boxes = read(to_svg(example(), digits=3)).boxes
    assert boxes[0].lines == ["v_-1", "x1", "2", "adjoint 5.5"]
    assert boxes[5].lines == ["v_4", "sin(v_0)", "-0.959", "adjoint -1"]
    assert boxes[6].lines == ["v_5 = y", "v_3 - v_4", "11.7", "adjoint 1"]
    forward = trace(np.sin, 0.0, mode="forward")
    assert read(to_svg(forward)).boxes[1].lines[3] == "tangent 1"


@pytest.mark.parametrize("make", [example, two_layers])
def test_inputs_stand_at_the_left_and_the_result_at_the_right(make: Callable[[], Trace]) -> None:
    t = make()
    boxes = read(to_svg(t)).boxes
    assert [k for k, box in enumerate(boxes) if box.kind == "input"] == list(range(t.inputs))
    assert {box.left for box in boxes[: t.inputs]} == {min(box.left for box in boxes)}
    assert [k for k, box in enumerate(boxes) if box.kind == "result"] == [t.result]
    assert boxes[t.result].right == max(box.right for box in boxes)


def test_a_box_stands_in_the_column_of_its_longest_path() -> None:
    boxes = read(to_svg(trace(lambda x: x * np.sin(np.sin(x)), 1.0))).boxes
    assert boxes[3].left > boxes[2].left > boxes[1].left > boxes[0].left


def test_columns_are_ordered_so_that_arrows_do_not_cross() -> None:
    def f(a: Any, b: Any, c: Any) -> Any:
        below, between, above = np.sin(c), np.cos(b), np.exp(a)
        return above + (between + below)

    boxes = read(to_svg(trace(f, 1.0, 2.0, 3.0))).boxes
    assert [box.lines[1] for box in sorted(boxes[3:6], key=lambda box: box.top)] == [
        "exp(v_-2)",
        "cos(v_-1)",
        "sin(v_0)",
    ]


def test_a_box_lies_in_the_middle_of_what_it_is_computed_from() -> None:
    sum_of_two = [box.top for box in read(to_svg(trace(lambda a, b: np.sin(a + b), 1.0, 2.0))).boxes]
    assert sum_of_two[2] == pytest.approx((sum_of_two[0] + sum_of_two[1]) / 2, abs=0.2)
    assert sum_of_two[3] == pytest.approx(sum_of_two[2], abs=0.2)


def test_text_is_escaped() -> None:
    t = trace(lambda d: d["<&>"] * d['"'], {"<&>": 1.0, '"': 2.0})
    svg = to_svg(t)
    assert "d['<&>']" not in svg
    assert [box.lines[1] for box in read(svg).boxes] == ["d['<&>']", "d['\"']", "v_-1 * v_0"]


def test_a_long_line_is_cut_and_stands_in_full_in_the_tooltip() -> None:
    name = "x" * 60
    t = trace(lambda d: d[name] * 2, {name: 1.0})
    svg = to_svg(t)
    assert read(svg).boxes[0].lines[1].endswith("…")
    assert name in "".join(title.text or "" for title in ElementTree.fromstring(svg).iter(f"{SVG}title"))


def test_an_array_without_room_is_shown_by_its_shape() -> None:
    x = np.linspace(0.1, 0.2, 6)
    lines = read(to_svg(trace(lambda x: np.sum(x * x), x))).boxes[0].lines
    assert lines[2:] == ["[0.1, 0.12, 0.14, 0.16, 0.18, 0.2]", "adjoint shape (6,)"]


def test_the_picture_needs_nothing_from_elsewhere() -> None:
    svg = to_svg(two_layers())
    assert svg.count("http") == 1  # the name of the format
    assert set(re.findall(r"url\(([^)]*)\)", svg)) == {"#arrowhead"}


def test_the_picture_in_the_documentation_is_the_one_that_is_drawn() -> None:
    assert (ROOT / "docs/evaluation-trace.svg").read_text(encoding="utf-8") == to_svg(example())
