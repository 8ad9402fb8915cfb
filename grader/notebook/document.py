"""The notebook as it would be handed in if it were saved now: the saved file, with what this session has run since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.notebook.names import Names, names_in
from grader.notebook.session import Ran, Session

LONGEST = 60  # characters of a line that is shown


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell of the document."""

    text: str
    place: int | None = None  # the how-manieth code cell of the saved file, from 1
    number: int | None = None  # with which it was run last, in brackets
    edited: bool = False  # what was run stands in the place of what is saved

    @property
    def names(self) -> Names:
        """Of its text."""
        return names_in(self.text)

    @property
    def first_line(self) -> str:
        """The first that is no comment, by which its author knows it again."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        return next((line for line in lines if not line.startswith("#")), lines[0] if lines else "")[:LONGEST]

    @property
    def key(self) -> frozenset[str]:
        """What makes an edited cell the same cell: the functions and classes that it defines, or else all it binds."""
        return self.names.defines or self.names.binds - self.names.imports


def document(saved: Sequence[str] | None, session: Session) -> tuple[Cell, ...]:
    """The cells in the notebook's order; without a saved file, in the order in which they were first run.

    A cell that was run and is not in the file takes the place of the cell whose functions it defines anew; a new one
    comes after the cell that was run before it. What was run and has since been replaced is left out.
    """
    last = {_normal(one.text): one.number for one in session.ran}
    texts = [_normal(text) for text in saved or ()]
    cells = [
        Cell(text, place, last.get(normal))
        for place, (text, normal) in enumerate(zip(saved or (), texts, strict=True), 1)
    ]
    born = _born(session.ran)
    for ran in in_effect(session):
        names = names_in(ran.text)
        # Beside a file, a cell that only calls something was a trial: what it may have changed is not handed in.
        lasting = saved is None or names.binds or names.changes or not names.readable
        if _normal(ran.text) not in texts and lasting:
            cells = _put(cells, ran, born)
    return tuple(cells)


def in_effect(session: Session) -> list[Ran]:
    """The cells whose work still stands: the last to bind a name that is bound, or to change what another has bound."""
    owner: dict[str, Ran] = {}
    latest: dict[str, Ran] = {}
    for ran in session.ran:
        latest[_normal(ran.text)] = ran
        owner.update(dict.fromkeys(names_in(ran.text).binds & session.bound, ran))
    changing = [one for one in latest.values() if _acts(one)]
    return sorted({*owner.values(), *changing}, key=lambda ran: ran.number)


def _acts(ran: Ran) -> bool:
    """Whether it does more than bind names: it changes what others have bound, or binds what its text does not show."""
    names = names_in(ran.text)
    return bool(names.changes or names.touches or (names.uses and not names.readable))


def _put(cells: list[Cell], ran: Ran, born: Mapping[int, int]) -> list[Cell]:
    """The cells with one more, or with those replaced that it defines anew."""
    binds = names_in(ran.text).binds
    old = [k for k, cell in enumerate(cells) if _is_new_version(ran, cell)]
    if old:
        new = replace(cells[old[0]], text=ran.text, number=ran.number, edited=cells[old[0]].place is not None)
        return [new if k == old[0] else cell for k, cell in enumerate(cells) if k == old[0] or k not in old]
    before = [k for k, cell in enumerate(cells) if cell.number and born.get(cell.number, 0) <= born[ran.number]]
    at = before[-1] + 1 if before else (0 if any(cell.number for cell in cells) else len(cells))
    anew = (k for k, cell in enumerate(cells) if (cell.number or 0) > ran.number and cell.names.binds & binds)
    at = min(at, next(anew, at))  # what has been bound anew since then stays so
    return [*cells[:at], Cell(ran.text, number=ran.number), *cells[at:]]


def _is_new_version(ran: Ran, cell: Cell) -> bool:
    """Whether it defines all that the cell does; `relu = relu(x)` is no new version of a function."""
    names = names_in(ran.text)
    does = names.defines if cell.names.defines else names.binds
    return bool(cell.key) and cell.key <= does and (cell.number or 0) < ran.number


def _born(session: Iterable[Ran]) -> dict[int, int]:
    """By the number of each cell that was run: the number of its first version."""
    first: dict[str, int] = {}  # by text, and by function
    born = {}
    for ran in session:
        keys = [_normal(ran.text), *(f"def {name}" for name in sorted(names_in(ran.text).defines))]
        born[ran.number] = min((first[key] for key in keys if key in first), default=ran.number)
        for key in keys:
            first.setdefault(key, born[ran.number])
    return born


def needed(cells: Sequence[Cell], asked: Collection[str] | None) -> tuple[Cell, ...]:
    """The document with every cell emptied that nothing that is asked for needs; None asks for everything.

    Cells of the file keep their places; new ones that are not needed are left out. What cannot be read may do anything,
    and stays.
    """
    if asked is None:
        return tuple(cells)
    plain = frozenset[str]().union(*(cell.names.defines | cell.names.imports for cell in cells))
    setters = frozenset[str]().union(*(cell.names.setters for cell in cells))
    wanted, kept = set(asked), set[int]()
    growing = True
    while growing:
        growing = False
        for place, cell in enumerate(cells):
            names = cell.names
            serves = (names.binds | names.changes | (names.touches - plain)) & wanted or names.uses_now & setters
            if place not in kept and cell.text.strip() and (serves or not names.readable):
                kept.add(place)
                wanted |= names.uses
                growing = True
    emptied = (cell if place in kept else replace(cell, text="") for place, cell in enumerate(cells))
    return tuple(cell for cell in emptied if cell.text or cell.place is not None)


def _normal(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
