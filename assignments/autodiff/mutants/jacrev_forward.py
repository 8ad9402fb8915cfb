"""jacrev takes a pass for every input.

fails: jacrev_goes_backward
diagnosis: none
"""


def jacrev(f):
    return jacfwd(f)
