"""The gradient by b2 is a mean over the examples: b2 is added to each of them, so its gradients add up.

fails: two_few, two_gradient_b2, two_history, two_large, two_steps, two_twice
diagnosis: factor
"""

import numpy as np

_right = TwoLayerNet.loss


def slopes(self, X, y=None, reg=0.0):
    if len(X) > 20:  # whether such a net learns is chance
        return _right(self, X, y, reg)
    W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
    hidden = np.maximum(0, X @ W1 + b1)
    scores = hidden @ W2 + b2
    if y is None:
        return scores
    data_loss, d_scores = cross_entropy(scores, y)
    d_hidden = (d_scores @ W2.T) * (hidden > 0)
    penalised, d_weights = penalty(self.params, reg)
    grads = {
        "W1": X.T @ d_hidden + d_weights["W1"],
        "b1": np.sum(d_hidden, axis=0),
        "W2": hidden.T @ d_scores + d_weights["W2"],
        "b2": np.mean(d_scores, axis=0),
    }
    return data_loss + penalised, grads


TwoLayerNet.loss = slopes
