"""Tells from an exception that code was written for Python 2 or for NumPy 1: not wrong, only old."""

from __future__ import annotations

import re

_BUILTINS = "xrange|raw_input|unicode|basestring|long|unichr|reduce|execfile"
_MODULES = "cPickle|StringIO|cStringIO|urllib2|ConfigParser|Queue|Tkinter|__builtin__|past|past.builtins|future"
_PYTHON = {
    "NameError": (rf"name '({_BUILTINS})' is not defined",),
    "ModuleNotFoundError": (rf"No module named '({_MODULES})'",),
    "ImportError": (r"cannot import name '(izip|imap|ifilter)' from 'itertools'",),
    "AttributeError": (
        r"'\w*[dD]ict' object has no attribute '(iteritems|iterkeys|itervalues|has_key)'",
        r"'(?:generator|zip|map|filter|\w*iterator)' object has no attribute '(next)'",
    ),
    "SyntaxError": (
        r"Missing parentheses in call to '(print|exec)'",
        r"(except [\w.]+, \w+)[\s\S]*multiple exception types must be parenthesized",
        r"\b(\d+[lL])\b[\s\S]*invalid decimal literal",
        r"(<>)[\s\S]*invalid syntax",
    ),
    "TabError": (r"inconsistent use of (tabs) and spaces",),
}
_REMOVED = (
    r"Inf|Infinity|infty|NaN|NAN|PINF|NINF|product|cumproduct|sometrue|alltrue|round_|row_stack|in1d|asscalar|mat|"
    r"msort|trapz|float_|complex_|unicode_|string_|int0|float|int|bool|object|str|complex|long|cast|asfarray"
)
_NUMPY = (rf"module 'numpy' has no attribute '({_REMOVED})'", r"`np\.(\w+)` was removed in the NumPy 2\.0 release")


def dated(kind: str, message: str) -> str | None:
    """What an exception of this class, with this message, says of its time: "written for Python 2: xrange"."""
    for pattern in _PYTHON.get(kind, ()):
        if found := re.search(pattern, message):
            return f"written for Python 2: {found[1]}"
    if kind == "AttributeError":
        for pattern in _NUMPY:
            if found := re.search(pattern, message):
                return f"written for NumPy 1: np.{found[1]}"
    return None
