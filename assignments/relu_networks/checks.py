"""ReLU networks: kinks, width, depth; deep linear networks; bias and variance."""

from itertools import pairwise

import numpy as np
from exact import exact_kinks

from grader import (
    Dims,
    assert_close,
    assert_cost,
    assert_gradient,
    assert_raises,
    assert_same_trajectory,
    assert_shape,
    check,
)
from reference import nn

dims = Dims(m=(7, 11), D=(2, 4), H=(3, 6), K=(4, 8), C=(2, 5), n=(5, 9), S=(5, 12), T=(4, 10), N=(6, 13), depth=(3, 5))
LO, HI = -2.0, 3.0
GRID = 64  # weights are multiples of 1/64, so that rounding moves no kink


def forward(params, x):
    """What any list of (W, b) makes of x (N, D)."""
    params = [(np.asarray(W), np.asarray(b)) for W, b in params]
    for W, b in params[:-1]:
        x = nn.relu(nn.affine(x, W, b))
    return nn.affine(x, *params[-1])


def network(draw, *widths):
    """Weights and biases of order one."""
    return [(draw.rng.standard_normal(ends), draw.rng.standard_normal(ends[1])) for ends in pairwise(widths)]


def assert_widths(params, *widths):
    """One input, one output, hidden layers of these widths; in the stated layout."""
    numbers = list(range(1, len(params) + 1))
    assert_shape(numbers, (len(widths) + 1,), name="the list of layers")
    for layer, ends in enumerate(pairwise([1, *widths, 1])):
        W, b = params[layer]
        assert_shape(W, ends, name=f"W of layer {layer + 1}")
        assert_shape(b, ends[1:], name=f"b of layer {layer + 1}")


# -------------------------------------------------------------------------------------------- networks and kinks


def both_signs(params, x):
    """The same network, shifted so that each of its outputs is positive for some examples and negative for others."""
    *before, (W, b) = params
    return [*before, (W, b - forward(params, x).mean(axis=0))]


@check(points=1)
def forward_shallow(student, draw):
    """relu_network: one hidden layer."""
    params, x = network(draw, draw.size("D"), draw.size("H"), 1), draw("N D")
    params = both_signs(params, x)
    assert_close(student.relu_network(params, x), forward(params, x))


@check(points=1)
def forward_deep(student, draw):
    """relu_network: three hidden layers, several outputs."""
    params = network(draw, *map(draw.size, ("D", "H", "K", "H", "C")))
    x = draw("N D")
    params = both_signs(params, x)
    assert_close(student.relu_network(params, x), forward(params, x))


@check(points="0.5", needs=[forward_shallow], visibility="hidden")
def forward_affine(student, draw):
    """relu_network without a hidden layer."""
    params, x = network(draw, draw.size("D"), draw.size("C")), draw("N D")
    params = both_signs(params, x)
    assert_close(student.relu_network(params, x), forward(params, x))


def assert_kinks(student, params, right, lo=LO, hi=HI):
    """`kinks` finds just these."""
    assert_close(student.kinks(params, lo, hi), np.array(right, dtype=float), name="the array of kinks")


def signs(draw, count):
    """Both signs, in random order."""
    return draw.rng.permutation(np.where(np.arange(count) % 2, 1.0, -1.0))


def apart(draw, count, lo, hi):
    """Numbers between lo and hi that are not close to each other or to an end, ascending, multiples of 1/64."""
    step = (hi - lo) / count
    x = lo + step * (np.arange(count) + draw.rng.uniform(0.2, 0.8, count))
    return np.round(x * GRID) / GRID


def unit_layers(at, w, v):
    """One hidden layer with one unit for each kink: weight w into it, v out of it."""
    return [(w[None, :], -w * at), (v[:, None], np.array([0.5]))]


def powers_of_two(draw, count):
    return 2.0 ** draw.rng.integers(-1, 3, count) * signs(draw, count)


