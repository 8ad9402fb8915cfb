"""A value passes its gradient on when it is first met: what comes to it by a longer way arrives too late.

fails: order, random_graph
diagnosis: none
"""


def backward(self):
    self.grad = 1.0
    seen, queue = {self}, [self]
    for node in queue:
        for operand, derivative in node.edges:
            operand.grad += derivative * node.grad
            if operand not in seen:
                seen.add(operand)
                queue.append(operand)


Value.backward = backward
