"""What a month of the kernels reads besides the households: parameters, areas, sites, offers.

NamedTuples of floats and plain arrays, filled by name from the validated schema. ``A`` areas, ``S``
sites, ``P`` programmes, ``W`` displacement waves. Money is in cents, distances in kilometres, shares
and indices between 0 and 1, utilities in units of the standard Gumbel's scale.
"""

from collections import namedtuple

import numpy as np

from sim.kernels.compile import inlined

BudgetParams = namedtuple(
    "BudgetParams",
    "subsistence aid_camp aid_out saving_share debt_limit informal_rent_share "
    "camp_job_access displaced_job_access job_churn",
)
BeliefParams = namedtuple("BeliefParams", "rate rate_per_share_back noise_sd informed_within")
HouseParams = namedtuple("HouseParams", "usable repaired_to repair_away repair_home")
ReviewParams = namedtuple(
    "ReviewParams", "base floor fading settled eviction_rented eviction_informal eviction_debt_factor"
)
ChoiceParams = namedtuple(
    "ChoiceParams",
    "taste_return taste_commitment epoch security services cohesion income income_floor house hlp "
    "co_villagers attachment_origin attachment_origin_fading attachment_origin_floor attachment_here "
    "attachment_here_growth cash vulnerable_move leave_commitment tenure",
)
PathwayParams = namedtuple(
    "PathwayParams",
    "return_home integrate settle camp_stay informal hosted move_fixed move_per_100km closing settle_options "
    "hosted_share camp_entry sent_home",
)
GateParams = namedtuple(
    "GateParams",
    "transport_per_person_km reinstall lease_months credit_share means_found school_share documents_share "
    "minimum_security minimum_services",
)
CriteriaParams = namedtuple("CriteriaParams", "food_share bearable_debt")
Params = namedtuple("Params", "budget beliefs house review choice pathways gates criteria")

# One area as it is this month: a row of Month.areas, float64[A, len(Place._fields)].
Place = namedtuple(
    "Place",
    "security services wage rent employment cohesion return_access host_at_origin return_pull share_back "
    "claim_rate "
    "clearance "  # 1: clearance is needed to return
    "shock "  # 1: a shock strikes this month
    "displaces "  # share of families that a shock drives out this month
    "damages "  # share of owners from here whose house a shock makes unusable this month
    "aid_camp_share aid_out_share "  # aid that is paid, in camps and out of them; 1: no cut
    "aid_camp_fall aid_out_fall "  # how much smaller that share is than a month before
    "security_calm "  # security as it would be without the shocks of the run
    "fallback_site "  # the open camp with most free places, or -1
    "key",  # stable number of the area in draws, low five bits zero
)
# One site this month: a row of Month.sites, int64[S, len(Site._fields)].
Site = namedtuple(
    "Site",
    "key area status "
    "months_left "  # until the closing month; 0 = closes this month
    "notice "  # months between announcement and closing
    "threshold",  # households whose LOTTERY word is below it live where the site closes; 2**32: all of them
)
# One programme that makes offers: a row of Month.offers, int64[P, len(Offer._fields)].
Offer = namedtuple(
    "Offer",
    "kind "
    "active "  # 1: inside its window, with at least one place left
    "starts "  # 1: this is its first month
    "amount "  # cents: the grant, or the rent paid each month
    "months "  # duration of a rent subsidy
    "who",
)
Month = namedtuple(
    "Month",
    "seed "  # uint64
    "time "  # int64, months since the start
    "params "
    "areas sites offers "
    "reach "  # uint8[P, 2 * A + S + 1]: areas of stay, areas of origin, sites (last: in no site) it reaches
    "distance "  # float64[A, A]
    "network "  # float64[A, A], row a: cumulative chance of considering each area from a
    "wave_shift "  # float64[W], utility of return by displacement wave
    "free "  # int64[A + S], rental units by area and places by site that are free
    "school "  # bool: inside the school year
    "assessed "  # bool: every household is judged at the end of this month, not those in a solution alone
    "standards "  # float64[A, 5 settlement types, 5 RATED sub-criteria], share of households that pass
    "exits",  # uint8[A, 2**10 criteria masks], 1 where such a household lives as hosts do
)


@inlined
def place_of(areas, a):
    """Return area ``a`` as a Place of scalars; what is not used costs nothing."""
    return place_as(areas, a, False)


@inlined
def place_as(areas, a, calm):
    """Return area ``a`` as it is, or, when ``calm``, with the security it would have without shocks."""
    row = areas[a]
    return Place(
        row[19] if calm else row[0],
        row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10], row[11], row[12], row[13],
        row[14], row[15], row[16], row[17], row[18], row[19], np.int64(row[20]),
        np.uint32(np.int64(row[21])),
    )  # fmt: skip


@inlined
def site_of(sites, s):
    """Return site ``s`` as a Site of scalars."""
    row = sites[s]
    return Site(np.uint32(row[0]), row[1], row[2], row[3], row[4], row[5])


@inlined
def offer_of(offers, p):
    """Return programme ``p`` as an Offer of scalars."""
    row = offers[p]
    return Offer(row[0], row[1], row[2], np.float64(row[3]), row[4], row[5])
