"""In a real kernel, as Jupyter starts it: what a student sees, and what is left when it ends."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.grader.notebook.conftest import BACKWARD, FORWARD, WRONG, save
from tests.support import ROOT

jupyter_client = pytest.importorskip("jupyter_client")
pytest.importorskip("ipykernel")
