"""Layers of a network with CS231n's interface: forward, backward, losses, normalisation, dropout, and updates.

What is right, and how it is judged, is in judging.py.
"""

import judging as judge
import numpy as np

from grader import Dims, assert_close, assert_gradient, check
from reference import nn

dims = Dims(N=(9, 11), D=(3, 7), M=(3, 5), A=(2, 4), B=(2, 4))
features = Dims(N=(15, 18), D=(3, 5))  # batch normalisation: small enough that a diagnosis looks at every entry
losses = Dims(N=(15, 18), C=(7, 9))
examples = Dims(N=(3, 5), D=(15, 18))  # layer normalisation


# -------------------------------------------------------------------------------------------------------------- affine


@check(points=1)
def affine_forward(student, draw):
    """affine_forward: xW + b for x of shape (N, D)."""
    at = judge.affine_data(draw)
    assert_close(student.affine_forward(*at.values()), judge.affine(**at), name="out")


@check(points="0.5")
def affine_forward_images(student, draw):
    """affine_forward: each example of shape (d1, d2) is flattened."""
    at = judge.affine_data(draw, "N A B")
    assert_close(student.affine_forward(*at.values()), judge.affine(**at), name="out")


@check(points="0.5")
def affine_shapes(student, draw):
    """affine_backward: each gradient has the shape of its argument, dx that of (N, d1, d2)."""
    at = judge.affine_data(draw, "N A B")
    judge.assert_shapes(student.affine_backward, judge.AFFINE, at, (draw.size("N"), draw.size("M")))


@check(points=1, needs=[affine_forward])
def affine_dx(student, draw):
    """affine_backward: dx."""
    judge.assert_part(student.affine_backward, judge.AFFINE, "dx", judge.affine, judge.affine_data(draw))


@check(points=1, needs=[affine_forward])
def affine_dw(student, draw):
    """affine_backward: dw."""
    judge.assert_part(student.affine_backward, judge.AFFINE, "dw", judge.affine, judge.affine_data(draw))


@check(points="0.5", needs=[affine_forward])
def affine_db(student, draw):
    """affine_backward: db."""
    judge.assert_part(student.affine_backward, judge.AFFINE, "db", judge.affine, judge.affine_data(draw))


@check(points="0.5", needs=[affine_shapes, affine_dx, affine_dw], visibility="hidden")
def affine_backward_images(student, draw):
    """affine_backward: dx and dw for x of shape (N, d1, d2, d3)."""
    at = judge.affine_data(draw, "N A B 2")
    for which in ("dx", "dw"):
        judge.assert_part(student.affine_backward, judge.AFFINE, which, judge.affine, at)


@check(points="0.5", needs=[affine_forward], visibility="hidden")
def affine_unchanged(student, draw):
    """affine_forward leaves x, w and b as they are."""
    judge.assert_unchanged(student.affine_arguments, [*judge.affine_data(draw).values()], ("x", "w", "b"))


@check(points="0.5", needs=[affine_dx], visibility="hidden")
def affine_cache(student, draw):
    """affine_backward needs nothing but its cache: several forwards may come first."""
    first, second = ([*judge.affine_data(draw).values()] for _ in range(2))
    judge.assert_own_cache(student.affine_caches, first, second, [draw("N M"), draw("N M")])


