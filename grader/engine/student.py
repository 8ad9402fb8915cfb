"""What a check sees of a submission: `student.f(x)` is a call into the guest, and plain data comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from grader.checks.arrays import as_numbers, fail, show
from grader.checks.context import context
from grader.checks.measure import Cost
from grader.checks.shape import assert_shape
from grader.model import Finding, NoAnswer, Outcome

if TYPE_CHECKING:
    from grader.checks import Draw
    from grader.sandbox import Child

Form = str | type | None
OPTIONS = frozenset({"raise_warnings"})
MAX_CALLS = 64  # in one message
MAX_BYTES = 4 << 20  # of arguments in one message


class Answering(Protocol):
    """What answers calls, as a `Child` does."""

    def call(self, name: str, args: Sequence[object], kwargs: Mapping[str, object], options: Mapping[str, Any]) -> Any:
        """The value of one call."""
        ...

    def call_many(self, name: str, calls: Sequence[Sequence[object]], options: Mapping[str, Any]) -> list[Any]:
        """The values of many."""
        ...


_stand_in: ContextVar[Answering | None] = ContextVar("who answers instead of the submission", default=None)


@contextmanager
def answered_by(other: Answering) -> Iterator[None]:
    """Send every call of a submission's functions to `other`, from whatever code of the check it comes."""
    token = _stand_in.set(other)
    try:
        yield
    finally:
        _stand_in.reset(token)


class Student:
    """Every attribute is a function of the submission's, or of the course's probe beside it."""

    def __init__(self, child: Child, draw: Draw) -> None:
        self._child = child
        self._draw = draw

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):  # copy, pickle and inspect look for such names
            raise AttributeError(name)
        return Remote(self._child, self._draw, name)


class Remote:
    """One function in the guest. Calling it sends copies of the arguments and brings fresh data back."""

    def __init__(
        self,
        child: Child,
        draw: Draw,
        name: str,
        options: Mapping[str, Any] | None = None,
        forms: tuple[Form, ...] | None = None,
    ) -> None:
        self._child = child
        self._draw = draw
        self._name = name
        self._options = dict(options or {})
        self._forms = forms

    def with_(self, **options: Any) -> Remote:
        """The same function with state around the call that cannot be set from here.

        `raise_warnings=True` turns RuntimeWarning and NumPy's floating-point errors into exceptions.
        """
        unknown = options.keys() - OPTIONS
        if unknown:
            raise TypeError(f"with_() has no option {', '.join(sorted(unknown))}")
        return Remote(self._child, self._draw, self._name, {**self._options, **options}, self._forms)

    def returns(self, *forms: Form) -> Remote:
        """The same function with the form of its reply declared; another form fails the check, and says so.

        Each form is a shape in the check's sizes ("N C", or "" for a number), a type such as `str`, or None. One form
        stands for a bare value, several for a tuple or list of as many.
        """
        if not forms:
            raise TypeError("returns() needs at least one form")
        return Remote(self._child, self._draw, self._name, self._options, forms)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """The value.

        Raises:
            NoAnswer: There is none; the outcome says why.
            CheckFailed: It does not have the declared form.
        """
        return self._read(self._asked.call(self._name, args, kwargs, self._options))

    def many(self, calls: Sequence[Sequence[object]]) -> list[Any]:
        """The values of as many calls, each a sequence of arguments, in a few messages instead of one per call.

        Together they have the time, and each message the reply's size, that one call has.

        Raises:
            NoAnswer: There is none for one of them; the outcome says why.
            CheckFailed: One does not have the declared form.
        """
        values = [value for some in _batches(calls) for value in self._asked.call_many(self._name, some, self._options)]
        return [self._read(value) for value in values]

    @property
    def _asked(self) -> Answering:
        """Whoever answers now: the submission, unless another stands in."""
        return _stand_in.get() or self._child

    def _read(self, value: Any) -> Any:
        """The value, once it is one and has the declared form."""
        if value is None and (self._forms is None or None not in self._forms):
            finding = Finding(says=f"`{self._name}` returns None")
            raise NoAnswer(Outcome.MISSING, finding, missing=self._name, returned=True)
        if self._forms is None:
            return value
        context().assertions.append("returns")
        if len(self._forms) == 1:
            return self._formed(value, self._forms[0], f"`{self._name}`")
        if not isinstance(value, tuple | list) or len(value) != len(self._forms):
            fail(
                f"`{self._name}` does not return {len(self._forms)} values",
                expected=f"a tuple of {len(self._forms)}",
                got=show(value),
            )
        parts = zip(value, self._forms, strict=True)
        return tuple(
            self._formed(part, form, f"value {k} of `{self._name}`") for k, (part, form) in enumerate(parts, 1)
        )

    def cost(self, *args: object) -> tuple[Any, Cost]:
        """The value, as a call gives it, and what it cost by the kernel's account.

        Where the kernel keeps none the time is that of the clock on the wall.
        """
        before, seconds = self._child.spent(), self._child.seconds
        value = self(*args)
        after = self._child.spent()
        if before is None or after is None:
            return value, Cost(round((self._child.seconds - seconds) * 1e9))
        return value, Cost(after.cpu_ns - before.cpu_ns, max(0, after.peak - before.resident))

    def _formed(self, value: object, form: Form, name: str) -> Any:
        if isinstance(form, str):
            shape = self._draw.dims[form]
            assert_shape(value, shape, name=name)
            array = as_numbers(value, name=name, expected=str(shape))
            return array if array.shape else array.item()
        wanted = type(None) if form is None else form
        if wanted in (float, int) and isinstance(value, np.ndarray) and value.ndim == 0:
            value = value.item()
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted):
            fail(f"{name} is not of type {wanted.__name__}", expected=wanted.__name__, got=show(value))
        return value


def _batches(calls: Sequence[Sequence[object]]) -> Iterator[Sequence[Sequence[object]]]:
    """The calls in messages of bounded size, at least one in each."""
    start, size = 0, 0
    for k, args in enumerate(calls):
        more = sum(arg.nbytes for arg in args if isinstance(arg, np.ndarray))
        if k > start and (k - start >= MAX_CALLS or size + more > MAX_BYTES):
            yield calls[start:k]
            start, size = k, 0
        size += more
    if start < len(calls):
        yield calls[start:]
