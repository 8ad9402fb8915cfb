"""no_grad is not left where an exception ends it.

fails: no_grad_nested
diagnosis: none
"""


def leave(self, *exception):
    if exception == (None, None, None):
        no_grad.recording = self.before


no_grad.__exit__ = leave
