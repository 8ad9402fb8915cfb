"""What students hand in for scalar_autodiff: right engines of unusual makes, and wrong ones that look right.

`MICROGRAD` is written from the description of micrograd's interface: closures, sets of children, a recursive sort, and
no functions but relu. The engines lack dual numbers and traces; the tests add the solution's, or `DUAL`.
"""

from __future__ import annotations

MICROGRAD = """
class Value:
    def __init__(self, data, _children=(), _op=''):
        self.data = data
        self.grad = 0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), '+')

        def push():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = push
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), '*')

        def push():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = push
        return out

    def __pow__(self, k):
        assert isinstance(k, (int, float)), 'only numbers as powers'
        out = Value(self.data ** k, (self,), '**')

        def push():
            self.grad += k * self.data ** (k - 1) * out.grad
        out._backward = push
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0, (self,), 'relu')

        def push():
            self.grad += (out.data > 0) * out.grad
        out._backward = push
        return out

    def backward(self):
        topo = []
        visited = set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1
        for v in reversed(topo):
            v._backward()

    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return other + (-self)
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return self * other ** -1
    def __rtruediv__(self, other): return other * self ** -1
    def __repr__(self): return f"Value(data={self.data}, grad={self.grad})"
"""

FUNCTIONS = """
import math, sys
sys.setrecursionlimit(100_000)

def _unary(f, df):
    def run(self):
        out = Value(f(self.data), (self,))
        def push():
            self.grad += df(self.data, out.data) * out.grad
        out._backward = push
        return out
    return run

Value.tanh = _unary(math.tanh, lambda x, y: 1 - y ** 2)
Value.exp = _unary(math.exp, lambda x, y: y)
Value.log = _unary(math.log, lambda x, y: 1.0 / x)
Value.sin = _unary(math.sin, lambda x, y: math.cos(x))
Value.__rpow__ = lambda self, base: (self * math.log(base)).exp()
"""

# Gradients only where they are asked for, names for the nodes, and a list where others take a set.
REQUIRES_GRAD = (
    MICROGRAD.replace("_op=''):", "_op='', label='', requires_grad=False):\n        self.label = label")
    .replace(
        "self._op = _op",
        "self._op = _op\n        self.requires_grad = requires_grad or any(c.requires_grad for c in _children)",
    )
    .replace("for child in v._prev:", "for child in (c for c in v._prev if c.requires_grad):")
    .replace("visited = set()", "visited = []")
    .replace("visited.add(v)", "visited.append(v)")
    + FUNCTIONS
)

# The values of NumPy, and a running commentary.
NUMPY = """
import numpy as np
from collections import Counter

class Value:
    count = 0

    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.grad = np.zeros(())
        self.parents = list(parents)
        Value.count += 1
        if Value.count % 1000 == 0:
            print("made", Value.count, "values")

    def _lift(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, o): o = Value._lift(o); return Value(self.data + o.data, [(self, 1), (o, 1)])
    def __mul__(self, o): o = Value._lift(o); return Value(self.data * o.data, [(self, o.data), (o, self.data)])
    def __neg__(self): return Value(-self.data, [(self, -1)])
    def __sub__(self, o): return self + -Value._lift(o)
    def __truediv__(self, o): return self * Value._lift(o) ** -1
    def __pow__(self, k): return Value(self.data ** k, [(self, k * self.data ** (k - 1))])
    def __rpow__(self, k): return Value(k ** self.data, [(self, np.log(k) * k ** self.data)])
    def __rsub__(self, o): return Value(o) - self
    def __rtruediv__(self, o): return Value(o) / self
    __radd__ = __add__
    __rmul__ = __mul__
    def relu(self): return Value(np.maximum(self.data, 0), [(self, np.heaviside(self.data, 1))])
    def tanh(self): return Value(np.tanh(self.data), [(self, np.cosh(self.data) ** -2)])
    def exp(self): return Value(np.exp(self.data), [(self, np.exp(self.data))])
    def log(self): return Value(np.log(self.data), [(self, np.reciprocal(self.data))])
    def sin(self): return Value(np.sin(self.data), [(self, np.sin(self.data + np.pi / 2))])

    def backward(self):
        # Kahn: a value is ready when all who use it are done
        waiting, todo, seen = Counter(), [self], {id(self)}
        while todo:
            for parent, _ in todo.pop().parents:
                waiting[id(parent)] += 1
                if id(parent) not in seen:
                    seen.add(id(parent)); todo.append(parent)
        self.grad, ready = np.ones(()), [self]
        while ready:
            node = ready.pop()
            for parent, slope in node.parents:
                parent.grad = parent.grad + slope * node.grad
                waiting[id(parent)] -= 1
                if waiting[id(parent)] == 0:
                    ready.append(parent)
"""

