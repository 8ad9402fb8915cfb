"""The 1/2 in front of the square cancels the 2 that its derivative brings.

fails: one_gradient, path_creeps, path_jumps, path_explodes, path_elsewhere, clipped_lecture, clipped_elsewhere
diagnosis: factor
"""


def one_gradient(w, x, y):
    return 2 * x * (x * w - y)
