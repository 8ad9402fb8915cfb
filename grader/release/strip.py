"""Takes the solution out: each region between `### BEGIN SOLUTION` and `### END SOLUTION` becomes a stub."""

from __future__ import annotations

from grader.model import BadAssignment

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "# YOUR CODE HERE"
RAISE = "raise NotImplementedError"


def starter(text: str, origin: str = "solution.py") -> str:
    """The text with stubs in place of the regions, indented as their markers are.

    A region in a function ends in `raise NotImplementedError`; one at the top level does not, for it would end the
    import there.

    Raises:
        BadAssignment: A region is not closed, not opened, or lies in another; the message names the line.
    """
    kept: list[str] = []
    began: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip()
        if word == BEGIN:
            if began is not None:
                raise BadAssignment(f"{origin}:{number}: {BEGIN} again, before the one of line {began} has ended")
            began = number
            kept += _stub(line)
        elif word == END:
            if began is None:
                raise BadAssignment(f"{origin}:{number}: {END} without {BEGIN}")
            began = None
        elif began is None:
            kept.append(line)
    if began is not None:
        raise BadAssignment(f"{origin}:{began}: {BEGIN} is never ended")
    return "\n".join(kept) + "\n"


def _stub(marker: str) -> list[str]:
    indent = marker[: len(marker) - len(marker.lstrip())]
    return [indent + STUB, indent + RAISE] if indent else [STUB]
