"""Prints what stopped each attack, on each rung, as root and as an ordinary user, and what comes of it without a jail.

    python -m tests.attacks.scoreboard [WORD...] [--docs]

The words choose attacks by family and name. The table is Markdown; `--docs` puts it into docs/threat-model.md, between
the marks. Where we are root, the ordinary user is a number without an account. Exit code 1: an attack was not stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from grader.sandbox import NONE, A, B, open_launcher
from tests.attacks import as_user
from tests.attacks.arena import Attack, Ran, run
from tests.attacks.baits import PLACES, Bait, baits
from tests.attacks.bank import ATTACKS
from tests.support import ROOT

RUNGS = {"A": A, "B": B, "none": NONE}
DOCS = ROOT / "docs" / "threat-model.md"
BEGIN, END = "<!-- scoreboard: begin -->", "<!-- scoreboard: end -->"
MAX_CELL = 110
SHORT = 3
NOT_STOPPED = "NOT STOPPED: "

Told = Mapping[str, str]  # by the name of the attack: what stopped it; without a jail, what it reached


# ------------------------------------------------------------------------------------------- one rung, in one process


def played(attacks: Sequence[Attack], rung: str) -> Told:
    """What stopped each attack on this rung."""
    with baits() as bait:
        launcher, solutions = open_launcher(("numpy",), RUNGS[rung]), open_launcher(("numpy",), NONE)
        told = {}
        try:
            for attack in attacks:
                if rung == "none" and attack.control == "":
                    told[attack.name] = f"({attack.why})"
                    continue
                ran = run(attack, launcher, solutions, bait, control=rung == "none")
                told[attack.name] = _unnamed(_reached(ran) if rung == "none" else _stopped(ran), bait)
        finally:
            launcher.close()
            solutions.close()
        return told


def _stopped(ran: Ran) -> str:
    return NOT_STOPPED + _reached(ran) if ran.reached else ran.stopped_by


def _reached(ran: Ran) -> str:
    return "; ".join(ran.reached)


def _unnamed(text: str, bait: Bait) -> str:
    """Without what differs from one run to the next."""
    places = {name: str(getattr(bait, name)) for name in PLACES}
    for name, place in places.items():
        if len(place) > SHORT:  # the number of a descriptor stands for nothing in a text
            text = text.replace(place, f"{{{name}}}")
    text = text.replace(bait.home, "…").replace(str(ROOT), "…")
    return re.sub(r"it left \d+ processes, .*?(?=;|$)", "it left processes", re.sub(r"\b\d{4,}\b", "…", text))


# --------------------------------------------------------------------------------------------------- all of them


def gathered(words: Sequence[str]) -> dict[str, Told]:
    """By column, each played in a process of its own, two at a time."""
    users = ("root", "user") if _is_root() else ("user",)
    runs = {f"{rung}, {user}": (rung, user) for rung in "AB" for user in users}
    runs["without a jail"] = ("none", users[0])
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda one: _in_a_process(one[0], one[1], words), runs.values())
        return dict(zip(runs, told, strict=True))


def _in_a_process(rung: str, user: str, words: Sequence[str]) -> Told:
    arguments = ["tests.attacks.scoreboard", "--only", rung, *words]
    if user == "user" and _is_root():
        ran = as_user.run(*arguments)
    else:
        command = [sys.executable, "-m", *arguments]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"rung {rung} as {user}: {ran.stderr or ran.stdout}")
    told: Told = json.loads(ran.stdout)
    return told


def _is_root() -> bool:
    return os.getuid() == 0


def table(attacks: Sequence[Attack], told: Mapping[str, Told]) -> str:
    """A row for each attack. What stops it is said once where it is the same for root and for a user."""
    names = {"A": [name for name in told if name.startswith("A")], "B": [name for name in told if name.startswith("B")]}
    lines = ["| family | attack | on A | on B | without a jail |", "|---|---|---|---|---|"]
    for attack in sorted(attacks, key=lambda attack: attack.family):
        cells = [_together({name: told[name][attack.name] for name in columns}) for columns in names.values()]
        cells = [attack.family, attack.name, *cells, told["without a jail"][attack.name]]
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines)


def _together(says: Mapping[str, str]) -> str:
    if len(set(says.values())) == 1:
        return next(iter(says.values()))
    return "; ".join(f"as {name.split(', ')[1]}: {text}" for name, text in says.items())


def _cell(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return line if len(line) <= MAX_CELL or NOT_STOPPED in line else f"{line[:MAX_CELL]}…"


def summary(attacks: Sequence[Attack], told: Mapping[str, Told]) -> str:
    """How many were stopped, in each column."""
    lines = []
    for name, column in told.items():
        if name != "without a jail":
            stopped = sum(not says.startswith(NOT_STOPPED) for says in column.values())
            lines.append(f"rung {name}: {stopped} of {len(column)} attacks stopped")
    seen = sum(attack.control != "" for attack in attacks)
    return "\n".join([*lines, f"without a jail: {seen} are seen to work; of the others the table says why not"])


def main() -> int:
    """Play every attack, or those whose family or name holds one of the words given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--only", choices=RUNGS, help="play this rung as the user that we are, and print JSON")
    given = parser.parse_args()
    words = given.words
    attacks = [one for one in ATTACKS if not words or any(word in f"{one.family} {one.name}" for word in words)]
    if given.only:
        print(json.dumps(played(attacks, given.only)))
        return 0
    told = gathered(words)
    rows = table(attacks, told)
    if given.docs:
        before, _old, after = re.split(f"({BEGIN}.*{END})", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
        DOCS.write_text(f"{before}{BEGIN}\n{rows}\n{END}{after}", encoding="utf-8")
    print(rows, summary(attacks, told), sep="\n\n")
    return int(NOT_STOPPED in rows)


if __name__ == "__main__":
    sys.exit(main())
