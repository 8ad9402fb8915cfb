"""What protection this machine offers, in words: what holds, what does not, why, and what would help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.sandbox import PROBES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.sandbox import Trial

SCHEMA = "gradgrader/doctor/v1"
NAMES = {"A": "namespaces", "B": "Landlock and seccomp", "none": "none"}
# What a kernel's switch says when namespaces are refused, and the command that changes it.
# fmt: off
SWITCHES = {
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns":
        ("1", "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    "/proc/sys/user/max_user_namespaces":         ("0", "sudo sysctl -w user.max_user_namespaces=10000"),
}
# fmt: on


def doctor_text(trials: Sequence[Trial]) -> str:
    """A paragraph for each rung that was tried, the strongest first, and what follows from it."""
    lines = []
    for trial in trials:
        lines.append(f"{trial.rung.name} ({NAMES[trial.rung.name]}): {_verdict(trial)}")
        lines += [f"    student code can {PROBES[name]}" for name in trial.reached]
        lines += [f"    what would help: {help_}" for help_ in _remedies(trial)]
    last = trials[-1]
    if last.holds:
        lines.append(f"\n`grade run` uses {last.rung.name}: {last.rung.says}.")
    else:
        lines.append(
            "\n`grade run` refuses to grade here, unless --trust-students says that no student would attack this "
            "machine; `grade check` works, on your own file."
        )
    return "\n".join(lines) + "\n"


def doctor_dict(trials: Sequence[Trial]) -> dict[str, Any]:
    """The same for programs."""
    tried = [
        {"rung": trial.rung.name, "holds": trial.holds, "why": trial.why, "reached": list(trial.reached)}
        for trial in trials
    ]
    return {"schema": SCHEMA, "rung": trials[-1].rung.name if trials[-1].holds else "none", "tried": tried}


def _verdict(trial: Trial) -> str:
    if trial.holds:
        return f"holds; our own submission tried {len(PROBES)} escapes, and none worked"
    if trial.why:
        return f"not to be had here: {trial.why}"
    return f"does not hold: {len(trial.reached)} of {len(PROBES)} escapes worked"


def _remedies(trial: Trial) -> list[str]:
    if not trial.why:
        return []
    if trial.rung.name == "B":
        return ["Python and this project where every user can read them, and Linux 5.13 or newer with Landlock"]
    found = [command for path, (bad, command) in SWITCHES.items() if _reads(path) == bad]
    if found:
        return found
    return ["in Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined; elsewhere: Linux 5.12"]


def _reads(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
