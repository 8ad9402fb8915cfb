"""A matrix times a vector stays a matrix of one column.

fails: matmul_values, matmul_vectors
diagnosis: keepdims
"""


def matmul(self, other):
    other = Tensor.of(other)
    if self.ndim == 1:
        return (self.reshape(1, self.size) @ other).reshape(*other.shape[1:])
    if other.ndim == 1:
        return self @ other.reshape(other.size, 1)
    return record(self.data @ other.data, (self, lambda g: g @ other.T), (other, lambda g: self.T @ g))


Tensor.__matmul__ = matmul
