"""Softmax and SVM losses of a linear classifier, with their gradients; the penalty apart from the data.

What is right, and how it is judged, is in judging.py.
"""

import judging as judge

from grader import Dims, check

dims = Dims(N=(7, 10), D=(3, 5), C=(4, 6))


# ------------------------------------------------------------------------------------------------- softmax_loss_naive


@check(points="0.5")
def softmax_naive_shapes(student, draw):
    """softmax_loss_naive returns a number and a gradient of the shape of W."""
    judge.assert_shapes(student.softmax_loss_naive, draw)


@check(points=1)
def softmax_naive_loss(student, draw):
    """softmax_loss_naive: the loss without a penalty."""
    judge.assert_loss(student.softmax_loss_naive, judge.softmax, draw)


@check(points="0.5")
def softmax_naive_uniform(student, draw):
    """softmax_loss_naive: equal scores have the loss log C."""
    judge.assert_uniform(student.softmax_loss_naive, draw)


@check(points=2)
def softmax_naive_gradient(student, draw):
    """softmax_loss_naive: the gradient without a penalty."""
    judge.assert_gradient_of(student.softmax_loss_naive, judge.softmax, draw)


@check(points="0.5")
def softmax_naive_penalty(student, draw):
    """softmax_loss_naive: the penalty."""
    judge.assert_penalty(student.softmax_loss_naive, draw)


@check(points="0.5")
def softmax_naive_penalty_gradient(student, draw):
    """softmax_loss_naive: the gradient of the penalty."""
    judge.assert_penalty_gradient(student.softmax_loss_naive, draw)


@check(points="0.5", needs=[softmax_naive_loss, softmax_naive_gradient], visibility="hidden")
def softmax_naive_few(student, draw):
    """softmax_loss_naive: one example only, and a class without examples."""
    judge.assert_few(student.softmax_loss_naive, judge.softmax, draw)


@check(points="0.5", needs=[softmax_naive_loss, softmax_naive_gradient], visibility="hidden")
def softmax_naive_labels(student, draw):
    """softmax_loss_naive: labels of any integer dtype, and in a list."""
    judge.assert_labels(student.softmax_loss_naive, judge.softmax, draw)


@check(points=1, needs=[softmax_naive_loss, softmax_naive_gradient], visibility="hidden")
def softmax_naive_large(student, draw):
    """softmax_loss_naive at scores of ±1000 and more, without overflow."""
    judge.assert_large(student.softmax_loss_naive, draw)


@check(points="0.5", needs=[softmax_naive_large], visibility="hidden")
def softmax_naive_far(student, draw):
    """softmax_loss_naive where the right class has probability 0 in floating point."""
    judge.assert_far(student.softmax_loss_naive, draw)


# -------------------------------------------------------------------------------------------- softmax_loss_vectorized


@check(points="0.5")
def softmax_vectorized_shapes(student, draw):
    """softmax_loss_vectorized returns a number and a gradient of the shape of W."""
    judge.assert_shapes(student.softmax_loss_vectorized, draw)


@check(points=1)
def softmax_vectorized_loss(student, draw):
    """softmax_loss_vectorized: the loss without a penalty."""
    judge.assert_loss(student.softmax_loss_vectorized, judge.softmax, draw)


@check(points="0.5")
def softmax_vectorized_uniform(student, draw):
    """softmax_loss_vectorized: equal scores have the loss log C."""
    judge.assert_uniform(student.softmax_loss_vectorized, draw)


@check(points=2)
def softmax_vectorized_gradient(student, draw):
    """softmax_loss_vectorized: the gradient without a penalty."""
    judge.assert_gradient_of(student.softmax_loss_vectorized, judge.softmax, draw)


@check(points=1, needs=[softmax_vectorized_gradient], seconds=20)
def softmax_vectorized_cost(student, draw):
    """softmax_loss_vectorized: the gradient is derived, and its cost does not grow with the size of W."""
    judge.assert_derived(student.softmax_loss_vectorized, judge.softmax, draw)


@check(points="0.5")
def softmax_vectorized_penalty(student, draw):
    """softmax_loss_vectorized: the penalty."""
    judge.assert_penalty(student.softmax_loss_vectorized, draw)


@check(points="0.5")
def softmax_vectorized_penalty_gradient(student, draw):
    """softmax_loss_vectorized: the gradient of the penalty."""
    judge.assert_penalty_gradient(student.softmax_loss_vectorized, draw)


@check(points="0.5", needs=[softmax_vectorized_loss, softmax_vectorized_gradient], visibility="hidden")
def softmax_vectorized_few(student, draw):
    """softmax_loss_vectorized: one example only, and a class without examples."""
    judge.assert_few(student.softmax_loss_vectorized, judge.softmax, draw)


@check(points="0.5", needs=[softmax_vectorized_loss, softmax_vectorized_gradient], visibility="hidden")
def softmax_vectorized_labels(student, draw):
    """softmax_loss_vectorized: labels of any integer dtype, and in a list."""
    judge.assert_labels(student.softmax_loss_vectorized, judge.softmax, draw)


@check(points=1, needs=[softmax_vectorized_loss, softmax_vectorized_gradient], visibility="hidden")
def softmax_vectorized_large(student, draw):
    """softmax_loss_vectorized at scores of ±1000 and more, without overflow."""
    judge.assert_large(student.softmax_loss_vectorized, draw)


@check(points="0.5", needs=[softmax_vectorized_large], visibility="hidden")
def softmax_vectorized_far(student, draw):
    """softmax_loss_vectorized where the right class has probability 0 in floating point."""
    judge.assert_far(student.softmax_loss_vectorized, draw)


# ----------------------------------------------------------------------------------------------------- svm_loss_naive


