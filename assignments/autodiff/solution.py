# %% [markdown]
# # Automatic differentiation of arrays
#
# Four ways to a derivative: by hand, by finite differences, by symbolic rules, and automatically. The handout has the
# rules.
#
# - NumPy and Python's own modules. Most functions take one to five lines.
# - Sections do not depend on one another, but for 5 and 6, which use your `Tensor`.

# %%
import numpy as np

# %% [markdown]
# ## 1. By hand
#
# $L(W, b) = \frac{1}{2N} \sum_{nh} (\tanh(XW + b) - Y)_{nh}^2$ for X (N, D), W (D, H), b (H,), Y (N, H).


# %%
def loss(W, b, X, Y):
    """The loss L, a number."""
    return np.sum((np.tanh(X @ W + b) - Y) ** 2) / (2 * len(X))


def loss_by_hand(W, b, X, Y):
    """The gradients of the loss by W and by b, from a formula that you have derived: a pair (D, H), (H,)."""
    ### BEGIN SOLUTION
    a = np.tanh(X @ W + b)
    dz = (a - Y) * (1 - a**2) / len(X)
    return X.T @ dz, dz.sum(axis=0)
    ### END SOLUTION


# %% [markdown]
# ## 2. Finite differences


# %%
def forward_difference(f, x, h):
    """The gradient of f at x by (f(x + h e) - f(x)) / h for every entry; x is an array, f(x) a number."""
    ### BEGIN SOLUTION
    x = np.array(x, dtype=float)
    here, gradient = f(x), np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        moved = x.copy()
        moved[k] += h
        gradient[k] = (f(moved) - here) / h
    return gradient
    ### END SOLUTION


def central_difference(f, x, h):
    """The gradient of f at x by (f(x + h e) - f(x - h e)) / (2 h) for every entry."""
    ### BEGIN SOLUTION
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[k] = h
        gradient[k] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient
    ### END SOLUTION


def step_errors(f, gradient, x, steps):
    """For each step the relative errors |difference - gradient| / |gradient| (2-norms) of both differences at x.

    `gradient` is the right one, of the shape of x. Returns an array (len(steps), 2): forward, central.
    """
    ### BEGIN SOLUTION
    size = np.linalg.norm(gradient)
    errors = []
    for h in steps:
        both = forward_difference(f, x, h), central_difference(f, x, h)
        errors.append([np.linalg.norm(one - gradient) / size for one in both])
    return np.array(errors)
    ### END SOLUTION


# %% [markdown]
# ## 3. Symbolic differentiation
#
# An expression is a number, a name (a str), or a tuple `(operation, operand)` or `(operation, operand, operand)`; the
# operations are `"+" "-" "*" "/" "**" "exp" "log" "sin" "cos"`, where the exponent of `"**"` is a number.


# %%
def evaluate(expression, values):
    """The number that the expression is, for values such as {"x": 2.0}."""
    ### BEGIN SOLUTION
    if isinstance(expression, str):
        return values[expression]
    if not isinstance(expression, tuple):
        return expression
    operation, *operands = expression
    return compute(operation, [evaluate(operand, values) for operand in operands])
    ### END SOLUTION


def compute(operation, numbers):
    """The result of one operation on one or two numbers."""
    if operation in ("exp", "log", "sin", "cos"):
        return float(getattr(np, operation)(numbers[0]))
    a, b = numbers
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
        "**": lambda: float(a) ** b,
    }[operation]()


def differentiate(expression, name):
    """The derivative of the expression by one of its names: an expression."""
    ### BEGIN SOLUTION
    if isinstance(expression, str):
        return 1 if expression == name else 0
    if not isinstance(expression, tuple):
        return 0
    operation, a, *rest = expression
    da = differentiate(a, name)
    if operation in ("+", "-"):
        return simplify((operation, da, differentiate(rest[0], name)))
    if operation == "*":
        return simplify(("+", ("*", da, rest[0]), ("*", a, differentiate(rest[0], name))))
    if operation == "/":
        top = ("-", ("*", da, rest[0]), ("*", a, differentiate(rest[0], name)))
        return simplify(("/", top, ("**", rest[0], 2)))
    if operation == "**":
        return simplify(("*", ("*", rest[0], ("**", a, rest[0] - 1)), da))
    outer = {"exp": ("exp", a), "log": ("/", 1, a), "sin": ("cos", a), "cos": ("*", -1, ("sin", a))}[operation]
    return simplify(("*", outer, da))
    ### END SOLUTION


