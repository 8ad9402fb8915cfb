# %% [markdown]
# # One layer

# %%
import numpy as np


# %%
def tanh_layer(x, W):
    """tanh(x W) for x (N, D), W (D, H)."""
    ### BEGIN SOLUTION
    return np.tanh(x @ W)
    ### END SOLUTION


def tanh_layer_vjp(x, W, g):
    """The gradients by x and W for the upstream gradient g (N, H)."""
    ### BEGIN SOLUTION
    d = g * (1 - np.tanh(x @ W) ** 2)
    return d @ W.T, x.T @ d
    ### END SOLUTION
