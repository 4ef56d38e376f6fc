"""How kernels are compiled: small functions inline into a few cached entry points.

Nothing in a kernel allocates, and numba's reference counting is switched off (``_nrt=False``): passing structs of
arrays between functions then costs nothing (it made the household month twenty times slower), and an allocation
in the hot loop does not compile.

numba's on-disk cache notices an edit of the cached function's own file only, not of the functions it
calls. Entry points are therefore cached in a folder named after a hash of every kernel source, the
numba version and the processor: any edit anywhere in this package starts a new folder.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

_HERE = Path(__file__).parent
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def cache_folder() -> Path:
    """Return the folder that holds compiled entry points for exactly these sources and this machine."""
    digest = hashlib.sha256()
    for source in sorted(_HERE.glob("*.py")):
        digest.update(source.read_bytes())
    digest.update(f"{numba.__version__} {sys.version} {_cpu_name()}".encode())
    return _cache_root() / digest.hexdigest()[:16]


def _cache_root() -> Path:
    if override := os.environ.get("SOLUTIONS_SIM_CACHE"):
        return Path(override)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "solutions-sim" / "kernels"


def _cpu_name() -> str:
    from llvmlite import binding

    return str(binding.get_host_cpu_name())


def inlined(function: F) -> F:
    """Compile a small function that is inlined wherever it is called."""
    compiled: F = numba.njit(forceinline=True, **_OPTIONS)(function)
    return compiled


def called(function: F) -> F:
    """Compile a large function once, to be called rather than inlined, so that compiling stays short."""
    compiled: F = numba.njit(**_OPTIONS)(function)
    return compiled


def entry(function: F) -> F:
    """Compile and cache on disk a function that Python calls, over rows ``start`` to ``stop``."""
    kept = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        compiled: F = numba.njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # no folder can be written: compile anew in each process
        compiled = numba.njit(**_OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = kept
    return compiled
