"""What we hold to be right: NumPy only, and it knows nothing of grading.

`layout` is here today; automatic differentiation, networks and data sets follow.
"""
