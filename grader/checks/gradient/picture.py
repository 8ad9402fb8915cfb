"""A heat map of a gradient's error by coordinate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.checks.gradient.report import ArrayReport, GradientReport

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST = 1e-17  # below the largest error: what is drawn as no error


def heat_map(report: GradientReport, name: str | None = None) -> Figure:
    """The error of every coordinate of one array, on a logarithmic scale; an array of more axes is drawn as a matrix.

    The title, which is the figure's label too, says in words what is to be seen: use it as alt text.

    Raises:
        ValueError: No array has been measured by coordinate, or not this one.
    """
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

    one = _measured(report, name)
    errors = np.array(one.errors).reshape(one.shape[0] if len(one.shape) > 1 else 1, -1)
    largest = float(errors.max()) or 1.0
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    scale = LogNorm(vmin=largest * LEAST, vmax=largest, clip=True)
    image = axes.imshow(np.maximum(errors, largest * LEAST), norm=scale, cmap="magma", aspect="auto")
    figure.colorbar(image, label="absolute error")
    figure.set_label(alt_text(one))
    axes.set_title(alt_text(one), wrap=True)
    return figure


def alt_text(one: ArrayReport) -> str:
    """The picture in words."""
    assert one.errors is not None, "only what has been measured is drawn"
    errors = np.array(one.errors)
    place = [int(k) for k in np.unravel_index(int(np.argmax(errors)), one.shape)]
    return (
        f"Error of the gradient by {one.name}, shape {one.shape}: "
        f"{len(one.wrong)} of {errors.size} entries wrong, worst {errors.max():.2g} at {place}"
    )


def _measured(report: GradientReport, name: str | None) -> ArrayReport:
    for one in report.arrays:
        if one.errors and name in (None, one.name):
            return one
    raise ValueError(f"no error by coordinate has been measured of {name or 'any array'}")
