"""A two-layer net and networks of any depth: loss, gradients, batch normalisation, training.

What is right, and on what data, is in judging.py.
"""

from itertools import pairwise
from pathlib import Path

import judging as judge
import numpy as np

from grader import (
    Dims,
    assert_close,
    assert_converges,
    assert_cost,
    assert_gradient,
    assert_same_trajectory,
    assert_shape,
    check,
)
from reference import nn
from reference.autodiff import vjp

CALIBRATION = Path(__file__).with_name("calibration.json")

dims = Dims(N=(9, 12), D=(3, 5), H=(6, 8), K=(5, 7), C=(3, 4))

# ------------------------------------------------------------------------------------------------------- TwoLayerNet


def two_value(student):
    return lambda *args: student.two_loss.returns(object, dict)(*args)[0]


def two_slopes(student):
    return lambda *args: student.two_loss.returns(object, dict)(*args)[1]


@check(points=1)
def two_scores(student, draw):
    """TwoLayerNet.loss without y: the scores."""
    params, X, _ = judge.two_layers(draw)
    assert_close(student.two_scores(params, X), nn.mlp.forward(params, X), name="the array of scores")


@check(points=1)
def two_loss(student, draw):
    """TwoLayerNet.loss: the loss without a penalty."""
    params, X, y = judge.two_layers(draw)
    value = two_value(student)(params, X, y, 0.0)
    assert_close(judge.number(value), np.asarray(judge.cross_entropy(params, X, y)), name="the loss")


@check(points="0.5")
def two_penalty(student, draw):
    """TwoLayerNet.loss: the penalty."""
    judge.assert_penalty(two_value(student), *judge.two_layers(draw), draw)


@check(points=1)
def two_gradient_W1(student, draw):
    """TwoLayerNet.loss: the gradient by W1 without a penalty."""
    judge.assert_gradient_by(two_slopes(student), "W1", *judge.two_layers(draw))


@check(points="0.5")
def two_gradient_b1(student, draw):
    """TwoLayerNet.loss: the gradient by b1."""
    judge.assert_gradient_by(two_slopes(student), "b1", *judge.two_layers(draw))


@check(points=1)
def two_gradient_W2(student, draw):
    """TwoLayerNet.loss: the gradient by W2 without a penalty."""
    judge.assert_gradient_by(two_slopes(student), "W2", *judge.two_layers(draw))


@check(points="0.5")
def two_gradient_b2(student, draw):
    """TwoLayerNet.loss: the gradient by b2."""
    judge.assert_gradient_by(two_slopes(student), "b2", *judge.two_layers(draw))


@check(points="0.5")
def two_penalty_W1(student, draw):
    """TwoLayerNet.loss: the gradient of the penalty by W1."""
    judge.assert_penalty_gradient(two_slopes(student), "W1", *judge.two_layers(draw), draw)


@check(points="0.5")
def two_penalty_W2(student, draw):
    """TwoLayerNet.loss: the gradient of the penalty by W2."""
    judge.assert_penalty_gradient(two_slopes(student), "W2", *judge.two_layers(draw), draw)


@check(points="0.5", needs=[two_gradient_b1, two_gradient_b2], visibility="hidden")
def two_penalty_biases(student, draw):
    """TwoLayerNet.loss: the biases' gradients with a penalty."""
    judge.assert_biases_free(two_slopes(student), *judge.two_layers(draw), draw)


@check(points=1, needs=[two_gradient_W1], seconds=20)
def two_cost(student, draw):
    """TwoLayerNet.loss: the gradient costs a few evaluations of the loss, however many weights there are."""
    judge.assert_reverse(student.two_slope, draw)


@check(points="0.5")
def two_predict(student, draw):
    """TwoLayerNet.predict: the class with the highest score."""
    params, X, right = judge.deciding(judge.two_layers, draw)
    assert_close(student.two_predict(params, X), right, name="the array of predictions")


