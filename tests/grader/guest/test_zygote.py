"""The process that starts all others, as far as it can be run here."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING, Any

from grader.guest import zygote
from grader.guest.jail import rungs

if TYPE_CHECKING:
    import pytest


def test_a_refusal_is_heard_although_a_request_was_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(config: Any) -> None:
        raise OSError("no such rung")

    monkeypatch.setattr(rungs, "enter", refuse)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def serve() -> None:
        with theirs:
            zygote.run(theirs, {})

    ours.send(b"a request")
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join(0.2)  # a process that ends at once has ended by now
    assert json.loads(ours.recv(1000)) == {"refused": "no such rung"}
    ours.close()
    thread.join(10)
    assert not thread.is_alive()
