"""What has been run in this session, and the shell that ran it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Ran:
    """One cell as it was run: `number` is the one in brackets beside it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """The cells that were run, oldest first, and the names that are bound now."""

    ran: tuple[Ran, ...] = ()
    bound: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()  # of these: what cannot be called
    front_end: Mapping[str, object] = field(default_factory=dict)  # what a front end has put there about itself


def this_session() -> Session | None:
    """The session that this code runs in; None in plain Python."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is None or shell.history_manager is None:
        return None
    raw: list[str] = list(shell.history_manager.input_hist_raw)
    ran = tuple(Ran(number, text) for number, text in enumerate(raw) if number and text.strip())
    told = {name: value for name, value in shell.user_ns.items() if name.startswith("__vsc_")}
    data = frozenset(name for name, value in shell.user_ns.items() if not callable(value))
    return Session(ran, frozenset(shell.user_ns), data, told)