@check(points="0.5", needs=[two_loss, two_gradient_W1], visibility="hidden")
def two_few(student, draw):
    """TwoLayerNet.loss of a single example, and of examples of one class."""
    params, X, y = judge.two_layers(draw)
    same = np.full_like(y, y[0])
    for case, rows, labels in ((" of a single example", X[:1], y[:1]), (" of examples of one class", X, same)):
        loss, grads = student.two_loss.returns(object, dict)(params, rows, labels, 0.0)
        judge.assert_all(loss, grads, params, rows, labels, case)


@check(points="0.5", needs=[two_loss, two_gradient_W1], visibility="hidden")
def two_large(student, draw):
    """TwoLayerNet.loss at scores of ±1000 and more, without overflow."""
    params, X, y = judge.two_layers(draw)
    for by in (2000.0, -2000.0):
        far = judge.scattered(params, by)
        loss, grads = student.two_loss.with_(raise_warnings=True).returns(object, dict)(far, X, y, 0.0)
        judge.assert_all(loss, grads, far, X, y, f" with scores near {by:g}", rtol=judge.OF_LARGE)


@check(points="0.5", needs=[two_loss, two_gradient_W1], visibility="hidden")
def two_twice(student, draw):
    """TwoLayerNet.loss: a second call answers the same, and parameters and data are as they were."""
    params, X, y = judge.two_layers(draw)
    loss, grads, after, X_after, y_after = student.two_twice.returns(object, dict, dict, object, object)(
        params, X, y, 0.0
    )
    for name, value in params.items():
        assert_close(after[name], value, name=f"{name} after two calls")
    assert_close(X_after, X, name="X after two calls")
    assert_close(y_after, y, name="y after two calls")
    judge.assert_all(loss, grads, params, X, y, " of the second call")


@check(points="1.5", needs=[two_gradient_W1, two_penalty_W1])
def two_steps(student, draw):
    """TwoLayerNet.train: steps along the gradient, and a learning rate that decays with each epoch."""
    params, data, options = judge.repeated(draw)
    seed = int(draw.rng.integers(2**31))

    def train(params, batches):
        return student.two_train(seed, params, data, {**options, "num_iters": len(batches)})

    def like(params, batches):
        return judge.decaying(params, *data[:2], len(batches), options)

    assert_same_trajectory(train, like=like, params=params, batches=range(3))


@check(points="0.5", needs=[two_loss, two_steps])
def two_history(student, draw):
    """TwoLayerNet.train: loss_history has the loss before each step."""
    params, data, options = judge.repeated(draw)
    seed = int(draw.rng.integers(2**31))
    right = [
        float(judge.whole(judge.decaying(params, *data[:2], steps, options), *data[:2], options["reg"]))
        for steps in range(4)
    ]
    history = student.two_history(seed, params, data, {**options, "num_iters": 4})
    assert_close(history, right, name="loss_history")


@check(points=1, needs=[two_steps], visibility="hidden")
def two_batches(student, draw):
    """TwoLayerNet.train with batches of one example: each step follows one example, drawn at random."""
    judge.assert_draws_examples(student.two_train, draw)


@check(points=2, needs=[two_steps], seconds=20)
def two_learns(student, draw):
    """TwoLayerNet learns to tell the two moons apart."""
    assert_converges(student.two_learn, judge.training_two, calibration=CALIBRATION, name="moons, TwoLayerNet")


# ------------------------------------------------------------------------------------------------- any number of layers


@check(points="0.5")
def initialise_shapes(student, draw):
    """initialise: names and shapes, and biases of zero."""
    sizes = [draw.size(name) for name in "DHKC"]
    params = student.initial.returns(dict)(sizes, 0)
    for k, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        assert_shape(params[f"W{k}"], (n_in, n_out), name=f"W{k}")
        assert_close(params[f"b{k}"], np.zeros(n_out), name=f"b{k}")
    assert_close(len(params), 6, name="the number of parameters of three layers")


