"""backward overwrites the gradients of earlier calls.

fails: accumulate
diagnosis: none
"""


def backward(self, gradient=None):
    if gradient is None:
        if self.ndim:
            raise ValueError(f"backward() of an array of shape {self.shape} needs the gradient by it")
        gradient = 1.0
    with no_grad():
        adjoints = pull_back(self, Tensor(gradient))
    for tensor, g in adjoints.items():
        if tensor.requires_grad and not tensor.edges:
            tensor.grad = g.data


Tensor.backward = backward
