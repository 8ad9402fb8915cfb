"""Helps code of 2015 along: what Python 2 and NumPy 1 had, and what can be said in today's words without a doubt.

Not helped: a `/` of whole numbers, which Python 2 rounded down.
"""

from __future__ import annotations

import ast
import builtins
import functools
import re
import sys
import types
from typing import Any

import numpy as np

from . import policy

MOST = 1000  # statements that are mended in one text
NAMES: dict[str, Any] = {
    **{"xrange": range, "raw_input": input, "unicode": str, "basestring": str, "long": int, "unichr": chr},
    **{"reduce": functools.reduce},
}
# fmt: off
ARRAYS: dict[str, Any] = {  # what NumPy has removed, as far as it has another name for it
    "float": float, "int": int, "bool": bool, "object": object, "str": str, "complex": complex, "long": int,
    "float_": np.float64, "complex_": np.complex128, "int0": np.intp, "unicode_": np.str_, "string_": np.bytes_,
    "Inf": np.inf, "Infinity": np.inf, "infty": np.inf, "NaN": np.nan, "NAN": np.nan, "PINF": np.inf, "NINF": -np.inf,
    "product": np.prod, "cumproduct": np.cumprod, "sometrue": np.any, "alltrue": np.all, "round_": np.round,
    "row_stack": np.vstack, "in1d": np.isin, "asscalar": lambda a: a.item(), "mat": np.asmatrix,
}
# fmt: on
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)  # lines of a notebook that are no Python
WORDS = (
    (re.compile(r"\.iter(items|keys|values)\(\)"), r".\1()"),
    (re.compile(r"([\w.\[\]'\"]+)\.has_key\(([^()]*)\)"), r"(\2 in \1)"),
)
LINES = (
    (re.compile(r"\bexcept\s+([\w.]+|\([^()]*\))\s*,\s*(\w+)\s*:"), r"except \1 as \2:"),
    (re.compile(r"\braise\s+([\w.]+)\s*,\s*(.+?)\s*$"), r"raise \1(\2)"),
    (re.compile(r"\b(\d+)[lL]\b"), r"\1"),
    (re.compile(r"<>"), "!="),
)


def install() -> None:
    """Put back the names that Python 2 and NumPy 1 had, where nothing else has them now."""
    for name, value in NAMES.items():
        if not hasattr(builtins, name):
            setattr(builtins, name, value)
    for name, value in ARRAYS.items():
        if name not in vars(np):
            setattr(np, name, value)
    for package in ("past", "future"):
        if not policy.is_taken(package):
            module = types.ModuleType(f"{package}.builtins")
            vars(module).update({name: value for name, value in vars(builtins).items() if not name.startswith("_")})
            sys.modules[package] = types.ModuleType(package)
            sys.modules[module.__name__] = module
    sys.modules["cPickle"] = __import__("pickle")


def rewritten(text: str) -> str:
    """The text of a module or cell with the statements of Python 2 as Python 3 has them; otherwise unchanged."""
    for old, new in WORDS:
        text = old.sub(new, text)
    for _ in range(MOST):
        try:
            ast.parse(MAGIC.sub(r"\1pass", text))
        except TabError:
            mended = text.expandtabs(8)
        except SyntaxError as error:
            mended = _mended(text, error)
        except (ValueError, RecursionError, MemoryError):  # what its own compilation will tell
            return text
        else:
            return text
        if mended == text:
            return text
        text = mended
    return text


def _mended(text: str, error: SyntaxError) -> str:
    """The text with the statement mended that Python stumbled over, if it is known."""
    lines = text.split("\n")
    if error.lineno is None or not 0 < error.lineno <= len(lines):
        return text
    line = error.lineno - 1
    if "Missing parentheses in call to" in str(error.msg) and error.offset and error.end_lineno and error.end_offset:
        return _in_parentheses(lines, line, error.offset - 1, error.end_lineno - 1, error.end_offset - 1)
    for old, new in LINES:
        if old.search(lines[line]):
            lines[line] = old.sub(new, lines[line])
            break
    return "\n".join(lines)


def _in_parentheses(lines: list[str], line: int, column: int, end_line: int, end_column: int) -> str:
    """`print x` as print(x): the statement lies between the two places."""
    last = lines[end_line]
    lines[end_line] = f"{last[:end_column]}){last[end_column:]}"
    word = re.compile(r"(print|exec)[ \t]*")
    first = lines[line]
    lines[line] = first[:column] + word.sub(r"\1(", first[column:], count=1)
    return "\n".join(lines)
