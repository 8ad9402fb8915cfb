"""Turns what a guest wrote into a value, or into the reason why there is none. Every field is checked before use."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from grader.guest import wire
from grader.model import Finding, NoAnswer, Outcome
from grader.sandbox.capture import clean
from grader.sandbox.dated import dated

T = TypeVar("T")

OUT_OF_MEMORY = "MemoryError"
MAX_KIND = 100
MAX_MESSAGE, MAX_FRAME, MAX_SKIPPED = 2000, 600, 250  # characters of each, a little more than an honest guest sends
MAX_TOLD = 8 << 20
MAX_LINES = 100  # failures, and skipped lines, that loading may come to: no more are read, whatever is sent


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception of the student's, as the guest describes it."""

    kinds: list[str]
    message: str
    frames: list[str]
    unwritten: bool


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """A cell or statement that raised while the submission was loaded."""

    where: str
    unit: int
    raised: Raised


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading came to."""

    failures: list[LoadFailure]
    skipped: list[str]


@dataclass(frozen=True, slots=True)
class Unit:
    """What runs now."""

    unit: int
    label: str


def typed(value: object, kind: type[T]) -> T:
    """`value` as a `kind`, all fields of the right type.

    Raises:
        BadFrame: It is something else.
    """
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise wire.BadFrame(str(error)) from None


def loaded(message: wire.Message, arrays: Sequence[wire.Array]) -> Loaded | None:
    """What loading came to; None if the message says something else.

    Raises:
        BadFrame: It claims to, and does not.
    """
    if message.keys() != {"loaded"}:
        return None
    if len(arrays) != 1 or arrays[0].nbytes > MAX_TOLD:
        raise wire.BadFrame("what loading came to")
    try:
        told = msgspec.json.decode(arrays[0].tobytes(), type=Loaded)
    except (msgspec.DecodeError, RecursionError) as error:
        raise wire.BadFrame(str(error)) from None
    return Loaded(told.failures[:MAX_LINES], told.skipped[:MAX_LINES])


def value_of(name: str, message: wire.Message, arrays: list[wire.Array]) -> object:
    """The value that a call of `name` returned.

    Raises:
        NoAnswer: The call raised, was refused, or there is nothing to call.
        BadFrame: The reply is not one.
    """
    if message.keys() == {"value"}:
        try:
            return wire.decode(message["value"], arrays)
        except wire.BadValue as error:
            raise wire.BadFrame(str(error)) from None
    raise _no_value(name, message)


def values_of(name: str, count: int, message: wire.Message, arrays: list[wire.Array]) -> list[object]:
    """The values that `count` calls of `name` returned.

    Raises:
        NoAnswer: One of them raised, was refused, or there is nothing to call.
        BadFrame: The reply is not one, or not of `count` values.
    """
    if message.keys() != {"values"}:
        raise _no_value(name, message)
    values = message["values"]
    if type(values) is not list or len(values) != count:
        raise wire.BadFrame("another number of values than of calls")
    decoder = wire.Decoder(arrays)
    try:
        return [decoder.value(value) for value in values]
    except wire.BadValue as error:
        raise wire.BadFrame(str(error)) from None


def _no_value(name: str, message: wire.Message) -> NoAnswer:
    """Why a call brought no value back.

    Raises:
        BadFrame: The reply does not say.
    """
    if message.keys() == {"missing", "why"}:
        missing = clean(typed(message["missing"], str))[:MAX_KIND]
        why = clean(typed(message["why"], str))[:MAX_KIND]
        return NoAnswer(Outcome.MISSING, Finding(says=f"`{missing}` {why}"), missing=missing)
    if message.keys() == {"refused"}:
        what = clean(typed(message["refused"], str))
        says = f"`{name}` returned {what}: only arrays, numbers, text, lists, tuples and dicts can be graded"
        return NoAnswer(Outcome.REFUSED, Finding(says=says))
    if message.keys() == {"raised"}:
        return raised(f"`{name}`", typed(message["raised"], Raised), name)
    raise wire.BadFrame("a reply's form")


def raised(who: str, error: Raised, name: str = "") -> NoAnswer:
    """What to say of an exception of `who`; the spellings of "not written yet" count as MISSING `name`."""
    kinds = tuple(clean(kind)[:MAX_KIND] for kind in error.kinds[:32]) or ("an exception",)
    lines = [clean(frame)[:MAX_FRAME] for frame in error.frames[:16]]
    last = clean(error.message)[:MAX_MESSAGE]
    last = last if "SyntaxError" in kinds else f"{kinds[0]}: {last}".rstrip(": ")
    if len(lines) == 1 and lines[0].startswith("probe.py"):  # nothing of the student's was running
        who = f"{who}: {lines[0].partition(', in')[0]},"
    finding = Finding(says=f"{who} raised {kinds[0]}", traceback="\n".join([*lines, last]))
    if error.unwritten:
        return NoAnswer(Outcome.MISSING, Finding(says=f"{who} is not written yet"), missing=name)
    if era := dated(kinds[0], error.message):
        return NoAnswer(Outcome.OUTDATED, replace(finding, says=f"{who} is {era}"), kinds=kinds)
    return NoAnswer(Outcome.RAISED, finding, kinds=kinds)


def ended(status: int | None) -> tuple[Outcome, str]:
    """What a process came to, from its exit code (negative: a signal), as a predicate: "... was killed"."""
    if status is None:
        return Outcome.CRASHED, "stopped answering"
    if status >= 0:
        return Outcome.CRASHED, f"ended the process with exit code {status}"
    if -status == getattr(signal, "SIGXCPU", None):
        return Outcome.TIMEOUT, "used more CPU time than it may"
    if -status == getattr(signal, "SIGKILL", None):
        return Outcome.CRASHED, "closed its connection or was killed"
    return Outcome.CRASHED, f"crashed the process: {signal.strsignal(-status) or f'signal {-status}'}"
