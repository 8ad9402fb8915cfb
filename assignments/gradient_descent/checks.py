"""Gradient descent: one parameter, regression, mini-batches, overfitting and its remedies, clipping, early stopping."""

import numpy as np

from grader import Dims, assert_close, assert_gradient, assert_raises, assert_same_trajectory, check

dims = Dims(m=(6, 8), n=(2, 4), k=(3, 6), size=(3, 5))
X_LECTURE, Y_LECTURE = 1.0, 100.0  # the one example of the lecture

# ------------------------------------------------------------------------------------------------ one parameter


def one_value(w, x, y):
    return 0.5 * (x * w - y) ** 2


def closed_path(x, y, lr, steps, w=0.0):
    """w_t = w* + (1 - lr x²)^t (w_0 - w*)."""
    return y / x + (1 - lr * x * x) ** np.arange(steps + 1) * (w - y / x)


def number(draw):
    """Of either sign, and never near 0."""
    return draw("", "positive") * draw.rng.choice([-1.0, 1.0])


def assert_lecture_path(student, lr):
    """From w = 0 on the lecture's example, ten steps."""
    path = student.one_path(X_LECTURE, Y_LECTURE, lr, 10)
    assert_close(path, closed_path(X_LECTURE, Y_LECTURE, lr, 10), name="the path")


@check(points="0.5")
def one_loss(student, draw):
    """L(w) = ½(xw − y)²: value."""
    w, x, y = number(draw), number(draw), number(draw)
    assert_close(student.one_loss(w, x, y), one_value(w, x, y))


@check(points="0.5")
def one_gradient(student, draw):
    """L(w) = ½(xw − y)²: gradient."""
    at = {"w": number(draw), "x": number(draw), "y": number(draw)}
    assert_gradient(student.one_gradient, of=one_value, at=at, wrt="w")


@check(points="0.5", needs=[one_gradient])
def path_creeps(student, draw):
    """one_path at learning rate 0.5: w comes closer from one side."""
    assert_lecture_path(student, 0.5)


@check(points="0.5", needs=[one_gradient])
def path_jumps(student, draw):
    """one_path at learning rate 1.5: w jumps to and fro, and comes closer."""
    assert_lecture_path(student, 1.5)


@check(points="0.5", needs=[one_gradient])
def path_explodes(student, draw):
    """one_path at learning rate 2.5: w jumps to and fro, further and further."""
    assert_lecture_path(student, 2.5)


@check(points=1, needs=[path_creeps], visibility="hidden")
def path_elsewhere(student, draw):
    """one_path for another example, from another start; no step at all."""
    x, y, w = number(draw), number(draw), number(draw)
    lr = draw("", "uniform", low=0.1, high=1.9) / x**2
    assert_close(student.one_path(x, y, lr, 7, w), closed_path(x, y, lr, 7, w), name="the path")
    assert_close(student.one_path(x, y, lr, 0, w), [w], name="the path without a step")


@check(points="0.5")
def factor(student, draw):
    """error_factor: what a step makes of the error."""
    x, lr = number(draw), draw("", "positive")
    assert_close(student.error_factor(x, lr), 1 - lr * x * x)


@check(points="0.5", visibility="hidden")
def best(student, draw):
    """best_rate: one step suffices."""
    x = number(draw)
    assert_close(student.best_rate(x), x**-2.0)


def assert_truths(function, x, truths):
    """`function(x, lr)` for learning rates in units of 1/x², a power of two, so that all is exact."""
    answers = function.returns("").many([(x, lr / x**2) for lr in truths])
    assert_close(answers, list(truths.values()), name=f"the list of answers for x = {x:g}")


OSCILLATES = {0.5: False, 1.0: False, 1.5: True, 2.0: True, 2.5: True}
CONVERGES = {0.5: True, 1.0: True, 1.5: True, 2.0: False, 2.5: False}


@check(points="0.5", needs=[factor])
def oscillation(student, draw):
    """oscillates, for x = 1: above which learning rate?"""
    assert_truths(student.oscillates, 1.0, OSCILLATES)


