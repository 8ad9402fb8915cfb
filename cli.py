"""The `grade` command: parse, call, print, exit code. It decides nothing.

What each command does stands in grader/commands. Everything heavy is imported where it is used, so that `grade --help`
answers at once.
"""

from __future__ import annotations

import os

import click

from grader.commands.authors import calibrate, new, release, validate
from grader.commands.classes import demo, doctor, run
from grader.commands.command import Commands
from grader.commands.students import check, list_

# Before NumPy is loaded, here and in every process that is started: the arrays are small, and threads that wait for
# each other while other submissions are graded take several times as long.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(threads, "1")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradgrader", prog_name="grade")
def main() -> None:
    """Grade deep-learning coursework: are these gradients right, in this layout, and does this network learn?

    \b
    grade demo                                             see a class graded
    grade new my_layers                                    begin an assignment
    grade check my_work.ipynb                              check your own file
    grade run matrix_calculus submissions/ --out graded/   grade a class
    grade validate matrix_calculus                         test an assignment
    grade release matrix_calculus                          make what students get
    """  # noqa: D301  (click wants the character itself: it keeps the lines below it as they are)


for each in (list_, check, run, new, validate, calibrate, release, demo, doctor):
    main.add_command(each)

if __name__ == "__main__":
    main(prog_name="grade")
