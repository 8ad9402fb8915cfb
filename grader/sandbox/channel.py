"""One connection to a guest process: frames with deadlines by the grader's own clock, while output is drained."""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections.abc import Sequence

from grader.guest import wire
from grader.sandbox.capture import Capture
from grader.sandbox.watch import EVERY_SECONDS, Watch

MAX_LAST_READS = 16

# Not select(2), which cannot take descriptors above 1023; and one that needs no descriptor of its own.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Late(Exception):
    """The deadline passed."""


class Channel:
    """Our end of a guest's data socket, and of the pipe for what that guest prints."""

    def __init__(self, connection: socket.socket, output: int | None, capture: Capture) -> None:
        self.capture = capture
        self.watch: Watch | None = None  # of the process tree at the other end
        self._next_look = time.monotonic() + EVERY_SECONDS
        self._connection = connection
        self._output = output
        connection.setblocking(False)
        if output is not None:
            os.set_blocking(output, False)

    def send(self, message: wire.Message, arrays: Sequence[wire.Array], deadline: float) -> None:
        """Send one frame.

        Raises:
            NotPlain: The frame would be too large.
            Late, PeerGone: The other side does not read, or is no more.
        """
        wire.send_all(wire.pack(message, arrays), lambda view: self._send_some(view, deadline))

    def receive(self, deadline: float, max_payload: int = wire.MAX_PAYLOAD) -> tuple[wire.Message, list[wire.Array]]:
        """One frame.

        Raises:
            BadFrame: It is not one, or over the bounds.
            Late, PeerGone: None came in time, or none will.
            OverLimit: The other side uses too much meanwhile.
        """
        return wire.read(lambda size: self._exactly(size, deadline), max_payload)

    def take_output(self) -> str:
        """What was printed until now, with what is still in the pipe."""
        if self._output is not None:
            rounds = 0  # a process that goes on writing must not keep us
            while self.capture.drain(self._output) and rounds < MAX_LAST_READS:
                rounds += 1
        return self.capture.text()

    def close(self) -> str:
        """Close both ends of ours; what was printed in all."""
        self._connection.close()
        printed = self.take_output()
        self._close_output()
        return printed

    def _close_output(self) -> None:
        if self._output is not None:
            os.close(self._output)
            self._output = None

    def _send_some(self, view: memoryview, deadline: float) -> int:
        while True:
            try:
                return self._connection.send(view)
            except BlockingIOError:
                self._wait(deadline, writing=True)
            except OSError as error:
                raise wire.PeerGone from error

    def _exactly(self, size: int, deadline: float) -> bytearray:
        buffer, got = bytearray(size), 0
        view = memoryview(buffer)
        while got < size:
            try:
                count = self._connection.recv_into(view[got:])
            except BlockingIOError:
                self._wait(deadline)
                continue
            except OSError as error:
                raise wire.PeerGone from error
            self._look()
            if count == 0:
                raise wire.PeerGone
            got += count
        return buffer

    def _look(self) -> None:
        """By the clock, since a guest that goes on printing would otherwise never be looked at."""
        if self.watch is not None and time.monotonic() >= self._next_look:
            self.watch.look()
            self._next_look = time.monotonic() + EVERY_SECONDS

    def _wait(self, deadline: float, *, writing: bool = False) -> None:
        """Until the socket is ready; what is printed meanwhile is taken away, or the guest would block on it."""
        with _Selector() as selector:
            selector.register(self._connection, selectors.EVENT_WRITE if writing else selectors.EVENT_READ)
            if self._output is not None:
                selector.register(self._output, selectors.EVENT_READ)
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Late
                ready = [key.fileobj for key, _events in selector.select(min(left, EVERY_SECONDS))]
                self._look()
                if self._output in ready and self._output is not None and self.capture.drain(self._output) == 0:
                    selector.unregister(self._output)
                    self._close_output()
                if self._connection in ready:
                    return
