"""Using more of the machine than a submission may: processes, memory, disk, names, descriptors, output, time.

Each bomb is bounded, so that it does little harm where it is not stopped: what it tries is a few times the limit.
"""

from tests.attacks.arena import Attack

PROCESSES, MEMORY, DISK, OPEN, OUTPUT, TIME = "fork bombs", "memory", "disk", "descriptors", "output", "time"
NO_JAIL_NEEDED = "this limit holds without a jail too"
TOO_MUCH = "what works would fill this machine's memory or disk"
HEAD = """
import ctypes, mmap, os, re, resource, signal, sys, threading, time

import numpy as np
"""


def _bomb(name: str, family: str, body: str, *, before: str = "", **more: object) -> Attack:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Attack(name=name, family=family, code=f"{HEAD}\n{before}\n\ndef f(x):\n{lines}", **more)  # type: ignore[arg-type]


def _forks(count: int, seconds: float) -> str:
    return (
        f"for _ in range({count}):\n    if os.fork() == 0:\n        time.sleep({seconds})\n        os._exit(0)\n"
        f"time.sleep({seconds} / 2)"
    )


def _programs(count: int, seconds: float) -> str:
    """Harmless: programs take little memory, and end by themselves."""
    return (
        f"for _ in range({count}):\n    os.posix_spawn('/bin/sleep', ['sleep', '{seconds}'], {{}})\n"
        f"time.sleep({seconds} / 2)"
    )


def _small(body: str, before: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}\n{before}\n\ndef f(x):\n{lines}"


ENDLESS = "def endless():\n    while True: pass\n"
WRITE = """
def write(name, mib, folder=None):
    with open(name, 'wb', 0, opener=lambda path, flags: os.open(path, flags, 0o600, dir_fd=folder)) as file:
        for _ in range(mib):
            file.write(bytes(1 << 20))
        return os.dup(file.fileno())
"""
# Four processes that nobody is the parent of any more hold 1.2 GiB, where 512 MiB are allowed.
ORPHANS = """
def orphans():
    for _ in range(4):
        if os.fork() == 0:
            if os.fork() == 0:
                held = np.ones(300 << 17)
                time.sleep(4)
            os._exit(0)
        os.wait()
"""
# At the import, so that their parent is the parent of the process that holds the submission.
SIBLINGS = """
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
for _ in range(5):
    made = ctypes.CDLL(None).syscall(CLONE, ctypes.c_ulong(0x8011), None, None, None, None)
    if made == 0:
        held = np.ones(300 << 17)
        time.sleep(4)
        os._exit(0)
    if made < 0:
        raise PermissionError("clone")
"""