@check(points="1.5")
def kinks_one_layer(student, draw):
    """kinks: one hidden layer, some of whose units bend outside of the interval."""
    inside = apart(draw, draw.size("n"), LO, HI)
    outside = np.array([LO - 1.5, LO - 0.25, HI + 0.25, HI + 2.0])
    at = draw.rng.permutation(np.concatenate([inside, outside]))
    assert_kinks(student, unit_layers(at, powers_of_two(draw, len(at)), powers_of_two(draw, len(at))), inside)


def is_clear(params, found, crossed, lo, hi):
    """Whether nothing is close to anything else, no change of the slope is slight, and each kind of kink is there."""
    (w,), b = params[0]
    of_first = sum(np.min(np.abs(w * kink + b)) < 1e-6 for kink in found)
    middles = np.convolve([lo, *found, hi], [0.5, 0.5], "valid")[:, None]
    slopes = (forward(params, middles + 1e-5) - forward(params, middles - 1e-5)) / 2e-5
    distinct = np.min(np.abs(np.diff(slopes, axis=0))) > 1e-3 * np.max(np.abs(slopes))
    apart = np.min(np.diff([lo, *crossed, hi])) > 1e-3
    return apart and distinct and 1 <= of_first <= len(found) - 2


def bent(draw, widths, lo=LO, hi=HI, least=4):
    """A network with kinks of its first hidden layer and of others, all clearly so, and crossings that are none."""
    for _ in range(1000):
        params = [(np.round(W * GRID) / GRID, np.round(b * GRID) / GRID) for W, b in network(draw, 1, *widths, 1)]
        found, crossed = exact_kinks(params, lo, hi, number=float)
        if least <= len(found) < len(crossed) and is_clear(params, found, crossed, lo, hi):
            exact, passed = exact_kinks(params, lo, hi)
            if (len(exact), len(passed)) == (len(found), len(crossed)):  # rounding led no unit astray
                return params, exact
    raise RuntimeError("no network whose kinks are clearly apart")


@check(points=2, needs=[kinks_one_layer])
def kinks_two_layers(student, draw):
    """kinks: two hidden layers."""
    assert_kinks(student, *bent(draw, (3, 4)))


@check(points=1, needs=[kinks_two_layers], visibility="hidden")
def kinks_deep(student, draw):
    """kinks: four hidden layers, and another interval."""
    params, found = bent(draw, (4, 3, 4, 3), lo=-4.0, hi=1.0)
    assert_kinks(student, params, found, lo=-4.0, hi=1.0)


@check(points="0.5", needs=[kinks_one_layer], visibility="hidden")
def kinks_twice(student, draw):
    """kinks: several units that bend at one point make one kink."""
    at = apart(draw, 3, LO, HI)
    twice = np.concatenate([at, at[:2], at[:1]])
    w = powers_of_two(draw, 6)
    order = draw.rng.permutation(6)
    assert_kinks(student, unit_layers(twice[order], w[order], np.full(6, 0.5)), at)


@check(points="0.5", needs=[kinks_one_layer], visibility="hidden")
def kinks_cancel(student, draw):
    """kinks: where the bends of several units cancel there is none."""
    at = apart(draw, 4, LO, HI)
    units = np.concatenate([at, at[1:3]])
    w = powers_of_two(draw, 6)
    v = np.concatenate([np.ones(4), -np.abs(w[1:3] / w[4:])])  # the slope changes by v |w|
    assert_kinks(student, unit_layers(units, w, v), at[[0, 3]])
    assert_kinks(student, unit_layers(at[[0, 0]], np.array([1.0, -1.0]), np.array([-1.0, 1.0])), [])  # it only falls


@check(points="0.5", needs=[kinks_one_layer], visibility="hidden")
def kinks_dead(student, draw):
    """kinks: units without an input or an output, no hidden layer at all."""
    at = apart(draw, 4, LO, HI)
    (W, b), (V, c) = unit_layers(at, powers_of_two(draw, 4), powers_of_two(draw, 4))
    W[0, 0], V[3, 0] = 0.0, 0.0
    assert_kinks(student, [(W, b), (V, c)], at[1:3])
    assert_kinks(student, network(draw, 1, 1), [])
    assert_kinks(student, [(0 * W, b), (V, c)], [])


