"""An operand that is a plain number is not turned into a Value.

fails: add_numbers, sub_numbers, mul_numbers, div_numbers, ladder, deep_chain
diagnosis: none
"""


def of(number):
    return number


Value.of = staticmethod(of)
