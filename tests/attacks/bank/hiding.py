"""State left for the next check, the hidden run or the next submission. What it may tell is in test_hiding.py."""

from tests.attacks.arena import Attack

FAMILY = "state left behind"
NEXT = "what the next submission gets to see is asked in test_hiding.py, with its controls"

ATTACKS = [
    Attack(
        name="the mode and the owner of everything near",
        family=FAMILY,
        code="""
import os
for place in ('..', '../..', os.__file__, os.path.dirname(os.__file__), '/dev/null', '/tmp', '/box', '/', '.'):
    for change in (lambda: os.chmod(place, 0), lambda: os.chown(place, os.getuid(), os.getgid()),
                   lambda: os.fchmod(os.open(place, os.O_RDONLY), 0)):
        try: change()
        except OSError: pass
def f(x): return 2 * x
""",
        honest=3,
        control="",
        why="it would end the class: a zygote that cannot make a folder is GuestLost, which a run does not survive",
    ),
    Attack(
        name="a daemon that stays",
        family=FAMILY,
        code="""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for n in range(3): os.close(n)
        time.sleep(600)
    os._exit(0)
def f(x): return 2 * x
""",
        honest=3,
        control="""
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(5)
    os._exit(0)
def f(x): return 2 * x
""",
    ),
    Attack(
        name="a daemon of every check, with its socket",
        family=FAMILY,
        code="""
import os, signal, time
def f(x):
    for number in range(1, 64):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    try:
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
    except OSError: pass
    return 2 * x
""",
        honest=3,
        control="",
        why="the control of the daemon at import shows that the oracle sees it",
    ),
    Attack(
        name="another f for the next check, through shared memory and a thread of M",
        family=FAMILY,
        code="""
import mmap, os, threading
shared = mmap.mmap(-1, 4096)
ours, theirs = os.pipe()
def listen():
    global f
    while os.read(ours, 1): f = None
threading.Thread(target=listen, daemon=True).start()
def f(x):
    os.write(theirs, b'x')
    shared[0] += 1
    return 0 * x
""",
        control="",
        why="it earns nothing before and nothing after; M's own state is the student's",
    ),
    Attack(
        name="the answers of a server in M",
        family=FAMILY,
        code="""
import json, socket, threading
ours, theirs = socket.socketpair()
def serve():
    while data := ours.recv(65536): ours.sendall(json.dumps([2 * v for v in json.loads(data)]).encode())
threading.Thread(target=serve, daemon=True).start()
def f(x):
    import numpy as np
    theirs.sendall(json.dumps(x.tolist()).encode())
    return np.array(json.loads(theirs.recv(65536)))
""",
        honest=3,
        control="",
        why="odd but right: every answer is computed, and earns what is due",
    ),
    Attack(
        name="the environment, the limits and the scheduler",
        family=FAMILY,
        code="""
import os, resource, signal, sys
def spoil():
    os.environ['PYTHONPATH'] = os.environ['LD_PRELOAD'] = '/nonexistent'
    os.environ['OPENBLAS_NUM_THREADS'] = '9'
    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_AS):
        try: resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError): pass
    for pid in (0, 1, os.getppid()):
        try: os.sched_setaffinity(pid, {0})
        except OSError: pass
        try: os.setpriority(os.PRIO_PROCESS, pid, 19)
        except OSError: pass
    os.umask(0o777)
    sys.setswitchinterval(100.0)
spoil()
def f(x):
    spoil()
    return 2 * x
""",
        honest=3,
        control="",
        why=NEXT,
    ),
]