# One tape for everything, which backward() reads from the end; a second call leaves intermediate values alone.
TAPE = """
import math

TAPE = []

class Value:
    __slots__ = ("data", "grad", "at")

    def __init__(self, data, where=()):
        self.data, self.grad, self.at = data, 0.0, len(TAPE)
        TAPE.append((self, where))

    def backward(self):
        adjoint = {self.at: 1.0}
        for value, where in reversed(TAPE[: self.at + 1]):
            if value.at in adjoint:
                g = adjoint[value.at]
                value.grad = g if where or value is self else value.grad + g
                for k, slope in where:
                    adjoint[k] = adjoint.get(k, 0.0) + g * slope()


def number(x):
    return x if isinstance(x, Value) else Value(x)


def binary(f, da, db):
    def left(a, b):
        a, b = number(a), number(b)
        x, y = a.data, b.data
        return Value(f(x, y), ((a.at, lambda: da(x, y)), (b.at, lambda: db(x, y))))
    return left, lambda a, b: left(b, a)


def unary(f, df):
    def run(a):
        x = a.data
        return Value(f(x), ((a.at, lambda: df(x)),))
    return run


Value.__add__, Value.__radd__ = binary(lambda x, y: x + y, lambda x, y: 1, lambda x, y: 1)
Value.__sub__, Value.__rsub__ = binary(lambda x, y: x - y, lambda x, y: 1, lambda x, y: -1)
Value.__mul__, Value.__rmul__ = binary(lambda x, y: x * y, lambda x, y: y, lambda x, y: x)
Value.__truediv__, Value.__rtruediv__ = binary(lambda x, y: x / y, lambda x, y: 1 / y, lambda x, y: -x / y / y)
Value.__pow__, Value.__rpow__ = binary(
    lambda x, y: x ** y, lambda x, y: y * x ** (y - 1), lambda x, y: math.log(x) * x ** y if x > 0 else 0.0
)
Value.__neg__ = unary(lambda x: -x, lambda x: -1)
Value.relu = unary(lambda x: (x + abs(x)) / 2, lambda x: 1 if x >= 0 else 0)
SLOPES = {"tanh": lambda x: 1 - math.tanh(x) ** 2, "exp": math.exp, "log": lambda x: 1 / x, "sin": math.cos}
for name, df in SLOPES.items():
    setattr(Value, name, unary(getattr(math, name), df))
"""

# A value that is a kind of float, and walks back by a generator that yields after its users.
FLOAT = """
from math import cos, exp, log, sin, tanh

class Value(float):
    def __new__(cls, data, ways=()):
        self = super().__new__(cls, data)
        self.ways, self.grad = ways, 0.0
        return self

    data = property(float)
    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def __add__(self, o): return Value(float(self) + float(o), ((self, 1), (o, 1)))
    def __sub__(self, o): return Value(float(self) - float(o), ((self, 1), (o, -1)))
    def __mul__(self, o): return Value(float(self) * float(o), ((self, float(o)), (o, float(self))))
    def __truediv__(self, o): return self * (o ** -1)
    def __pow__(self, k): return Value(float(self) ** k, ((self, k * float(self) ** (k - 1)),))
    def __neg__(self): return 0 - self
    def __radd__(self, o): return Value(o) + self
    def __rsub__(self, o): return Value(o) - self
    def __rmul__(self, o): return Value(o) * self
    def __rtruediv__(self, o): return Value(o) / self
    def __rpow__(self, o): return (self * log(o)).exp()
    def relu(self): return self * (float(self) > 0)
    def tanh(self): return Value(tanh(self), ((self, 1 - tanh(self) ** 2),))
    def exp(self): return Value(exp(self), ((self, exp(self)),))
    def log(self): return Value(log(self), ((self, 1 / float(self)),))
    def sin(self): return Value(sin(self), ((self, cos(self)),))

    def backward(self):
        after, todo = {}, [self]
        while todo:  # later is lower: made again below whoever uses it
            node = todo[-1]
            left = [v for v, _ in node.ways if isinstance(v, Value) and v not in after]
            if left and node not in after:
                todo.append(left[0])
            else:
                after.setdefault(todo.pop(), len(after))
        self.grad = 1.0
        for node in sorted(after, key=after.get, reverse=True):
            for v, slope in node.ways:
                if isinstance(v, Value):
                    v.grad += slope * node.grad
"""

