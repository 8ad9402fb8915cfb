"""A class in which every other submission is hostile: the run goes on, and every grade is what is due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.engine import Task, grade_all
from grader.sandbox import A, B, Rung
from tests.attacks.arena import POINTS, TIGHT, filled, small
from tests.attacks.baits import baits
from tests.attacks.bank import ATTACKS
from tests.rungs import launcher_on
from tests.support import module

ONE_OF_EACH = {attack.family: attack for attack in ATTACKS}


@pytest.mark.parametrize("rung", [A, B], ids=["A", "B"])
def test_among_attacks_of_every_family_everybody_gets_what_is_due(rung: Rung) -> None:
    launcher_on(rung).close()
    with baits() as bait:
        tasks = []
        for attack in ONE_OF_EACH.values():
            tasks.append(Task(replace(filled(attack, bait), name=attack.name), seed=1))
            tasks.append(Task(module("def f(x): return 2 * x", f"after {attack.name}"), seed=1))
        done = grade_all(small(bait, TIGHT), tasks, jobs=1, rung=rung)
        earned = {one.task.submission.name: one.report.earned for one in done}
    for attack in ONE_OF_EACH.values():
        assert attack.is_due(earned[attack.name]), attack.name
        assert earned[f"after {attack.name}"] == POINTS, attack.name
