"""Scalar automatic differentiation: the operations of Value, its graph, dual numbers, and the evaluation trace."""

import numpy as np
from programs import program, random_program, result, run

from grader import assert_close, assert_gradient, check
from reference.autodiff import jvp, vjp
from reference.autodiff.evaluation import trace

POINTS = "6"  # at which a program is run
MOVE = 1.7  # the tangent of an input that moves
RTOL = 1e-9  # two ways to a derivative in float64 differ by less, unless one is wrong


def away_from_zero(draw):
    """Numbers of both signs, between 0.5 and 2 in absolute value."""
    return draw(POINTS, "positive") * draw.rng.permutation([1, 1, 1, -1, -1, -1])


def assert_values(student, text, at, numbers=()):
    """The result of the program has the right data; `numbers` are the names of those inputs that are plain numbers."""
    steps = program(text)
    assert_close(student.values(steps, *split(at, numbers)), result(steps, at), name=text)


def assert_derivative(student, text, at, by, numbers=(), results=1, calls=1):
    """The result of the program has the right gradient by one input, after `calls` of backward on each of `results`."""

    def gradient(steps, inputs, plain):
        return student.gradients(steps, inputs, plain, results, calls)[by]

    assert_right(gradient, text, at, by, numbers, times=results * calls)


def assert_tangent(student, text, at, by, numbers=()):
    """The result of the program has the right tangent where one input moves, by another step than 1."""

    def gradient(steps, inputs, plain):
        moves = {name: np.full(len(x), MOVE if name == by else 0.0) for name, x in inputs.items()}
        return student.tangents(steps, inputs, plain, moves)[1] / MOVE

    assert_right(gradient, text, at, by, numbers)


def assert_right(gradient, text, at, by, numbers, times=1):
    """gradient(steps, inputs, plain) is `times` the derivative at every point; messages call the input "by in text".

    One question tells whether it is. Where it is not, assert_gradient finds out what is wrong, at one of the points.
    """
    steps, names, here = program(text), tuple(at), f"{by} in {text}"

    def of(*point):
        return times * result(steps, dict(zip(names, point, strict=True)))

    def asked(*point):
        columns = {name: np.atleast_1d(x) for name, x in zip(names, point, strict=True)}
        return gradient(steps, *split(columns, numbers))

    _, pull = vjp(lambda x: of(*(at | {by: x}).values()), at[by])
    got, (right,) = asked(*at.values()), pull(np.ones(len(at[by])))
    wrong = np.flatnonzero(~np.isclose(got, right, rtol=RTOL))
    if len(wrong):
        point = {here if name == by else name: x[wrong[0]].item() for name, x in at.items()}
        assert_gradient(lambda *point: asked(*point).item(), of=of, at=point, wrt=here)
    assert_close(got, right, name=f"the gradient by {here}")


def split(at, numbers):
    """The inputs, and the plain numbers."""
    return {k: v for k, v in at.items() if k not in numbers}, {k: v for k, v in at.items() if k in numbers}


def three(draw):
    """Three inputs for a program."""
    return {name: away_from_zero(draw) for name in "abc"}


def with_numbers(draw):
    """An input, a whole number and one that is not."""
    k = draw.rng.integers(3, 6, int(POINTS))
    return {"a": away_from_zero(draw), "k": k, "p": draw(POINTS, "positive")}


# --------------------------------------------------------------------------------------------------- arithmetic


@check(points=1)
def arithmetic(student, draw):
    """a + b, a - b, a * b, a / b: values."""
    at = three(draw)
    for text in ("a + b", "a - b", "a * b", "a / b"):
        assert_values(student, text, at)


@check(points="0.5")
def add_gradient(student, draw):
    """a + b: the gradients by a and by b."""
    at = three(draw)
    assert_derivative(student, "a + b", at, "a")
    assert_derivative(student, "a + b", at, "b")


