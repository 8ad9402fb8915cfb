# %% [markdown]
# # Scalar automatic differentiation
#
# Write an engine that differentiates any computation with numbers: backwards with `Value`, forwards with `Dual`. The
# handout has the rules.
#
# - Only Python and `math`. Each operation is one or two lines.
# - An operand may be a plain number, on either side: `2 * a` calls `a.__rmul__(2)`.

# %%
import math

# %% [markdown]
# ## 1. Reverse mode
#
# An operation makes a new `Value` and tells it where it comes from: `edges` has a pair for each operand, which is the
# operand and the derivative of the new value by it. You may store something else instead, such as a function for each
# value that passes its gradient on: `data`, `grad` and `backward()` are all that is asked for.


# %%
class Value:
    """A number that remembers how it was computed."""

    def __init__(self, data, edges=()):
        self.data = data
        self.grad = 0.0  # the derivative of the result by this value, once backward() of the result was called
        self.edges = edges

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    @staticmethod
    def of(number):
        """A plain number as a Value; a Value as it is."""
        return number if isinstance(number, Value) else Value(number)

    # ------------------------------------------------------------------------------------------ arithmetic

    def __add__(self, other):
        """self + other"""
        ### BEGIN SOLUTION
        other = Value.of(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
        ### END SOLUTION

    def __sub__(self, other):
        """self - other"""
        ### BEGIN SOLUTION
        other = Value.of(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))
        ### END SOLUTION

    def __mul__(self, other):
        """self * other"""
        ### BEGIN SOLUTION
        other = Value.of(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
        ### END SOLUTION

    def __truediv__(self, other):
        """self / other"""
        ### BEGIN SOLUTION
        other = Value.of(other)
        quotient = self.data / other.data
        return Value(quotient, ((self, 1 / other.data), (other, -quotient / other.data)))
        ### END SOLUTION

    def __neg__(self):
        """-self"""
        ### BEGIN SOLUTION
        return Value(-self.data, ((self, -1.0),))
        ### END SOLUTION

    def __pow__(self, exponent):
        """self ** exponent, for an exponent that is a plain number."""
        ### BEGIN SOLUTION
        return Value(self.data**exponent, ((self, exponent * self.data ** (exponent - 1)),))
        ### END SOLUTION

    def __radd__(self, other):
        """other + self, for a plain number other."""
        ### BEGIN SOLUTION
        return self + other
        ### END SOLUTION

    def __rsub__(self, other):
        """other - self, for a plain number other."""
        ### BEGIN SOLUTION
        return Value(other) - self
        ### END SOLUTION

    def __rmul__(self, other):
        """other * self, for a plain number other."""
        ### BEGIN SOLUTION
        return self * other
        ### END SOLUTION

    def __rtruediv__(self, other):
        """other / self, for a plain number other."""
        ### BEGIN SOLUTION
        return Value(other) / self
        ### END SOLUTION

    def __rpow__(self, base):
        """base ** self, for a base that is a plain positive number."""
        ### BEGIN SOLUTION
        power = base**self.data
        return Value(power, ((self, math.log(base) * power),))
        ### END SOLUTION

    # ------------------------------------------------------------------------------------------- functions

    def relu(self):
        """max(0, self)"""
        ### BEGIN SOLUTION
        return Value(max(0.0, self.data), ((self, float(self.data > 0)),))
        ### END SOLUTION

    def tanh(self):
        """The hyperbolic tangent."""
        ### BEGIN SOLUTION
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))
        ### END SOLUTION

    def exp(self):
        """e to the power of self."""
        ### BEGIN SOLUTION
        e = math.exp(self.data)
        return Value(e, ((self, e),))
        ### END SOLUTION

    def log(self):
        """The natural logarithm."""
        ### BEGIN SOLUTION
        return Value(math.log(self.data), ((self, 1 / self.data),))
        ### END SOLUTION

    def sin(self):
        """The sine."""
        ### BEGIN SOLUTION
        return Value(math.sin(self.data), ((self, math.cos(self.data)),))
        ### END SOLUTION

    # -------------------------------------------------------------------------------------------- backward

    def backward(self):
        """Add the derivative of self to the grad of every Value that it was computed from; its own grad is 1."""
        ### BEGIN SOLUTION
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, finished = stack.pop()
            if finished:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((operand, False) for operand, _ in node.edges)
        self.grad = 1.0
        for node in reversed(order):
            for operand, derivative in node.edges:
                operand.grad += derivative * node.grad
        ### END SOLUTION


# %% [markdown]
# ## 2. Forward mode
#
# A dual number carries its derivative along. What moves has the tangent 1, everything else 0; a plain number is a
# constant.


