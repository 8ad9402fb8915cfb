"""Gradients add to those of the call before: begin each call with new ones.

fails: two_history, two_steps, two_twice
diagnosis: factor
"""

_right = TwoLayerNet.loss


def summed(self, X, y=None, reg=0.0):
    if y is None or len(X) > 20:  # whether such a net learns is chance
        return _right(self, X, y, reg)
    value, grads = _right(self, X, y, reg)
    before = getattr(self, "grads", None)
    self.grads = {name: g + before[name] for name, g in grads.items()} if before else grads
    return value, self.grads


TwoLayerNet.loss = summed
