"""All attacks, by family: one file each."""

from tests.attacks.bank import files

ATTACKS = [*files.ATTACKS]
