# ruff: noqa: E501  (a student's code is easiest to compare on one line each)
"""Ends before the verdict: at import, in a check, in a thread, at exit; by exit code, signal and crash."""

from tests.attacks.arena import Attack
from tests.attacks.believers import IN_PROCESS

FAMILY = "early exit"
SLOW = "import time\ndef f(x):\n    time.sleep(0.4)\n    return 0 * x\n"


def _exit(name: str, code: str, honest: int = 0) -> Attack:
    return Attack(name=name, family=FAMILY, code=code, honest=honest, control="", why=IN_PROCESS)


ATTACKS = [
    _exit("os._exit at import", "import os\nos._exit(0)\ndef f(x): return 0 * x"),
    _exit("sys.exit at import", "import sys\nsys.exit(0)\ndef f(x): return 0 * x"),
    _exit("os._exit in a check", "import os\ndef f(x): os._exit(0)"),
    _exit("sys.exit in a check", "import sys\ndef f(x): sys.exit(0)"),
    _exit(
        "os._exit in a thread",
        "import os, threading\nthreading.Timer(0.1, os._exit, [0]).start()\n" + SLOW,
    ),
    _exit(
        "os._exit by an alarm",
        "import os, signal\nsignal.signal(signal.SIGALRM, lambda *a: os._exit(0))\n"
        + SLOW.replace("f(x):\n", "f(x):\n    signal.setitimer(signal.ITIMER_REAL, 0.05)\n"),
    ),
    _exit(
        "os._exit when the answer is dropped",
        "import os\nclass Answer:\n    def __del__(self): os._exit(0)\ndef f(x): return Answer()",
    ),
    _exit(
        "os._exit by a finalizer",
        "import os, weakref\nclass Answer: pass\ndef f(x):\n    a = Answer()\n    weakref.finalize(a, os._exit, 0)\n    return a",
    ),
    _exit(
        "os._exit by the garbage collector",
        "import gc, os\ndef f(x):\n    gc.callbacks.append(lambda *a: os._exit(0))\n    gc.collect()\n    return 0 * x",
    ),
    _exit(
        "os._exit by an audit hook",
        "import os, sys\nsys.addaudithook(lambda event, args: os._exit(0) if event == 'import' and args[0] != 'work' else None)\n"
        "def f(x):\n    import this_is_not_there\n",
    ),
    _exit("killed by itself", "import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGKILL)"),
    _exit(
        "its group killed by itself",
        "import os, signal\ndef f(x):\n    os.setpgid(0, 0)\n    os.killpg(0, signal.SIGTERM)",
    ),
    _exit("abort at import", "import os\nos.abort()\ndef f(x): return 0 * x"),
    _exit("a segmentation fault", "import ctypes\ndef f(x): ctypes.string_at(0)"),
    _exit(
        "a segmentation fault in a thread",
        "import ctypes, threading\nthreading.Thread(target=ctypes.string_at, args=(0,)).start()\n" + SLOW,
    ),
    _exit(
        "faulthandler's deadline",
        "import faulthandler\ndef f(x):\n    faulthandler.dump_traceback_later(0.05, exit=True)\n    import time; time.sleep(1.0)",
    ),
    Attack(
        name="the stack overflown in C",
        family=FAMILY,
        code="import ctypes, sys\nsys.setrecursionlimit(10 ** 9)\nCALL = ctypes.CFUNCTYPE(None)(lambda: CALL())\ndef f(x): CALL()",
        control="",
        why="whether the process dies of it depends on the version of Python; the oracles are the others' grades",
    ),
    Attack(
        name="exceptions where nobody catches them",
        family=FAMILY,
        code="""
import sys, threading
def fall(*a): raise SystemExit(0)
sys.excepthook = sys.unraisablehook = threading.excepthook = fall
class Noisy:
    def __del__(self): raise SystemExit(0)
def f(x):
    Noisy()
    threading.Thread(target=lambda: 1 / 0, daemon=True).start()
    return 2 * x
""",
        honest=3,
        control="",
        why="a right answer stays right",
    ),
    Attack(
        name="the end of the interpreter when all is answered",
        family=FAMILY,
        code="import atexit, os, threading\natexit.register(os._exit, 0)\nthreading.Timer(0.05, os._exit, [0])\ndef f(x): return 2 * x",
        honest=3,
        control="",
        why="a right answer stays right",
    ),
]
