"""How often is what a diagnosis says true, and how often is a mistake named?

    python benchmarks/diagnosis.py                          the bank on two seeds, 2,000 random networks
    python benchmarks/diagnosis.py --first 1000000 --networks 3000

A thing said is true if it is the code of the case, or one that would be true as well. The rules were written with the
bank and with the random networks of the seeds below 10,000 in view; those from 1,000,000 on nobody has looked at.

Random networks are counted apart by where the mistake is. At an end: in one array, in how the function behaves, or in
the first or the last of the layers, of which a loss is one. In between: in a layer whose input and output nobody sees,
where the values alone often allow several mistakes, and silence is right.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.gradcheck import Diagnoses
from grader import check_gradient
from tests.bank.bank import CASES
from tests.bank.case import Case
from tests.bank.fuzz.draw import draw
from tests.bank.fuzz.heads import LAYERS as HEADS

LOSSES = tuple(head.__name__.replace("_", " ") for head in HEADS)


def diagnose(case: Case, seed: int, *found: Diagnoses) -> None:
    """Adds to each what is said of a wrong gradient that does not pass."""
    f, vjp, params = case.make(np.random.default_rng(seed))
    report = check_gradient(f, vjp, params, seed=seed)
    for one in found if not report.passed else ():
        one.add(case, report.diagnosis.code if report.diagnosis else None)


def at_an_end(case: Case) -> bool:
    """Whether the mistake of a random network is at one of its ends; read from the case's name."""
    title, _, mistake = case.name.partition(": ")[2].partition(" / ")
    layers = title.split(", ")
    where = mistake.partition(": ")[0]
    inside = [layer for layer in layers if layer not in LOSSES]
    return where not in layers or len(inside) == 1 or (where in (layers[0], layers[-1]) and layers.count(where) == 1)


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=1_000_000, help="seed of the first network, and of the bank")
    parser.add_argument("--networks", type=int, default=2000, help="how many random networks")
    parser.add_argument("--seeds", type=int, default=2, help="on which the bank is drawn")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    bank, ends, between, every = (Diagnoses() for _ in range(4))
    for seed in range(options.first, options.first + options.seeds):
        for case in (case for case in CASES if not (case.right or case.large)):
            diagnose(case, seed, bank)
    bank.show("the bank")
    for seed in range(options.first, options.first + options.networks):
        case = draw(seed)
        if not case.right:
            diagnose(case, seed, every, ends if at_an_end(case) else between)
    every.show("random networks")
    ends.show("random networks, mistake at an end")
    between.show("random networks, mistake in between")


if __name__ == "__main__":
    main()