def simplify(expression):
    """The same expression, without what the handout calls needless."""
    ### BEGIN SOLUTION
    if not isinstance(expression, tuple):
        return expression
    operation, *operands = expression
    operands = [simplify(operand) for operand in operands]
    if not any(isinstance(operand, (str, tuple)) for operand in operands):
        return compute(operation, operands)
    a, b = operands if len(operands) == 2 else (operands[0], None)
    if (operation == "+" and a == 0) or (operation == "*" and a == 1):
        return b
    if (operation in ("+", "-") and b == 0) or (operation in ("*", "/", "**") and b == 1):
        return a
    if (operation == "*" and 0 in (a, b)) or (operation == "/" and a == 0):
        return 0
    if operation == "**" and b == 0:
        return 1
    return (operation, *operands)
    ### END SOLUTION


# %% [markdown]
# ## 4. Tensors
#
# An operation makes a new `Tensor` by `record(data, *edges)`. An edge is a pair of an operand and a function that
# *pulls back*: it takes the gradient g by the result, and returns what it adds to the gradient by the operand. Both are
# Tensors: write it with operations on Tensors, never on their data, and derivatives of derivatives come for free.
#
# You may store something else instead: the handout says what is asked for.


# %%
class no_grad:  # noqa: N801  (PyTorch calls it so)
    """Within `with no_grad():` nothing is recorded: results are constants."""

    recording = True

    def __enter__(self):
        ### BEGIN SOLUTION
        self.before = no_grad.recording
        no_grad.recording = False
        ### END SOLUTION

    def __exit__(self, *exception):
        ### BEGIN SOLUTION
        no_grad.recording = self.before
        ### END SOLUTION


def record(data, *edges):
    """The result of an operation: a Tensor with its edges to those operands that want a gradient."""
    kept = [(operand, pull) for operand, pull in edges if no_grad.recording and operand.requires_grad]
    return Tensor(data, requires_grad=bool(kept), edges=kept)


def unbroadcast(g, shape):
    """g, a Tensor, summed over the axes along which an operand of this shape was broadcast: a Tensor of this shape."""
    ### BEGIN SOLUTION
    if g.shape == shape:
        return g
    new = g.ndim - len(shape)
    axes = [k for k in range(g.ndim) if k < new or (shape[k - new] == 1 and g.shape[k] != 1)]
    return g.sum(axis=tuple(axes)).reshape(*shape)
    ### END SOLUTION


