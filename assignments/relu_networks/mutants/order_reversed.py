"""The first matrix comes first: X W_1 W_2 ... W_L.

fails: one_matrix, linear_forward, linear_loss
diagnosis: transposed
"""


def end_to_end(Ws):
    product = Ws[-1].T
    for W in Ws[-2::-1]:
        product = product @ W.T
    return product
