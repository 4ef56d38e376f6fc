"""Whom each service is for and what comes of it, against cases worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.interventions import DocumentsMission, GoAndSee, HeavyRepair, Information, LegalAid, LightRepair
from sim.kernels.codes import HLP_FULL, HLP_NONE, HLP_PARTIAL, INFORMAL_TENURE, OWNER, TENANT
from sim.schema.programme import Seen

USUAL = {"window": {"first_month": "2020-01"}, "places_per_month": 10}
FIXED = {"origin": 0, "tenure": OWNER}
STATE = {
    "at_home": 0,
    "house": 0.3,
    "occupied": 0,
    "hlp": HLP_PARTIAL,
    "civil_documents": 1,
    "belief_security": 0.2,
    "belief_services": 0.9,
}


def seen(n=1, access=(1.0, 1.0), **columns):
    """Return ``n`` owners away from home with a damaged, empty house; columns given replace the usual ones."""

    def table(usual):
        return SimpleNamespace(**{k: np.broadcast_to(np.array(columns.get(k, v)), n).copy() for k, v in usual.items()})

    return Seen(table(FIXED), table(STATE), np.array([0.8, 0.5]), np.array([0.6, 0.4]), np.array(access), 0.4)


def outcome(spec, luck, view=None, **columns):
    """Return the new columns of everybody in the view, by name, as lists."""
    luck = np.array(luck)
    view = view or seen(len(luck), **columns)
    changes = spec.outcome(view, np.arange(len(luck)), luck)
    return {name: np.asarray(values).tolist() for name, values in changes.items()}


@pytest.mark.parametrize(
    ("columns", "light", "heavy"),
    [
        ({}, True, False),
        ({"house": 0.1}, False, True),
        ({"house": 0.4}, False, False),
        ({"house": 0.0}, False, True),
        ({"occupied": 1}, False, False),
        ({"tenure": TENANT}, False, False),
        ({"tenure": INFORMAL_TENURE}, False, False),
        ({"origin": 1}, False, False),
        ({"at_home": 1}, True, False),
    ],
)
def test_repairs_are_for_empty_unusable_houses_of_their_grade_that_crews_can_reach(columns, light, heavy):
    view = seen(access=(0.1, 0.0), **columns)
    assert LightRepair(**USUAL).wanted(view).tolist() == [light]
    assert HeavyRepair(**USUAL).wanted(view).tolist() == [heavy]


@pytest.mark.parametrize(("whose", "expected"), [("away", [1, 0]), ("home", [0, 1]), ("all", [1, 1])])
def test_whose_houses(whose, expected):
    assert LightRepair(**USUAL, whose=whose).wanted(seen(2, at_home=[0, 1])).tolist() == [bool(x) for x in expected]


def test_a_repair_makes_a_house_usable_and_some_are_taken_by_others():
    spec = LightRepair(**USUAL, to=0.7, occupied_risk=0.25)
    found = outcome(spec, [0.2, 0.3, 0.2, 0.2], at_home=[0, 0, 1, 0], house=[0.3, 0.3, 0.3, 0.9])
    assert found["house"] == [0.7, 0.7, 0.7, pytest.approx(0.9)], "what was repaired meanwhile stays as it is"
    assert found["occupied"] == [1, 0, 0, 0], "only from absent owners, and only what was built"


def test_a_repair_is_at_least_usable():
    assert outcome(LightRepair(**USUAL, to=0.1), [0.9])["house"] == [0.4]


def test_a_visit_makes_beliefs_true_for_the_better_and_for_the_worse():
    assert GoAndSee(**USUAL).wanted(seen(3, (1.0, 0.0), at_home=[0, 1, 0], origin=[0, 0, 1])).tolist() == [1, 0, 0]
    assert outcome(GoAndSee(**USUAL), [0.5]) == {"belief_security": [0.8], "belief_services": [0.6]}


def test_information_closes_part_of_the_gap_to_what_it_says():
    assert Information(**USUAL).wanted(seen(2, (0.0, 0.0), at_home=[0, 1])).tolist() == [True, False]
    plain = outcome(Information(**USUAL, strength=0.25), [0.5])
    assert plain == {"belief_security": [pytest.approx(0.35)], "belief_services": [pytest.approx(0.825)]}
    slanted = outcome(Information(**USUAL, strength=1.0, slant=0.3), [0.5])
    assert slanted == {"belief_security": [1.0], "belief_services": [pytest.approx(0.9)]}, "no belief is above 1"


def test_documents_for_those_without():
    assert DocumentsMission(**USUAL).wanted(seen(2, civil_documents=[0, 1])).tolist() == [True, False]
    found = outcome(DocumentsMission(**USUAL, success=0.9), [0.89, 0.91, 0.95], civil_documents=[0, 0, 1])
    assert found == {"civil_documents": [1, 0, 1]}, "who got documents meanwhile keeps them"


CASES = {"occupied": [1, 0, 1, 0], "hlp": [HLP_FULL, HLP_NONE, HLP_NONE, HLP_FULL]}


@pytest.mark.parametrize(
    ("handles", "expected"),
    [("occupied_houses", [1, 0, 1, 0]), ("certificates", [0, 1, 1, 0]), ("both", [1, 1, 1, 0])],
)
def test_legal_aid_is_for_the_cases_it_handles(handles, expected):
    assert LegalAid(**USUAL, handles=handles).wanted(seen(4, **CASES)).tolist() == [bool(x) for x in expected]


def test_without_civil_documents_no_case_can_be_filed_unless_it_may():
    view = seen(2, occupied=1, civil_documents=[0, 1])
    assert LegalAid(**USUAL).wanted(view).tolist() == [False, True]
    assert LegalAid(**USUAL, needs_documents=False).wanted(view).tolist() == [True, True]
    tenants = seen(1, occupied=1, tenure=TENANT, hlp=HLP_FULL)
    assert LegalAid(**USUAL).wanted(tenants).tolist() == [False]


def test_a_case_is_won_or_lost():
    both = outcome(LegalAid(**USUAL, success=0.7), [0.69, 0.71], occupied=1, hlp=HLP_NONE)
    assert both == {"occupied": [0, 1], "hlp": [HLP_FULL, HLP_NONE]}
    claims = LegalAid(**USUAL, handles="occupied_houses")
    assert outcome(claims, [0.1], occupied=1) == {"occupied": [0]}
    papers = LegalAid(**USUAL, handles="certificates")
    assert outcome(papers, [0.1], occupied=1) == {"hlp": [HLP_FULL]}
