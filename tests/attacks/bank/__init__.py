"""All attacks, by family: each module of this folder holds a list of them, `ATTACKS`."""

from __future__ import annotations

import importlib
import pkgutil

from tests.attacks.arena import Attack

ATTACKS: list[Attack] = [
    attack
    for module in pkgutil.iter_modules(__path__)
    for attack in importlib.import_module(f"{__name__}.{module.name}").ATTACKS
]
