"""Every gradient starts at 1, and not at 0.

fails: add_gradient, add_numbers, sub_left, sub_right, sub_numbers, mul_left, mul_right, mul_numbers,
    div_left, div_right, div_numbers, neg, power_gradient, power_reflected, relu_gradient, tanh_gradient,
    exp_gradient, log_gradient, sin_gradient, upstream, same_operand, diamond, order, intermediate,
    accumulate, accumulate_functions, twice, ladder, deep_chain, random_graph, reverse_trace,
    reverse_trace_elsewhere
diagnosis: none
"""


def begin(self, data, edges=()):
    self.data = data
    self.grad = 1.0
    self.edges = edges


Value.__init__ = begin