@check(points="0.5", needs=[factor])
def convergence(student, draw):
    """converges, for x = 1: up to which learning rate?"""
    assert_truths(student.converges, 1.0, CONVERGES)


@check(points="0.5", needs=[oscillation], visibility="hidden")
def oscillation_elsewhere(student, draw):
    """oscillates, for other x."""
    for x in (2.0, -0.5):
        assert_truths(student.oscillates, x, OSCILLATES)


@check(points="0.5", needs=[convergence], visibility="hidden")
def convergence_elsewhere(student, draw):
    """converges, for other x, and not at a learning rate of 0."""
    for x in (2.0, -0.5):
        assert_truths(student.converges, x, CONVERGES | {0.0: False})


# -------------------------------------------------------------------------------------------- linear regression


def linear_value(w, X, y):
    return np.mean((X @ w - y) ** 2).item() / 2


def linear_slope(w, X, y):
    return np.einsum("mn,mk->nk", X, X @ w - y) / len(X)


def regression(draw):
    return {"w": draw("n 1"), "X": draw("m n"), "y": draw("m 1")}


def descent(w, X, y, lr, steps):
    """All w, from the first to the last."""
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - lr * linear_slope(path[-1], X, y))
    return path


def safe_rate(X):
    """Half of the learning rate from which on gradient descent on linear_loss does not converge."""
    return len(X) / np.linalg.norm(X, 2).item() ** 2


@check(points="0.5")
def linear_loss(student, draw):
    """linear_loss: value."""
    at = regression(draw)
    assert_close(student.linear_loss(*at.values()), linear_value(**at))


@check(points=1)
def linear_gradient(student, draw):
    """linear_loss: gradient."""
    assert_gradient(student.linear_gradient, of=linear_value, at=regression(draw), wrt="w")


@check(points=1, needs=[linear_gradient])
def linear_steps(student, draw):
    """linear_descent makes the steps of gradient descent."""
    w, X, y = regression(draw).values()
    assert_same_trajectory(
        lambda w, batches, lr: np.asarray(student.linear_descent(w, X, y, lr, len(batches))[0]),
        like=lambda w, batches, lr: descent(w, X, y, lr, len(batches))[-1],
        params=w,
        batches=range(3),
        lr=0.1,
    )


@check(points=1, needs=[linear_loss, linear_steps])
def linear_losses(student, draw):
    """linear_descent: the losses, from the first w to the last."""
    w, X, y = regression(draw).values()
    losses = student.linear_descent(w, X, y, 0.1, 4)[1]
    assert_close(losses, [linear_value(v, X, y) for v in descent(w, X, y, 0.1, 4)], name="the series of losses")


@check(points=1, needs=[linear_steps], visibility="hidden")
def linear_arrives(student, draw):
    """linear_descent arrives at the least squares solution; without a step it stays."""
    w, y = draw("n 1"), draw("m 1")
    X = np.linalg.qr(draw("m n"))[0] * draw("n", "positive") * 2  # so that 300 steps are enough
    end, _ = student.linear_descent(w, X, y, safe_rate(X), 300)
    assert_close(end, np.linalg.lstsq(X, y, rcond=None)[0], name="w after 300 steps")
    start, losses = student.linear_descent(w, X, y, safe_rate(X), 0)
    assert_close(start, w, name="w without a step")
    assert_close(losses, [linear_value(w, X, y)], name="the series of losses without a step")


# ------------------------------------------------------------------------------------------ logistic regression


