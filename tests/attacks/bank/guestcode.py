"""Patched libraries, patched judges: NumPy, clocks, generators, the interpreter's hooks and the guest's own code."""

from grader.model import Submission
from tests.attacks.arena import Attack
from tests.attacks.believers import IN_GUEST, IN_PROCESS
from tests.support import module

PATCHED = "patched libraries"
HOOKS = "the interpreter's hooks"
GUEST = "the guest's own code"
SHADOWS = "shadowing modules"

WRONG = "def f(x): return 0 * x\n"


def _patch(name: str, code: str, family: str = PATCHED, why: str = IN_PROCESS) -> Attack:
    return Attack(name=name, family=family, code=code, control="", why=why)


def _with_files(**files: str) -> Submission:
    texts = {name.replace("__slash__", "/").replace("__dot__", "."): text.encode() for name, text in files.items()}
    work = module("import conftest\n" + WRONG if "conftest__dot__py" in files else WRONG)
    return Submission(name="work", sources=work.sources, files=texts, digest=work.digest)


FORGED_VERDICTS = """print('{"score": 3}')
import atexit
atexit.register(print, '{"score": 3}')
"""
SHADOW_NUMPY = """
def zero(*a, **k): return Fake()
class Fake:
    def standard_normal(self, *a): return 0
    def __getattr__(self, name): return zero
def allclose(*a, **k): return True
def any(*a, **k): return False
def abs(value): return value
class random: default_rng = zero
float64 = float
"""

