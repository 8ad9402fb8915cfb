# ruff: noqa: E501  (a student's code is easiest to compare on one line each)
"""The guest's sockets used by hand: answers nobody asked for, other messages, pickles, drips and floods."""

from tests.attacks.arena import Attack
from tests.attacks.believers import IN_GUEST

FAMILY = "the wire"
ORACLES = "no answer is believed for how it is sent: a peer that does is shown in test_wire_attacks.py"

SOCKETS = """
import json, os, pickle, socket, stat, sys, threading, time
def sockets(kind=None):
    found = []
    for n in range(3, 64):
        try:
            if not stat.S_ISSOCK(os.fstat(n).st_mode): continue
            one = socket.socket(fileno=os.dup(n))
            if kind is None or one.type == kind: found.append(one)
        except OSError: pass
    return found
def frame(message, payload=b'', arrays=()):
    header = json.dumps({'m': message, 'a': list(arrays)}).encode()
    return b'GGw1' + len(header).to_bytes(4, 'little') + len(payload).to_bytes(8, 'little') + header + payload
"""
VALUE = "frame({'value': True})"


def _wire(name: str, code: str, why: str = ORACLES, honest: int = 0) -> Attack:
    return Attack(name=name, family=FAMILY, code=SOCKETS + code, honest=honest, control="", why=why)


ATTACKS = [
    _wire(
        "the answer before the question",
        f"""
def ahead():
    for one in sockets(socket.SOCK_STREAM): one.send({VALUE})
os.register_at_fork(after_in_child=ahead)
def f(x): return 0 * x
""",
        IN_GUEST,
    ),
    _wire(
        "two answers to one question",
        f"def f(x):\n    for one in sockets(socket.SOCK_STREAM): one.send({VALUE} * 2)\n    return 0 * x\n",
        IN_GUEST,
    ),
    _wire(
        "answers from a thread, without end",
        f"""
def flood(one):
    while True: one.send({VALUE})
def f(x):
    for one in sockets(socket.SOCK_STREAM): threading.Thread(target=flood, args=(one,), daemon=True).start()
    time.sleep(0.2)
    return 0 * x
""",
        IN_GUEST,
    ),
    _wire(
        "messages for the grader on M's control socket",
        """
says = [{'forked': 1}, {'status': 0}, {'status': -(10 ** 30)}, {'status': -99999}, {'status': True}, {'failed': 'x' * 9000},
        {'loaded': True}, {'value': True}, {'spawned': 1}, {'ended': 1, 'status': 0}, [], None]
for one in sockets(socket.SOCK_SEQPACKET):
    one.setblocking(False)
    for said in says:
        try: one.send(json.dumps(said).encode())
        except OSError: pass
def f(x): os._exit(3)
""",
    ),
    _wire(
        "an exit status of a process that never was",
        """
import guest.processes
def bury(pid, grace=0.0): return STATUS[pid % len(STATUS)]
STATUS = [-(10 ** 30), -99999, 10 ** 30, -24]
guest.processes.bury = bury
def f(x): os._exit(3)
""",
    ),
    _wire(
        "deep and broken JSON on M's control socket",
        """
for one in sockets(socket.SOCK_SEQPACKET):
    one.setblocking(False)
    for said in (b'[' * 60000, b'\\xff\\xfe', b'9' * 60000, b'{"forked": ' + b'1' * 5000 + b'}', b''):
        try: one.send(said)
        except OSError: pass
def f(x): return 0 * x
""",
    ),
    _wire(
        "loaded before it is, and then never ready",
        """
told = b'{"failures": [], "skipped": []}'
for one in sockets(socket.SOCK_STREAM):
    one.send(frame({'loaded': True}, told, [['|u1', [len(told)]]]))
while True: time.sleep(1)
def f(x): return 0 * x
""",
    ),
    _wire(
        "units without end",
        """
for one in sockets(socket.SOCK_STREAM):
    for k in range(200_000): one.sendall(frame({'unit': -k * 10 ** 15, 'label': '\\x1b[2J<script>' * 50}))
def f(x): return 0 * x
""",
    ),
    _wire(
        "a pickle for an answer",
        """
class Owned:
    def __reduce__(self): return os.system, ('echo owned',)
def f(x):
    data = pickle.dumps(Owned())
    for one in sockets(socket.SOCK_STREAM):
        one.sendall(b'GGw1' + len(data).to_bytes(4, 'little') + bytes(8) + data)
        one.sendall(frame({'value': {'a': 0}}, data, [['|O', [1]]]))
    time.sleep(5)
""",
    ),
    _wire(
        "the other kinds of answer, with hostile texts",
        """
LONG = '<script>alert(1)</script>\\x1b]0;owned\\x07\\ud800' * 2000
KINDS = [{'refused': LONG}, {'missing': LONG, 'why': LONG}, {'missing': 'second', 'why': 'passed'},
         {'raised': {'kinds': ['CheckFailed', 'NoAnswer', 'GuestLost', 'KeyboardInterrupt'] * 9, 'message': LONG,
                     'frames': [LONG] * 4, 'unwritten': False}},
         {'raised': {'kinds': [], 'message': '', 'frames': [], 'unwritten': True}}, {'passed': True, 'points': 3}, {}]
def f(x):
    for one in sockets(socket.SOCK_STREAM): one.sendall(frame(KINDS[int(abs(x[0]) * 1e6) % len(KINDS)]))
    time.sleep(5)
""",
    ),
    _wire(
        "a byte now and then",
        f"""
def f(x):
    for byte in {VALUE} * 40:
        for one in sockets(socket.SOCK_STREAM): one.send(bytes([byte]))
        time.sleep(0.1)
""",
    ),
    _wire(
        "hung up, and still there",
        """
def f(x):
    for one in sockets():
        one.shutdown(socket.SHUT_RDWR)
    os.closerange(3, 64)
    time.sleep(60)
""",
    ),
    _wire(
        "descriptors handed to the grader",
        """
def f(x):
    null = [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]
    for one in sockets():
        one.setblocking(False)
        for _ in range(20):
            try: socket.send_fds(one, [b'G'], null)
            except OSError: pass
    time.sleep(5)
""",
    ),
    _wire(
        "arguments of other names and kinds",
        """
import guest.serve as serve
real = serve._find
serve._find = lambda name, *a: (lambda *args, **named: {'first': 1, 'second': 1, 'hidden': 1, name: [args, named]})
""",
    ),
]
