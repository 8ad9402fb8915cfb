"""All cases of the bank."""

from __future__ import annotations

from tests.bank import contracts, kinks, layers, losses, networks, normalisation, scales, structures
from tests.bank.case import Case

FAMILIES = (layers, structures, losses, normalisation, kinks, contracts, scales, networks)
CASES: tuple[Case, ...] = tuple(case for family in FAMILIES for case in family.CASES)
SMALL = tuple(case for case in CASES if not case.large)
BY_NAME = {case.name: case for case in CASES}

# Right, but float16 hides all errors below a fifth or so: a checker may say that it cannot judge, not that it is wrong.
HIDDEN = frozenset({"float16 inside"})
