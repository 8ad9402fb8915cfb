"""What one call costs: CPU time and memory, of a plain function here or of a student's behind the wall."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time_ns
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one call: nanoseconds of CPU time, and bytes that it needed at most beside what there was before.

    `memory` is None where it was not measured; of calls behind the wall one that needs less than an earlier one may be
    told as high as that.
    """

    cpu_ns: int
    memory: int | None = None


@runtime_checkable
class Measurable(Protocol):
    """A function that knows how to measure its own calls, as `student.f` does."""

    def cost(self, *args: object) -> tuple[Any, Cost]:
        """Its value, and what it cost."""
        ...


def measured(function: Callable[..., Any] | Measurable, *args: object) -> tuple[Any, Cost]:
    """The value of `function(*args)`, and its cost: by the kernel's account for what runs behind the wall."""
    if isinstance(function, Measurable):
        return function.cost(*args)
    began = _cpu_ns()
    value = function(*args)
    return value, Cost(_cpu_ns() - began)


def _cpu_ns() -> int:
    """CPU time of this process, all its threads, and the processes that it has started and buried."""
    children = os.times()
    return process_time_ns() + round((children.children_user + children.children_system) * 1e9)


def memory_of(function: Callable[..., Any] | Measurable, *args: object) -> int:
    """The bytes that a call needs at most; of a plain function by tracing its allocations, which is slow."""
    if isinstance(function, Measurable):
        return function.cost(*args)[1].memory or 0
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        function(*args)
        return max(0, tracemalloc.get_traced_memory()[1] - before)
    finally:
        if not tracing:
            tracemalloc.stop()
