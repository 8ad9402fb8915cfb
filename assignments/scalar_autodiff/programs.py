"""Programs: the computations that the checks have differentiated, as the lists of steps that probe.py runs.

Authors write them as text, `program("m = a * b; tanh(m) + m")`. A step is `[name, operation, *operands]`, where
an operand is the name of an input or of an earlier step; the last step is the result.
"""

import ast

import numpy as np

from reference.autodiff import vjp

# fmt: off
OPERATIONS = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power, "neg": np.negative,
    "relu": lambda x: np.maximum(x, 0.0), "tanh": np.tanh, "exp": np.exp, "log": np.log, "sin": np.sin,
}
SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
# fmt: on
SMALLEST, LARGEST = 0.1, 8.0  # what the values and derivatives of a random program may be, in absolute value


def program(text):
    """The steps of `name = expression; ...; expression`; what has no name is called _1, _2, ..."""
    steps = []

    def name_of(node, name=None):
        match node:
            case ast.Name(id=known):
                return known
            case ast.BinOp(left=left, op=op, right=right):
                step = [SYMBOLS[type(op)], name_of(left), name_of(right)]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                step = ["neg", name_of(operand)]
            case ast.Call(func=ast.Name(id=function), args=[argument]):
                step = [function, name_of(argument)]
            case _:
                raise ValueError(f"a program has no {ast.unparse(node)}: it is made of names and operations")
        steps.append([name or f"_{len(steps) + 1}", *step])
        return steps[-1][0]

    for statement in ast.parse(text).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                name_of(value, name)
            case ast.Expr(value=value):
                name_of(value)
    return steps


def run(steps, at, moved=None):
    """All values by name, for inputs that are arrays or traced ones; each value is moved by `moved[name]`."""
    named = dict(at) if moved is None else {name: x + moved[name] for name, x in at.items()}
    for name, operation, *operands in steps:
        value = OPERATIONS[operation](*(named[operand] for operand in operands))
        named[name] = value if moved is None else value + moved[name]
    return named


def result(steps, at):
    """The value of the last step."""
    return run(steps, at)[steps[-1][0]]


def random_program(rng, at, functions, more=5):
    """The text of a program of random steps, a sum r of what was not used, and a last diamond, r * r + r.

    Every operation and function occurs, each function once. Values are used again, so that the graph has diamonds of
    every kind. A wrong derivative of any step shows: at the points `at` everything is of order one, and the result
    depends on every input and every step.
    """
    while True:
        text = _random_text(rng, dict(at), functions, more)
        if np.all(np.abs(sensitivities(program(text), at)) > SMALLEST):
            return text


def sensitivities(steps, at):
    """The derivative of the result by each input and each step, at each point."""
    names = [*at, *(name for name, *_ in steps)]
    points = np.shape(next(iter(at.values())))
    moved = [np.zeros(points) for _ in names]
    _, pull = vjp(lambda *by: run(steps, at, dict(zip(names, by, strict=True)))[names[-1]], *moved)
    return np.array(pull(np.ones(points)))


def _random_text(rng, named, functions, more):
    lines, unused, first = [], list(named), next(iter(named))
    waiting = [*"+-*/", *functions, *rng.choice([*"+-*/"], more)]
    rng.shuffle(waiting)
    while waiting:
        operation = waiting[0]
        left = unused[0] if unused and rng.random() < 0.5 else str(rng.choice(list(named)))
        others = [name for name in named if name != left]
        operands = [left] if operation in functions else [left, str(rng.choice(others))]
        with np.errstate(all="ignore"):
            value = OPERATIONS[operation](*(named[name] for name in operands))
        if not _shows(operation, [named[name] for name in operands], value):
            waiting = [*waiting[1:], operation]
            continue
        del waiting[0]
        name = f"v{len(lines) + 1}"
        named[name] = value
        step = f"{operation}({left})" if operation in functions else f" {operation} ".join(operands)
        lines.append(f"{name} = {step}")
        unused = [one for one in unused if one not in operands] + [name]
    # In the last diamond r waits for s: whoever goes level by level is wrong there.
    return "; ".join([*lines, f"r = {' + '.join([*unused, first])}", "s = r * r", "r + s"])


def _shows(operation, operands, value):
    """Whether a mistake in this step would show: it is of order one, no constant, and on either side of relu's kink."""
    if operation == "relu":
        (x,) = operands
        return np.all(np.abs(x) > SMALLEST) and np.any(x > 0) and np.any(x < 0)
    whole = np.allclose(value, np.round(value))
    return not whole and not _alike(operands) and np.all((np.abs(value) > SMALLEST) & (np.abs(value) < LARGEST))


def _alike(operands):
    """Whether all operands of two or more have the same size."""
    return len(operands) > 1 and np.allclose(*np.abs(operands))
