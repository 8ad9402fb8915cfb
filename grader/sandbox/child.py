"""The process of one check behind the wall, and the calls into it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, TypeVar

from grader.guest import wire
from grader.model import Finding, Limits, NoAnswer, Outcome
from grader.sandbox import replies
from grader.sandbox.channel import Channel, Late
from grader.sandbox.member import GRACE
from grader.sandbox.watch import OverLimit

T = TypeVar("T")


class Keeper(Protocol):
    """Whoever started the process, and can end it."""

    def end_check(self, grace: float = 0.0) -> int | None:
        """Kill it; its exit code."""
        ...

    def drop(self) -> None:
        """Kill every process of the submission."""
        ...


class Child:
    """C: answers the calls of one check, within one budget of wall time. Time outside calls does not count."""

    def __init__(self, keeper: Keeper | None, channel: Channel | None, limits: Limits, fatal: NoAnswer | None) -> None:
        self.fatal = fatal  # what ended it; every later call raises it again
        self.replied = False
        self.seconds = 0.0
        self.output = ""
        self._keeper = keeper
        self._channel = channel
        self._limits = limits

    def call(self, name: str, args: Sequence[object], kwargs: Mapping[str, object], options: Mapping[str, Any]) -> Any:
        """The value of `name(*args, **kwargs)` in the guest: fresh plain data.

        Raises:
            NoAnswer: There is none.
            NotPlain: An argument is not plain data, or all together are too large.
        """
        arrays: list[wire.Array] = []
        message = {
            "name": name,
            "args": [wire.encode(value, arrays) for value in args],
            "kwargs": {key: wire.encode(value, arrays) for key, value in kwargs.items()},
            "options": dict(options),
        }
        return self._exchange(message, arrays, lambda reply, got: replies.value_of(name, reply, got))

    def call_many(self, name: str, calls: Sequence[Sequence[object]], options: Mapping[str, Any]) -> list[Any]:
        """The values of `name(*args)` for each `args` in `calls`: one frame there, one frame back.

        The calls are made in this order, and all together have the time and the reply's size that one call has. The
        first that brings no value back ends it.

        Raises:
            NoAnswer: There are not as many values as calls.
            NotPlain: An argument is not plain data, or all together are too large.
        """
        arrays: list[wire.Array] = []
        encoded = [[wire.encode(value, arrays) for value in args] for args in calls]
        message = {"name": name, "calls": encoded, "options": dict(options)}
        return self._exchange(message, arrays, lambda reply, got: replies.values_of(name, len(calls), reply, got))

    def _exchange(
        self, message: wire.Message, arrays: Sequence[wire.Array], read: Callable[[wire.Message, list[wire.Array]], T]
    ) -> T:
        if self.fatal is not None or self._channel is None:
            raise self.fatal or AssertionError("a child without a channel has a reason")
        began = time.monotonic()
        deadline = began + self._limits.wall_seconds - self.seconds
        try:
            self._channel.send(message, arrays, deadline)
            value = read(*self._channel.receive(deadline, self._limits.reply_mb << 20))
        except (Late, OverLimit, wire.PeerGone, wire.BadFrame) as error:
            self.fatal = self._stopped(message["name"], error)
            raise self.fatal from None
        finally:
            self.replied = True
            self.seconds += time.monotonic() - began
        return value

    def _stopped(self, name: str, error: Exception) -> NoAnswer:
        status = self._end(GRACE if isinstance(error, wire.PeerGone) else 0.0)
        if isinstance(error, OverLimit):
            if self._keeper is not None:
                self._keeper.drop()  # what uses too much may be any of the processes
            return NoAnswer(Outcome.CRASHED, Finding(says=f"`{name}` {error}"))
        if isinstance(error, Late):
            says = f"`{name}` did not answer within {self._limits.wall_seconds:g} s"
            return NoAnswer(Outcome.TIMEOUT, Finding(says=says))
        if isinstance(error, wire.BadFrame):
            return NoAnswer(Outcome.REFUSED, Finding(says=f"`{name}` sent something that is not an answer"))
        outcome, what = replies.ended(status)
        return NoAnswer(outcome, Finding(says=f"`{name}` {what}"))

    def _end(self, grace: float = 0.0) -> int | None:
        if self._keeper is None or self._channel is None:
            return None
        status = self._keeper.end_check(grace)
        self.output = self._channel.close()
        self._channel = None
        return status

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
