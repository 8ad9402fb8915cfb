"""Reading the key, by its path or by an import; writing, linking and changing where nothing may be changed."""

from tests.attacks.arena import Attack

PATH, IMPORT, WRITE = "key by path", "key by import", "files outside"
IN_ANY_CASE = "the import policy of the guest holds without a jail too"
NOT_INHERITED = "no descriptor of ours is inherited, with or without a jail"


def _reads(name: str, body: str, **more: object) -> Attack:
    """`body` is indented below f, and ends in what it has read."""
    head = "import ctypes, glob, mmap, os\nimport numpy as np\n\n\ndef f(x):\n"
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Attack(name=name, family=PATH, code=head + lines, **more)  # type: ignore[arg-type]


def _imports(name: str, code: str, **more: object) -> Attack:
    """`code` fails unless it has reached what it wants."""
    return Attack(name=name, family=IMPORT, code=f"{code}\n\n\ndef f(x): return 2 * x", **more)  # type: ignore[arg-type]


def _changes(name: str, body: str, **more: object) -> Attack:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Attack(name=name, family=WRITE, code=f"import os\n\n\ndef f(x):\n{lines}", **more)  # type: ignore[arg-type]


BY_PATH = [
    _reads("open the key", "return open('{secret_file}').read()"),
    _reads("open the key through a symbolic link", "os.symlink('{secret_file}', 'mine')\nreturn open('mine').read()"),
    _reads("open the key through a hard link", "os.link('{secret_file}', 'mine')\nreturn open('mine').read()"),
    _reads("open the key by climbing up", "return open('../' * 30 + '{secret_file}'[1:]).read()"),
    _reads("open the key beside the scratch folder", "return open('../../../key.py').read()"),
    _reads("open the key below /proc/self/cwd", "return open('/proc/self/cwd/../../../key.py').read()"),
    _reads("open the key below /proc/self/root", "return open('/proc/self/root{secret_file}').read()"),
    _reads("open the key below the grader's root", "return open('/proc/{grader}/root{secret_file}').read()"),
    _reads("open the key as the grader's descriptor", "return open('/proc/{grader}/fd/{inherited}').read()"),
    _reads(
        "open the key in a folder opened as a path alone",
        "folder = os.open(os.path.dirname('{secret_file}'), os.O_PATH)\n"
        "return os.read(os.open('key.py', os.O_RDONLY, dir_fd=folder), 100).decode()",
    ),
    _reads(
        "change into the folder of the key",
        "os.chdir(os.path.dirname('{secret_file}'))\nreturn open('key.py').read()",
    ),
    _reads(
        "change the root to the folder of the key",
        "os.chroot(os.path.dirname('{secret_file}'))\nreturn open('/key.py').read()",
        privileged=True,
    ),
    _reads(
        "map the key into memory",
        "opened = os.open('{secret_file}', os.O_RDONLY)\nreturn mmap.mmap(opened, 0, prot=mmap.PROT_READ)[:].decode()",
    ),
    _reads("read the key with NumPy", "return np.fromfile('{secret_file}', np.uint8).tobytes().decode()"),
    _reads(
        "read the key with C's fopen",
        "libc, text = ctypes.CDLL(None), ctypes.create_string_buffer(100)\n"
        "libc.fopen.restype = ctypes.c_void_p\n"
        "file = libc.fopen(b'{secret_file}', b'r')\n"
        "if not file:\n"
        "    raise PermissionError\n"
        "libc.fgets(text, 100, ctypes.c_void_p(file))\n"
        "return text.value.decode()",
    ),
    _reads(
        "read the key through any descriptor",
        "found = []\n"
        "for number in range(3, 256):\n"
        "    try:\n"
        "        found.append(os.pread(number, 100, 0).decode())\n"
        "    except (OSError, ValueError):\n"
        "        pass\n"
        "return ' '.join(found) or 1 / 0",
        control="",
        why=NOT_INHERITED,
    ),
    _reads(
        "open the key relative to any descriptor",
        "for number in range(256):\n"
        "    try:\n"
        "        found = os.open('../' * 30 + '{secret_file}'[1:], os.O_RDONLY, dir_fd=number)\n"
        "        return os.read(found, 100).decode()\n"
        "    except OSError:\n"
        "        pass\n"
        "raise PermissionError",
        control="",
        why=NOT_INHERITED,
    ),
    _reads(
        "list the folder of the key", "assert 'key.py' in os.listdir(os.path.dirname('{secret_file}'))\nreturn 2 * x"
    ),
    _reads(
        "read the assignments and their solutions",
        "names = os.listdir('{checkout}/assignments')\n"
        "assert any(open(path).read() for path in glob.glob('{checkout}/assignments/*/*.py'))\n"
        "return 2 * x",
    ),
]

