"""Derivative rules of products of arrays, each linear in every factor: its jvp is the product with the tangent there.

The vjps of einsum's operands are einsums again, and matmul and tensordot are written so as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.autodiff.errors import NotDifferentiable
from reference.autodiff.rules import ForEach, Rule, enter, shape_of, strictly, unbroadcast


def _matmul_vjp_a(g: Any, y: Any, a: Any, b: Any) -> Any:
    """g·bᵀ, for every matrix of a stack; a vector counts as a row."""
    if len(shape_of(a)) == 2 and len(shape_of(b)) == 2:
        return g @ b.T
    if len(shape_of(b)) == 1:
        return unbroadcast(np.expand_dims(g, -1) * b, a)
    if len(shape_of(a)) == 1:
        return b @ g if len(shape_of(b)) == 2 else unbroadcast(np.sum(np.expand_dims(g, -2) * b, axis=-1), a)
    return unbroadcast(g @ np.swapaxes(b, -1, -2), a)


def _matmul_vjp_b(g: Any, y: Any, a: Any, b: Any) -> Any:
    """aᵀ·g, for every matrix of a stack; a vector counts as a column."""
    if len(shape_of(a)) == 2 and len(shape_of(b)) in (1, 2):
        return a.T @ g
    if len(shape_of(a)) == 1:
        return unbroadcast(np.expand_dims(a, -1) * np.expand_dims(g, -2), b) if len(shape_of(b)) > 1 else g * a
    if len(shape_of(b)) == 1:
        return unbroadcast(np.sum(a * np.expand_dims(g, -1), axis=-2), b)
    return unbroadcast(np.swapaxes(a, -1, -2) @ g, b)


MATMUL = enter(
    np.matmul,
    Rule(
        "matmul",
        np.matmul,
        (_matmul_vjp_a, _matmul_vjp_b),
        (lambda t, y, a, b: t @ b, lambda t, y, a, b: a @ t),
    ),
)


enter(
    np.vdot,
    Rule(
        "vdot",
        np.vdot,
        (lambda g, y, a, b: np.reshape(g * b, shape_of(a)), lambda g, y, a, b: np.reshape(g * a, shape_of(b))),
        (lambda t, y, a, b: np.vdot(t, b), lambda t, y, a, b: np.vdot(a, t)),
    ),
)


# ---------------------------------------------------------------------------------------------------------- tensordot


def _paired(axes: Any, a: Any, b: Any) -> tuple[list[int], list[int]]:
    """The axes of a and of b that are summed over together, counted from 0."""
    m, n = len(shape_of(a)), len(shape_of(b))
    if isinstance(axes, int):
        return list(range(m - axes, m)), list(range(axes))
    of_a, of_b = ([one] if isinstance(one, int) else list(one) for one in axes)
    return [axis % m for axis in of_a], [axis % n for axis in of_b]


def _tensordot_vjp_a(g: Any, y: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    of_a, of_b = _paired(axes, a, b)
    free_a = [k for k in range(len(shape_of(a))) if k not in of_a]
    free_b = [k for k in range(len(shape_of(b))) if k not in of_b]
    summed = np.tensordot(g, b, (list(range(len(free_a), len(free_a) + len(free_b))), free_b))
    # The axes are now those of a that were free, then those of b that were summed, in b's order.
    partner = [of_a[of_b.index(k)] for k in sorted(of_b)]
    return np.transpose(summed, tuple(np.argsort([*free_a, *partner])))


def _tensordot_vjp_b(g: Any, y: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    of_a, of_b = _paired(axes, a, b)
    free_a = [k for k in range(len(shape_of(a))) if k not in of_a]
    free_b = [k for k in range(len(shape_of(b))) if k not in of_b]
    summed = np.tensordot(a, g, (free_a, list(range(len(free_a)))))
    partner = [of_b[of_a.index(k)] for k in sorted(of_a)]
    return np.transpose(summed, tuple(np.argsort([*partner, *free_b])))


enter(
    np.tensordot,
    Rule(
        "tensordot",
        np.tensordot,
        (_tensordot_vjp_a, _tensordot_vjp_b, None),
        (lambda t, y, a, b, axes: np.tensordot(t, b, axes), lambda t, y, a, b, axes: np.tensordot(a, t, axes), None),
        strictly(np.tensordot, lambda a, b, axes=2: (a, b, axes)),
    ),
)


# -------------------------------------------------------------------------------------------------------------- einsum


def _explicit(subscripts: str, operands: tuple[Any, ...]) -> tuple[list[str], str]:
    """The letters of every operand and of the result; an ellipsis becomes letters, too."""
    given, arrow, out = subscripts.replace(" ", "").partition("->")
    inputs = given.split(",")
    if "." in subscripts:
        spare = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in subscripts]
        named = [len(letters.replace("...", "")) for letters in inputs]
        dots = [len(shape_of(x)) - n for x, n in zip(operands, named, strict=True)]
        inputs = [
            letters.replace("...", "".join(spare[max(dots) - n : max(dots)]))
            for letters, n in zip(inputs, dots, strict=True)
        ]
        whole = "".join(spare[: max(dots)])
        out = out.replace("...", whole)
    if not arrow:
        every = "".join(inputs)
        once = sorted(
            letter for letter in set(every) if every.count(letter) == 1 and not ("." in subscripts and letter in whole)
        )
        out = (whole if "." in subscripts else "") + "".join(once)
    return inputs, out


def _einsum(*args: Any) -> Any:
    return np.einsum(args[-1], *args[:-1])


def _einsum_vjp(i: int, g: Any, y: Any, *args: Any) -> Any:
    """The einsum of g with all other operands, over all letters that this one does not have.

    A letter that this operand has twice is its diagonal; one that nobody else has was summed over it alone.
    """
    operands, subscripts = args[:-1], args[-1]
    inputs, out = _explicit(subscripts, operands)
    mine, x = inputs[i], operands[i]
    others = [(letters, one) for k, (letters, one) in enumerate(zip(inputs, operands, strict=True)) if k != i]
    known = set(out).union(*(letters for letters, _ in others)) if others else set(out)
    letters = "".join(dict.fromkeys(mine))
    sizes = dict(zip(mine, shape_of(x), strict=True))
    alone = [letter for letter in letters if letter not in known]
    ones = [(letter, np.ones(sizes[letter], dtype=bool)) for letter in alone]
    terms = [(out, g), *others, *ones]
    full = np.einsum(f"{','.join(name for name, _ in terms)}->{letters}", *(value for _, value in terms))
    if len(letters) == len(mine):
        return unbroadcast(full, x)
    eyes = [(letter, k) for k, letter in enumerate(mine)]
    fresh = iter(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in subscripts)
    seen: set[str] = set()
    target, factors = "", [(letters, full)]
    for letter, _ in eyes:
        name = next(fresh) if letter in seen else letter
        if letter in seen:
            factors.append((letter + name, np.eye(sizes[letter], dtype=bool)))
        seen.add(letter)
        target += name
    return np.einsum(f"{','.join(name for name, _ in factors)}->{target}", *(value for _, value in factors))


def _einsum_jvp(i: int, t: Any, y: Any, *args: Any) -> Any:
    return np.einsum(args[-1], *(t if k == i else x for k, x in enumerate(args[:-1])))


def _einsum_bind(*args: Any, optimize: Any = False) -> tuple[Any, ...]:
    if not isinstance(args[0], str):
        raise NotDifferentiable("np.einsum has a derivative rule for subscripts in a string alone: write them so")
    return (*args[1:], args[0])


_BOUND = strictly(np.einsum, _einsum_bind)
EINSUM = enter(np.einsum, Rule("einsum", _einsum, ForEach(_einsum_vjp), ForEach(_einsum_jvp), _BOUND))
