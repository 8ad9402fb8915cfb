# ruff: noqa: E501  (a student's code is easiest to compare on one line each)
"""Hostile notebooks: cells without end, magics that reach for a shell, floods of output and of figures."""

from tests.attacks.arena import Attack
from tests.support import notebook

FAMILY = "notebooks"
MAGICS = "magics that reach for a shell"
RIGHT = "def f(x): return 2 * x"
SEEN = "the shell's positive control is os.system in a cell"

ATTACKS = [
    Attack(
        name="an endless cell",
        family=FAMILY,
        code=notebook("while True: pass", RIGHT),
        honest=3,
        control="",
        why="the oracle is the time that it takes, and what is due",
    ),
    Attack(
        name="a cell that kills the process",
        family=FAMILY,
        code=notebook("import os\nos._exit(0)", RIGHT, "os.kill(os.getpid(), 9)"),
        honest=3,
        control="",
        why="the other cells count; what an exit can do is shown by the controls of early exits",
    ),
    Attack(
        name="five cells that kill the process",
        family=FAMILY,
        code=notebook(RIGHT, *["import os\nos._exit(0)"] * 5),
        honest=3,
        control="",
        why="after three restarts loading ends before the next; the oracle is time",
    ),
    Attack(
        name="5,000 cells",
        family=FAMILY,
        code=notebook(*["x = 1"] * 4999, RIGHT),
        honest=3,
        control="",
        why="the oracle is time; more cells are refused by the reader, see test_notebook.py",
    ),
    Attack(
        name="a cell of two megabytes",
        family=FAMILY,
        code=notebook("x = [" + "1," * 1_000_000 + "]", RIGHT),
        honest=3,
        control="",
        why="the oracle is time",
    ),
    Attack(
        name="a cell nested beyond the parser",
        family=FAMILY,
        code=notebook("x = " + "(" * 100_000 + ")" * 100_000, "-" * 200_000 + "1", RIGHT),
        honest=3,
        control="",
        why="the oracles are time, and what is due",
    ),
    Attack(
        name="a flood of output and displays",
        family=FAMILY,
        code=notebook(
            "from IPython.display import HTML, display\n"
            "for _ in range(2000): display(HTML('<script>alert(1)</script>' * 100))\n"
            "for _ in range(2000): print('<script>x</script>' * 100)",
            RIGHT,
        ),
        honest=3,
        control="",
        why="the oracles are time, and what is due; what stays of it is asked in test_hiding.py",
    ),
    Attack(
        name="the shell's own parts replaced",
        family=FAMILY,
        code=notebook(
            "ip = get_ipython()\nip.user_ns['f'] = lambda x: 0 * x\n"
            "type(ip).run_cell = lambda self, text, **k: type('R', (), {'error_before_exec': None, 'error_in_exec': None})()",
            RIGHT,
        ),
        control="",
        why="it only undoes its own f",
    ),
    Attack(
        name="every magic that runs a program",
        family=MAGICS,
        code=notebook(
            "!touch {folder}/a",
            "x = !touch {folder}/b",
            "!!touch {folder}/c",
            "%%bash\ntouch {folder}/d",
            "%%sh\ntouch {folder}/e",
            "%%script bash\ntouch {folder}/f",
            "%sx touch {folder}/g",
            "%system touch {folder}/h",
            "%%perl\nopen(F, '>{folder}/i')",
            "%alias mine touch {folder}/j\nmine",
            "%rehashx\n%touch {folder}/k",
            "%edit {folder}/l",
            "%pip install --target {folder} nothing",
            "get_ipython().system('touch {folder}/m')",
            "get_ipython().getoutput('touch {folder}/n')",
            "get_ipython().run_cell_magic('bash', '', 'touch {folder}/o')",
            "get_ipython().find_line_magic('sx')('touch {folder}/p')",
            "from IPython.utils.process import system\nsystem('touch {folder}/q')",
            "import os\nos.system('touch {folder}/r')",
            "import subprocess\nsubprocess.run(['touch', '{folder}/s'])",
            "import os\nos.execv('/bin/touch', ['touch', '{folder}/t'])",
            RIGHT,
        ),
        honest=3,
        control="import os\nos.system('touch {folder}/r')\ndef f(x): return 2 * x",
    ),
    Attack(
        name="every magic that writes or reads a file",
        family=MAGICS,
        code=notebook(
            "%%writefile {folder}/a\nx",
            "%%file {folder}/b\nx",
            "%save {folder}/c 1",
            "%logstart {folder}/d",
            "%notebook {folder}/e",
            "%history -f {folder}/g",
            "x = 1\n%store x\n%store x > {folder}/h",
            "%%capture -o\n1",
            "%prun -D {folder}/i 1",
            "%timeit -n 1 -r 1 open('{folder}/j', 'w')",
            "%load {secret_file}",
            "%run {secret_file}",
            "%pycat {secret_file}",
            "%cat {secret_file}",
            "%pfile {secret_file}",
            "%psource {secret_file}",
            "%env {secret_env}",
            "print(_, Out, In, answer)",
            RIGHT,
        ),
        honest=3,
        control="print(open('{secret_file}').read())\nopen('{folder}/a', 'w').close()\ndef f(x): return 2 * x",
    ),
    Attack(
        name="a debugger, an exit and a question in cells",
        family=FAMILY,
        code=notebook(
            "%pdb on\n1 / 0", "%debug", "breakpoint()", "input('?')", "exit()", "quit", "raise SystemExit(0)",
            "import sys\nsys.exit()", "%reset -f", "%gui qt", "%autocall 2", "%killbgscripts", "%kill_embedded", RIGHT,
        ),
        honest=3,
        control="",
        why="nothing waits for a terminal that is not there; the oracle is time",
    ),
]  # fmt: skip