def logistic(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def logistic_value(w, X, y):
    margin = np.where(y == 1, 1, -1) * (X @ w)
    return np.sum(np.logaddexp(0, -margin)).item()


def logistic_slope(w, X, y):
    return np.einsum("mn,mk->nk", X, logistic(X @ w) - y)


def logistic_end(X, y, lr, steps):
    w = np.zeros((X.shape[1], 1))
    for _ in range(steps):
        w = w - lr * logistic_slope(w, X, y)
    return w


def labels(draw):
    """A column of 0 and 1, in which both occur."""
    y = draw.rng.permutation(np.arange(draw.size("m")) % 2)
    return y[:, None]


def far(draw):
    """X w is near ±1000, and not only there; each value comes with both labels."""
    z = np.repeat([1000.0, -1000.0, 730.0, -730.0, 0.5], 2)[:, None]
    w, X = draw("n 1", "positive"), draw.rng.uniform(0.5, 2.0, (len(z), draw.size("n")))
    return {"w": w, "X": X / (X @ w) * z, "y": (np.arange(len(z)) % 2)[:, None]}


@check(points="0.5")
def sigmoid(student, draw):
    """sigmoid: values."""
    z = draw("m 1")
    assert_close(student.sigmoid(np.concatenate([z, -z])), logistic(np.concatenate([z, -z])))


@check(points="0.5", needs=[sigmoid], visibility="hidden")
def sigmoid_far(student, draw):
    """sigmoid at ±1000, without a warning."""
    z = np.concatenate([draw("m 1") + middle for middle in (0, 1000, -1000)])
    assert_close(student.sigmoid.with_(raise_warnings=True)(z), logistic(z))


@check(points=1)
def logistic_loss(student, draw):
    """logistic_loss: value."""
    at = {"w": draw("n 1"), "X": draw("m n"), "y": labels(draw)}
    assert_close(student.logistic_loss(*at.values()), logistic_value(**at))


@check(points=1, needs=[logistic_loss], visibility="hidden")
def logistic_loss_far(student, draw):
    """logistic_loss where X w is near ±1000, without a warning."""
    at = far(draw)
    assert_close(student.logistic_loss.with_(raise_warnings=True)(*at.values()), logistic_value(**at))


@check(points=1, needs=[sigmoid])
def logistic_gradient(student, draw):
    """logistic_loss: gradient."""
    at = {"w": draw("n 1"), "X": draw("m n"), "y": labels(draw)}
    assert_gradient(student.logistic_gradient, of=logistic_value, at=at, wrt="w")


@check(points=1, needs=[logistic_gradient], visibility="hidden")
def logistic_gradient_far(student, draw):
    """The gradient of logistic_loss where X w is near ±1000, without a warning."""
    at = far(draw)
    assert_close(student.logistic_gradient.with_(raise_warnings=True)(*at.values()), logistic_slope(**at))


@check(points=1, needs=[logistic_gradient])
def logistic_lecture(student, draw):
    """logistic_descent as in the lecture: from 0, learning rate 0.01, 100 steps."""
    X, y = draw("m n"), labels(draw)
    assert_close(student.logistic_descent(X, y), logistic_end(X, y, 0.01, 100), name="w")


@check(points=1, needs=[logistic_gradient], visibility="hidden")
def logistic_steps(student, draw):
    """logistic_descent with another learning rate and another number of steps."""
    X, y = draw("m n"), labels(draw)
    assert_same_trajectory(
        lambda w, batches, lr: student.logistic_descent.returns("n 1")(X, y, lr, len(batches)),
        like=lambda w, batches, lr: logistic_end(X, y, lr, len(batches)),
        params=np.zeros((X.shape[1], 1)),
        batches=range(3),
        lr=0.2,
    )


@check(points="0.5")
def logistic_labels(student, draw):
    """logistic_predict: labels, 1 where p is one half as well."""
    w, X = draw("n 1"), draw("m n")
    X = np.concatenate([X, -X, np.zeros((1, len(w)))])
    assert_close(student.logistic_predict(w, X), np.heaviside(X @ w, 1).astype(int), name="the column of labels")


# --------------------------------------------------------------------------------------------- risk and batches


def distribution(draw):
    p = draw("m 1", "positive")
    return p / p.sum()


@check(points=1)
def risk(student, draw):
    """risk: the expected loss."""
    w, X, y = regression(draw).values()
    p = distribution(draw)
    expected = sum(p[i, 0] * linear_value(w, X[i : i + 1], y[i : i + 1]) for i in range(len(p)))
    assert_close(student.risk(w, X, y, p), expected)


@check(points="0.5", needs=[risk], visibility="hidden")
def risk_refuses(student, draw):
    """risk refuses what is no distribution, and nothing else."""
    w, X, y = regression(draw).values()
    p = distribution(draw)
    certain = np.eye(len(p))[:, :1]
    assert_close(
        student.risk(w, X, y, certain), linear_value(w, X[:1], y[:1]), name="the risk where one row is certain"
    )
    negative = p.copy()
    negative[0], negative[1] = -p[0], p[1] + 2 * p[0]
    for bad in (2 * p, 0.99 * p, negative):
        assert_raises(ValueError, student.risk, w, X, y, bad)


@check(points=1)
def empirical(student, draw):
    """empirical_risk: the mean loss over a sample in which rows occur repeatedly."""
    w, X, y = regression(draw).values()
    sample = np.append(draw.rng.integers(0, len(X), draw.size("k") + len(X)), [1, 1])
    counts = np.bincount(sample, minlength=len(X))[:, None]
    expected = np.sum(counts * (X @ w - y) ** 2) / (2 * len(sample))
    assert_close(student.empirical_risk(w, X, y, sample), expected)


def subsets(m, size):
    """All row numbers of the subsets, one subset a row."""
    chosen = np.array([[(code >> i) & 1 for i in range(m)] for code in range(2**m)], dtype=bool)
    return [np.flatnonzero(row) for row in chosen if row.sum() == size]


@check(points="0.5", needs=[linear_gradient])
def minibatch(student, draw):
    """minibatch_gradient: the gradient of the mean loss over the batch."""
    rows = draw.rng.permutation(draw.size("m"))[: draw.size("size")]

    def value(w, X, y, rows):
        return linear_value(w, X[rows], y[rows])

    assert_gradient(student.minibatch_gradient, of=value, at=regression(draw) | {"rows": rows}, wrt="w")


@check(points=1, needs=[minibatch], visibility="hidden")
def minibatch_unbiased(student, draw):
    """minibatch_gradient is unbiased: its mean over all subsets of one size is the full gradient."""
    w, X, y = regression(draw).values()
    for size in (1, draw.size("size"), len(X)):
        gradients = student.minibatch_gradient.returns("n 1").many([(w, X, y, rows) for rows in subsets(len(X), size)])
        assert_close(np.mean(gradients, axis=0), linear_slope(w, X, y), name=f"the mean over all subsets of {size}")


def assert_noise(student, draw, *sizes):
    """Against the variance of a mean of `size` of m numbers drawn without replacement."""
    w, X, y = regression(draw).values()
    m = len(X)
    each = X * (X @ w - y)
    variance = np.sum((each - each.mean(axis=0)) ** 2) / m
    answers = student.batch_noise.many([(w, X, y, size) for size in sizes])
    right = [variance * (m - size) / (size * (m - 1)) for size in sizes]
    assert_close(answers, right, name=f"the list of answers for batches of {sizes[0]} and {sizes[1]}")


@check(points=1, needs=[minibatch])
def noise(student, draw):
    """batch_noise: how far mini-batch gradients are from the full gradient."""
    assert_noise(student, draw, 2, draw.size("size"))


@check(points="0.5", needs=[noise], visibility="hidden")
def noise_of_extremes(student, draw):
    """batch_noise for batches of one row, and of all rows."""
    assert_noise(student, draw, 1, draw.size("m"))


def sgd_end(w, batches, X, y, lr):
    for rows in batches:
        w = w - lr * linear_slope(w, X[rows], y[rows])
    return w


@check(points=1, needs=[minibatch])
def sgd_steps(student, draw):
    """sgd makes one step for each mini-batch."""
    w, X, y = regression(draw).values()
    batches = [draw.rng.permutation(len(X))[:size] for size in (draw.size("size"), 1, draw.size("size") + 1)]
    assert_same_trajectory(
        lambda w, batches, lr: student.sgd.returns("n 1")(w, X, y, batches, lr),
        like=lambda w, batches, lr: sgd_end(w, batches, X, y, lr),
        params=w,
        batches=batches,
        lr=0.1,
    )


# -------------------------------------------------------------------------------------------------- overfitting

HIGH = 20  # a degree far above that of the curve
PENALTY = 1e-3
SMOOTH = 0.03  # of the largest: the normal equations, at a condition of 1e15, leave 0.003


def ridge_value(c, F, y, strength):
    return linear_value(c, F, y) + strength / 2 * np.vdot(c, c).item()


def powers(x, degree):
    return np.vander(x[:, 0], degree + 1, increasing=True)


def ridge_least(x, y, degree, strength):
    """Where the gradient of ridge_value is zero."""
    F = powers(x, degree)
    return np.linalg.solve(F.T @ F / len(x) + strength * np.eye(degree + 1), F.T @ y / len(x))


def ridge_at(draw):
    return {"c": draw("k 1"), "F": draw("m k"), "y": draw("m 1"), "strength": draw("", "positive")}


def curve(draw, m, noise=0.3):
    """m points of a curve seen through noise, denser at the ends, where polynomials of high degree swing."""
    x = -np.cos(np.pi * (np.arange(m) + draw.rng.uniform(0.2, 0.8, m)) / m)[:, None]
    return x, np.sin(np.pi * x) + noise * draw.rng.standard_normal((m, 1))


@check(points="0.5")
def polynomial(student, draw):
    """features: the powers of x."""
    x, degree = draw("m 1"), draw.size("k")
    assert_close(student.features(x, degree), powers(x, degree))


@check(points="0.5", needs=[linear_loss])
def ridge_loss(student, draw):
    """ridge_loss: value."""
    at = ridge_at(draw)
    assert_close(student.ridge_loss(*at.values()), ridge_value(**at))


@check(points=1, needs=[linear_gradient])
def ridge_gradient(student, draw):
    """ridge_loss: gradient."""
    assert_gradient(student.ridge_gradient, of=ridge_value, at=ridge_at(draw), wrt="c")


@check(points=1, needs=[polynomial])
def fit_plain(student, draw):
    """fit without a penalty, at a low degree."""
    degree = draw.size("k")
    x, y = curve(draw, draw.size("m") + 5)
    assert_close(student.fit(x, y, degree, 0.0), np.linalg.lstsq(powers(x, degree), y, rcond=None)[0])


@check(points=1, needs=[polynomial])
def fit_penalised(student, draw):
    """fit with a penalty, at a low degree."""
    degree, strength = draw.size("k"), draw("", "positive") / 10
    x, y = curve(draw, draw.size("m") + 5)
    assert_close(student.fit(x, y, degree, strength), ridge_least(x, y, degree, strength))


@check(points=1, needs=[fit_plain], visibility="hidden")
def overfits(student, draw):
    """fit without a penalty, at degree 20: the curve goes where the noise goes."""
    x, y = curve(draw, draw.rng.integers(24, 30))
    F = powers(x, HIGH)
    c = student.fit.returns(f"{HIGH + 1} 1")(x, y, HIGH, 0.0)
    right = F @ np.linalg.lstsq(F, y, rcond=None)[0]
    assert_close(F @ c, right, rtol=SMOOTH, name="the curve at the points that it was fitted to")


@check(points=1, needs=[fit_penalised], visibility="hidden")
def mended(student, draw):
    """fit with a penalty, at degree 20: the curve is smooth again."""
    x, y = curve(draw, draw.rng.integers(15, 30))
    c = student.fit.returns(f"{HIGH + 1} 1")(x, y, HIGH, PENALTY)
    new = powers(np.linspace(-1, 1, 50)[:, None], HIGH)
    assert_close(new @ c, new @ ridge_least(x, y, HIGH, PENALTY), name="the curve between the points")


STRENGTHS = [1e-6, 2e-5, 1e-4, 3e-3, 1e-2, 2e-1]  # in no constant ratio


def choice(draw):
    """Data on which one strength is clearly best, and none of the strengths that a wrong rule would choose."""
    for _ in range(500):
        strengths = draw.rng.permutation(STRENGTHS)
        x, y = curve(draw, 15)
        x_val, y_val = curve(draw, 40)
        F, F_val = powers(x, HIGH), powers(x_val, HIGH)
        fits = [ridge_least(x, y, HIGH, strength) for strength in strengths]
        loss = np.array([linear_value(c, F_val, y_val) for c in fits])
        penalised = [ridge_value(c, F_val, y_val, strength) for c, strength in zip(fits, strengths, strict=True)]
        weak = [linear_value(ridge_least(x, y, HIGH, strength / len(x)), F_val, y_val) for strength in strengths]
        trained = [linear_value(c, F, y) for c in fits]
        best = int(np.argmin(loss))
        wrong = {0, len(strengths) - 1, *(int(np.argmin(other)) for other in (penalised, weak, trained))}
        if best not in wrong and np.sort(loss)[1] > 1.001 * loss[best]:
            return (x, y, x_val, y_val, HIGH, list(map(float, strengths))), strengths[best]
    raise RuntimeError("no data on which one strength is clearly best")


@check(points=1, needs=[fit_penalised])
def strength_chosen(student, draw):
    """best_strength: chosen by the loss on new data, without the penalty."""
    given, best = zip(*(choice(draw) for _ in range(3)), strict=True)
    answers = student.best_strength.returns("").many(given)
    assert_close(answers, best, name="the list of strengths for three sets of data")


# ----------------------------------------------------------------------------------------------------- clipping


def large_gradients(draw):
    """Arrays of several shapes and their common norm, to which each of them contributes."""
    gradients = {"the first array": draw("m n"), "the second array": draw("n 1"), "the third array": draw("k")}
    return gradients, np.linalg.norm(np.concatenate([g.ravel() for g in gradients.values()])).item()


@check(points=1)
def clip(student, draw):
    """clip_by_norm: a common norm above the bound becomes the bound, and the direction stays."""
    gradients, norm = large_gradients(draw)
    bound = norm * draw("", "uniform", low=0.05, high=0.15)  # so low that the largest entry is above it
    clipped = {name: g * (bound / norm) for name, g in gradients.items()}
    assert_close(student.clip_by_norm(list(gradients.values()), bound), clipped)


@check(points=1, needs=[clip])
def clip_small(student, draw):
    """clip_by_norm: what is below the bound stays as it is."""
    gradients, norm = large_gradients(draw)
    assert_close(student.clip_by_norm(list(gradients.values()), norm * 1.5), gradients)


@check(points="0.5", needs=[clip], visibility="hidden")
def clip_edges(student, draw):
    """clip_by_norm: gradients of zero, without a warning; bounds of 0 and below are refused."""
    zeros = {"the first array": np.zeros((2, 3)), "the second array": np.zeros(4)}
    assert_close(student.clip_by_norm.with_(raise_warnings=True)(list(zeros.values()), 1.0), zeros)
    for bound in (0.0, -1.0):
        assert_raises(ValueError, student.clip_by_norm, [draw("m n"), draw("k")], bound)


def clipped(x, y, lr, steps, bound, w=0.0):
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - lr * min(max(x * (x * path[-1] - y), -bound), bound))
    return path