@check(points=1, needs=[affine_dx], visibility="hidden", seconds=20)
def affine_cost(student, draw):
    """affine_backward: dx is derived, not measured by differences."""

    def at(n):
        x, w = draw.rng.standard_normal((4, n // 4)), draw.rng.standard_normal((n // 4, 2))
        return x, w, draw.rng.standard_normal(2), draw.rng.standard_normal((4, 2))

    def of(x, w, b, dout):
        return np.sum(judge.affine(x, w, b) * dout)

    judge.assert_analytic(judge.dx_of(student.affine_backward, judge.AFFINE), of, at)


# ---------------------------------------------------------------------------------------------------------------- ReLU


@check(points="0.5")
def relu_forward(student, draw):
    """relu_forward: max(0, x), for x of any shape."""
    for shape in ("N D", "N A B"):
        x = draw(shape)
        assert_close(student.relu_forward(x), judge.relu(x), name="out")


@check(points=1, needs=[relu_forward])
def relu_dx(student, draw):
    """relu_backward: dx, for x of any shape."""
    for shape in ("N D", "N A B"):
        assert_gradient(student.relu_backward, of=judge.relu, at={"x": draw(shape)})


@check(points="0.5", needs=[relu_dx], visibility="hidden")
def relu_zero(student, draw):
    """relu_backward: where x is exactly 0, dx is from 0 to dout."""
    x = draw("N D")
    x[::2, 0] = 0.0
    assert_gradient(student.relu_backward, of=judge.relu, at={"x": x})


@check(points="0.5", needs=[relu_forward], visibility="hidden")
def relu_unchanged(student, draw):
    """relu_forward leaves x as it is."""
    judge.assert_unchanged(student.relu_arguments, [draw("N D")])


@check(points="0.5", needs=[relu_dx], visibility="hidden")
def relu_cache(student, draw):
    """relu_backward needs nothing but its cache: several forwards may come first."""
    judge.assert_own_cache(student.relu_caches, [draw("N D")], [draw("N D")], [draw("N D"), draw("N D")])


@check(points="0.5", needs=[relu_dx], visibility="hidden", seconds=20)
def relu_cost(student, draw):
    """relu_backward: dx is derived, not measured by differences."""

    def at(n):
        return draw.rng.standard_normal((4, n // 4)), draw.rng.standard_normal((4, n // 4))

    judge.assert_analytic(student.relu_backward, lambda x, dout: np.sum(judge.relu(x) * dout), at)


# -------------------------------------------------------------------------------------------------------------- losses


@check(points="0.5", dims=losses)
def softmax_shapes(student, draw):
    """softmax_loss returns a number and a gradient of the shape of x."""
    judge.assert_loss_shapes(student.softmax_loss, draw)


@check(points=1, dims=losses)
def softmax_value(student, draw):
    """softmax_loss: the loss."""
    judge.assert_loss(student.softmax_loss, nn.cross_entropy, draw)


@check(points=1, dims=losses)
def softmax_dx(student, draw):
    """softmax_loss: dx."""
    x, y = judge.scores(draw)
    assert_gradient(judge.dx_of(student.softmax_loss), of=nn.cross_entropy, at={"x": x, "y": y}, wrt="x")


@check(points=1, needs=[softmax_value, softmax_dx], visibility="hidden", dims=losses)
def softmax_large(student, draw):
    """softmax_loss at scores of ±1000 and more, without overflow."""
    x, y = judge.scores(draw)
    x += draw.rng.permutation(np.resize((1000.0, -1000.0, 10_000.0), len(x)))[:, None]
    judge.assert_loss_and_dx(student.softmax_loss.with_(raise_warnings=True), nn.cross_entropy, x, y)


@check(points="0.5", needs=[softmax_large], visibility="hidden", dims=losses)
def softmax_far(student, draw):
    """softmax_loss where the right class has probability 0 in floating point."""
    x, y = judge.scores(draw)
    x[0, y[0]] -= 1000.0
    judge.assert_loss_and_dx(student.softmax_loss, nn.cross_entropy, x, y)


@check(points="0.5", needs=[softmax_value, softmax_dx], visibility="hidden", dims=losses)
def softmax_labels(student, draw):
    """softmax_loss: labels of any integer dtype."""
    judge.assert_labels(student.softmax_loss, nn.cross_entropy, draw)


@check(points="0.5", needs=[softmax_value], visibility="hidden", dims=losses)
def softmax_unchanged(student, draw):
    """softmax_loss leaves x and y as they are."""
    judge.assert_unchanged(student.softmax_arguments, judge.scores(draw), ("x", "y"))


@check(points="0.5", needs=[softmax_dx], visibility="hidden", dims=losses, seconds=20)
def softmax_cost(student, draw):
    """softmax_loss: dx is derived, not measured by differences."""

    def at(n):
        return draw.rng.standard_normal((4, n // 4)), draw.rng.integers(0, n // 4, 4)

    judge.assert_analytic(judge.dx_of(student.softmax_loss), nn.cross_entropy, at)


@check(points="0.5", dims=losses)
def svm_shapes(student, draw):
    """svm_loss returns a number and a gradient of the shape of x."""
    judge.assert_loss_shapes(student.svm_loss, draw)


@check(points=1, dims=losses)
def svm_value(student, draw):
    """svm_loss: the loss."""
    judge.assert_loss(student.svm_loss, nn.hinge_loss, draw)


@check(points=1, dims=losses)
def svm_dx(student, draw):
    """svm_loss: dx."""
    x, y = judge.scores(draw)
    assert_gradient(judge.dx_of(student.svm_loss), of=nn.hinge_loss, at={"x": x, "y": y}, wrt="x")


@check(points="0.5", needs=[svm_value, svm_dx], visibility="hidden", dims=losses)
def svm_labels(student, draw):
    """svm_loss: labels of any integer dtype."""
    judge.assert_labels(student.svm_loss, nn.hinge_loss, draw)


@check(points="0.5", needs=[svm_value], visibility="hidden", dims=losses)
def svm_unchanged(student, draw):
    """svm_loss leaves x and y as they are."""
    judge.assert_unchanged(student.svm_arguments, judge.scores(draw), ("x", "y"))


@check(points="0.5", needs=[svm_dx], visibility="hidden", dims=losses, seconds=20)
def svm_cost(student, draw):
    """svm_loss: dx is derived, not measured by differences."""

    def at(n):
        return draw.rng.standard_normal((4, n // 4)), draw.rng.integers(0, n // 4, 4)

    judge.assert_analytic(judge.dx_of(student.svm_loss), nn.hinge_loss, at)


# ------------------------------------------------------------------------------------------------- batch normalisation


@check(points=1, dims=features)
def batchnorm_train(student, draw):
    """batchnorm_forward in training: out."""
    at = judge.normalisation_data(draw, 0)
    out = student.batchnorm_forward(*at.values(), {"mode": "train"})
    assert_close(out, judge.batchnorm(**at), name="out", rtol=judge.WITHOUT_EPS)


@check(points=1, dims=features)
def batchnorm_test(student, draw):
    """batchnorm_forward in testing: out, by the running averages."""
    at = judge.normalisation_data(draw, 0)
    mean, variance = draw("D"), draw("D", "positive")
    out = student.batchnorm_forward(*at.values(), {"mode": "test", "running_mean": mean, "running_var": variance})
    state = {"mean": mean, "variance": variance}
    right = nn.batch_norm(*at.values(), state, training=False)[0]
    assert_close(out, right, name="out", rtol=judge.WITHOUT_EPS)


@check(points="0.5", needs=[batchnorm_train, batchnorm_test], dims=features)
def batchnorm_eps(student, draw):
    """batchnorm_forward: eps is added to the variance, in training and in testing."""
    at, eps = judge.normalisation_data(draw, 0), judge.large_eps(draw)
    out = student.batchnorm_forward(*at.values(), {"mode": "train", "eps": eps})
    assert_close(out, judge.batchnorm(**at, eps=eps), name="out in training")
    state = {"mean": draw("D"), "variance": draw("D", "positive")}
    kept = {"running_mean": state["mean"], "running_var": state["variance"]}
    out = student.batchnorm_forward(*at.values(), {"mode": "test", "eps": eps, **kept})
    right = nn.batch_norm(*at.values(), state, training=False, epsilon=eps)[0]
    assert_close(out, right, name="out in testing")


def running(student, draw, mode="train"):
    """What bn_param holds after three batches, and what it should hold by the reference."""
    batches = [judge.spread(draw, "N D", 0) for _ in range(3)]
    mean, variance, momentum = draw("D"), draw("D", "positive"), draw("", "uniform", low=0.6, high=0.8)
    bn_param = {"mode": mode, "momentum": momentum, "running_mean": mean, "running_var": variance}
    answer = student.batchnorm_running(batches, draw("D"), draw("D"), bn_param)
    return answer, (judge.running(batches, mean, variance, momentum) if mode == "train" else bn_param)


@check(points="0.5", dims=features)
def batchnorm_running_mean(student, draw):
    """batchnorm_forward in training puts the new running_mean into bn_param."""
    (mean, _), right = running(student, draw)
    assert_close(mean, right["mean"], name='bn_param["running_mean"]')


@check(points="0.5", dims=features)
def batchnorm_running_var(student, draw):
    """batchnorm_forward in training puts the new running_var into bn_param."""
    (_, variance), right = running(student, draw)
    assert_close(variance, right["variance"], name='bn_param["running_var"]')


@check(points="0.5", needs=[batchnorm_running_mean, batchnorm_running_var], visibility="hidden", dims=features)
def batchnorm_start(student, draw):
    """batchnorm_forward: the running averages start at 0 and the momentum at 0.9 where bn_param says nothing."""
    batches = [judge.spread(draw, "N D", 0) for _ in range(2)]
    mean, variance = student.batchnorm_running(batches, draw("D"), draw("D"), {"mode": "train"})
    right = judge.running(batches, 0 * draw("D"), 0 * draw("D"), 0.9)
    assert_close(mean, right["mean"], name='bn_param["running_mean"]')
    assert_close(variance, right["variance"], name='bn_param["running_var"]')


@check(points="0.5", needs=[batchnorm_test], visibility="hidden", dims=features)
def batchnorm_test_keeps(student, draw):
    """batchnorm_forward in testing leaves the running averages as they are."""
    (mean, variance), right = running(student, draw, "test")
    assert_close(mean, right["running_mean"], name='bn_param["running_mean"]')
    assert_close(variance, right["running_var"], name='bn_param["running_var"]')


def batchnorm_at(draw):
    return {**judge.normalisation_data(draw, 0), "eps": judge.large_eps(draw)}


@check(points="0.5", dims=features)
def batchnorm_shapes(student, draw):
    """batchnorm_backward: each gradient has the shape of its argument."""
    judge.assert_shapes(student.batchnorm_backward, judge.NORMALISATION, batchnorm_at(draw), draw.dims["N D"].sizes)


@check(points=2, needs=[batchnorm_train, batchnorm_eps], dims=features)
def batchnorm_dx(student, draw):
    """batchnorm_backward: dx."""
    judge.assert_part(student.batchnorm_backward, judge.NORMALISATION, "dx", judge.batchnorm, batchnorm_at(draw))


@check(points=1, needs=[batchnorm_train, batchnorm_eps], dims=features)
def batchnorm_dgamma(student, draw):
    """batchnorm_backward: dgamma."""
    judge.assert_part(student.batchnorm_backward, judge.NORMALISATION, "dgamma", judge.batchnorm, batchnorm_at(draw))


@check(points="0.5", needs=[batchnorm_train], dims=features)
def batchnorm_dbeta(student, draw):
    """batchnorm_backward: dbeta."""
    judge.assert_part(student.batchnorm_backward, judge.NORMALISATION, "dbeta", judge.batchnorm, batchnorm_at(draw))


@check(points="0.5", needs=[batchnorm_train], visibility="hidden", dims=features)
def batchnorm_far(student, draw):
    """batchnorm_forward of features whose mean is a hundred million times their deviation."""
    at = judge.normalisation_data(draw, 0)
    at["x"] += 1e8 * draw.rng.choice([-1.0, 1.0], draw.size("D"))
    out = student.batchnorm_forward(*at.values(), {"mode": "train"})
    assert_close(out, judge.batchnorm(**at), name="out", rtol=judge.WITHOUT_EPS)


@check(points="0.5", needs=[batchnorm_train], visibility="hidden", dims=features)
def batchnorm_unchanged(student, draw):
    """batchnorm_forward leaves x, gamma and beta as they are."""
    at = judge.normalisation_data(draw, 0)
    judge.assert_unchanged(student.batchnorm_arguments, [*at.values()], ("x", "gamma", "beta"))


@check(points="0.5", needs=[batchnorm_dx], visibility="hidden", dims=features)
def batchnorm_cache(student, draw):
    """batchnorm_backward needs nothing but its cache: several forwards may come first."""
    first, second = ([*judge.normalisation_data(draw, 0).values(), {"mode": "train"}] for _ in range(2))
    judge.assert_own_cache(student.batchnorm_caches, first, second, [draw("N D"), draw("N D")])


@check(points=1, needs=[batchnorm_dx], visibility="hidden", dims=features, seconds=20)
def batchnorm_cost(student, draw):
    """batchnorm_backward: dx is derived, not measured by differences."""

    def at(n):
        x, dout = draw.rng.standard_normal((2, n // 4, 4))
        return x, draw.rng.standard_normal(4), draw.rng.standard_normal(4), 1e-5, dout

    def of(x, gamma, beta, eps, dout):
        return np.sum(judge.batchnorm(x, gamma, beta, eps) * dout)

    judge.assert_analytic(judge.dx_of(student.batchnorm_backward, judge.NORMALISATION), of, at)


# ------------------------------------------------------------------------------------------------- layer normalisation


@check(points=1, dims=examples)
def layernorm_forward(student, draw):
    """layernorm_forward: out."""
    at = judge.normalisation_data(draw, 1)
    out = student.layernorm_forward(*at.values(), {})
    assert_close(out, judge.layernorm(**at), name="out", rtol=judge.WITHOUT_EPS)


@check(points="0.5", needs=[layernorm_forward], dims=examples)
def layernorm_eps(student, draw):
    """layernorm_forward: eps is added to the variance."""
    at, eps = judge.normalisation_data(draw, 1), judge.large_eps(draw)
    assert_close(student.layernorm_forward(*at.values(), {"eps": eps}), judge.layernorm(**at, eps=eps), name="out")


def layernorm_at(draw):
    return {**judge.normalisation_data(draw, 1), "eps": judge.large_eps(draw)}


@check(points="0.5", dims=examples)
def layernorm_shapes(student, draw):
    """layernorm_backward: each gradient has the shape of its argument."""
    judge.assert_shapes(student.layernorm_backward, judge.NORMALISATION, layernorm_at(draw), draw.dims["N D"].sizes)


@check(points=2, needs=[layernorm_forward, layernorm_eps], dims=examples)
def layernorm_dx(student, draw):
    """layernorm_backward: dx."""
    judge.assert_part(student.layernorm_backward, judge.NORMALISATION, "dx", judge.layernorm, layernorm_at(draw))


@check(points=1, needs=[layernorm_forward, layernorm_eps], dims=examples)
def layernorm_dgamma(student, draw):
    """layernorm_backward: dgamma."""
    judge.assert_part(student.layernorm_backward, judge.NORMALISATION, "dgamma", judge.layernorm, layernorm_at(draw))


@check(points="0.5", needs=[layernorm_forward], dims=examples)
def layernorm_dbeta(student, draw):
    """layernorm_backward: dbeta."""
    judge.assert_part(student.layernorm_backward, judge.NORMALISATION, "dbeta", judge.layernorm, layernorm_at(draw))


@check(points="0.5", needs=[layernorm_forward], visibility="hidden", dims=examples)
def layernorm_far(student, draw):
    """layernorm_forward of examples whose mean is a hundred million times their deviation."""
    at = judge.normalisation_data(draw, 1)
    at["x"] += 1e8 * draw.rng.choice([-1.0, 1.0], (draw.size("N"), 1))
    out = student.layernorm_forward(*at.values(), {})
    assert_close(out, judge.layernorm(**at), name="out", rtol=judge.WITHOUT_EPS)


@check(points="0.5", needs=[layernorm_forward], visibility="hidden", dims=examples)
def layernorm_unchanged(student, draw):
    """layernorm_forward leaves x, gamma and beta as they are."""
    at = judge.normalisation_data(draw, 1)
    judge.assert_unchanged(student.layernorm_arguments, [*at.values()], ("x", "gamma", "beta"))


@check(points="0.5", needs=[layernorm_dx], visibility="hidden", dims=examples)
def layernorm_cache(student, draw):
    """layernorm_backward needs nothing but its cache: several forwards may come first."""
    first, second = ([*judge.normalisation_data(draw, 1).values(), {}] for _ in range(2))
    judge.assert_own_cache(student.layernorm_caches, first, second, [draw("N D"), draw("N D")])


@check(points=1, needs=[layernorm_dx], visibility="hidden", dims=examples, seconds=20)
def layernorm_cost(student, draw):
    """layernorm_backward: dx is derived, not measured by differences."""

    def at(n):
        x, dout = draw.rng.standard_normal((2, 4, n // 4))
        return x, draw.rng.standard_normal(n // 4), draw.rng.standard_normal(n // 4), 1e-5, dout

    def of(x, gamma, beta, eps, dout):
        return np.sum(judge.layernorm(x, gamma, beta, eps) * dout)

    judge.assert_analytic(judge.dx_of(student.layernorm_backward, judge.NORMALISATION), of, at)


# ------------------------------------------------------------------------------------------------------------- dropout


@check(points=1)
def dropout_train(student, draw):
    """dropout_forward in training: an entry is either 0 or divided by the probability to stay."""
    x, keep = draw("N A B M"), judge.high_keep(draw)
    out = student.dropout_forward(x, judge.dropping(keep))
    stayed = judge.kept(out, x)
    assert_close(out, np.where(stayed | ~np.any(stayed), x / keep, 0.0), name="out")


@check(points=1)
def dropout_share(student, draw):
    """dropout_forward in training: as many entries stay as p says, each by itself."""
    for keep in (judge.low_keep(draw), judge.high_keep(draw)):
        x = draw.rng.standard_normal(judge.MASK)
        stayed = judge.kept(student.dropout_forward(x, judge.dropping(keep)), x)
        judge.assert_share(stayed, keep, "the share of entries that stay")
        for axis, rows in enumerate(("rows", "columns")):
            different = len(np.unique(stayed, axis=axis))
            assert_close(different, judge.MASK[axis], name=f"the number of {rows} in which different entries stay")


@check(points="0.5")
def dropout_test(student, draw):
    """dropout_forward in testing: x as it is."""
    x = draw("N A B")
    assert_close(student.dropout_forward(x, judge.dropping(judge.high_keep(draw), "test")), x, name="out")


@check(points="0.5", needs=[dropout_share])
def dropout_seed(student, draw):
    """dropout_forward: the same seed gives the same mask, another seed another mask."""
    x, keep = draw.rng.standard_normal(judge.WIDE), judge.high_keep(draw)
    one, other = draw.rng.choice(2**31, 2, replace=False).tolist()
    first, again, elsewhere = (
        judge.kept(student.dropout_forward(x, judge.dropping(keep, seed=seed)), x) for seed in (one, one, other)
    )
    assert_close(float(np.mean(again != first)), 0.0, name="the share of entries that the same seed decides otherwise")
    name = "the share of entries that another seed decides otherwise"
    judge.assert_share(elsewhere != first, 2 * keep * (1 - keep), name)


@check(points="0.5", needs=[dropout_share], visibility="hidden")
def dropout_fresh(student, draw):
    """dropout_forward without a seed: every call draws another mask."""
    x, keep = draw.rng.standard_normal(judge.WIDE), judge.high_keep(draw)
    one, other = (judge.kept(student.dropout_forward(x, judge.dropping(keep)), x) for _ in range(2))
    name = "the share of entries that the next call decides otherwise"
    judge.assert_share(one != other, 2 * keep * (1 - keep), name)


@check(points=1, needs=[dropout_train])
def dropout_dx(student, draw):
    """dropout_backward after training: the mask of the forward, with its scale."""
    x, dout, keep = draw("N A B M"), draw("N A B M"), judge.low_keep(draw)
    out, dx = student.dropout_backward.returns(object, object)(x, judge.dropping(keep), dout)
    assert_close(dx, dout * judge.kept(out, x) / keep, name="dx")


@check(points="0.5", needs=[dropout_test])
def dropout_dx_test(student, draw):
    """dropout_backward after testing: dout as it is."""
    x, dout = draw("N D"), draw("N D")
    parameters = judge.dropping(judge.low_keep(draw), "test")
    assert_close(student.dropout_backward.returns(object, object)(x, parameters, dout)[1], dout, name="dx")


@check(points="0.5", needs=[dropout_train], visibility="hidden")
def dropout_unchanged(student, draw):
    """dropout_forward leaves x as it is, in training."""
    judge.assert_unchanged(student.dropout_arguments, [draw("N D"), judge.dropping(judge.low_keep(draw))])


@check(points="0.5", needs=[dropout_dx], visibility="hidden")
def dropout_cache(student, draw):
    """dropout_backward needs nothing but its cache: several forwards may come first."""
    first, second = ([draw("N D M"), judge.dropping(judge.high_keep(draw), seed=k)] for k in (3, 4))
    judge.assert_own_cache(student.dropout_caches, first, second, [draw("N D M"), draw("N D M")])


# ------------------------------------------------------------------------------------------------------------- updates


@check(points="0.5")
def sgd_steps(student, draw):
    """sgd: three steps."""
    w, gradients = judge.parameter(draw)
    rate = draw("", "positive")
    judge.assert_steps(student.sgd, nn.sgd(rate), w, gradients, {"learning_rate": rate})


@check(points=1)
def momentum_steps(student, draw):
    """sgd_momentum: three steps from a velocity of 0."""
    w, gradients = judge.parameter(draw)
    rate, decay = draw("", "positive"), draw("", "uniform", low=0.5, high=0.8)
    config = {"learning_rate": rate, "momentum": decay}
    judge.assert_steps(student.sgd_momentum, nn.momentum(rate, decay), w, gradients, config)


@check(points="0.5", needs=[momentum_steps])
def momentum_velocity(student, draw):
    """sgd_momentum: the velocity is taken from config, and put back into it."""
    (w, gradients), v = judge.parameter(draw), draw("D M")
    rate, decay = draw("", "positive"), draw("", "uniform", low=0.5, high=0.8)
    config = {"learning_rate": rate, "momentum": decay, "velocity": v}
    stored, v = judge.assert_steps(student.sgd_momentum, nn.momentum(rate, decay), w, gradients[:1], config, v)
    judge.assert_stored(stored, {"velocity": v})


@check(points=1)
def rmsprop_steps(student, draw):
    """rmsprop: three steps from a cache of 0."""
    w, gradients = judge.parameter(draw)
    rate, decay = draw("", "positive"), draw("", "uniform", low=0.6, high=0.9)
    config = {"learning_rate": rate, "decay_rate": decay}
    judge.assert_steps(student.rmsprop, judge.rmsprop(rate, decay), w, gradients, config)


@check(points="0.5", needs=[rmsprop_steps])
def rmsprop_cache(student, draw):
    """rmsprop: the cache is taken from config, and put back into it."""
    (w, gradients), squares = judge.parameter(draw), draw("D M", "positive")
    rate, decay = draw("", "positive"), draw("", "uniform", low=0.6, high=0.9)
    config = {"learning_rate": rate, "decay_rate": decay, "cache": squares}
    optimiser = judge.rmsprop(rate, decay)
    stored, squares = judge.assert_steps(student.rmsprop, optimiser, w, gradients[:1], config, squares)
    judge.assert_stored(stored, {"cache": squares})


@check(points=1)
def adam_steps(student, draw):
    """adam: three steps from the start, with the bias corrected."""
    w, gradients = judge.parameter(draw)
    rate, beta1, beta2 = draw("", "positive"), *draw.rng.uniform((0.5, 0.8), (0.7, 0.95)).tolist()
    config = {"learning_rate": rate, "beta1": beta1, "beta2": beta2}
    judge.assert_steps(student.adam, nn.adam(rate, beta1, beta2), w, gradients, config)


@check(points="0.5", needs=[adam_steps])
def adam_state(student, draw):
    """adam: m, v and t are taken from config, and put back into it."""
    w, gradients = judge.parameter(draw)
    state = {"t": int(draw.rng.integers(2, 6)), "m": draw("D M"), "v": draw("D M", "positive")}
    rate, beta1, beta2 = draw("", "positive"), *draw.rng.uniform((0.5, 0.8), (0.7, 0.95)).tolist()
    config = {"learning_rate": rate, "beta1": beta1, "beta2": beta2, **state}
    stored, state = judge.assert_steps(student.adam, nn.adam(rate, beta1, beta2), w, gradients[:1], config, state)
    judge.assert_stored(stored, state)


@check(points="0.5", needs=[rmsprop_steps], visibility="hidden")
def rmsprop_epsilon(student, draw):
    """rmsprop: epsilon is added to the root."""
    w, gradients = judge.parameter(draw)
    eps, config = judge.large_eps(draw), {"learning_rate": 0.5, "decay_rate": 0.8}
    judge.assert_steps(student.rmsprop, judge.rmsprop(0.5, 0.8, eps), w, gradients, {**config, "epsilon": eps})


@check(points="0.5", needs=[adam_steps], visibility="hidden")
def adam_epsilon(student, draw):
    """adam: epsilon is added to the root, which is corrected before."""
    w, gradients = judge.parameter(draw)
    eps, config = judge.large_eps(draw), {"learning_rate": 0.5, "beta1": 0.6, "beta2": 0.9}
    judge.assert_steps(student.adam, nn.adam(0.5, 0.6, 0.9, eps), w, gradients, {**config, "epsilon": eps})


@check(points=1, needs=[sgd_steps, momentum_steps, rmsprop_steps, adam_steps], visibility="hidden")
def update_defaults(student, draw):
    """The updates without a config take CS231n's numbers: rates of 1e-2 (adam: 1e-3), and the usual decays."""
    w, gradients = judge.parameter(draw)
    w *= 0.1
    for update, optimiser in (
        (student.sgd, nn.sgd(1e-2)),
        (student.sgd_momentum, nn.momentum(1e-2, 0.9)),
        (student.rmsprop, judge.rmsprop(1e-2, 0.99)),
        (student.adam, nn.adam(1e-3, 0.9, 0.999)),
    ):
        judge.assert_steps(update, optimiser, w, gradients, None)
