import re
from dataclasses import replace

from sim.experiments import Result
from sim.report.assumed import assumed
from sim.report.parameter_tables import SET_HERE, parameter_entries
from sim.report.programme_words import event_words, programme_words
from sim.scenario import load_scenario
from sim.schema.case import Composition
from sim.schema.parameters import Parameters

PAPERS = {"none": 0.5, "partial": 0.3, "full": 0.2}


def unchanged(resolved):
    """Return a scenario as it would be with every parameter at its default."""
    return {**resolved, "parameters": Parameters().model_dump(mode="json")}


def test_page_names_what_a_reader_needs(comparison):
    page = assumed(comparison)
    for text in (
        "Scenario, not a forecast.",
        "luck only; parameter uncertainty not included",
        "all camps close by the end of Feb 2018, without notice",
        "told 1 month before",
        "a seat in a convoy home, at 250 USD a family",
        "up to 120 USD a month towards rent for 12 months",
        "scenarios/iraq/SOURCES.md",
        "counts of fewer than 10 families, or from fewer than 10",
        "What is assumed independent",
    ):
        assert text in page


def test_every_parameter_is_listed_with_unit_and_source(result):
    page = assumed(result)
    found = parameter_entries(Parameters(), Composition())
    assert len(found) > 80
    for entry in found:
        assert entry.unit, entry.path
        assert entry.meaning, entry.path
        assert entry.source, entry.path
        assert f"`{entry.path}`" in page


def test_only_changed_parameters_are_called_changed(result):
    resolved = unchanged(result.resolved)
    assert "None. All parameters" in assumed(replace(result, resolved=resolved))
    resolved["parameters"]["choice"] = {**resolved["parameters"]["choice"], "epoch": 13}
    page = assumed(Result(result.data, result.manifest, resolved))
    changed = page.split("differ from their defaults")[1].split("## ")[0]
    assert "| `parameters.choice.epoch` | 13 |" in changed
    assert changed.count("`parameters.") == 1


def test_a_changed_value_never_shows_the_source_of_its_default(result):
    changes = {"parameters.budget.aid_out": 9, "composition.female_headed": 0.2, "composition.hlp_documents": PAPERS}
    resolved = unchanged(load_scenario("iraq/no-closure", changes).spec.model_dump(mode="json"))
    resolved["parameters"]["budget"]["aid_out"] = 9
    page = assumed(replace(result, resolved=resolved))
    rows = [line for line in page.splitlines() if line.startswith("|")]
    shown = {row.split(" | ")[0].strip("| `"): row.rsplit(" | ", 1)[1].strip(" |") for row in rows}
    for name in (*changes, "Headed by a woman without a spouse", "HLP documents"):
        assert shown[name] == SET_HERE, name
    assert shown["composition.debt_share"] == "REACH MCNA VIII Iraq 2020: owe over 505,000 IQD"
    assert f"and {len(changes)} are {SET_HERE}" in page


def test_a_changed_value_is_not_counted_as_the_judgement_it_replaced(result):
    plain = assumed(result)
    resolved = load_scenario("iraq/no-closure", {"parameters.choice.services": 1.3}).spec.model_dump(mode="json")
    counted = [
        int(re.search(r"lack of data; (\d+) of", page)[1])
        for page in (plain, assumed(replace(result, resolved=resolved)))
    ]
    assert counted[0] - counted[1] == 1


def test_switches_are_read_from_the_parameters(result):
    resolved = {**result.resolved, "parameters": {"gates": {"school_share": 0.5}, "markets": {"feedback": False}}}
    page = assumed(replace(result, resolved=resolved))
    assert "Switched on here: the school year" in page
    assert "markets is switched off here" in page


def test_events_are_told_in_words():
    changes = {
        "arrivals.late": {
            "origin": "IQ-G15", "area": "IQ-G08", "wave": "w1", "first_month": "2018-03", "families_per_month": 200,
        },
        "shocks.clash": {"area": "IQ-G13", "month": "2018-02", "security": 0.2, "months": 2},
        "conditions.rents": {"condition": "rent", "first_month": "2018-02", "times": 1.5},
    }  # fmt: skip
    spec = load_scenario("iraq/no-closure", changes).spec
    told = " ".join(event_words(spec))
    assert "200 families a month arrive in IQ-G08 from IQ-G15, in Mar 2018" in told
    assert "everybody in IQ-G13 reconsiders" in told
    assert "rent multiplied by 1.5 in all areas, from Feb 2018 to the end" in told
    assert programme_words(spec.programmes) == []
