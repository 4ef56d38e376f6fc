"""What cannot be run is refused before it takes memory; what has no effect is noted and runs."""

from typing import Any

import pytest

from sim.scenario import compile_scenario, load_scenario
from sim.scenario.checks import outside_run
from sim.schema.errors import InputError

ARRIVALS = {"origin": "VA03", "area": "VA01", "wave": "f3", "first_month": "2024-08", "families_per_month": 10_000_000}
OFFER = {"kind": "transport", "places_per_month": 5}


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"months": "3"}, ["whole number", "without quotes", "'3'"]),
        ({"parameters.choice.security": "0.5"}, ["a number", "without quotes"]),
        ({"parameters.choice.security": True}, ["valid number"]),
        ({"parameters.house.repaired_to": 0.2}, ["repaired_to 0.2", "usable 0.4"]),
        ({"programmes.=SUM(A1)": {**OFFER, "window": {"first_month": "2024-08"}}}, ["formula"]),
        ({"shocks.a\nb": {"area": "VA01", "month": "2024-08", "security": 0.1}}, ["one line"]),
        ({"start": "0001-01"}, ["1900-01"]),
        ({"arrivals.a": {**ARRIVALS, "last_month": "2027-06", "rows_per_month": 1_000_000}}, ["GiB", "35,0"]),
        ({"conditions.c": {"condition": "wage", "first_month": "2024-08", "value": 1e9}}, ["0 to 10,000,000"]),
        ({"tables": "elsewhere"}, ["tables"]),
    ],
)
def test_what_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], parts: list[str]) -> None:
    monkeypatch.setattr("sim.scenario.size.memory_here", lambda: 8 * 2**30)
    with pytest.raises(InputError) as caught:
        compile_scenario(load_scenario("valley/as-is", changes))
    assert all(part in str(caught.value) for part in parts), caught.value


def test_what_lies_outside_the_run_is_noted_and_runs() -> None:
    late = {"first_month": "2026-08"}
    changes: dict[str, Any] = {
        "months": 12,
        "programmes.late": {**OFFER, "window": late},
        "programmes.here": {**OFFER, "window": {"first_month": "2025-06"}},
        "programmes.past": {**OFFER, "window": {"first_month": "2023-01", "last_month": "2024-06"}},
        "shocks.past_but_lasting": {"area": "VA01", "month": "2024-06", "months": 2, "security": 0.9},
        "arrivals.later": {**ARRIVALS, "first_month": "2025-07"},
        "conditions.later": {"condition": "wage", "value": 300, **late},
    }
    scenario = load_scenario("valley/as-is", changes)
    notes = outside_run(scenario)
    assert [note.split(":")[0] for note in notes] == [
        "programmes.late", "programmes.past", "arrivals.later", "conditions.later",
    ]  # fmt: skip
    assert "2024-07 to 2025-06" in notes[0]
    assert compile_scenario(scenario).months == 12