@check(points="0.5")
def add_numbers(student, draw):
    """a + 2 and 2 + a."""
    assert_numbers(student, "+", with_numbers(draw))


def assert_numbers(student, operation, at):
    """Values and gradients with a plain number on either side."""
    for text in (f"a {operation} k", f"k {operation} a", f"p {operation} a"):
        assert_values(student, text, at, "kp")
        assert_derivative(student, text, at, "a", "kp")


@check(points="0.5")
def sub_left(student, draw):
    """a - b: the gradient by a, also where the result is used again."""
    at = three(draw)
    assert_derivative(student, "a - b", at, "a")
    assert_derivative(student, "c - (a - b)", at, "a")


@check(points="0.5")
def sub_right(student, draw):
    """a - b: the gradient by b, also where the result is used again."""
    at = three(draw)
    assert_derivative(student, "a - b", at, "b")
    assert_derivative(student, "c - (a - b)", at, "b")


@check(points="0.5")
def sub_numbers(student, draw):
    """a - 2 and 2 - a."""
    assert_numbers(student, "-", with_numbers(draw))


@check(points="0.5")
def mul_left(student, draw):
    """a * b: the gradient by a, also where the result is used again."""
    at = three(draw)
    assert_derivative(student, "a * b", at, "a")
    assert_derivative(student, "(a * b) * c", at, "a")


@check(points="0.5")
def mul_right(student, draw):
    """a * b: the gradient by b, also where the result is used again."""
    at = three(draw)
    assert_derivative(student, "a * b", at, "b")
    assert_derivative(student, "c * (a * b)", at, "b")


@check(points="0.5")
def mul_numbers(student, draw):
    """a * 2 and 2 * a."""
    assert_numbers(student, "*", with_numbers(draw))


@check(points="0.5")
def div_left(student, draw):
    """a / b: the gradient by a, also where the result is used again."""
    at = three(draw)
    assert_derivative(student, "a / b", at, "a")
    assert_derivative(student, "(a / b) / c", at, "a")


@check(points="0.5")
def div_right(student, draw):
    """a / b: the gradient by b, also where the result is used again."""
    at = three(draw)
    assert_derivative(student, "a / b", at, "b")
    assert_derivative(student, "(a / b) / c", at, "b")


@check(points="0.5")
def div_numbers(student, draw):
    """a / 2 and 2 / a."""
    assert_numbers(student, "/", with_numbers(draw))


@check(points="0.5")
def neg(student, draw):
    """-a: value and gradient."""
    at = three(draw)
    assert_values(student, "-a", at)
    assert_derivative(student, "-a", at, "a")
    assert_derivative(student, "-(-a)", at, "a")


@check(points="0.5")
def power(student, draw):
    """a ** 3, a ** -3 and a ** 0.5: values, for any number as the exponent."""
    at = with_numbers(draw)
    assert_values(student, "a ** k", at, "kp")
    assert_values(student, "a ** k", at | {"k": -at["k"]}, "kp")
    assert_values(student, "a ** p", at | {"a": np.abs(at["a"])}, "kp")


@check(points="0.5")
def power_gradient(student, draw):
    """a ** 3, a ** -3 and a ** 0.5: the gradient, also where the result is used again."""
    at = with_numbers(draw)
    assert_derivative(student, "a ** k", at, "a", "kp")
    assert_derivative(student, "a ** k", at | {"k": -at["k"]}, "a", "kp")
    assert_derivative(student, "(a ** p) ** k", at | {"a": np.abs(at["a"])}, "a", "kp")


@check(points="0.5")
def power_reflected(student, draw):
    """2 ** a: value and gradient, for any positive number as the base."""
    at = with_numbers(draw)
    assert_values(student, "k ** a", at, "kp")
    assert_derivative(student, "k ** a", at, "a", "kp")
    assert_derivative(student, "p ** (k ** a)", at, "a", "kp")


# ---------------------------------------------------------------------------------------------------- functions


