"""The penalty has another factor in front, and so has its gradient; the handout gives the one of this course.

fails: two_scores
diagnosis: factor
"""

_right = penalty


def penalty(params, reg):
    return _right(params, reg / 2)