# %%
class Tensor:
    """An array that remembers how it was computed."""

    __array_ufunc__ = None  # array * tensor calls tensor.__rmul__

    def __init__(self, data, requires_grad=False, edges=()):
        self.data = np.asarray(data, dtype=float)
        self.requires_grad = requires_grad
        self.edges = edges
        self.grad = None  # an array, once backward() of a result was called

    def __repr__(self):
        return f"Tensor({self.data})"

    @staticmethod
    def of(x):
        """A number or an array as a constant Tensor; a Tensor as it is."""
        return x if isinstance(x, Tensor) else Tensor(x)

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)
    T = property(lambda self: self.transpose())

    def __len__(self):
        return len(self.data)

    def __gt__(self, other):
        return self.data > Tensor.of(other).data

    def __lt__(self, other):
        return self.data < Tensor.of(other).data

    def __sub__(self, other):
        return self + (-Tensor.of(other))

    def __radd__(self, other):
        return Tensor.of(other) + self

    def __rsub__(self, other):
        return Tensor.of(other) - self

    def __rmul__(self, other):
        return Tensor.of(other) * self

    def __rtruediv__(self, other):
        return Tensor.of(other) / self

    def __rmatmul__(self, other):
        return Tensor.of(other) @ self

    # ----------------------------------------------------------------------------------------- operations

    def __neg__(self):
        """-self"""
        return record(-self.data, (self, lambda g: -g))  # an example; the others are yours

    def __add__(self, other):
        """self + other, with broadcasting."""
        other = Tensor.of(other)
        ### BEGIN SOLUTION
        return record(
            self.data + other.data,
            (self, lambda g: unbroadcast(g, self.shape)),
            (other, lambda g: unbroadcast(g, other.shape)),
        )
        ### END SOLUTION

    def __mul__(self, other):
        """self * other, entry by entry, with broadcasting."""
        other = Tensor.of(other)
        ### BEGIN SOLUTION
        return record(
            self.data * other.data,
            (self, lambda g: unbroadcast(g * other, self.shape)),
            (other, lambda g: unbroadcast(g * self, other.shape)),
        )
        ### END SOLUTION

    def __truediv__(self, other):
        """self / other, entry by entry, with broadcasting."""
        other = Tensor.of(other)
        ### BEGIN SOLUTION
        return record(
            self.data / other.data,
            (self, lambda g: unbroadcast(g / other, self.shape)),
            (other, lambda g: unbroadcast(-g * self / (other * other), other.shape)),
        )
        ### END SOLUTION

    def __pow__(self, exponent):
        """self ** exponent, entry by entry, for an exponent that is a plain number."""
        ### BEGIN SOLUTION
        return record(self.data**exponent, (self, lambda g: g * (exponent * self ** (exponent - 1))))
        ### END SOLUTION

    def __matmul__(self, other):
        """self @ other, for matrices and vectors."""
        other = Tensor.of(other)
        ### BEGIN SOLUTION
        if self.ndim == 1:
            return (self.reshape(1, self.size) @ other).reshape(*other.shape[1:])
        if other.ndim == 1:
            return (self @ other.reshape(other.size, 1)).reshape(len(self))
        return record(self.data @ other.data, (self, lambda g: g @ other.T), (other, lambda g: self.T @ g))
        ### END SOLUTION

    def sum(self, axis=None, keepdims=False):
        """The sum over all entries, over one axis (an int), or over several (a tuple)."""
        ### BEGIN SOLUTION
        kept = self.data.sum(axis=axis, keepdims=True).shape
        return record(
            self.data.sum(axis=axis, keepdims=keepdims),
            (self, lambda g: g.reshape(*kept) * np.ones(self.shape)),
        )
        ### END SOLUTION

    def reshape(self, *shape):
        """The same entries in another shape, as in x.reshape(2, 3); x.reshape() has the shape ()."""
        ### BEGIN SOLUTION
        return record(self.data.reshape(shape), (self, lambda g: g.reshape(*self.shape)))
        ### END SOLUTION

    def transpose(self):
        """All axes in reverse order, as x.T of NumPy."""
        ### BEGIN SOLUTION
        return record(self.data.T, (self, lambda g: g.T))
        ### END SOLUTION

    def __getitem__(self, key):
        """self[key], for any key of NumPy's; one entry may be taken several times."""
        ### BEGIN SOLUTION
        return record(self.data[key], (self, lambda g: scatter(g, key, self.shape)))
        ### END SOLUTION

    # ------------------------------------------------------------------------------------------- gradients

    def backward(self, gradient=None):
        """Add to the grad of every input that wants one; gradient is by self, and 1 for a single number."""
        ### BEGIN SOLUTION
        if gradient is None:
            if self.ndim:
                raise ValueError(f"backward() of an array of shape {self.shape} needs the gradient by it")
            gradient = 1.0
        with no_grad():
            adjoints = pull_back(self, Tensor(gradient))
        for tensor, g in adjoints.items():
            if tensor.requires_grad and not tensor.edges:
                tensor.grad = g.data + (0.0 if tensor.grad is None else tensor.grad)
        ### END SOLUTION

    def detach(self):
        """The same data as a constant."""
        ### BEGIN SOLUTION
        return Tensor(self.data)
        ### END SOLUTION


def zero_grad(parameters):
    """Forget the gradients of a list of Tensors."""
    ### BEGIN SOLUTION
    for parameter in parameters:
        parameter.grad = None
    ### END SOLUTION


