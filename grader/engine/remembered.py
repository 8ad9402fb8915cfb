"""What a process of the staff's has answered before is not asked again: the same questions have the same answers.

So what one submission asks for, and what becomes of it, makes no difference to another; and a mutant that hangs costs
its time once in a run, not once for each student with the same mistake.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.model import NoAnswer

if TYPE_CHECKING:
    from grader.sandbox import Child

MOST, LARGEST = 512, 1 << 18  # answers that are remembered, and their size in bytes

Put = Callable[["Child"], Any]


class Memory:
    """Answers, and calls that brought none, by all that was asked of the process until then."""

    def __init__(self) -> None:
        self._answers: dict[bytes, Any] = {}  # the one that was used last is last

    def of(self, key: bytes, ask: Callable[[], Any]) -> Any:
        """The answer; it is asked for if it is not known.

        Raises:
            NoAnswer: There is none.
        """
        answer = self._answers.pop(key) if key in self._answers else _answer_or_why_not(ask)
        if _size(answer) <= LARGEST:
            self._answers[key] = answer
        if len(self._answers) > MOST:
            del self._answers[next(iter(self._answers))]
        if isinstance(answer, NoAnswer):
            raise answer
        return copy.deepcopy(answer)  # the check may write into what it is given


def _answer_or_why_not(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except NoAnswer as error:
        return error


class Remembered:
    """Stands before the process of one check, which begins when something is asked for the first time."""

    def __init__(self, memory: Memory, start: str, begin: Callable[[], Child]) -> None:
        self._memory = memory
        self._begin = begin
        self._asked = hashlib.sha256(start.encode())
        self._puts: list[Put] = []
        self._child: Child | None = None

    def call(self, name: str, args: Sequence[object], kwargs: Mapping[str, object], options: Mapping[str, Any]) -> Any:
        """The value, as of a `Child`."""
        return self._put((name, args, kwargs, options), lambda child: child.call(name, args, kwargs, options))

    def call_many(self, name: str, calls: Sequence[Sequence[object]], options: Mapping[str, Any]) -> list[Any]:
        """The values, as of a `Child`."""
        values: list[Any] = self._put((name, calls, options), lambda child: child.call_many(name, calls, options))
        return values

    def _put(self, question: object, put: Put) -> Any:
        for part in _bytes(question):
            self._asked.update(part)
        self._puts.append(put)
        return self._memory.of(self._asked.digest(), self._now)

    def _now(self) -> Any:
        """The answer of the process to the last question. A new one is asked the earlier ones first."""
        new = self._puts if self._child is None else self._puts[-1:]
        self._child = self._child or self._begin()
        return [put(self._child) for put in new][-1]


def _bytes(value: object) -> Iterator[bytes]:
    """What tells plain data from any other."""
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield value.tobytes()
    elif isinstance(value, Mapping):
        yield from _bytes(list(value.items()))
    elif isinstance(value, list | tuple):
        yield f"{type(value).__name__}{len(value)}".encode()
        for item in value:
            yield from _bytes(item)
    else:
        yield f"{type(value).__name__}{value!r}".encode()


def _size(value: object) -> int:
    """About how many bytes plain data takes."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return _size(list(value.items()))
    return 64 + sum(map(_size, value)) if isinstance(value, list | tuple) else 64
