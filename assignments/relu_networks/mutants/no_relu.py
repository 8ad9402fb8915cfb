"""Without the ReLU between them, layers make a linear function, however many there are.

fails: forward_shallow, forward_deep, kinks_two_layers, kinks_deep, kinks_masked
diagnosis: none
"""


def relu_network(params, x):
    for W, b in params:
        x = x @ W + b
    return x
