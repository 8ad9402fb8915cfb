"""The derivative of a sum is the sum of the derivatives; here they are multiplied.

fails: sum_of_two, sum_of_two_one_output
diagnosis: none
"""


def d_sum(dv_dx, du_dx):
    return dv_dx * du_dx
