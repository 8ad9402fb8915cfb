"""What attacks may try to get at: secrets, listeners and a folder, laid out where only the jail keeps a guest away."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.support import ROOT

# fmt: off
PLACES = ("secret_file", "secret_env", "folder", "tcp", "udp", "abstract", "unix", "datagram", "grader", "mark", "ipc",
          "checkout", "inherited", "address")
# fmt: on
KEPT: list[np.ndarray[Any, Any]] = []  # what a search of our memory would find


@dataclass(slots=True, kw_only=True)
class Bait:
    """What an attack may try to get at, and where it shows. The fields in `PLACES` can stand in an attack's text."""

    home: str  # all of it lies there, and so do the scratch folders of the zygotes
    secret_file: str  # readable by the grader's user alone
    secret_env: str  # a variable of the grader's environment
    folder: str  # where nothing may appear, though anyone may write there
    tcp: int
    udp: int
    abstract: str  # the name of a stream socket; of a datagram socket, with "-datagram" after it
    unix: str  # the path of a stream socket
    datagram: str  # the path of a datagram socket
    mark: str  # a name that nothing else on this machine has, for what may be left elsewhere
    ipc: int  # a key of System V, likewise
    inherited: int  # a descriptor of the secret file, open for reading in the grader
    address: int  # of a secret in our memory
    grader: int = field(default_factory=os.getpid)
    checkout: str = str(ROOT)
    tokens: tuple[str, ...] = ()  # what the file, the variable, our memory and the solution hold
    contacts: list[str] = field(default_factory=list)

    def fill(self, text: str) -> str:
        """An attack's text with what stands in braces filled in."""
        for name in PLACES:
            text = text.replace("{" + name + "}", str(getattr(self, name)))
        return text


@contextmanager
def baits() -> Iterator[Bait]:
    """Lay out everything that an attack may try to get at."""
    tokens = tuple(secrets.token_hex(16) for _ in range(4))
    with tempfile.TemporaryDirectory(prefix="attack-") as home:
        Path(home).chmod(0o711)  # a zygote under another user has to reach its scratch folder
        secret = Path(home, "key.py")
        secret.write_text(f"answer = '{tokens[0]}'")
        secret.chmod(0o600)
        for name, mode in (("outside", 0o777), ("zygotes", 0o711)):
            Path(home, name).mkdir()
            Path(home, name).chmod(mode)
        KEPT.append(np.frombuffer(tokens[2].encode(), np.uint8).copy())
        bait = Bait(
            home=home,
            secret_file=str(secret),
            secret_env="ATTACK_SECRET",
            folder=f"{home}/outside",
            tcp=0,
            udp=0,
            abstract=f"attack-{tokens[0][:8]}",
            unix=f"{home}/stream",
            datagram=f"{home}/datagram",
            mark=f"attack-{secrets.token_hex(8)}",
            ipc=secrets.randbelow(1 << 30) + 1,
            inherited=os.open(secret, os.O_RDONLY),
            address=KEPT[-1].ctypes.data,
            tokens=tokens,
        )
        with _environment(bait), _listeners(bait), _signals(bait):
            yield bait
        os.close(bait.inherited)


@contextmanager
def _environment(bait: Bait) -> Iterator[None]:
    """Secrets in our environment and memory; scratch folders where we can see what is left in them."""
    os.environ[bait.secret_env] = bait.tokens[1]
    before, tempfile.tempdir = tempfile.tempdir, f"{bait.home}/zygotes"
    try:
        yield
    finally:
        tempfile.tempdir = before
        KEPT.clear()
        del os.environ[bait.secret_env]


@contextmanager
def _signals(bait: Bait) -> Iterator[None]:
    """Count a harmless signal to us, where this thread may say what signals do."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGUSR1, lambda *_: bait.contacts.append("the grader, by a signal"))
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


@contextmanager
def _listeners(bait: Bait) -> Iterator[None]:
    kinds = {"TCP": socket.SOCK_STREAM, "UDP": socket.SOCK_DGRAM}
    internet = {name: socket.socket(socket.AF_INET, kind) for name, kind in kinds.items()}
    for listener in internet.values():
        listener.bind(("127.0.0.1", 0))
    bait.tcp, bait.udp = (listener.getsockname()[1] for listener in internet.values())
    local = {
        "an abstract socket": (socket.SOCK_STREAM, "\0" + bait.abstract),
        "an abstract datagram socket": (socket.SOCK_DGRAM, f"\0{bait.abstract}-datagram"),
        "a unix socket": (socket.SOCK_STREAM, bait.unix),
        "a unix datagram socket": (socket.SOCK_DGRAM, bait.datagram),
    }
    listeners = dict(internet)
    for name, (kind, address) in local.items():
        listeners[name] = socket.socket(socket.AF_UNIX, kind)
        listeners[name].bind(address)
    for path in (bait.unix, bait.datagram):
        Path(path).chmod(0o777)
    with _taking(bait, listeners):
        yield


@contextmanager
def _taking(bait: Bait, listeners: dict[str, socket.socket]) -> Iterator[None]:
    stop = threading.Event()
    threads = []
    for name, listener in listeners.items():
        listener.settimeout(0.1)
        take: Callable[[socket.socket], object] = _receive
        if listener.type == socket.SOCK_STREAM:
            listener.listen(4)
            take = _accept
        threads.append(threading.Thread(target=_wait, args=(bait, name, listener, take, stop), daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for listener in listeners.values():
            listener.close()


def _accept(listener: socket.socket) -> None:
    listener.accept()[0].close()


def _receive(listener: socket.socket) -> None:
    listener.recv(1)


def _wait(
    bait: Bait, name: str, listener: socket.socket, take: Callable[[socket.socket], object], stop: threading.Event
) -> None:
    while not stop.is_set():
        with suppress(TimeoutError):
            take(listener)
            bait.contacts.append(name)
