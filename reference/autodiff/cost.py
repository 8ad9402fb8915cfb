"""What the chain rule costs: the multiplications of a chain of Jacobians in any order, and the memory of both modes.

A network computes v_1 from v_0, v_2 from v_1, up to v_L; v_l has d_l entries. In denominator layout J_l = dv_l/dv_(l−1)
is a d_(l−1) × d_l matrix, and dv_L/dv_0 = J_1·J_2·…·J_L. A product of an a × b and a b × c matrix takes a·b·c
multiplications, so the order of the products matters and the result does not depend on it:

    forward mode    ((J_1·J_2)·J_3)·…        d_0 · Σ_(l=2..L) d_l d_(l−1)
    reverse mode    …·(J_(L−2)·(J_(L−1)·J_L))    d_L · Σ_(l=0..L−2) d_l d_(l+1)

    >>> print(chain_cost([10, 100, 100, 784, 784]))
    layers 10, 100, 100, 784, 784
                 multiplications  numbers kept  order
    forward            7,030,560        17,248  ((J1·J2)·J3)·J4
    reverse           70,089,600     1,231,090  J1·(J2·(J3·J4))
    optimal            7,030,560                ((J1·J2)·J3)·J4

Reverse mode for one output is a rule of thumb and no theorem: layers 10, 11, 1, 1 cost 120 forward and 121 reverse.

Memory counts the numbers that must be kept at once, where a Jacobian is applied without being stored, as a jvp or a
vjp does, and a rule may need its argument and its value:

    forward mode    max over l=1..L of  (1 + d_0)·(d_(l−1) + d_l)
    reverse mode    max over l=1..L of  Σ_(k=0..l) d_k + d_L·(d_(l−1) + d_l)

Forward mode takes the value and the d_0 tangents of one layer to the next, and forgets the layer. Reverse mode comes to
the last layer with all values kept; then it takes d_L adjoints from layer to layer, and forgets the values on its way.
So the memory of forward mode does not grow with the depth, and that of reverse mode does.

Sources: A. Griewank and A. Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, chapters 3 and 4; A. G. Baydin et
al., Automatic differentiation in machine learning: a survey, JMLR 18 (2018), sections 3.1 and 3.2; for the optimal
order, S. S. Godbole, On efficient computation of matrix chain products, IEEE Transactions on Computers C-22 (1973). The
formulas for memory are what the first two say, counted out for a chain of layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True, slots=True)
class ChainCost:
    """The cost of one chain of Jacobians; it prints as a table.

    Attributes:
        sizes: d_0, ..., d_L.
        forward: Multiplications in the order of forward mode.
        reverse: Multiplications in the order of reverse mode.
        optimal: The fewest multiplications of all orders.
        order: An order that takes the fewest, as in `(J1·J2)·J3`.
        forward_memory: The numbers that forward mode keeps at once.
        reverse_memory: The numbers that reverse mode keeps at once.
    """

    sizes: tuple[int, ...]
    forward: int
    reverse: int
    optimal: int
    order: str
    forward_memory: int
    reverse_memory: int

    def __str__(self) -> str:
        names = [f"J{k}" for k in range(1, len(self.sizes))]
        rows = [
            ("forward", self.forward, self.forward_memory, _nested(names)),
            ("reverse", self.reverse, self.reverse_memory, _nested(names, to_the_right=True)),
            ("optimal", self.optimal, None, self.order),
        ]
        lines = [f"layers {', '.join(map(str, self.sizes))}", f"{'':12} multiplications  numbers kept  order"]
        for name, multiplications, kept, order in rows:
            lines.append(f"{name:12} {multiplications:15,}  {'' if kept is None else format(kept, ','):>12}  {order}")
        return "\n".join(lines)


def chain_cost(sizes: Sequence[int]) -> ChainCost:
    """What dv_L/dv_0 costs, for layers of these sizes d_0, ..., d_L; the formulas stand at the top of the module.

    Raises:
        ValueError: There are fewer than two sizes, or one is no positive integer.
    """
    d = tuple(sizes)
    if len(d) < 2 or any(type(size) is not int or size < 1 for size in d):
        raise ValueError(f"a chain has two layers or more, each of one entry or more, not {list(sizes)}")
    optimal, order = _optimal(d)
    pairs = list(pairwise(d))
    before = accumulate(d)  # d_0 + ... + d_(l−1)
    return ChainCost(
        sizes=d,
        forward=d[0] * sum(a * b for a, b in pairs[1:]),
        reverse=d[-1] * sum(a * b for a, b in pairs[:-1]),
        optimal=optimal,
        order=order,
        forward_memory=max((1 + d[0]) * (a + b) for a, b in pairs),
        reverse_memory=max(s + b + d[-1] * (a + b) for s, (a, b) in zip(before, pairs, strict=False)),
    )


def _optimal(d: tuple[int, ...]) -> tuple[int, str]:
    """The least cost, and an order of that cost; of several, the one that is closest to forward mode.

    J_(i+1)·…·J_k is made of two such products, split at j; each shorter product is costed once.
    """
    count = len(d) - 1
    cost = {(i, i + 1): 0 for i in range(count)}
    split: dict[tuple[int, int], int] = {}
    for length in range(2, count + 1):
        for i in range(count - length + 1):
            k = i + length
            choices = ((cost[i, j] + cost[j, k] + d[i] * d[j] * d[k], -j) for j in range(i + 1, k))
            cost[i, k], last = min(choices)
            split[i, k] = -last

    def written(i: int, k: int) -> str:
        if k == i + 1:
            return f"J{k}"
        j = split[i, k]
        return _product(written(i, j), written(j, k))

    return cost[0, count], written(0, count)


def _nested(names: list[str], *, to_the_right: bool = False) -> str:
    """All products one after another, from the left or from the right."""
    if to_the_right:
        text = names[-1]
        for name in reversed(names[:-1]):
            text = _product(name, text)
        return text
    text = names[0]
    for name in names[1:]:
        text = _product(text, name)
    return text


def _product(left: str, right: str) -> str:
    return "·".join(f"({part})" if "·" in part else part for part in (left, right))
