"""The trace is that of (2, 5), wherever it is asked for.

fails: reverse_trace_elsewhere, forward_trace_elsewhere
diagnosis: none
"""

rows_back, rows_forward = reverse_trace, forward_trace


def reverse_trace(x1, x2):
    return rows_back(2.0, 5.0)


def forward_trace(x1, x2):
    return rows_forward(2.0, 5.0)
