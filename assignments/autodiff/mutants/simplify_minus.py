"""0 - x is taken for x.

fails: symbolic_quotient, simplify
diagnosis: sign
"""


def simplify(expression):
    if not isinstance(expression, tuple):
        return expression
    operation, *operands = expression
    operands = [simplify(operand) for operand in operands]
    if not any(isinstance(operand, (str, tuple)) for operand in operands):
        return compute(operation, operands)
    a, b = operands if len(operands) == 2 else (operands[0], None)
    if (operation in ("+", "-") and a == 0) or (operation == "*" and a == 1):
        return b
    if (operation in ("+", "-") and b == 0) or (operation in ("*", "/", "**") and b == 1):
        return a
    if (operation == "*" and 0 in (a, b)) or (operation == "/" and a == 0):
        return 0
    if operation == "**" and b == 0:
        return 1
    return (operation, *operands)
