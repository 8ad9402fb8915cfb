"""Runs programs on the student's numbers: the interface is a class, and objects do not cross the wall.

A program is a list of steps `[name, operation, *operands]`, where an operand is the name of an input or of an earlier
step; the last step is the result. Everything that comes back is made of plain floats.
"""

import inspect
import operator

import numpy as np
import submission

BINARY = {
    "+": (operator.add, "add"),
    "-": (operator.sub, "sub"),
    "*": (operator.mul, "mul"),
    "/": (operator.truediv, "truediv"),
    "**": (operator.pow, "pow"),
}


def values(program, inputs, numbers):
    """The result's data at each point. `inputs` become Values, `numbers` stay plain; both are arrays by name."""
    return np.array([float(_run(program, _values(point), plain).data) for point, plain in _points(inputs, numbers)])


def gradients(program, inputs, numbers, results=1, calls=1):
    """The grad of each input at each point, by name.

    The program is run `results` times on the same Values, and backward is called `calls` times on each result.
    """
    found = {name: [] for name in inputs}
    for point, plain in _points(inputs, numbers):
        leaves = _values(point)
        for _ in range(results):
            result = _run(program, leaves, plain)
            for _ in range(calls):
                _backward(result)
        for name, leaf in leaves.items():
            found[name].append(float(leaf.grad))
    return {name: np.array(grads) for name, grads in found.items()}


def adjoints(program, inputs):
    """The grad of each step at each point, by name, after one call of backward on the result."""
    found = {name: [] for name, *_ in program}
    for point, _ in _points(inputs, {}):
        named = {}
        _backward(_run(program, _values(point), {}, named))
        for name, grads in found.items():
            grads.append(float(named[name].grad))
    return {name: np.array(grads) for name, grads in found.items()}


def tangents(program, inputs, numbers, directions):
    """The result's data and tangent at each point, for inputs that move along `directions`."""
    found = []
    for (point, plain), (moves, _) in zip(_points(inputs, numbers), _points(directions, {}), strict=True):
        duals = {name: submission.Dual(number, moves[name]) for name, number in point.items()}
        result = _run(program, duals, plain)
        found.append((float(result.data), float(result.tangent)))
    data, tangent = zip(*found, strict=True)
    return np.array(data), np.array(tangent)


def _points(inputs, numbers):
    """For each point the inputs and the plain numbers by name, as Python's own int and float."""
    columns = {name: np.asarray(column).tolist() for name, column in {**inputs, **numbers}.items()}
    for row in zip(*columns.values(), strict=True):
        point = dict(zip(columns, row, strict=True))
        yield {name: point[name] for name in inputs}, {name: point[name] for name in numbers}


def _values(point):
    """Each number as a Value that wants a gradient: some write this into the constructor."""
    options = inspect.signature(submission.Value).parameters
    wanted = {"requires_grad": True} if "requires_grad" in options else {}
    return {name: submission.Value(number, **wanted) for name, number in point.items()}


def _run(program, leaves, plain, named=None):
    named = {} if named is None else named
    named.update(plain)
    named.update(leaves)
    for name, operation, *operands in program:
        named[name] = _apply(operation, [named[operand] for operand in operands])
    return named[program[-1][0]]


def _apply(operation, operands):
    method, owner = _method(operation, operands)
    name = f"{type(owner).__name__}.{method}"
    if not hasattr(owner, method):
        getattr(submission, name)  # says that it is missing
    try:
        if operation in BINARY:
            result = BINARY[operation][0](*operands)
        else:
            result = -operands[0] if operation == "neg" else getattr(owner, operation)()
    except NotImplementedError:
        getattr(submission, name)
        raise
    if result is None:
        raise TypeError(f"{name} returns None: is a `return` missing?")
    return result


def _method(operation, operands):
    """The method that Python looks for, and the object in which it does."""
    if operation not in BINARY:
        return {"neg": "__neg__"}.get(operation, operation), operands[0]
    name = BINARY[operation][1]
    if type(operands[0]) in (int, float):  # not isinstance: a Value may be a kind of float
        return f"__r{name}__", operands[1]
    return f"__{name}__", operands[0]


def _backward(result):
    try:
        result.backward()
    except NotImplementedError:
        getattr(submission, f"{type(result).__name__}.backward")
        raise
