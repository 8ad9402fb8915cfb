"""An entry that is taken several times gets one gradient instead of all.

fails: index_repeated
diagnosis: overwritten
"""


def scatter(g, key, shape):
    data = np.zeros(shape)
    data[key] = g.data
    return record(data, (g, lambda h: h[key]))