BY_IMPORT = [
    _imports("import the reference", "import reference", control="", why=IN_ANY_CASE),
    _imports("import the engine", "import grader.engine", control="", why=IN_ANY_CASE),
    _imports("import the command line", "import cli", control="", why=IN_ANY_CASE),
    _imports("import a package that is not allowed", "import click", control="", why=IN_ANY_CASE),
    _imports("add the checkout to the path", "import sys\nsys.path.insert(0, '{checkout}')\nimport reference.layout"),
    _imports(
        "add the checkout and import the engine",
        "import sys\nsys.path.insert(0, '{checkout}')\nimport grader.model",
    ),
    _imports(
        "add the packages' folder to the path",
        "import sys, numpy\nfrom pathlib import Path\n"
        "sys.path.insert(0, str(Path(numpy.__file__).parents[1]))\nimport click",
    ),
    _imports(
        "replace the finders",
        "import sys\nfrom importlib.machinery import PathFinder\n"
        "sys.meta_path[:] = [PathFinder]\nsys.path_importer_cache.clear()\n"
        "sys.path[:0] = ['{checkout}']\nimport reference.layout",
    ),
    _imports(
        "load a module by its location",
        "import importlib.util\n"
        "spec = importlib.util.spec_from_file_location('stolen', '{checkout}/reference/layout.py')\n"
        "spec.loader.get_code('stolen')",
    ),
    _imports(
        "pack the reference and import the archive",
        "import sys, zipfile\n"
        "with zipfile.ZipFile('r.zip', 'w') as packed:\n"
        "    packed.write('{checkout}/reference/layout.py', 'stolen_layout.py')\n"
        "import zipimport\nzipimport.zipimporter('r.zip').get_code('stolen_layout')",
    ),
    _imports("run a file of the checkout", "import runpy\nrunpy.run_path('{checkout}/reference/layout.py')"),
]

CHANGES = [
    _changes("write outside", "open('{folder}/mine', 'w').write('x')\nreturn 2 * x"),
    _changes(
        "write to the folders that are everyone's",
        "for shared in ('/tmp', '/var/tmp', '/dev/shm'):\n"
        "    try:\n"
        "        open(f'{shared}/{mark}', 'w').write('x')\n"
        "    except OSError as error:\n"
        "        stopped = error\n"
        "raise stopped",
        control="def f(x):\n    open('/tmp/{mark}', 'w').write('x')",
    ),
    _changes("move a file outside", "open('mine', 'w').close()\nos.rename('mine', '{folder}/mine')\nreturn 2 * x"),
    _changes("link a file outside", "open('mine', 'w').close()\nos.link('mine', '{folder}/mine')\nreturn 2 * x"),
    _changes("make a link outside", "os.symlink('/', '{folder}/mine')\nreturn 2 * x"),
    _changes("make a folder outside", "os.mkdir('{folder}/mine')\nreturn 2 * x"),
    _changes("make a pipe outside", "os.mkfifo('{folder}/mine')\nreturn 2 * x"),
    _changes(
        "write through a folder's descriptor",
        "folder = os.open('{folder}', os.O_PATH)\n"
        "os.write(os.open('mine', os.O_CREAT | os.O_WRONLY, dir_fd=folder), b'x')\nreturn 2 * x",
    ),
    _changes("truncate the key", "size = os.stat('{secret_file}').st_size\nos.truncate('{secret_file}', size)"),
    _changes("change the rights of the key", "os.chmod('{secret_file}', 0o644)\nreturn open('{secret_file}').read()"),
    _changes("change the rights of a folder", "os.chmod('{folder}', 0o700)"),
    _changes("change the times of the key", "os.utime('{secret_file}', (1, 1))"),
    _changes(
        "delete outside",
        "os.unlink('{secret_file}')\nreturn 2 * x",
        control="import os\ndef f(x):\n"
        "    open('{folder}/mine', 'w').close()\n    os.rename('{folder}/mine', '{folder}/yours')",
    ),
    _changes("make a device", "os.mknod('mine', 0o600 | 0o020000, os.makedev(1, 8))\nreturn 2 * x", privileged=True),
    _changes(
        "give a file away",
        "open('mine', 'w').close()\nos.chown('mine', 12345, 12345)\n"
        "assert os.stat('mine').st_uid == 12345\nreturn 2 * x",
        privileged=True,
    ),
]

ATTACKS = [*BY_PATH, *BY_IMPORT, *CHANGES]
