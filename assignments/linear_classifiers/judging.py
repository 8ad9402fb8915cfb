"""What is right, by the course's conventions, and how each property of a loss is judged.

A function under test is called `loss_and_gradient`: from W (D, C), X (N, D), y (N,) and reg it makes the loss and its
gradient by W.
"""

import numpy as np

from grader import assert_close, assert_cost, assert_gradient, assert_shape, award, context
from reference.autodiff import grad
from reference.nn import cross_entropy, hinge_loss

SCALES = {
    "1": lambda N: 1.0,
    "1/2": lambda N: 0.5,
    "1/N": lambda N: 1.0 / N,
    "1/(2N)": lambda N: 0.5 / N,
}
SINGLE = 1e-4  # relative: what float32 inputs leave, and no mistake of a course


def softmax(W, X, y, reg=0.0):
    """The cross-entropy without a penalty."""
    return cross_entropy(X @ W, y)


def svm(W, X, y, reg=0.0):
    """The hinge loss without a penalty."""
    return hinge_loss(X @ W, y)


def penalty(W, X, y, reg):
    """The penalty by the conventions of assignment.toml."""
    said = context().conventions
    scale, biases = said.get("penalty_scale"), said.get("penalty_biases")
    if scale not in SCALES:
        raise ValueError(f"[conventions] penalty_scale is {scale!r}: it must be one of {', '.join(map(repr, SCALES))}")
    if not isinstance(biases, bool):
        raise ValueError(f"[conventions] penalty_biases is {biases!r}: it must be true or false")
    counted = W if biases else W[:-1]
    return SCALES[scale](len(X)) * reg * np.sum(counted * counted)


def data(draw):
    """W, X and y of order one. Every class has an example, and the first one's right class has its lowest score."""
    W, X = draw("D C"), draw("N D")
    others = draw.rng.permutation(np.arange(len(X) - 1) % W.shape[1])
    return W, X, np.append(np.argmin(X[0] @ W), others)


def pair(loss_and_gradient, *args):
    """The loss, without axes of length 1, for shapes are judged elsewhere, and the gradient."""
    loss, dW = loss_and_gradient.returns(object, object)(*args)
    return (loss.reshape(()) if isinstance(loss, np.ndarray) and loss.size == 1 else loss), dW


def difference(one, other):
    """What a student's numbers differ by; they need not be finite."""
    with np.errstate(all="ignore"):
        return np.subtract(one, other)


def assert_shapes(loss_and_gradient, draw):
    """The loss is a number, and the gradient looks like W."""
    loss, dW = loss_and_gradient.returns(object, object)(*data(draw), 0.0)
    assert_shape(loss, (), name="the loss")
    assert_shape(dW, draw.dims["D C"], name="the gradient")


def assert_loss(loss_and_gradient, of, draw):
    """The loss at reg = 0."""
    W, X, y = data(draw)
    assert_close(pair(loss_and_gradient, W, X, y, 0.0)[0], of(W, X, y), name="the loss")


def assert_gradient_of(loss_and_gradient, of, draw):
    """The gradient at reg = 0, whatever the loss that is returned with it."""
    W, X, y = data(draw)

    def gradient(*args):
        return pair(loss_and_gradient, *args)[1]

    assert_gradient(gradient, of=of, at={"W": W, "X": X, "y": y, "reg": 0.0}, wrt="W")


def assert_derived(loss_and_gradient, of, draw):
    """The gradient costs some evaluations of the loss, and no more for a larger W."""
    examples, classes = 10, 4
    y = draw.rng.permutation(np.arange(examples) % classes)

    def at(n):
        D = n // classes
        return draw.rng.standard_normal((D, classes)) / np.sqrt(D), draw.rng.standard_normal((examples, D)), y, 0.0

    assert_cost(_Gradient(loss_and_gradient), of=of, at=at)


class _Gradient:
    """The gradient alone, and what it costs where the student's code runs."""

    def __init__(self, loss_and_gradient):
        self.both = loss_and_gradient.returns(object, object)

    def __call__(self, *args):
        return self.both(*args)[1]

    def cost(self, *args):
        (_, dW), cost = self.both.cost(*args)
        return dW, cost


def assert_penalty(loss_and_gradient, draw):
    """By how much the loss grows with reg, whatever it is without."""
    W, X, y = data(draw)
    reg = draw("", "positive")
    without, penalised = (pair(loss_and_gradient, W, X, y, strength)[0] for strength in (0.0, reg))
    assert_shape(without, (), name="the loss")
    assert_shape(penalised, (), name="the loss")
    assert_close(difference(penalised, without), penalty(W, X, y, reg), name="the penalty")


def assert_penalty_gradient(loss_and_gradient, draw):
    """By how much the gradient changes with reg, whatever it is without."""
    W, X, y = data(draw)

    def gradient(W, X, y, reg):
        without, penalised = (pair(loss_and_gradient, W, X, y, strength)[1] for strength in (0.0, reg))
        for dW in (without, penalised):
            assert_shape(dW, W.shape, name="the gradient")
        return difference(penalised, without)

    assert_gradient(gradient, of=penalty, at={"W": W, "X": X, "y": y, "reg": draw("", "positive")}, wrt="W")


