"""Imports done once, before any submission is known: each costs a fork nothing and a student no time."""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence

# NumPy imports these on first use, which would cost every process 16 ms.
LAZY = {"numpy": ("numpy.random", "numpy.linalg", "numpy.fft", "numpy.polynomial")}


def preload(names: Sequence[str]) -> None:
    """Import `names`; set up IPython's shell and matplotlib's caches where they are among them."""
    for name in names:
        for module in (name, *LAZY.get(name, ())):
            importlib.import_module(module)
    if "IPython" in names:
        importlib.import_module(".notebook", __package__).warm_up()
    if "matplotlib" in names:
        _draw_once()


def _draw_once() -> None:
    """One figure fills the font and text caches that every process would fill again."""
    pyplot = importlib.import_module("matplotlib.pyplot")
    figure = pyplot.figure()
    pyplot.plot([0, 1])
    figure.canvas.print_png(io.BytesIO())
    pyplot.close("all")
    # There is no screen: whichever backend a student asks for, figures are drawn in memory.
    importlib.import_module("matplotlib").use = _stay  # type: ignore[attr-defined]
    pyplot.switch_backend = _stay  # type: ignore[attr-defined]


def _stay(*args: object, **kwargs: object) -> None:
    """Take any backend for an answer, and keep the one that there is."""
