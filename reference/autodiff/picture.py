"""The computational graph of a trace as self-contained SVG: inputs at the left, the result at the right."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Any

from reference.autodiff.evaluation import Trace
from reference.autodiff.notation import DIGITS, shown
from reference.autodiff.placement import Placement, place

FONT_SIZE = 13
CHARACTER = 7.85  # the width of one, in a monospaced font of that size
LINE = 18
PADDING = 10
ENTRY = 13  # between the heads of arrows at one box
LONGEST = 36  # of a line in a box, in characters

STYLE = f"""
    .graph text {{ font: {FONT_SIZE}px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1b1f24; }}
    .graph text {{ text-anchor: middle; }}
    .graph .name {{ font-weight: bold; }}
    .graph .value {{ fill: #57606a; }}
    .graph .derivative {{ fill: #a8330a; }}
    .graph rect {{ fill: #ffffff; stroke: #57606a; }}
    .graph .input rect {{ fill: #e3effc; stroke: #0b5cad; }}
    .graph .result rect {{ fill: #e4f5e6; stroke: #1a7f37; }}
    .graph path {{ fill: none; stroke: #6e7781; stroke-width: 1.3; }}
    .graph marker path {{ fill: #6e7781; stroke: none; }}
"""


Lines = list[tuple[str, str]]  # of a box: what each is, and its text


def to_svg(trace: Trace, *, digits: int = DIGITS) -> str:
    """Draw a trace.

    Args:
        trace: Readable up to some forty rows.
        digits: The significant digits of values and derivatives.

    Returns:
        An SVG document; each box has a name, an expression, a value and a tangent or an adjoint.
    """
    texts = _texts(trace, digits)
    widths = [max(len(_cut(text)) for _, text in lines) * CHARACTER + 2 * PADDING for lines in texts]
    heights = [float(len(lines) * LINE + PADDING) for lines in texts]
    placement = place([row.parents for row in trace.rows], widths, heights)
    width, height = placement.size
    title = f"Computational graph; {trace.title}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"  <title>{escape(title)}</title>",
        f"  <style>{STYLE}  </style>",
        '  <defs><marker id="arrowhead" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 L8 4 L0 7.5 z"/></marker></defs>',
        f'  <path d="M0 0 H{width:.0f} V{height:.0f} H0 z" style="fill: #ffffff; stroke: none"/>',
        *_arrows(placement, heights),
        *(_box(k, lines, _kind(trace, k), placement) for k, lines in enumerate(texts)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _texts(trace: Trace, digits: int) -> list[Lines]:
    """The lines of each box, each with its class."""
    texts = []
    for k, row in enumerate(trace.rows):
        name = f"{row.name} = y" if k == trace.result else row.name
        derivative = _fitting(f"{trace.kind} ", row.derivative, digits)
        value = _fitting("", row.value, digits)
        texts.append([("name", name), ("expression", row.expression), ("value", value), ("derivative", derivative)])
    return texts


def _fitting(what: str, x: Any, digits: int) -> str:
    """A value in full where there is room for it, or else by its shape."""
    text = what + shown(x, digits)
    return text if len(text) <= LONGEST else f"{what}shape {x.shape}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _kind(trace: Trace, k: int) -> str:
    return "result" if k == trace.result else "input" if k < trace.inputs else "step"


def _arrows(placement: Placement, heights: Sequence[float]) -> list[str]:
    """A curve in each gap between columns, a straight line across each column."""
    left, right, middle = placement.left, placement.right, placement.middle
    into: dict[int, list[list[int]]] = {}
    for route in placement.routes:
        into.setdefault(route[-1], []).append(route)
    drawn = []
    for child, routes in into.items():
        routes.sort(key=lambda route: middle[route[-2]])
        step = min(ENTRY, (heights[child] - PADDING) / len(routes))
        for k, route in enumerate(routes):
            entry = middle[child] + (k - (len(routes) - 1) / 2) * step
            ends = [*(middle[node] for node in route[:-1]), entry]
            path = [f"M{right[route[0]]:.1f} {ends[0]:.1f}"]
            for (one, other), (y, end) in zip(pairwise(route), pairwise(ends), strict=True):
                start, stop = right[one], left[other]
                half = (start + stop) / 2
                path.append(f"H{start:.1f} C{half:.1f} {y:.1f} {half:.1f} {end:.1f} {stop:.1f} {end:.1f}")
            drawn.append(f'  <path d="{" ".join(path)}" marker-end="url(#arrowhead)"/>')
    return drawn


def _box(k: int, lines: Lines, kind: str, placement: Placement) -> str:
    """One row of the trace; what does not fit is in its tooltip."""
    left, width = placement.left[k], placement.right[k] - placement.left[k]
    height = len(lines) * LINE + PADDING
    top = placement.middle[k] - height / 2
    x = left + width / 2
    parts = [f'  <g class="{kind}"><title>{escape(" | ".join(text for _, text in lines))}</title>']
    parts.append(f'    <rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5"/>')
    for i, (role, text) in enumerate(lines):
        y = top + PADDING / 2 + (i + 0.75) * LINE
        parts.append(f'    <text class="{role}" x="{x:.1f}" y="{y:.1f}">{escape(_cut(text))}</text>')
    return "\n".join([*parts, "  </g>"])
