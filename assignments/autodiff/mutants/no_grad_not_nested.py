"""Leaving an inner no_grad ends the outer one, too.

fails: no_grad_nested
diagnosis: none
"""


def leave(self, *exception):
    no_grad.recording = True


no_grad.__exit__ = leave
