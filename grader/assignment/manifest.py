"""Reads `assignment.toml`. Unknown keys, wrong types and values that make no sense are errors that name the line."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from pathlib import Path, PurePosixPath

import msgspec

from grader.assignment.files import read_text, shown
from grader.model import BadAssignment, Feedback, Limits, Manifest, Visibility

MANIFEST = "assignment.toml"
MOST = {"memory_mb": 2**20, "reply_mb": 64}
MOST_SECONDS = 24 * 60 * 60
Key = tuple[str, ...]  # ("limits", "memory_mb"); () is the file as a whole


class _Feedback(msgspec.Struct):
    before_due: Feedback = Feedback.HINT
    after_due: Feedback = Feedback.FULL


class _Hidden(msgspec.Struct):
    """What a student's kit does not hold."""

    checks: int = 0
    points: str = "0"


class _Manifest(msgspec.Struct):
    title: str
    files: list[str]
    packages: list[str] = msgspec.field(default_factory=list)
    visibility: Visibility = Visibility.VISIBLE
    due: datetime | None = None
    limits: Limits = msgspec.field(default_factory=Limits)
    feedback: _Feedback = msgspec.field(default_factory=_Feedback)
    conventions: dict[str, str | int | float | bool] = msgspec.field(default_factory=dict)
    modules: dict[str, str] = msgspec.field(default_factory=dict)
    legacy: bool = False
    hidden: _Hidden = msgspec.field(default_factory=_Hidden)


TABLES: dict[str, tuple[str, ...]] = {
    "": _Manifest.__struct_fields__,
    "limits": tuple(field.name for field in dataclasses.fields(Limits)),
    "feedback": _Feedback.__struct_fields__,
    "hidden": _Hidden.__struct_fields__,
}
ENUMS = {"visibility": Visibility, "before_due": Feedback, "after_due": Feedback}
# fmt: off
WORDS = {  # TOML's types as msgspec calls them
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "a table", "datetime": "a date and time", "date": "a date", "time": "a time", "null": "",
}
# fmt: on


class _Wrong(Exception):
    """What is wrong with the manifest, and with which key."""

    def __init__(self, key: Key, says: str) -> None:
        super().__init__(says)
        self.key = key


def read_manifest(folder: Path) -> Manifest:
    """What the manifest in `folder` says.

    Raises:
        BadAssignment: It is missing, not TOML, or says something that is not known or makes no sense.
    """
    path = folder / MANIFEST
    text = read_text(path)
    try:
        raw = _parse(text)
    except tomllib.TOMLDecodeError as error:
        raise BadAssignment(f"{shown(path)}:{_not_toml(str(error), text)}") from None
    except _Wrong as error:
        raise BadAssignment(f"{shown(path)}{_line(error.key, text)}: {error}") from None
    return Manifest(
        name=folder.resolve().name,
        title=raw.title.strip(),
        files=tuple(raw.files),
        packages=tuple(raw.packages) if "numpy" in raw.packages else ("numpy", *raw.packages),
        limits=raw.limits,
        feedback_before_due=raw.feedback.before_due,
        feedback_after_due=raw.feedback.after_due,
        due=raw.due.isoformat() if raw.due else None,
        visibility=raw.visibility,
        conventions=raw.conventions,
        modules=raw.modules,
        legacy=raw.legacy,
        hidden_checks=raw.hidden.checks,
        hidden_points=Fraction(raw.hidden.points),
    )


def _not_toml(message: str, text: str) -> str:
    """Tomllib says "Invalid value (at line 3, column 9)" or "... (at end of document)"; the line in front."""
    line = re.search(r" \(at line (\d+), column \d+\)$", message)
    return f"{line[1]}: {message[: line.start()]}" if line else f"{text.count(chr(10)) + 1}: {message}"


def _parse(text: str) -> _Manifest:
    whole = tomllib.loads(text)
    for table in TABLES:
        _refuse_unknown(whole.get(table) if table else whole, table)
    try:
        raw = msgspec.convert(whole, _Manifest)
    except msgspec.ValidationError as error:
        raise _in_words(str(error)) from None
    _refuse_nonsense(raw)
    _refuse_what_no_release_writes(raw.hidden)
    return raw


