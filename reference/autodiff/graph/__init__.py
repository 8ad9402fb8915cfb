"""Graph mode: a function is recorded once, simplified, and written out as plain NumPy."""

from reference.autodiff.graph.compiled import Compiled, compile  # noqa: A004

__all__ = ["Compiled", "compile"]
