"""Other processes: their memory, signals and limits; rights that a process may try to gain; what it tries to leave."""

from tests.attacks.arena import Attack

MEMORY, SIGNALS, RIGHTS, LEFT = "other processes' memory", "signals", "rights", "left running"
OWN = "it ends its own processes alone, so there is nothing to see"
FILLED_ANEW = "a guest's environment is built anew, with or without a jail"
# Half a minute: what works must show, and must not stay.
DAEMON = """
import os, signal, time


def daemon():
    if os.fork():
        os.wait()
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    for descriptor in range(256):
        try:
            os.close(descriptor)
        except OSError:
            pass
    time.sleep(30)
    os._exit(0)
"""
# Each process forks one that goes on in a session of its own, and ends: for a while there is none to point at.
CHAIN = """
import os, time


def chain():
    if os.fork():
        os.wait()
        return
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        os.setsid() if os.getpid() != os.getsid(0) else None
        if os.fork():
            os._exit(0)
    time.sleep(30)
    os._exit(0)
"""
SEARCH = """
import gc, os, re, sys

import numpy as np

PATTERN = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def frames():
    frame = sys._getframe()
    while frame:
        for one in [*frame.f_locals.values(), *frame.f_globals.values()]:
            yield repr(one)[:1000] if isinstance(one, str | bytes | np.ndarray) else ""
        frame = frame.f_back


def objects():
    for one in gc.get_objects():
        if isinstance(one, dict | list | tuple | set):
            for inner in list(one.values() if isinstance(one, dict) else one)[:1000]:
                if isinstance(inner, str | bytes | np.ndarray):
                    yield repr(inner)[:1000]


def pages(start, count=600):
    reading, writing = os.pipe()
    libc = __import__("ctypes").CDLL(None)
    c_void_p = __import__("ctypes").c_void_p
    for step in (4096, -4096):
        place = start & ~4095
        for _ in range(count):
            if libc.write(writing, c_void_p(place), 4096) != 4096:
                break
            yield os.read(reading, 4096)
            place += step


def search(texts):
    found = {match for text in texts for match in PATTERN.findall(text if isinstance(text, bytes) else text.encode())}
    return b" ".join(found).decode()
"""
PLANTED = "\nkept = open('{secret_file}').read()\n"
GUARD = "    if os.getuid() == 0: raise PermissionError('not as root')\n"


def _does(name: str, family: str, body: str, **more: object) -> Attack:
    head = "import ctypes, os, resource, signal\n\n\ndef f(x):\n"
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Attack(name=name, family=family, code=head + lines, **more)  # type: ignore[arg-type]


def _searches(name: str, body: str) -> Attack:
    """Searches a guest for what must never be in one; the control reads the key into it first."""
    code = f"{SEARCH}\n\ndef f(x): return search({body}) or 1 / 0\n"
    return Attack(name=name, family=MEMORY, code=code, control=code + PLANTED)


# The same without Python between the calls, in shared memory: 300,000 links, each a session, a clone and an end.
CODE = bytes.fromhex(
    "48c7c3e0930400 b870000000 0f05 48c7c711010000 31f6 31d2 4d31d2 4d31c0 b838000000 0f05 4885c0 7505 48ffcb 75d7"
    "31ff b83c000000 0f05"
)
FAST_CHAIN = f"""
import ctypes, mmap, os, signal

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
code = mmap.mmap(-1, 4096, prot=7)
code.write({CODE!r})
run = ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))


def f(x):
    if os.fork() == 0:
        run()
    return 2 * x
"""

