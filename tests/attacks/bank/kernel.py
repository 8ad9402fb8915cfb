"""The kernel's own surface: calls that no student's code needs, other tables of calls, programs, namespaces, mounts."""

import platform

from tests.attacks.arena import Attack

CALLS, TABLES, PROGRAMS, SPACES, SHARED = (
    "rare system calls",
    "other tables of system calls",
    "other programs",
    "namespaces and mounts",
    "memory shared by name",
)
HEAD = """
import ctypes, errno, mmap, os, signal, struct, subprocess, sys

libc = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def call(number, *arguments):
    return checked(libc.syscall(ctypes.c_long(number), *arguments))
"""
# fmt: off
NUMBERS = {
    "x86_64":  {"keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425,
                "memfd_create": 319, "personality": 135, "clone": 56, "name_to_handle_at": 303,
                "open_by_handle_at": 304, "memfd_secret": 447, "pidfd_open": 434, "pidfd_getfd": 438,
                "add_key": 248, "clone3": 435, "execveat": 322, "pivot_root": 155, "fanotify_init": 300,
                "inotify_init1": 294, "kcmp": 312, "seccomp": 317, "open_tree": 428, "fsopen": 430},
    "aarch64": {"keyctl": 219, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425,
                "memfd_create": 279, "personality": 92, "clone": 220, "name_to_handle_at": 264,
                "open_by_handle_at": 265, "memfd_secret": 447, "pidfd_open": 434, "pidfd_getfd": 438,
                "add_key": 217, "clone3": 435, "execveat": 281, "pivot_root": 41, "fanotify_init": 262,
                "inotify_init1": 26, "kcmp": 272, "seccomp": 277, "open_tree": 428, "fsopen": 430},
}[platform.machine()]
# Numbers on x86-64 and aarch64 that the kernel answers otherwise than "not permitted" when every argument is -1.
RARE = {
    "x86_64": (101, 136, 139, 155, 156, 161, 163, 165, 166, 167, 168, 175, 176, 179, 216, 237, 238, 239, 240, 241, 242,
               243, 244, 245, 246, 248, 249, 250, 251, 252, 253, 254, 256, 272, 275, 276, 278, 279, 298, 300, 301, 303,
               304, 308, 310, 311, 312, 313, 317, 320, 321, 322, 323, 325, 329, 330, 331, 424, 425, 426, 427, 428, 429,
               430, 431, 432, 433, 438, 440, 442, 443, 447, 448, 450),
    "aarch64": (1, 30, 39, 40, 41, 60, 75, 76, 77, 89, 97, 104, 105, 106, 117, 180, 186, 190, 194, 217, 218, 219, 224,
                225, 234, 235, 236, 237, 238, 239, 241, 262, 263, 264, 265, 268, 270, 271, 272, 273, 277, 280, 281, 282,
                424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 443, 447, 448),
}[platform.machine()]
# fmt: on
LOADER = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}[platform.machine()]
IN_A_NAMESPACE = "checked(libc.unshare(0x10020000))\n"  # users and mounts: so that a control changes nothing of ours


def _asks(name: str, family: str, body: str, **more: object) -> Attack:
    """`body` fails unless it is allowed. Where a control is given, it is such a body."""
    code = f"{HEAD}\n\ndef f(x):\n" + "".join(f"    {line}\n" for line in body.splitlines()) + "    return 2 * x\n"
    if control := more.pop("control", None):
        more["control"] = _asks(name, family, str(control)).code
    elif "why" in more:
        more["control"] = ""
    return Attack(name=name, family=family, code=code, **more)  # type: ignore[arg-type]


def _calls(name: str, arguments: str, **more: object) -> Attack:
    return _asks(f"call {name}", CALLS, f"call({NUMBERS[name]}, {arguments})", **more)


MACHINE_CODE = """
code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes.fromhex('{code}'))
run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
assert run() > 0
"""