@check(points=1, needs=[kinks_two_layers], visibility="hidden")
def kinks_masked(student, draw):
    """kinks: what bends behind a unit that is off does not show."""
    middle, half = apart(draw, 1, -0.5, 1.0)[0], apart(draw, 1, 0.5, 1.0)[0]
    distance = (np.array([[1.0, -1.0]]), np.array([-middle, middle]))
    for sign, right in ((1.0, [middle - half, middle, middle + half]), (-1.0, [middle - half, middle + half])):
        tent = (np.full((2, 1), -sign), np.array([sign * half]))
        assert_kinks(student, [distance, tent, (np.array([[2.0]]), np.zeros(1))], right)


@check(points="0.5", needs=[kinks_one_layer], visibility="hidden")
def kinks_close(student, draw):
    """kinks: two that are close together are two."""
    at = np.repeat(apart(draw, 3, LO, HI), 2) + np.tile([0, 2.0**-17], 3)
    assert_kinks(student, unit_layers(at, powers_of_two(draw, 6), np.full(6, 0.5)), at)


@check(points="0.5", needs=[kinks_one_layer], visibility="hidden")
def kinks_ends(student, draw):
    """kinks: one at an end of the interval is not between; an empty interval is refused."""
    at = np.concatenate([[LO], apart(draw, 3, LO, HI), [HI]])
    params = unit_layers(at, powers_of_two(draw, 5), np.full(5, 0.5))
    assert_kinks(student, params, at[1:-1])
    for lo, hi in ((HI, LO), (LO, LO)):
        assert_raises(ValueError, student.kinks, params, lo, hi)


# --------------------------------------------------------------------------------------------------------- width


def bends(draw):
    """Kinks in random order, and changes of the slope with both signs."""
    at = draw.rng.permutation(apart(draw, draw.size("n"), LO, HI))
    return at, draw("n", "positive") * signs(draw, len(at))


def around(at):
    """Points before, between, at and after these."""
    at = np.sort(at)
    return np.concatenate([[at[0] - 5], np.linspace(at[0] - 0.5, at[-1] + 0.5, 41), at, [at[-1] + 5]])[:, None]


@check(points=1)
def hinges_values(student, draw):
    """hinges: the function bends where it should, by what it should."""
    at, changes = bends(draw)
    x = around(at)
    right = np.clip(x - at, 0, None) @ changes[:, None]
    assert_close(forward(student.hinges(at, changes), x), right, name="the network's output")


@check(points="0.5")
def hinges_width(student, draw):
    """hinges: one hidden layer, one unit for each kink."""
    at, changes = bends(draw)
    assert_widths(student.hinges(at, changes), len(at))


def points_to_join(draw, count):
    return apart(draw, count, LO, HI), draw.rng.uniform(0.5, 2.0, count) * signs(draw, count)


def assert_joined(student, x, y):
    between = np.linspace(x[0], x[-1], 61)
    every = np.concatenate([x, between])
    output = forward(student.interpolant(x, y), every[:, None])
    assert_close(output, np.interp(every, x, y)[:, None], name="the network's output")


@check(points="1.5")
def interpolant_values(student, draw):
    """interpolant: through all points, and straight between them."""
    assert_joined(student, *points_to_join(draw, draw.size("n")))


@check(points="0.5")
def interpolant_width(student, draw):
    """interpolant: one hidden layer of n - 1 units."""
    x, y = points_to_join(draw, draw.size("n"))
    assert_widths(student.interpolant(x, y), len(x) - 1)


@check(points="0.5", needs=[interpolant_values], visibility="hidden")
def interpolant_two(student, draw):
    """interpolant: two points, with one unit."""
    x, y = points_to_join(draw, 2)
    for by in (-2.0, 2.0):  # neither point is near 0, where the unit would need no bias
        assert_joined(student, x + by, y)
    assert_widths(student.interpolant(x, y), 1)