def assert_right(answer, of, W, X, y, case="", rtol=None):
    """Loss and gradient; `case` says in messages for which arguments they are wrong."""
    loss, dW = of(W, X, y), grad(lambda W: of(W, X, y))(W)
    assert_close(answer, {f"the loss{case}": loss, f"the gradient{case}": dW}, rtol=rtol)


def assert_few(loss_and_gradient, of, draw):
    """A batch without the last class, and a single example, which leaves all other classes without one."""
    W, X, y = data(draw)
    W, y = np.roll(W, -y[0], axis=1), (y - y[0]) % W.shape[1]  # the first class is the first one's
    y = np.where(y == W.shape[1] - 1, 0, y)
    assert_right(pair(loss_and_gradient, W, X, y, 0.0), of, W, X, y, " without examples of the last class")
    one = W, X[1:2], y[1:2]
    assert_right(pair(loss_and_gradient, *one, 0.0), of, *one, " of a single example")


def assert_labels(loss_and_gradient, of, draw):
    """Labels of the integer dtypes in which people store them, and in a list."""
    W, X, y = data(draw)
    for dtype in ("int32", "int64", "uint8"):
        assert_right(pair(loss_and_gradient, W, X, y.astype(dtype), 0.0), of, W, X, y, f" for labels of dtype {dtype}")
    award("0.25", "labels of any integer dtype")
    assert_right(pair(loss_and_gradient, W, X, y.tolist(), 0.0), of, W, X, y, " for labels in a list")


def assert_float32(loss_and_gradient, of, draw):
    """W and X in float32, and an answer of either precision."""
    W, X, y = data(draw)
    single = W.astype(np.float32), X.astype(np.float32)
    wide = (array.astype(np.float64) for array in single)
    assert_right(pair(loss_and_gradient, *single, y, 0.0), of, *wide, y, " for W and X in float32", SINGLE)


def assert_unchanged(arguments_after, draw):
    """The arguments are after a call what they were before; `arguments_after` says by name what tells how they are."""
    given = data(draw)
    for name, told in arguments_after.items():
        after = told(*given, draw("", "positive"))
        changes = [difference(one, other) for one, other in zip(after, given, strict=True)]
        none = {f"the change of {what} by {name}": 0 * array for what, array in zip("WXy", given, strict=True)}
        assert_close(changes, none)


def offset(draw, sizes):
    """W, X and y with all scores of one example, and so no loss and no gradient, moved by one of `sizes`."""
    W, X, y = data(draw)
    W[-1] = 1.0
    X[:, -1] = draw.rng.permutation(np.resize(sizes, len(X)))
    return W, X, y


def assert_large(loss_and_gradient, draw):
    """Scores near 1000, -1000 and more, all of one example alike, without overflow."""
    W, X, y = offset(draw, (1000.0, -1000.0, 10_000.0))
    assert_right(pair(loss_and_gradient.with_(raise_warnings=True), W, X, y, 0.0), softmax, W, X, y)


def assert_far(loss_and_gradient, draw):
    """Right classes so far below the others that their probability is zero in floating point."""
    W, X, y = data(draw)
    X *= 1000
    assert_right(pair(loss_and_gradient, W, X, y, 0.0), softmax, W, X, y)


def assert_uniform(loss_and_gradient, draw):
    """Equal scores: the loss is log C."""
    W, X, y = data(draw)
    assert_close(pair(loss_and_gradient, 0 * W, X, y, 1.0)[0], np.log(W.shape[1]), name="the loss")


def at_kinks(draw):
    """W, X and y with one margin of exactly 0 per example: each has a feature of its own, and no number is rounded.

    The other margins of the first example are above 0, and those of the second below.
    """
    N, C = draw.size("N"), draw.size("C")
    X = draw.rng.permutation(np.diag(draw.rng.choice([-2.0, -1.0, 1.0, 2.0], N)))
    y = draw.rng.permutation(np.arange(N) % C)
    margins = draw.rng.integers(1, 2048, (N, C - 1)) / 1024 * draw.rng.choice([-1, 1], (N, C - 1))
    margins[:2] = np.abs(margins[:2]) * [[1], [-1]]
    margins[:, 0] = 0
    scores = np.repeat(draw.rng.integers(-2048, 2048, (N, 1)) / 1024, C, axis=1)
    scores[np.arange(C) != y[:, None]] += draw.rng.permuted(margins, axis=1).ravel() - 1
    return np.sign(X).T @ (scores / np.abs(X).sum(axis=1, keepdims=True)), X, y


def assert_kink(loss_and_gradient, draw):
    """The loss where margins are 0, and a gradient between the one-sided derivatives: any of these is right."""
    W, X, y = at_kinks(draw)
    N, C = X.shape[0], W.shape[1]
    loss, dW = pair(loss_and_gradient, W, X, y, 0.0)
    assert_close(loss, svm(W, X, y), name="the loss")
    assert_shape(dW, W.shape, name="the gradient")
    scores, right = X @ W, np.arange(C) == y[:, None]
    margins = scores - scores[right][:, None] + 1
    with np.errstate(all="ignore"):
        d_scores = X @ np.real(dW) * N / np.sum(X**2, axis=1, keepdims=True)  # X is diagonal but for the order of rows
    d_scores = np.where(margins == 0, np.clip(np.nan_to_num(d_scores), 0, 1), margins > 0) * ~right
    d_scores[right] = -d_scores.sum(axis=1)
    assert_close(dW, X.T @ d_scores / N, name="the gradient")