RARE_CALLS = [
    _calls("keyctl", "1, None"),
    _calls("add_key", "b'user', b'{mark}', b'x', ctypes.c_size_t(1), ctypes.c_int(-1)"),
    _calls("bpf", "0, struct.pack('IIIIIIIIIIIIIIII', 2, 4, 4, 1, *[0] * 12), 64", privileged=True),
    _calls(
        "perf_event_open",
        "struct.pack('IIQQQQQIIQQQIiQII', 1, 112, 0, 0, 0, 0, 0x62, *[0] * 10), 0, -1, -1, ctypes.c_ulong(0)",
    ),
    _calls("userfaultfd", "1"),
    _calls("io_uring_setup", "1, bytes(120)"),
    _calls("memfd_create", "b'mine', 0"),
    _calls("memfd_secret", "0", why="kernels may have it switched off"),
    _calls("personality", "ctypes.c_ulong(0xFFFFFFFF)"),
    _calls("pidfd_open", "os.getpid(), 0"),
    _calls("inotify_init1", "0"),
    _calls("fanotify_init", "0x200, 0"),
    _calls("kcmp", "os.getpid(), os.getpid(), 0, 0, 0", why="kernels may be built without it"),
    _calls("seccomp", "2, 0, b'\\0\\0\\0\\x80'"),
    _asks(
        "open the key by its handle",
        CALLS,
        "handle = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128))\n"
        f"call({NUMBERS['name_to_handle_at']}, -100, b'{{secret_file}}', handle, bytes(8), 0)\n"
        f"call({NUMBERS['open_by_handle_at']}, os.open('.', os.O_RDONLY), handle, 0)",
        privileged=True,
    ),
    _asks(
        "seventy rare calls",
        CALLS,
        "allowed = []\n"
        f"for number in {RARE}:\n"
        "    try:\n"
        "        call(number, *[ctypes.c_long(-1)] * 6)\n"
        "    except OSError as error:\n"
        "        if error.errno not in (errno.EPERM, errno.ENOSYS):\n"
        "            allowed.append(number)\n"
        "if not allowed:\n"
        "    raise PermissionError('all of them are refused')",
    ),
    _asks(
        "type into the terminal",
        CALLS,
        "import fcntl\nfcntl.ioctl(os.open('/dev/tty', os.O_RDWR), 0x5412, b'x')",
        why="the tests may have no terminal",
    ),
    _asks(
        "type into a terminal of its own",
        CALLS,
        "import fcntl, pty\nfcntl.ioctl(pty.openpty()[1], 0x5412, b'x')",
        privileged=True,
    ),
    _asks(
        "set the clock",
        CALLS,
        "import time\ntime.clock_settime(time.CLOCK_REALTIME, time.time())",
        why="it would set this machine's clock",
    ),
    _asks("set the host's name", CALLS, "checked(libc.sethostname(b'mine', 4))", why="it would rename this machine"),
    _asks("lock memory", CALLS, "checked(libc.mlockall(1))", privileged=True),
    _asks(
        "switch real-time scheduling on",
        CALLS,
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
        privileged=True,
    ),
]

OTHER_TABLES = [
    _asks("call by the table of x32", TABLES, "call(0x40000000 | 39)", why="few kernels have that table"),
    _asks(
        "write by the table of x32",
        TABLES,
        "call(0x40000000 | 1, 1, b'x', 1)",
        why="few kernels have that table",
    ),
    # mov eax, 20 (getpid in the 32-bit table); int 0x80; ret
    _asks("call by int 0x80", TABLES, MACHINE_CODE.replace("{code}", "b814000000cd80c3")),
]

OTHER_PROGRAMS = [
    _asks(
        "execute in place",
        PROGRAMS,
        "if os.fork():\n    assert os.wait()[1] == 0\nelse:\n"
        "    try: os.execv('/bin/true', ['true'])\n    finally: os._exit(1)",
    ),
    _asks("run a shell", PROGRAMS, "assert os.system('exit 0') == 0\nassert os.system('exit 3') >> 8 == 3"),
    _asks("run a subprocess", PROGRAMS, "subprocess.run(['/bin/true'], check=True)"),
    _asks("run the interpreter", PROGRAMS, "subprocess.run([sys.executable, '-c', ''], check=True)"),
    _asks("spawn", PROGRAMS, "assert os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)[1] == 0"),
    _asks(
        "run a program of its own",
        PROGRAMS,
        "open('mine', 'w').write('#!/bin/sh\\n')\nos.chmod('mine', 0o755)\nsubprocess.run(['./mine'], check=True)",
    ),
    _asks(
        "run a program out of memory",
        PROGRAMS,
        "import shutil\nprogram = os.memfd_create('mine')\n"
        "with open(program, 'wb', closefd=False) as copy: shutil.copyfileobj(open('/bin/true', 'rb'), copy)\n"
        "if os.fork():\n    assert os.wait()[1] == 0\nelse:\n"
        "    try: os.execve(program, ['true'], {})\n    finally: os._exit(1)",
    ),
    _asks(
        "run the loader",
        PROGRAMS,
        f"subprocess.run(['{LOADER}', '/bin/true'], check=True)",
    ),
]

