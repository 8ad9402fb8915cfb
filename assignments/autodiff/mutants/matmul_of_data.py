"""The operands of a matrix product are constants in its gradients.

fails: second_arrays
diagnosis: none
"""


def matmul(self, other):
    other = Tensor.of(other)
    if self.ndim == 1:
        return (self.reshape(1, self.size) @ other).reshape(*other.shape[1:])
    if other.ndim == 1:
        return (self @ other.reshape(other.size, 1)).reshape(len(self))
    return record(
        self.data @ other.data, (self, lambda g: g @ other.data.T), (other, lambda g: Tensor(self.data.T) @ g)
    )


Tensor.__matmul__ = matmul
