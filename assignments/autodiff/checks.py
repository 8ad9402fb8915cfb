"""Automatic differentiation of arrays: by hand, by differences, by symbols, and by a Tensor that remembers."""

import numpy as np
from programs import build, number_of, of_names, size_of

from grader import (
    Dims,
    assert_close,
    assert_cost,
    assert_gradient,
    assert_jacobian,
    assert_raises,
    assert_that,
    check,
)
from reference.autodiff import chain_cost, grad, hessian, hvp, jvp, vjp

dims = Dims(N=(4, 8), D=(2, 5), H=(3, 9))

RTOL = 1e-9  # two exact ways to a derivative in float64 differ by less, unless one is wrong


def both_signs(draw, shape):
    """Numbers of both signs, between 0.5 and 2 in absolute value."""
    x = draw(shape, "positive")
    signs = np.where(np.arange(x.size) % 2, 1.0, -1.0)
    return x * draw.rng.permutation(signs).reshape(x.shape)


# ------------------------------------------------------------------------------------------------------ by hand


def loss(W, b, X, Y):
    return np.sum((np.tanh(X @ W + b) - Y) ** 2) / (2 * len(X))


def four(draw):
    """W, b, X, Y."""
    return {"W": draw("D H"), "b": draw("H"), "X": draw("N D"), "Y": draw("N H")}


@check(points=1)
def hand_weights(student, draw):
    """loss_by_hand: the gradient by W."""
    assert_gradient(student.weights_by_hand, of=loss, at=four(draw), wrt="W")


@check(points=1)
def hand_bias(student, draw):
    """loss_by_hand: the gradient by b."""
    at = four(draw)
    given = {"b": at["b"], "W": at["W"], "X": at["X"], "Y": at["Y"]}
    assert_gradient(student.bias_by_hand, of=lambda b, W, X, Y: loss(W, b, X, Y), at=given, wrt="b")


