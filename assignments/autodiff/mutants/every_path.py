"""Every path is walked by itself, instead of every Tensor once.

fails: ladder, higher_order
diagnosis: none
"""


def pull_back(y, g):
    adjoints, waiting = {y: g}, [(y, g)]
    while waiting:
        tensor, part = waiting.pop()
        for operand, pull in tensor.edges:
            more = pull(part)
            adjoints[operand] = adjoints[operand] + more if operand in adjoints else more
            waiting.append((operand, more))
    return adjoints
