"""How processes start: anew, but where the system can, from one that has loaded the model already.

Loading takes seconds. Where there is a fork server, it loads once, while the program itself still does, and every
process begins with what it has; elsewhere (Windows) each loads for itself, side by side.
"""

import multiprocessing
from multiprocessing.context import BaseContext

LOADED = "sim.live.workers"


def load_ahead() -> None:
    """Let the process from which others start begin to load; called before the program itself loads anything large."""
    if _has_fork_server():
        from multiprocessing import forkserver

        multiprocessing.get_context("forkserver").set_forkserver_preload([LOADED])
        forkserver.ensure_running()


def started_anew() -> BaseContext:
    """Return how processes are started."""
    return multiprocessing.get_context("forkserver" if _has_fork_server() else "spawn")


def _has_fork_server() -> bool:
    return "forkserver" in multiprocessing.get_all_start_methods()