@check(points="0.5", needs=[interpolant_values], visibility="hidden")
def interpolant_refuses(student, draw):
    """interpolant refuses points that do not ascend, and no others."""
    x, y = points_to_join(draw, draw.size("n"))
    student.interpolant(x, y)
    twice = x.copy()
    twice[2] = x[1]
    for bad in (twice, x[::-1].copy()):
        assert_raises(ValueError, student.interpolant, bad, y)


def pieces_added(widths):
    """Layer by layer: each unit bends each piece once at most."""
    kinks = 0
    for width in widths:
        kinks += width * (kinks + 1)
    return kinks


@check(points="0.5")
def bound_shallow(student, draw):
    """kink_bound: one hidden layer."""
    widths = [draw.size("K")]
    assert_close(student.kink_bound(widths), pieces_added(widths))


@check(points="0.5", needs=[bound_shallow], visibility="hidden")
def bound_deep(student, draw):
    """kink_bound: several hidden layers, and none."""
    widths = [draw.size("K"), draw.size("H"), draw.size("n")]
    answers = student.kink_bound.returns("").many([(widths,), (widths[:2],), ([],)])
    right = [pieces_added(widths), pieces_added(widths[:2]), 0]
    assert_close(answers, right, name="the list of bounds for three, two and no hidden layers")


# --------------------------------------------------------------------------------------------------------- depth


def folded(x, depth):
    """f_depth: a triangle wave on [-2, 2], steep lines outside."""
    period = 8 / 2**depth
    wave = 4 * np.abs(2 * ((x - 2) / period % 1) - 1) - 2
    outside = 2 + (np.abs(x) - 2) * 2.0**depth
    return np.where(np.abs(x) <= 2, wave, outside)


def dyadic(draw, count, low=-2.0, high=2.0):
    """Multiples of 1/64: the sawtooth of such numbers is exact."""
    return np.round(draw.rng.uniform(low, high, count) * GRID) / GRID


def teeth(draw, depth):
    """All kinks, what lies halfway between them, and others in no order."""
    return np.concatenate([np.linspace(-2, 2, 2 ** (depth + 1) + 1), dyadic(draw, 20)])


def assert_sawtooth(student, depth, x):
    output = forward(student.sawtooth(depth), x[:, None])
    assert_close(output, folded(x, depth)[:, None], name=f"the network's output for depth {depth}")


@check(points="0.5")
def recursion(student, draw):
    """sawtooth_value: the recursion."""
    x, depth = np.concatenate([dyadic(draw, 20), [-3.0, 2.5]]), draw.size("depth")
    answers = student.sawtooth_value.many([(x, depth), (x, 1), (x, 0)])
    right = np.stack([folded(x, depth), 2 * np.abs(x) - 2, x])
    assert_close(answers, right, name=f"the table of values for depth {depth}, 1 and 0")


@check(points=1)
def sawtooth_shallow(student, draw):
    """sawtooth: depth 1 and 2."""
    for depth in (1, 2):
        assert_sawtooth(student, depth, teeth(draw, depth))


@check(points="1.5", needs=[sawtooth_shallow])
def sawtooth_deep(student, draw):
    """sawtooth: higher depths."""
    for depth in (draw.size("depth"), 7):
        assert_sawtooth(student, depth, teeth(draw, depth))


@check(points=1)
def sawtooth_width(student, draw):
    """sawtooth: as many hidden layers as the depth says, each of two units."""
    for depth in (1, draw.size("depth")):
        assert_widths(student.sawtooth(depth), *[2] * depth)


@check(points="0.5", needs=[sawtooth_deep], visibility="hidden")
def sawtooth_outside(student, draw):
    """sawtooth: to the left of -2 and to the right of 2."""
    x = np.concatenate([dyadic(draw, 10, 2, 6), dyadic(draw, 10, -6, -2)])
    for depth in (1, draw.size("depth")):
        assert_sawtooth(student, depth, x)


@check(points="0.5", needs=[sawtooth_deep], visibility="hidden")
def sawtooth_high(student, draw):
    """sawtooth: depth 24, whose 16 million kinks cannot be made one by one."""
    assert_sawtooth(student, 24, draw.rng.integers(-(2**28), 2**28, 50) / 2**27)


