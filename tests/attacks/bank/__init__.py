"""All attacks, by family: each module of this folder holds a list of them, `ATTACKS`."""

from importlib import import_module
from pkgutil import iter_modules

from tests.attacks.arena import Attack

ATTACKS: list[Attack] = []
for _module in sorted(iter_modules(__path__), key=lambda module: module.name):
    ATTACKS += import_module(f"{__name__}.{_module.name}").ATTACKS