@check(points=1, needs=[initialise_shapes])
def initialise_scale(student, draw):
    """initialise: He's variance, 2 divided by the number of inputs of the layer."""
    judge.assert_he(student.initial, draw)


@check(points="0.5", needs=[initialise_shapes], visibility="hidden")
def initialise_random(student, draw):
    """initialise draws from the generator that it is given, another matrix for each layer."""
    judge.assert_random(student.initial, draw)


@check(points=1)
def forward_scores(student, draw):
    """forward: the scores of a network with two hidden layers."""
    params, X, _ = judge.three_layers(draw)
    assert_close(student.forward(params, X), nn.mlp.forward(params, X), name="the array of scores")


@check(points="0.5", needs=[forward_scores], visibility="hidden")
def forward_depths(student, draw):
    """forward: the scores of networks with no hidden layer, and with three."""
    for case, params in judge.other_depths(draw).items():
        X = draw("N D")
        name = f"the array of scores of a network {case}"
        assert_close(student.forward(params, X), nn.mlp.forward(params, X), name=name)


@check(points="0.5")
def predict(student, draw):
    """predict: the class with the highest score."""
    params, X, right = judge.deciding(judge.three_layers, draw)
    assert_close(student.predict(params, X), right, name="the array of predictions")


@check(points=1)
def loss(student, draw):
    """loss: the mean cross-entropy without a penalty."""
    params, X, y = judge.three_layers(draw)
    value = judge.number(student.loss(params, X, y, 0.0))
    assert_close(value, np.asarray(judge.cross_entropy(params, X, y)), name="the loss")


@check(points="0.5")
def loss_penalty(student, draw):
    """loss: the penalty."""
    judge.assert_penalty(student.loss, *judge.three_layers(draw), draw)


@check(points="0.5", needs=[loss], visibility="hidden")
def loss_large(student, draw):
    """loss and gradients at scores of ±1000 and more, without overflow."""
    params, X, y = judge.three_layers(draw)
    for by in (2000.0, -2000.0):
        far = judge.scattered(params, by)
        value = student.loss.with_(raise_warnings=True)(far, X, y, 0.0)
        grads = student.gradients.with_(raise_warnings=True).returns(dict)(far, X, y, 0.0)
        judge.assert_all(value, grads, far, X, y, f" with scores near {by:g}", rtol=judge.OF_LARGE)


@check(points=1)
def gradient_last(student, draw):
    """gradients: by the weights of the last layer, without a penalty."""
    judge.assert_gradient_by(student.gradients.returns(dict), "W3", *judge.three_layers(draw))


@check(points=1)
def gradient_middle(student, draw):
    """gradients: by the weights of the second of three layers, without a penalty."""
    judge.assert_gradient_by(student.gradients.returns(dict), "W2", *judge.three_layers(draw))


@check(points=1)
def gradient_first(student, draw):
    """gradients: by the weights of the first of three layers, without a penalty."""
    judge.assert_gradient_by(student.gradients.returns(dict), "W1", *judge.three_layers(draw))


@check(points="0.5")
def gradient_last_bias(student, draw):
    """gradients: by the biases of the last layer."""
    judge.assert_gradient_by(student.gradients.returns(dict), "b3", *judge.three_layers(draw))


@check(points="0.5")
def gradient_middle_bias(student, draw):
    """gradients: by the biases of the second of three layers."""
    judge.assert_gradient_by(student.gradients.returns(dict), "b2", *judge.three_layers(draw))


@check(points="0.5")
def gradient_first_bias(student, draw):
    """gradients: by the biases of the first of three layers."""
    judge.assert_gradient_by(student.gradients.returns(dict), "b1", *judge.three_layers(draw))