@check(points="0.5", needs=[one_gradient])
def clipped_lecture(student, draw):
    """clipped_path at learning rate 2.5 with bound 30: it no longer explodes."""
    right = clipped(X_LECTURE, Y_LECTURE, 2.5, 10, 30.0)
    assert_close(student.clipped_path(X_LECTURE, Y_LECTURE, 2.5, 10, 30.0), right, name="the path")


@check(points="0.5", needs=[clipped_lecture], visibility="hidden")
def clipped_elsewhere(student, draw):
    """clipped_path for another example, from another start on either side."""
    x, y = number(draw), number(draw)
    lr, far_off = 0.3 / x**2, draw("", "uniform", low=4, high=6)
    for w in (y / x - far_off, y / x + far_off):
        bound = x**2 * far_off / 3
        path = student.clipped_path(x, y, lr, 12, bound, w)
        assert_close(path, clipped(x, y, lr, 12, bound, w), name="the path")


# ----------------------------------------------------------------------------------------------- early stopping


def stop(losses, patience):
    """The first step that is followed, or preceded, by `patience` steps none of which improved on the best before."""
    improved = [t for t in range(len(losses)) if t == 0 or losses[t] < min(losses[:t])]
    for here, there in zip(improved, [*improved[1:], len(losses) + patience], strict=True):
        if there - here > patience:
            return here, min(here + patience, len(losses) - 1)
    raise AssertionError("the last improvement has no successor")


