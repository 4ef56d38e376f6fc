"""What the page may load, read from its files: nothing from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

from sim.live.guard import POLICY
from sim.live.server import PAGE, WORDS
from sim.schema.errors import InputError

ADDRESS = re.compile(r"""(?:https?:)?//[\w.-]+\.\w+|@import|url\((?!["']?(?:data:|#|[\w./-]+["']?\)))""")
NAMES = re.compile(r"http://www\.w3\.org/\d{4}/[\w/]+")  # of namespaces: names, never fetched
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|<!--.*?-->", re.DOTALL | re.MULTILINE)


def checked_page() -> Iterator[str]:
    """Yield what was checked, line by line.

    Raises
    ------
    InputError
        Where a file of the page names something elsewhere.
    """
    files = sorted(path for folder in (PAGE, WORDS) for path in folder.rglob("*") if path.is_file())
    for file in files:
        found = foreign(file)
        if found:
            raise InputError("names something outside of this machine", file=file, value=found[0])
    yield f"{len(files)} files of the page name nothing outside of this machine."
    yield f"What the browser is told it may load: {POLICY}."
    yield "The server listens on 127.0.0.1 alone, and answers to no other name."


def foreign(file: Path) -> list[str]:
    """Return the addresses of elsewhere that a file of the page names, comments and names of namespaces aside."""
    text = COMMENT.sub("", NAMES.sub("", file.read_text(encoding="utf-8")))
    return ADDRESS.findall(text)
