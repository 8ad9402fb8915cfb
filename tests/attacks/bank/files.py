"""Reading the key, and writing where nothing may be written."""

from tests.attacks.arena import Attack

FAMILY = "key by path"

ATTACKS = [
    Attack(name="open the key", family=FAMILY, code="def f(x): return open('{secret_file}').read()"),
    Attack(
        name="write outside",
        family="files",
        code="def f(x):\n    open('{folder}/mine', 'w').write('x')\n    return 2 * x",
        honest=0,
    ),
    Attack(
        name="connect to a local server",
        family="network",
        code="import socket\ndef f(x):\n    s = socket.create_connection(('127.0.0.1', {tcp}), 1)\n    return 2 * x",
    ),
]
