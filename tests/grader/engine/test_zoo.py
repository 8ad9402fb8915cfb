"""No student input can produce BROKEN: a zoo of hostile return values against every kind of check."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader import assert_close, assert_gradient, assert_raises, assert_shape, context
from grader.model import Outcome, Viewer
from grader.reports import from_json, seen_by, to_json, to_text
from grader.sandbox import Launcher
from reference.layout import Dims
from tests.support import graded, one_check

pytestmark = pytest.mark.no_cover  # nothing is reached that the tests of each kind do not reach

DIMS = Dims(n=3, m=4)
X = np.arange(1.0, 4.0)

PREAMBLE = """
import numpy as np, math, fractions, decimal, collections, datetime, enum, types

class AlwaysEqual(np.ndarray):
    def __eq__(self, other): return True
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True

class Liar:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.arange(1.0, 4.0)
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self

class BadRepr:
    def __repr__(self): raise RuntimeError("no")
    __str__ = __repr__

class SlyDict(dict):
    def items(self): raise RuntimeError("no items")

class SlyInt(int):
    def __int__(self): raise RuntimeError("no int")

class SlyList(list):
    def __iter__(self): raise SystemExit(0)

class Raises(Exception):
    def __str__(self): raise ValueError("no message")

def recursive():
    a = []
    a.append(a)
    return a

def deep():
    a = []
    for _ in range(100_000): a = [a]
    return a

