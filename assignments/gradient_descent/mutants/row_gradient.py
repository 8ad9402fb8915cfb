"""In denominator layout the gradient by w is a column, like w.

fails: logistic_gradient, logistic_gradient_far, logistic_lecture, logistic_steps
diagnosis: row-for-column
"""


def logistic_gradient(w, X, y):
    return (sigmoid(X @ w) - y).T @ X
