"""From an assignment's solution to what students get: the starter, as a module and as a notebook."""

from grader.release.notebook import to_notebook
from grader.release.percent import Cell, cells_of
from grader.release.strip import starter

__all__ = ["Cell", "cells_of", "starter", "to_notebook"]
