"""The kinks of a network in rational arithmetic, found by walking along the line from one crossing to the next."""

from fractions import Fraction


def exact_kinks(params, lo, hi):
    """All x between lo and hi where the slope of a network of one input and one output changes, and all crossings.

    Returns two ascending lists of floats. At a crossing a unit's pre-activation is zero, whether that shows or not.
    """
    layers = [(rational(W.T), rational([b])[0]) for W, b in params]
    x, found, crossed = Fraction(lo), [], []
    slope, zeros = right_of(layers, x)
    while later := [zero for zero in zeros if x < zero < hi]:
        x = min(later)
        crossed.append(float(x))
        new, zeros = right_of(layers, x)
        if new != slope:
            found.append(float(x))
        slope = new
    return found, crossed


def rational(rows):
    return [[Fraction(float(entry)) for entry in row] for row in rows]


def right_of(layers, x):
    """The network's slope just to the right of x, and where the units would be zero if it went on like that."""
    units, zeros = [(Fraction(1), Fraction(0))], []  # slope and intercept of each
    for number, (columns, biases) in enumerate(layers, 1):
        units = [affine(units, column, bias) for column, bias in zip(columns, biases, strict=True)]
        if number < len(layers):
            zeros += [-intercept / slope for slope, intercept in units if slope]
            units = [(s, c) if (s * x + c, s) > (0, 0) else (Fraction(0), Fraction(0)) for s, c in units]
    return units[0][0], zeros


def affine(units, column, bias):
    slope = sum((w * s for w, (s, _) in zip(column, units, strict=True)), Fraction(0))
    return slope, sum((w * c for w, (_, c) in zip(column, units, strict=True)), bias)