ATTACKS = [
    _patch(
        "NumPy's comparisons",
        "import numpy as np\nnp.allclose = np.array_equal = np.all = lambda *a, **k: True\n"
        "np.any = lambda *a, **k: False\n" + WRONG,
    ),
    _patch(
        "NumPy's conversions",
        "import numpy as np\nzero = lambda *a, **k: np.zeros(5)\n"
        "np.abs = np.asarray = np.array = np.ascontiguousarray = np.frombuffer = zero\n"
        "np.errstate = np.isfinite = np.seterr = zero\n" + WRONG,
    ),
    _patch(
        "the methods of ndarray",
        """
import ctypes, gc, numpy as np
methods = gc.get_referents(np.ndarray.__dict__)[0]
for name in ('max', 'all', 'tobytes', 'item', 'tolist', 'reshape'):
    methods[name] = lambda self, *a, **k: 0.0
ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))
"""
        + WRONG,
    ),
    _patch(
        "random generators that draw nothing but zeros",
        """
import numpy as np, random
class Zeros:
    def __init__(self, *a): pass
    def __getattr__(self, name): return lambda *a, **k: np.zeros(5)
np.random.default_rng = np.random.seed = np.random.Generator = Zeros
random.seed = random.getstate = random.setstate = lambda *a: None
"""
        + WRONG,
    ),
    _patch(
        "json, struct and socket",
        """
import json, socket, struct
json.dumps = lambda *a, **k: '{"score": 3}'
json.loads = lambda *a, **k: {"op": "end", "grace": 0}
struct.pack = struct.Struct = socket.recv_fds = socket.send_fds = lambda *a, **k: b''
socket.socket.send = lambda self, data: len(data)
socket.socket.recv_into = lambda self, view: len(view)
"""
        + WRONG,
    ),
    _patch(
        "the built-in functions",
        "import builtins\nbuiltins.abs = lambda a: type('Zero', (), {'max': lambda self: 0.0})()\n"
        "builtins.isinstance = lambda *a: True\nbuiltins.len = builtins.sum = lambda *a: 3\n" + WRONG,
    ),
    _patch(
        "what print writes to",
        """
import sys
class Better:
    encoding = 'utf-8'
    def __init__(self, stream): self.stream = stream
    def write(self, text): return self.stream.write(text.replace('"score": 0', '"score": 3'))
    def flush(self): self.stream.flush()
    def __getattr__(self, name): raise SystemExit(0)
sys.stdout = Better(sys.stdout)
"""
        + WRONG,
    ),
    _patch(
        "a profiler that rewrites what it sees",
        """
import sys, threading
def look(frame, event, arg):
    if 'right' in frame.f_globals: frame.f_globals['right'] = lambda x: 0 * x
    if 'MAX_PACKET' in frame.f_globals: frame.f_globals['_call'] = lambda *a: []
sys.setprofile(look)
threading.setprofile(look)
"""
        + WRONG,
        HOOKS,
    ),
    _patch(
        "a tracer that rewrites what it sees",
        """
import sys
def look(frame, event, arg):
    if 'right' in frame.f_globals: frame.f_globals['right'] = lambda x: 0 * x
    return look
sys.settrace(look)
"""
        + WRONG,
        HOOKS,
    ),
    _patch(
        "an import hook",
        """
import importlib.machinery, sys
class Hook:
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name in ('verdicts', 'probe', 'submission') else None
    def create_module(self, spec): return None
    def exec_module(self, module): module.tell = lambda points: print('{"score": 3}')
sys.meta_path.insert(0, Hook())
"""
        + WRONG,
        HOOKS,
    ),
    _patch(
        "codecs and the exit handlers",
        """
import atexit, codecs, sys
codecs.register_error('strict', lambda error: ('', error.end))
codecs.register(lambda name: sys.exit(0))
atexit._run_exitfuncs()
atexit.register(print, '{"score": 3}')
"""
        + WRONG,
        HOOKS,
    ),
    _patch(
        "guest.wire says True whatever is returned",
        """
import sys
for name, one in list(sys.modules.items()):
    if name.startswith('guest'):
        for attribute in ('encode',):
            if hasattr(one, attribute): setattr(one, attribute, lambda value, arrays, depth=0: True)
"""
        + WRONG,
        GUEST,
        IN_GUEST,
    ),
    _patch(
        "guest.wire.pack writes other frames",
        """
import sys
wire = sys.modules['guest.wire']
real = wire.pack
wire.pack = lambda message, *rest: real({'value': True}) if 'value' in message else real(message, *rest)
"""
        + WRONG,
        GUEST,
        IN_GUEST,
    ),
    _patch(
        "guest.serve calls something else",
        """
import sys, numpy as np
serve = sys.modules['guest.serve']
serve._find = lambda *a: lambda *a: True
serve._options = lambda options: __import__('contextlib').nullcontext()
"""
        + WRONG,
        GUEST,
        IN_GUEST,
    ),
    _patch(
        "guest.load binds another probe",
        """
import sys
load = sys.modules['guest.load']
load.run_probe = lambda text: ({'verdict': lambda x: True, 'f': lambda x: True}, None)
load.not_defined = load.Facade = lambda *a: None
"""
        + WRONG,
        GUEST,
        IN_GUEST,
    ),
    _patch(
        "guest.trace and guest.processes describe and limit nothing",
        """
import sys, os
trace, processes = sys.modules['guest.trace'], sys.modules['guest.processes']
trace.describe = lambda error: {'value': True}
processes.limit_cpu = processes.die_with_parent = lambda *a: None
processes.bury = lambda *a: 0
processes.run_to_the_end = lambda serve, silent=False: serve()
np = sys.modules['numpy']
np.allclose = lambda *a, **k: True
"""
        + WRONG,
        GUEST,
        IN_GUEST,
    ),
    Attack(
        name="a clock that stands still, and one that runs",
        family=PATCHED,
        code="""
import time
time.monotonic = time.time = time.perf_counter = time.process_time = lambda: 0.0
time.sleep = lambda seconds: None
def f(x):
    while True: pass
""",
        control="import time\ntime.monotonic = lambda: 0.0\ndef f(x): return open('{folder}/mine', 'w') and 0 * x",
    ),
    Attack(
        name="sitecustomize, usercustomize and a .pth",
        family=SHADOWS,
        code=_with_files(
            sitecustomize__dot__py=FORGED_VERDICTS,
            usercustomize__dot__py=FORGED_VERDICTS,
            work__dot__pth=f"import sys; exec({FORGED_VERDICTS!r})\n",
        ),
        control="",
        why=IN_PROCESS,
    ),
    Attack(
        name="a .pth alone",
        family=SHADOWS,
        code=_with_files(work__dot__pth=f"import sys; exec({FORGED_VERDICTS!r})\n"),
        control="",
        why=IN_PROCESS,
    ),
    Attack(
        name="numpy.py and json.py of one's own",
        family=SHADOWS,
        code=_with_files(
            numpy__dot__py=SHADOW_NUMPY, json__dot__py="def dumps(*a): return '{\"score\": 3}'\nloads = dumps\n"
        ),
        control="",
        why=IN_PROCESS,
    ),
    Attack(
        name="conftest.py",
        family=SHADOWS,
        code=_with_files(conftest__dot__py=FORGED_VERDICTS),
        control="",
        why=IN_PROCESS,
    ),
    Attack(
        name="guest, probe and submission of one's own",
        family=SHADOWS,
        code=_with_files(
            guest__slash____init____dot__py="raise SystemExit(0)",
            guest__slash__wire__slash____init____dot__py="raise SystemExit(0)",
            probe__dot__py="def f(x): return True",
            submission__dot__py="def f(x): return 2 * x",
            boot__dot__py="raise SystemExit(0)",
            grader__slash____init____dot__py="raise SystemExit(0)",
            verdicts__dot__py="def tell(points): print('{\"score\": 3}')",
        ),
        control="",
        why="the files are there and nothing reads them: that a file beside the module can shadow is shown above",
    ),
]