ATTACKS = [
    _does("read the environment", MEMORY, "return os.environ['{secret_env}']", control="", why=FILLED_ANEW),
    _does("read the grader's environment", MEMORY, "assert open('/proc/{grader}/environ').read()\nreturn 2 * x"),
    _does("read the grader's command line", MEMORY, "assert open('/proc/{grader}/cmdline').read()\nreturn 2 * x"),
    _does(
        "read the grader's memory as a file",
        MEMORY,
        "with open('/proc/{grader}/mem', 'rb', 0) as memory:\n"
        "    memory.seek({address})\n    return memory.read(32).decode()",
    ),
    _does(
        "read the grader's memory by a call",
        MEMORY,
        "text = ctypes.create_string_buffer(32)\n"
        "mine = (ctypes.c_size_t * 2)(ctypes.addressof(text), 32)\n"
        "theirs = (ctypes.c_size_t * 2)({address}, 32)\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.process_vm_readv({grader}, mine, 1, theirs, 1, 0) != 32:\n"
        "    raise OSError(ctypes.get_errno(), 'process_vm_readv')\n"
        "return text.raw.decode()",
    ),
    _does(
        "trace the grader",
        MEMORY,
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.ptrace(0x4206, {grader}, 0, 0):\n"
        "    raise OSError(ctypes.get_errno(), 'ptrace')\n"
        "return 2 * x",
    ),
    _does(
        "read the process that holds the solution",
        MEMORY,
        "for other in range(1, 99999):\n"
        "    if other != os.getpid() and os.path.exists(f'/proc/{other}'):\n"
        "        try:\n"
        "            open(f'/proc/{other}/maps').read()\n"
        "            return 2 * x\n"
        "        except OSError:\n"
        "            pass\n"
        "raise PermissionError",
    ),
    _searches("search the frames", "frames()"),
    _searches("search the collector's objects", "objects()"),
    _searches("search the heap", "[page for one in (object(), search, {}) for page in pages(id(one))]"),
    _does("signal the grader", SIGNALS, "os.kill({grader}, signal.SIGUSR1)\nreturn 2 * x"),
    _does(
        "queue a signal to the grader",
        SIGNALS,
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.sigqueue({grader}, int(signal.SIGUSR1), None):\n"
        "    raise OSError(ctypes.get_errno(), 'sigqueue')\n"
        "return 2 * x",
    ),
    Attack(
        name="end the zygote",
        family=SIGNALS,
        code="import os\nos.kill(os.getppid() or 10**6, 9)\n\n\ndef f(x): return 2 * x",
    ),
    _does("end everything", SIGNALS, GUARD.strip() + "\nos.kill(-1, 9)", control="", why="it would end everything"),
    _does("end the process group", SIGNALS, "os.kill(0, 9)", control="", why=OWN),
    _does("end the process that forks the checks", SIGNALS, "os.kill(os.getppid(), 9)", control="", why=OWN),
    _does("stop the process that forks the checks", SIGNALS, "os.kill(os.getppid(), 19)", control="", why=OWN),
    _does("become root", RIGHTS, "os.setresuid(0, 0, 0)\nreturn 2 * x", privileged=True),
    _does("join root's groups", RIGHTS, "os.setgroups([0])\nreturn 2 * x", privileged=True),
    _does(
        "take all capabilities",
        RIGHTS,
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "header, all_of_them = (ctypes.c_uint * 2)(0x20080522, 0), (ctypes.c_uint * 6)(1, 1, 1, 0, 0, 0)\n"
        "if libc.capset(header, all_of_them):\n"
        "    raise OSError(ctypes.get_errno(), 'capset')\n"
        "return 2 * x",
        privileged=True,
    ),
    _does(
        "raise a limit",
        RIGHTS,
        "resource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6))\nreturn 2 * x",
        control="",
        why="in a container root, too, may lack the capability",
    ),
    _does("limit the grader", RIGHTS, "resource.prlimit({grader}, resource.RLIMIT_CORE)\nreturn 2 * x"),
    _does("pin the grader to one processor", RIGHTS, "os.sched_setaffinity({grader}, {0})"),
    _does("slow the grader down", RIGHTS, "os.setpriority(os.PRIO_PROCESS, {grader}, 0)\nreturn 2 * x"),
    Attack(
        name="a daemon of a check", family=LEFT, code=f"{DAEMON}\n\ndef f(x):\n    daemon()\n    return 2 * x", honest=3
    ),
    Attack(name="a daemon of the import", family=LEFT, code=f"{DAEMON}\n\ndaemon()\ndef f(x): return 2 * x", honest=3),
    Attack(name="a chain of forks", family=LEFT, code=f"{CHAIN}\n\ndef f(x):\n    chain()\n    return 2 * x", honest=3),
    Attack(
        name="a chain of forks in machine code",
        family=LEFT,
        code=FAST_CHAIN,
        honest=3,
        control="",
        why="nothing but the jail could end it before it ends by itself",
    ),
    Attack(
        name="threads that outlive the answer",
        family=LEFT,
        code="import threading, time\n\n\ndef f(x):\n"
        "    for _ in range(5): threading.Thread(target=time.sleep, args=(9,)).start()\n    return 2 * x",
        honest=3,
        control="",
        why="a thread ends with its process, which the grader ends, with or without a jail",
    ),
]
