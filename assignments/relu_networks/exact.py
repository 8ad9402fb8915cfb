"""The kinks of a network in rational arithmetic, found by walking along the line from one crossing to the next."""

from fractions import Fraction


def exact_kinks(params, lo, hi, number=Fraction):
    """All x between lo and hi where the slope of a network of one input and one output changes, and all crossings.

    Returns two ascending lists of floats. At a crossing a unit's pre-activation is zero, whether that shows or not.
    With `number=float` it is faster, and not exact.
    """
    layers = [
        ([list(map(number, column)) for column in W.T.tolist()], list(map(number, b.tolist()))) for W, b in params
    ]
    x, found, crossed = number(lo), [], []
    slope, zeros = right_of(layers, x)
    while later := [zero for zero in zeros if x < zero < hi]:
        x = min(later)
        crossed.append(float(x))
        new, zeros = right_of(layers, x)
        if new != slope:
            found.append(float(x))
        slope = new
    return found, crossed


def right_of(layers, x):
    """The network's slope just to the right of x, and where the units would be zero if it went on like that."""
    units, zeros = [(1, 0)], []  # slope and intercept of each
    for number, (columns, biases) in enumerate(layers, 1):
        units = [affine(units, column, bias) for column, bias in zip(columns, biases, strict=True)]
        if number < len(layers):
            zeros += [-intercept / slope for slope, intercept in units if slope]
            units = [(s, c) if (s * x + c, s) > (0, 0) else (0, 0) for s, c in units]
    return units[0][0], zeros


def affine(units, column, bias):
    pairs = list(zip(column, units, strict=True))
    return sum(w * slope for w, (slope, _) in pairs), bias + sum(w * intercept for w, (_, intercept) in pairs)
