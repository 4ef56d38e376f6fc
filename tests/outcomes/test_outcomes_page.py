"""docs/outcomes.md defines every outcome, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

from sim.outcomes import HEADLINE
from sim.outcomes.equity import BY_GROUP
from sim.outcomes.flags import MARK, RANKED_BY
from sim.outcomes.severity import HIGH, LOW
from sim.world.assessment import HORIZONS
from sim.world.recorder import ASSESSED, RECORDED

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "outcomes.md").read_text(encoding="utf-8")
DEFINED = [line.split("|") for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| Outcome")]
ACCOUNTS = {"care", "aid_withheld", "host_rent", "discounted"}


def names(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def test_every_outcome_is_defined() -> None:
    defined = set().union(*(names(cells[1]) for cells in DEFINED))
    wanted = {one.name for one in HEADLINE} | set(BY_GROUP)
    assert wanted - defined <= {"worst_group_induced"}, "that one stands in the text on equity"
    assert "`worst_group_induced`" in TEXT


def test_it_says_where_outcomes_are_recorded() -> None:
    known = {*RECORDED, *ASSESSED, *ACCOUNTS, "not_arrived", "returned", "displaced"}
    for cells in DEFINED:
        assert names(cells[3]) <= known, cells[1]


def test_numbers_on_the_page_are_those_of_the_code() -> None:
    assert f"low below {LOW:.1f}, high from {HIGH:.1f} on" in TEXT
    assert f"marked `{MARK}`" in TEXT
    assert all(f"`held >= {months}`" in TEXT for months in HORIZONS)
    (ranked_by,) = RANKED_BY
    assert f"ranked by `{ranked_by}` alone" in TEXT


@pytest.mark.parametrize("page", ["outcomes.md", "decisions/017-what-a-solution-that-lasts-is.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = DOCS / page
    for link, anchor in re.findall(r"\]\((?!http)([^)#]+)(?:#([^)]+))?\)", path.read_text(encoding="utf-8")):
        target = path.parent / link
        assert target.is_file(), link
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}, anchor
