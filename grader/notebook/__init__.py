"""A student's check inside their notebook.

from grader import notebook
notebook.check()
notebook.check("affine backward")
"""

from grader.notebook.check import check
from grader.notebook.result import Checked, NotChecked

__all__ = ["Checked", "NotChecked", "check"]
