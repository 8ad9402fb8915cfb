"""Parameters in other units: a function of x/1000 is one of y, where x is 1000·y and gradients by y are 1000 times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence

FAR = 30.0  # how far from one a size calls for another unit, or one over that
AT_MOST = 4  # combinations that are tried
LEAST, MOST = (1.5, 0.15), (15.0, 1.5)  # between which sizes are brought


def in_other_units(evidence: GradientsEvidence) -> Iterator[GradientsEvidence]:
    """The same gradients where parameters that are far from one are divided by a power of ten."""
    if not evidence.wrong:
        return
    choices = []
    for x in evidence.params:
        size = float(np.sqrt(np.mean(np.square(x)))) if x.size else 1.0
        far = np.isfinite(size) and size > 0 and not 1 / FAR <= size <= FAR
        choices.append(sorted({10.0 ** round(np.log10(size)), 10.0 ** round(np.log10(size) + 0.45)}) if far else [1.0])
    for units in islice(product(*choices), AT_MOST):
        if any(u != 1.0 for u in units):
            yield _in_units(evidence, units)


def _in_units(evidence: GradientsEvidence, units: tuple[float, ...]) -> GradientsEvidence:
    def times(arrays: tuple[Array | None, ...]) -> tuple[Array | None, ...]:
        return tuple(None if g is None else g * u for g, u in zip(arrays, units, strict=True))

    def back(params: tuple[Array, ...]) -> tuple[Array, ...]:
        return tuple(p * u for p, u in zip(params, units, strict=True))

    return replace(
        evidence,
        params=tuple(p / u for p, u in zip(evidence.params, units, strict=True)),
        got=times(evidence.got),
        expected=times(evidence.expected),
        error={a: e * units[a] for a, e in evidence.error.items()},
        rows={a: r * units[a] for a, r in evidence.rows.items()},
        unsure={a: r * units[a] for a, r in evidence.unsure.items()},
        ask=lambda params, upstream: times(evidence.ask(back(params), upstream)),
        values_at=lambda points: evidence.values_at([back(p) for p in points]),
    )
