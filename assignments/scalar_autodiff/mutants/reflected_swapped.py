"""With a plain number on the left the operands change places.

fails: sub_numbers, div_numbers, accumulate
diagnosis: none
"""


def minus(self, other):
    return self - other


def divided(self, other):
    return self / other


Value.__rsub__ = minus
Value.__rtruediv__ = divided