@check(points="0.5")
def relu(student, draw):
    """relu: values."""
    assert_values(student, "relu(a)", three(draw))


@check(points="0.5")
def relu_gradient(student, draw):
    """relu: the gradient on both sides of zero."""
    assert_derivative(student, "relu(a)", three(draw), "a")


@check(points="0.5", needs=[relu_gradient], visibility="hidden")
def relu_at_zero(student, draw):
    """relu at exactly 0: the value is 0, the gradient anything from 0 to 1."""
    assert_derivative(student, "relu(a)", three(draw), "a")  # or who always answers 0 would pass
    steps, at = program("relu(a)"), {"a": np.zeros(1)}
    assert_close(student.values(steps, at, {}), np.zeros(1), name="relu(0)")
    slope = student.gradients(steps, at, {})["a"].item()
    assert_close(slope, slope if 0 <= slope <= 1 else 0.5, name="the gradient of relu at 0")


@check(points="0.5")
def tanh(student, draw):
    """tanh: values."""
    assert_values(student, "tanh(a)", three(draw))


@check(points="0.5")
def tanh_gradient(student, draw):
    """tanh: the gradient, also where the result is used again."""
    assert_function(student, "tanh", three(draw))


def assert_function(student, function, at):
    """The function's derivative, and the function of itself: a chain rule that nothing else has a part in."""
    assert_derivative(student, f"{function}(a)", at, "a")
    assert_derivative(student, f"{function}({function}(a))", at, "a")


@check(points="0.5")
def exp(student, draw):
    """exp: values."""
    assert_values(student, "exp(a)", three(draw))


@check(points="0.5")
def exp_gradient(student, draw):
    """exp: the gradient, also where the result is used again."""
    assert_function(student, "exp", {"a": draw(POINTS, "uniform")})


@check(points="0.5")
def log(student, draw):
    """log: values."""
    assert_values(student, "log(a)", {"a": draw(POINTS, "positive")})


@check(points="0.5")
def log_gradient(student, draw):
    """log: the gradient, also where the result is used again."""
    assert_function(student, "log", {"a": 1 + draw(POINTS, "positive")})


@check(points="0.5")
def sin(student, draw):
    """sin: values."""
    assert_values(student, "sin(a)", three(draw))


@check(points="0.5")
def sin_gradient(student, draw):
    """sin: the gradient, also where the result is used again."""
    assert_function(student, "sin", three(draw))


# -------------------------------------------------------------------------------------------------------- graph


@check(points="0.5", needs=[add_gradient, mul_left, relu_gradient])
def upstream(student, draw):
    """(a + b) * c and relu(a) * c: what comes from above is passed on."""
    at = three(draw)
    assert_derivative(student, "(a + b) * c", at, "a")
    assert_derivative(student, "(a + b) * c", at, "b")
    assert_derivative(student, "relu(a) * c", at, "a")


@check(points=1, needs=[add_gradient, sub_left, mul_left, div_left])
def same_operand(student, draw):
    """a + a, a - a, a * a, a / a: both operands are one value."""
    at = three(draw)
    for text in ("a + a", "a * a"):
        assert_derivative(student, text, at, "a")
    for text in ("a - a", "a / a"):
        slope = student.gradients(program(text), at, {})["a"]
        assert_close(slope, np.zeros_like(at["a"]), name=f"the gradient by a in {text}")


@check(points=1, needs=[add_gradient, mul_left, mul_right])
def diamond(student, draw):
    """a * a + a and a * b + a * c: an input is used several times."""
    at = three(draw)
    for text in ("a * a + a", "a * b + a * c"):
        assert_derivative(student, text, at, "a")


@check(points=1, needs=[diamond])
def order(student, draw):
    """m = a * b; n = m + c; n * m: a value waits for everything that comes from above."""
    at = three(draw)
    for text in ("m = a * b; n = m + c; n * m", "m = a * b; n = m + c; m * n"):
        assert_derivative(student, text, at, "a")


