"""momentum says how much of the old average stays, not how much is new.

fails: batchnorm_running
diagnosis: none
"""

_right = running_average


def running_average(old, new, momentum=0.9):
    return _right(new, old, momentum)
