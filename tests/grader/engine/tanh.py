"""An assignment whose students make a mistake that no general rule names, and the mutants that know it.

The input has more than 100 entries, so that no layers are guessed behind it: that takes a second, and finds nothing.
"""

from __future__ import annotations

CHECKS = '''
import numpy as np

from grader import Dims, assert_gradient, check

dims = Dims(N=(26, 30), D=(4, 6), H=(7, 9))


def layer(x, W):
    return np.tanh(x @ W)


@check(points=2)
def backward(student, draw):
    """layer_vjp gives both gradients for any upstream gradient."""
    assert_gradient(student.layer_vjp, of=layer, at={"x": draw("N D"), "W": draw("D H")})


@check(points=3, visibility="hidden")
def backward_of_W(student, draw):
    """layer_vjp gives the gradient by W at large inputs."""
    at = {"x": 2 * draw("N D"), "W": draw("D H")}
    assert_gradient(lambda x, W, g: student.layer_vjp(x, W, g)[1], of=layer, at=at, wrt="W")
'''
SOLUTION = """
import numpy as np


def layer_vjp(x, W, g):
    ### BEGIN SOLUTION
    d = g * (1 - np.tanh(x @ W) ** 2)
    return d @ W.T, x.T @ d
    ### END SOLUTION
"""
SENTENCE = "The derivative of tanh is 1 - tanh^2: the square of the value, not its fourth power."
MISTAKE = """
import numpy as np


def layer_vjp(x, W, g):
    d = g * (1 - np.tanh(x @ W) ** 4)
    return d @ W.T, x.T @ d
"""
STUDENT = """
import numpy as np


def slope(z):
    t = np.tanh(z)
    return 1 - t * t * t * t


def layer_vjp(x, W, g):
    return (g * slope(x @ W)) @ W.T, x.T @ (slope(x @ W) * g)
"""


def mutant(
    code: str = MISTAKE, sentence: str = SENTENCE, fails: str = "backward, backward_of_W", is_: str = "none"
) -> str:
    """The text of a mutant's file."""
    return f'"""{sentence}\n\nfails: {fails}\ndiagnosis: {is_}\n"""\n{code}'
