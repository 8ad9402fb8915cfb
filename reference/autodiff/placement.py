"""Where the boxes and arrows of a graph go, in columns from left to right, so that nothing lies on anything else.

Each box stands in the column of its longest path from a box without parents. An arrow that passes columns on its way
has a place of its own in each of them, so that it never runs through a box; all arrows from one box share these places
until they part. Within the columns the order has few crossings (the barycentre method of Sugiyama, Tagawa and Toda,
1981), and boxes lie as near to the middle of their neighbours as the gaps between them allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

GAP = 18  # between boxes of a column
BETWEEN = 64  # columns
MARGIN = 16
PASSAGE = 6  # the height of an arrow's place in a column
SWEEPS = 12  # to order the columns
SETTLING = 60  # sweeps until the heights rest


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything is; the boxes have the first numbers, in their own order, then come the places of arrows.

    Attributes:
        routes: Of each arrow: a box, places, a box.
        left: Where the column of each begins.
        right: Where the column of each ends, and so its boxes.
        middle: The height of each, from the top.
        size: The width and the height of the whole.
    """

    routes: list[list[int]]
    left: list[float]
    right: list[float]
    middle: list[float]
    size: tuple[float, float]


def place(parents: Sequence[Sequence[int]], widths: Sequence[float], heights: Sequence[float]) -> Placement:
    """Place a graph of boxes; the boxes of a column are made as wide as the widest of them.

    Args:
        parents: Of each box: those that an arrow comes from, each before the box itself.
        widths: Of each box.
        heights: Of each box.
    """
    column: list[int] = []
    for those in parents:
        column.append(1 + max((column[parent] for parent in those), default=-1))
    room = [max(w for w, k in zip(widths, column, strict=True) if k == n) for n in range(max(column) + 1)]
    ends = _ends(room)
    routes, passed = _routes(parents, column)
    column += passed
    columns = [[node for node, k in enumerate(column) if k == n] for n in range(len(room))]
    links = list(dict.fromkeys(link for route in routes for link in pairwise(route)))
    all_heights = [*heights, *[float(PASSAGE)] * len(passed)]
    middle = _middles(_with_few_crossings(columns, links), links, all_heights)
    bottom = max(y + h / 2 for y, h in zip(middle, all_heights, strict=True))
    left, right = ([ends[k][side] for k in column] for side in (0, 1))
    return Placement(routes, left, right, middle, (max(right) + MARGIN, bottom + MARGIN))


def _routes(parents: Sequence[Sequence[int]], column: Sequence[int]) -> tuple[list[list[int]], list[int]]:
    """The way of each arrow, and the columns of the places that arrows have in passing."""
    places: dict[tuple[int, int], int] = {}
    routes = []
    for child, those in enumerate(parents):
        for parent in those:
            between = range(column[parent] + 1, column[child])
            via = [places.setdefault((parent, k), len(parents) + len(places)) for k in between]
            routes.append([parent, *via, child])
    return routes, [k for _, k in places]


def _ends(room: Sequence[float]) -> list[tuple[float, float]]:
    """Where each column begins and ends."""
    ends = []
    x = float(MARGIN)
    for width in room:
        ends.append((x, x + width))
        x += width + BETWEEN
    return ends


def _with_few_crossings(columns: list[list[int]], links: list[tuple[int, int]]) -> list[list[int]]:
    """Order each column by the mean place of its neighbours in the one before, then in the one after, and so on."""
    best, fewest = columns, _crossings(columns, links)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        neighbours = _neighbours(links if forward else [(b, a) for a, b in links])
        columns = [list(column) for column in columns]
        order = range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1)
        for k in order:
            place = {node: i for i, node in enumerate(columns[k - 1 if forward else k + 1])}
            own = {node: float(i) for i, node in enumerate(columns[k])}
            columns[k].sort(key=lambda node: _mean([place[x] for x in neighbours.get(node, ())], own[node]))
        if (count := _crossings(columns, links)) < fewest:
            best, fewest = columns, count
    return best


def _neighbours(links: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """What each second of a pair is joined to."""
    found: dict[int, list[int]] = {}
    for one, other in links:
        found.setdefault(other, []).append(one)
    return found


def _crossings(columns: list[list[int]], links: list[tuple[int, int]]) -> int:
    place = {node: (k, i) for k, column in enumerate(columns) for i, node in enumerate(column)}
    gaps: dict[int, list[tuple[int, int]]] = {}
    for a, b in links:
        gaps.setdefault(place[a][0], []).append((place[a][1], place[b][1]))
    return sum((a - c) * (b - d) < 0 for gap in gaps.values() for (a, b), (c, d) in combinations(gap, 2))


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _middles(columns: list[list[int]], links: list[tuple[int, int]], heights: Sequence[float]) -> list[float]:
    """The middle of everything, from the top."""
    neighbours = _neighbours([*links, *((b, a) for a, b in links)])
    middle = [0.0] * len(heights)
    for sweep in range(SETTLING):
        for column in columns if sweep % 2 == 0 else columns[::-1]:
            wanted = [_mean([middle[x] for x in neighbours.get(node, ())], middle[node]) for node in column]
            for node, y in zip(column, _apart(wanted, [heights[node] for node in column]), strict=True):
                middle[node] = y
    top = min(y - h / 2 for y, h in zip(middle, heights, strict=True))
    return [y - top + MARGIN for y in middle]


def _apart(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """The middles nearest to those wanted, by least squares, in this order and with gaps between.

    Less the room that those above take, the middles must only not decrease: neighbours that do are pooled.
    """
    room = [0.0]
    for one, other in pairwise(heights):
        room.append(room[-1] + (one + other) / 2 + GAP)
    pools: list[tuple[float, int]] = []
    for y, offset in zip(wanted, room, strict=True):
        total, count = y - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            above, many = pools.pop()
            total, count = total + above, count + many
        pools.append((total, count))
    level = [total / count for total, count in pools for _ in range(count)]
    return [y + offset for y, offset in zip(level, room, strict=True)]
