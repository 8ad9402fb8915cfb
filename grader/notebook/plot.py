"""A series of numbers as a line, a table of numbers as a map of squares: SVG in the colours of the page around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, EDGE = 360, 120, 6  # of the drawing, and of the margin in it
MOST = 300  # points of a line, and
SIDE = 48  # rows and columns of a map: of more, each square stands for the largest of several
DECADES = 2  # from which on a scale is logarithmic
FRAME = (
    f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" fill="none" stroke="currentColor" opacity=".3"/>'
)
LEAST = 1e-17  # below the largest: what is drawn as nothing


def plot(name: str, values: Sequence[float | Sequence[float]]) -> str:
    """A figure with what is to be seen in words, as its caption and for those who do not see it."""
    rows = [list(row) for row in values if isinstance(row, Sequence)]
    if rows:
        says, drawing = _map(name, rows)
    else:
        says, drawing = _line(name, [float(value) for value in values if not isinstance(value, Sequence)])
    says = escape(says)
    return (
        f'<figure style="margin:.5em 0"><svg role="img" aria-label="{says}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" style="max-width:100%;height:auto"><title>{says}</title>{drawing}</svg>'
        f'<figcaption style="font-size:.85em">{says}</figcaption></figure>'
    )


def _line(name: str, values: list[float]) -> tuple[str, str]:
    least, most = min(values), max(values)
    logarithmic = least > 0 and most / least >= 10**DECADES
    shown = _thinned(values)
    heights = [math.log10(value) if logarithmic else value for value in shown]
    top = max(map(abs, heights)) or 1.0
    heights = [height / top for height in heights]
    low, span = min(heights), (max(heights) - min(heights)) or 1.0
    step = (WIDTH - 2 * EDGE) / max(len(heights) - 1, 1)
    points = " ".join(
        f"{EDGE + k * step:.1f},{HEIGHT - EDGE - (height - low) / span * (HEIGHT - 2 * EDGE):.1f}"
        for k, height in enumerate(heights)
    )
    scale = ", logarithmic scale" if logarithmic else ""
    says = (
        f"{name}: {len(values)} values from {values[0]:.3g} to {values[-1]:.3g}, "
        f"smallest {least:.3g}, largest {most:.3g}{scale}"
    )
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="2" fill="currentColor"/>' for x, y in _pairs(points, len(heights)))
    return says, f'{FRAME}<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/>{dots}'


def _pairs(points: str, count: int) -> list[list[str]]:
    """A dot for each of a few points: a line of one would not be seen."""
    return [point.split(",") for point in points.split()] if count <= WIDTH // 12 else []


def _thinned(values: list[float]) -> list[float]:
    step = -(-len(values) // MOST)
    return values[::step]


def _map(name: str, rows: list[list[float]]) -> tuple[str, str]:
    """The stronger a square's colour, the larger the number, on a logarithmic scale."""
    sizes = [[abs(value) for value in row] for row in rows]
    most = max(map(max, sizes))
    row, column = next((i, j) for i, line in enumerate(sizes) for j, value in enumerate(line) if value == most)
    says = f"{name}, shape ({len(rows)}, {len(rows[0])}): largest {most:.3g} at [{row}, {column}]"
    squares = _pooled(sizes)
    wide, high = WIDTH / len(squares[0]), HEIGHT / len(squares)
    drawn = [
        f'<rect x="{j * wide:.1f}" y="{i * high:.1f}" width="{wide:.1f}" height="{high:.1f}" opacity="{shade:.2f}"/>'
        for i, line in enumerate(squares)
        for j, value in enumerate(line)
        if (shade := _shade(value, most)) > 0
    ]
    return (
        f"{says}; stronger colours are larger, on a logarithmic scale",
        f'<g fill="#c2410c">{"".join(drawn)}</g>{FRAME}',
    )


def _shade(value: float, most: float) -> float:
    if not value > most * LEAST:
        return 0.0
    return 1.0 - math.log(most / value) / -math.log(LEAST)


def _pooled(sizes: list[list[float]]) -> list[list[float]]:
    down, across = -(-len(sizes) // SIDE), -(-len(sizes[0]) // SIDE)
    return [
        [
            max(value for line in sizes[i : i + down] for value in line[j : j + across])
            for j in range(0, len(sizes[0]), across)
        ]
        for i in range(0, len(sizes), down)
    ]
