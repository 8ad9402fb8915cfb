"""The gradient by the left operand of a matrix product is transposed.

fails: matmul_left, matmul_vectors, grad_argnum, grad_nested, grad_is_reverse_mode, second_arrays, vjp_gradients,
    vjp_again, jvp_tangents, jacrev, jacfwd
diagnosis: transposed
"""


def matmul(self, other):
    other = Tensor.of(other)
    if self.ndim == 1:
        return (self.reshape(1, self.size) @ other).reshape(*other.shape[1:])
    if other.ndim == 1:
        return (self @ other.reshape(other.size, 1)).reshape(len(self))
    return record(self.data @ other.data, (self, lambda g: other @ g.T), (other, lambda g: self.T @ g))


Tensor.__matmul__ = matmul
