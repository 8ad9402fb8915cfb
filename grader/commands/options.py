"""What several commands take."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fractions import Fraction

VIEWERS = ("student", "student-after-due", "student-published", "staff")


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A type of option: a whole number within bounds. `click.IntRange` prints the bounds in every help page."""

    def convert(text: str) -> int:
        with suppress(ValueError):
            if lowest <= int(text) <= highest:
                return int(text)
        raise click.BadParameter(f"{text} is not a whole number from {lowest} to {highest}.")

    return convert


def share(text: str) -> Fraction:
    """A type of option: a decimal number from 0 to 1."""
    from fractions import Fraction

    with suppress(ValueError, ZeroDivisionError):
        if 0 <= (value := Fraction(text)) <= 1:
            return value
    raise click.BadParameter(f"{text} is not a number from 0 to 1.")


path_argument = click.Path(path_type=Path)
assignments_option = click.option(
    "--assignments",
    type=path_argument,
    metavar="DIR",
    help="Where assignments are looked for. [default: ./assignments]",
)
seed_option = click.option(
    "--seed", metavar="N", type=whole(0, 2**64 - 1), help="The same seed, the same inputs. [default: random]"
)
trust_option = click.option(
    "--trust-students", is_flag=True, help="Where this machine offers no protection, grade without."
)
jobs_option = click.option(
    "--jobs", metavar="N", type=whole(1, 256), default=1, help="Gradings at a time. [default: 1]"
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print errors and nothing else.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def seed_or_random(seed: int | None) -> int:
    """The seed that was given, or one that nobody knows."""
    import secrets

    return secrets.randbits(64) if seed is None else seed
