"""loss_history is to hold the loss before each step, not the one after it.

fails: two_history
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
        _, grads = self.loss(X[rows], y[rows], reg=reg)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        losses.append(self.loss(X[rows], y[rows], reg=reg)[0])
        if step % max(len(X) // batch_size, 1) == 0:
            learning_rate *= learning_rate_decay
    return {"loss_history": losses, "train_acc_history": [], "val_acc_history": []}


TwoLayerNet.train = steps