NAMESPACES = [
    _asks("a user namespace", SPACES, "checked(libc.unshare(0x10000000))"),
    _asks("all namespaces", SPACES, "checked(libc.unshare(0x7E020000))"),
    _asks(
        "clone into a user namespace",
        SPACES,
        f"if call({NUMBERS['clone']}, ctypes.c_ulong(0x10000011), None, None, None, None) == 0: os._exit(0)",
    ),
    _asks(
        "clone3 into a user namespace",
        SPACES,
        f"made = call({NUMBERS['clone3']}, struct.pack('QQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0), "
        "ctypes.c_size_t(64))\n"
        "if made == 0: os._exit(0)",
    ),
    _asks(
        "mount a file system",
        SPACES,
        "os.mkdir('here')\nchecked(libc.mount(b'none', b'here', b'tmpfs', ctypes.c_ulong(0), None))",
        control=IN_A_NAMESPACE + "checked(libc.mount(b'none', b'/tmp', b'tmpfs', ctypes.c_ulong(0), None))",
    ),
    _asks(
        "bind the key's folder",
        SPACES,
        "os.mkdir('here')\nchecked(libc.mount(os.path.dirname(b'{secret_file}'), b'here', None, 4096, None))\n"
        "return open('here/key.py').read()",
        why="a mount of a control would stay; mounting as such is shown by the attack before",
    ),
    _asks(
        "make all mounts writable",
        SPACES,
        "checked(libc.mount(None, b'/', None, ctypes.c_ulong(32 | 4096), None))",
        control=IN_A_NAMESPACE + "checked(libc.mount(None, b'/', None, ctypes.c_ulong(1 << 18 | 16384), None))",
    ),
    _asks(
        "unmount its own folder",
        SPACES,
        "os.chdir('/')\nchecked(libc.umount2(b'/box', 2))",
        why="without a jail there is nothing mounted for it",
    ),
    _asks(
        "exchange the root",
        SPACES,
        f"call({NUMBERS['pivot_root']}, b'.', b'.')",
        why="a control would need a file system of its own, for the same refusal of mount and unshare",
    ),
    _asks(
        "enter the grader's namespaces",
        SPACES,
        "checked(libc.setns(os.open('/proc/{grader}/ns/mnt', 0), 0))",
        control="os.open('/proc/{grader}/ns/mnt', 0)",
    ),
]

BY_NAME = [
    _asks("shared memory of System V", SHARED, "checked(libc.shmget({ipc}, ctypes.c_size_t(4096), 0o1600))"),
    _asks("semaphores of System V", SHARED, "checked(libc.semget({ipc}, 1, 0o1600))"),
    _asks("messages of System V", SHARED, "checked(libc.msgget({ipc}, 0o1600))"),
    _asks(
        "shared memory of POSIX",
        SHARED,
        "checked(libc.shm_open(b'/{mark}', os.O_CREAT | os.O_RDWR, 0o600))",
    ),
    _asks(
        "a message queue of POSIX",
        SHARED,
        "checked(ctypes.CDLL('librt.so.1', use_errno=True).mq_open(b'/{mark}', os.O_CREAT | os.O_RDWR, 0o600, None))",
        why="a queue outlives its process, and where its file system is not mounted nothing else can remove it",
    ),
]

ATTACKS = [*RARE_CALLS, *OTHER_TABLES, *OTHER_PROGRAMS, *NAMESPACES, *BY_NAME]
if platform.machine() != "x86_64":
    ATTACKS = [attack for attack in ATTACKS if attack.family != TABLES]
