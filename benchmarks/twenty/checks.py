"""From the sigmoid to a network: fifteen checks of one point each, on inputs that are always the same."""

from typing import Any

import numpy as np

from grader import assert_close, assert_shape, check


def two_moons(n: int, seed: int) -> Any:
    """As it is given to students."""
    rng = np.random.default_rng(seed)
    t = np.pi * rng.random(n // 2)
    a = np.c_[np.cos(t), np.sin(t)]
    b = np.c_[1 - np.cos(t), 0.5 - np.sin(t)]
    X = np.r_[a, b] + 0.1 * rng.normal(size=(2 * (n // 2), 2))
    return X, np.r_[np.zeros(n // 2), np.ones(n // 2)]


def network(seed: int) -> list[Any]:
    """Parameters of a network 2-4-1."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in [(2, 4), (4,), (4, 1), (1,)]]


def central_differences(f: Any, x: Any, eps: float = 1e-6) -> Any:
    """The gradient of the scalar f at x, as the notebooks' own num_grad estimates it."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        gradient[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


def assert_near(gradient: Any, f: Any, x: Any) -> None:
    """The gradient of f at x is right to 1e-5 of its largest entry, and of the right shape."""
    assert_close(gradient, central_differences(f, x), rtol=1e-5)


def logits(X: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    """Of the network."""
    return (np.tanh(X @ W1 + b1) @ W2 + b2)[:, 0]


@check(points=1)
def q1_values(student: Any, draw: Any) -> None:
    """The values of sigmoid are right."""
    x = np.array([-2.0, 0.0, 3.0])
    assert_close(student.sigmoid(x), (1 + np.tanh(x / 2)) / 2)


@check(points=1, visibility="hidden")
def q1_stable(student: Any, draw: Any) -> None:
    """Nothing overflows in sigmoid."""
    assert_close(student.sigmoid.with_(raise_warnings=True)(np.array([-1000.0, 1000.0])), [0.0, 1.0])


@check(points=1)
def q2_values(student: Any, draw: Any) -> None:
    """sigmoid_grad has the right values."""
    x = np.linspace(-4, 4, 11)
    assert_close(student.sigmoid_grad(x), 0.25 / np.cosh(x / 2) ** 2)


@check(points=1)
def q3_values(student: Any, draw: Any) -> None:
    """The values of softmax are right."""
    third = 1 / 3
    X = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    assert_close(student.softmax(X), [[0.09003057317, 0.24472847106, 0.66524095577], [third, third, third]])


@check(points=1, visibility="hidden")
def q3_stable(student: Any, draw: Any) -> None:
    """Nothing overflows in softmax."""
    X = np.array([[1000.0, 1001.0], [-1000.0, 0.0]])
    assert_close(student.softmax.with_(raise_warnings=True)(X), [[0.26894142137, 0.73105857863], [0.0, 1.0]])


@check(points=1)
def q4_values(student: Any, draw: Any) -> None:
    """The values of softplus are right, also where exp overflows."""
    x = np.array([-1.0, 0.0, 1.0, 800.0])
    assert_close(student.softplus(x), [0.31326168752, 0.69314718056, 1.31326168752, 800.0], rtol=1e-10)


@check(points=1, visibility="hidden")
def q4_grad(student: Any, draw: Any) -> None:
    """softplus_grad is the derivative of the softplus."""
    x = np.linspace(-3, 3, 7)
    assert_near(student.softplus_grad(x), lambda x: np.sum(np.log1p(np.exp(x))), x)


@check(points=1)
def q5_symmetric(student: Any, draw: Any) -> None:
    """quad_grad is right for a symmetric matrix."""
    A = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert_close(student.quad_grad(A, np.array([1.0, -1.0]), np.array([0.5, 0.0])), [2.5, -4.0])


@check(points=1, visibility="hidden")
def q5_general(student: Any, draw: Any) -> None:
    """quad_grad is right for any matrix."""
    rng = np.random.default_rng(1)
    A, x, z = rng.normal(size=(6, 6)), rng.normal(size=6), rng.normal(size=6)
    assert_near(student.quad_grad(A, x, z), lambda x: x @ (A @ x + z), x)


@check(points=1)
def q6_loss(student: Any, draw: Any) -> None:
    """The loss of linreg is the mean squared error."""
    X, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 2.0, 4.0])
    assert_close(student.linreg(X, y, np.array([1.0, 1.0]))[0], 1 / 3)


@check(points=1, visibility="hidden")
def q6_grad(student: Any, draw: Any) -> None:
    """The gradient of linreg is right."""
    rng = np.random.default_rng(2)
    X, y, w = rng.normal(size=(30, 5)), rng.normal(size=30), rng.normal(size=5)
    assert_near(student.linreg(X, y, w)[1], lambda w: np.mean((X @ w - y) ** 2), w)


@check(points=1)
def q7_forward(student: Any, draw: Any) -> None:
    """mlp_forward computes the logits."""
    params, X = network(3), np.random.default_rng(5).normal(size=(5, 2))
    assert_close(student.mlp_forward(params, X), logits(X, *params))


@check(points=1, visibility="hidden")
def q7_backward(student: Any, draw: Any) -> None:
    """mlp_loss_grad returns the loss and the four gradients."""
    params = network(4)
    X, y = np.random.default_rng(6).normal(size=(7, 2)), np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0])

    def loss(*params: Any) -> Any:
        z = logits(X, *params)
        return np.mean(np.log1p(np.exp(z)) - y * z)

    value, gradients = student.mlp_loss_grad(params, X, y)
    assert_close(value, loss(*params))
    for k, gradient in enumerate(gradients):
        assert_near(gradient, lambda p, k=k: loss(*params[:k], p, *params[k + 1 :]), params[k])


@check(points=1)
def q8_descends(student: Any, draw: Any) -> None:
    """Training lowers the loss by a fifth within 50 steps."""
    X, y = two_moons(100, seed=1)
    _params, losses = student.train(X, y, steps=50)
    assert_shape(losses, (50,))
    assert_close(losses[-1] < 0.8 * losses[0], True, name="whether the loss falls by a fifth")


@check(points=1, visibility="hidden")
def q8_accuracy(student: Any, draw: Any) -> None:
    """Training reaches 95 % on fresh data."""
    X, y = two_moons(200, seed=0)
    (W1, b1, W2, b2), _losses = student.train(X, y)
    X_fresh, y_fresh = two_moons(200, seed=7)
    right = (logits(X_fresh, W1, b1, W2, b2) > 0) == (y_fresh > 0.5)
    assert_close(np.mean(right) > 0.95, True, name="whether more than 95 % are right")
