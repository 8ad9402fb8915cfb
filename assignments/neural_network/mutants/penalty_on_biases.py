"""The penalty counts the biases: only weights are to be kept small.

fails: gradient_penalty, loss_penalty, sgd_penalty, train_batches, two_history, two_penalty, two_penalty_biases,
    two_steps
diagnosis: none
"""


def penalty(params, reg):
    total = sum((array**2).sum() for array in params.values())
    return reg * total, {name: 2 * reg * array for name, array in params.items()}
