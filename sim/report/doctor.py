"""What the examination of an installation found, as a page of plain text."""

import json
import textwrap
from typing import Any

from sim.experiments.doctor import Examination

WIDTH, LABEL = 80, 24
VERDICTS = {
    "same": "the same results, to the last bit, on 1 and 2 threads and as expected",
    "near": "the same results on 1 and 2 threads; as expected but for the last digits",
    "threads": "results depend on the number of threads",
    "other": "not the expected results",
    "failed": "failed",
    "not run": "not run",
}


def doctor_page(found: Examination) -> str:
    """Return the page, at most 80 columns wide but for words that are longer, such as paths."""
    sections = [_section(name, facts) for name, facts in found.facts.items()]
    remarks = [*(f"Warning: {text}" for text in found.warnings), *(f"FAULT: {text}" for text in found.faults)]
    closing = ["\n".join(_wrapped(text, WIDTH)) for text in remarks or ["Everything is as it should be."]]
    return "\n\n".join([*sections, *closing])


def doctor_json(found: Examination) -> str:
    """Return the same as JSON: the sections, ``warnings`` and ``faults``."""
    return json.dumps({**found.facts, "warnings": found.warnings, "faults": found.faults}, indent=2)


def _section(name: str, facts: dict[str, Any]) -> str:
    lines = [_line(label, value) for label, value in facts.items()]
    return "\n".join([_words(name).capitalize(), *lines])


def _line(label: str, value: Any) -> str:
    text = VERDICTS.get(value, value) if label == "verdict" else _shown(label, value)
    lines = _wrapped(text, WIDTH - LABEL - 2)
    return f"  {_words(label):<{LABEL}}" + f"\n{'':{LABEL + 2}}".join(lines)


def _shown(label: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)[:16] if "hash" in label else str(value)


def _words(name: str) -> str:
    return name if name.isupper() else name.replace("_", " ")


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
