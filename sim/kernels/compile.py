"""How kernels are compiled: small functions inline into a few cached entry points.

Nothing in a kernel allocates, and numba's reference counting is switched off (``_nrt=False``): passing structs of
arrays between functions then costs nothing (it made the household month twenty times slower), and an allocation
in the hot loop does not compile.

numba's own cache notices an edit of the cached function's file only, not of the functions it calls; it fails on a
damaged file; and it loads, that is executes, whatever stands in its folder. Entry points are therefore kept in a
folder named after a hash of every kernel source, the numba version and the processor, private to one user; what
cannot be read there, or is not what was written, is compiled again. Without such a folder every process compiles.
"""

import functools
import hashlib
import os
import pickle
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature

F = TypeVar("F", bound=Callable[..., Any])

KEPT_FOLDERS = 4
KEPT_SECONDS = 24 * 3600
_HERE = Path(__file__).parent
_NAME = re.compile(r"[0-9a-f]{16}")
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


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
    compiled: Any = numba.njit(**_OPTIONS)(function)
    with suppress(RuntimeError):  # no folder to keep it in: compiled anew in each process
        compiled._cache = _Cache(function)
    kept: F = compiled
    return kept


def cpu_name() -> str:
    """Return the processor as LLVM names it; compiled code fits this kind only."""
    from llvmlite import binding

    return str(binding.get_host_cpu_name())


def cache_folder() -> Path:
    """Return the folder that holds compiled entry points for exactly these sources and this machine."""
    return _cache_root() / _fingerprint()


def is_compiled() -> bool:
    """Return whether the folder holds anything compiled."""
    return any(cache_folder().glob("*.nbi"))


def cache_folders() -> list[Path]:
    """Return the cache folders of all versions, the one used last first; anything else beside them is left out."""
    found = []
    with suppress(OSError):
        for path in _cache_root().iterdir():
            if _NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
                with suppress(OSError):  # removed by another process at this moment
                    found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def claim(folder: Path) -> None:
    """Make a cache folder, or check an existing one, and mark it as used now.

    A folder made anew takes the place of old ones: those are removed that are neither among the ``KEPT_FOLDERS``
    used last nor used within ``KEPT_SECONDS``. Every process marks its folder when it starts, so no folder goes that
    a process started within a day may still read or fill. One that runs longer loses nothing but the kept copy: what
    it has loaded stays in memory, and what it compiles later is put into a new folder of the same name.

    Raises
    ------
    OSError
        When the folder cannot be made or written, or when another user owns it or may write to it: what is loaded
        from it is executed.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _refuse_shared(folder)
        os.utime(folder)
    else:
        _prune()
    tempfile.TemporaryFile(dir=folder).close()


def _refuse_shared(folder: Path) -> None:
    if os.name == "nt":  # folders of a user's profile are private there, and these numbers mean nothing
        return
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError("it is not a folder")
    if found.st_uid != os.geteuid():
        raise PermissionError("it belongs to another user")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError("other users may write to it")


def _prune() -> None:
    for old in cache_folders()[KEPT_FOLDERS:]:
        with suppress(OSError):
            if old.stat().st_mtime < time.time() - KEPT_SECONDS:
                shutil.rmtree(old, ignore_errors=True)


@functools.cache  # once: what this process loaded must never be kept under the name of sources edited since
def _fingerprint() -> str:
    digest = hashlib.sha256()
    for source in sorted(_HERE.glob("*.py")):
        digest.update(source.read_bytes())
    digest.update(f"{numba.__version__} {sys.version} {cpu_name()}".encode())
    return digest.hexdigest()[:16]


def _cache_root() -> Path:
    if override := os.environ.get("SOLUTIONS_SIM_CACHE"):
        return Path(override).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or _home_cache()
    return Path(base) / "solutions-sim" / "kernels"


def _home_cache() -> Path:
    try:
        return Path.home() / ".cache"
    except RuntimeError:  # a user without a home, as in some containers: a place where nothing can be made
        return Path(os.devnull)


class _Place(InTreeCacheLocator):  # type: ignore[misc]
    """Tells numba where an entry point is kept: the private folder, whatever numba's own settings say."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        super().__init__(function, file)
        self._cache_path = str(cache_folder())

    def ensure_cache_path(self) -> None:
        claim(Path(self._cache_path))

    def get_source_stamp(self) -> str:
        return hashlib.sha256(Path(self._py_file).read_bytes()).hexdigest()


class _Sealed(CompileResultCacheImpl):  # type: ignore[misc]
    """Keeps machine code with its hash: a file damaged on disk must not be run."""

    _locator_classes = (_Place,)

    def reduce(self, compiled: Any) -> tuple[str, bytes]:
        packed = dumps(super().reduce(compiled))
        return hashlib.sha256(packed).hexdigest(), packed

    def rebuild(self, target: Any, kept: tuple[str, bytes]) -> Any:
        digest, packed = kept
        if hashlib.sha256(packed).hexdigest() != digest:
            raise ValueError("the file is damaged")
        return super().rebuild(target, pickle.loads(packed))


class _Cache(FunctionCache):  # type: ignore[misc]
    """numba's cache of one function, which compiles again where numba's would fail."""

    _impl_class = _Sealed

    def load_overload(self, signature: Any, target: Any) -> Any:
        try:
            found = super().load_overload(signature, target)
        except Exception:  # reading damaged files raises anything
            with suppress(Exception):
                self.flush()
            return None
        # two processes that write at once can leave an index that names the other's file
        wanted, _ = normalize_signature(signature)
        return found if found is not None and found.signature.args == wanted else None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        with suppress(Exception):  # nothing is lost but time: it is compiled, and runs
            super().save_overload(signature, compiled)
