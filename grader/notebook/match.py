"""Which checks a student means by a few words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from grader.model import BadInput, Check

NEAREST = 3


def matching(checks: Sequence[Check], words: str | None) -> tuple[Check, ...]:
    """The checks in whose name or title every word begins one; all without words, one alone by its exact name.

    Raises:
        BadInput: There is none; the message offers what is near.
    """
    if words is None:
        return tuple(checks)
    exact = [check for check in checks if words.strip() in (check.name, check.title)]
    wanted = _words(words)
    found = exact or [check for check in checks if wanted and all(_begins(word, check) for word in wanted)]
    if not found:
        raise BadInput(f"no check is called {words!r}; {_offer(checks, words)}")
    return tuple(found)


def _begins(word: str, check: Check) -> bool:
    return any(own.startswith(word) for own in _words(f"{check.name} {check.title}"))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _offer(checks: Sequence[Check], words: str) -> str:
    def nearness(check: Check) -> float:
        own = _words(f"{check.name} {check.title}")
        near = [max(difflib.SequenceMatcher(None, word, one).ratio() for one in own) for word in _words(words)]
        return sum(near) / len(near) if near else 0.0

    nearest = sorted(checks, key=nearness, reverse=True)[:NEAREST]
    listed = "; ".join(f"{check.name} ({check.title.rstrip('.')})" for check in nearest)
    return f"the nearest of {len(checks)}: {listed}"
