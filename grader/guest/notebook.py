"""Runs notebook cells without a kernel: IPython's shell, with magics, display and plots, and without a terminal.

What a grading guest cannot or must not do (shell lines, installs, cloud drives) is skipped and listed, never failed.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets.config import Config

SHELL_MAGICS = [
    "pip",
    "conda",
    "mamba",
    "micromamba",
    "uv",
    "bash",
    "sh",
    "script",
    "cmd",
    "perl",
    "ruby",
    "sx",
    "system",
]

_skipped: list[str] = []


class CellCompiler(CachingCompiler):  # type: ignore[misc]
    """Names code after its cell, so that a traceback says `cell 3`."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The file name that tracebacks show."""
        return _label[0]


class Shell(InteractiveShell):  # type: ignore[misc]
    """A shell with no terminal, no history and no child processes."""

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no event loop to join; the base class would raise for `%matplotlib`."""

    def ask_exit(self) -> None:
        """`exit` in a cell ends nothing here."""

    def init_history(self) -> None:
        """Run without the history database."""
        super().init_history()
        self.history_manager.enabled = False

    def system(self, cmd: str) -> None:
        """`!cmd`."""
        _skip(f"!{cmd}")

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """`x = !cmd`."""
        _skip(f"!{cmd}")
        return SList([]) if split else ""

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """One that does not exist here, or that this place has no use for, ends no cell."""
        if self.find_line_magic(magic_name) is None:
            _skip(f"%{magic_name} {line}")
            return None
        try:
            return super().run_line_magic(magic_name, line, _stack_depth=_stack_depth + 1)
        except UsageError:
            _skip(f"%{magic_name} {line}")

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Likewise."""
        if self.find_cell_magic(magic_name) is None:
            _skip(f"%%{magic_name} {line}")
            return None
        return super().run_cell_magic(magic_name, line, cell)

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """The exception goes into the report, not to the output."""

    showsyntaxerror = showindentationerror = showtraceback


_shell: Shell | None = None
_label = ["cell"]


def warm_up() -> None:
    """Make the shell, once, in the zygote. No event loop may exist before a fork: its descriptor would be shared."""
    global _shell  # noqa: PLW0603  (IPython itself allows one shell per process)
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autocall = 0
    config.InteractiveShell.cache_size = 100  # `_` and `Out` are missing without a cache
    _shell = Shell.instance(config=config)
    _shell.compile = CellCompiler()
    _shell.display_pub = CapturingDisplayPublisher(parent=_shell)
    _shell.db = {}  # %cd and its like must not write a profile
    # Figures are drawn in memory whatever backend is asked for, and some would need packages that are not here.
    _shell.register_magic_function(_stay, magic_kind="line", magic_name="matplotlib")
    for name in SHELL_MAGICS:
        _shell.register_magic_function(_skip_magic(name), magic_kind="line_cell", magic_name=name)
    _stub_cloud_modules()
    _stub_own_check()
    _shell.run_cell("1 + 1", silent=True, store_history=False)
    _shell.reset(new_session=True)


def shell() -> Shell:
    """The one shell of this process."""
    if _shell is None:
        warm_up()
    assert _shell is not None
    return _shell


def namespace() -> dict[str, Any]:
    """Where the cells' names are bound."""
    return shell().user_ns  # type: ignore[no-any-return]


def record_skips() -> list[str]:
    """The list to which everything skipped from now on is added."""
    if importlib.util.find_spec("ipywidgets") is None:
        sys.modules["ipywidgets"] = _Widgets("ipywidgets")
    _skipped.clear()
    return _skipped


def run_cell(text: str, label: str) -> BaseException | None:
    """Run one cell, which tracebacks call `label`; return what it raised, if anything."""
    _label[0] = label
    result = shell().run_cell(text, store_history=True)
    error: BaseException | None = result.error_before_exec or result.error_in_exec
    return error


def _stay(line: str) -> None:
    """`%matplotlib ...`."""


def _skip(what: str) -> None:
    _skipped.append(what.strip()[:200])


def _skip_magic(name: str) -> Any:
    def magic(line: str, cell: str | None = None) -> None:
        _skip(f"{'%' if cell is None else '%%'}{name} {line}")

    return magic


def _stub_cloud_modules() -> None:
    """`from google.colab import drive; drive.mount(...)` is in every notebook that was written there."""
    google, colab = types.ModuleType("google"), types.ModuleType("google.colab")
    for part in ("drive", "files", "output", "userdata"):
        module = types.ModuleType(f"google.colab.{part}")
        for function in ("mount", "flush_and_unmount", "upload", "download", "clear", "get"):
            setattr(module, function, _skip_call(f"{part}.{function}"))
        setattr(colab, part, module)
        sys.modules[module.__name__] = module
    google.colab = colab  # type: ignore[attr-defined]
    sys.modules.update({"google": google, "google.colab": colab})


def _stub_own_check() -> None:
    """A notebook that checks itself is handed in with that cell: the engine is not here, and is not missed."""
    grader, notebook = types.ModuleType("grader"), types.ModuleType("grader.notebook")

    def check(*args: object, **kwargs: object) -> types.SimpleNamespace:
        _skip("notebook.check()")
        return types.SimpleNamespace(passed=True, report=None)

    notebook.check = check  # type: ignore[attr-defined]
    grader.notebook = notebook  # type: ignore[attr-defined]
    sys.modules.update({"grader": grader, "grader.notebook": notebook})


class _Widgets(types.ModuleType):
    """Sliders that nobody can move: what they would decorate stays as it is."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def widget(*args: Any, **kwargs: Any) -> Any:
            _skip(f"ipywidgets.{name}")
            if name in ("interact", "interactive") and args:
                return args[0]
            return lambda function: function

        return widget


def _skip_call(name: str) -> Any:
    def call(*args: object, **kwargs: object) -> dict[str, Any]:
        _skip(f"{name}({', '.join(map(repr, args))})")
        return {}

    return call
