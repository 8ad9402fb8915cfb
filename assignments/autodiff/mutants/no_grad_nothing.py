"""no_grad changes nothing.

fails: no_grad, no_grad_nested
diagnosis: none
"""

no_grad.__enter__ = lambda self: None
no_grad.__exit__ = lambda self, *exception: None