def assert_stops(student, *cases):
    """For each case, which is losses and patience: the best step and the last one."""
    answers = student.stop_at.returns("", "").many(cases)
    assert_close(answers, [stop(*case) for case in cases], name="the table of best and last steps")


@check(points=1)
def stopping(student, draw):
    """stop_at: the best step, and the last one."""
    falling = np.sort(draw("m"))[::-1]
    dip = [falling[-1] + 1, falling[-1] + 0.5, falling[-1] - 1]  # worse, worse, and better than all before
    rising = [falling[-1] + 2, falling[-1] + 3, falling[-1] + 2.5, falling[-1] - 5]  # the last one comes too late
    losses = [*falling, *dip, *rising]
    assert_stops(student, (losses, 2), (losses, 3))


@check(points="0.5", needs=[stopping], visibility="hidden")
def stopping_edges(student, draw):
    """stop_at: losses that only fall or only rise, equal ones; a patience below 1 is refused."""
    falling = np.sort(draw("m"))[::-1].tolist()
    level = [*falling[:2], *[falling[2]] * 5]
    short = [*falling, falling[-1] + 1]
    every = (falling, falling[::-1], level, short)
    assert_stops(student, *((losses, patience) for losses in every for patience in (1, 3)))
    for patience in (0, -1):
        assert_raises(ValueError, student.stop_at, falling, patience)