@check(points=1)
def gradient_penalty(student, draw):
    """gradients: the gradient of the penalty by all weights, and none by biases."""
    params, X, y = judge.three_layers(draw)
    for name in ("W1", "W2", "W3"):
        judge.assert_penalty_gradient(student.gradients.returns(dict), name, params, X, y, draw)
    judge.assert_biases_free(student.gradients.returns(dict), params, X, y, draw)


@check(points=1, needs=[gradient_first], visibility="hidden")
def gradient_depths(student, draw):
    """gradients of networks with no hidden layer, and with three."""
    for case, params in judge.other_depths(draw).items():
        X, y = judge.examples(draw)
        grads = student.gradients.returns(dict)(params, X, y, 0.0)
        judge.assert_all(student.loss(params, X, y, 0.0), grads, params, X, y, f" of a network {case}")


@check(points=1, needs=[gradient_first], seconds=20)
def gradient_cost(student, draw):
    """gradients cost a few evaluations of the loss, however many weights there are."""
    judge.assert_reverse(student.slope, draw)


# ------------------------------------------------------------------------------------------------- batch normalisation


few = Dims(N=(6, 7), H=(3, 5))


def units(draw):
    """x of different means and spreads, gamma and beta."""
    x = draw("N H") * draw("H", "positive") + 2 * draw("H")
    return {"x": x, "gamma": draw("H", "positive") * draw.rng.choice([-1.0, 1.0], draw.size("H")), "beta": draw("H")}


def normalised(x, gamma, beta, eps=1e-5):
    state = nn.batch_norm_state(len(gamma))
    return nn.batch_norm(x, gamma, beta, state, training=True, epsilon=eps)[0]


def part(student, k):
    """The k-th gradient of batchnorm_backward."""
    return lambda *args: student.batchnorm_backward.returns("N H", "H", "H")(*args)[k]


@check(points=1, dims=few)
def batchnorm_output(student, draw):
    """batchnorm: what the layer gives in training."""
    at = units(draw)
    out, _, _ = student.batchnorm.returns(object, object, object)(*at.values())
    assert_close(out, normalised(**at))


@check(points="0.5", dims=few)
def batchnorm_statistics(student, draw):
    """batchnorm: the mean and the variance of the batch."""
    at = units(draw)
    _, mean, var = student.batchnorm.returns(object, object, object)(*at.values())
    assert_close(mean, np.mean(at["x"], axis=0), name="the mean")
    assert_close(var, np.var(at["x"], axis=0), name="the variance")


@check(points="1.5", dims=few)
def batchnorm_x(student, draw):
    """batchnorm_backward: the gradient by x."""
    assert_gradient(part(student, 0), of=normalised, at=units(draw), wrt="x")


