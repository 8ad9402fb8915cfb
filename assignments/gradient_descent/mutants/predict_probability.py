"""A prediction is a label, 0 or 1, not a probability.

fails: one_loss
diagnosis: none
"""


def logistic_predict(w, X):
    return sigmoid(X @ w)