@check(points="0.5", needs=[sawtooth_shallow], visibility="hidden")
def sawtooth_refuses(student, draw):
    """sawtooth refuses a depth below 1, and no other."""
    assert_sawtooth(student, 1, dyadic(draw, 20))
    for depth in (0, -1):
        assert_raises(ValueError, student.sawtooth, depth)


def assert_teeth(student, depth):
    right = np.linspace(-2, 2, 2**depth + 1)[1:-1]
    assert_close(student.sawtooth_kinks(depth), right, name=f"the array of kinks for depth {depth}")


@check(points=1)
def teeth_few(student, draw):
    """sawtooth_kinks: small depths."""
    for depth in (2, 3, draw.size("depth")):
        assert_teeth(student, depth)


@check(points="0.5", needs=[teeth_few], visibility="hidden")
def teeth_many(student, draw):
    """sawtooth_kinks: depth 1, and depth 12 with its 4,095 kinks."""
    for depth in (1, 12):
        assert_teeth(student, depth)


# --------------------------------------------------------------------------------------------------- deep linear


def chain_value(W1, W2, W3, X, Y):
    return np.sum((X @ (W1 @ (W2 @ W3)) - Y) ** 2).item() / (2 * len(X))


def chain_at(draw):
    at = {"W1": draw("D H"), "W2": draw("H K"), "W3": draw("K C")}
    return at | {"X": draw("m D"), "Y": draw("m C")}


def matrices(draw):
    """Three of them, and data."""
    W1, W2, W3, X, Y = chain_at(draw).values()
    return [W1, W2, W3], X, Y


@check(points="0.5")
def one_matrix(student, draw):
    """end_to_end: the matrix that does the same as the network."""
    (W1, W2, W3), _, _ = matrices(draw)
    assert_close(student.end_to_end([W1, W2, W3]), np.einsum("dh,hk,kc->dc", W1, W2, W3))


@check(points="0.5")
def linear_forward(student, draw):
    """deep_linear: values."""
    (W1, W2, W3), X, _ = matrices(draw)
    assert_close(student.deep_linear([W1, W2, W3], X), X @ (W1 @ (W2 @ W3)))


@check(points=1)
def linear_loss(student, draw):
    """deep_linear_loss: value."""
    Ws, X, Y = matrices(draw)
    assert_close(student.deep_linear_loss.returns("")(Ws, X, Y), chain_value(*Ws, X, Y))


def assert_gradient_by(student, draw, layer):
    """One of three gradients; the others may be wrong."""

    def gradient(W1, W2, W3, X, Y):
        return student.deep_linear_gradient([W1, W2, W3], X, Y)[layer]

    assert_gradient(gradient, of=chain_value, at=chain_at(draw), wrt=f"W{layer + 1}")


@check(points=1)
def gradient_first(student, draw):
    """deep_linear_gradient: by the first of three matrices."""
    assert_gradient_by(student, draw, 0)


@check(points=1)
def gradient_middle(student, draw):
    """deep_linear_gradient: by the second of three matrices."""
    assert_gradient_by(student, draw, 1)


@check(points=1)
def gradient_last(student, draw):
    """deep_linear_gradient: by the last of three matrices."""
    assert_gradient_by(student, draw, 2)


@check(points="0.5", needs=[gradient_first], visibility="hidden")
def gradient_alone(student, draw):
    """deep_linear_gradient: one matrix alone."""
    W, X, Y = draw("D C"), draw("m D"), draw("m C")
    right = np.einsum("md,mc->dc", X, X @ W - Y) / len(X)
    assert_close(student.deep_linear_gradient([W], X, Y), {"the gradient": right})


