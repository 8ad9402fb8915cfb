"""What is right, by the course's conventions, and how each property of a layer is judged."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader import assert_close, assert_cost, assert_gradient, assert_shape, context
from reference import nn
from reference.autodiff import grad

AFFINE = ("dx", "dw", "db")
NORMALISATION = ("dx", "dgamma", "dbeta")
LOSS = ("loss", "dx")

# Relative. Where the default eps = 1e-5 stands beside variances of 1/4 and more, what it does is less than 2e-5: so
# whoever misplaces it loses the checks of eps, and no others. A loss may say log(p + 1e-8), as many do.
WITHOUT_EPS = 1e-4
OF_LOSS = 1e-5
OF_STEP = 1e-5  # where epsilon = 1e-8 stands beside gradients of order one

MASK = (100, 100)  # entries whose fate is counted
WIDE = (4, 10_000)  # the same where one mask for all examples would do, and each of them tells as much
DEVIATIONS = 6.5  # of a share from what is expected: right code fails such a count less than once in 10^9 times

SIZES = (16, 128, 512)  # entries of x for which the cost of a gradient is measured
TIMES = 12  # evaluations in NumPy are one evaluation of the cost: what loops in Python may take on any machine


# ------------------------------------------------------------------------------------------------------ the layers


def affine(x, w, b):
    return nn.affine(x.reshape(len(x), -1), w, b)


def relu(x):
    return nn.relu(x)


def batchnorm(x, gamma, beta, eps=1e-5):
    state = nn.batch_norm_state(x.shape[1])
    return nn.batch_norm(x, gamma, beta, state, training=True, epsilon=eps)[0]


def layernorm(x, gamma, beta, eps=1e-5):
    return nn.layer_norm(x, gamma, beta, epsilon=eps)


def running(batches, mean, variance, momentum):
    """The running averages after these batches."""
    state = {"mean": mean, "variance": variance}
    one = np.ones_like(mean)
    for x in batches:
        state = nn.batch_norm(x, one, one, state, training=True, momentum=momentum)[1]
    return state


# ------------------------------------------------------------------------------------------------------------ inputs


def affine_data(draw, x="N D"):
    """x, w and b by name."""
    drawn = draw(x)
    return {"x": drawn, "w": draw.rng.standard_normal((drawn[0].size, draw.size("M"))), "b": draw("M")}


def spread(draw, shape, axis):
    """x whose variance along the axis is from 1/4 to 4 everywhere, and whose mean is of order one."""
    x = draw(shape)
    x = (x - x.mean(axis=axis, keepdims=True)) / x.std(axis=axis, keepdims=True)
    others = [1 if k == axis else size for k, size in enumerate(x.shape)]
    return x * draw.rng.uniform(0.5, 2.0, others) + draw.rng.standard_normal(others)


def normalisation_data(draw, axis):
    """x, gamma and beta by name."""
    return {"x": spread(draw, "N D", axis), "gamma": draw("D"), "beta": draw("D")}


def large_eps(draw):
    """Beside a variance of order one."""
    return draw("", "uniform", low=0.2, high=0.5)


def scores(draw):
    """Scores x and labels y. Every class has an example, and the first one's right class has its lowest score."""
    x = draw("N C")
    others = draw.rng.permutation(np.arange(len(x) - 1) % x.shape[1])
    return x, np.append(np.argmin(x[0]), others)


def low_keep(draw):
    return draw("", "uniform", low=0.2, high=0.35)


def high_keep(draw):
    return draw("", "uniform", low=0.6, high=0.7)


def dropping(keep, mode="train", **more):
    """dropout_param for the probability with which an entry stays, by the conventions of assignment.toml."""
    said = context().conventions.get("dropout_p")
    if said not in {"keep", "drop"}:
        raise ValueError(f"[conventions] dropout_p is {said!r}: it must be 'keep' or 'drop'")
    return {"p": keep if said == "keep" else 1.0 - keep, "mode": mode, **more}


# --------------------------------------------------------------------------------------------------------- gradients


@dataclass(frozen=True)
class Part:
    """One of several values that the student's function returns: the gradient by one argument.

    Axes of length 1 that are too many or too few in it are mended, for shapes are judged elsewhere.
    """

    function: Any
    names: tuple[str, ...]
    which: str
    by: int  # the argument that it is the gradient by

    def __call__(self, *args):
        return self._of(self.function.returns(*[object] * len(self.names))(*args), args)

    def cost(self, *args):
        values, cost = self.function.returns(*[object] * len(self.names)).cost(*args)
        return self._of(values, args), cost

    def _of(self, values, args):
        value, like = values[self.names.index(self.which)], np.asarray(args[self.by])
        if not isinstance(value, np.ndarray):
            assert_shape(value, like.shape, name=self.which)
            return value
        bare = [size for size in value.shape if size != 1] == [size for size in like.shape if size != 1]
        return value.reshape(like.shape) if bare else value


def dx_of(function, names=LOSS):
    return Part(function, names, "dx", 0)


def assert_part(function, names, which, of, at):
    """One gradient of a backward, whose arguments are those of its forward and dout; `at` names them."""
    by = names.index(which)
    wrt = list(at)[by]
    assert_gradient(Part(function, names, which, by), of=of, at=at, wrt=wrt)


