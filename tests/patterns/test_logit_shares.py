"""Without tastes and feedback, the choices of one epoch are exactly multinomial logit.

The expected shares come from the values written in docs/household-month.md, worked out here by hand for one
household; the kernels are asked nothing but prices.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from worlds import HERE, HOME, PLENTY, THIRD, plain_world, same_family

from sim.kernels import codes
from sim.model import SolutionsModel
from sim.scenario import Compiled

N = 1_000_000
CAMP = 0  # the camp that is moved into the area of stay
FLIGHT = ("informal there", "hosted there", "rented there")  # to the third area: where they are is unsafe
OPTIONS = ("stay", "integrate", "return", "settle", "informal", "hosted", "camp", *FLIGHT)
CONDITIONS = {"security": 0.625, "return_pull": 0.25, "cohesion": 0.5, "wage": 40_000.0, "rent": 10_000.0}
CHANGES: dict[str, Any] = {
    "parameters__choice__cohesion": 0.4,
    "parameters__pathways__integrate": -1.0,
    "parameters__pathways__settle": -0.5,
    "parameters__pathways__return_home": 0.25,
    "parameters__pathways__camp_entry": 0.25,
    "parameters__pathways__hosted_share": 1,
    "parameters__gates__minimum_security": 1,  # everybody is failing, so every way to be displaced is open
    "parameters__pathways__settle_options": 2,
}


def world(n: int, **changes: Any) -> Compiled:
    """Return a world where one family, many times over, has ten things to choose from."""
    compiled = plain_world(same_family(n, vulnerable=1), 1, CONDITIONS, **(CHANGES | changes))
    geography = compiled.geography
    sites, areas = len(geography.site_area), geography.network.shape[1]
    only_third = np.tile((np.arange(areas) >= THIRD).astype(float), (areas, 1))
    geography = replace(
        geography,
        site_area=np.where(np.arange(sites) == CAMP, HERE, HOME),
        capacity=np.full(sites, int(PLENTY)),
        network=only_third,
    )
    return replace(compiled, geography=geography)


def choices(compiled: Compiled, seed: int) -> tuple[np.ndarray, SolutionsModel]:
    """Return what every row chose in the first month, as an index of OPTIONS, int[n]."""
    model = SolutionsModel(compiled, seed=seed)
    model.step()
    state = model.households.state
    assert not state.gates.any(), "a gate is shut: the shares would not be those of a free choice"
    fled = (state.area == THIRD) & (state.settled == 0) & (state.at_home == 0)
    conditions = [
        *(fled & (state.shelter == shelter) for shelter in (codes.INFORMAL, codes.HOSTED, codes.RENTED)),
        state.at_home == 1,
        state.settled == 2,
        state.settled == 1,
        state.shelter == codes.INFORMAL,
        state.shelter == codes.HOSTED,
        state.shelter == codes.CAMP,
    ]
    names = [*FLIGHT, "return", "settle", "integrate", "informal", "hosted", "camp"]
    return np.select(conditions, [OPTIONS.index(name) for name in names], OPTIONS.index("stay")), model


def values(compiled: Compiled, model: SolutionsModel) -> Mapping[str, float]:
    """Return the value of every alternative, by the rules of docs/household-month.md."""
    p, prices, distance = compiled.params, model.world.prices, compiled.geography.distance
    c, w, b = p.choice, p.pathways, p.budget
    size, wage, rent, skill, remittance = 5, 40_000.0, 10_000.0, 1.25, 10_000.0

    def common(security: float, services: float, area: int, access: float, aid: float, paid: float) -> float:
        earned = prices.employment[area] * access * wage * skill
        real = (earned + remittance + aid - paid) / (b.subsistence * size)
        lost = c.security * (1 - security) ** 2
        return -lost + c.services * services + c.cohesion * 0.5 + c.income * math.log(max(c.income_floor, real))

    def living(area: int, access: float, aid: float, paid: float) -> float:
        return common(0.625, prices.services[area], area, access, aid, paid)

    here = c.attachment_here * (1 - math.exp(-18 / c.attachment_here_growth))
    informal_rent = math.floor(b.informal_rent_share * rent)
    out, camp = b.displaced_job_access, b.camp_job_access
    home = common(0.5, 0.75, HOME, 1.0, 0.0, 0.0) + w.return_home + 0.25 + compiled.wave_shift[0]
    home += c.house * 0.75 + c.hlp * 0.5
    home += c.attachment_origin * max(c.attachment_origin_floor, math.exp(-30 / c.attachment_origin_fading))

    def burden(area: int) -> float:
        return w.move_fixed + w.move_per_100km * distance[HERE, area] / 100 + c.vulnerable_move

    return {
        "stay": living(HERE, out, b.aid_out * size, rent) + here,
        "integrate": living(HERE, 1, 0, rent) + here + c.tenure + w.integrate,
        "return": home - burden(HOME),
        "settle": living(THIRD, 1, 0, rent) + c.tenure + w.settle - burden(THIRD),
        "informal": living(HERE, out, b.aid_out * size, informal_rent) + here + w.informal,
        "hosted": living(HERE, out, b.aid_out * size, 0) + here + w.hosted,
        "camp": living(HERE, camp, b.aid_camp * size, 0) + here + w.camp_stay + w.camp_entry,
        "informal there": living(THIRD, out, b.aid_out * size, informal_rent) + w.informal - burden(THIRD),
        "hosted there": living(THIRD, out, b.aid_out * size, 0) + w.hosted - burden(THIRD),
        "rented there": living(THIRD, out, b.aid_out * size, rent) - burden(THIRD),
    }


def logit(utilities: Mapping[str, float]) -> np.ndarray:
    """Return multinomial logit shares in the order of OPTIONS."""
    weights = np.exp([utilities[name] for name in OPTIONS])
    return weights / weights.sum()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_shares_are_multinomial_logit(seed):
    compiled = world(N)
    chosen, model = choices(compiled, seed)
    found = np.bincount(chosen, minlength=len(OPTIONS)) / N
    expected = logit(values(compiled, model))
    error = np.sqrt(expected * (1 - expected) / N)
    for name, f, e, z in zip(OPTIONS, found, expected, (found - expected) / error):
        print(f"{name:10} share {f:.5f}  logit {e:.5f}  difference {z:+.2f} standard errors")
    assert expected.min() > 0.005, "an alternative that nobody takes is not tested"
    assert np.all(np.abs(found - expected) < 4 * error)


@pytest.mark.slow
def test_shares_do_not_depend_on_how_long_an_epoch_is():
    for length in (1, 12, 600):
        chosen, model = choices(world(N // 5, parameters__choice__epoch=length), 3)
        expected = logit(values(model.compiled, model))
        found = np.bincount(chosen, minlength=len(OPTIONS)) / (N // 5)
        assert np.all(np.abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / (N // 5)))


@pytest.mark.parametrize(
    ("option", "parameter"),
    [
        ("integrate", "parameters__pathways__integrate"),
        ("return", "parameters__pathways__return_home"),
        ("settle", "parameters__pathways__settle"),
        ("informal", "parameters__pathways__informal"),
        ("hosted", "parameters__pathways__hosted"),
        ("camp", "parameters__pathways__camp_entry"),
    ],
)
def test_raising_one_value_moves_households_to_it_and_nowhere_else(option, parameter):
    """With the same draws: whoever changes changes to the raised alternative, so no other share can rise."""
    before, _ = choices(world(30_000), 5)
    after, _ = choices(world(30_000, **{parameter: usual(parameter) + 0.3}), 5)
    changed = before != after
    assert changed.any()
    assert set(after[changed]) == {at for at, name in enumerate(OPTIONS) if name.split()[0] == option}


def usual(parameter: str) -> float:
    """Return the value of a parameter in these worlds."""
    section, name = parameter.split("__")[1:]
    return float(CHANGES.get(parameter, getattr(getattr(world(1).params, section), name)))
