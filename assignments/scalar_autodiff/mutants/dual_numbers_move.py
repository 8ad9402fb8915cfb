"""A plain number is given the tangent 1, as if it moved.

fails: dual_numbers
diagnosis: none
"""


def of(number):
    return number if isinstance(number, Dual) else Dual(number, 1.0)


Dual.of = staticmethod(of)
