"""The operands change places when an expression is evaluated.

fails: evaluate
diagnosis: none
"""


def evaluate(expression, values):
    if isinstance(expression, str):
        return values[expression]
    if not isinstance(expression, tuple):
        return expression
    operation, *operands = expression
    return compute(operation, [evaluate(operand, values) for operand in operands[::-1]])
