"""The gradient by the right operand of a matrix product is transposed.

fails: matmul_right, matmul_vectors, grad_first, grad_nested, second_arrays, vjp_gradients, jvp_tangents, jacrev,
    jacfwd
diagnosis: transposed
"""


def matmul(self, other):
    other = Tensor.of(other)
    if self.ndim == 1:
        return (self.reshape(1, self.size) @ other).reshape(*other.shape[1:])
    if other.ndim == 1:
        return (self @ other.reshape(other.size, 1)).reshape(len(self))
    return record(self.data @ other.data, (self, lambda g: g @ other.T), (other, lambda g: g.T @ self))


Tensor.__matmul__ = matmul
