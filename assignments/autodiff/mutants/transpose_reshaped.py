"""The gradient of a transpose is reshaped instead of transposed.

fails: reshape_transpose, second_arrays, jacrev, jacfwd
diagnosis: transposed
"""


def transpose(self):
    return record(self.data.T, (self, lambda g: g.reshape(*self.shape)))


Tensor.transpose = transpose
