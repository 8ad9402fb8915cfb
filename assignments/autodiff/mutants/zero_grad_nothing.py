"""zero_grad leaves the gradients where they are.

fails: zero_grad
diagnosis: none
"""


def zero_grad(parameters):
    parameters = [None for _ in parameters]