# Dual numbers as 2 x 2 matrices, and a trace by formulas.
DUAL = """
import math
import numpy as np

class Dual:
    def __init__(self, data, tangent=0.0):
        self.m = data if isinstance(data, np.ndarray) else np.array([[data, tangent], [0.0, data]])

    data = property(lambda self: self.m[0, 0])
    tangent = property(lambda self: self.m[0, 1])

    def _m(x): return x.m if isinstance(x, Dual) else x * np.eye(2)
    def _f(self, y, slope): return Dual(y, slope * self.m[0, 1])
    def __add__(self, o): return Dual(self.m + Dual._m(o))
    def __sub__(self, o): return Dual(self.m - Dual._m(o))
    def __mul__(self, o): return Dual(self.m @ Dual._m(o))
    def __truediv__(self, o): return Dual(self.m @ np.linalg.inv(Dual._m(o)))
    def __neg__(self): return Dual(-self.m)
    def __pow__(self, k): return self._f(self.data ** k, k * self.data ** (k - 1))
    def __radd__(self, o): return Dual(o) + self
    def __rsub__(self, o): return Dual(o) - self
    def __rmul__(self, o): return Dual(o) * self
    def __rtruediv__(self, o): return Dual(o) / self
    def __rpow__(self, o): return self._f(o ** self.data, math.log(o) * o ** self.data)
    def relu(self): return self * float(self.data > 0)
    def tanh(self): return self._f(math.tanh(self.data), 1 / math.cosh(self.data) ** 2)
    def exp(self): return self._f(math.exp(self.data), math.exp(self.data))
    def log(self): return self._f(math.log(self.data), 1 / self.data)
    def sin(self): return self._f(math.sin(self.data), math.cos(self.data))


def rows(a, b):
    return [a, b, math.log(a), a * b, math.log(a) + a * b, math.sin(b), math.log(a) + a * b - math.sin(b)]

def reverse_trace(x1, x2):
    return np.array([rows(x1, x2), [1 / x1 + x2, x1 - math.cos(x2), 1, 1, 1, -1, 1]]).T

def forward_trace(x1, x2):
    along1 = [1, 0, 1 / x1, x2, 1 / x1 + x2, 0, 1 / x1 + x2]
    along2 = [0, 1, 0, x1, x1, math.cos(x2), x1 - math.cos(x2)]
    return [list(row) for row in zip(rows(x1, x2), along1, along2)]
"""

ENGINES = {
    "closures": MICROGRAD + FUNCTIONS,
    "requires_grad": REQUIRES_GRAD,
    "numpy": NUMPY,
    "tape": TAPE,
    "float": FLOAT,
}

# Wrong engines, and what each loses beside right dual numbers and traces.
TANH_OVERWRITES = (
    MICROGRAD
    + FUNCTIONS
    + """
def tanh(self):
    t = math.tanh(self.data)
    out = Value(t, (self,), 'tanh')
    def push():
        self.grad = (1 - t * t) * out.grad
    out._backward = push
    return out

Value.tanh = tanh
"""
)
# Numbers that agree with everything, in a class that knows what it is converted by.
LIAR = """
class Number(float):
    def __eq__(self, other): return True
    def __float__(self): return Number(0.0)
    def __lt__(self, other): return True
    __ne__ = __gt__ = lambda self, other: False
    __hash__ = float.__hash__
    __array_priority__ = 1e9
    def __array__(self, *args, **kwargs): raise RuntimeError("no array of me")


class Value:
    data = grad = tangent = Number(1.0)
    def __init__(self, *args, **kwargs): pass
    def _same(self, *other): return self
    backward = lambda self: None
    __add__ = __sub__ = __mul__ = __truediv__ = __pow__ = __neg__ = _same
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = _same
    relu = tanh = exp = log = sin = _same

Dual = Value

def reverse_trace(x1, x2): return [[Number(1.0)] * 2] * 7
def forward_trace(x1, x2): return [[Number(1.0)] * 3] * 7
"""
