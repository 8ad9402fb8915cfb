"""A function's derivative is not multiplied by the tangent of its argument.

fails: dual_power, dual_functions, dual_random, forward_trace, forward_trace_elsewhere
diagnosis: none
"""


def alone(function):
    def run(self, *other):
        return function(Dual(self.data, 1.0), *other)

    return run


Dual.__pow__ = alone(Dual.__pow__)
Dual.__rpow__ = alone(Dual.__rpow__)
Dual.relu = alone(Dual.relu)
Dual.tanh = alone(Dual.tanh)
Dual.exp = alone(Dual.exp)
Dual.log = alone(Dual.log)
Dual.sin = alone(Dual.sin)