@check(points="0.5", needs=[gradient_first, gradient_middle, gradient_last], visibility="hidden")
def gradient_at_zero(student, draw):
    """deep_linear_gradient where a matrix is zero, and where all are."""
    Ws, X, Y = matrices(draw)
    zeros = [np.zeros_like(W) for W in Ws]
    names = ("the first gradient", "the second gradient", "the third gradient")
    assert_close(student.deep_linear_gradient(zeros, X, Y), dict(zip(names, zeros, strict=True)))
    by_second = -np.einsum("dh,md,mc,kc->hk", Ws[0], X, Y, Ws[2], optimize=True) / len(X)
    right = [zeros[0], by_second, zeros[2]]
    answer = student.deep_linear_gradient([Ws[0], zeros[1], Ws[2]], X, Y)
    assert_close(answer, dict(zip(names, right, strict=True)))


@check(points="1.5", seconds=20, needs=[gradient_first])
def reverse_mode(student, draw):
    """deep_linear_gradient costs a few evaluations of the loss, however many weights there are."""

    def at(size):
        D = size // 8
        Ws = [draw.rng.standard_normal(ends) / np.sqrt(ends[0]) for ends in ((D, 8), (8, 6), (6, 3))]
        return *Ws, draw.rng.standard_normal((10, D)), draw.rng.standard_normal((10, 3))

    assert_cost(student.first_gradient, of=chain_value, at=at)


def slopes(Ws, X, Y):
    """By the product of what lies before, and of what lies behind."""
    found = []
    for layer in range(len(Ws)):
        before, behind = X, np.eye(Ws[-1].shape[1])
        for W in Ws[:layer]:
            before = before @ W
        for W in Ws[:layer:-1]:
            behind = W @ behind
        found.append(before.T @ (before @ Ws[layer] @ behind - Y) @ behind.T / len(X))
    return found


def descended(Ws, X, Y, lr, steps):
    for _ in range(steps):
        Ws = [W - lr * g for W, g in zip(Ws, slopes(Ws, X, Y), strict=True)]
    return Ws


@check(points=1, needs=[gradient_first, gradient_middle, gradient_last])
def descent(student, draw):
    """deep_linear_descent makes the steps of gradient descent."""
    Ws, X, Y = matrices(draw)
    assert_same_trajectory(
        lambda Ws, batches, lr: list(student.deep_linear_descent(Ws, X, Y, lr, len(batches))),
        like=lambda Ws, batches, lr: descended(Ws, X, Y, lr, len(batches)),
        params=[W / np.sqrt(len(W)) for W in Ws],
        batches=range(3),
        lr=0.1,
    )


@check(points="0.5", needs=[descent], visibility="hidden")
def descent_elsewhere(student, draw):
    """deep_linear_descent: another depth, no step, and none that leads away from zero."""
    Ws, X, Y = [draw("D H") / 2, draw("H C") / 2], draw("m D"), draw("m C")
    names = ("the first matrix", "the second matrix")
    for start, steps in ((Ws, 7), (Ws, 0), ([np.zeros_like(W) for W in Ws], 5)):
        right = descended(start, X, Y, 0.05, steps)
        assert_close(student.deep_linear_descent(start, X, Y, 0.05, steps), dict(zip(names, right, strict=True)))


# --------------------------------------------------------------------------------------------- bias and variance

MANY = 4000  # observations, so that their statistics are known to some per cent
SIGMAS = 6.0  # right code is further off once in 500 million
WITHIN = 0.682689  # the share of a normal distribution within one standard deviation


def observed(draw, **options):
    """Values far apart, and how they are to be observed."""
    return draw("m", "normal") * 3, draw("", "uniform", low=0.3, high=0.7), int(draw.rng.integers(1, 1000))


def noise_of(student, draw):
    values, sigma, seed = observed(draw)
    sets = student.noisy_sets.returns(f"{MANY} {len(values)}")(values, sigma, MANY, seed)
    return (sets - values) / sigma


@check(points="0.5")
def sets_mean(student, draw):
    """noisy_sets: as many observations as asked for, right on average."""
    values, sigma, seed = observed(draw)
    sets = student.noisy_sets.returns("S m")(values, sigma, draw.size("S"), seed)
    many = student.noisy_sets(values, sigma, MANY, seed)
    assert_shape(sets, (draw.size("S"), draw.size("m")))
    assert_close(
        np.mean(many, axis=0),
        values,
        rtol=SIGMAS * sigma / np.sqrt(MANY) / np.max(np.abs(values)),
        name="the mean of 4,000 observations",
    )


