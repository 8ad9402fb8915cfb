"""From an assignment to what students get: the starter, as a module and as a notebook, and the kit around it."""

from grader.release.kit import kit, write_kit
from grader.release.notebook import to_notebook
from grader.release.percent import Cell, cells_of
from grader.release.strip import starter

__all__ = ["Cell", "cells_of", "kit", "starter", "to_notebook", "write_kit"]
