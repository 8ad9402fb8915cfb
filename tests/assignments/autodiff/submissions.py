"""Right but unusual code, to be read after the solution: what it defines takes the place of the solution's."""

# Sorts by the order of creation, adds contributions up at the end, keeps edges to constants, writes functions in
# others' terms, and differentiates sums by broadcast_to.
ANOTHER_ENGINE = """
import heapq
import itertools

COUNTER = itertools.count()
STARTED = Tensor.__init__


def started(self, data, requires_grad=False, edges=()):
    STARTED(self, data, requires_grad, edges)
    self.born = next(COUNTER)


Tensor.__init__ = started


def pull_back(y, g):
    parts, waiting, known = {y: [g]}, [(-y.born, y)], {y}
    adjoints = {}
    while waiting:
        _, tensor = heapq.heappop(waiting)
        total = parts.pop(tensor)[0] if len(parts[tensor]) == 1 else sum(parts.pop(tensor)[::-1])
        adjoints[tensor] = total
        for operand, pull in tensor.edges:
            parts.setdefault(operand, []).append(pull(total))
            if operand not in known:
                known.add(operand)
                heapq.heappush(waiting, (-operand.born, operand))
    return adjoints


def spread(g, shape):
    return record(np.broadcast_to(g.data, shape), (g, lambda h: unbroadcast(h, g.shape)))


def add_up(self, axis=None, keepdims=False):
    axes = range(self.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = {k % self.ndim for k in axes}
    kept = [1 if k in axes else n for k, n in enumerate(self.shape)]
    data = self.data
    for k in sorted(axes, reverse=True):
        data = np.add.reduce(data, axis=k)
    data = data.reshape(kept) if keepdims else data
    return record(data, (self, lambda g: spread(g.reshape(*kept), self.shape)))


Tensor.sum = add_up
Tensor.__truediv__ = lambda self, other: self * Tensor.of(other) ** -1


def tanh(x):
    print("tanh of", np.shape(x))
    return 1 - 2 / (exp(2 * Tensor.of(x)) + 1)


def relu(x):
    x = Tensor.of(x)
    return x * np.where(x.data > 0, 1.0, 0.0)


def cos(x):
    return sin(Tensor.of(x) + np.pi / 2)


def zero_grad(parameters):
    for parameter in parameters:
        parameter.grad = np.zeros(parameter.shape)
"""

# A jvp for each argument, forward over reverse, Jacobians row by row, and gradients that are arrays at the end.
FORWARD_OVER_REVERSE = """
REVERSE_TWICE = jvp


def jvp(f, args, tangents):
    value, total = f(*args), 0.0
    for k, (x, v) in enumerate(zip(args, tangents)):
        total = total + REVERSE_TWICE(lambda x: f(*args[:k], x, *args[k + 1 :]), (x,), (v,))[1]
    return value, total


def jacrev(f):
    def jacobian(x):
        y, pull = vjp(f, x)
        J = np.empty(np.shape(x) + y.shape)
        for k in np.ndindex(*y.shape):
            seed = np.zeros(y.shape)
            seed[k] = 1
            J[(..., *k)] = pull(seed)[0].data
        return J

    return jacobian


def hessian(f):
    return jacfwd(grad(f))


def hvp(f, x, v):
    return jvp(grad(f), (x,), (v,))[1]


PULLED = Tensor.__matmul__


def matrix_product(self, other):
    other = Tensor.of(other)
    if self.ndim == other.ndim == 1:
        return (self * other).sum()
    if other.ndim == 1:
        return (self * other).sum(axis=1)
    return PULLED(self, other)


Tensor.__matmul__ = matrix_product
Tensor.__rmatmul__ = lambda self, other: Tensor.of(other) @ self


def backward(self, gradient=None):
    if gradient is None:
        assert_number(self)
        gradient = np.ones(())
    for tensor, g in pull_back(self, Tensor(np.array(gradient))).items():
        if tensor.requires_grad and not len(tensor.edges):
            if tensor.grad is None:
                tensor.grad = np.zeros_like(tensor.data)
            tensor.grad += g.data


def assert_number(y):
    if y.shape != ():
        raise ValueError("which gradient?")


Tensor.backward = backward
"""

# Loops over examples and entries, in place; symbols by pattern matching, with more rules; costs by recursion.
LOOPS = """
import functools


def loss_by_hand(W, b, X, Y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, y in zip(X, Y):
        t = np.tanh(W.T @ x + b)
        dz = (t - y) / np.cosh(W.T @ x + b) ** 2
        dW += np.outer(x, dz) / len(X)
        db += dz / len(X)
    return [dW, db]


def forward_difference(f, x, h):
    flat, slopes = x.reshape(-1), []
    for k in range(flat.size):
        before = f(x)
        kept = flat[k]
        flat[k] = kept + h
        slopes.append((f(x) - before) / h)
        flat[k] = kept
    return np.array(slopes).reshape(x.shape)


def step_errors(f, gradient, x, steps):
    def error(d):
        return np.sqrt(((d - gradient) ** 2).sum() / (gradient**2).sum())

    return [[error(forward_difference(f, x, h)), error(central_difference(f, x, h))] for h in steps]


def differentiate(e, x):
    match e:
        case str():
            return float(e == x)
        case int() | float():
            return 0.0
        case ("+" | "-" as sign, a, b):
            return simplify((sign, differentiate(a, x), differentiate(b, x)))
        case ("*", a, b):
            return simplify(("+", ("*", b, differentiate(a, x)), ("*", differentiate(b, x), a)))
        case ("/", a, b):
            return differentiate(("*", a, ("**", b, -1)), x)
        case ("**", a, k):
            return simplify(("*", k, ("*", differentiate(a, x), ("**", a, k - 1))))
        case ("exp", a):
            return simplify(("*", e, differentiate(a, x)))
        case ("log", a):
            return simplify(("/", differentiate(a, x), a))
        case ("sin", a):
            return simplify(("*", differentiate(a, x), ("cos", a)))
        case ("cos", a):
            return simplify(("-", 0, ("*", differentiate(a, x), ("sin", a))))


def forward_cost(sizes):
    return int(sizes[0] * np.dot(sizes[1:-1], sizes[2:]))


def optimal_cost(sizes):
    @functools.lru_cache(None)
    def cost(i, k):
        return min((cost(i, j) + cost(j, k) + sizes[i] * sizes[j] * sizes[k] for j in range(i + 1, k)), default=0)

    return cost(0, len(sizes) - 1)


def reverse_memory(sizes):
    most = kept = sizes[0]
    for one, other in zip(sizes, sizes[1:]):
        kept += other
        most = max(most, kept + sizes[-1] * (one + other))
    return np.int64(most)
"""
UNUSUAL = {
    "another_engine": ANOTHER_ENGINE,
    "forward_over_reverse": FORWARD_OVER_REVERSE,
    "loops": LOOPS,
}
