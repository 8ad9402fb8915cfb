"""Runs what this project claims at full size, and saves what came of it under evidence/, with the commit.

    make evidence
    .venv/bin/python benchmarks/evidence.py overhead soak      some claims alone

Each claim is a command; its output is saved as it was printed, paths of this machine left out. The first two run in
fresh clones of the commit, as a newcomer would: nothing that is not committed can help them.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = ROOT / "evidence"
GRADE = str(Path(sys.executable).with_name("grade"))
VALIDATE = (GRADE, "validate")
SEEDS = 50
COURSE = tuple(sorted(manifest.parent.name for manifest in (ROOT / "assignments").glob("*/assignment.toml")))
MACHINE = f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores"
OF_THE_MACHINE = ("WARNING: Location", "[notice]")  # what pip says of where this machine gets its packages


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed, the command that shows it, and where its output goes."""

    name: str
    says: str
    command: tuple[str, ...]
    fresh_clone: bool = False
    keep: int = 400  # lines, from the end


def promises(assignment: str) -> Claim:
    """What a validation with written mutants shows."""
    return Claim(
        f"validate-{assignment}",
        f"the solution of {assignment} earns 100 % on each of {SEEDS} seeds, the starter 0 %, every mutant does as "
        "promised",
        (*VALIDATE, assignment, *("--seeds", str(SEEDS), "--seed", "0", "--jobs", "2", "--mutants", "written")),
    )


def mutation(assignment: str) -> Claim:
    """What a validation with generated mutants shows."""
    return Claim(
        f"mutation-{assignment}",
        f"of the mutants generated from the solution of {assignment} its checks kill at least 95 %",
        (*VALIDATE, assignment, *("--seed", "0", "--jobs", "2", "--mutants", "generated", "--verbose")),
    )


CLAIMS = (
    Claim("demo", "`make demo` works as the first command on a fresh clone", ("make", "demo"), True),
    Claim(
        "test",
        "`make test` works as the first command on a fresh clone: ruff, mypy --strict, import-linter and pytest are "
        "clean",
        ("env", "REQUIRE_RUNGS=A,B", "make", "test"),
        True,
        60,
    ),
    Claim("coverage", "the tests reach at least 90 % of the lines and branches", ("make", "coverage"), False, 120),
    *(promises(assignment) for assignment in COURSE),
    *(mutation(assignment) for assignment in COURSE),
    Claim(
        "gradients",
        "on the bank over 20 seeds, and on 3,000 random networks of today, no wrong gradient is accepted and no right "
        "one rejected",
        (sys.executable, "benchmarks/gradcheck.py", "--full"),
    ),
    Claim(
        "cost",
        "reverse mode is told from everything else 200 times each while the machine is busy",
        (sys.executable, "benchmarks/cost.py", "--repetitions", "200"),
    ),
    Claim(
        "diagnosis",
        "on networks that nobody has looked at the first thing said of a mistake that has a rule is true of at least "
        "85 %, and of what is said at least 97 % is true",
        (sys.executable, "benchmarks/diagnosis.py", "--first", "12000000", "--networks", "1500"),
    ),
    Claim(
        "converge",
        "right training fails assert_converges as rarely as it says, over 3,000 seeds",
        (sys.executable, "benchmarks/converge.py"),
    ),
    Claim(
        "autodiff",
        "derivatives cost what they may beside those written by hand in NumPy",
        (sys.executable, "benchmarks/autodiff.py"),
    ),
    Claim(
        "class",
        "every submission of the example class gets the verdict that its file name promises",
        (sys.executable, "-m", "pytest", "-v", "--no-header", "tests/examples/test_class.py"),
    ),
    Claim(
        "zoo",
        "no hostile return value makes any kind of check BROKEN",
        (sys.executable, "-m", "pytest", "-v", "--no-header", "tests/grader/engine/test_zoo.py"),
    ),
    Claim(
        "scoreboard",
        "every attack is stopped on rungs A and B, as root and as an ordinary user; without a jail each is seen to "
        "work, or the table says why not",
        (sys.executable, "-m", "tests.attacks.scoreboard"),
    ),
    Claim(
        "attacked-class",
        "among attacks of every family everybody in the class gets what is due",
        (
            "env",
            "REQUIRE_RUNGS=A,B",
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "--no-header",
            "tests/attacks/test_class.py",
        ),
    ),
    Claim(
        "features",
        "legitimate code is not hurt: features of notebooks and of NumPy and the standard library work on both rungs",
        (
            "env",
            "REQUIRE_RUNGS=A,B",
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "--no-header",
            "tests/attacks/test_features.py",
        ),
    ),
    Claim(
        "soak",
        "a zygote grows neither in descriptors nor in memory nor in processes over 1,000 submissions",
        (
            "env",
            "SOAK=1000",
            "REQUIRE_RUNGS=A,B",
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "--no-header",
            "-k",
            "grow",
            "tests/grader/sandbox/test_family.py",
        ),
    ),
    Claim(
        "overhead",
        "start, load and one call cost at most an eighth of what they cost a fresh interpreter, with or without "
        "bubblewrap",
        (sys.executable, "benchmarks/overhead.py", "--rounds", "50"),
    ),
    Claim(
        "class-of-twenty",
        "a class of twenty notebooks, fifteen checks each, is graded in at most 1.8 s, jailed, by one job",
        (sys.executable, "benchmarks/class_of_twenty.py", "--at-most", "1.8"),
    ),
)


