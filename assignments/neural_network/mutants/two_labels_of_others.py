"""Examples and labels are drawn apart: an example must keep its label.

fails: two_batches, two_learns
diagnosis: none
"""

import numpy as np


def steps(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    losses = []
    for step in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        value, grads = self.loss(X[rows], y[np.random.choice(len(X), batch_size)], reg=reg)
        losses.append(value)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if step % max(len(X) // batch_size, 1) == 0:
            learning_rate *= learning_rate_decay
    return {"loss_history": losses, "train_acc_history": [], "val_acc_history": []}


TwoLayerNet.train = steps
