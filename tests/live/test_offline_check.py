"""Nothing from elsewhere: the page as it is shipped names nothing on the internet, and one that does is refused."""

import shutil
from pathlib import Path

import pytest

from sim.cli import main
from sim.live import offline
from sim.live.server import PAGE, WORDS
from sim.schema.errors import InputError


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped page that is checked in its place."""
    for name, folder in (("PAGE", PAGE), ("WORDS", WORDS)):
        monkeypatch.setattr(offline, name, Path(shutil.copytree(folder, tmp_path / name.lower())))
    return tmp_path / "page"


def test_the_command_checks_the_shipped_page_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["live", "--offline-check"])
    assert end.value.code in (0, None)
    said = " ".join(capsys.readouterr().out.split())
    assert "name nothing outside of this machine" in said
    assert "default-src 'none'" in said
    assert "127.0.0.1" in said


def test_every_file_of_page_and_words_is_looked_at(page: Path) -> None:
    shipped = sum(path.is_file() for folder in (PAGE, WORDS) for path in folder.rglob("*"))
    assert next(offline.checked_page()).startswith(f"{shipped} files")
    (page / "deeper").mkdir()
    (page / "deeper" / "more.js").write_text("export const one = 1;\n")
    assert next(offline.checked_page()).startswith(f"{shipped + 1} files")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("more.html", '<script src="https://cdn.example.org/d3.js"></script>', "https://cdn.example.org"),
        ("more.html", '<script src="//cdn.example.org/d3.js"></script>', "//cdn.example.org"),
        ("more.html", "<link rel=stylesheet href=http://fonts.example.com/css>", "http://fonts.example.com"),
        ("more.css", '@import "other.css";', "@import"),
        ("more.css", "@import url(//cdn.example.org/x.css);", "@import"),
        ("more.css", "p { background: url(https://example.org/x.png) }", "url("),
        ("more.css", "p { background: url('//example.org/x.png') }", "//example.org"),
        ("more.js", 'import d3 from "https://cdn.example.org/d3.js";', "https://cdn.example.org"),
        ("more.js", "const a = 1; fetch('//example.org/data');", "//example.org"),
        ("more.js", "new WebSocket('wss://example.org/live');", "//example.org"),
        ("deeper/more.js", 'fetch("https://example.org");', "https://example.org"),
    ],
)
def test_what_is_named_elsewhere_is_refused(page: Path, name: str, text: str, found: str) -> None:
    file = page / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="outside of this machine") as refused:
        list(offline.checked_page())
    assert refused.value.file == file
    assert found in str(refused.value.value) or str(refused.value.value) in found


def test_words_are_looked_at_too(page: Path) -> None:
    (page.parent / "words" / "xx.json").write_text('{"a": "<img src=https://example.org/x.png>"}', encoding="utf-8")
    with pytest.raises(InputError, match="outside of this machine"):
        list(offline.checked_page())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("more.js", 'const SVG = "http://www.w3.org/2000/svg";\n// see https://example.org for why\nconst a = 6 / 2;'),
        ("more.js", "/* https://example.org\n tells more */\nconst b = 1;"),
        (
            "more.css",
            "p { background: url(data:image/png;base64,AA) } q { mask: url(#arrow) } i { src: url(a/b.svg) }",
        ),
        ("more.html", '<!-- https://example.org --><svg xmlns="http://www.w3.org/2000/svg"><use href="#x"/></svg>'),
        ("more.html", '<script type="module" src="/static/main.js"></script><a href="/presenter">Notes</a>'),
    ],
)
def test_names_comments_and_own_files_are_let_through(page: Path, name: str, text: str) -> None:
    (page / name).write_text(text, encoding="utf-8")
    assert len(list(offline.checked_page())) == 3
