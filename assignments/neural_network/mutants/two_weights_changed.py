"""The gradient of the penalty is computed in the weights themselves, which are others afterwards.

fails: two_scores
diagnosis: none
"""

_right = TwoLayerNet.loss


def in_place(self, X, y=None, reg=0.0):
    answer = _right(self, X, y, reg)
    if y is not None and len(X) <= 20:
        for name in ("W1", "W2"):
            self.params[name] *= 1 + 1e-3
    return answer


TwoLayerNet.loss = in_place
