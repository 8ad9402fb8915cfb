"""Calls a loss and gives back what it was given, as it is afterwards."""

import submission


def after(loss_and_gradient, *given):
    loss_and_gradient(*given)
    return given[:3]


def softmax_naive_arguments(*given):
    return after(submission.softmax_loss_naive, *given)


def softmax_vectorized_arguments(*given):
    return after(submission.softmax_loss_vectorized, *given)


def svm_naive_arguments(*given):
    return after(submission.svm_loss_naive, *given)


def svm_vectorized_arguments(*given):
    return after(submission.svm_loss_vectorized, *given)
