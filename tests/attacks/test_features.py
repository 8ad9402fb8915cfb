# ruff: noqa: E501  (a student's code is easiest to compare on one line each)
"""The wall does not hurt honest work: what notebooks and modules of students commonly use works in a jailed guest.

What does not is listed with the reason. Each exception is asserted too, so that the list stays true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from grader.model import Loading, NoAnswer
from grader.sandbox import A, B, Cargo, Guest, Launcher
from tests.rungs import launcher_on
from tests.support import LIMITS, call, loaded, module, notebook

PATIENT = replace(LIMITS, wall_seconds=20.0, cpu_seconds=20.0, cell_seconds=30.0)
PACKAGES = ("numpy", "matplotlib")

# Cells of one notebook, run in this order.
# fmt: off
CELLS = {
    "%time":                  "%time sum(range(10))",
    "%%time":                 "%%time\nx = 1",
    "%timeit":                "%timeit -n 2 -r 1 1 + 1",
    "%%timeit":               "%%timeit -n 1 -r 1\nsum(range(10))",
    "%%capture":              "%%capture kept\nprint('a')",
    "what %%capture kept":    "assert kept.stdout == 'a\\n'",
    "%matplotlib inline":     "%matplotlib inline",
    "%matplotlib widget":     "%matplotlib widget",
    "plt.show":               "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "savefig":                "plt.savefig('figure.png'); plt.close('all')",
    "%config":                "%config InlineBackend.figure_format = 'retina'",
    "%autoreload":            "%load_ext autoreload\n%autoreload 2",
    "%%writefile":            "%%writefile helper_of_mine.py\nZ = 3",
    "import of that file":    "import helper_of_mine; assert helper_of_mine.Z == 3",
    "%run":                   "%run helper_of_mine.py\nassert Z == 3",
    "top-level await":        "import asyncio\nawait asyncio.sleep(0.001)",
    "async for":              "async def g():\n    yield 1\nassert [i async for i in g()] == [1]",
    "asyncio.run":            "async def one(): return 1\nassert asyncio.run(one()) == 1",
    "display":                "display({'a': 1})",
    "HTML, clear_output":     "from IPython.display import HTML, clear_output, display\ndisplay(HTML('<b>x</b>')); clear_output()",
    "Markdown, Math, Image":  "from IPython.display import Image, Markdown, Math\ndisplay(Markdown('# a'), Math('x^2'))",
    "display handles":        "handle = display(1, display_id=True); handle.update(2)",
    "a last expression":      "41 + 1",
    "_":                      "assert _ == 42",
    "In and Out":             "assert 'Out' in globals() and In[-1]; Out",
    "tqdm":                   "from tqdm.auto import tqdm",
    "scipy":                  "import scipy",
    "ipywidgets":             "import ipywidgets",
    "google.colab":           "from google.colab import drive\ndrive.mount('/content/drive')",
    "len?":                   "len?",
    "json.dumps??":           "import json\njson.dumps??",
    "%cd":                    "%cd .",
    "%pwd":                   "here = %pwd\nassert here",
    "%env":                   "%env FOO=bar",
    "%who and %whos":         "%who\n%whos",
    "%%javascript, %%html":   "%%html\n<b>1</b>",
    "%%latex":                "%%latex\n$x$",
    "%precision":             "%precision 4",
    "%history":               "%history -n 1-2",
    "%prun":                  "%prun -q sum(range(10))",
    "!echo":                  "!echo hi",
    "x = !ls":                "x = !ls\nassert len(x) == 0",
    "%%bash":                 "%%bash\necho hi",
    "%pip":                   "%pip install numpy",
    "!pip":                   "!pip install numpy",
    "input":                  "input('name? ')",
    "getpass":                "import getpass; getpass.getpass()",
    "get_ipython().kernel":   "get_ipython().kernel",
    "subprocess":             "import subprocess; subprocess.run(['true'], check=True)",
    "a pool of processes":    "import multiprocessing as mp\nwith mp.get_context('fork').Pool(1) as pool:\n    print(pool.map(len, [[1]]))",
    "urllib":                 "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/', timeout=1)",
    "__file__":               "__file__",
    "__name__":               "assert __name__ == '__main__'",
    "pickle of one's class":  "class Mine: pass\nimport pickle; pickle.loads(pickle.dumps(Mine()))",
    "inspect.getsource":      "def mine():\n    return 1\nimport inspect; assert 'return 1' in inspect.getsource(mine)",
    "a thread":               "import threading\nt = threading.Thread(target=print, args=(1,)); t.start(); t.join()",
    "np.save":                "import numpy as np\nnp.save('a.npy', np.ones(3)); assert np.load('a.npy').sum() == 3",
    "open for writing":       "open('o.txt', 'w').write('x'); assert open('o.txt').read() == 'x'",
    "tempfile":               "import tempfile; tempfile.TemporaryFile().close()",
    "dataclass":              "from dataclasses import dataclass\n@dataclass\nclass D: x: int = 1\nassert D() == D(1)",
    "warnings":               "import warnings; warnings.warn('x')",
    "signal.alarm":           "import signal; signal.signal(signal.SIGALRM, lambda *a: None); signal.alarm(1); signal.alarm(0)",
    "exit()":                 "exit()",
    "sys.exit()":             "import sys; sys.exit(0)",
    "%reset":                 "%reset -f",
}
NOT_INSTALLED = "the assignment does not allow it"
RAISES = {  # cell to the exception, and why
    "tqdm":                 ("ModuleNotFoundError", NOT_INSTALLED),
    "scipy":                ("ModuleNotFoundError", NOT_INSTALLED),
    "input":                ("EOFError", "there is no one to answer; nbclient fails here too"),
    "getpass":              ("EOFError", "there is no one to answer; nbclient fails here too"),
    "get_ipython().kernel": ("AttributeError", "there is no kernel"),
    "subprocess":           ("PermissionError", "no program may be started"),
    "a pool of processes":  ("OSError", "there is no shared memory by name, and pools need its semaphores"),
    "urllib":               ("URLError", "there is no network"),
    "__file__":             ("NameError", "a notebook has none; it fails in Jupyter too"),
    "sys.exit()":           ("SystemExit", "it is an exception in a cell of Jupyter's too"),
}
SKIPPED = ("!echo", "x = !ls", "%%bash", "%pip", "!pip", "google.colab")

MODULE = {
    "svd, eig, solve":        "A = np.random.randn(300, 300); np.linalg.svd(A); np.linalg.eig(A); np.linalg.solve(A, A)",
    "fft":                    "np.fft.fft2(np.ones((64, 64)))",
    "einsum":                 "np.einsum('ij,jk->ik', np.ones((9, 9)), np.ones((9, 9)), optimize=True)",
    "a large product":        "np.ones((1500, 1500)) @ np.ones((1500, 1500))",
    "sort":                   "np.sort(np.random.rand(10**6))",
    "random":                 "np.random.default_rng().normal(size=10); np.random.seed(1); np.random.RandomState(1)",
    "polyfit":                "np.polyfit(np.arange(9.0), np.arange(9.0), 3)",
    "save":                   "np.save('a.npy', np.ones(9)); np.load('a.npy')",
    "savez":                  "np.savez('a.npz', A=np.ones(9)); np.load('a.npz')['A']",
    "memmap":                 "np.memmap('m.bin', dtype='f8', mode='w+', shape=(10,))",
    "loadtxt":                "np.savetxt('t.csv', np.ones((5, 5))); np.loadtxt('t.csv')",
    "np.testing":             "np.testing.assert_allclose(1, 1)",
    "a long loop":            "[np.dot(np.ones(9), np.ones(9)) for _ in range(10_000)]",
    "tempfile":               "import tempfile; tempfile.NamedTemporaryFile().close(); tempfile.mkdtemp()",
    "threads":                "import concurrent.futures as cf; assert list(cf.ThreadPoolExecutor(4).map(abs, range(8))) == list(range(8))",
    "a pool of processes":    "import concurrent.futures as cf; list(cf.ProcessPoolExecutor(2).map(abs, range(2)))",
    "multiprocessing.Array":  "import multiprocessing; multiprocessing.Array('d', 3)",
    "fork and wait":          "import os\npid = os.fork()\nif pid == 0: os._exit(7)\nassert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7",
    "asyncio":                "import asyncio; asyncio.run(asyncio.sleep(0))",
    "logging":                "import logging; logging.warning('x')",
    "unittest":               "import unittest; unittest.TestLoader().loadTestsFromName('math')",
    "doctest":                "import doctest; doctest.testmod(doctest)",
    "cpu_count":              "import os; assert os.cpu_count() > 0; os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "getuser":                "import getpass; getpass.getuser()",
    "platform":               "import platform; platform.platform()",
    "locale":                 "import locale; locale.setlocale(locale.LC_ALL, 'C.UTF-8')",
    "zoneinfo":               "import zoneinfo; zoneinfo.ZoneInfo('UTC')",
    "datetime":               "import datetime; datetime.datetime.now()",
    "uuid and secrets":       "import secrets, uuid; uuid.uuid4(); secrets.token_hex()",
    "sqlite3":                "import sqlite3; sqlite3.connect(':memory:').execute('select 1'); c = sqlite3.connect('d.db'); c.execute('create table t (x)'); c.commit()",
    "ctypes":                 "import ctypes; assert ctypes.CDLL(None).getpid() > 0",
    "resource":               "import resource; resource.getrusage(0)",
    "gzip, zipfile, tarfile": "import gzip, tarfile, zipfile\ngzip.compress(b'x')\nwith zipfile.ZipFile('z.zip', 'w') as z: z.writestr('a', 'b')\nzipfile.ZipFile('z.zip').extractall('z')\nwith tarfile.open('t.tar', 'w') as t: t.add('z')\nwith tarfile.open('t.tar') as t: t.extractall('t')",
    "time.sleep":             "import time; time.sleep(0.001)",
    "/proc/meminfo":          "open('/proc/meminfo').read()",
    "faulthandler":           "import faulthandler; faulthandler.enable()",
    "tracemalloc":            "import tracemalloc; tracemalloc.start(); tracemalloc.stop()",
    "cProfile":               "import cProfile; cProfile.run('1')",
    "deep recursion":         "import sys\nsys.setrecursionlimit(5000)\ndef g(n): return 0 if n == 0 else 1 + g(n - 1)\nassert eval('g(4500)', {'g': g, 'n': 0}) == 4500",
    "shutil and pathlib":     "import os, pathlib, shutil\np = pathlib.Path('new/file.txt'); p.parent.mkdir(); p.touch(); p.write_text('x'); p.touch()\nshutil.copy2(p, 'copy.txt'); shutil.copytree('new', 'tree'); os.chmod('copy.txt', 0o600); shutil.move('copy.txt', 'moved.txt'); shutil.rmtree('tree'); p.rename('new/other.txt')",
    "subprocess":             "import subprocess; subprocess.run(['true'])",
}
MODULE_RAISES = {
    "a pool of processes":    ("OSError", "there is no shared memory by name, and pools need its semaphores"),
    "multiprocessing.Array":  ("OSError", "likewise"),
    "/proc/meminfo":          ("OSError", "there is no /proc, or it may not be opened"),
    "subprocess":             ("PermissionError", "no program may be started"),
}
# fmt: on


@pytest.fixture(scope="module", params=[A, B], ids=["A", "B"])
def jailed(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    launcher = launcher_on(request.param, PACKAGES)
    yield launcher
    launcher.close()


@pytest.fixture(scope="module")
def ran(jailed: Launcher) -> Loading:
    """What became of all cells."""
    work = notebook(*CELLS.values(), imports=("matplotlib", "numpy"))
    guest = Guest(jailed, Cargo(submission=work, packages=PACKAGES, limits=PATIENT))
    guest.close()
    return guest.loading


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_works(name: str, ran: Loading) -> None:
    label = f"cell {list(CELLS).index(name) + 1}"
    failures = [failure.finding for failure in ran.failures if failure.where == label]
    if name in RAISES:
        assert _raised(failures[0].traceback, RAISES[name][0])
    else:
        assert failures == []


def _raised(traceback: str | None, kind: str) -> bool:
    """Whether that is what it ended with, or a kind of it."""
    last = (traceback or "").splitlines()[-1]
    known = {
        "OSError": ("OSError", "PermissionError", "FileNotFoundError"),
        "URLError": ("URLError", "PermissionError"),
    }
    return last.startswith(known.get(kind, (kind,)))


@pytest.mark.parametrize("name", SKIPPED)
def test_what_needs_a_shell_or_a_cloud_is_listed(name: str, ran: Loading) -> None:
    line = {"google.colab": "drive.mount('/content/drive')", "%%bash": "%%bash"}.get(name, CELLS[name].splitlines()[0])
    assert line.removeprefix("x = ") in ran.skipped


@pytest.mark.parametrize("name", MODULE)
def test_a_feature_of_numpy_or_the_standard_library_works(name: str, jailed: Launcher) -> None:
    code = "import numpy as np\ndef run(text):\n    exec(text, {'np': np, '__name__': 'work'})\n    return True"
    with loaded(jailed, module(code), PATIENT, packages=PACKAGES) as guest:
        if name in MODULE_RAISES:
            with pytest.raises(NoAnswer) as caught:
                call(guest, "run", MODULE[name], limits=PATIENT)
            assert MODULE_RAISES[name][0] in caught.value.kinds
        else:
            assert call(guest, "run", MODULE[name], limits=PATIENT) is True


def test_the_tables_are_of_the_promised_size() -> None:
    assert len(CELLS) >= 60
    assert len(MODULE) >= 41
    assert RAISES.keys() <= CELLS.keys()
    assert MODULE_RAISES.keys() <= MODULE.keys()