def scatter(g, key, shape):
    """Zeros of this shape to which g is added at [key]: what x[key] pulls back. A Tensor."""
    ### BEGIN SOLUTION
    data = np.zeros(shape)
    np.add.at(data, key, g.data)
    return record(data, (g, lambda h: h[key]))
    ### END SOLUTION


# %% [markdown]
# Functions of every entry, for Tensors, arrays and numbers.


# %%
def exp(x):
    """e to the power of x."""
    x = Tensor.of(x)
    ### BEGIN SOLUTION
    y = record(np.exp(x.data), (x, lambda g: g * y))
    return y
    ### END SOLUTION


def log(x):
    """The natural logarithm."""
    x = Tensor.of(x)
    ### BEGIN SOLUTION
    return record(np.log(x.data), (x, lambda g: g / x))
    ### END SOLUTION


def sin(x):
    """The sine."""
    x = Tensor.of(x)
    ### BEGIN SOLUTION
    return record(np.sin(x.data), (x, lambda g: g * cos(x)))
    ### END SOLUTION


def cos(x):
    """The cosine."""
    x = Tensor.of(x)
    ### BEGIN SOLUTION
    return record(np.cos(x.data), (x, lambda g: -g * sin(x)))
    ### END SOLUTION


def tanh(x):
    """The hyperbolic tangent."""
    x = Tensor.of(x)
    ### BEGIN SOLUTION
    y = record(np.tanh(x.data), (x, lambda g: g * (1 - y * y)))
    return y
    ### END SOLUTION


def relu(x):
    """max(0, x)"""
    x = Tensor.of(x)
    ### BEGIN SOLUTION
    return record(np.maximum(x.data, 0), (x, lambda g: g * (x.data > 0)))
    ### END SOLUTION


# %% [markdown]
# ## 5. Reverse mode


# %%
def topological(y):
    """All Tensors that y was computed from by edges, and y: each after its operands. A list."""
    ### BEGIN SOLUTION
    order, seen, stack = [], set(), [(y, False)]
    while stack:
        tensor, finished = stack.pop()
        if finished:
            order.append(tensor)
        elif tensor not in seen:
            seen.add(tensor)
            stack.append((tensor, True))
            stack.extend((operand, False) for operand, _ in tensor.edges)
    return order
    ### END SOLUTION


def pull_back(y, g):
    """The gradients of all Tensors that y was computed from, where g is the one by y: a dict from Tensor to Tensor."""
    ### BEGIN SOLUTION
    adjoints = {y: g}
    for tensor in reversed(topological(y)):
        for operand, pull in tensor.edges:
            part = pull(adjoints[tensor])
            adjoints[operand] = adjoints[operand] + part if operand in adjoints else part
    return adjoints
    ### END SOLUTION


# %% [markdown]
# ## 6. Derivatives of functions
#
# Functions take and return Tensors; arguments may also be arrays, numbers, and nested lists, tuples and dicts of them.


