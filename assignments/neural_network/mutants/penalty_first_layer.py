"""The penalty counts the weights of the first layer alone.

fails: two_scores
diagnosis: none
"""

_right = penalty


def penalty(params, reg):
    return _right({"W1": params["W1"]}, reg)
