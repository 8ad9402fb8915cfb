"""The other door: Tensors that somebody makes, backward(), and what comes into grad."""

from __future__ import annotations

import copy
import doctest
import pickle
import threading
from typing import Any

import numpy as np
import pytest

from reference.autodiff import NotDifferentiable, Tensor, grad, no_grad, objects, ops

RNG = np.random.default_rng(0)


def test_gradients_are_those_of_the_functional_door() -> None:
    x, W, b = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=2)

    def loss(x: Any, W: Any, b: Any) -> Any:
        h = ops.tanh(ops.affine(x, W, b))
        return (h * h).sum() + np.sum(x[0] * x[0]) / np.exp(b).sum()

    tensors = [Tensor(x), Tensor(W), Tensor(b)]
    loss(*tensors).backward()
    for tensor, wanted in zip(tensors, grad(loss, (0, 1, 2))(x, W, b), strict=True):
        np.testing.assert_allclose(tensor.grad, wanted, rtol=1e-14)


def test_gradients_add_up_until_they_are_forgotten() -> None:
    w = Tensor(np.array([1.0, 2.0]))
    y = (w * w).sum()
    y.backward()
    y.backward()  # the history is kept
    np.testing.assert_array_equal(w.grad, [4.0, 8.0])
    w.zero_grad()
    assert w.grad is None
    y.backward()
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])


def test_numbers_have_gradients_too() -> None:
    x = Tensor(2.0)
    y = x * x + x
    y.backward()
    y.backward()
    assert (x.grad, y.grad) == (10.0, None)  # of what somebody made alone
    assert y.item() == 6.0


def test_a_value_by_itself_has_gradient_one() -> None:
    x = Tensor(3.0)
    x.backward()
    x.backward(0.5)
    assert x.grad == 1.5


def test_a_gradient_is_nobody_elses_array() -> None:
    x, g = Tensor(np.ones(3)), np.ones(3)
    (x + 0.0).backward(g)
    g[:] = 7.0
    np.testing.assert_array_equal(x.grad, np.ones(3))
    a, b = Tensor(np.ones(3)), Tensor(np.ones(3))
    (a + b).backward(np.ones(3))
    a.grad[:] = 7.0
    np.testing.assert_array_equal(b.grad, np.ones(3))


def test_arrays_take_an_upstream_gradient_of_their_shape() -> None:
    x = Tensor(np.arange(6.0).reshape(2, 3))
    y = x * 2.0
    with pytest.raises(NotDifferentiable, match=r"shape \(2, 3\) needs the upstream gradient"):
        y.backward()
    with pytest.raises(NotDifferentiable, match=r"has shape \(3,\), and the value \(2, 3\)"):
        y.backward(np.ones(3))
    y.backward(np.ones((2, 3)))
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 2.0))


def test_a_deep_history_is_walked_without_recursion() -> None:
    x = y = Tensor(1.0)
    for _ in range(20_000):
        y = y + 1e-9
    y.backward()
    assert x.grad == 1.0


def test_what_is_detached_begins_anew() -> None:
    x = Tensor(3.0)
    y = (x * x).detach()
    (y * x).backward()
    assert (x.grad, y.grad) == (9.0, 3.0)


def test_nothing_is_kept_where_no_gradient_is_wanted() -> None:
    x = Tensor(np.ones(2))
    with no_grad():
        y = (x * 2.0).sum()
        with no_grad():
            assert (x * 3.0).grad_fn is None
        assert (x * 3.0).grad_fn is None
    assert y.grad_fn is None
    y.backward()
    assert x.grad is None
    assert str((x * 2.0).grad_fn) == "multiply"
    assert x.grad_fn is None


def test_no_grad_ends_with_an_exception_too() -> None:
    x = Tensor(1.0)
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert (x * x).grad_fn is not None


def test_a_walk_that_is_broken_off_leaves_no_trace() -> None:
    x = Tensor(np.array([[2.0, 0.0], [0.0, 2.0]]))
    low = Tensor(np.array([0.5, 0.5]))
    y = np.clip(x, low, 1.0).sum() + (x * x).sum()
    with pytest.raises(NotDifferentiable, match="argument number 2"):
        y.backward()
    assert x.grad is None
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [[4.0, 0.0], [0.0, 4.0]])


def test_within_a_derivative_one_nests_derivatives_instead() -> None:
    with pytest.raises(NotDifferentiable, match="nest those"):
        grad(lambda x: (x * x).backward())(1.0)
    with pytest.raises(NotDifferentiable, match="would lose the derivative"):
        grad(lambda x: x.item() * x)(1.0)


def test_tensors_are_constants_of_a_derivative_that_is_not_theirs() -> None:
    w = Tensor(2.0)
    y = grad(lambda x: x * x * w)(3.0)
    assert y.item() == 12.0
    y.backward()  # of d(x²w)/dx = 2xw by w
    assert w.grad == 6.0


def test_a_copy_of_what_somebody_made_is_independent_and_one_with_a_history_is_itself() -> None:
    x = Tensor(np.ones(2))
    for other in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        other.data[0] = 7.0
        assert x.data[0] == 1.0
    assert copy.copy(x) is not x
    y = x * 2.0
    assert copy.copy(y) is y
    assert copy.deepcopy(y) is y
    with pytest.raises(NotDifferentiable, match="pickled"):
        pickle.dumps(y)


def test_a_tensor_has_what_an_array_has() -> None:
    x = Tensor(np.arange(6.0).reshape(2, 3))
    assert (x.shape, x.ndim, x.size, len(x), x.dtype) == ((2, 3), 2, 6, 2, np.float64)
    assert [row.shape for row in x] == [(3,), (3,)]
    assert (x.T.shape, x.flatten().shape, x.transpose(1, 0).shape, x.reshape(3, 2).shape) == (
        (3, 2),
        (6,),
        (3, 2),
        (3, 2),
    )
    assert repr(Tensor(1.5)) == "Tensor(1.5)"
    assert bool(Tensor(1.5))
    assert (Tensor(1.5).dtype, Tensor(1.5).reshape(1).shape) == (np.float64, (1,))
    with pytest.raises(TypeError, match="no length"):
        len(Tensor(1.5))
    np.testing.assert_array_equal((x > 2) & (x < 5) | ~(x >= 0), (x.data > 2) & (x.data < 5))
    np.testing.assert_array_equal((x % 2.0).data + (7.0 % (x + 1.0)).data, x.data % 2 + 7 % (x.data + 1))
    np.testing.assert_array_equal(x // 2.0 + 7.0 // (x + 1.0), x.data // 2 + 7 // (x.data + 1))
    np.testing.assert_array_equal((+x).data, x.data)
    assert (x == x.data).all()
    assert not (x != x.data).any()


def test_threads_have_histories_of_their_own() -> None:
    found: dict[int, Any] = {}

    def work(k: int) -> None:
        x = Tensor(float(k))
        for _ in range(50):
            (x * x).backward()
        found[k] = x.grad

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == {k: 100.0 * k for k in range(4)}


def test_the_example_in_the_docstring() -> None:
    assert doctest.testmod(objects).failed == 0
