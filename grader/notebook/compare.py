"""Says where the session, the order of the cells and the saved file differ, as far as it matters to what is checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.notebook.document import Cell

MOST = 3  # names, or cells, in one sentence


def differences(
    cells: Sequence[Cell], kept: Sequence[Cell], file: str | None, asked: Collection[str] | None
) -> tuple[str, ...]:
    """A sentence for each.

    Args:
        cells: The document.
        kept: The same with the cells emptied that nothing needs.
        file: What the saved file is called; None: there is none.
        asked: The names that the checks may ask for; None: any.
    """
    needed = [cell for cell in kept if cell.text.strip()]
    warnings: list[str] = []
    if file is not None:
        warnings += _edited(needed, file)
        warnings += _in_the_session_only(needed, cells, file, asked)
        warnings += _not_run(needed, file)
    return (*warnings, *_used_too_early(kept), *_stale(kept))


def _edited(needed: Sequence[Cell], file: str) -> Iterator[str]:
    edited = [cell for cell in needed if cell.edited]
    if edited:
        was, them = ("was", "that cell") if len(edited) == 1 else ("were", "those cells")
        yield (
            f"the saved {file} differs from this session: {_listed(map(_what_of, edited))} {was} run otherwise than "
            f"saved. What was run is checked here: save before you hand in, or, if the file is right, run {them} again"
        )


def _in_the_session_only(
    needed: Sequence[Cell], cells: Sequence[Cell], file: str, asked: Collection[str] | None
) -> Iterator[str]:
    elsewhere = {name for cell in cells if cell.place is not None for name in cell.names.binds}
    for cell in needed:
        used = {name for other in needed if other is not cell for name in other.names.uses} | set(asked or ())
        names = cell.names.binds if asked is None else cell.names.binds & (used | cell.names.defines)
        if cell.place is not None or not names:
            continue
        alone = sorted(names - elsewhere)
        what = (
            f"{_listed(f'`{name}`' for name in alone or sorted(names))} {'is' if len(alone or names) == 1 else 'are'}"
        )
        how = "defined in this session only, by" if alone else "bound anew in this session by"
        yield (
            f"{what} {how} cell [{cell.number}], which is not in {file}: save, or, if you have removed that cell, "
            f"{'put it back' if alone else 'restart the kernel and run what is left'}"
        )


def _not_run(needed: Sequence[Cell], file: str) -> Iterator[str]:
    never = [cell for cell in needed if cell.number is None and cell.names.binds != cell.names.imports]
    if never and all(cell.number is None for cell in needed):
        yield f"nothing of {file} has been run in this session: it is checked as it is saved"
    elif never:  # an import that stands elsewhere in the session is not worth a word
        named = _listed(f"cell {cell.place} (`{cell.first_line}`)" for cell in never)
        yield f"not run in this session, and checked as {file} has it: {named}"


def _used_too_early(kept: Sequence[Cell]) -> Iterator[str]:
    """A notebook is graded from top to bottom."""
    above: set[str] = set()
    for at, cell in enumerate(kept):
        below = {name: other for other in reversed(kept[at + 1 :]) for name in other.names.binds}
        for name in sorted(cell.names.uses_now - cell.names.binds - above):
            if name in below and cell.number is not None:
                yield (
                    f"{_called(cell)} uses `{name}`, which {_called(below[name])} below it defines: when it is graded, "
                    "the notebook is run from top to bottom, so move that cell up"
                )
                break
        above |= cell.names.binds


def _stale(kept: Sequence[Cell]) -> Iterator[str]:
    """What this session holds was made with something that has been defined anew since."""
    for at, cell in enumerate(kept):
        for other in kept[:at]:
            anew = sorted(cell.names.uses_now & (other.names.binds - other.names.imports))
            if anew and cell.number and other.number and cell.number < other.number and cell.names.binds:
                yield (
                    f"{_called(other)} was run after {_called(cell)}, which uses its `{anew[0]}`: this session still "
                    f"holds what the old one made, so run {_called(cell)} again; the check runs both in order"
                )


def _called(cell: Cell) -> str:
    """As a student finds it."""
    number = f"[{cell.number}]"
    if cell.place is None:
        return f"cell {number}"
    return f"cell {cell.place}" + (f" ({number})" if cell.number else "")


def _what_of(cell: Cell) -> str:
    return f"{_called(cell)} with {_listed(f'`{name}`' for name in sorted(cell.key))}"


def _listed(parts: Iterable[str]) -> str:
    every = list(parts)
    shown = every[:MOST] + ([f"{len(every) - MOST} more"] if len(every) > MOST else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
