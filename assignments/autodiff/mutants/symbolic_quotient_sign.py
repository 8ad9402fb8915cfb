"""The numerator of the quotient rule has a sum for a difference.

fails: symbolic_quotient, symbolic_twice
diagnosis: sign
"""


def differentiate(expression, name):
    if isinstance(expression, str):
        return 1 if expression == name else 0
    if not isinstance(expression, tuple):
        return 0
    operation, a, *rest = expression
    da = differentiate(a, name)
    if operation in ("+", "-"):
        return simplify((operation, da, differentiate(rest[0], name)))
    if operation == "*":
        return simplify(("+", ("*", da, rest[0]), ("*", a, differentiate(rest[0], name))))
    if operation == "/":
        top = ("+", ("*", da, rest[0]), ("*", a, differentiate(rest[0], name)))
        return simplify(("/", top, ("**", rest[0], 2)))
    if operation == "**":
        return simplify(("*", ("*", rest[0], ("**", a, rest[0] - 1)), da))
    outer = {"exp": ("exp", a), "log": ("/", 1, a), "sin": ("cos", a), "cos": ("*", -1, ("sin", a))}[operation]
    return simplify(("*", outer, da))
