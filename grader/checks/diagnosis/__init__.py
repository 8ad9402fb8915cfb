"""Names the likely mistake behind a wrong answer, and says nothing when it is not sure.

`CODES` is the closed list: a mutant may promise these and no others. A rule is a function from evidence to a diagnosis
or None; the rules are tried in the order of `RULES`, and of
`HABIT_RULES` and `GRADIENT_RULES`.
"""

from grader.checks.diagnosis.codes import CODES, KNOWN, NONE
from grader.checks.diagnosis.evidence import Evidence, GradientsEvidence
from grader.checks.diagnosis.known import KnownWrong, is_right, of_answer
from grader.checks.diagnosis.rules import GRADIENT_RULES, HABIT_RULES, RULES, of_gradients, of_values
from grader.checks.diagnosis.shapes import of_shape, of_shapes

__all__ = [
    "CODES",
    "GRADIENT_RULES",
    "HABIT_RULES",
    "KNOWN",
    "NONE",
    "RULES",
    "Evidence",
    "GradientsEvidence",
    "KnownWrong",
    "is_right",
    "of_answer",
    "of_gradients",
    "of_shape",
    "of_shapes",
    "of_values",
]
