"""With a plain number on the left the operands of a division change places.

fails: div_numbers, accumulate
diagnosis: none
"""


def divided(self, other):
    return self / other


Value.__rtruediv__ = divided
