"""Where a check's shapes cannot tell a matrix from its transpose, and so not one layout from the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from grader.validate.mutation.record import Answer, Asked, Call
from grader.validate.mutation.score import Ambiguity


def ambiguous(asked: Iterable[Asked]) -> list[Ambiguity]:
    """The matrices that were square in every call which the solution answered, with every seed."""
    seen: dict[tuple[str, str], list[np.ndarray[Any, Any]]] = defaultdict(list)
    for each in asked:
        for call, answer in zip(each.calls, each.answers, strict=True):
            if not answer.refused:
                for what, matrix in _matrices(call, answer):
                    seen[each.check, what].append(matrix)
    return [
        Ambiguity(check, what, " x ".join(map(str, matrices[0].shape)), all(map(_symmetric, matrices)))
        for (check, what), matrices in seen.items()
        if all(matrix.shape[0] == matrix.shape[1] > 1 for matrix in matrices)
    ]


def _matrices(call: Call, answer: Answer) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    values: list[tuple[str, object]] = [(f"argument {k} of {call.name}", value) for k, value in enumerate(call.args, 1)]
    values += [(f"argument {name} of {call.name}", value) for name, value in call.kwargs.items()]
    if isinstance(answer.value, tuple | list):
        values += [(f"value {k} of {call.name}", value) for k, value in enumerate(answer.value, 1)]
    else:
        values.append((f"the answer of {call.name}", answer.value))
    for what, value in values:
        if isinstance(value, np.ndarray) and value.ndim == 2:
            yield what, value


def _symmetric(matrix: np.ndarray[Any, Any]) -> bool:
    return bool(np.allclose(matrix, matrix.T, equal_nan=True))
