"""What we hold to be right: NumPy only, and it knows nothing of grading.

`layout` is the algebra of derivative shapes, `autodiff` differentiates, `nn` has networks and `data` what they learn.
"""