# %%
def tree_map(function, tree):
    """The same nesting of lists, tuples and dicts with function(leaf) for each leaf."""
    ### BEGIN SOLUTION
    if isinstance(tree, dict):
        return {key: tree_map(function, part) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(tree_map(function, part) for part in tree)
    return function(tree)
    ### END SOLUTION


def track(x):
    """A new Tensor to differentiate by, with the data of x; for an outer derivative it still comes from x."""
    if isinstance(x, Tensor) and x.requires_grad:
        return record(x.data, (x, lambda g: g))
    return Tensor(x.data if isinstance(x, Tensor) else x, requires_grad=True)


def vjp(f, *args):
    """f(*args), and a function from the gradient by it to a tuple with the gradient by each argument."""
    ### BEGIN SOLUTION
    args = tree_map(track, args)
    y = Tensor.of(f(*args))

    def pull(g):
        adjoints = pull_back(y, Tensor.of(g))
        return tree_map(lambda x: adjoints[x] if x in adjoints else Tensor(np.zeros(x.shape)), args)

    return y, pull
    ### END SOLUTION


def grad(f, argnum=0):
    """A function of the arguments of f that returns the gradient by one of them, in its nesting; f is a number."""

    ### BEGIN SOLUTION
    def gradient(*args):
        y, pull = vjp(lambda x: f(*args[:argnum], x, *args[argnum + 1 :]), args[argnum])
        if y.ndim:
            raise ValueError(f"grad needs a function whose result is one number, not of shape {y.shape}")
        return pull(1.0)[0]

    return gradient
    ### END SOLUTION


def jvp(f, args, tangents):
    """f(*args), and its derivative along the tangents, one for each argument."""
    ### BEGIN SOLUTION
    y, pull = vjp(f, *args)
    g = Tensor(np.zeros(y.shape), requires_grad=True)
    along = Tensor(0.0)
    for slope, tangent in zip(pull(g), tangents, strict=True):
        along = along + (slope * tangent).sum()
    return y, pull_back(along, Tensor(1.0)).get(g, Tensor(np.zeros(y.shape)))
    ### END SOLUTION


def jacrev(f):
    """A function of an array x that returns the Jacobian of f, x.shape + f(x).shape: one vjp per entry of f(x)."""

    ### BEGIN SOLUTION
    def jacobian(x):
        y, pull = vjp(f, x)
        parts = [pull(one)[0].data for one in units(y.shape)]
        return Tensor(np.stack(parts, axis=-1).reshape(np.shape(parts[0]) + y.shape))

    return jacobian
    ### END SOLUTION


def jacfwd(f):
    """A function of an array x that returns the Jacobian of f, x.shape + f(x).shape: one jvp per entry of x."""

    ### BEGIN SOLUTION
    def jacobian(x):
        shape = Tensor.of(x).shape
        parts = [jvp(f, (x,), (one,))[1].data for one in units(shape)]
        return Tensor(np.stack(parts).reshape(shape + parts[0].shape))

    return jacobian
    ### END SOLUTION


def units(shape):
    """The arrays of this shape with a single 1."""
    size = int(np.prod(shape))
    for k in range(size):
        one = np.zeros(size)
        one[k] = 1.0
        yield one.reshape(shape)


def hessian(f):
    """A function of an array x that returns the second derivatives of f, a number: x.shape + x.shape."""
    ### BEGIN SOLUTION
    return jacrev(grad(f))
    ### END SOLUTION


def hvp(f, x, v):
    """The Hessian of f at x times v, of the shape of x, without the Hessian."""
    ### BEGIN SOLUTION
    return grad(lambda x: (grad(f)(x) * v).sum())(x)
    ### END SOLUTION


# %% [markdown]
# ## 7. What it costs
#
# Layers of sizes $d_0, \dots, d_L$: the Jacobian $J_l$ is a $d_{l-1} \times d_l$ matrix.


# %%
def forward_cost(sizes):
    """The multiplications of ((J1 J2) J3) ... JL: an int."""
    ### BEGIN SOLUTION
    return sum(sizes[0] * sizes[k - 1] * sizes[k] for k in range(2, len(sizes)))
    ### END SOLUTION


def reverse_cost(sizes):
    """The multiplications of J1 (... (J(L-1) JL)): an int."""
    ### BEGIN SOLUTION
    return sum(sizes[-1] * sizes[k] * sizes[k + 1] for k in range(len(sizes) - 2))
    ### END SOLUTION


def optimal_cost(sizes):
    """The fewest multiplications of all orders: an int."""
    ### BEGIN SOLUTION
    count = len(sizes) - 1
    best = {(k, k + 1): 0 for k in range(count)}
    for length in range(2, count + 1):
        for i in range(count - length + 1):
            k = i + length
            best[i, k] = min(best[i, j] + best[j, k] + sizes[i] * sizes[j] * sizes[k] for j in range(i + 1, k))
    return best[0, count]
    ### END SOLUTION


def forward_memory(sizes):
    """The numbers that forward mode keeps at once, as the handout counts them: an int."""
    ### BEGIN SOLUTION
    return max((1 + sizes[0]) * (sizes[k - 1] + sizes[k]) for k in range(1, len(sizes)))
    ### END SOLUTION


def reverse_memory(sizes):
    """The numbers that reverse mode keeps at once, as the handout counts them: an int."""
    ### BEGIN SOLUTION
    return max(sum(sizes[: k + 1]) + sizes[-1] * (sizes[k - 1] + sizes[k]) for k in range(1, len(sizes)))
    ### END SOLUTION
