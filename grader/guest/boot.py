"""The first code of a guest process: set the import policy, preload, then become a zygote or serve one submission.

Run by file as `python -s -P -S boot.py CONFIG`, with a clean environment. CONFIG is JSON: `packages` (name to folder),
`metadata` (folders of the distributions' metadata), `preload` (names), `jail` (what a zygote is to enter before it
forks a process per submission; null: be that one process) and `socket` (a descriptor, or "stdin" for the form in which
Windows hands a socket over).
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import socket
import sys
from pathlib import Path
from typing import Any

PACKAGE = "guest"


def load_package() -> None:
    """Make this folder importable as the package `guest`, wherever it lies and whatever else lies beside it."""
    folder = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def open_socket(where: int | str) -> socket.socket:
    """The grader's socket: an inherited descriptor, or what `socket.share` wrote to our standard input."""
    if where == "stdin":
        fromshare: Any = socket.fromshare  # type: ignore[attr-defined]  # Windows
        shared: socket.socket = fromshare(sys.stdin.buffer.read())
        return shared
    return socket.socket(fileno=int(where))


def main() -> None:
    """Never returns to the interpreter's own shutdown: nothing of a student's may run there."""
    config = json.loads(sys.argv[1])
    connection = open_socket(config["socket"])
    load_package()
    importlib.import_module(f"{PACKAGE}.policy").enforce(config["packages"], config["metadata"])
    importlib.import_module(f"{PACKAGE}.preload").preload(config["preload"])
    sys.dont_write_bytecode = True
    role = "serve" if config["jail"] is None else "zygote"
    serve = importlib.import_module(f"{PACKAGE}.{role}").run
    arguments = (connection,) if config["jail"] is None else (connection, config["jail"])
    importlib.import_module(f"{PACKAGE}.processes").run_to_the_end(lambda: serve(*arguments))


if __name__ == "__main__":
    main()
