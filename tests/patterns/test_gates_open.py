"""No gate is shut for ever: means are found and places open as often as they should, and to nobody else's harm."""

import numpy as np
import pytest

from sim.kernels import codes
from sim.model import SolutionsModel
from sim.scenario import compile_scenario, load_scenario

MONTHS = 12
POOR = {
    "parameters.gates.reinstall": 10_000,
    "parameters.gates.access_opening": 0.0,
}  # hardly anybody can pay the way home


def returned(**gates: float) -> float:
    """Return the families that went home in the valley within a year."""
    changes = POOR | {f"parameters.gates.{name}": value for name, value in gates.items()}
    scenario = load_scenario("valley/as-is").override({"rows": 2_000, "months": MONTHS, **changes})
    return float(SolutionsModel(compile_scenario(scenario), seed=4, collect=False).run().families(codes.RETURNED))


def test_who_cannot_pay_goes_home_only_when_means_are_found() -> None:
    none, some, more, sure = (returned(means_found=chance) for chance in (0.0, 0.03, 0.2, 1.0))
    assert none < 0.05 * some, "the few that have saved so much"
    assert none < some < more < sure
    free = returned(means_found=0.0, reinstall=0, transport_per_person_km=0)
    assert sure == pytest.approx(free, rel=0.02), "as if it cost nothing, but that it is paid"


def test_as_many_find_means_as_the_chance_says() -> None:
    """Of families that want to go and lack the money alone, 3 % go in the next month."""
    changes = POOR | {"rows": 20_000, "months": 2, "parameters.gates.means_found": 0.03}
    model = SolutionsModel(compile_scenario(load_scenario("iraq/no-closure").override(changes)), seed=9, collect=False)
    model.step()
    h = model.households
    waiting = np.flatnonzero((h["at_home"] == 0) & (h["intention"] == codes.RETURN) & (h["gates"] == 1 << codes.MONEY))
    assert len(waiting) > 1_000
    model.step()
    share = model.households["at_home"][waiting].mean()
    assert share == pytest.approx(0.03, abs=3 * np.sqrt(0.03 * 0.97 / len(waiting)))


def test_places_open_one_by_one() -> None:
    path = "return_access"
    plain, opening = (
        compile_scenario(load_scenario("valley/as-is").override({"parameters.gates.access_opening": chance})).paths
        for chance in (0.0, 0.02)
    )
    months = np.arange(len(plain[path]))[:, None]
    assert opening[path] == pytest.approx(1 - (1 - plain[path]) * 0.98**months)
    assert (opening[path][0] == plain[path][0]).all()
    assert all((opening[name] == plain[name]).all() for name in plain if name != path)