def throw(error): raise error
"""

ZOO = {
    "nan": "math.nan",
    "array of nan": "np.full(3, math.nan)",
    "inf": "np.full(3, math.inf)",
    "minus zero": "-0.0",
    "largest float": "np.full(3, np.finfo(float).max)",
    "smallest float": "np.full(3, 5e-324)",
    "ragged list": "[[1.0], [1.0, 2.0], 3.0]",
    "list of arrays of different shapes": "[np.zeros(1), np.zeros((2, 2))]",
    "huge int": "10 ** 5000",
    "int at the edge of 64 bits": "[2 ** 63, -2 ** 63 - 1]",
    "object array": "np.array([1.0, None, 'a'], dtype=object)",
    "array of itself": "np.array(None)",
    "always-equal array": "np.zeros(3).view(AlwaysEqual)",
    "lying object": "Liar()",
    "generator": "(k for k in range(3))",
    "0-d array": "np.array(2.0)",
    "0-d object": "np.array(object())",
    "empty array": "np.zeros((0, 3))",
    "float16": "np.arange(1, 4, dtype=np.float16)",
    "bool array": "np.array([True, False, True])",
    "uint8 array": "np.array([1, 2, 255], np.uint8)",
    "complex array": "np.arange(1, 4) * (1 + 1j)",
    "big-endian array": "np.arange(1, 4, dtype='>i2')",
    "long double": "np.arange(1, 4, dtype=np.longdouble)",
    "string array": "np.array(['1.0', '2.0', '3.0'])",
    "structured array": "np.zeros(3, 'f8,i4')",
    "dates": "np.array(['2026-01-01'], 'M8[D]')",
    "masked array": "np.ma.masked_array([1.0, 2.0, 3.0], [True, True, True])",
    "matrix": "np.matrix([1.0, 2.0, 3.0])",
    "strided array": "np.arange(60.0)[::20]",
    "read-only array": "np.broadcast_to(np.ones(1), (3,))",
    "10^9 elements": "np.broadcast_to(np.zeros(1), (10**9,))",
    "10^18 elements": "np.broadcast_to(np.zeros(1), (10**9, 10**9))",
    "a shape that would broadcast": "np.ones((2_000_000, 1), np.float32)",
    "33 axes": "np.zeros((1,) * 33)",
    "string": "'three'",
    "string of escapes": r"'\x1b[2J\x00\u202e\ud800'",
    "long string": "'x' * 10**6",
    "bytes": "b'123'",
    "None": "None",
    "ellipsis": "...",
    "NotImplemented": "NotImplemented",
    "type": "int",
    "function": "len",
    "lambda": "lambda: 1",
    "module": "math",
    "recursive list": "recursive()",
    "deep list": "deep()",
    "long list": "list(range(3_000_000))",
    "empty tuple": "()",
    "tuple of everything": "(1, 'a', None, [2.0], {'k': (3,)}, np.ones(2))",
    "set": "{1.0, 2.0}",
    "dict": "{'a': 1}",
    "dict with odd keys": "{None: 1, 1.5: 2, (1, 2): 3, True: 4}",
    "dict of 10^5 keys": "dict.fromkeys(range(10**5))",
    "sly dict": "SlyDict(a=1)",
    "sly int": "SlyInt(3)",
    "sly list": "SlyList([1.0])",
    "fraction": "fractions.Fraction(1, 3)",
    "decimal": "decimal.Decimal('1.0')",
    "named tuple": "collections.namedtuple('P', 'x y')(1, 2)",
    "enum": "enum.Enum('E', 'a b').a",
    "bad repr": "BadRepr()",
    "bad repr in a list": "[BadRepr()]",
    "exception object": "ValueError('returned, not raised')",
    "raised": "throw(ValueError('shape'))",
    "raised without message": "throw(Raises())",
    "raised SystemExit": "throw(SystemExit(0))",
    "raised KeyboardInterrupt": "throw(KeyboardInterrupt())",
    "raised StopIteration": "throw(StopIteration())",
    "raised recursion": "(lambda f: f(f))(lambda f: f(f))",
    "raised MemoryError": "throw(MemoryError())",
    "long message": "throw(ValueError('x' * 10**7))",
    "message of escapes": r"throw(ValueError('\x1b[2J\x00\ud800'))",
}


def close(student: Any, draw: Any) -> None:
    assert_close(student.f(X), X)


def close_many(student: Any, draw: Any) -> None:
    assert_close(student.f(X), {"a": X, "b": 1.0})


def close_derivative(student: Any, draw: Any) -> None:
    assert_close(student.f(X), np.arange(12.0).reshape(3, 4), derivative=draw.dims["m"] / draw.dims["n"])


def shape(student: Any, draw: Any) -> None:
    assert_shape(student.f(X), draw.dims["n"])


def raises(student: Any, draw: Any) -> None:
    assert_raises(ValueError, student.f, X)


def scalar_gradient(student: Any, draw: Any) -> None:
    assert_gradient(student.f, of=lambda x: float(np.sum(x**2)), at={"x": X})


def vector_gradient(student: Any, draw: Any) -> None:
    assert_gradient(student.f, of=lambda x, w: x * w, at={"x": X, "w": X + 1})


def own_forward(student: Any, draw: Any) -> None:
    assert_gradient(lambda x: 2 * x, of=student.f, at={"x": X})


def own_vector_forward(student: Any, draw: Any) -> None:
    assert_gradient(lambda x, g: 2 * x * g, of=student.f, at={"x": X}, upstream=True)


def own_forward_handed_on(student: Any, draw: Any) -> None:
    def of(x: Any) -> Any:
        return student.f(x)

    assert_gradient(lambda x: 2 * x, of=of, at={"x": X}, upstream=False)


def gradient_by_a_number(student: Any, draw: Any) -> None:
    assert_gradient(student.f, of=lambda x, a: a * x, at={"x": X, "a": 2.0}, wrt="a")


def noted(student: Any, draw: Any) -> None:
    reply = student.f(X)
    context().note("reply", reply)
    assert_shape(reply, draw.dims["n"])


def form_of_one(student: Any, draw: Any) -> None:
    assert_close(student.f.returns("n")(X), X)


def form_of_two(student: Any, draw: Any) -> None:
    loss, dx = student.f.returns("", "n")(X)
    assert_close(loss * dx, X)


def form_by_type(student: Any, draw: Any) -> None:
    assert_close(student.f.returns(dict)(X)["a"], X)


def plain_python(student: Any, draw: Any) -> None:
    reply = student.f(X)
    loss, grads = reply
    assert_close(sum(grads[key].T @ X for key in sorted(grads)), float(X @ X))
    assert loss > 0


def arithmetic(student: Any, draw: Any) -> None:
    reply = student.f(X)
    difference = reply - X
    assert_close(float(np.sqrt(np.mean(difference**2))), 0.0)


def warned(student: Any, draw: Any) -> None:
    assert_close(student.f.with_(raise_warnings=True)(X), X)


Kind = Callable[[Any, Any], None]
KINDS: list[Kind] = [
    close,
    close_many,
    close_derivative,
    shape,
    raises,
    scalar_gradient,
    vector_gradient,
    own_forward,
    own_vector_forward,
    own_forward_handed_on,
    gradient_by_a_number,
    noted,
    form_of_one,
    form_of_two,
    form_by_type,
    plain_python,
    arithmetic,
    warned,
]

# What each check's own function answers in a solution on which all of them pass.
RIGHT_REPLIES: dict[Kind, str] = {
    close: "x",
    close_many: "(x, 1.0)",
    close_derivative: "np.arange(12.0).reshape(3, 4)",
    shape: "x",
    raises: "int('x')",
    scalar_gradient: "2 * x",
    vector_gradient: "(more[0] * more[1], x * more[1])",
    own_forward: "float(x @ x)",
    own_vector_forward: "x**2",
    own_forward_handed_on: "float(x @ x)",
    gradient_by_a_number: "float(more[1] @ x)",
    noted: "x",
    form_of_one: "x",
    form_of_two: "(1.0, x)",
    form_by_type: "{'a': x}",
    plain_python: "(1e9, {'w': x})",
    arithmetic: "x",
    warned: "x",
}


def own_function(kind: Kind) -> Kind:
    """The check with a function of its own, called as the check is, as its `f`."""
    return lambda student, draw: kind(SimpleNamespace(f=getattr(student, kind.__name__)), draw)


CHECKS = [one_check(own_function(kind), kind.__name__, dims=DIMS) for kind in KINDS]
SOLUTION = "import numpy as np\n" + "\n".join(
    f"def {kind.__name__}(x, *more): return {reply}" for kind, reply in RIGHT_REPLIES.items()
)


@pytest.mark.parametrize("value", ZOO.values(), ids=ZOO.keys())
def test_no_hostile_value_breaks_any_kind_of_check(launcher: Launcher, value: str) -> None:
    functions = "\n".join(f"def {kind.__name__}(*args): return {value}" for kind in KINDS)
    report = graded(launcher, CHECKS, f"{PREAMBLE}\n{functions}", solution=SOLUTION)
    assert [one.check for one in report.results] == [kind.__name__ for kind in KINDS]
    for result in report.results:
        assert result.outcome not in (Outcome.BROKEN, Outcome.TIMEOUT), (result.check, result.finding)
    for viewer in Viewer:  # and whatever it says can be shown and stored
        seen = seen_by(report, viewer)
        assert from_json(to_json(seen)) == seen
        assert to_text(seen)


def test_the_zoo_is_large_enough_and_its_checks_can_pass(launcher: Launcher) -> None:
    assert len(ZOO) >= 30
    report = graded(launcher, CHECKS, SOLUTION)
    assert {one.check: one.finding for one in report.results if one.outcome is not Outcome.PASSED} == {}
