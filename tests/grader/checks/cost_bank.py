"""Ways to the gradient of one function, as students write them: three in reverse mode, the others not."""

from __future__ import annotations

COMMON = '''
import numpy as np


def f(x):
    """sum(x tanh(x^2 + mean(x))), for complex x too."""
    return (x * np.tanh(x * x + x.sum() / x.size)).sum()
'''

BY_HAND = """
def gradient(x):
    t = np.tanh(x * x + x.sum() / x.size)
    d = x * (1 - t * t)
    return t + 2 * x * d + d.sum() / x.size
"""

CLOSURES = """
class Value:
    def __init__(self, data, parents=(), back=lambda g: ()):
        self.data, self.parents, self.back, self.grad = data, parents, back, 0.0

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), lambda g: (g * other.data, g * self.data))

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), lambda g: (g, g if np.ndim(other.data) else g.sum()))

    def tanh(self):
        t = np.tanh(self.data)
        return Value(t, (self,), lambda g: (g * (1 - t * t),))

    def sum(self):
        return Value(self.data.sum(), (self,), lambda g: (g * np.ones_like(self.data),))


def gradient(x):
    x = Value(x)
    out = (x * (x * x + x.sum() * Value(1 / x.data.size)).tanh()).sum()
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(out)
    out.grad = 1.0
    for node in reversed(order):
        for parent, g in zip(node.parents, node.back(node.grad)):
            parent.grad = parent.grad + g
    return x.grad
"""

TAPE = """
class Tape:
    def __init__(self):
        self.values, self.entries = [], []

    def put(self, value, *entries):
        self.values.append(value)
        self.entries.append(entries)
        return len(self.values) - 1

    def mul(self, a, b):
        u, v = self.values[a], self.values[b]
        return self.put(u * v, (a, lambda g: g * v), (b, lambda g: g * u))

    def spread(self, a, b):
        return self.put(self.values[a] + self.values[b], (a, lambda g: g), (b, lambda g: g.sum()))

    def mean(self, a):
        u = self.values[a]
        return self.put(u.mean(), (a, lambda g: np.full(u.shape, g / u.size)))

    def total(self, a):
        u = self.values[a]
        return self.put(u.sum(), (a, lambda g: np.full(u.shape, g)))

    def tanh(self, a):
        t = np.tanh(self.values[a])
        return self.put(t, (a, lambda g: g * (1 - t * t)))


def gradient(x):
    tape = Tape()
    k = tape.put(x)
    out = tape.total(tape.mul(k, tape.tanh(tape.spread(tape.mul(k, k), tape.mean(k)))))
    g = [0.0] * len(tape.values)
    g[out] = 1.0
    for j in range(out, -1, -1):
        for i, rule in tape.entries[j]:
            g[i] = g[i] + rule(g[j])
    return g[k]
"""

LOOP = """
def gradient(x):
    g = np.zeros(x.size)
    for i in range(x.size):
        e = np.zeros(x.size)
        e[i] = 1.0
        g[i] = along(x, e)
    return g
"""

FORWARD = "def along(x, e, h=1e-7):\n    return (f(x + h * e) - f(x)) / h\n" + LOOP
CENTRAL = "def along(x, e, h=1e-5):\n    return (f(x + h * e) - f(x - h * e)) / (2 * h)\n" + LOOP
FOURTH = (
    """
def along(x, e, h=1e-3):
    return (8 * (f(x + h * e) - f(x - h * e)) - (f(x + 2 * h * e) - f(x - 2 * h * e))) / (12 * h)
"""
    + LOOP
)
EXTENDED = FOURTH.replace("def along(x, e, h=1e-3):", "def along(x, e, h=1e-3):\n    x = np.longdouble(x)")
COMPLEX = "def along(x, e, h=1e-30):\n    return f(x + 1j * h * e).imag / h\n" + LOOP
DUAL_LOOP = (
    """
def along(x, e):
    t = np.tanh(x * x + x.sum() / x.size)
    return (e * t + x * (1 - t * t) * (2 * x * e + e.sum() / x.size)).sum()
"""
    + LOOP
)
DUAL_AT_ONCE = """
def gradient(x):
    e = np.eye(x.size)
    t = np.tanh(x * x + x.sum() / x.size)
    return (e * t + x * (1 - t * t) * (2 * x * e + e.sum(1, keepdims=True) / x.size)).sum(1)
"""

