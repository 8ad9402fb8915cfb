"""Writes into docs/autodiff.md which functions have a derivative: python -m tests.reference.autodiff.table."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from reference.autodiff import ops
from reference.autodiff.compositions import COMPOSED
from reference.autodiff.rules import CONSTANT, RULES, name_of
from tests.support import ROOT

PAGE = ROOT / "docs" / "autodiff.md"
BEGIN, END = "<!-- functions: generated for NumPy {} -->\n", "<!-- end of functions -->\n"
VERSION = ".".join(np.__version__.split(".")[:2])
WITH_A_RULE, COMPOSITIONS, CONSTANTS, WITHOUT = (
    "With a rule of their own",
    "Written with those",
    "Derivative 0 wherever there is one, or no number at all",
    "Refused by name",
)
assert ops  # its rules are in the table too


def of_numpy() -> Iterator[Any]:
    """All ufuncs and all functions that NumPy lets a traced value take over."""
    for module in (np, np.linalg, np.fft):
        for name in sorted(set(dir(module)) - {"emath"}):
            function = getattr(module, name)
            if not name.startswith("_") and (isinstance(function, np.ufunc) or hasattr(function, "_implementation")):
                yield function


def named(function: Any) -> str:
    """As one writes it after np."""
    return ("fft." if "fft" in str(getattr(function, "__module__", "")) else "") + name_of(function)


def lists() -> dict[str, set[str]]:
    """The names of NumPy's functions by what a derivative makes of them."""
    everything = set(of_numpy())
    tables: dict[str, Iterable[Any]] = {WITH_A_RULE: RULES, COMPOSITIONS: COMPOSED, CONSTANTS: CONSTANT}
    found = {title: {named(f) for f in table if f in everything} for title, table in tables.items()}
    found[WITHOUT] = {named(f) for f in everything - {*RULES, *COMPOSED, *CONSTANT}}
    return found


def written() -> str:
    """The part of the page between the marks."""
    parts = [
        f"**{title}** ({len(names)}):\n{textwrap.fill(', '.join(f'`{name}`' for name in sorted(names)), 118)}\n"
        for title, names in lists().items()
    ]
    return "\n".join(["", *parts, ""])


def split_page() -> tuple[str, str, str, str]:
    """The page before the marks, the version they name, the part between them, the page after."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN.split("{", maxsplit=1)[0])
    version, rest = rest.split(BEGIN.split("}")[1], maxsplit=1)
    between, after = rest.split(END)
    return before, version, between, after


def main() -> None:
    """Write it."""
    before, _, _, after = split_page()
    PAGE.write_text(before + BEGIN.format(VERSION) + written() + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
