"""How one step of a graph is written in NumPy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from reference.autodiff import ops
from reference.autodiff.elementwise import (
    ADD,
    DIVIDE,
    EXPIT,
    MULTIPLY,
    NEGATIVE,
    POWER,
    RELU,
    SOFTPLUS,
    SUBTRACT,
)
from reference.autodiff.graph.record import Step
from reference.autodiff.indexing import GETITEM, SCATTER
from reference.autodiff.linalg import CHOLESKY, LOG_ABS_DET, ROOT
from reference.autodiff.products import EINSUM, MATMUL
from reference.autodiff.reductions import SUM
from reference.autodiff.rules import ForEach, Rule
from reference.autodiff.shapes import CAST, RESHAPE, TRANSPOSE

OUT = ", out={out}"
INFIX = {ADD: "+", SUBTRACT: "-", MULTIPLY: "*", DIVIDE: "/", POWER: "**", MATMUL: "@"}

# How rules that are not a call of a NumPy function by its own parameters are written. {out} takes a buffer, if any.
SPECIAL: dict[Rule, Callable[[Sequence[str]], list[str]]] = {
    GETITEM: lambda a: [f"{{y}} = {a[0]}[{_in_brackets(a[1])}]"],
    RELU: lambda a: [f"{{y}} = np.maximum({a[0]}, 0.0{{out}})"],
    EXPIT: lambda a: [f"{{y}} = 0.5 * np.tanh(0.5 * {a[0]}) + 0.5"],
    SOFTPLUS: lambda a: [f"{{y}} = np.logaddexp(0.0, {a[0]}{{out}})"],
    CAST: lambda a: [f"{{y}} = np.asarray({a[0]}, {a[1]})"],
    ROOT: lambda a: [f"{{y}} = np.sqrt({a[0]}{{out}})"],
    LOG_ABS_DET: lambda a: [f"{{y}} = np.linalg.slogdet({a[0]})[1]"],
    CHOLESKY: lambda a: [f"{{y}} = np.linalg.cholesky(0.5 * ({a[0]} + np.swapaxes({a[0]}, -1, -2)))"],
    EINSUM: lambda a: [f"{{y}} = np.einsum({a[-1]}, {', '.join(a[:-1])})"],
    SCATTER: lambda a: [f"{{y}} = scatter({', '.join(a)})"],
    SUM: lambda a: [f"{{y}} = np.add.reduce({a[0]}, {a[1]}{', keepdims=True' if a[2] == 'True' else ''}{{out}})"],
    TRANSPOSE: lambda a: [f"{{y}} = {a[0]}.T" if a[1] == "None" else f"{{y}} = np.transpose({a[0]}, {a[1]})"],
    ops.AFFINE: lambda a: [f"{{y}} = np.matmul({a[0]}, {a[1]}{{out}})", f"{{y}} += {a[2]}"],
}


def lines(step: Step, args: Sequence[str]) -> list[str]:
    """The statements that compute a step; in them {y} is the name of the result, {out} where a buffer may be given."""
    rule = step.rule
    if rule in SPECIAL:
        return SPECIAL[rule](args)
    if not isinstance(step.value, np.ndarray) and (short := _of_numbers(step, args)):
        return [f"{{y}} = {short}"]
    if rule is POWER and args[1] in ("2", "2.0"):
        return [f"{{y}} = np.square({args[0]}{{out}})"]
    if rule is RESHAPE and isinstance(getattr(step.args[0], "value", None), np.ndarray) and args[2] == repr("C"):
        return [f"{{y}} = {args[0]}.reshape({args[1]})"]
    if isinstance(rule.value, np.ufunc):
        return [f"{{y}} = np.{rule.value.__name__}({', '.join(args)}{{out}})"]
    if isinstance(rule.value, partial):
        if rule.value.func is ops.peak:
            return [f"{{y}} = np.maximum.reduce({args[0]}, {args[1]}, keepdims=True{{out}})"]
        given = [*args, *(f"{name}={value!r}" for name, value in rule.value.keywords.items())]
        return [f"{{y}} = {_name_of(rule.value.func)}({', '.join(given)})"]
    return [f"{{y}} = {_call(rule, args)}"]


def _of_numbers(step: Step, args: Sequence[str]) -> str:
    """As Python computes with numbers; nothing where it does not."""
    rule = step.rule
    if rule is NEGATIVE:
        return f"-{args[0]}"
    if rule in INFIX:
        return f"{args[0]} {INFIX[rule]} {args[1]}"
    return f"{_name_of(rule.scalar)}({args[0]})" if rule.scalar is not None and type(step.value) is float else ""


def _call(rule: Rule, args: Sequence[str]) -> str:
    if isinstance(rule.vjps, ForEach):  # arrays in a sequence, and the axis
        return f"np.{rule.name}(({', '.join(args[:-1])},), axis={args[-1]})"
    if rule.bind is None or rule.name in ("where", "clip", "tensordot", "take_along_axis", "sort"):
        return f"np.{rule.name}({', '.join(args)})"
    parameters = list(inspect.signature(next(iter(rule.vjps))).parameters.values())[3:]  # type: ignore[arg-type]
    given = [f"{one.name}={arg}" for one, arg in zip(parameters, args[1:], strict=False) if arg != repr(one.default)]
    return f"np.{rule.name}({', '.join([args[0], *given])})"


def _in_brackets(key: str) -> str:
    return key.removeprefix("np.s_[").removesuffix("]") if key.startswith("np.s_[") else key


def takes_buffer(statements: Sequence[str]) -> bool:
    """Whether the first of the statements can write into a buffer."""
    return "{out}" in statements[0]


def _name_of(function: Any) -> str:
    module = getattr(function, "__module__", None)
    if isinstance(function, np.ufunc) or (module or "").startswith("numpy"):
        return f"np.{function.__name__}"
    return function.__name__ if module == "builtins" else f"{module}.{function.__name__}" if module == "math" else "own"