@check(points="0.5")
def sets_spread(student, draw):
    """noisy_sets: the noise has the standard deviation asked for."""
    noise = noise_of(student, draw)
    assert_close(
        np.std(noise, axis=0),
        np.ones(noise.shape[1]),
        rtol=SIGMAS / np.sqrt(2 * MANY),
        name="the standard deviation of 4,000 observations, in units of sigma,",
    )


@check(points="0.5", needs=[sets_mean, sets_spread], visibility="hidden")
def sets_normal(student, draw):
    """noisy_sets: the noise is normal, and that of one point says nothing of another's."""
    noise = noise_of(student, draw)
    within = np.mean(np.abs(noise) <= 1)
    bound = SIGMAS * np.sqrt(WITHIN * (1 - WITHIN) / noise.size)
    assert_close(within, WITHIN, rtol=bound / WITHIN, name="the share of the noise within one sigma")
    bound = SIGMAS * np.sqrt(2 / noise.size) * 2
    assert_close(
        np.mean(np.diff(noise, axis=1) ** 2),
        2,
        rtol=bound,
        name="the mean squared difference of the noise at two points, in units of sigma^2,",
    )


@check(points="0.5", needs=[sets_mean], visibility="hidden")
def sets_seed(student, draw):
    """noisy_sets: one seed always gives the same, another something else."""
    values, sigma, seed = observed(draw)
    calls = [(values, sigma, MANY, each) for each in (seed, seed, seed + 1)]
    one, same, other = student.noisy_sets.returns(f"{MANY} {len(values)}").many(calls)
    assert_close(same, one, name="the second answer for one seed")
    difference = np.mean(((one - other) / sigma) ** 2)
    bound = SIGMAS * np.sqrt(2 / MANY)
    assert_close(
        difference, 2, rtol=bound, name="the mean squared difference of the noise for two seeds, in units of sigma^2,"
    )


def design(draw, m):
    """Points between -1 and 1, denser at the ends, and at least some way apart."""
    return -np.cos(np.pi * (np.arange(m) + draw.rng.uniform(0.3, 0.7, m)) / m)


def hat(x, x_new, degree):
    """The matrix that makes predictions (N,) of observations (m,), by polynomials that are orthonormal at x."""
    Q, R = np.linalg.qr(np.polynomial.chebyshev.chebvander(x, degree))
    return np.polynomial.chebyshev.chebvander(x_new, degree) @ np.linalg.solve(R, Q.T)


@check(points=1)
def polynomials(student, draw):
    """polynomial_predictions: fitted to each data set, and predicted elsewhere."""
    x, Y, x_new = design(draw, draw.size("m")), draw("S m"), draw("N", "uniform")
    answers = student.polynomial_predictions.returns("S N").many([(x, Y, x_new, degree) for degree in (1, 3)])
    right = [Y @ hat(x, x_new, degree).T for degree in (1, 3)]
    assert_close(np.stack(answers), np.stack(right), name="the stack of predictions of degree 1 and 3")


@check(points="0.5", needs=[polynomials], visibility="hidden")
def polynomials_extreme(student, draw):
    """polynomial_predictions: constants, and as many coefficients as points."""
    x, Y = design(draw, draw.size("m")), draw("S m")
    flat = student.polynomial_predictions(x, Y, draw("N", "uniform"), 0)
    assert_close(flat, Y.mean(axis=1, keepdims=True) + np.zeros(draw.size("N")), name="the array of constants")
    through = student.polynomial_predictions(x, Y, x, len(x) - 1)
    assert_close(through, Y, rtol=1e-5, name="the array of predictions at the points themselves")


def models(draw):
    """Predictions that are off in the mean, differ between points, and are no more like one target than another."""
    center, off = draw("N"), draw("N", "positive") * signs(draw, draw.size("N"))
    return center + off + draw("S N"), center + 0.7 * draw("T N")


