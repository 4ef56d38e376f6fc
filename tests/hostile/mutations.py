"""Damaged copies of a shipped case: what people, spreadsheets and editors do to files, and what nobody should.

Every choice is drawn from one ``random.Random``, so that a seed, or hypothesis, decides a case whole.
"""

import csv
import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from timeline import ENTRIES, entry
from values import CELLS, LINES, SCALARS

VALLEY = Path(__file__).parents[2] / "scenarios" / "valley"
CHAIN = ("closure-with-alternatives.yaml", "closure-no-notice.yaml", "case.yaml")  # each extends the next
TABLES = ("areas.csv", "conditions.csv", "displaced.csv", "security.csv", "sites.csv", "waves.csv")
READ = (".yaml", ".csv", ".geojson")
SHIPPED = {path.name: path.read_bytes() for path in sorted(VALLEY.iterdir()) if path.suffix in READ}

Text = Callable[[Random, str], str]
Cells = list[list[str]]


@dataclass
class Case:
    """The files of a case by name, None for one replaced by a folder, and what was done to them."""

    files: dict[str, bytes | None] = field(default_factory=lambda: dict(SHIPPED))
    done: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def write(self, folder: Path) -> None:
        """Write every file into a folder that exists."""
        for name, content in self.files.items():
            if content is None:
                (folder / name).mkdir()
            else:
                (folder / name).write_bytes(content)

    def edit(self, name: str, what: str, content: bytes | None) -> None:
        """Replace a file, saying what was done."""
        self.files[name] = content
        self.touched.add(name)
        self.done.append(f"{name}: {what}")


def mutated(random: Random) -> Case:
    """Return the case with one or two mutations."""
    case = Case()
    for _ in range(random.choice((1, 1, 2))):
        name = random.choice((*CHAIN, *TABLES, *TABLES))
        content = case.files.get(name)
        if content is None:
            continue
        if random.random() < 0.15:
            _damage_file(random, case, name, content)
        else:
            _damage_text(random, case, name, content)
    return case


def _damage_text(random: Random, case: Case, name: str, content: bytes) -> None:
    text = content.decode("utf-8", errors="surrogateescape")
    damages: dict[str, Text] = YAML if name.endswith(".yaml") else CSV
    what = random.choice(sorted(damages))
    changed = damages[what](random, text)
    case.edit(name, f"{what}\n{_difference(text, changed)}", changed.encode("utf-8", errors="surrogateescape"))


def _difference(before: str, after: str) -> str:
    """Return the first line that differs."""
    pairs = zip([*before.split("\n"), "<end>"], [*after.split("\n"), "<end>"], strict=False)
    return next((f"  - {old[:200]}\n  + {new[:200]}" for old, new in pairs if old != new), "  (nothing)")


# Whole files


def _damage_file(random: Random, case: Case, name: str, content: bytes) -> None:
    what = random.choice(sorted(FILES))
    try:
        changed = FILES[what](random, content)
    except UnicodeError:
        return  # already damaged beyond this
    case.edit(name, what, changed)
    if what == "missing":
        del case.files[name]


def _flipped(random: Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 8))):
        if damaged:
            damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def _again(content: bytes, encoding: str) -> bytes:
    return content.decode("utf-8").replace("made up", "crée à neuf").replace("The", "É").encode(encoding, "replace")


FILES: dict[str, Callable[[Random, bytes], bytes | None]] = {
    "truncated": lambda random, content: content[: random.randrange(len(content) + 1)],
    "bits flipped": _flipped,
    "UTF-16": lambda _, content: _again(content, "utf-16"),
    "latin-1": lambda _, content: _again(content, "latin-1"),
    "byte-order mark": lambda _, content: b"\xef\xbb\xbf" + content,
    "empty": lambda _, content: b"",
    "blanks": lambda _, content: b" \n\n \n",
    "binary": lambda random, content: random.randbytes(400),
    "NUL inside": lambda random, content: content[:40] + b"\0" + content[40:],
    "gzipped": lambda _, content: gzip.compress(content),
    "missing": lambda _, content: b"",
    "a folder": lambda _, content: None,
    "CRLF": lambda _, content: content.replace(b"\n", b"\r\n"),
    "CR": lambda _, content: content.replace(b"\n", b"\r"),
    "twice": lambda _, content: content + content,
}


# Scenario files

_VALUE = re.compile(r"^(\s*(?:- )?[\w]+: )(.*)$", re.MULTILINE)
_NAME = re.compile(r"^(\s*)([\w]+)(?=:)", re.MULTILINE)


def _value_changed(random: Random, text: str) -> str:
    return _one_match(random, _VALUE, text, lambda found: found[1] + random.choice(SCALARS))


def _inline_changed(random: Random, text: str) -> str:
    pattern = re.compile(r"(?<=[:\[,] )[\w.-]+(?=[,\]}])")
    return _one_match(random, pattern, text, lambda _: random.choice(SCALARS))


def _key_renamed(random: Random, text: str) -> str:
    odd = ("", "Π", "<<", "?", "kind", "1", "null", '"a\\nb"', "a" * 5000)

    def renamed(found: re.Match[str]) -> str:
        name = found[2]
        near = (name[:-1], name.upper(), name + "s", name[1:] + name[:1], f"{name} ", *odd)
        return found[1] + random.choice(near)

    return _one_match(random, _NAME, text, renamed)