@check(points="0.5", needs=[order])
def intermediate(student, draw):
    """m = a * b; n = m + a; y = n * m: the gradients of m, n and y themselves."""
    at = three(draw)
    steps = program("m = a * b; n = m + a; y = n * m")
    named = run(steps, at)
    expected = {"m": named["n"] + named["m"], "n": named["m"], "y": np.ones_like(named["y"])}
    got = student.adjoints(steps, at)
    assert_close(
        {f"the gradient by {name}": got[name] for name in expected},
        {f"the gradient by {name}": g for name, g in expected.items()},
    )


@check(points=1, needs=[add_gradient, mul_left])
def accumulate(student, draw):
    """Two results of the same inputs: their gradients add up."""
    at = with_numbers(draw) | {"b": away_from_zero(draw)}
    for text in ("a + b", "a - b", "a * b", "a / b", "k - a", "k / a", "a ** k", "relu(a)"):
        assert_derivative(student, text, at, "a", "kp", results=2)


@check(points="0.5", needs=[accumulate, tanh_gradient, exp_gradient, log_gradient, sin_gradient])
def accumulate_functions(student, draw):
    """Two results of the same input: the gradients of tanh, exp, log, sin add up."""
    at = {"a": draw(POINTS, "positive")}
    for function in ("tanh", "exp", "log", "sin"):
        assert_derivative(student, f"{function}(a)", at, "a", results=2)


@check(points="0.5", needs=[accumulate])
def twice(student, draw):
    """backward twice on one result: the gradients of its operands double."""
    at = three(draw)
    for text in ("a * b", "a + b"):
        assert_derivative(student, text, at, "a", calls=2)


@check(points=1, needs=[order], visibility="hidden", seconds=1)
def ladder(student, draw):
    """A billion paths lead through 30 diamonds, and each value is visited once."""
    at = {"x0": away_from_zero(draw), "p": draw(POINTS, "positive")}
    rungs = [f"x{k + 1} = x{k} * p + x{k}" for k in range(30)]
    steps = program("; ".join(rungs))
    slope = student.gradients(steps, *split(at, "p"))["x0"]
    assert_close(slope, (at["p"] + 1) ** 30, name="the gradient after 30 diamonds", rtol=1e-9)


@check(points=1, needs=[order], visibility="hidden", seconds=5)
def deep_chain(student, draw):
    """A chain of 3,000 operations."""
    at = {"x0": np.array([draw("", "positive")]), "p": np.array([0.999]), "q": np.array([draw("")])}
    links = [f"x{k + 1} = x{k} * p; x{k + 1} = x{k + 1} + q" for k in range(1500)]
    steps = program("; ".join(links))
    slope = student.gradients(steps, *split(at, "pq"))["x0"]
    assert_close(slope, at["p"] ** 1500, name="the gradient after 3,000 operations")


@check(points=2, needs=[order, accumulate], visibility="hidden")
def random_graph(student, draw):
    """A random computation: the gradients by all inputs."""
    at = three(draw)
    text = random_program(draw.rng, at, ["relu"])
    steps = program(text)
    _, pull = vjp(lambda *point: result(steps, dict(zip(at, point, strict=True))), *at.values())
    right = pull(np.ones_like(at["a"]))
    assert_close(student.gradients(steps, at, {}), dict(zip(at, right, strict=True)))


# ------------------------------------------------------------------------------------------------- dual numbers


def assert_dual(student, text, at, by, numbers=()):
    """Data and tangents of the program."""
    steps = program(text)
    inputs, plain = split(at, numbers)
    data, _ = student.tangents(steps, inputs, plain, {name: np.zeros(len(at[name])) for name in inputs})
    assert_close(data, result(steps, at), name=text)
    for name in by:
        assert_tangent(student, text, at, name, numbers)


