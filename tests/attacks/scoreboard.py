"""Prints what stopped each attack, on each rung, as a Markdown table: `python -m tests.attacks.scoreboard`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from grader.sandbox import NONE, A, B, GuestLost, Rung, open_launcher
from tests.attacks.arena import Attack, Bait, baits, run
from tests.attacks.bank import ATTACKS

MAX_CELL = 90


def played(attacks: Sequence[Attack], rung: Rung, bait: Bait) -> Mapping[str, str]:
    """For each attack by name, what stopped it on this rung; in capitals what it reached, if it was not stopped."""
    launcher, solutions = open_launcher(("numpy",), rung), open_launcher(("numpy",), NONE)
    try:
        told = {}
        for attack in attacks:
            ran = run(attack, launcher, solutions, bait)
            told[attack.name] = "; ".join(ran.reached).upper() or ran.stopped_by.replace(bait.home, "…")
        return told
    except GuestLost as error:
        return dict.fromkeys((attack.name for attack in attacks), f"not to be had here: {error}")
    finally:
        launcher.close()
        solutions.close()


def table(attacks: Sequence[Attack], told: Mapping[str, Mapping[str, str]]) -> str:
    """`told`: by the name of the rung, what `played` says."""
    lines = [f"| family | attack | {' | '.join(told)} |", "|" + "---|" * (2 + len(told))]
    for attack in sorted(attacks, key=lambda attack: attack.family):
        cells = [attack.family, attack.name, *(_cell(column[attack.name]) for column in told.values())]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= MAX_CELL else f"{line[:MAX_CELL]}…"


def main() -> int:
    """Play every attack, or those whose family or name holds one of the words given."""
    words = sys.argv[1:]
    attacks = [one for one in ATTACKS if not words or any(word in f"{one.family} {one.name}" for word in words)]
    with baits() as bait:
        told = {str(rung.name): played(attacks, rung, bait) for rung in (A, B)}
    print(table(attacks, told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
