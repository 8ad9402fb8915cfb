"""What a validation came to, as one page of HTML that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from grader.model import BadInput, format_points
from grader.validate.mutation import words
from grader.validate.mutation.score import points_kept
from grader.validate.promises import percent
from grader.validate.show import points_earned, problem_line, sizes, verdict

if TYPE_CHECKING:
    from grader.validate.found import Subject, Validation
    from grader.validate.mutation.score import CheckScore, Mutants, Tried

STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.25rem; margin-top: 2.2rem; } h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } caption { text-align: left; padding: .3rem 0; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
thead th { border-bottom: 2px solid #555; } .number { text-align: right; white-space: nowrap; }
tbody th { font-weight: normal; } .bad { color: #9c1c1c; font-weight: 600; } .good { color: #14612e; font-weight: 600; }
.bar { display: inline-block; width: 8rem; height: .7rem; border: 1px solid #888; margin-left: .6rem; }
.bar span { display: block; height: 100%; background: #4a6fa5; }
pre { background: #f6f6f6; border: 1px solid #ddd; padding: .6rem; overflow-x: auto; font-size: .85rem;
  margin: .4rem 0; }
del, ins { text-decoration: none; } del { background: #fbe3e3; } ins { background: #e1f3e5; }
article, tr { break-inside: avoid; }
@media print { html { font-size: 9pt; } body { max-width: none; margin: 0; } pre { white-space: pre-wrap; }
  .bar span, del, ins { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  thead { display: table-header-group; } }
"""


def refuse_folder(path: Path) -> None:
    """Say before minutes of work that the page cannot be written there.

    Raises:
        BadInput: There is no such folder, or the path is one.
    """
    if not path.parent.is_dir() or path.is_dir():
        raise BadInput(f"{path} cannot be written: name a file in a folder that exists")


def write_page(validation: Validation, path: Path) -> None:
    """Write the page.

    Raises:
        BadInput: It cannot be written.
    """
    try:
        path.write_text(page(validation), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}") from error


def page(validation: Validation) -> str:
    """The page's text."""
    title = escape(f"{validation.assignment}: validation")
    body = "\n".join(_body(validation))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _body(validation: Validation) -> Iterator[str]:
    mutants = validation.mutants
    yield f"<h1>{escape(validation.assignment)}</h1>"
    kind = "good" if validation.sound else "bad"
    yield f'<p>{escape(", ".join(sizes(validation)))}: <span class="{kind}">{verdict(validation)}</span>.'
    yield f" It took {validation.seconds:.0f}&nbsp;s.</p>"
    if mutants is not None:
        yield f"<p>{escape(words.summary(mutants).capitalize())}.</p>"
    yield from _list("What does not hold", [*_broken_promises(validation), *validation.problems])
    if mutants is not None:
        yield from _survivors(mutants)
        yield from _checks(mutants)
    yield from _subjects(validation)
    yield from _list("Notes", validation.notes)
    if mutants is not None:
        yield from _ambiguous(mutants)
        yield from _equivalent(mutants)


def _broken_promises(validation: Validation) -> Iterator[str]:
    for subject in validation.subjects:
        for problem in subject.problems.values():
            yield f"{subject.name} {problem_line(problem, subject, validation)}"


def _list(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"<section>\n<h2>{title}</h2>\n<ul>"
        yield from (f"<li>{escape(item)}</li>" for item in items)
        yield "</ul>\n</section>"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[int]) -> Iterator[str]:
    """Cells are HTML; the first of a row is its header. The columns of `left` hold words, the others numbers."""
    kinds = ["" if k in left else ' class="number"' for k in range(len(head))]
    yield f"<table>\n<caption>{caption}</caption>\n<thead>\n<tr>"
    yield "".join(f'<th scope="col"{kind}>{name}</th>' for name, kind in zip(head, kinds, strict=True))
    yield "</tr>\n</thead>\n<tbody>"
    for first, *cells in rows:
        others = "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(cells, kinds[1:], strict=True))
        yield f'<tr><th scope="row">{first}</th>{others}</tr>'
    yield "</tbody>\n</table>"


def _survivors(mutants: Mutants) -> Iterator[str]:
    yield "<section>\n<h2>Survivors</h2>"
    points = {each.check: each.points for each in mutants.checks}
    if not mutants.survivors:
        yield "<p>None: some check notices each of the mistakes, with every seed.</p>"
    for each in mutants.survivors:
        yield _mutant(each, words.headline(each, points_kept(each, points)))
    yield "</section>"


def _mutant(each: Tried, headline: str) -> str:
    return f"<article>\n<h3>{escape(headline)}</h3>\n<pre>{_diff(each.mutation.diff)}</pre>\n</article>"


def _diff(text: str) -> str:
    lines = []
    for line in text.splitlines():
        tag = {"-": "del", "+": "ins"}.get(line[:1]) if not line.startswith(("---", "+++")) else None
        lines.append(f"<{tag}>{escape(line)}</{tag}>" if tag else escape(line))
    return "\n".join(lines)


def _checks(mutants: Mutants) -> Iterator[str]:
    yield "<section>\n<h2>Checks</h2>"
    caption = (
        "Generated mutants that a check can notice (reached), those of them that it kills with every seed, and those "
        "that no other check kills. Equivalent ones are left out."
    )
    head = ("Check", "Points", "Reached", "Killed", "Alone", "Share")
    yield from _table(caption, head, map(_row, mutants.checks), left=(0,))
    yield "</section>"


def _row(each: CheckScore) -> list[str]:
    share = "none" if each.score is None else percent(each.score)
    killed = str(each.killed) if each.killed else '<span class="bad">0</span>'
    width = int(100 * (each.score or Fraction(0)))
    bar = f'<span class="bar" aria-hidden="true"><span style="width:{width}%"></span></span>'
    return [
        escape(each.check),
        format_points(each.points),
        str(each.reached),
        killed,
        str(each.alone),
        f"{share} {bar}",
    ]


def _subjects(validation: Validation) -> Iterator[str]:
    def row(subject: Subject) -> list[str]:
        holds = "no" if subject.problems else "yes" if subject.judged else "not judged"
        said = f'<span class="bad">{holds}</span>' if subject.problems else holds
        return [escape(subject.name), escape(subject.promise), points_earned(subject), str(subject.runs), said]

    yield "<section>\n<h2>Promises</h2>"
    head = ("What was run", "Promise", "Points", "Seeds", "Holds")
    yield from _table(
        "The solution, the starter and the written mutants", head, map(row, validation.subjects), left=(0, 1, 4)
    )
    yield "</section>"


def _ambiguous(mutants: Mutants) -> Iterator[str]:
    if mutants.ambiguous:
        yield "<section>\n<h2>Matrices that look like their transposes</h2>"
        rows = [
            [escape(each.check), escape(each.what), each.shape, "nothing" if each.symmetric else "its values"]
            for each in mutants.ambiguous
        ]
        caption = "Square with every seed, so that their shape tells no layout from another"
        yield from _table(caption, ("Check", "Matrix", "Shape", "A transpose shows in"), rows, left=(0, 1, 2, 3))
        yield "</section>"


def _equivalent(mutants: Mutants) -> Iterator[str]:
    found = [each for each in mutants.tested if each.equivalent]
    if found:
        yield "<section>\n<h2>Equivalent mutants</h2>"
        yield "<p>They answer like the solution to everything that was asked, and do not count.</p>"
        for each in found:
            yield _mutant(each, f"{each.mutation.name}: {each.mutation.does}")
        yield "</section>"
