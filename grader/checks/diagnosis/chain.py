"""A network's first layers, guessed: what they are shows in that a mistake behind them is explained in every entry.

Let B and B' be the right and the mistaken way back through a layer, and A that through those guessed before it. The
mistake is explained if one G has A·B·G as the right gradients and A·B'·G as what came: nearly twice as many equations
as unknowns, so nothing else fits by chance. Where A can be inverted, right and got are the gradients by the layer's
input, and what came there has to follow from the arrays as well: else the mistake lies before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.checks.diagnosis.steps import Back, Step

LARGEST = 100  # entries of a hidden layer
EXACT = 1e-7  # relative: how closely a gradient that passed is known
CANCELS = 1e-11  # of the largest gradient of all: what is left where everything cancels
LEAST = 1e-300  # what is exact has an error all the same
RANK = 1e-10  # of the largest singular value
LOST = 1e-8  # the same of equations for what is open
SPREADS = 3.0  # times the root of the sum of squares of errors
SHARP, ENOUGH = 0.01, 0.25  # of the largest mistake, and the share of equations that must be known that sharply
FEW = 8  # equations beyond those that settle what is open


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Gradients as one vector: right, what came, and how far off the right may be; infinite where nothing is known."""

    right: Array
    got: Array
    slack: Array

    @property
    def weights(self) -> Array:
        """One over the error; zero where nothing is known."""
        return np.asarray(1 / self.slack)

    def beside(self, other: Known) -> Known:
        """Both, one under the other."""
        pairs = zip((self.right, self.got, self.slack), (other.right, other.got, other.slack), strict=True)
        return Known(*(np.concatenate(pair) for pair in pairs))


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Layers guessed from the first `arrays` arrays: their output h, and `known` = `matrix` times the gradient by h.

    Without a matrix that gradient itself is known.
    """

    h: Array
    arrays: int
    known: Known
    matrix: Array | None = None
    layers: int = 0
    guesses: int = 0  # how many layers might as well be others
    rank: int | None = None  # of the matrix


def first(evidence: GradientsEvidence) -> Node | None:
    """Nothing guessed: the input (N, D), which is the first parameter."""
    X = evidence.params[0] if evidence.params else np.zeros(0)
    if X.ndim != 2 or X.size > LARGEST or not evidence.measured or evidence.vanishes:
        return None
    known = of_arrays(evidence, 0, 1)
    return None if known is None else Node(X, 1, known)


def of_arrays(evidence: GradientsEvidence, begin: int, end: int) -> Known | None:
    """The gradients by the arrays from `begin` to before `end`; None where one of them is not known."""
    found = Known(np.zeros(0), np.zeros(0), np.zeros(0))
    largest = max((float(np.max(np.abs(g), initial=0.0)) for g in evidence.got if g is not None), default=0.0)
    for a in range(begin, end):
        one, g = evidence.array(a), evidence.got[a]
        if g is None or not np.all(np.isfinite(g)) or (one is None and a in evidence.wrong):
            return None
        bound = np.full(g.size, EXACT * float(np.max(np.abs(g), initial=0.0)) + CANCELS * largest + LEAST)
        right, slack = (g.ravel(), bound) if one is None else (one.expected.ravel(), one.slack.ravel() + LEAST)
        found = found.beside(Known(right, g.ravel(), slack))
    return found


def after(evidence: GradientsEvidence, node: Node, step: Step) -> Node | None:
    """One layer more is guessed; None where the gradients by the arrays cannot come from any behind it."""
    seen = with_own(evidence, node, step)
    if seen is None:
        return None
    free = step.own > 0 or (step.cancels is not None and node.matrix is None)
    more = node.guesses + (0 if free else 1)
    further = replace(
        node, h=step.value, arrays=node.arrays + step.own, layers=node.layers + 1, guesses=more, matrix=None, rank=None
    )
    known = _divided(seen, step.diagonal.ravel()) if step.diagonal is not None and node.matrix is None else None
    if step.diagonal is not None and node.matrix is None:
        return None if known is None else replace(further, known=known)
    matrix = way_back(node, step.back, step)
    one = solve(matrix, seen)
    if one is None:
        return None
    if one.open.shape[1]:
        possible = solve(matrix, replace(seen, right=seen.got)) is not None
        rank = matrix.shape[1] - one.open.shape[1]
        return replace(further, known=seen, matrix=matrix, rank=rank) if possible else None
    w = seen.weights
    got = one.inverse @ (w * seen.got)
    if np.max(np.abs(matrix @ got - seen.got) * w) > SPREADS:
        return None
    return replace(further, known=Known(one.G, got, np.linalg.norm(one.inverse, axis=1) + LEAST))


def _divided(seen: Known, slope: Array) -> Known | None:
    """The gradients by the output of a function of every entry; where its slope is zero nothing may have come."""
    stops = slope == 0
    if np.any(stops & ((np.abs(seen.right) > 2 * seen.slack) | (seen.got != 0))):
        return None
    d = np.where(stops, 1.0, slope)
    return Known(seen.right / d, seen.got / d, np.where(stops, np.inf, seen.slack / np.abs(d)))


def with_own(evidence: GradientsEvidence, node: Node, step: Step) -> Known | None:
    """What is known of the gradients that a layer and those before it give."""
    if not step.own:
        return node.known
    own = of_arrays(evidence, node.arrays, node.arrays + step.own)
    return None if own is None else node.known.beside(own)


def way_back(node: Node, back: Back, step: Step) -> Array:
    """The matrix from the gradient by a layer's output to what is known."""
    n = step.value.size
    by_input, *by_own = back(np.eye(n).reshape(n, *step.value.shape))
    through = by_input.reshape(n, -1).T
    own = [one.reshape(n, -1).T for one in by_own]
    return np.concatenate([through if node.matrix is None else node.matrix @ through, *own])


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The G that a way back takes to what is right, how it depends on that, and what is left open of it."""

    G: Array
    inverse: Array  # from what is right in units of its error
    open: Array


def solve(matrix: Array, seen: Known) -> Solved | None:
    """None where no G gives what is right."""
    w = seen.weights
    weighted = matrix * w[:, None]
    if not np.all(np.isfinite(weighted)):
        return None
    rows, columns = weighted.shape
    U, S, Vt = np.linalg.svd(weighted, full_matrices=rows < columns)  # all of Vt is needed, and of U no more than S has
    rank = int(np.sum(S / max(S[0], LEAST) > RANK)) if len(S) else 0
    inverse = (Vt[:rank].T / S[:rank]) @ U[:, :rank].T
    G = inverse @ (w * seen.right)
    left = np.abs(matrix @ G - seen.right) * w
    return Solved(G, inverse, Vt[rank:].T) if np.max(left, initial=0.0) <= SPREADS else None


def explained(evidence: GradientsEvidence, node: Node, step: Step) -> Iterator[str]:
    """The codes of mistakes in a layer that give what came; of a function of every entry all of them."""
    seen = with_own(evidence, node, step)
    if seen is None or set(evidence.wrong) - set(range(node.arrays + step.own)):
        return
    if step.diagonal is not None and node.matrix is None:
        yield from _by_entries(seen, step)
        return
    mistakes = list(step.mistakes)
    mistakes += [(code, _times(slope)) for code, slopes in step.slopes.items() for slope in slopes]
    one = solve(way_back(node, step.back, step), seen) if mistakes else None
    for code, back in mistakes:
        if one is not None and _gives(node, seen, one, way_back(node, back, step)):
            yield code
            return  # those after it leave more open


def _gives(node: Node, seen: Known, one: Solved, matrix: Array) -> bool:
    """Whether the G of the right way back, with some choice of what is open of it, gives what came by another one."""
    if not np.all(np.isfinite(matrix)):
        return False
    predicted, w = matrix @ one.G, seen.weights
    opened = 0 if node.rank is None else len(node.known.right) - node.rank
    if one.open.shape[1]:
        free = matrix @ one.open
        c, _, rank, _ = np.linalg.lstsq(free * w[:, None], w * (seen.got - predicted), rcond=LOST)
        predicted, opened = predicted + free @ c, opened + int(rank)
    return bool(fits(seen, predicted, SPREADS * np.linalg.norm(matrix @ one.inverse, axis=1), opened))


def _times(slope: Array) -> Back:
    return lambda G: (G * slope,)


def _by_entries(seen: Known, step: Step) -> Iterator[str]:
    """The same where the layer is a function of every entry, and the gradients by these are known."""
    assert step.diagonal is not None
    d = step.diagonal.ravel()
    if np.any((d == 0) & (np.abs(seen.right) > 2 * seen.slack)):
        return
    for code, slopes in step.slopes.items():
        if not slopes:
            continue
        wrong = np.stack(slopes).reshape(len(slopes), -1)
        ratio = wrong / np.where(d == 0, 1.0, d)
        blind = (d == 0) & (wrong != 0)
        predicted = np.where(blind, seen.got, ratio * seen.right)
        if np.any(fits(seen, predicted, np.abs(ratio) * seen.slack, np.sum(blind, axis=1))):
            yield code


def fits(seen: Known, predicted: Array, slack: Array, opened: Array | int = 0) -> Array:
    """Whether what is predicted, give or take `slack`, is what came, with equations enough left over.

    `predicted` and `slack` are (..., n), several predictions at once; `opened` and the result are (...).
    """
    with np.errstate(all="ignore"):
        w = seen.weights
        bound = 1 + np.where(w > 0, slack * w, np.inf)
        lack = np.abs(seen.got - seen.right) * w
        sharp = bound <= SHARP * np.max(lack, initial=0.0)
        same = np.all((np.abs(predicted - seen.got) * w <= bound) | ~sharp, axis=-1)
    known = np.sum(sharp, axis=-1)
    enough = known - opened >= max(FEW, ENOUGH * len(w))
    return np.asarray(same & (known >= ENOUGH * len(w)) & enough & (np.sum((lack > 2) & sharp, axis=-1) > opened + 1))