def early(draw):
    """Data on which the validation loss falls first and rises then, and validation data on which it only rises.

    What is compared is never close, so that rounding decides nothing.
    """
    for _ in range(500):
        w, X, X_val = draw("n 1"), draw("m n"), draw("k n")
        end = draw("n 1", "positive") * 3
        y, y_val, y_worse = X @ (w + end), X_val @ (w + 0.6 * end), X_val @ (w - end)
        lr = safe_rate(X) * 0.3
        path = descent(w, X, y, lr, 30)
        losses, worse = ([linear_value(v, X_val, val) for v in path] for val in (y_val, y_worse))
        best = int(np.argmin(losses))
        change = np.diff(losses[: best + 5]) / losses[0]
        falls, rises = change[:best] < -1e-4, change[best:] > 1e-4
        if 2 <= best <= 12 and all(falls) and all(rises) and min(worse[1:3]) > 1.01 * worse[0]:
            return (w, X, y, X_val, y_val, lr), y_worse, path, losses
    raise RuntimeError("no data whose validation loss has a clear minimum")


@check(points=1, needs=[linear_gradient])
def early_best(student, draw):
    """descend_early returns the parameters with the least validation loss."""
    given, _, path, losses = early(draw)
    w = student.descend_early.returns("n 1", "")(*given, 30, 3)[0]
    assert_close(w, path[stop(losses, 3)[0]], name="w")


