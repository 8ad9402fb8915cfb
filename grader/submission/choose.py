"""Decides which of a submission's files is the answer to the assignment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from grader.model import BadSubmission

SUFFIXES = (".py", ".ipynb")
MAX_LISTED = 3


def choose(names: Iterable[str], expected: tuple[str, ...], origin: str) -> tuple[str, tuple[str, ...]]:
    """The file to grade, and notes on a name that is not the one asked for.

    First a file with an expected name, the least deep; then one whose name contains an expected one, as platforms and
    downloads rename files; then the only Python file or notebook there is.

    Raises:
        BadSubmission: None, or two that could both be meant.
    """
    candidates = [name for name in names if name.lower().endswith(SUFFIXES)]
    wanted = " or ".join(expected)
    if not candidates:
        raise BadSubmission(f"{origin} holds no .py or .ipynb file: hand in {wanted}")
    if exact := _least_deep(candidates, expected):
        return _only(exact, wanted, origin), ()
    similar = [name for name in candidates if any(_stem(want) in _stem(name) for want in expected)]
    chosen = _only(similar or candidates, wanted, origin)
    return chosen, (f"the file is named {chosen}, the handout asks for {wanted}",)


def parts(names: Iterable[str], expected: tuple[str, ...], modules: Mapping[str, str], origin: str) -> list[str]:
    """The files that are modules of one submission, in the order of the table; of each name the least deep.

    Raises:
        BadSubmission: Two could be meant; or a notebook or file that is none of them could be the submission too.
    """
    candidates = list(names)
    found = [_only(least, want, origin) for want in modules if (least := _least_deep(candidates, (want,)))]
    instead = _least_deep(candidates, tuple(want for want in expected if want not in modules)) if found else []
    if instead:
        _only([*found, *instead], " or ".join(expected), origin)
    return found


def module_of(name: str, modules: Mapping[str, str]) -> str:
    """The dotted name that a table gives to a file, by its name or one that contains it; "" where it gives none."""
    similar = [dotted for want, dotted in modules.items() if name.endswith(".py") and _stem(want) in _stem(name)]
    exact = [dotted for want, dotted in modules.items() if matches(name, want)]
    return next(iter(exact), similar[0] if len(similar) == 1 else "")


def _least_deep(names: Iterable[str], expected: tuple[str, ...]) -> list[str]:
    exact = [name for name in names if any(matches(name, want) for want in expected)]
    depth = min((name.count("/") for name in exact), default=0)
    return [name for name in exact if name.count("/") == depth]


def matches(name: str, wanted: str) -> bool:
    """Whether `name` ends in the wanted path."""
    parts, want = PurePosixPath(name).parts, PurePosixPath(wanted).parts
    return parts[-len(want) :] == want


def _stem(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", PurePosixPath(name).stem.lower())


def _only(names: list[str], wanted: str, origin: str) -> str:
    if len(names) > 1:
        more = [f"{len(names) - MAX_LISTED:,} more"] if len(names) > MAX_LISTED else []
        listed = " and ".join(sorted(names)[:MAX_LISTED] + more)
        raise BadSubmission(
            f"{origin}: {listed} could each be the submission: keep the one that counts, named {wanted}, "
            "and remove the others, or name that file itself"
        )
    return names[0]
