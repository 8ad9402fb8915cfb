"""Mistakes in a layer behind a few that are guessed: whatever comes after it, and however it was reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from grader.checks.diagnosis import normalisation
from grader.checks.diagnosis.chain import LARGEST, Node, after, explained, first, fits
from grader.checks.diagnosis.elementwise import denominator, masked
from grader.checks.diagnosis.evidence import ERRORS, Evidence, GradientsEvidence
from grader.checks.diagnosis.flow import spread
from grader.checks.diagnosis.steps import Step, softmax, steps
from grader.checks.diagnosis.views import View
from grader.model import Diagnosis

GUESSES, MOST = 2, 4  # layers that might as well be others, and layers
NODES = 400  # that are looked behind at most, so that a search which finds nothing comes to an end
ZERO = 1e-5  # relative: a sum that cancels
HOMOGENEOUS = 1e-6  # relative: how closely a value must be the sum of its gradient times its input
ROUNDING = 1e-9  # of the largest gradient by a hidden layer, beside the error that it inherits

ViewRule = Callable[[View], str | None]
VIEW_RULES: tuple[ViewRule, ...] = (normalisation.lost_path, normalisation.another_epsilon, spread, denominator, masked)
# fmt: off
SAYS = {
    "wrong-activation-derivative": "an activation's derivative is another one: does it take the argument or the value?",
    "missing-mask":                "a mask is missing where an activation, or a dropout, stops the gradient",
    "relu-threshold":              "the mask of a relu is cut at another place than zero",
    "softmax-diagonal":            "of a softmax's Jacobian there is only the diagonal, but each output depends on all",
    "double-softmax":              "softmax is taken of what is a softmax already",
    "batchnorm-mean-path":         "the mean of a normalisation depends on its inputs too, and a path goes through it",
    "batchnorm-variance-path":     "the variance of a normalisation depends on its inputs too, and a path goes on",
    "epsilon":                     "a small number in a denominator is another one than in the function",
    "max-spread":                  "what belongs to the largest entry alone is spread over others",
    "overwritten":                 "a value is used several times, and the gradients of all of its uses must be added",
    "operand-not-transposed":      "an operand of a matrix product has to be transposed on the way back",
    "transposed":                  "the gradient by a matrix is the transpose of the right one",
    "missing-factor":              "by the product rule the other factor stays: outputs have weights",
    "averaged-bias":               "what is broadcast over the batch is averaged, where the sum is right",
    "one-sample":                  "only one sample of the batch counts",
}
# fmt: on


def hidden_layer(evidence: GradientsEvidence) -> Diagnosis | None:
    """A mistake behind guessed layers, as few as may be, if all guesses that explain it have the same code."""
    start = first(evidence)
    level, seen = ([] if start is None else [start]), 0
    while level and (seen := seen + len(level)) <= NODES:
        behind = [(node, list(_next(evidence, node))) for node in level]
        found = {code for node, possible in behind for code in _at(evidence, node, possible)}
        if found:
            code = found.pop()
            return None if found else Diagnosis(code, f"{evidence.label()}: {SAYS[code]}")
        level = [child for node, possible in behind if _may_grow(node) for child in _children(evidence, node, possible)]
    return None


def _may_grow(node: Node) -> bool:
    """Behind what cannot be inverted each guess is a large equation, so there is one guess less."""
    return node.guesses + (node.matrix is not None) < GUESSES and node.layers < MOST


def _children(evidence: GradientsEvidence, node: Node, possible: list[Step]) -> Iterator[Node]:
    for step in possible:
        child = after(evidence, node, step)
        if child is not None:
            yield child


def _at(evidence: GradientsEvidence, node: Node, possible: list[Step]) -> Iterator[str]:
    """The codes of mistakes in what takes the output of the layers guessed: one of the possible ones."""
    for step in possible:
        yield from explained(evidence, node, step)
    if node.matrix is not None or set(evidence.wrong) - set(range(node.arrays)):
        return
    if node.arrays == len(evidence.params) and not evidence.with_upstream:
        yield from _in_loss(evidence, node)
    known, shape = node.known, node.h.shape
    right, got, error = (a.reshape(shape) for a in (known.right, known.got, known.slack / ERRORS))
    one = Evidence(right, got, ROUNDING, evidence.sizes, error, evidence.label())
    if np.any(one.off):
        view = View(node.h, one, (), None, evidence.wrong)
        yield from (code for rule in VIEW_RULES if (code := rule(view)) is not None)


def _next(evidence: GradientsEvidence, node: Node) -> Iterator[Step]:
    """The layers that may follow: not one whose gradients cancel along an axis where the right ones do not."""
    for step in steps(node.h, evidence.params[node.arrays :]):
        possible = step.cancels is None or node.matrix is not None or _cancels(node, step.cancels)
        if possible and np.all(np.isfinite(step.value)) and step.value.size <= LARGEST:
            yield step


def _cancels(node: Node, axis: int) -> bool:
    right, slack = (a.reshape(node.h.shape) for a in (node.known.right, node.known.slack))
    bound = np.maximum(ZERO * np.abs(right).sum(axis=axis), ERRORS * slack.sum(axis=axis))
    return bool(np.all(np.abs(right.sum(axis=axis)) <= bound))


def _in_loss(evidence: GradientsEvidence, node: Node) -> Iterator[str]:
    """What is left is a loss of h: a cross-entropy with a softmax too many, or a weighted sum without its weights.

    F is a weighted sum if it is the sum of h times the right gradient by h.
    """
    seen, h = node.known, node.h.ravel()
    P, exact = softmax(node.h), np.zeros(h.size)
    extra = (softmax(P) - P).ravel()
    if any(fits(seen, seen.right + extra / m, exact) for m in (1, len(node.h), h.size)):
        yield "double-softmax"
    lack = abs(float(seen.right @ h) - float(evidence.value))
    if lack <= HOMOGENEOUS * float(np.sum(np.abs(seen.right * h))) and fits(seen, np.ones(h.size), exact):
        yield "missing-factor"