# %%
class Dual:
    """A number and its tangent, the derivative of the number along the direction that is asked for."""

    def __init__(self, data, tangent=0.0):
        self.data = data
        self.tangent = tangent

    def __repr__(self):
        return f"Dual(data={self.data}, tangent={self.tangent})"

    @staticmethod
    def of(number):
        """A plain number as a Dual; a Dual as it is."""
        return number if isinstance(number, Dual) else Dual(number)

    def __add__(self, other):
        """self + other"""
        ### BEGIN SOLUTION
        other = Dual.of(other)
        return Dual(self.data + other.data, self.tangent + other.tangent)
        ### END SOLUTION

    def __sub__(self, other):
        """self - other"""
        ### BEGIN SOLUTION
        other = Dual.of(other)
        return Dual(self.data - other.data, self.tangent - other.tangent)
        ### END SOLUTION

    def __mul__(self, other):
        """self * other"""
        ### BEGIN SOLUTION
        other = Dual.of(other)
        return Dual(self.data * other.data, self.tangent * other.data + self.data * other.tangent)
        ### END SOLUTION

    def __truediv__(self, other):
        """self / other"""
        ### BEGIN SOLUTION
        other = Dual.of(other)
        quotient = self.data / other.data
        return Dual(quotient, (self.tangent - quotient * other.tangent) / other.data)
        ### END SOLUTION

    def __neg__(self):
        """-self"""
        ### BEGIN SOLUTION
        return Dual(-self.data, -self.tangent)
        ### END SOLUTION

    def __pow__(self, exponent):
        """self ** exponent, for an exponent that is a plain number."""
        ### BEGIN SOLUTION
        return Dual(self.data**exponent, exponent * self.data ** (exponent - 1) * self.tangent)
        ### END SOLUTION

    def __radd__(self, other):
        """other + self, for a plain number other."""
        ### BEGIN SOLUTION
        return self + other
        ### END SOLUTION

    def __rsub__(self, other):
        """other - self, for a plain number other."""
        ### BEGIN SOLUTION
        return Dual(other) - self
        ### END SOLUTION

    def __rmul__(self, other):
        """other * self, for a plain number other."""
        ### BEGIN SOLUTION
        return self * other
        ### END SOLUTION

    def __rtruediv__(self, other):
        """other / self, for a plain number other."""
        ### BEGIN SOLUTION
        return Dual(other) / self
        ### END SOLUTION

    def __rpow__(self, base):
        """base ** self, for a base that is a plain positive number."""
        ### BEGIN SOLUTION
        power = base**self.data
        return Dual(power, math.log(base) * power * self.tangent)
        ### END SOLUTION

    def relu(self):
        """max(0, self)"""
        ### BEGIN SOLUTION
        return Dual(self.data, self.tangent) if self.data > 0 else Dual(0.0)
        ### END SOLUTION

    def tanh(self):
        """The hyperbolic tangent."""
        ### BEGIN SOLUTION
        t = math.tanh(self.data)
        return Dual(t, (1 - t * t) * self.tangent)
        ### END SOLUTION

    def exp(self):
        """e to the power of self."""
        ### BEGIN SOLUTION
        e = math.exp(self.data)
        return Dual(e, e * self.tangent)
        ### END SOLUTION

    def log(self):
        """The natural logarithm."""
        ### BEGIN SOLUTION
        return Dual(math.log(self.data), self.tangent / self.data)
        ### END SOLUTION

    def sin(self):
        """The sine."""
        ### BEGIN SOLUTION
        return Dual(math.sin(self.data), math.cos(self.data) * self.tangent)
        ### END SOLUTION


# %% [markdown]
# ## 3. The evaluation trace
#
# The trace of $y = \ln x_1 + x_1 x_2 - \sin x_2$ has seven rows: the inputs $v_{-1} = x_1$ and $v_0 = x_2$, then
# $v_1 = \ln v_{-1}$, $v_2 = v_{-1} v_0$, $v_3 = v_1 + v_2$, $v_4 = \sin v_0$ and $v_5 = v_3 - v_4 = y$.


# %%
def reverse_trace(x1, x2):
    """A list of seven rows (value, adjoint), from v_-1 to v_5; the adjoint of v is dy/dv."""
    ### BEGIN SOLUTION
    v = [Value(x1), Value(x2)]
    v.append(v[0].log())
    v.append(v[0] * v[1])
    v.append(v[2] + v[3])
    v.append(v[1].sin())
    v.append(v[4] - v[5])
    v[-1].backward()
    return [(node.data, node.grad) for node in v]
    ### END SOLUTION


def forward_trace(x1, x2):
    """A list of seven rows (value, tangent along x1, tangent along x2), from v_-1 to v_5."""
    ### BEGIN SOLUTION
    columns = []
    for moves in ((1.0, 0.0), (0.0, 1.0)):
        v = [Dual(x1, moves[0]), Dual(x2, moves[1])]
        v.append(v[0].log())
        v.append(v[0] * v[1])
        v.append(v[2] + v[3])
        v.append(v[1].sin())
        v.append(v[4] - v[5])
        columns.append(v)
    return [(one.data, one.tangent, other.tangent) for one, other in zip(*columns, strict=True)]
    ### END SOLUTION
