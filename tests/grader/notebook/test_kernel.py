"""In a real kernel, as Jupyter starts it: what a student sees, and what is left when it ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.grader.notebook.conftest import BACKWARD, CHECKS, FORWARD, TOML, WRONG, save
from tests.support import ROOT, write_assignment

jupyter_client = pytest.importorskip("jupyter_client")
pytest.importorskip("ipykernel")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
SECONDS = 120.0  # until a test gives up
CHECK = "from grader import notebook\nnotebook.check()"


@dataclass
class Shown:
    """What one cell has brought."""

    status: str = ""
    printed: str = ""
    data: dict[str, str] = field(default_factory=dict)
    traceback: list[str] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        content = message["content"]
        self.printed += content.get("text", "") if message["msg_type"] == "stream" else ""
        if message["msg_type"] in ("execute_result", "display_data"):
            self.data |= content["data"]
        if message["msg_type"] == "error":
            self.traceback += content["traceback"]


@dataclass
class Kernel:
    """A kernel whose current folder is a kit."""

    manager: Any
    client: Any
    folder: Path

    def run(self, text: str) -> Shown:
        """Run one cell."""
        shown = Shown()
        reply = self.client.execute_interactive(text, allow_stdin=False, timeout=SECONDS, output_hook=shown.take)
        shown.status = reply["content"]["status"]
        return shown

    def processes(self) -> list[int]:
        """The guests' processes, and what starts them."""
        return descendants(self.manager.provisioner.pid)


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                found += [child, *descendants(child)]
    return found


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module", autouse=True)
def loop() -> Iterator[None]:
    """The client makes an event loop, and leaves it open."""
    yield
    from jupyter_core.utils import ensure_event_loop

    ensure_event_loop().close()


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    folder = write_assignment(tmp_path / "kit", checks=CHECKS, toml=TOML)
    manager = jupyter_client.KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path)})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        yield Kernel(manager, client, folder)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def test_a_student_at_work(kernel: Kernel) -> None:
    """Writes, checks, mends, checks again, forgets to save, saves."""
    save(kernel.folder, "!pip install torch", FORWARD, WRONG, CHECK)
    for cell in ("%matplotlib inline", FORWARD, WRONG):
        assert kernel.run(cell).status == "ok"
    assert kernel.run('print "Python 2"').status == "error"
    shown = kernel.run(CHECK)
    assert shown.status == "ok"
    assert "<table" in shown.data["text/html"]
    assert "✓ passed</span>" in shown.data["text/html"]
    assert "✗ failed</span>" in shown.data["text/html"]
    assert "public checks: 1 of 2 points" in shown.data["text/plain"]
    assert "note:" not in shown.data["text/plain"]
    guests = kernel.processes()
    assert guests
    again = kernel.run("notebook.check('affine backward')")
    assert "✗ failed</span>" in again.data["text/html"]
    assert set(guests) <= set(kernel.processes())  # they were kept
    kernel.run(BACKWARD)
    unsaved = kernel.run("notebook.check()").data["text/plain"]
    assert "public checks: 2 of 2 points" in unsaved
    assert "cell 3 ([7]) with `affine_grad` was run otherwise than saved" in unsaved
    save(kernel.folder, "!pip install torch", FORWARD, BACKWARD, CHECK)
    assert "note:" not in kernel.run("notebook.check()").data["text/plain"]
    assert kernel.run("assert notebook.check().passed").status == "ok"


def test_what_cannot_be_found_is_no_traceback(kernel: Kernel) -> None:
    kernel.run(FORWARD)
    shown = kernel.run("from grader import notebook\nnotebook.check('softmax')")
    assert shown.status == "error"
    assert len(shown.traceback) == 1
    assert shown.traceback[0].startswith("NotChecked: no check is called 'softmax'")


def test_the_stop_button(kernel: Kernel) -> None:
    """Pressed while a cell of the notebook hangs in the guest: the check ends, and the session goes on."""
    toml = 'title = "t"\nfiles = ["work.ipynb"]\n' + TOML.replace("cell_seconds = 5.0", f"cell_seconds = {SECONDS}")
    (kernel.folder / "assignment.toml").write_text(toml, "utf-8")
    save(kernel.folder, FORWARD, "import pathlib\npathlib.Path('hangs').touch()\nwhile True: pass\naffine_grad = 1")
    kernel.run(FORWARD)

    def press() -> None:
        wait_until(lambda: len(kernel.processes()) >= 2)
        os.killpg(os.getpgid(kernel.manager.provisioner.pid), signal.SIGINT)  # as Jupyter does

    pressing = threading.Thread(target=press)
    pressing.start()
    shown = kernel.run("from grader import notebook\nnotebook.check(seconds=100)")
    pressing.join()
    assert shown.status == "ok"
    assert "note: stopped: nothing was checked" in shown.data["text/plain"]
    wait_until(lambda: not kernel.processes())
    assert kernel.run("affine(1, 2, 3)").data["text/plain"] == "5"


def test_nothing_is_left_of_a_kernel_that_ends(kernel: Kernel) -> None:
    kernel.run(FORWARD)
    kernel.run(CHECK)
    guests = kernel.processes()
    assert guests
    kernel.manager.shutdown_kernel()
    wait_until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in guests))