@check(points="0.5")
def svm_naive_shapes(student, draw):
    """svm_loss_naive returns a number and a gradient of the shape of W."""
    judge.assert_shapes(student.svm_loss_naive, draw)


@check(points=1)
def svm_naive_loss(student, draw):
    """svm_loss_naive: the loss without a penalty."""
    judge.assert_loss(student.svm_loss_naive, judge.svm, draw)


@check(points=2)
def svm_naive_gradient(student, draw):
    """svm_loss_naive: the gradient without a penalty."""
    judge.assert_gradient_of(student.svm_loss_naive, judge.svm, draw)


@check(points="0.5")
def svm_naive_penalty(student, draw):
    """svm_loss_naive: the penalty."""
    judge.assert_penalty(student.svm_loss_naive, draw)


@check(points="0.5")
def svm_naive_penalty_gradient(student, draw):
    """svm_loss_naive: the gradient of the penalty."""
    judge.assert_penalty_gradient(student.svm_loss_naive, draw)


@check(points="0.5", needs=[svm_naive_loss, svm_naive_gradient], visibility="hidden")
def svm_naive_few(student, draw):
    """svm_loss_naive: one example only, and a class without examples."""
    judge.assert_few(student.svm_loss_naive, judge.svm, draw)


@check(points="0.5", needs=[svm_naive_loss, svm_naive_gradient], visibility="hidden")
def svm_naive_labels(student, draw):
    """svm_loss_naive: labels of any integer dtype, and in a list."""
    judge.assert_labels(student.svm_loss_naive, judge.svm, draw)


@check(points=1, needs=[svm_naive_loss, svm_naive_gradient], visibility="hidden")
def svm_naive_kink(student, draw):
    """svm_loss_naive where margins are exactly 0."""
    judge.assert_kink(student.svm_loss_naive, draw)


# ------------------------------------------------------------------------------------------------ svm_loss_vectorized


@check(points="0.5")
def svm_vectorized_shapes(student, draw):
    """svm_loss_vectorized returns a number and a gradient of the shape of W."""
    judge.assert_shapes(student.svm_loss_vectorized, draw)


@check(points=1)
def svm_vectorized_loss(student, draw):
    """svm_loss_vectorized: the loss without a penalty."""
    judge.assert_loss(student.svm_loss_vectorized, judge.svm, draw)


@check(points=2)
def svm_vectorized_gradient(student, draw):
    """svm_loss_vectorized: the gradient without a penalty."""
    judge.assert_gradient_of(student.svm_loss_vectorized, judge.svm, draw)


@check(points=1, needs=[svm_vectorized_gradient], seconds=20)
def svm_vectorized_cost(student, draw):
    """svm_loss_vectorized: the gradient is derived, and its cost does not grow with the size of W."""
    judge.assert_derived(student.svm_loss_vectorized, judge.svm, draw)


@check(points="0.5")
def svm_vectorized_penalty(student, draw):
    """svm_loss_vectorized: the penalty."""
    judge.assert_penalty(student.svm_loss_vectorized, draw)


@check(points="0.5")
def svm_vectorized_penalty_gradient(student, draw):
    """svm_loss_vectorized: the gradient of the penalty."""
    judge.assert_penalty_gradient(student.svm_loss_vectorized, draw)


@check(points="0.5", needs=[svm_vectorized_loss, svm_vectorized_gradient], visibility="hidden")
def svm_vectorized_few(student, draw):
    """svm_loss_vectorized: one example only, and a class without examples."""
    judge.assert_few(student.svm_loss_vectorized, judge.svm, draw)


@check(points="0.5", needs=[svm_vectorized_loss, svm_vectorized_gradient], visibility="hidden")
def svm_vectorized_labels(student, draw):
    """svm_loss_vectorized: labels of any integer dtype, and in a list."""
    judge.assert_labels(student.svm_loss_vectorized, judge.svm, draw)


@check(points=1, needs=[svm_vectorized_loss, svm_vectorized_gradient], visibility="hidden")
def svm_vectorized_kink(student, draw):
    """svm_loss_vectorized where margins are exactly 0."""
    judge.assert_kink(student.svm_loss_vectorized, draw)


# ----------------------------------------------------------------------------------------------------- both of a kind


@check(points="0.5", needs=[softmax_naive_loss, softmax_vectorized_loss], visibility="hidden")
def softmax_unchanged(student, draw):
    """The softmax losses leave W, X and y as they are."""
    arguments_after = {
        "softmax_loss_naive": student.softmax_naive_arguments,
        "softmax_loss_vectorized": student.softmax_vectorized_arguments,
    }
    judge.assert_unchanged(arguments_after, draw)


@check(points="0.5", needs=[softmax_naive_loss, softmax_vectorized_loss], visibility="hidden")
def softmax_float32(student, draw):
    """The softmax losses of W and X in float32."""
    for function in (student.softmax_loss_naive, student.softmax_loss_vectorized):
        judge.assert_float32(function, judge.softmax, draw)


@check(points="0.5", needs=[svm_naive_loss, svm_vectorized_loss], visibility="hidden")
def svm_unchanged(student, draw):
    """The svm losses leave W, X and y as they are."""
    arguments_after = {
        "svm_loss_naive": student.svm_naive_arguments,
        "svm_loss_vectorized": student.svm_vectorized_arguments,
    }
    judge.assert_unchanged(arguments_after, draw)


@check(points="0.5", needs=[svm_naive_loss, svm_vectorized_loss], visibility="hidden")
def svm_float32(student, draw):
    """The svm losses of W and X in float32."""
    for function in (student.svm_loss_naive, student.svm_loss_vectorized):
        judge.assert_float32(function, judge.svm, draw)
