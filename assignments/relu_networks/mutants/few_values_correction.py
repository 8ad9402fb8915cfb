"""Divide by the number of values, not by one less: only then does the sum come out.

fails: part_noise, part_variance, table
diagnosis: none
"""

import numpy as np


def decompose(predictions, targets):
    noise = np.var(targets, axis=0, ddof=1)
    bias = np.mean(predictions, axis=0) - np.mean(targets, axis=0)
    variance = np.var(predictions, axis=0, ddof=1)
    return np.mean(noise).item(), np.mean(bias**2).item(), np.mean(variance).item()
