"""jacfwd takes a pass for every entry of the result.

fails: jacfwd_goes_forward
diagnosis: none
"""


def jacfwd(f):
    return jacrev(f)
