"""The gradient of relu flows where relu is 0.

fails: relu
diagnosis: missing-mask
"""


def relu(x):
    x = Tensor.of(x)
    return record(np.maximum(x.data, 0), (x, lambda g: g))