def assert_shapes(function, names, at, out):
    """Every gradient has the shape of its argument."""
    gradients = function.returns(*[object] * len(names))(*at.values(), np.ones(out))
    for name, gradient, argument in zip(names, gradients, at.values(), strict=False):
        assert_shape(gradient, argument.shape, name=name)


def assert_analytic(gradient, of, at):
    """The gradient is no difference, and costs a few evaluations of `of` however many entries x has."""

    def evaluation(*args):
        return np.mean([of(*args) for _ in range(TIMES)])

    assert_cost(gradient, of=evaluation, at=at, sizes=SIZES)


# ------------------------------------------------------------------------------------------------------------- losses


def assert_loss_shapes(function, draw):
    """The loss is a number, and dx looks like x."""
    x, y = scores(draw)
    loss, dx = function.returns(object, object)(x, y)
    assert_shape(loss, (), name="the loss")
    assert_shape(dx, x.shape, name="dx")


def assert_loss(function, of, draw):
    """The loss alone."""
    x, y = scores(draw)
    assert_close(loss_and_dx(function, x, y)[0], of(x, y), name="the loss", rtol=OF_LOSS)


def assert_loss_and_dx(function, of, x, y, given=None, case=""):
    """Both; `given` are the labels as they are passed, and `case` says in messages for which arguments it is wrong."""
    loss, dx = loss_and_dx(function, x, y if given is None else given)
    assert_close(loss, of(x, y), name=f"the loss{case}", rtol=OF_LOSS)
    assert_close(dx, grad(lambda x: of(x, y))(x), name=f"dx{case}")


def loss_and_dx(function, x, y):
    """The loss, without axes of length 1, for shapes are judged elsewhere, and the gradient."""
    loss, dx = function.returns(object, object)(x, y)
    return (loss.reshape(()) if isinstance(loss, np.ndarray) and loss.size == 1 else loss), dx


def assert_labels(function, of, draw):
    """Labels of the integer dtypes in which people store them."""
    x, y = scores(draw)
    for dtype in ("int32", "uint8"):
        assert_loss_and_dx(function, of, x, y, y.astype(dtype), f" for labels of dtype {dtype}")


# ----------------------------------------------------------------------------------------------------- side effects


def difference(one, other):
    """What a student's numbers differ by; they need not be finite."""
    with np.errstate(all="ignore"):
        return np.subtract(one, other)


def assert_unchanged(arguments_after, given, names=("x",)):
    """The arrays are after a call what they were before; `arguments_after` tells how they are."""
    after = arguments_after(*given)
    for name, one, other in zip(names, after, given, strict=False):
        assert_close(difference(one, other), 0 * np.asarray(other), name=f"the change of {name}")


def assert_own_cache(later_backward, first, second, douts):
    """Backward uses what its cache holds, also after another forward and backward."""
    alone, later, other = later_backward(first, second, douts)
    assert_shape(alone, first[0].shape, name="dx")
    assert_close(float(np.array_equal(alone, other)), 0.0, name="the share of other inputs that give the same dx")
    assert_close(later, alone, name="dx after another forward and backward")


# ------------------------------------------------------------------------------------------------------------ dropout


def kept(out, x, name="out"):
    """Which entries stayed."""
    assert_shape(out, x.shape, name=name)
    return np.asarray(out) != 0


def assert_share(stayed, probability, name):
    """The share of entries, each of which stays with this probability; those of an example independently."""
    independent = stayed.size if stayed.shape == MASK else stayed[0].size
    deviation = np.sqrt(probability * (1 - probability) / independent)
    assert_close(float(np.mean(stayed)), probability, rtol=DEVIATIONS * deviation / probability, name=name)


# ------------------------------------------------------------------------------------------------------------ updates


def rmsprop(learning_rate, decay_rate, epsilon=1e-8):
    """As one of the reference's optimisers: the state is the average of the squares."""

    def step(w, dw, squares):
        squares = decay_rate * squares + (1 - decay_rate) * dw**2
        return w - learning_rate * dw / (np.sqrt(squares) + epsilon), squares

    return nn.Optimiser(np.zeros_like, step)


def parameter(draw):
    """A parameter and three gradients: of order one, and never near 0, where an epsilon of 1e-8 would show."""
    gradients = [draw("D M", "positive") for _ in range(3)]
    return draw("D M"), [dw * draw.rng.choice([-1.0, 1.0], dw.shape) for dw in gradients]


def assert_steps(update, optimiser, w, gradients, config, state=None):
    """The parameter after each step; what the config kept last, and what it should have kept."""
    path, stored = update.returns(list, dict)(w, gradients, config)
    state = optimiser.init(w) if state is None else state
    for k, dw in enumerate(gradients):
        w, state = optimiser.step(w, dw, state)
        assert_close(path[k], w, name=f"w after step {k + 1}", rtol=OF_STEP)
    return stored, state


def assert_stored(stored, expected):
    """What the config should hold for the next call."""
    for key, value in expected.items():
        assert_close(stored.get(key), value, name=f'config["{key}"]', rtol=OF_STEP)