@check(points=1, needs=[linear_gradient])
def early_steps(student, draw):
    """descend_early stops when its patience is at an end."""
    given, _, _, losses = early(draw)
    patiences = (1, 2, 3)
    answers = student.descend_early.returns("n 1", "").many([(*given, 30, patience) for patience in patiences])
    right = [stop(losses, patience)[1] for patience in patiences]
    assert_close([steps for _, steps in answers], right, name="the list of steps for a patience of 1, 2 and 3")


@check(points=1, needs=[early_best, early_steps], visibility="hidden")
def early_edges(student, draw):
    """descend_early where it has no time for more steps, and where the start is the best."""
    (w, X, y, X_val, y_val, lr), y_worse, path, losses = early(draw)
    best = int(np.argmin(losses))
    times = (best - 1, best + 1)  # too short to get to the best, and to lose patience
    cases = [(w, X, y, X_val, y_val, lr, steps, 3) for steps in times] + [(w, X, y, X_val, y_worse, lr, 30, 2)]
    answers = student.descend_early.returns("n 1", "").many(cases)
    ends, steps = zip(*answers, strict=True)
    assert_close(np.stack(ends), np.stack([path[best - 1], path[best], w]), name="w in three cases")
    assert_close(steps, [*times, 2], name="the list of steps in these cases")
