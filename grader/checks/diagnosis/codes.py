"""The closed list of what a diagnosis may say; a mutant may promise these codes, but for `KNOWN`, and no others."""

from __future__ import annotations

# fmt: off
CODES = {
    "numerator-layout":            "the derivative is in numerator layout",
    "transposed":                  "the answer is the transpose of the right one",
    "row-for-column":              "a row where a column is expected, or the other way round",
    "keepdims":                    "an axis of length 1 too many or too few",
    "not-summed-over-batch":       "the first axis is not summed over",
    "sign":                        "the answer has the wrong sign",
    "missing-mean":                "a sum where a mean is expected: the 1/m is missing",
    "averaged-bias":               "a mean where a sum is expected, in what is broadcast over the batch",
    "factor":                      "the answer is a constant multiple of the right one",
    "swapped":                     "two gradients are returned in each other's place",
    "upstream-ignored":            "the upstream gradient, or a part of it, is not multiplied by",
    "not-zeroed":                  "each call adds to the gradient of the call before",
    "input-modified":              "the arguments are changed in place",
    "stale-cache":                 "what an earlier call computed is used again",
    "float32":                     "computed in float32 where float64 came in",
    "operand-not-transposed":      "an operand of a matrix product on the way back is not transposed",
    "missing-factor":              "the product rule without the other factor",
    "missing-l2":                  "the gradient of the L2 penalty is missing, or part of it",
    "l2-factor":                   "the gradient of the L2 penalty has the wrong factor or sign",
    "softmax-diagonal":            "only the diagonal of a softmax Jacobian",
    "double-softmax":              "softmax is applied twice",
    "batchnorm-mean-path":         "a normalisation whose mean is taken for a constant",
    "batchnorm-variance-path":     "a normalisation whose variance, or length, is taken for a constant",
    "wrong-activation-derivative": "the derivative of an activation is another function's",
    "relu-threshold":              "the mask of a relu is cut at the wrong place",
    "missing-mask":                "the gradient flows where a mask should stop it",
    "epsilon":                     "the small number in a denominator is missing, misplaced or another one",
    "max-spread":                  "the gradient of a maximum is spread over entries that are not the largest",
    "one-sample":                  "only one sample of the batch counts",
    "overwritten":                 "a value is used several times, and not all of its uses are added up",
    "one-coordinate":              "only one entry, row or column is wrong",
    "known-mistake":               "the answer is that of one of the assignment's mutants, whose sentence is shown",
}
# fmt: on
KNOWN = "known-mistake"  # of a mutant that promises no other code; it is told by the mutant alone, so none promises it
NONE = "none"  # what a mutant promises when no diagnosis is expected
