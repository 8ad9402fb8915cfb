"""Constants get gradients, too.

fails: requires_grad
diagnosis: none
"""


def record(data, *edges):
    return Tensor(data, requires_grad=no_grad.recording, edges=edges if no_grad.recording else ())


def backward(self, gradient=None):
    if gradient is None:
        if self.ndim:
            raise ValueError(f"backward() of an array of shape {self.shape} needs the gradient by it")
        gradient = 1.0
    with no_grad():
        adjoints = pull_back(self, Tensor(gradient))
    for tensor, g in adjoints.items():
        if not tensor.edges:
            tensor.grad = g.data + (0.0 if tensor.grad is None else tensor.grad)


Tensor.backward = backward
