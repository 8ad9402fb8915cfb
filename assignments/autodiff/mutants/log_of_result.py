"""The gradient of log divides by the result.

fails: log, second_functions
diagnosis: wrong-activation-derivative
"""


def log(x):
    x = Tensor.of(x)
    y = record(np.log(x.data), (x, lambda g: g / y))
    return y
