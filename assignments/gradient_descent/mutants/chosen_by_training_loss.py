"""On the data that it was fitted to, the weakest penalty always looks best.

fails: strength_chosen
diagnosis: none
"""


def best_strength(x, y, x_val, y_val, degree, strengths):
    return min(strengths, key=lambda strength: linear_loss(fit(x, y, degree, strength), features(x, degree), y))
