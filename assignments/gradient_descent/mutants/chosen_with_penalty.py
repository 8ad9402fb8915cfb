"""The penalty belongs to training: what counts on new data is the loss without it.

fails: strength_chosen
diagnosis: none
"""


def best_strength(x, y, x_val, y_val, degree, strengths):
    F = features(x_val, degree)
    return min(strengths, key=lambda strength: ridge_loss(fit(x, y, degree, strength), F, y_val, strength))
