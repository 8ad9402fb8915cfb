"""Nothing is simplified.

fails: simplify, symbolic_short
diagnosis: none
"""


def simplify(expression):
    return expression
