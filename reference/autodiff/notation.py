"""How a step of a computation is written as text, for those who read a trace."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from reference.autodiff.elementwise import ADD, DIVIDE, MULTIPLY, NEGATIVE, POWER, SUBTRACT
from reference.autodiff.indexing import GETITEM
from reference.autodiff.products import MATMUL
from reference.autodiff.rules import RULES, ForEach, Rule

SMALL = 6  # an array of so many entries is shown in full
DIGITS = 5
OPERATORS = {ADD: "+", SUBTRACT: "-", MULTIPLY: "*", DIVIDE: "/", POWER: "**", MATMUL: "@"}
ASIDE = {"softmax_cross_entropy": 1}  # how many last arguments only save computing something twice


def expression(rule: Rule, args: Sequence[Any], names: dict[int, str]) -> str:
    """A step as one would write it: `v_1 * v_2`, `sum(v_3, axis=0)`; `names` knows traced values by their id."""

    def text(x: Any) -> str:
        return names[id(x)] if id(x) in names else shown(x)

    args = args[: len(args) - ASIDE.get(rule.name, 0)]
    words = [text(x) for x in args]
    if rule in OPERATORS:
        left, right = (f"({word})" if word.startswith("-") else word for word in words)
        return f"{left} {OPERATORS[rule]} {right}"
    if rule is NEGATIVE:
        return f"-{words[0]}"
    if rule is GETITEM:
        return f"{words[0]}[{', '.join(map(text, args[1])) if isinstance(args[1], tuple) else words[1]}]"
    if rule is RULES[np.einsum]:
        return f"einsum({', '.join([words[-1], *words[:-1]])})"
    if isinstance(rule.vjps, ForEach):
        return f"{rule.name}([{', '.join(words[:-1])}], axis={words[-1]})"
    return f"{rule.name}({', '.join(_given(rule, words))})"


def _given(rule: Rule, words: list[str]) -> Iterator[str]:
    """The arguments of a call, without those that have their default."""
    one = next(vjp for vjp in rule.vjps if vjp is not None)
    parameters = list(inspect.signature(one).parameters.values())[2:]
    for word, parameter in zip(words, parameters, strict=False):
        if parameter.default is inspect.Parameter.empty:
            yield word
        elif word != shown(parameter.default):
            yield f"{parameter.name}={word}"


def shown(x: Any, digits: int = DIGITS) -> str:
    """A number, a small array in full, a large one by its shape, or what else an argument may be, as text."""
    if isinstance(x, np.ndarray | np.generic):
        if x.ndim and not 0 < x.size <= SMALL:
            return f"shape {x.shape}"
        x = x.tolist()
    if isinstance(x, float):
        whole = x.is_integer() and abs(x) < 1e9
        return str(int(x)) if whole else f"{x:.{digits}g}"
    if isinstance(x, slice):
        ends = ["" if end is None else str(end) for end in (x.start, x.stop, x.step)]
        return ":".join(ends if x.step is not None else ends[:2])
    if isinstance(x, list | tuple):
        inside = ", ".join(shown(one, digits) for one in x)
        return f"[{inside}]" if isinstance(x, list) else f"({inside},)" if len(x) == 1 else f"({inside})"
    return "..." if x is Ellipsis else repr(x)


def as_code(text: str) -> str:
    """As code in a cell of a Markdown table."""
    fence = "``" if "`" in text else "`"
    return fence + text.replace("|", "\\|") + fence


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of f's first parameters; x1, x2, ... where it has none."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # some functions written in C
        parameters = {}.values()
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [one.name for one in parameters if one.kind in plain][:count]
    return names + [f"x{k}" for k in range(len(names) + 1, count + 1)]


def paths_in(name: str, tree: Any) -> list[str]:
    """How each leaf of an argument is reached, as in `net['W'][0]`, in the order of `leaves`."""
    if isinstance(tree, dict):
        parts = [(f"{name}[{key!r}]", part) for key, part in tree.items()]
    elif isinstance(tree, tuple) and hasattr(tree, "_fields"):
        parts = [(f"{name}.{field}", part) for field, part in zip(tree._fields, tree, strict=True)]
    elif isinstance(tree, list | tuple):
        parts = [(f"{name}[{k}]", part) for k, part in enumerate(tree)]
    elif dataclasses.is_dataclass(tree):
        parts = [(f"{name}.{field.name}", getattr(tree, field.name)) for field in dataclasses.fields(tree)]
    else:
        return [] if tree is None else [name]
    return [path for part_name, part in parts for path in paths_in(part_name, part)]
