# %% [markdown]
# # Linear classifiers: softmax and SVM
#
# The handout has the mathematics. Each of the four functions returns the loss, a number, and its gradient `dW`, which
# looks like `W`:
#
# - `W` is `(D, C)`, `X` is `(N, D)`, an example in each row, and the scores are `X @ W`, `(N, C)`.
# - `y` is `(N,)`: integers from 0 to C - 1, of any integer dtype, or in a list.
# - `reg` is the strength of the penalty, a number.
#
# Write the naive functions with loops, over the examples at least; the vectorised ones without loops.
# Leave `W`, `X` and `y` as they are. Only NumPy.

# %%
import numpy as np

# What several of the functions below can share goes here, if you like.
### BEGIN SOLUTION


def with_penalty(loss, dW, W, N, reg):
    """The loss and its gradient with the penalty added; the first two lines are the course's conventions."""
    scale = 1.0
    counted = W
    penalty = scale * reg * np.sum(counted**2)
    return loss + penalty, dW + 2 * scale * reg * counted


### END SOLUTION

# %% [markdown]
# ## 1. Softmax
#
# The cross-entropy of the softmax of the scores, averaged over the examples. Scores may be as large as 10,000: what do
# you subtract before you take exponentials?


# %%
def softmax_loss_naive(W, X, y, reg):
    """The loss and its gradient dW (D, C), with loops, for W (D, C), X (N, D), y (N,) and a number reg."""
    ### BEGIN SOLUTION
    N, C = X.shape[0], W.shape[1]
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(N):
        scores = X[i] @ W
        scores = scores - np.max(scores)
        total = np.sum(np.exp(scores))
        loss += np.log(total) - scores[y[i]]
        for j in range(C):
            dW[:, j] += np.exp(scores[j]) / total * X[i]
        dW[:, y[i]] -= X[i]
    return with_penalty(loss / N, dW / N, W, N, reg)
    ### END SOLUTION


# %%
def softmax_loss_vectorized(W, X, y, reg):
    """The same as softmax_loss_naive, without loops."""
    ### BEGIN SOLUTION
    rows = np.arange(X.shape[0])
    scores = X @ W
    scores = scores - np.max(scores, axis=1, keepdims=True)
    exponentials = np.exp(scores)
    totals = np.sum(exponentials, axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - scores[rows, y])
    d_scores = exponentials / totals
    d_scores[rows, y] -= 1
    return with_penalty(loss, X.T @ d_scores / len(rows), W, len(rows), reg)
    ### END SOLUTION


# %% [markdown]
# ## 2. The support vector machine
#
# The hinge loss with margin 1, summed over the wrong classes and averaged over the examples.


# %%
def svm_loss_naive(W, X, y, reg):
    """The loss and its gradient dW (D, C), with loops, for W (D, C), X (N, D), y (N,) and a number reg."""
    ### BEGIN SOLUTION
    N, C = X.shape[0], W.shape[1]
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(N):
        scores = X[i] @ W
        for j in range(C):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return with_penalty(loss / N, dW / N, W, N, reg)
    ### END SOLUTION


# %%
def svm_loss_vectorized(W, X, y, reg):
    """The same as svm_loss_naive, without loops."""
    ### BEGIN SOLUTION
    rows = np.arange(X.shape[0])
    scores = X @ W
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins) / len(rows)
    d_scores = np.sign(margins)
    d_scores[rows, y] = -np.sum(d_scores, axis=1)
    return with_penalty(loss, X.T @ d_scores / len(rows), W, len(rows), reg)
    ### END SOLUTION
