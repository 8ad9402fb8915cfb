"""backward() of an array takes ones for the gradient that it was not given.

fails: backward_needs_gradient
diagnosis: none
"""


def backward(self, gradient=None):
    if gradient is None:
        gradient = np.ones(self.shape)
    with no_grad():
        adjoints = pull_back(self, Tensor(gradient))
    for tensor, g in adjoints.items():
        if tensor.requires_grad and not tensor.edges:
            tensor.grad = g.data + (0.0 if tensor.grad is None else tensor.grad)


Tensor.backward = backward