def parts(predictions, targets):
    """From differences of pairs, and of means."""
    noise, variance = (np.mean((rows[:, None] - rows) ** 2).item() / 2 for rows in (targets, predictions))
    bias = predictions.mean(axis=0) - targets.mean(axis=0)
    return noise, np.vdot(bias, bias).item() / len(bias), variance


@check(points=1)
def error(student, draw):
    """expected_error: the mean over all pairs, and all points."""
    predictions, targets = models(draw)
    assert_close(student.expected_error.returns("")(predictions, targets), sum(parts(predictions, targets)))


def assert_part(student, draw, place):
    """One of three numbers; the others may be wrong."""
    predictions, targets = models(draw)
    name = ("the noise", "the squared bias", "the variance")[place]
    answer = student.decompose.returns("", "", "")(predictions, targets)[place]
    assert_close(answer, parts(predictions, targets)[place], name=name)


@check(points="0.5")
def part_noise(student, draw):
    """decompose: the noise."""
    assert_part(student, draw, 0)


@check(points="0.5")
def part_bias(student, draw):
    """decompose: the squared bias."""
    assert_part(student, draw, 1)


@check(points="0.5")
def part_variance(student, draw):
    """decompose: the variance."""
    assert_part(student, draw, 2)


def experiment(draw):
    """Noisy observations of a curve, for training and for testing."""
    x, x_new = design(draw, 14), np.sort(draw("N", "uniform"))
    sigma = 0.5
    Y = np.sin(np.pi * x) + sigma * draw.rng.standard_normal((draw.size("S") + 10, len(x)))
    return x, Y, x_new, np.sin(np.pi * x_new) + sigma * draw("T N")


def table_of(x, Y, x_new, targets, degrees):
    return np.array([parts(Y @ hat(x, x_new, degree).T, targets) for degree in degrees])


@check(points="0.5", needs=[polynomials, part_noise, part_bias, part_variance])
def table(student, draw):
    """bias_variance: one row for each degree."""
    given, degrees = experiment(draw), [0, 1, 3, 6]
    assert_close(student.bias_variance(*given, degrees), table_of(*given, degrees), name="the table")


def choice(draw):
    """An experiment in which one degree is clearly best, and neither of least variance nor of least bias.

    Nor is it at either end of the list, nor at the place that it names.
    """
    for _ in range(500):
        given, degrees = experiment(draw), [int(degree) for degree in draw.rng.permutation([0, 1, 2, 3, 4, 5, 7, 8])]
        rows = table_of(*given, degrees)
        errors = rows.sum(axis=1)
        best = int(np.argmin(errors))
        wrong = {0, len(degrees) - 1, int(np.argmin(rows[:, 1])), int(np.argmin(rows[:, 2])), degrees[best]}
        if best not in wrong and np.sort(errors)[1] > 1.001 * errors[best]:
            return (*given, degrees), degrees[best]
    raise RuntimeError("no experiment in which one degree is clearly best")


@check(points="0.5", needs=[table], visibility="hidden")
def degree_chosen(student, draw):
    """best_degree: the least sum of the three."""
    given, best = zip(*(choice(draw) for _ in range(2)), strict=True)
    answers = student.best_degree.returns("").many(given)
    assert_close(answers, best, name="the list of degrees for two experiments")


@check(points=1, needs=[polynomials])
def variance_exact(student, draw):
    """exact_variance: at new points, and where it was fitted."""
    x, x_new, sigma = design(draw, draw.size("m")), draw("N", "uniform"), draw("", "positive")
    degrees = (1, 4)
    answers = student.exact_variance.returns("").many(
        [(x, at, degree, sigma) for degree in degrees for at in (x_new, x)]
    )
    right = [
        variance
        for degree in degrees
        for variance in (
            sigma**2 * np.sum(hat(x, x_new, degree) ** 2) / len(x_new),
            sigma**2 * (degree + 1) / len(x),
        )
    ]
    assert_close(answers, right, name="the list of variances at new and old points for degree 1 and 4")
