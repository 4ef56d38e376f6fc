"""The household columns: one declaration makes the arrays, the documentation and what is saved."""

from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np

from sim.kernels.compile import inlined


class Column(NamedTuple):
    """One column of the household store."""

    name: str
    dtype: str
    unit: str
    meaning: str


FIXED = (
    Column("id", "uint64", "", "permanent number: cohort * 2**32 + index in the cohort"),
    Column("weight", "int32", "families", "how many real households the row stands for"),
    Column("arrival", "int16", "month", "month of entry into the run (0: there from the start)"),
    Column("size", "int8", "persons", "persons in the household"),
    Column("origin", "int16", "area", "area of origin"),
    Column("wave", "int8", "wave", "displacement wave"),
    Column("female_headed", "uint8", "0/1", "headed by a woman without a spouse"),
    Column("vulnerable", "uint8", "0/1", "a member with a disability or serious chronic illness"),
    Column("earners", "int8", "persons", "adults who work or seek work"),
    Column("skill", "float32", "", "earnings as a multiple of the area's wage"),
    Column("remittance", "int32", "cents/month", "money received from relatives"),
    Column("tenure", "int8", "code", "tenure at origin: owner, tenant, informal"),
    Column("from_camp", "uint8", "0/1", "lived in a camp when it entered the run"),
    Column("affiliated", "uint8", "0/1", "perceived affiliation: needs clearance where areas ask it"),
)

STATE = (
    Column("present", "uint8", "0/1", "has entered the run"),
    Column("area", "int16", "area", "area where the household is"),
    Column("site", "int16", "site", "camp where it is, or -1"),
    Column("at_home", "uint8", "0/1", "at its home location"),
    Column(
        "settled",
        "uint8",
        "code",
        "0 uncommitted, 1 integrating in the place of displacement, 2 settled elsewhere",
    ),
    Column("shelter", "int8", "code", "settlement type: camp, informal site, rented, hosted, own home"),
    Column("months_here", "int16", "months", "since it came to this dwelling or place"),
    Column("months_displaced", "int16", "months", "away from home, in all"),
    Column("house", "float32", "0-1", "condition of the house at origin: 0 destroyed, 1 sound"),
    Column("occupied", "uint8", "0/1", "the house at origin is occupied by others"),
    Column("hlp", "int8", "code", "housing, land and property documents: none, partial, full"),
    Column("civil_documents", "uint8", "0/1", "has all key civil documents"),
    Column("employed", "uint8", "0/1", "its earners have work"),
    Column("savings", "int32", "cents", "savings; negative is debt"),
    Column("belief_security", "float32", "0-1", "believed security at origin"),
    Column("belief_services", "float32", "0-1", "believed service cover at origin"),
    Column("intention", "int8", "code", "pathway of its best alternative at the last review"),
    Column("gates", "uint8", "bits", "gates that block the intention now"),
    Column("times_displaced", "int8", "times", "displacements so far"),
    Column("months_since_push", "int16", "months", "since it last moved under a push, or -1"),
    Column("last_area", "int16", "area", "area of displacement before it returned, or -1"),
    Column("subsidy", "int8", "programme", "programme that pays its rent, or -1"),
    Column("subsidy_months", "int8", "months", "months of rent subsidy left"),
    Column("reached", "uint32", "bits", "services that took it in"),
    Column(
        "criteria", "uint16", "bits", "sub-criteria of a durable solution that it meets, and two of them without aid"
    ),
    Column("held", "int16", "months", "months in a row in a solution that meets the standard of hosts"),
    Column("came", "uint8", "bits", "how it came to be where it is: chosen, informed, fit to live in"),
)

# What a household plans this month; scratch, overwritten every month.
PLAN = (
    Column("kind", "int8", "code", "pathway of the planned move; STAY: none"),
    Column("area", "int16", "area", "destination area"),
    Column("site", "int16", "site", "destination camp, or -1"),
    Column("shelter", "int8", "code", "settlement type at the destination"),
    Column("settled", "uint8", "code", "commitment after the move"),
    Column("ordinary", "uint8", "0/1", "would have reviewed without any push"),
    Column("push", "uint8", "bits", "what pushes it this month"),
    Column("offers", "uint32", "bits", "programmes whose place the planned move would use"),
    Column("granted", "uint32", "bits", "programmes that gave it a place"),
    Column("needy", "uint8", "0/1", "could not pay for the planned move without those programmes"),
    Column("vacancy", "int16", "resource", "vacancy it needs: area, or number of areas + site; -1 none"),
    Column("intent_area", "int16", "area", "where its intention leads"),
    Column("intent_needs", "uint8", "0/1", "its intention needs a vacancy"),
    Column("reviewed", "uint8", "0/1", "reviewed its situation this month"),
    Column("served", "uint8", "0/1", "a service was completed for it this month"),
)

_struct: Any = namedtuple  # fields follow from the declarations, which mypy cannot read
Fixed: Any = _struct("Fixed", [column.name for column in FIXED])
State: Any = _struct("State", [column.name for column in STATE])
Plan: Any = _struct("Plan", [column.name for column in PLAN])

# One household as scalars. Arrays are touched only when a row is loaded or stored: passing structs of arrays
# between compiled functions costs reference counting, scalars cost nothing.
Person = namedtuple(
    "Person",
    "id weight size origin wave female_headed vulnerable earners skill remittance tenure affiliated from_camp",
)
Standing = namedtuple(
    "Standing",
    "area site at_home settled shelter months_here months_displaced house occupied hlp civil_documents employed "
    "savings belief_security belief_services gates last_area subsidy subsidy_months",
)


@inlined
def person(fixed, i):
    """Return what never changes about household ``i``."""
    return Person(
        fixed.id[i], np.int64(fixed.weight[i]), np.int64(fixed.size[i]), np.int64(fixed.origin[i]),
        np.int64(fixed.wave[i]), np.int64(fixed.female_headed[i]), np.int64(fixed.vulnerable[i]),
        np.int64(fixed.earners[i]), np.float64(fixed.skill[i]), np.float64(fixed.remittance[i]),
        np.int64(fixed.tenure[i]), np.int64(fixed.affiliated[i]),
        np.int64(fixed.from_camp[i]),
    )  # fmt: skip


@inlined
def standing(state, i):
    """Return how household ``i`` stands now."""
    return Standing(
        np.int64(state.area[i]), np.int64(state.site[i]), state.at_home[i] > 0, np.int64(state.settled[i]),
        np.int64(state.shelter[i]), np.int64(state.months_here[i]), np.int64(state.months_displaced[i]),
        np.float64(state.house[i]), state.occupied[i] > 0, np.int64(state.hlp[i]), state.civil_documents[i] > 0,
        state.employed[i] > 0, np.int64(state.savings[i]),
        np.float64(state.belief_security[i]), np.float64(state.belief_services[i]), np.int64(state.gates[i]),
        np.int64(state.last_area[i]), np.int64(state.subsidy[i]), np.int64(state.subsidy_months[i]),
    )  # fmt: skip
