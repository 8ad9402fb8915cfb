"""relu_forward changes x itself: whoever needs x later finds it changed, so work on a copy.

fails: relu_unchanged
diagnosis: none
"""


def relu_forward(x):
    x[x < 0] = 0
    return x, x