def _one_match(random: Random, pattern: re.Pattern[str], text: str, change: Callable[[re.Match[str]], str]) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text
    one = random.choice(found)
    return text[: one.start()] + change(one) + text[one.end() :]


def _line_changed(random: Random, text: str) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    line = lines[at]
    lines[at : at + 1] = random.choice(([], [line, line], [f"  {line}"], [line.lstrip()], [f"\t{line}"], [f"- {line}"]))
    return "\n".join(lines)


def _line_added(random: Random, text: str) -> str:
    return f"{text.rstrip()}\n{random.choice(LINES)}\n"


def _entry_added(random: Random, text: str) -> str:
    """Add an entry with fields from the schema, some of them wrong, under its heading."""
    heading = random.choice(sorted(ENTRIES))
    written = f"{heading}:\n{entry(random, heading)}"
    before, found, after = text.partition(f"\n{heading}:\n")
    return f"{before}\n{written}{after}" if found else f"{text.rstrip()}\n{written}"


YAML: dict[str, Text] = {
    "value changed": _value_changed,
    "inline value changed": _inline_changed,
    "key renamed": _key_renamed,
    "line changed": _line_changed,
    "line added": _line_added,
    "entry added": _entry_added,
    "entry added too": _entry_added,
}


# Tables


def _cell_changed(random: Random, rows: Cells) -> None:
    row = random.choice(rows[random.random() < 0.9 :])
    if row:
        at = random.randrange(len(row))
        row[at] = random.choice((*CELLS, row[at] + "0", f"-{row[at]}", f"{row[at]}%", f" {row[at]} ", row[at].lower()))


def _column_changed(random: Random, rows: Cells) -> None:
    width = len(rows[0])
    at, other = random.randrange(width), random.randrange(width)
    change = random.choice(("drop", "double", "swap", "fill"))
    value = random.choice(CELLS)
    for number, row in enumerate(rows):
        if change == "drop":
            del row[at : at + 1]
        elif change == "double":
            row[at:at] = row[at : at + 1]
        elif change == "swap" and max(at, other) < len(row):
            row[at], row[other] = row[other], row[at]
        elif change == "fill" and number and at < len(row):
            row[at] = value


def _row_changed(random: Random, rows: Cells) -> None:
    at = random.randrange(len(rows))
    row = rows[at]
    rows[at : at + 1] = random.choice(([], [row, list(row)], [[], row], [row[:-1]], [[*row, "more"]], [row] * 300))


def _rows_shuffled(random: Random, rows: Cells) -> None:
    body = rows[1:]
    random.shuffle(body)
    rows[1:] = body


def _rows_left(random: Random, rows: Cells) -> None:
    del rows[random.choice((1, 2, 3)) :]


def _rows_many(random: Random, rows: Cells) -> None:
    """Add hundreds of rows that differ in their first cell."""
    last = rows[-1]
    rows += [[f"{last[0]}{n}", f"{n}", *last[2:]] for n in range(random.choice((130, 600)))]


def _scaled(random: Random, rows: Cells) -> None:
    """Multiply every number of a column, or of a row, as one does who mistakes its unit."""
    factor = random.choice((0, -1, 0.5, 1000, 10**7, 10**12, 10**300))
    by_row = random.random() < 0.5
    row, column = random.randrange(len(rows)), random.randrange(len(rows[0]))
    for y, cells in enumerate(rows):
        for x, cell in enumerate(cells):
            if y and (y == row if by_row else x == column) and re.fullmatch(r"-?[\d.]+", cell):
                scaled = float(cell) * factor
                cells[x] = f"{scaled:.0f}" if scaled == int(scaled) else repr(scaled)


ROWS: dict[str, Callable[[Random, Cells], None]] = {
    "cell changed": _cell_changed,
    "cell changed too": _cell_changed,
    "column changed": _column_changed,
    "row changed": _row_changed,
    "rows shuffled": _rows_shuffled,
    "few rows left": _rows_left,
    "hundreds of rows": _rows_many,
    "scaled": _scaled,
}


def _by_rows(change: Callable[[Random, Cells], None]) -> Text:
    def damage(random: Random, text: str) -> str:
        try:
            rows = list(csv.reader(io.StringIO(text)))
        except csv.Error:
            return text
        if len(rows) > 1 and rows[0]:
            change(random, rows)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()

    return damage


CSV: dict[str, Text] = {name: _by_rows(change) for name, change in ROWS.items()} | {
    "semicolons": lambda _, text: text.replace(",", ";"),
    "tabs": lambda _, text: text.replace(",", "\t"),
    "decimal commas": lambda _, text: re.sub(r"(?<=\d)\.(?=\d)", ",", text),
    "a quote opened": lambda random, text: _inserted(random, text, '"'),
    "a comma put in": lambda random, text: _inserted(random, text, ","),
    "a line break put in": lambda random, text: _inserted(random, text, "\n"),
    "total line added": lambda _, text: text + "Total,,,,,\n",
    "title line added": lambda _, text: "Table 1: people\n" + text,
}


def _inserted(random: Random, text: str, what: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + what + text[at:]
