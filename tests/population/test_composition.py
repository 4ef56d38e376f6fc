"""Household composition: the shares that were asked for, in a large sample, whatever the seed of a run."""

import numpy as np
import pytest

from sim.kernels.codes import INFORMAL_TENURE, OWNER, TENANT
from sim.population.composition import compose, months_since
from sim.schema.base import month_number
from sim.schema.case import Composition

N = 400_000
SHARES = {
    "house_unusable": np.array([0.3, 0.0]),
    "house_damaged": np.array([0.2, 0.0]),
    "house_occupied": np.array([0.1, 0.0]),
}
USABLE = 0.4


def composed(composition, n=N, start=0):
    identity = np.arange(start, start + n, dtype=np.uint64)
    origin = np.arange(n) % 2
    placed = {"id": identity, "origin": origin.astype(np.int16)}
    return compose(placed, composition, {name: share[origin] for name, share in SHARES.items()}, USABLE, np.full(n, 40))


@pytest.fixture(scope="module")
def usual():
    return composed(Composition(affiliated=0.05))


def near(found, share, n=N):
    """Within 4 standard errors."""
    return abs(found.mean() - share) < 4 * np.sqrt(share * (1 - share) / n) + 1e-12


def test_shares_are_those_asked_for(usual):
    c = Composition()
    for name in ("female_headed", "vulnerable", "civil_documents"):
        assert near(usual[name], getattr(c, name)), name
    assert near(usual["affiliated"], 0.05)
    for size, share in c.sizes.items():
        assert near(usual["size"] == size, share), size
    for code, name in ((OWNER, "owner"), (TENANT, "tenant"), (INFORMAL_TENURE, "informal")):
        assert near(usual["tenure"] == code, getattr(c.tenure, name)), name
    for code, name in enumerate(("none", "partial", "full")):
        assert near(usual["hlp"] == code, getattr(c.hlp_documents, name)), name
    assert near(usual["remittance"] > 0, c.remittance_share)
    assert set(np.unique(usual["remittance"])) == {0, round(c.remittance * 100)}


def test_earners_skill_and_money(usual):
    c = Composition()
    assert near(usual["earners"] == 0, c.no_earner)
    assert (usual["earners"] <= usual["size"]).all()
    alone = c.sizes[1]
    assert near(usual["earners"] == 2, c.two_earners * (1 - alone))
    log_skill = np.log(usual["skill"].astype(float))
    assert abs(log_skill.std() - c.skill_sd) < 4 * c.skill_sd / np.sqrt(2 * N)
    assert abs(usual["skill"].mean() - 1) < 4 * usual["skill"].std() / np.sqrt(N)
    debt = usual["savings"] < 0
    assert near(debt, c.debt_share)
    assert abs(-usual["savings"][debt].mean() / 100 / c.debt_mean - 1) < 0.02
    assert abs(usual["savings"][~debt].mean() / 100 / c.savings_mean - 1) < 0.02


def test_houses_belong_to_owners_and_are_as_damaged_as_their_origin(usual):
    owner = usual["tenure"] == OWNER
    first = np.arange(N) % 2 == 0
    n = int((owner & first).sum())
    assert near(usual["house"][owner & first] < USABLE, 0.3, n)
    assert near((usual["house"][owner & first] >= USABLE) & (usual["house"][owner & first] < 0.9), 0.2, n)
    assert near(usual["occupied"][owner & first], 0.1, n)
    assert (usual["house"][owner & ~first] >= 0.9).all()
    assert (usual["house"][~owner] == 1).all()
    assert not usual["occupied"][~owner].any()


def test_traits_are_independent_of_each_other(usual):
    names = ["size", "female_headed", "vulnerable", "skill", "remittance", "tenure", "hlp", "civil_documents"]
    correlation = np.corrcoef([usual[name].astype(float) for name in names]) - np.eye(len(names))
    assert np.abs(correlation).max() < 5 / np.sqrt(N)


def test_a_household_is_the_same_whoever_else_is_there():
    few, many = composed(Composition(), 50, start=100), composed(Composition(), 200)
    for name in few:
        if name not in ("house", "occupied"):  # these follow from the origin too
            assert np.array_equal(few[name], many[name][100:150]), name


def test_months_since_displacement_lie_within_the_wave():
    now = np.full(60_000, month_number("2018-01"))
    wave = np.repeat([0, 1], 30_000)
    u = np.tile(np.linspace(1e-6, 1 - 1e-6, 30_000), 2)
    found = months_since(now, ["2014-01", "2017-10"], ["2014-03", "2018-12"], u, wave)
    assert np.unique(found[wave == 0]).tolist() == [46, 47, 48]
    assert np.unique(found[wave == 1]).tolist() == [1, 2, 3], "nobody was displaced after the start"
    assert np.unique(found[wave == 0], return_counts=True)[1].tolist() == [10_000] * 3
