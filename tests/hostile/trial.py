"""One trial: hand a folder to the command line in this process, and judge everything that comes of it."""

import contextlib
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mutations import CHAIN, TABLES, Case

from sim import cli

# Tables that name what another one defines: a name changed there shows here.
NAMED_BY = {
    "areas.csv": {"conditions.csv", "displaced.csv", "security.csv", "sites.csv"},
    "sites.csv": {"displaced.csv"},
    "waves.csv": {"displaced.csv"},
    "displaced.csv": {"sites.csv"},
    "security.csv": set(),
    "conditions.csv": set(),
}
FULL_RUN = ["--months", "3", "--households", "300"]


@dataclass(frozen=True)
class Outcome:
    """Exit code, what was printed, and what is wrong with that ("" where nothing is)."""

    code: int
    out: str
    err: str
    fault: str

    @property
    def message(self) -> str:
        """The message with places and values masked, so that equal kinds of mistakes are equal."""
        text = self.err.split("error: ", 1)[-1]
        text = re.sub(r"^[^:]*?\.(?:csv|yaml)(, (?:line|row) \d+)?", "FILE", text.strip(), count=1, flags=re.DOTALL)
        text = re.sub(r"\(found .*?\)(?=;|$|\n)", "(found ...)", text, flags=re.DOTALL)
        return re.sub(r"\d[\d,.]*", "N", text)[:160]


def call(arguments: list[str]) -> Outcome:
    """Run the command line; faults are a traceback, a warning, another exit code, or more than one message."""
    out, err = io.StringIO(), io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", module="mesa")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main(arguments)
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            except Exception as error:  # what a person would see as a traceback
                return Outcome(1, out.getvalue(), err.getvalue(), f"raised {error!r}")
    outcome = Outcome(code, out.getvalue(), err.getvalue(), "")
    fault = f"warned: {caught[0].message} ({caught[0].filename})" if caught else _fault(outcome)
    return Outcome(code, outcome.out, outcome.err, fault)


def _fault(outcome: Outcome) -> str:
    if outcome.code not in (0, 2):
        return f"ended with {outcome.code}"
    if "Traceback" in outcome.out + outcome.err:
        return "a traceback"
    messages = outcome.err.count("error: ")
    if (outcome.code == 2) != (messages > 0):
        return f"ended with {outcome.code} and {messages} messages"
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", outcome.out + outcome.err):
        return "control characters reach the terminal"
    return "" if len(outcome.err) < 6000 else "a message of more than a page"


def try_case(case: Case, run: bool) -> Outcome:
    """Check a case, or run it, in a folder of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "case"
        folder.mkdir()
        case.write(folder)
        target = Path(name) / "results" / "run"
        file = str(folder / CHAIN[0])
        outcome = call(["run", file, *FULL_RUN, "--out", str(target)] if run else ["check", file])
        fault = outcome.fault or _left(outcome, Path(name), target, run) or _place(outcome, case)
        return Outcome(outcome.code, outcome.out, outcome.err, fault)


def _left(outcome: Outcome, outside: Path, target: Path, run: bool) -> str:
    """Say what lies where nothing should."""
    found = sorted(path.name for path in outside.iterdir() if path.name != "case")
    if outcome.code == 0 and run:
        complete = (target / "manifest.json").is_file() and [path.name for path in target.parent.iterdir()] == ["run"]
        return "" if complete and found == ["results"] else f"left {found}"
    return f"left {found}" if found else ""


def _place(outcome: Outcome, case: Case) -> str:
    """Say so where a message names neither the file that was changed nor one that names what it defines."""
    if outcome.code == 0 or not case.touched:
        return ""
    named = set(case.touched).union(*(NAMED_BY.get(name, set()) for name in case.touched))
    if case.touched & set(CHAIN) or case.touched & {"areas.csv", "sites.csv", "waves.csv", "conditions.csv"}:
        named |= {*CHAIN}  # a scenario names what tables hold, and extends others
    if case.touched & set(CHAIN):
        named |= {*TABLES}  # and where they lie
    return "" if any(name in outcome.err for name in named) else f"names none of {sorted(named)}"
