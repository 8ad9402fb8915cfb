"""What is detached still belongs to the graph.

fails: detach
diagnosis: none
"""

Tensor.detach = lambda self: self
