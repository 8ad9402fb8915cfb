"""Programs: the functions that the checks have differentiated, as text that probe.py builds from the student's words.

Authors write a lambda or a `def f` in the words of the handout, which NumPy and the reference have, too.
"""

import numpy as np

from reference import nn
from reference.autodiff import grad

WORDS = {
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "relu": nn.relu,
    "grad": grad,
}


def build(text):
    """The function that the text is, of arrays or of the reference's traced ones."""
    namespace = dict(WORDS)
    exec(text if text.startswith("def ") else f"f = {text}", namespace)
    return namespace["f"]


def of_names(text, names):
    """The text of the function whose result is an expression in these names."""
    return f"lambda {', '.join(names)}: {text}"


def size_of(expression):
    """How many numbers, names and operations a symbolic expression has; without recursion, for anybody may write it."""
    count, waiting = 0, [expression]
    while waiting:
        count += 1
        one = waiting.pop()
        if isinstance(one, tuple | list):
            waiting.extend(one[1:])
    return count


def number_of(expression, values, deepest=200):
    """The float that a symbolic expression is.

    Raises:
        ValueError: It is none, or nested more than `deepest` times.
    """
    with np.errstate(all="ignore"):
        return float(_number_of(expression, values, deepest))


FUNCTIONS = {"exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos}
BINARY = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power}


def _number_of(expression, values, deepest):
    match expression:
        case bool():
            raise ValueError("True and False are no numbers")
        case int() | float():
            return np.float64(expression)
        case str() if expression in values:
            return np.float64(values[expression])
        case (str(name), operand) if name in FUNCTIONS and deepest:
            return FUNCTIONS[name](_number_of(operand, values, deepest - 1))
        case (str(name), left, right) if name in BINARY and deepest:
            return BINARY[name](_number_of(left, values, deepest - 1), _number_of(right, values, deepest - 1))
    raise ValueError("this is no expression")
