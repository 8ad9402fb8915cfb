"""The variable of an inner derivative forgets the outer one that it comes from.

fails: second_arithmetic, second_functions, second_arrays, higher_order, perturbations, hessian_entries, hvp_product,
    hvp_without_hessian
diagnosis: none
"""


def track(x):
    return Tensor(x.data if isinstance(x, Tensor) else x, requires_grad=True)
