"""Both inputs move at once: each column of tangents belongs to one of them.

fails: forward_trace, forward_trace_elsewhere
diagnosis: none
"""


def forward_trace(x1, x2):
    a, b = Dual(x1, 1.0), Dual(x2, 1.0)
    log, product, sine = a.log(), a * b, b.sin()
    rows = [a, b, log, product, log + product, sine, log + product - sine]
    return [(v.data, v.tangent, v.tangent) for v in rows]
