"""backward begins with the gradient 0: what is the derivative of the result by itself?

fails: add_gradient, add_numbers, sub_left, sub_right, sub_numbers, mul_left, mul_right, mul_numbers,
    div_left, div_right, div_numbers, neg, power_gradient, power_reflected, relu_gradient, relu_at_zero, tanh_gradient,
    exp_gradient, log_gradient, sin_gradient, upstream, same_operand, diamond, order, intermediate,
    accumulate, accumulate_functions, twice, ladder, deep_chain, random_graph, reverse_trace,
    reverse_trace_elsewhere
diagnosis: none
"""


def backward(self):
    for operand, derivative in self.edges:
        operand.grad += derivative * self.grad


Value.backward = backward
