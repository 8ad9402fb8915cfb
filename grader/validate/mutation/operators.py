"""The mistakes that students make, as one table."""

from __future__ import annotations

from grader.validate.mutation import mathematics, programming
from grader.validate.mutation.nodes import Operator

# What a student who makes the mistake does, in the words of the reports.
# fmt: off
OPERATORS: dict[str, tuple[Operator, str]] = {
    "drop_transpose":   (mathematics.drop_transpose,   "drops a transpose"),
    "add_transpose":    (mathematics.add_transpose,    "adds a transpose"),
    "swap_operands":    (mathematics.swap_operands,    "swaps two operands"),
    "change_axis":      (mathematics.change_axis,      "takes another axis"),
    "drop_keepdims":    (mathematics.drop_keepdims,    "leaves keepdims out"),
    "drop_order":       (mathematics.drop_order,       "leaves order out"),
    "flip_sign":        (mathematics.flip_sign,        "flips a sign"),
    "drop_term":        (mathematics.drop_term,        "drops a term of a sum"),
    "drop_factor":      (mathematics.drop_factor,      "drops a factor"),
    "double_factor":    (mathematics.double_factor,    "doubles a constant factor"),
    "drop_division":    (mathematics.drop_division,    "drops a division, such as 1/m"),
    "drop_power":       (mathematics.drop_power,       "drops a power"),
    "sum_or_mean":      (mathematics.sum_or_mean,      "takes mean for sum, or sum for mean"),
    "forget_call":      (mathematics.forget_call,      "forgets to apply a function"),
    "overwrite":        (programming.overwrite,        "overwrites where it should accumulate"),
    "skip_update":      (programming.skip_update,      "skips a statement"),
    "shift_comparison": (programming.shift_comparison, "takes > for >=, or < for <="),
    "wrong_variable":   (programming.wrong_variable,   "takes another variable of the same shape"),
    "off_by_one":       (programming.off_by_one,       "is off by one"),
}
# fmt: on