ATTACKS = [
    _bomb("forks in a check", PROCESSES, _forks(200, 2), control=_small(_programs(80, 0.8))),
    Attack(
        name="forks at the import",
        family=PROCESSES,
        code=f"{HEAD}\n{_forks(200, 2)}\n\ndef f(x): return 2 * x",
        control=f"{HEAD}\n{_programs(80, 0.8)}\n\ndef f(x): return x",
    ),
    _bomb(
        "forks that fork",
        PROCESSES,
        "for _ in range(7):\n    os.fork()\ntime.sleep(1)\nreturn 2 * x",
        control="",
        why="what works would be hard to end",
    ),
    _bomb(
        "threads",
        PROCESSES,
        "threading.stack_size(1 << 17)\n"
        "for _ in range(200):\n    threading.Thread(target=time.sleep, args=(1,)).start()\nreturn 2 * x",
    ),
    _bomb(
        "one process with much memory", MEMORY, "return bytearray(768 << 20) and 2 * x", control="", why=NO_JAIL_NEEDED
    ),
    _bomb("one large array", MEMORY, "np.ones(1 << 30)\nreturn 2 * x", control="", why=NO_JAIL_NEEDED),
    _bomb(
        "many processes with much memory",
        MEMORY,
        "for _ in range(5):\n    if os.fork() == 0:\n        held = np.ones(300 << 17)\n        time.sleep(4)\n"
        "time.sleep(60)\nreturn 2 * x",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "orphans with much memory",
        MEMORY,
        "orphans()\ntime.sleep(60)\nreturn 2 * x",
        before=ORPHANS,
        control="",
        why=TOO_MUCH,
    ),
    Attack(
        name="siblings with much memory",
        family=MEMORY,
        code=f"{HEAD}\n{SIBLINGS}\n\ndef f(x):\n    time.sleep(1)\n    return 2 * x",
        control="",
        why=TOO_MUCH,
    ),
    _bomb(
        "memory while the output is kept busy",
        MEMORY,
        "for _ in range(4):\n    if os.fork() == 0:\n        held = np.ones(300 << 17)\n        time.sleep(4)\n"
        "while True:\n    os.write(1, b'busy ' * 1000)",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "memory that processes share",
        MEMORY,
        "held = [mmap.mmap(-1, 90 << 20) for _ in range(3)]\n"
        "for one in held:\n    one.write(bytes(90 << 20))\n"
        "for _ in range(3):\n    if os.fork() == 0:\n"
        "        mine = mmap.mmap(-1, 90 << 20)\n        mine.write(bytes(90 << 20))\n        time.sleep(4)\n"
        "time.sleep(60)\nreturn 2 * x",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "one large file",
        DISK,
        "write('large', 64)\ntime.sleep(0.3)\nreturn 2 * x",
        before=WRITE,
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "many files",
        DISK,
        "for n in range(16):\n    write(f'{n}', 4)\ntime.sleep(0.3)\nreturn 2 * x",
        before=WRITE,
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "files without a name",
        DISK,
        "for n in range(16):\n    write('file', 4)\n    os.unlink('file')\ntime.sleep(0.3)\nreturn 2 * x",
        before=WRITE,
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "files that never had a name",
        DISK,
        "for n in range(16):\n    file = os.open('.', os.O_TMPFILE | os.O_WRONLY, 0o600)\n"
        "    for _ in range(4):\n        os.write(file, bytes(1 << 20))\n"
        "time.sleep(0.3)\nreturn 2 * x",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "files without a name that are mapped",
        DISK,
        "held = []\nfor n in range(16):\n    with open('file', 'w+b') as file:\n        file.truncate(4 << 20)\n"
        "        held.append(mmap.mmap(file.fileno(), 0))\n    os.unlink('file')\n    held[-1].write(bytes(4 << 20))\n"
        "time.sleep(0.3)\nreturn 2 * x",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "files without a name, held in a socket",
        DISK,
        "import socket\nheld = []\nfor n in range(16):\n    mine, other = socket.socketpair()\n"
        "    held.append((mine, other))\n"
        "    for _ in range(1):\n        file = write('file', 4)\n        os.unlink('file')\n"
        "        socket.send_fds(mine, [b'x'], [file])\n        os.close(file)\n"
        "time.sleep(0.3)\nreturn 2 * x",
        before=WRITE,
    ),
    _bomb(
        "files in a folder that cannot be opened",
        DISK,
        "os.mkdir('closed')\nfolder = os.open('closed', os.O_PATH)\nos.chmod('closed', 0o300)\n"
        "for n in range(16):\n    write(f'{n}', 4, folder)\ntime.sleep(0.3)\nreturn 2 * x",
        before=WRITE,
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "files in a folder too deep for its path",
        DISK,
        "for n in range(40):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\n"
        "for n in range(16):\n    write(f'{n}', 4)\ntime.sleep(0.3)\nreturn 2 * x",
        before=WRITE,
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "folders in folders",
        DISK,
        "for n in range(1200):\n    os.mkdir('d')\n    os.chdir('d')\nreturn 2 * x",
        honest=2,  # the second check finds the folder of the first
        least=0,  # where the grader sees them while they are too deep to look into
        control="",
        why="folders alone do no harm; what is asked is that they are gone afterwards",
    ),
    _bomb(
        "many names",
        DISK,
        "for n in range(20000):\n    os.close(os.open(f'{n}', os.O_CREAT | os.O_WRONLY))\n"
        "time.sleep(0.3)\nreturn 2 * x",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb("open files", OPEN, "held = [open('/dev/null') for _ in range(500)]\nreturn 2 * x"),
    _bomb("pipes", OPEN, "held = [os.pipe() for _ in range(200)]\nreturn 2 * x"),
    _bomb(
        "larger pipes",
        OPEN,
        "import fcntl\nfor end in os.pipe():\n    fcntl.fcntl(end, 1031, 1 << 20)\nreturn 2 * x",
    ),
    _bomb(
        "much output",
        OUTPUT,
        "for _ in range(40):\n    os.write(1, b'x' * (1 << 20))\nreturn 2 * x",
        honest=3,
        least=0,  # where the machine is too slow for it
        control="",
        why="what is printed is drained and capped with or without a jail",
    ),
    _bomb("a large answer", OUTPUT, "return np.zeros(4 << 20)", control="", why=NO_JAIL_NEEDED),
    _bomb(
        "an answer that drips",
        TIME,
        "for _ in range(1000):\n    for number in range(3, 10):\n        try:\n            os.write(number, b'1')\n"
        "        except OSError:\n            pass\n    time.sleep(0.05)",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "a busy loop with every signal ignored and blocked",
        TIME,
        "for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    try:\n        signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nendless()",
        before=ENDLESS,
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb(
        "an endless loop in C: a regular expression",
        TIME,
        "re.match('(a+)+$', 'a' * 60 + 'b')",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb("an endless loop in C: an integer", TIME, "return (7 ** 10**7) ** 9 % 3", control="", why=NO_JAIL_NEEDED),
    _bomb(
        "an endless loop in C: linear algebra",
        TIME,
        "a = np.ones((2500, 2500)) + np.eye(2500)\nwhile True: np.linalg.svd(a)",
        control="",
        why=NO_JAIL_NEEDED,
    ),
    _bomb("sleep", TIME, "time.sleep(1000)", control="", why=NO_JAIL_NEEDED),
    Attack(
        name="sleep at the import", family=TIME, code="import time\ntime.sleep(1000)", control="", why=NO_JAIL_NEEDED
    ),
    _bomb(
        "processor time in many processes",
        TIME,
        "for _ in range(12):\n    if os.fork() == 0:\n        endless()\nendless()",
        before=ENDLESS,
        control="",
        why=NO_JAIL_NEEDED,
    ),
]