@check(points=1, needs=[hand_weights], seconds=20)
def hand_exact(student, draw):
    """loss_by_hand: the gradient by W comes from a formula, not from differences."""

    def at(n):
        wide = draw.rng.standard_normal((5, n // 8))
        return draw.rng.standard_normal((n // 8, 8)) / 4, draw.rng.standard_normal(8), wide, np.zeros((5, 8))

    assert_cost(student.weights_by_hand, of=loss, at=at)


# ------------------------------------------------------------------------------------------- finite differences

ROUGH = "lambda x: (exp(x) * sin(3 * x)).sum() + x.sum() ** 2"


def rough(x):
    return (np.exp(x) * np.sin(3 * x)).sum() + x.sum() ** 2


def rough_gradient(x):
    return np.exp(x) * (np.sin(3 * x) + 3 * np.cos(3 * x)) + 2 * x.sum()


def difference(x, h, central):
    """The finite difference itself, error and all."""
    slope = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[k] = h
        slope[k] = (rough(x + e) - rough(x - e)) / (2 * h) if central else (rough(x + e) - rough(x)) / h
    return slope


@check(points=1)
def forward_differences(student, draw):
    """forward_difference: the quotient, at steps of 0.1 and 0.01."""
    x = draw("N D", "uniform")
    for h in (0.1, 0.01):
        got, _ = student.differences("forward_difference", ROUGH, x, h)
        assert_close(got, difference(x, h, central=False), name=f"forward_difference at h = {h}")


@check(points=1)
def central_differences(student, draw):
    """central_difference: the quotient, at steps of 0.1 and 0.01."""
    x = draw("N D", "uniform")
    for h in (0.1, 0.01):
        got, _ = student.differences("central_difference", ROUGH, x, h)
        assert_close(got, difference(x, h, central=True), name=f"central_difference at h = {h}")


@check(points="0.5", needs=[forward_differences, central_differences])
def differences_restore(student, draw):
    """Both differences leave x as it was."""
    x = draw("N D", "uniform")
    for name in ("forward_difference", "central_difference"):
        slope, after = student.differences(name, ROUGH, x, 1e-5)
        assert_close(slope, rough_gradient(x), name=name, rtol=1e-3)
        assert_close(after, x, name=f"x after {name}", rtol=1e-15)


@check(points=1, needs=[forward_differences, central_differences])
def step_errors(student, draw):
    """step_errors: a row for each step, forward and central, while the step is large."""
    x, steps = draw("D", "uniform"), np.array([0.1, 0.03, 0.01, 0.003])
    right = rough_gradient(x)
    expected = [
        [np.linalg.norm(difference(x, h, central) - right) / np.linalg.norm(right) for central in (False, True)]
        for h in steps
    ]
    got = student.errors.returns("4 2")(ROUGH, right, x, steps)
    assert_close(got[:, 0], np.array(expected)[:, 0], name="the column of forward errors", rtol=1e-6)
    assert_close(got[:, 1], np.array(expected)[:, 1], name="the column of central errors", rtol=1e-6)


@check(points="0.5", needs=[step_errors], visibility="hidden")
def step_errors_small(student, draw):
    """step_errors: rounding takes over where the step is small."""
    x, steps = draw("D", "uniform"), np.array([1e-1, 1e-5, 1e-14])
    got = student.errors.returns("3 2")(ROUGH, rough_gradient(x), x, steps)
    falls, grows = got[1] < got[0] / 10, got[2] > got[1] * 10
    assert_that(np.all(falls & grows), "the errors do not first fall and then grow as the step becomes smaller")


# ----------------------------------------------------------------------------------------------------- symbolic


def assert_symbolic(student, *expressions):
    """The derivatives by x and by y of expressions in x and y, at three points."""
    points = [{"x": 0.7, "y": 1.3}, {"x": 1.9, "y": 0.4}, {"x": 1.1, "y": 2.3}]
    for expression in expressions:
        for name in ("x", "y"):
            got = student.differentiate(expression, name)
            values = np.array([number_of(got, point) for point in points])
            right = [derivative(expression, name, point) for point in points]
            assert_close(values, np.array(right), name=f"the derivative of {written(expression)} by {name}")


def derivative(expression, name, point):
    """The derivative of our own expressions by one name."""
    return grad(lambda z: number(expression, point | {name: z}))(point[name])


def number(expression, values):
    """The value of our own expressions, for numbers that may be traced."""
    if isinstance(expression, str):
        return values[expression]
    if not isinstance(expression, tuple):
        return expression
    name, *operands = expression
    numbers = [number(operand, values) for operand in operands]
    if name == "**":
        return numbers[0] ** numbers[1]
    words = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "exp": np.exp, "log": np.log}
    return (words | {"sin": np.sin, "cos": np.cos})[name](*numbers)


def written(expression):
    """As one would write it."""
    if not isinstance(expression, tuple):
        return str(expression)
    name, *operands = map(written, expression)
    return f"{name}({operands[0]})" if len(operands) == 1 else f"({operands[0]} {name} {operands[1]})"


@check(points=1)
def evaluate(student, draw):
    """evaluate: the value of an expression."""
    point = {"x": float(draw("", "positive")), "y": float(draw("", "positive"))}
    products = ("-", ("*", "x", "y"), ("/", 3, ("+", "x", 0.5)))
    functions = ("+", ("exp", ("sin", "x")), ("**", ("cos", ("log", "y")), 3))
    for expression in (products, functions, "x", 2.5):
        assert_close(student.evaluate(expression, point), number(expression, point), name=written(expression))


@check(points="0.5")
def symbolic_sum(student, draw):
    """differentiate: numbers, names, sums and differences."""
    assert_symbolic(student, 3, "x", ("+", "x", "y"), ("-", "x", "y"), ("-", 1, ("-", "y", "x")))


@check(points="0.5")
def symbolic_product(student, draw):
    """differentiate: products."""
    assert_symbolic(student, ("*", 3, "x"), ("*", "x", "y"), ("*", ("*", "x", "x"), ("+", "x", "y")))


@check(points="0.5")
def symbolic_quotient(student, draw):
    """differentiate: quotients."""
    assert_symbolic(student, ("/", "x", "y"), ("/", ("*", "x", "y"), ("+", "x", "y")))


@check(points="0.5")
def symbolic_power(student, draw):
    """differentiate: powers."""
    assert_symbolic(student, ("**", "x", 3), ("**", "y", -2), ("**", ("+", ("*", "x", "y"), 1), 0.5))


@check(points=1)
def symbolic_functions(student, draw):
    """differentiate: exp, log, sin and cos, of an expression."""
    inside = ("+", ("*", "x", "y"), 0.5)
    assert_symbolic(student, *((function, inside) for function in ("exp", "log", "sin", "cos")))


@check(points=1, needs=[symbolic_product, symbolic_quotient, symbolic_functions], visibility="hidden")
def symbolic_twice(student, draw):
    """differentiate: the derivative of a derivative."""
    point = {"x": float(draw("", "positive")), "y": float(draw("", "positive"))}
    expression = ("/", ("sin", ("*", "x", "y")), ("+", 1, ("exp", ("*", "x", "x"))))
    for name in ("x", "y"):
        got = number_of(student.differentiate(student.differentiate(expression, "x"), name), point)
        first = grad(lambda x, y: number(expression, {"x": x, "y": y}))
        right = grad(first, 0 if name == "x" else 1)(point["x"], point["y"])
        assert_close(got, float(right), name=f"the derivative by x and {name}")


def assert_short(got, size, name):
    """The expression has no more than `size` numbers, names and operations."""
    assert_close(max(size_of(got), size), size, name=f"the count of numbers, names and operations in {name}")


NEEDLESS = {  # in x and y, and how many numbers, names and operations are left
    ("+", 0, "x"): 1,
    ("+", "x", 0): 1,
    ("-", "x", 0): 1,
    ("*", 1, "x"): 1,
    ("*", "x", 1): 1,
    ("*", 0, ("exp", "x")): 1,
    ("*", ("exp", "x"), 0): 1,
    ("/", "x", 1): 1,
    ("/", 0, "x"): 1,
    ("**", "x", 1): 1,
    ("**", "x", 0): 1,
    ("+", 2, ("*", 3, 4)): 1,
    ("*", ("-", 3, 2), ("+", "x", ("*", "y", 0))): 1,
    ("-", "y", "x"): 3,
    ("-", 0, "x"): 3,
    ("/", 1, "x"): 3,
}


@check(points=1)
def simplify(student, draw):
    """simplify: what is needless goes, and the value stays."""
    point = {"x": 0.7, "y": 1.3}
    for expression, size in NEEDLESS.items():
        got = student.simplify(expression)
        assert_close(number_of(got, point), float(number(expression, point)), name=written(expression))
        assert_short(got, size, f"{written(expression)} simplified")


@check(points="0.5", needs=[simplify], visibility="hidden")
def symbolic_short(student, draw):
    """differentiate: derivatives are simplified."""
    sizes = {("+", ("*", 3, "x"), 5): 1, ("*", "y", ("exp", "y")): 1, ("**", "x", 2): 3, ("sin", "x"): 2}
    for expression, size in sizes.items():
        got = student.differentiate(expression, "x")
        right = derivative(expression, "x", {"x": 0.7, "y": 1.3})
        assert_close(
            number_of(got, {"x": 0.7, "y": 1.3}), float(right), name=f"the derivative of {written(expression)}"
        )
        assert_short(got, size, f"the derivative of {written(expression)}")


# --------------------------------------------------------------------------------------------------- operations


def assert_value(student, text, at):
    """The value of an expression."""
    source = of_names(text, at)
    assert_close(student.value(source, list(at.values())), build(source)(*at.values()), name=text)


def assert_backward(student, text, at, by):
    """The gradient by one input, for any gradient by the result."""
    source, index = of_names(text, at), list(at).index(by)

    def backward(*point):
        *args, g = point
        return student.backward(source, args, g, index)

    assert_gradient(backward, of=build(source), at=at, wrt=by, upstream=True)


def pair(draw):
    return {"a": both_signs(draw, "N D"), "b": both_signs(draw, "N D")}


@check(points="0.5")
def arithmetic(student, draw):
    """a + b, a * b, a / b, a ** 3, with arrays and numbers: values."""
    at = pair(draw)
    for text in ("a + b", "a * b", "a / b", "a ** 3", "2 - a", "3 / b", "a * 2 - 1"):
        assert_value(student, text, at)


@check(points="0.5")
def add(student, draw):
    """a + b: both gradients."""
    at = pair(draw)
    for by in at:
        assert_backward(student, "a + b", at, by)


@check(points="0.5")
def multiply_left(student, draw):
    """a * b: the gradient by a."""
    assert_backward(student, "a * b", pair(draw), "a")


@check(points="0.5")
def multiply_right(student, draw):
    """a * b: the gradient by b."""
    assert_backward(student, "a * b", pair(draw), "b")


@check(points="0.5")
def divide_left(student, draw):
    """a / b: the gradient by a."""
    assert_backward(student, "a / b", pair(draw), "a")


@check(points="0.5")
def divide_right(student, draw):
    """a / b: the gradient by b."""
    assert_backward(student, "a / b", pair(draw), "b")


@check(points="0.5")
def power(student, draw):
    """a ** 3, a ** -2 and a ** 0.5: the gradient."""
    a = both_signs(draw, "N D")
    assert_backward(student, "a ** 3", {"a": a}, "a")
    assert_backward(student, "a ** -2", {"a": a}, "a")
    assert_backward(student, "a ** 0.5", {"a": np.abs(a)}, "a")


def assert_function(student, text, a):
    """Value and gradient of a function of every entry."""
    assert_value(student, text, {"a": a})
    assert_backward(student, text, {"a": a}, "a")


@check(points="0.5")
def exp(student, draw):
    """exp: value and gradient."""
    assert_function(student, "exp(a)", both_signs(draw, "N D"))


@check(points="0.5")
def log(student, draw):
    """log: value and gradient."""
    assert_function(student, "log(a)", draw("N D", "positive"))


@check(points="0.5")
def sin_cos(student, draw):
    """sin and cos: values and gradients."""
    for text in ("sin(a)", "cos(a)"):
        assert_function(student, text, both_signs(draw, "N D"))


@check(points="0.5")
def tanh(student, draw):
    """tanh: value and gradient."""
    assert_function(student, "tanh(a)", both_signs(draw, "N D"))


@check(points="0.5")
def relu(student, draw):
    """relu: value and gradient, on both sides of zero."""
    assert_function(student, "relu(a)", both_signs(draw, "N D"))


@check(points="0.5")
def matmul_values(student, draw):
    """A @ B, A @ x, x @ A and x @ y: values."""
    at = {"A": draw("N D"), "B": draw("D H"), "x": draw("D"), "y": draw("N"), "z": draw("D")}
    for text in ("A @ B", "A @ x", "y @ A", "x @ z"):
        assert_value(student, text, at)


@check(points="0.5")
def matmul_left(student, draw):
    """A @ B: the gradient by A."""
    assert_backward(student, "A @ B", {"A": draw("N D"), "B": draw("D H")}, "A")


@check(points="0.5")
def matmul_right(student, draw):
    """A @ B: the gradient by B."""
    assert_backward(student, "A @ B", {"A": draw("N D"), "B": draw("D H")}, "B")


@check(points=1, needs=[matmul_left, matmul_right])
def matmul_vectors(student, draw):
    """A @ x, x @ A and x @ y: the gradients by all operands."""
    A, x, y, z = draw("N D"), draw("D"), draw("N"), draw("D")
    for text, at in (("A @ x", {"A": A, "x": x}), ("y @ A", {"y": y, "A": A}), ("x @ z", {"x": x, "z": z})):
        for by in at:
            assert_backward(student, text, at, by)


@check(points="0.5")
def sum_all(student, draw):
    """a.sum(): value and gradient."""
    assert_function(student, "a.sum()", draw("N D"))


@check(points=1)
def sum_axis(student, draw):
    """a.sum over one axis, or several, with and without keepdims: values and gradients."""
    a = draw("N D H")
    for text in ("a.sum(axis=1)", "a.sum(axis=-1)", "a.sum(axis=(0, 2))", "a.sum(axis=0, keepdims=True)"):
        assert_function(student, text, a)


@check(points="0.5")
def reshape_transpose(student, draw):
    """a.reshape and a.T: values and gradients."""
    n, d = draw.size("N"), draw.size("D")
    assert_function(student, f"a.reshape({d}, {n})", draw("N D"))
    assert_function(student, "a.T", draw("N D"))
    assert_function(student, "a.T", draw("N D H"))


@check(points="0.5")
def index(student, draw):
    """a[key], for rows, columns and slices: values and gradients."""
    for text in ("a[1]", "a[:, 0]", "a[1:, -1]", "a[::2]"):
        assert_function(student, text, draw("N D"))


@check(points="0.5", needs=[index], visibility="hidden")
def index_repeated(student, draw):
    """a[[0, 2, 0]]: one row is taken twice."""
    assert_function(student, "a[[0, 2, 0]]", draw("N D"))


@check(points=1, needs=[add, multiply_left])
def broadcast_rows(student, draw):
    """Broadcasting: a vector to every row."""
    at = {"a": both_signs(draw, "N D"), "b": both_signs(draw, "D")}
    for text in ("a + b", "b * a", "a / b"):
        assert_value(student, text, at)
        assert_backward(student, text, at, "a")
        assert_backward(student, text, at, "b")


@check(points=1, needs=[add, multiply_left])
def broadcast_ones(student, draw):
    """Broadcasting: axes of length 1."""
    at = {"a": both_signs(draw, "N D"), "c": both_signs(draw, "N").reshape(-1, 1)}
    at["r"] = both_signs(draw, "D").reshape(1, -1)
    for text in ("a + c", "a * c", "c * r", "r / c"):
        assert_value(student, text, at)
        used = {name: x for name, x in at.items() if name in text}
        for by in used:
            assert_backward(student, text, used, by)


@check(points="0.5", needs=[add, multiply_left], visibility="hidden")
def broadcast_scalar(student, draw):
    """Broadcasting: a Tensor of shape ()."""
    at = {"a": both_signs(draw, "N D"), "s": np.array(draw("", "positive"))}
    for text in ("a + s", "s * a", "a / s"):
        assert_backward(student, text, at, "s")


# --------------------------------------------------------------------------------------------- the object's way


@check(points=1, needs=[add, multiply_left])
def diamond(student, draw):
    """a * a + a: an input is used several times."""
    at = pair(draw)
    assert_backward(student, "a * a + a", at, "a")
    assert_backward(student, "a * b + exp(a)", at, "a")


ORDER = """def f(a, b):
    m = a * b
    n = m + b
    return {product}
"""


@check(points=1, needs=[diamond])
def order(student, draw):
    """m = a * b; n = m + b; n * m: a Tensor waits for all that comes from above."""
    at = pair(draw)
    for product in ("n * m", "m * n"):
        text = ORDER.format(product=product)

        def backward(a, b, g, text=text):
            return student.backward(text, [a, b], g, 0)

        assert_gradient(backward, of=build(text), at=at, wrt="a", upstream=True)


LADDER = """def f(x, p):
    for _ in range(30):
        x = x * p + x
    return x.sum()
"""
CHAIN = """def f(x, p):
    for _ in range(1500):
        x = x * p + 0.25
    return x.sum()
"""


@check(points=1, needs=[order], visibility="hidden", seconds=1)
def ladder(student, draw):
    """A billion paths lead through 30 diamonds, and each Tensor is visited once."""
    x, p = draw("D"), draw("D", "positive")
    assert_close(student.backward(LADDER, [x, p], None, 0), (p + 1) ** 30, name="the gradient", rtol=RTOL)


@check(points="0.5", needs=[order], visibility="hidden")
def deep_chain(student, draw):
    """A chain of 3,000 operations."""
    x, p = draw("D"), np.full(draw.size("D"), 0.999)
    assert_close(student.backward(CHAIN, [x, p], None, 0), p**1500, name="the gradient")


@check(points="0.5")
def backward_needs_gradient(student, draw):
    """backward() of an array without a gradient raises ValueError."""
    a = draw("N D")
    assert_close(student.backward("lambda a: sin(a).sum()", [a], None, 0), np.cos(a), name="the gradient")
    assert_raises(ValueError, student.backward, "lambda a: sin(a)", [a], None, 0)


BATCH = "lambda w, x: sin(x @ w).sum()"


def batches_of(draw):
    return [draw("N D"), draw("H D"), draw("N D")]


@check(points=1, needs=[matmul_vectors])
def accumulate(student, draw):
    """Gradients of several batches add up."""
    w, batches = draw("D"), batches_of(draw)
    right = sum(x.T @ np.cos(x @ w) for x in batches)
    assert_close(student.collected(BATCH, w, batches, False), right, name="w.grad after three batches")


@check(points="0.5", needs=[accumulate])
def zero_grad(student, draw):
    """zero_grad forgets the gradients of earlier batches."""
    w, batches = draw("D"), batches_of(draw)
    right = batches[-1].T @ np.cos(batches[-1] @ w)
    assert_close(student.collected(BATCH, w, batches, True), right, name="w.grad after three batches")


@check(points="0.5", needs=[multiply_left])
def requires_grad(student, draw):
    """A Tensor that wants no gradient gets none."""
    a, b = draw("N D"), draw("N D")
    none, slope = student.constant_grad("lambda a, b: (sin(a) * b).sum()", [a, b])
    assert_that(none, "a Tensor that wants no gradient has one after backward")
    assert_close(slope, np.cos(a) * b, name="the gradient of the other")


@check(points="0.5", needs=[diamond])
def detach(student, draw):
    """detach: what is detached is a constant."""
    a = both_signs(draw, "N D")
    got = student.backward("lambda a: ((a * a).detach() * a + tanh(a.detach()) * a).sum()", [a], None, 0)
    assert_close(got, a * a + np.tanh(a), name="the gradient of detach(a * a) * a + tanh(detach(a)) * a")


WITHIN = """def f(a):
    with no_grad():
        b = exp(a)
    return (b * a).sum()
"""
NESTED = """def f(a):
    with no_grad():
        with no_grad():
            b = exp(a)
        c = sin(a)
    return ((b + c) * a).sum()
"""
STOPPED = """def f(a):
    try:
        with no_grad():
            a.no_such_thing
    except AttributeError:
        return sin(a).sum()
"""


@check(points=1, needs=[diamond])
def no_grad(student, draw):
    """no_grad: what is computed within is a constant, and what comes after is not."""
    a = both_signs(draw, "N D")
    assert_close(student.backward(WITHIN, [a], None, 0), np.exp(a), name="the gradient")
    assert_close(
        student.wants_grad_in_no_grad("lambda a: a * a + 1", a),
        False,
        name="requires_grad of what is computed in no_grad",
    )


@check(points="0.5", needs=[no_grad], visibility="hidden")
def no_grad_nested(student, draw):
    """no_grad: nested, and left by an exception."""
    a = both_signs(draw, "N D")
    assert_close(
        student.backward(NESTED, [a], None, 0), np.exp(a) + np.sin(a), name="the gradient with no_grad in no_grad"
    )
    assert_close(student.backward(STOPPED, [a], None, 0), np.cos(a), name="the gradient after an exception in no_grad")


# ------------------------------------------------------------------------------------------------ functional way

NETWORK = "lambda W, b, x: ((x @ W + b) * tanh(x @ W + b)).sum()"


def assert_grad(student, text, at, argnum=0):
    """The gradient by one argument."""
    names = list(at)

    def gradient(*point):
        return student.gradient(text, list(point), argnum)

    assert_gradient(gradient, of=build(text), at=at, wrt=names[argnum])


@check(points=1)
def grad_first(student, draw):
    """grad(f): the gradient by the first argument."""
    assert_grad(student, NETWORK, {"W": draw("D H"), "b": draw("H"), "x": draw("N D")})


@check(points="0.5", needs=[grad_first])
def grad_argnum(student, draw):
    """grad(f, argnum): the gradient by another argument."""
    at = {"W": draw("D H"), "b": draw("H"), "x": draw("N D")}
    assert_grad(student, NETWORK, at, 2)
    assert_grad(student, NETWORK, at, 1)


@check(points="0.5", needs=[grad_first])
def grad_of_array(student, draw):
    """grad of a function whose result is no single number raises ValueError."""
    x = draw("N D")
    assert_close(student.gradient("lambda x: sin(x).sum()", [x]), np.cos(x), name="the gradient of sin(x).sum()")
    assert_raises(ValueError, student.gradient, "lambda x: sin(x)", [x])


@check(points="0.5", needs=[grad_first])
def grad_unused(student, draw):
    """grad by an argument that the result does not depend on is zero, in its shape."""
    x, y = draw("N D"), draw("H")
    zeros = np.zeros(y.shape)
    assert_close(student.gradient("lambda x, y: sin(x).sum()", [x, y], 1), zeros, name="the gradient by y")
    assert_close(student.gradient("lambda x: 3.0", [x]), np.zeros(x.shape), name="the gradient of a constant")
    assert_close(student.gradient("lambda x, y: sin(x).sum()", [x, y]), np.cos(x), name="the gradient by x")


NESTING = """def f(p, x):
    (first, second), scale = p["layers"], p["scale"]
    h = tanh(x @ first["W"] + first["b"]) * scale[0]
    y = h @ second["W"]
    return sin(y).sum() + sin(scale[1]).sum()
"""


@check(points=1, needs=[grad_first])
def grad_nested(student, draw):
    """grad by dicts, lists and tuples in one another."""
    layers = [{"W": draw("D H"), "b": draw("H")}, {"W": draw("H D")}]
    p, x = {"layers": layers, "scale": (draw("H"), draw("N"))}, draw("N D")
    right, got = grad(build(NESTING))(p, x), student.gradient(NESTING, [p, x])
    stay = type(got["layers"]) is list and type(got["scale"]) is tuple
    assert_that(stay, "lists do not come back as lists, or tuples not as tuples")
    assert_close(flat(got), flat(right))


def flat(p):
    """The arrays by name."""
    (first, second), (one, other) = p["layers"], p["scale"]
    leaves = {"first W": first["W"], "first b": first["b"], "second W": second["W"]}
    return leaves | {"first scale": one, "second scale": other}


LOOP = """def f(x, n):
    y = x
    for k in range(n):
        y = sin(y) * x + k
    return y.sum()
"""
BRANCH = """def f(x):
    if x.sum() > 0:
        return (x * x * x).sum()
    return exp(x).sum()
"""
WHILE = """def f(x):
    y = x * x
    while y.sum() < 100:
        y = y * 2 + x
    return (y * y).sum()
"""
RECURSION = """def f(x, n):
    def power(k):
        return x if k == 1 else power(k - 1) * sin(x)
    return power(n).sum()
"""


@check(points=1, needs=[grad_first])
def control_flow(student, draw):
    """grad through loops, branches and recursion."""
    x = both_signs(draw, "D")
    for text, at in ((LOOP, [x, 3]), (RECURSION, [x, 4]), (BRANCH, [np.abs(x)]), (BRANCH, [-np.abs(x)]), (WHILE, [x])):
        name = text.split("(x")[0].removeprefix("def ") + " = " + text
        assert_close(student.gradient(text, at), grad(build(text))(*at), name=f"the gradient of\n{name}", rtol=RTOL)


@check(points=1, needs=[grad_first], visibility="hidden", seconds=20)
def grad_is_reverse_mode(student, draw):
    """grad costs a few evaluations, however many inputs there are."""
    text = "lambda x, W: tanh(x.reshape(len(x) // 8, 8) @ W).sum() + (exp(x) * sin(x)).sum()"

    def at(n):
        return draw.rng.uniform(-1, 1, n), text, draw.rng.standard_normal((8, 3))

    assert_cost(student.gradient_at, of=lambda x, text, W: build(text)(x, W), at=at)


SECOND = {
    "arithmetic": "(a * a / (b * a + 3) - 2 / (a * a + 1)).sum()",
    "powers": "((a * a + 1) ** -1.5 * (a + 3) ** 3).sum()",
    "functions": "(exp(a) * sin(a) + cos(a * a) + log(a * a + 1) * tanh(a) + relu(a) ** 3).sum()",
    "products": "((a @ b.T) ** 3).sum() + ((a.T @ a)[0] ** 2).sum()",
    "shapes": "(a.sum(axis=0) ** 3).sum() + (a[1:] ** 3).sum() + (a.sum(axis=1, keepdims=True) * a * b).sum()",
    "broadcasting": "((a + (a * a)[0]) ** 2 * a[0]).sum()",
}


def assert_second(student, kind, draw):
    """The derivative of the derivative, along a direction."""
    text = SECOND[kind]
    a, b, v = both_signs(draw, "N D") / 2, both_signs(draw, "N D") / 2, draw("N D")
    inner = of_names(text, ["a", "b"])
    asked = f"lambda a, b, v: (grad({inner})(a, b) * v).sum()"
    right = hvp(build(inner), (a, b), (v, np.zeros(b.shape)))
    assert_close(student.gradient(asked, [a, b, v]), right, name=f"the Hessian of {text} times v", rtol=RTOL)


@check(points="0.5", needs=[grad_first])
def second_arithmetic(student, draw):
    """Second derivatives: arithmetic and powers."""
    assert_second(student, "arithmetic", draw)
    assert_second(student, "powers", draw)


@check(points="0.5", needs=[grad_first])
def second_functions(student, draw):
    """Second derivatives: exp, log, sin, cos, tanh, relu."""
    assert_second(student, "functions", draw)


@check(points="0.5", needs=[grad_first])
def second_arrays(student, draw):
    """Second derivatives: products of matrices, sums, indices, broadcasting."""
    for kind in ("products", "shapes", "broadcasting"):
        assert_second(student, kind, draw)


@check(points="0.5", needs=[second_arithmetic], visibility="hidden")
def higher_order(student, draw):
    """Derivatives of order 1 to 5 of a function of one number."""
    text, x = "lambda x: exp(sin(x)) * x ** 5 / (1 + x * x)", float(draw("", "positive"))
    f = build(text)
    for n in range(1, 6):
        f = grad(f)
        assert_close(student.repeated(text, x, n), float(f(x)), name=f"the derivative of order {n}", rtol=1e-8)


@check(points="0.5", needs=[second_arithmetic], visibility="hidden")
def perturbations(student, draw):
    """Nested derivatives by different variables are kept apart."""
    x = float(draw("", "positive"))
    for text in (
        "lambda x: x * grad(lambda y: x + y)(1.0)",
        "lambda x: sin(x) * grad(lambda y: x * y * y)(x)",
        "lambda x: grad(lambda y: y * y * grad(lambda z: x * y * z * z)(y))(exp(x))",
    ):
        assert_close(student.gradient(text, [x]), float(grad(build(text))(x)), name=f"the derivative of {text}")


PRODUCT = "lambda x, W: tanh(x @ W) * exp(x).sum(axis=1, keepdims=True)"


@check(points=1)
def vjp_gradients(student, draw):
    """vjp: the value, and the gradients by all arguments."""
    x, W, g = draw("N D"), draw("D H"), draw("N H")
    right, pull = vjp(build(PRODUCT), x, W)
    got, gradients = student.pulled(PRODUCT, [x, W], g)
    assert_close(got, right, name="the value")
    for by, index in (("x", 0), ("W", 1)):

        def asked(x, W, g, index=index):
            return student.pulled(PRODUCT, [x, W], g)[1][index]

        assert_gradient(asked, of=build(PRODUCT), at={"x": x, "W": W}, wrt=by)
    assert_close(gradients, dict(zip(("by x", "by W"), pull(g), strict=True)))


@check(points="0.5", needs=[vjp_gradients], visibility="hidden")
def vjp_again(student, draw):
    """vjp: the pull of one value may be called twice."""
    x, W, one, other = draw("N D"), draw("D H"), draw("N H"), draw("N H")
    _, pull = vjp(build(PRODUCT), x, W)
    got = student.pulled_twice(PRODUCT, [x, W], one, other)
    assert_close(got, {"the first gradient by x": pull(one)[0], "the second": pull(other)[0]}, rtol=RTOL)


@check(points=1)
def jvp_tangents(student, draw):
    """jvp: the value, and the tangent along all arguments at once."""
    args, tangents = (draw("N D"), draw("D H")), (draw("N D"), draw("D H"))
    right = jvp(build(PRODUCT), args, tangents)
    got = student.pushed(PRODUCT, list(args), list(tangents))
    assert_close(got, {"the value": right[0], "the tangent": right[1]})


def along(x, text, v):
    """v times the gradient of (sum of sin x)^2."""
    return 2 * np.sin(x).sum() * np.cos(x) @ v


def with_direction(draw, text):
    return lambda n: (draw.rng.uniform(-1, 1, n), text, draw.rng.standard_normal(n))


@check(points="0.5", needs=[jvp_tangents], visibility="hidden", seconds=20)
def jvp_is_one_pass(student, draw):
    """jvp costs a few evaluations, however many inputs and outputs there are."""
    assert_cost(student.pushed_at, of=along, at=with_direction(draw, "lambda x: 2 * sin(x).sum() * cos(x)"))


JACOBIAN = "lambda x: (x @ x.T)[0] * exp(x).sum(axis=1) + x.sum()"


@check(points=1)
def jacrev(student, draw):
    """jacrev: every entry of the Jacobian, denominator first."""

    def jacobian(x):
        return student.jacrev_at(x, JACOBIAN)

    assert_jacobian(jacobian, of=build(JACOBIAN), at={"x": draw("N D")})


@check(points=1)
def jacfwd(student, draw):
    """jacfwd: every entry of the Jacobian, denominator first."""

    def jacobian(x):
        return student.jacfwd_at(x, JACOBIAN)

    assert_jacobian(jacobian, of=build(JACOBIAN), at={"x": draw("N D")})


@check(points="0.5", needs=[jacrev], visibility="hidden", seconds=20)
def jacrev_goes_backward(student, draw):
    """jacrev costs a pass per entry of the result: one result and many inputs are cheap."""
    text = "lambda x: (exp(x) * sin(x)).sum() + (x[1:] * x[:-1]).sum()"
    assert_cost(student.jacrev_at, of=lambda x, text: build(text)(x), at=lambda n: (draw.rng.uniform(-1, 1, n), text))


@check(points="0.5", needs=[jacfwd], visibility="hidden", seconds=20)
def jacfwd_goes_forward(student, draw):
    """jacfwd costs a pass per input: one input and many results are cheap."""
    text = "lambda x: lambda t: sin(t) * cos(x)"

    def at(n):
        return draw.rng.uniform(-1, 1, n), text, np.array(0.5)

    assert_cost(student.jacfwd_of_line, of=lambda x, text, t: np.cos(t) * np.sin(x).sum(), at=at)


CURVED = "lambda x: (tanh(x) * x[0]).sum() + exp(x.sum() / 4) + (x * x).sum(axis=0)[0]"


@check(points=1, needs=[grad_first, jacrev])
def hessian_entries(student, draw):
    """hessian: all second derivatives of a function of a matrix."""
    x = draw("N D", "uniform")
    right = hessian(build(CURVED))(x)
    assert_close(student.hessian_at(x, CURVED), right, name="the Hessian", rtol=RTOL)


@check(points=1, needs=[grad_first])
def hvp_product(student, draw):
    """hvp: the Hessian of a function of a matrix times a direction."""
    x, v = draw("N D", "uniform"), draw("N D")
    assert_close(student.hvp_at(x, CURVED, v), hvp(build(CURVED), (x,), (v,)), name="the Hessian times v", rtol=RTOL)


@check(points=1, needs=[hvp_product], visibility="hidden", seconds=20)
def hvp_without_hessian(student, draw):
    """hvp costs a few evaluations, however many inputs there are."""
    assert_cost(student.hvp_at, of=along, at=with_direction(draw, "lambda x: sin(x).sum() * sin(x).sum()"))


# -------------------------------------------------------------------------------------------------------- costs

LECTURE = [10, 100, 100, 784, 784]


def some_sizes(draw):
    """The lecture's layers both ways, and others."""
    yield LECTURE
    yield LECTURE[::-1]
    for count in (2, 3, 6):
        yield [int(n) for n in draw.rng.integers(2, 60, count)]


def assert_count(draw, function, name):
    """The count for some chains."""
    for sizes in some_sizes(draw):
        right = getattr(chain_cost(sizes), name)
        assert_close(function(sizes), right, name=f"the number for the sizes {sizes}")


@check(points="0.5")
def forward_cost(student, draw):
    """forward_cost: multiplications in forward order."""
    assert_count(draw, student.forward_cost, "forward")


@check(points="0.5")
def reverse_cost(student, draw):
    """reverse_cost: multiplications in reverse order."""
    assert_count(draw, student.reverse_cost, "reverse")


@check(points=1)
def optimal_cost(student, draw):
    """optimal_cost: the fewest multiplications of all orders."""
    assert_count(draw, student.optimal_cost, "optimal")


@check(points="0.5", needs=[optimal_cost], visibility="hidden", seconds=1)
def optimal_cost_deep(student, draw):
    """optimal_cost: 40 layers, whose orders nobody can try one by one."""
    sizes = [int(n) for n in draw.rng.integers(2, 60, 41)]
    assert_close(student.optimal_cost(sizes), chain_cost(sizes).optimal, name="the number for 40 layers")


@check(points="0.5")
def forward_memory(student, draw):
    """forward_memory: the numbers that forward mode keeps."""
    assert_count(draw, student.forward_memory, "forward_memory")


@check(points="0.5")
def reverse_memory(student, draw):
    """reverse_memory: the numbers that reverse mode keeps."""
    assert_count(draw, student.reverse_memory, "reverse_memory")
