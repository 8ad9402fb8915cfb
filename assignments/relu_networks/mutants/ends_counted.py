"""The interval is open: a kink at one of its ends is not between them.

fails: kinks_ends
diagnosis: none
"""

_kinks = kinks


def kinks(params, lo, hi):
    if lo >= hi:
        raise ValueError
    found = _kinks(params, lo - 1, hi + 1)
    return found[(found >= lo) & (found <= hi)]
