"""The gradient of a[key] is put into all entries.

fails: index, index_repeated, second_arrays, jacrev, jacrev_goes_backward, hessian_entries, hvp_product
diagnosis: none
"""


def scatter(g, key, shape):
    data = np.zeros(shape)
    data[...] = g.data.sum() / data.size
    return record(data, (g, lambda h: h[key]))