@check(points="0.5", needs=[batchnorm_x], seconds=20, dims=few)
def batchnorm_cost(student, draw):
    """batchnorm_backward costs a few evaluations of batchnorm, however large the batch is."""

    def at(n):
        x = draw.rng.standard_normal((n // 8, 8))
        return x, draw.rng.standard_normal(8), draw.rng.standard_normal(8), draw.rng.standard_normal(x.shape)

    def of(x, gamma, beta, g):
        return np.sum(g * normalised(x, gamma, beta))

    assert_cost(student.batchnorm_slope, of=of, at=at, most=judge.convention("gradients", judge.MOST))


@check(points="0.5", dims=few)
def batchnorm_gamma(student, draw):
    """batchnorm_backward: the gradient by gamma."""
    assert_gradient(part(student, 1), of=normalised, at=units(draw), wrt="gamma")


@check(points="0.5", dims=few)
def batchnorm_beta(student, draw):
    """batchnorm_backward: the gradient by beta."""
    assert_gradient(part(student, 2), of=normalised, at=units(draw), wrt="beta")


@check(points="0.5", dims=few)
def batchnorm_new(student, draw):
    """batchnorm_predict: the running mean and variance take the place of the batch's."""
    at, mean, var = units(draw), draw("H"), draw("H", "positive")
    right, _ = nn.batch_norm(*at.values(), {"mean": mean, "variance": var}, training=False)
    assert_close(student.batchnorm_predict(*at.values(), mean, var), right)


@check(points="0.5", dims=few)
def batchnorm_running(student, draw):
    """running_average: how much stays, and how much is new."""
    old, new = draw("H"), draw("H")
    momentum = draw("", "uniform", low=0.6, high=0.8)
    assert_close(student.running_average(old, new, momentum), momentum * old + (1 - momentum) * new)
    assert_close(student.running_average(old, new), 0.9 * old + 0.1 * new, name="the average for a momentum of 0.9")


@check(points=1, needs=[batchnorm_output, batchnorm_x], visibility="hidden", dims=few)
def batchnorm_eps(student, draw):
    """batchnorm and batchnorm_backward with a large eps, and where a unit is the same in all examples."""
    at, eps = units(draw), draw("", "uniform", low=0.2, high=0.6)
    at["x"][:, 0] = at["x"][0, 0]
    out, _, _ = student.batchnorm.returns(object, object, object)(*at.values(), eps)
    assert_close(out, normalised(**at, eps=eps))

    def of(x, gamma, beta):
        return normalised(x, gamma, beta, eps)

    g = draw("N H")
    right = dict(zip(("dx", "dgamma", "dbeta"), vjp(of, *at.values())[1](g), strict=True))
    got = student.batchnorm_backward.returns("N H", "H", "H")(*at.values(), g, eps)
    assert_close(dict(zip(right, got, strict=True)), right)


@check(points="0.5", needs=[batchnorm_output, batchnorm_statistics], visibility="hidden", dims=few)
def batchnorm_offset(student, draw):
    """batchnorm of numbers near 67 million, without losing the digits in which they differ."""
    at = units(draw)
    near = at | {"x": np.round(at["x"] * 1024) / 1024 + 2.0**26}
    out, _, var = student.batchnorm.returns(object, object, object)(*near.values())
    assert_close(var, np.var(near["x"], axis=0), name="the variance", rtol=1e-4)
    assert_close(out, normalised(**near), rtol=1e-4)


# ------------------------------------------------------------------------------------------------------------ training


@check(points=1)
def batches_cover(student, draw):
    """minibatches: every row once, in batches of the given size but for the last."""
    for N, size in ((23, 5), (12, 4), (3, 8)):
        batches = student.batches.returns(list)(N, size, int(draw.rng.integers(2**31)))
        lengths = [min(size, N - start) for start in range(0, N, size)]
        assert_close([len(rows) for rows in batches], lengths, name=f"the list of lengths for N = {N}, size = {size}")
        rows = np.sort(np.concatenate(batches))
        assert_close(rows, np.arange(N), name=f"the sorted array of all rows for N = {N}, size = {size}")


@check(points="0.5", needs=[batches_cover], visibility="hidden")
def batches_shuffled(student, draw):
    """minibatches: the order is drawn from the generator that is given, anew for each."""
    judge.assert_shuffled(student.batches, draw)


@check(points=1)
def clipping(student, draw):
    """clip_by_norm: gradients whose common norm is above the bound."""
    grads = {"W1": draw("D H"), "b1": draw("H"), "W2": draw("H C"), "b2": draw("C")}
    bound = nn.global_norm(grads) * draw("", "uniform", low=0.2, high=0.8)
    assert_close(student.clip_by_norm.returns(dict)(grads, bound), nn.clip_by_norm(grads, bound))


@check(points="0.5", needs=[clipping], visibility="hidden")
def clipping_small(student, draw):
    """clip_by_norm leaves gradients alone whose norm is below the bound, or zero."""
    grads = {"W1": draw("D H"), "b1": draw("H")}
    clip = student.clip_by_norm.with_(raise_warnings=True).returns(dict)
    assert_close(clip(grads, 1.5 * nn.global_norm(grads)), grads)
    zeros = {name: 0 * g for name, g in grads.items()}
    assert_close(clip(zeros, 1.0), zeros)


@check(points=1, needs=[gradient_first, gradient_last])
def sgd_steps(student, draw):
    """sgd makes a step along the gradient for each batch."""
    params, batches = judge.three_batches(draw)
    assert_same_trajectory(student.sgd, like=judge.trajectory, params=params, batches=batches, lr=0.2)


@check(points="0.5", needs=[sgd_steps, gradient_penalty])
def sgd_penalty(student, draw):
    """sgd with a penalty."""
    params, batches = judge.three_batches(draw)
    assert_same_trajectory(student.sgd, like=judge.trajectory, params=params, batches=batches, lr=0.2, reg=0.3)


@check(points="0.5", needs=[sgd_steps, clipping])
def sgd_clipped(student, draw):
    """sgd clips the gradients of steps that are too large."""
    params, (batch, _, _) = judge.three_batches(draw)
    bound = judge.tight_bound(params, batch, 0.2, 3)
    assert_same_trajectory(student.sgd, like=judge.trajectory, params=params, batches=[batch] * 3, lr=0.2, bound=bound)


def fitted(student, draw, patience):
    """What train returns, and the parameters and losses of all epochs."""
    params, data, path, losses = judge.stopping(draw)
    options = {"lr": judge.RATE, "batch_size": len(data[0]), "epochs": judge.EPOCHS, "patience": patience}
    answer = student.fit.returns(dict, object)(int(draw.rng.integers(2**31)), params, data, options)
    return answer, path, losses


@check(points=1, needs=[sgd_steps])
def train_best(student, draw):
    """train returns the parameters with the least validation loss."""
    (params, _), path, losses = fitted(student, draw, judge.PATIENCE)
    assert_close(params, path[judge.stop(losses, judge.PATIENCE)[0]])


@check(points=1, needs=[sgd_steps, loss])
def train_stops(student, draw):
    """train stops when its patience is at an end, and returns the validation losses until then."""
    (_, got), _, losses = fitted(student, draw, judge.PATIENCE)
    end = judge.stop(losses, judge.PATIENCE)[1]
    assert_close(
        judge.series(got),
        np.array(losses[: end + 1]),
        name="the series of validation losses, one at the start and one after each epoch,",
    )


@check(points=1, needs=[train_best, train_stops], visibility="hidden")
def train_patience(student, draw):
    """train with a patience of one epoch, and without any."""
    (params, got), path, losses = fitted(student, draw, 1)
    best, end = judge.stop(losses, 1)
    assert_close(judge.series(got), np.array(losses[: end + 1]), name="the series of losses for a patience of 1")
    judge.assert_params(params, path[best], " for a patience of 1")
    (params, got), path, losses = fitted(student, draw, None)
    assert_close(judge.series(got), np.array(losses), name="the series of losses without early stopping")
    judge.assert_params(params, path[int(np.argmin(losses))], " without early stopping")


@check(points="0.5", needs=[sgd_steps, batches_cover], visibility="hidden")
def train_batches(student, draw):
    """train makes a step for each batch, and hands reg and bound on."""
    judge.assert_trains_in_batches(student.fit, draw)


@check(points=2, needs=[sgd_steps, train_best], seconds=20)
def learns_moons(student, draw):
    """A network with one hidden layer learns the two moons."""
    assert_converges(student.learn, judge.training_moons, calibration=CALIBRATION, name="moons")


@check(points=2, needs=[sgd_steps, train_best], seconds=20)
def learns_spiral(student, draw):
    """A network with two hidden layers learns the spiral."""
    assert_converges(student.learn, judge.training_spiral, calibration=CALIBRATION, name="spiral")


@check(points=2, needs=[sgd_steps, train_best], seconds=20)
def learns_digits(student, draw):
    """A network with one hidden layer learns to read digits."""
    assert_converges(student.learn, judge.training_digits, calibration=CALIBRATION, name="digits")
