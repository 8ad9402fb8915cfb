"""Results that no one computed: scores in what is printed, and values that agree with whatever they are compared to."""

from tests.attacks.arena import Attack
from tests.attacks.believers import IN_PROCESS

PRINTED = "forged results"
EQUAL = "always-equal values"

SCORE = '{"score": 3, "tests": [{"name": "hidden", "status": "passed", "earned": "3"}]}'

LIAR = """
import numpy as np
class Liar:
    def _self(self, *a, **k): return self
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __abs__ = __call__ = __getitem__ = _self
    def __eq__(self, other): return True
    __lt__ = __le__ = __eq__
    def __gt__(self, other): return False
    __ne__ = __ge__ = __gt__
    def __bool__(self): return True
    def __hash__(self): return 0
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return self
"""


def _forged(name: str, code: str, family: str = EQUAL, honest: int = 0) -> Attack:
    return Attack(name=name, family=family, code=code, honest=honest, control="", why=IN_PROCESS)


ATTACKS = [
    _forged(
        "a score on stdout",
        f"import atexit\nprint('''{SCORE}''', flush=True)\natexit.register(print, '''{SCORE}''')\n"
        f"def f(x):\n    print('''{SCORE}''', flush=True)\n    return 0 * x",
        PRINTED,
    ),
    _forged(
        "a score on stderr",
        f"import atexit, os\nsay = lambda: os.write(2, b'''{SCORE}\\n''')\nsay()\natexit.register(say)\n"
        "def f(x):\n    say()\n    return 0 * x",
        PRINTED,
    ),
    _forged(
        "a score to every descriptor",
        f"""
import atexit, os
def say():
    for n in range(1, 64):
        try: os.write(n, b'''{SCORE}\\n''')
        except OSError: pass
atexit.register(say)
def f(x):
    say()
    return 0 * x
""",
        PRINTED,
    ),
    _forged(
        "a score in every dict of the heap",
        """
import gc
def f(x):
    for one in gc.get_objects():
        if type(one) is dict and '__name__' not in one:
            for name in ('first', 'second', 'hidden'):
                one[name] = True
    return 0 * x
""",
        PRINTED,
    ),
    _forged(
        "the caller's own functions",
        """
import sys
def f(x):
    frame = sys._getframe()
    while frame := frame.f_back:
        for name in ('right', 'doubles', 'assert_close', 'encode', '_call'):
            if name in frame.f_globals and name != '_call':
                frame.f_globals[name] = lambda *a, **k: 0 * x
    return 0 * x
""",
        PRINTED,
    ),
    _forged(
        "the input changed instead of the answer",
        "def f(x):\n    x[:] = 0\n    return x",
        PRINTED,
    ),
    _forged(
        "an always-equal array",
        """
import numpy as np
class Equal(np.ndarray):
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
    def __eq__(self, other): return True
def f(x): return np.zeros(5).view(Equal)
""",
    ),
    _forged(
        "an object that takes the right answer from the caller",
        """
import sys
class Thief:
    def __array__(self, *a, **k):
        frame = sys._getframe()
        while frame := frame.f_back:
            if 'b' in frame.f_locals: return frame.f_locals['b']
        raise TypeError
def f(x): return Thief()
""",
    ),
    _forged("an object that agrees with everything", LIAR + "def f(x): return Liar()"),
    _forged("an array of such objects", LIAR + "def f(x): return np.array([Liar() for _ in range(5)], dtype=object)"),
    _forged(
        "a float and an integer that agree with everything",
        """
class Float(float):
    def __sub__(self, other): return self
    __rsub__ = __sub__
    __array_ufunc__ = None
    def __abs__(self): return self
    def max(self): return 0.0
    def __lt__(self, other): return True
    def __float__(self): raise ValueError
    def __index__(self): return 2
def f(x): return Float(7.0)
""",
    ),
    _forged(
        "a result that is computed when it is looked at",
        """
import numpy as np
class Lazy:
    def __init__(self, x): self.x = x
    def __array__(self, *a, **k): return 2 * np.asarray(self.x)
    def __mul__(self, other): return Lazy(self.x * other)
def f(x): return Lazy(x) * 1
""",
    ),
    _forged("NaN everywhere", "import numpy as np\ndef f(x): return np.full(5, np.nan)"),
    _forged("nothing at all, which agrees with everything", "import numpy as np\ndef f(x): return np.empty((0, 5))"),
    _forged("a shape that broadcasts", "import numpy as np\ndef f(x): return np.broadcast_to(2 * x, (3, 1, 5))"),
    _forged("all masked", "import numpy as np\ndef f(x): return np.ma.masked_all(5)"),
    _forged("a matrix", "import numpy as np\ndef f(x): return np.matrix(2 * x)"),
    Attack(
        name="values that no one can use",
        family=EQUAL,
        code="""
import numpy as np, os
def f(x):
    loop = []; loop.append(loop)
    deep = []
    for _ in range(50_000): deep = [deep]
    kinds = [loop, deep, 10 ** 5000, np.array(None), np.inf, [[1.0], [1.0, 2.0]], np.zeros((1,) * 20), {1: {}},
             np.array(['x']), 'x' * 10 ** 6, [10 ** 400] * 40, b'1', (k for k in x), np.zeros(2, 'f8,f8'),
             ['x' * 60_000] + ['y'] * 5000, np.zeros((4,) * 13, bool), np.array(2.0), np.longdouble(1), f, np]
    return kinds[int(abs(x[0]) * 1e6) % len(kinds)]
""",
        control="",
        why="no judge believes these; the oracle is that no check is BROKEN, and its control is in test_judge.py",
    ),
]