def git(*arguments: str) -> str:
    """What git says."""
    return subprocess.run(("git", *arguments), cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def run(claim: Claim, scratch: Path) -> tuple[int, float, str]:
    """Exit code, seconds, and output."""
    where = ROOT
    if claim.fresh_clone:
        where = scratch / claim.name
        git("clone", "--quiet", str(ROOT), str(where))
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "MAKEFLAGS")}
    environment |= {"COLUMNS": "110", "NO_COLOR": "1"}
    began = time.monotonic()
    done = subprocess.run(
        claim.command,
        check=False,
        cwd=where,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = [line.rstrip() for line in done.stdout.splitlines() if not line.startswith(OF_THE_MACHINE)]
    output = "\n".join(lines[-claim.keep :])
    for path in (where, ROOT, Path(sys.executable).parent):
        output = output.replace(str(path), ".")
    return done.returncode, time.monotonic() - began, output


def save(claim: Claim, commit: str, scratch: Path) -> bool:
    """Run a claim and write down what came of it; whether it holds."""
    print(f"{claim.name} ...", flush=True)
    code, seconds, output = run(claim, scratch)
    shown = " ".join(Path(part).name if Path(part).is_absolute() else part for part in claim.command)
    head = f"commit {commit}\n$ {shown}\nexit code {code}, {seconds:.0f} s, {MACHINE}\n\n"
    (EVIDENCE / f"{claim.name}.txt").write_text(head + output + "\n", encoding="utf-8")
    print(f"  {_verdict(code)}, {seconds:.0f} s", flush=True)
    return code == 0


def _verdict(code: int) -> str:
    return "holds" if code == 0 else f"DOES NOT HOLD (exit code {code})"


def table() -> str:
    """What is saved for each claim, and of which commit."""
    rows = ["| claim | | commit | output |", "|---|---|---|---|"]
    for claim in CLAIMS:
        saved = EVIDENCE / f"{claim.name}.txt"
        if saved.exists():
            first, _command, third = saved.read_text(encoding="utf-8").splitlines()[:3]
            verdict, commit = _verdict(int(third.split()[2].rstrip(","))), first.split()[1][:7]
        else:
            verdict, commit = "not run", ""
        rows.append(f"| {claim.says} | {verdict} | {commit} | [{claim.name}.txt]({claim.name}.txt) |")
    return "\n".join(rows)


def main() -> int:
    """Run every claim, or those that are named; 0 if all of them hold."""
    if git("status", "--porcelain", "--", ".", ":!evidence"):
        print("evidence is of a commit: commit or stash what has changed first", file=sys.stderr)
        return 2
    commit, names = git("rev-parse", "HEAD"), sys.argv[1:]
    chosen = [claim for claim in CLAIMS if not names or claim.name in names]
    if unknown := set(names) - {claim.name for claim in CLAIMS}:
        print(f"there is no claim called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    EVIDENCE.mkdir(exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="gradgrader-evidence-"))
    try:
        holds = [save(claim, commit, scratch) for claim in chosen]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    when = datetime.now(UTC).date().isoformat()
    head = f"# Evidence\n\nWritten by `make evidence`, last on {when}, on {MACHINE}.\n\n"
    (EVIDENCE / "README.md").write_text(head + table() + "\n", encoding="utf-8")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