def _refuse_unknown(table: object, name: str) -> None:
    known = TABLES[name]
    for key in table if isinstance(table, dict) else ():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {_listed(known, 'and')}"
            where = f" in [{name}]" if name else ""
            raise _Wrong((name, key) if name else (key,), f"unknown key `{key}`{where}: {hint}")


def _in_words(message: str) -> _Wrong:
    """Msgspec says "Expected `int`, got `str` - at `$.limits.memory_mb`"; what is meant."""
    says, _, place = message.partition(" - at `$.")
    key = tuple(part for part in re.sub(r"\[.*?\]", "", place.rstrip("`")).split(".") if part)
    missing = re.fullmatch(r"Object missing required field `(\w+)`", says)
    if missing:
        return _Wrong(key, f"the key `{missing[1]}` is missing")
    name = f"each value of {key[-1]}" if "[" in place else key[-1]
    enum = ENUMS.get(name)
    if enum is not None and says.startswith("Invalid enum value "):
        return _Wrong(key, f"{name} is {says.removeprefix('Invalid enum value ')}: it must be {_listed(enum, 'or')}")
    types = re.fullmatch(r"Expected `(.+)`, got `(.+)`", says)
    if types:
        wanted = [word for word in (WORDS.get(kind, kind) for kind in types[1].split(" | ")) if word]
        return _Wrong(key, f"{name} must be {_listed(wanted, 'or')}, not {WORDS.get(types[2], types[2])}")
    return _Wrong(key, f"{name}: {says}")


def _listed(words: Iterable[str], conjunction: str) -> str:
    *first, last = words
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _refuse_nonsense(raw: _Manifest) -> None:
    if not raw.title.strip():
        raise _Wrong(("title",), "the title is empty")
    _refuse_names(raw)
    if raw.due is not None and raw.due.tzinfo is None:
        raise _Wrong(("due",), "the due date needs an offset, as in 2026-10-01T23:59:00+02:00")
    for name, value in dataclasses.asdict(raw.limits).items():
        most = MOST.get(name, MOST_SECONDS)
        if not value > 0:
            raise _Wrong(("limits", name), f"{name} must be above zero")
        if value > most:
            raise _Wrong(("limits", name), f"{name} is at most {most}")


def _refuse_names(raw: _Manifest) -> None:
    if not raw.files:
        raise _Wrong(("files",), "no file name is expected of a student")
    for name in raw.files:
        path = PurePosixPath(name)
        if path.suffix not in (".py", ".ipynb") or path.is_absolute() or ".." in path.parts:
            raise _Wrong(("files",), f"{name!r} is not the name of a .py or .ipynb file")
    for name, dotted in raw.modules.items():
        if PurePosixPath(name).suffix != ".py" or PurePosixPath(name).name != name:
            raise _Wrong(("modules", name), f"{name!r} is not the name of a .py file")
        if not all(part.isidentifier() for part in dotted.split(".")):
            raise _Wrong(("modules", name), f"{dotted!r} is not the name of a module, as in 'course.layers'")
    for name in raw.packages:
        if not re.fullmatch(r"\w[\w.-]*", name, re.ASCII):
            raise _Wrong(("packages",), f"{name!r} is not the name of a package")


def _refuse_what_no_release_writes(hidden: _Hidden) -> None:
    if hidden.checks < 0 or not re.fullmatch(r"\d+(/0*[1-9]\d*|\.\d+)?", hidden.points, re.ASCII):
        raise _Wrong(
            ("hidden",), "[hidden] is what `grade release` writes: how many checks and points a kit leaves out"
        )


def _line(key: Key, text: str) -> str:
    """`:12`, the line that sets the key; where it has no line of its own, that of the table it lies in."""
    section: Key = ()
    found: dict[int, int] = {}  # how much of the key a line names, to the first such line
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\s*\[+([^\[\]]+)\]", line)
        name, equals, _ = line.partition("=")
        if header:
            section = here = _names(header[1])
        else:
            here = (*section, *_names(name)) if equals else ()
        if here == key[: len(here)]:
            found.setdefault(len(here), number)
    found.pop(0, None)
    return f":{found[max(found)]}" if found else ""


def _names(dotted: str) -> Key:
    quoted_or_bare = re.findall(r"""\s*(?:"([^"]*)"|'([^']*)'|([^.\s"']+))\s*(?:\.|$)""", dotted.strip())
    return tuple("".join(groups) for groups in quoted_or_bare)
