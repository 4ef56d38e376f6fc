"""Workshop packs: whole in every language, levers that can be moved, and examples that show what their notes say."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import Scenario, compare, load_scenario
from sim.scenario import compile_scenario
from sim.schema.document import read_yaml
from sim.schema.errors import is_printable

FOLDER = Path(__file__).parents[2] / "workshops"
CASES = ("valley", "iraq")
LANGUAGES = ("en", "fr", "ar")
FAMILIES_PART = 10  # no lever reaches more than so many in a hundred of all families a month
Plain = dict[str, Any]


@cache
def pack(case: str) -> Plain:
    return read_yaml(FOLDER / f"{case}.yaml").data


@cache
def baseline(case: str) -> Scenario:
    return load_scenario(pack(case)["scenario"])


def settings(case: str, example: str) -> Plain:
    return next(one["settings"] for one in pack(case)["examples"] if one["id"] == example)


def overrides(case: str, moved: Plain) -> Plain:
    """Return what settings change in the scenario, by dotted key."""
    levers = pack(case)["levers"]
    found: Plain = {}
    for name, value in moved.items():
        lever = levers[name]
        if "condition" in lever:
            change = {"condition": lever["condition"], "first_month": baseline(case).spec.start, "times": value}
            found[f"conditions.{name}"] = change | {part: lever[part] for part in ("areas",) if part in lever}
        elif "programme" in lever:
            others = {
                one["field"]: moved.get(key, one["start"]) for key, one in levers.items() if one.get("of") == name
            }
            found[f"programmes.{name}"] = lever["programme"] | others | {lever["field"]: value}
    return found


def texts(value: Any) -> list[Plain]:
    """Return every text of a pack, each by language."""
    if isinstance(value, dict) and "en" in value:
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts(part)]


@pytest.mark.parametrize("case", CASES)
def test_every_text_is_whole_in_every_language(case: str) -> None:
    found = texts(pack(case))
    assert len(found) > 25
    for text in found:
        assert tuple(text) == LANGUAGES
        assert all(part.strip() and is_printable(part.replace("\n", " ")) for part in text.values()), text["en"]
        assert len({part.count("\n\n") for part in text.values()}) == 1, f"as many paragraphs: {text['en']}"
        assert any("\u0600" <= letter <= "\u06ff" for letter in text["ar"]), text["en"]


@pytest.mark.parametrize("case", CASES)
def test_levers_move_something_at_both_ends(case: str) -> None:
    start = baseline(case)
    families = int(compile_scenario(start).households["weight"].sum())
    levers = pack(case)["levers"]
    assert 1 <= len(levers) <= 9
    assert {lever["group"] for lever in levers.values() if "of" not in lever} == {
        "support", "homes", "conditions", "coordination",
    }  # fmt: skip
    for name, lever in levers.items():
        if lever.get("field") == "closing_month" or "of" in lever:
            continue
        steps = (lever["high"] - lever["low"]) / lever["step"]
        assert steps == pytest.approx(round(steps)), name
        assert lever["high"] <= families / FAMILIES_PART, name
        ends = [lever["high"], *([lever["low"]] if lever["low"] else [])]
        for value in ends:
            compile_scenario(start.override(overrides(case, {name: value})))


@pytest.mark.parametrize("case", CASES)
def test_five_examples_lie_on_the_scales_and_can_be_run(case: str) -> None:
    levers, examples = pack(case)["levers"], pack(case)["examples"]
    assert len(examples) == len({one["id"] for one in examples}) == 5
    assert {name for one in examples for name in one["settings"]} <= set(levers)
    for one in examples:
        for name, value in one["settings"].items():
            if levers[name].get("field") == "closing_month":
                assert value > baseline(case).spec.start
            else:
                steps = (value - levers[name]["low"]) / levers[name]["step"]
                assert steps == pytest.approx(round(steps)), (one["id"], name)
                assert levers[name]["low"] <= value <= levers[name]["high"]
        compile_scenario(baseline(case).override(overrides(case, one["settings"])))


@pytest.mark.parametrize("case", CASES)
def test_the_page_for_the_facilitator_speaks_of_every_example(case: str) -> None:
    page = (FOLDER.parent / "docs" / "workshops" / f"{case}.md").read_text(encoding="utf-8")
    assert page.count("\n| ") == 1 + 5, "a head and a row for every example"
    assert f"`workshops/{case}.yaml`" in page
    assert f"sim live {case}" in page


def differences(case: str, more: dict[str, Plain], seeds: int = 3) -> pd.DataFrame:
    """Return differences from the baseline, per 100 families where they are counted, by outcome and example."""
    moved = {one["id"]: one["settings"] for one in pack(case)["examples"]} | more
    start = baseline(case)
    scenarios = [start, *(start.override(overrides(case, found)).renamed(name, name) for name, found in moved.items())]
    table = compare(scenarios, seeds=seeds, households=500, counterparts=False).table()
    wide = table.pivot(index="outcome", columns="scenario", values="difference")
    counted = table.drop_duplicates("outcome").set_index("outcome")["unit"] == "families"
    families = table[table["outcome"] == "all_families"]["mean"].iloc[0]
    wide[counted.reindex(wide.index)] *= 100 / families
    return wide


def induced(table: pd.DataFrame) -> pd.Series:
    return table.loc[["expelled", "diverted", "hastened"]].sum()


@pytest.mark.slow
def test_the_valley_shows_what_the_notes_say() -> None:
    offers = {name: value for name, value in settings("valley", "alternatives").items() if name in ("grants", "rent")}
    found = differences("valley", {"offers": offers, "cash": {"grants": 150}})
    displaced, lasting, pushed = found.loc["displaced"], found.loc["sustained_whole"], induced(found)
    assert displaced["closure"] < -3
    assert pushed["closure"] > -2 * displaced["closure"], "far more are pushed than fewer displaced"
    assert abs(lasting["closure"]) < 1
    assert found.loc["host_rent", "closure"] > 0
    assert lasting["alternatives"] > 0.5
    assert 0.7 * pushed["closure"] < pushed["alternatives"] < pushed["closure"]
    assert found.loc["displaced_again", "alternatives"] > found.loc["displaced_again", "closure"] - 1
    assert lasting["offers"] > lasting["alternatives"] - 0.5
    assert pushed["offers"] < 1
    assert abs(displaced["aid_ends"]) < 2
    assert lasting["aid_ends"] < 0
    assert found.loc["in_debt", "aid_ends"] > 1
    assert found.loc["aid_withheld", "aid_ends"] > -5 * found.loc["care", "aid_ends"] > 0
    assert abs(displaced["papers"]) < 1.5
    assert lasting["papers"] == lasting[["closure", "alternatives", "aid_ends", "papers", "rebuild"]].max()
    assert found.loc["sustained_integrating", "papers"] > 0
    assert found.loc["spent", "rebuild"] > 4 * found.loc["spent", "cash"]
    assert lasting["cash"] > lasting["rebuild"] - 1
    assert found.loc["uninformed_returns", "cash"] > found.loc["uninformed_returns", "rebuild"]
    assert found.loc["premature_returns", "cash"] > 0
    assert found.loc["blocked_house", "cash"] > 0


@pytest.mark.slow
def test_iraq_shows_what_the_notes_say() -> None:
    less = settings("iraq", "cash_news_papers")
    found = differences(
        "iraq",
        {
            "no_papers": {name: value for name, value in less.items() if name != "papers"},
            "no_news": {name: value for name, value in less.items() if name != "news"},
            "work": {"work": 1.1},
            "less_work": {"work": 0.8},
        },
    )
    displaced, lasting, pushed = found.loc["displaced"], found.loc["sustained_whole"], induced(found)
    assert displaced["closure"] < -5
    assert 1.5 < pushed["closure"] / -displaced["closure"] < 3, "about two are pushed for each one fewer"
    assert lasting["closure"] < 1
    assert found.loc["premature_returns", "closure"] > 0.5
    assert displaced["alternatives"] < displaced["closure"]
    assert 0.7 * pushed["closure"] < pushed["alternatives"] < pushed["closure"]
    assert lasting["alternatives"] < 1
    assert found.loc["returned", "cash"] > 5
    assert lasting["cash"] < 1
    assert found.loc["uninformed_returns", "cash"] > 3
    assert lasting["cash_news_papers"] > 2
    assert found.loc["spent", "cash_news_papers"] < 1.3 * found.loc["spent", "cash"]
    assert lasting["no_news"] > lasting["no_papers"], "papers do more than news"
    assert abs(displaced["aid_ends"]) < 1.5
    assert found.loc["in_debt", "aid_ends"] > 3
    assert found.loc["aid_withheld", "aid_ends"] > -5 * found.loc["care", "aid_ends"] > 0
    assert lasting["work"] > 1 > 0 > lasting["less_work"]
    assert found.loc["in_debt", "less_work"] > 3
