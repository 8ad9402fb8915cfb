"""Calls a loss and gives back what it was given, as it is afterwards."""

import submission


def arguments_after(name, W, X, y, reg):
    getattr(submission, name)(W, X, y, reg)
    return W, X, y