STRIPPED = COMPLEX.replace("def along(x, e, h=1e-30):", "def along(x, e, h=1e-30):\n    x, e = map(np.asarray, (x, e))")
PATCHED = (
    """
import time
for name in ("process_time", "process_time_ns", "thread_time", "thread_time_ns", "perf_counter", "monotonic"):
    setattr(time, name, lambda: 0)
"""
    + DUAL_LOOP
)
CACHED = (
    DUAL_LOOP.replace("def gradient(x):", "def slow(x):")
    + """
memory = {}


def gradient(x):
    key = np.round(x, 1).tobytes()
    if key not in memory:
        memory[key] = slow(x)
    return memory[key]
"""
)
ROUNDED = CENTRAL + "\n\nslow = gradient\n\n\ndef gradient(x):\n    return np.round(slow(x), 7)\n"
OTHER_PROCESS = (
    DUAL_LOOP.replace("def gradient(x):", "def slow(x):")
    + """
import os


def gradient(x):
    source, sink = os.pipe()
    pid = os.fork()
    if pid == 0:
        data = slow(x).tobytes()
        os.write(sink, data)
        os._exit(0)
    data = b""
    while len(data) < x.nbytes:
        data += os.read(source, x.nbytes)
    os.close(source)
    os.close(sink)
    os.waitpid(pid, 0)
    return np.frombuffer(data)
"""
)
OTHER_THREAD = (
    DUAL_LOOP.replace("def gradient(x):", "def slow(x):")
    + """
import threading


def gradient(x):
    out = []
    thread = threading.Thread(target=lambda: out.append(slow(x)))
    thread.start()
    thread.join()
    return out[0]
"""
)
SLOW_WHEN_SMALL = (
    DUAL_LOOP.replace("def gradient(x):", "def slow(x):")
    + """

def gradient(x):
    for _ in range(round(1024 / x.size) - 1):
        slow(x)
    return slow(x)
"""
)
NONSENSE_AT_TIMES = (
    DUAL_LOOP.replace("def gradient(x):", "def slow(x):")
    + """
calls = [0]


def gradient(x):
    calls[0] += 1
    return np.ones_like(x) if calls[0] > 30 and calls[0] % 3 else slow(x)
"""
)
FLOAT32 = """
def gradient(x):
    x = x.astype(np.float32)
    t = np.tanh(x * x + x.sum() / x.size)
    d = x * (1 - t * t)
    return t + 2 * x * d + d.sum() / x.size
"""
FLOAT32_INSIDE = FLOAT32.replace("return t", "g = t") + "    return g.astype(np.float64) * 1.1 / 1.1\n"

REVERSE = {"by hand": BY_HAND, "closures": CLOSURES, "tape": TAPE}
SINGLE = {"float32": FLOAT32, "float32 inside": FLOAT32_INSIDE}
OTHERS = {
    "forward differences": FORWARD,
    "central differences": CENTRAL,
    "differences of the fourth order": FOURTH,
    "the same in long double": EXTENDED,
    "complex step": COMPLEX,
    "forward mode, one by one": DUAL_LOOP,
    "forward mode, all at once": DUAL_AT_ONCE,
}
HIDING = {
    "asarray": STRIPPED,
    "patched clocks": PATCHED,
    "cached": CACHED,
    "rounded": ROUNDED,
    "in another process": OTHER_PROCESS,
    "in another thread": OTHER_THREAD,
    "slow when small": SLOW_WHEN_SMALL,
    "nonsense at times": NONSENSE_AT_TIMES,
}
