"""Reaching other programs: by the network, by sockets of this machine, by what they share with us."""

from tests.attacks.arena import Attack

FAMILY = "network"
HEAD = "import os, socket\n\n\ndef f(x):\n"


def _reaches(name: str, body: str, **more: object) -> Attack:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Attack(name=name, family=FAMILY, code=f"{HEAD}{lines}    return 2 * x\n", **more)  # type: ignore[arg-type]


ATTACKS = [
    _reaches("connect to a local server", "socket.create_connection(('127.0.0.1', {tcp}), 1)"),
    _reaches(
        "send a datagram to a local server",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {udp}))",
    ),
    _reaches("connect to an abstract socket", "socket.socket(socket.AF_UNIX).connect('\\0{abstract}')"),
    _reaches("connect to a unix socket", "socket.socket(socket.AF_UNIX).connect('{unix}')"),
    _reaches(
        "send from half of a pair to a unix socket",
        "mine, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\nmine.sendto(b'x', '{datagram}')",
    ),
    _reaches(
        "send from half of a raw pair to a unix socket",
        "mine, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)\nmine.sendmsg([b'x'], [], 0, '{datagram}')",
    ),
    _reaches(
        "send from half of a pair to an abstract socket",
        "mine, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "mine.sendto(b'x', '\\0{abstract}-datagram')",
    ),
    _reaches(
        "connect half of a pair to a unix socket",
        "mine, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "mine.connect('{datagram}')\nmine.send(b'x')",
    ),
    _reaches("listen for connections", "server = socket.socket()\nserver.bind(('127.0.0.1', 0))\nserver.listen()"),
    _reaches("listen at an abstract name", "socket.socket(socket.AF_UNIX).bind('\\0{mark}')"),
    _reaches("listen at a path", "socket.socket(socket.AF_UNIX).bind('mine')"),
    _reaches(
        "ask for a name",
        "socket.getaddrinfo('example.org', 80)",
        control="",
        why="the tests reach for no name server",
    ),
    _reaches(
        "open a raw socket", "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)", privileged=True
    ),
    _reaches("open a packet socket", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", privileged=True),
    _reaches("open a netlink socket", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).bind((0, 0))"),
    _reaches(
        "open a socket of the kernel's ciphers",
        "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)",
        control="",
        why="kernels may be built without them",
    ),
    _reaches(
        "make sockets of every family",
        "made = 0\n"
        "for family in range(1, 46):\n"
        "    for kind in range(1, 7):\n"
        "        try:\n"
        "            socket.socket(family, kind).close()\n"
        "            made += 1\n"
        "        except OSError as error:\n"
        "            stopped = error\n"
        "if not made:\n"
        "    raise stopped",
    ),
]