@check(points=1)
def dual_sum(student, draw):
    """Dual numbers: a + b, a - b and -a."""
    at = three(draw)
    for text in ("a + b", "a - b"):
        assert_dual(student, text, at, "ab")
    assert_dual(student, "-a", at, "a")


@check(points="0.5")
def dual_product(student, draw):
    """Dual numbers: a * b."""
    assert_dual(student, "a * b", three(draw), "ab")


@check(points="0.5")
def dual_quotient(student, draw):
    """Dual numbers: a / b."""
    assert_dual(student, "a / b", three(draw), "ab")


@check(points=1, needs=[dual_sum, dual_product, dual_quotient])
def dual_numbers(student, draw):
    """Dual numbers: + - * / with a plain number on either side."""
    at = with_numbers(draw)
    for operation in "+-*/":
        for text in (f"a {operation} k", f"p {operation} a"):
            assert_dual(student, text, at, "a", "kp")


@check(points="0.5")
def dual_power(student, draw):
    """Dual numbers: a ** 3 and 2 ** a."""
    at = with_numbers(draw)
    for text in ("a ** k", "p ** a"):
        assert_dual(student, text, at, "a", "kp")


@check(points=1)
def dual_functions(student, draw):
    """Dual numbers: relu, tanh, exp, log, sin."""
    at = three(draw)
    for function in ("relu", "tanh", "exp", "sin"):
        assert_dual(student, f"{function}(a)", at, "a")
    assert_dual(student, "log(a)", {"a": draw(POINTS, "positive")}, "a")


@check(points=1, needs=[dual_product, dual_quotient, dual_functions], visibility="hidden")
def dual_random(student, draw):
    """Dual numbers: a random computation, along a random direction."""
    at, moves = three(draw), {name: draw(POINTS) for name in "abc"}
    steps = program(random_program(draw.rng, at, ["relu", "tanh", "exp", "sin"]))
    right = jvp(
        lambda *point: result(steps, dict(zip(at, point, strict=True))), tuple(at.values()), tuple(moves.values())
    )
    assert_close(student.tangents(steps, at, {}, moves), dict(zip(("data", "tangent"), right, strict=True)))


# -------------------------------------------------------------------------------------------------------- trace


def lecture(x1, x2):
    return np.log(x1) + x1 * x2 - np.sin(x2)


def assert_reverse_trace(student, x1, x2):
    """All rows of the trace, with adjoints."""
    rows = trace(lecture, x1, x2).rows
    table = np.array(student.reverse_trace.returns("7 2")(x1, x2))
    assert_close(table[:, 0], np.array([row.value for row in rows]), name="the column of values")
    assert_close(table[:, 1], np.array([row.derivative for row in rows]), name="the column of adjoints")


def assert_forward_trace(student, x1, x2):
    """All rows of the trace, with the tangents along both inputs."""
    table = np.array(student.forward_trace.returns("7 3")(x1, x2))
    for which in (0, 1):
        rows = trace(lecture, x1, x2, mode="forward", which=which).rows
        assert_close(table[:, 0], np.array([row.value for row in rows]), name="the column of values")
        tangents = np.array([row.derivative for row in rows])
        assert_close(table[:, 1 + which], tangents, name=f"the column of tangents along x{which + 1}")


@check(points=1)
def reverse_trace(student, draw):
    """The trace with adjoints, at (2, 5)."""
    assert_reverse_trace(student, 2.0, 5.0)


@check(points=1)
def forward_trace(student, draw):
    """The trace with tangents, at (2, 5)."""
    assert_forward_trace(student, 2.0, 5.0)


@check(points=1, needs=[reverse_trace], visibility="hidden")
def reverse_trace_elsewhere(student, draw):
    """The trace with adjoints, at another point."""
    assert_reverse_trace(student, draw("", "positive"), draw(""))


@check(points=1, needs=[forward_trace], visibility="hidden")
def forward_trace_elsewhere(student, draw):
    """The trace with tangents, at another point."""
    assert_forward_trace(student, draw("", "positive"), draw(""))
