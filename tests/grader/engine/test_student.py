"""What a check sees of a submission: calls, declared forms, options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader import assert_close, assert_gradient
from grader.model import Outcome, Result
from grader.sandbox import Child, Launcher
from reference.layout import Dims
from tests.support import graded, one_check

DIMS = Dims(n=3, c=2)


RIGHT = {  # a reply of each form
    ("n c",): "np.zeros((3, 2))",
    ("n",): "np.zeros(3)",
    ("",): "0.5",
    ("", "n c"): "(0.5, np.zeros((3, 2)))",
    ("", ""): "(1, 2)",
    (str,): "'text'",
    (None,): "None",
}


def asked(launcher: Launcher, reply: str, *forms: Any, use: Any = None) -> Result:
    """The result of a check that declares `forms` for a function that returns `reply`."""

    def body(student: Any, draw: Any) -> None:
        value = student.f.returns(*forms)(1)
        if use is not None:
            use(value)

    code = f"import numpy as np\ndef f(x): return {reply}"
    solution = f"import numpy as np\ndef f(x): return {RIGHT.get(forms, reply)}"
    return graded(launcher, [one_check(body, dims=DIMS)], code, solution=solution).results[0]


@pytest.mark.parametrize(
    ("reply", "forms"),
    [
        ("np.zeros((3, 2))", ("n c",)),
        ("[[0, 1], [2, 3], [4, 5]]", ("n c",)),
        ("0.5", ("",)),
        ("np.float32(0.5)", ("",)),
        ("(0.5, np.zeros((3, 2)))", ("", "n c")),
        ("[0.5, np.zeros(3)]", ("", "n")),
        ("'text'", (str,)),
        ("(1, 2)", (tuple,)),
        ("np.float32(0.5)", (float,)),
        ("np.array(0.5)", (float,)),
        ("2", (float,)),
        ("np.int64(2)", (int,)),
        ("None", (None,)),
        ("(None, 1.0)", (None, "")),
        ("{'a': 1}", (dict,)),
    ],
)
def test_a_reply_of_the_declared_form_passes(launcher: Launcher, reply: str, forms: tuple[Any, ...]) -> None:
    assert asked(launcher, reply, *forms).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("reply", "forms", "says"),
    [
        ("np.zeros((2, 3))", ("n c",), "`f` has the wrong shape, (2, 3)"),
        ("'text'", ("n c",), "`f` is not an array of numbers"),
        ("np.zeros(1)", ("",), "`f` has the wrong shape, (1,)"),
        ("0.5", ("", "n c"), "`f` does not return 2 values"),
        ("(0.5,)", ("", "n c"), "`f` does not return 2 values"),
        ("(0.5, np.zeros(3))", ("", "n c"), "value 2 of `f` has the wrong shape, (3,)"),
        ("np.zeros(2)", ("", ""), "`f` does not return 2 values"),
        ("1", (str,), "`f` is not of type str"),
        ("1", (None,), "`f` is not of type NoneType"),
    ],
)
def test_another_form_fails_and_never_breaks(launcher: Launcher, reply: str, forms: Any, says: str) -> None:
    result = asked(launcher, reply, *forms)
    assert result.outcome is Outcome.FAILED
    assert result.finding is not None
    assert result.finding.says == says


def test_a_number_arrives_as_a_python_number(launcher: Launcher) -> None:
    kinds: list[type] = []
    asked(launcher, "np.float32(0.5)", "", use=lambda value: kinds.append(type(value)))
    assert kinds == [float]


def test_none_is_an_answer_only_where_it_is_declared(launcher: Launcher) -> None:
    assert asked(launcher, "None", "n").outcome is Outcome.MISSING


@pytest.mark.parametrize("misuse", ["student.f.returns()", "student.f.with_(quiet=True)", "student._private()"])
def test_misuse_by_an_author_is_broken(launcher: Launcher, misuse: str) -> None:
    def body(student: Any, draw: Any) -> None:
        student.f(1)
        eval(misuse)

    code = "def f(x): return x"
    assert graded(launcher, [one_check(body)], code, solution=code).results[0].outcome is Outcome.BROKEN


def test_options_and_forms_go_together_in_either_order(launcher: Launcher) -> None:
    def body(student: Any, draw: Any) -> None:
        assert_close(student.f.with_(raise_warnings=True).returns("")(4.0), 2.0)
        assert_close(student.f.returns("").with_(raise_warnings=True)(4.0), 2.0)
        student.f.with_(raise_warnings=True)(-4.0)

    result = graded(launcher, [one_check(body)], "import numpy as np\ndef f(x): return np.sqrt(x)").results[0]
    assert result.outcome is Outcome.RAISED
    assert result.finding is not None
    assert result.finding.says == "`f` raised FloatingPointError"


def test_many_calls_give_their_values_in_the_declared_form(launcher: Launcher) -> None:
    def body(student: Any, draw: Any) -> None:
        assert_close(np.array(student.f.returns("").many([(k,) for k in range(150)])), np.arange(150.0) ** 2)
        assert student.f.many([]) == []

    assert graded(launcher, [one_check(body)], "def f(k): return float(k**2)").results[0].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("reply", "outcome"), [("None", Outcome.MISSING), ("'text'", Outcome.FAILED), ("1 / (k - 3)", Outcome.RAISED)]
)
def test_many_calls_fail_as_one_does(launcher: Launcher, reply: str, outcome: Outcome) -> None:
    def body(student: Any, draw: Any) -> None:
        assert_close(np.array(student.f.returns("").many([(k,) for k in range(5)])), np.arange(5.0))

    code, solution = f"def f(k): return {reply} if k == 3 else float(k)", "def f(k): return float(k)"
    assert graded(launcher, [one_check(body)], code, solution=solution).results[0].outcome is outcome


def test_large_arguments_go_in_several_messages(launcher: Launcher) -> None:
    def body(student: Any, draw: Any) -> None:
        many = [(np.full(1 << 18, float(k)),) for k in range(6)]  # 2 MiB each
        assert_close(np.array(student.f.many(many)), np.arange(6.0))

    assert graded(launcher, [one_check(body)], "def f(x): return float(x[0])").results[0].outcome is Outcome.PASSED


def test_a_gradient_of_the_students_own_forward_asks_in_few_messages(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    exchange = Child._exchange

    def counting(child: Any, message: Any, *rest: Any) -> Any:
        sent.append(len(message.get("calls", [None])))
        return exchange(child, message, *rest)

    def body(student: Any, draw: Any) -> None:
        assert_gradient(student.g, of=student.f, at={"x": draw.rng.normal(size=(4, 3))})

    monkeypatch.setattr(Child, "_exchange", counting)
    code = "import numpy as np\ndef f(x): return np.tanh(x)\ndef g(x, up): return up * (1 - np.tanh(x) ** 2)"
    assert graded(launcher, [one_check(body)], code).results[0].outcome is Outcome.PASSED
    assert sum(sent) >= 35
    assert len(sent) <= sum(sent) / 2
