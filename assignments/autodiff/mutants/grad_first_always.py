"""grad differentiates by the first argument, whichever is asked for.

fails: grad_argnum, grad_unused
diagnosis: none
"""


def grad(f, argnum=0):

    def gradient(*args):
        y, pull = vjp(lambda x: f(x, *args[1:]), args[0])
        if y.ndim:
            raise ValueError(f"grad needs a function whose result is one number, not of shape {y.shape}")
        return pull(1.0)[0]

    return gradient
