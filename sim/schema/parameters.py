"""Parameters of the household month and of the markets: default, unit, range, meaning, source.

Section and field names are those of :mod:`sim.kernels.inputs`; money is in US dollars here and in cents there.
PRIOR marks judgement: a starting value with a wide range, to be replaced by calibration.
"""

from pydantic import model_validator

from sim.schema.base import PRIOR, Strict, quantity

_MCNA = "REACH MCNA VIII Iraq 2020"
_IDMC = "IDMC 2020, 370 USD per IDP-year (109-830)"


class Budget(Strict):
    """Income, spending, savings and debt."""

    subsistence: float = quantity(
        28.0, "USD/person/month", "Cost of food and basics", "PRIOR: food and basics of the poor; with rent it about equals an earner's income", 5, 500
    )  # fmt: skip
    aid_camp: float = quantity(25.0, "USD/person/month", "Value of aid in a camp", "PRIOR: food basket and services; IDMC 2020 puts care and maintenance at 370 USD per IDP-year", 0, 200)  # fmt: skip
    aid_out: float = quantity(3.0, "USD/person/month", "Value of aid out of camp, while uncommitted", f"PRIOR: {_MCNA}, 10 % had aid in the last month", 0, 200)  # fmt: skip
    saving_share: float = quantity(0.3, "share", "Share of a monthly surplus that is saved", PRIOR, 0, 1)
    debt_limit: float = quantity(1500.0, "USD", "Debt at which no one lends more", f"PRIOR: {_MCNA}, 55 % owe over 505,000 IQD (about 425 USD)", 0, 100_000)  # fmt: skip
    informal_rent_share: float = quantity(0.15, "share", "Payments in an informal site as a share of low-end rent", PRIOR, 0, 1)  # fmt: skip
    camp_job_access: float = quantity(0.55, "share", "Chance of work in a camp relative to hosts", PRIOR, 0, 1)
    displaced_job_access: float = quantity(0.85, "share", "Chance of work out of camp, uncommitted, relative to hosts", PRIOR, 0, 1)  # fmt: skip
    job_churn: float = quantity(0.10, "1/month", "Share of households whose work is decided anew each month", PRIOR, 0.001, 1)  # fmt: skip


class Beliefs(Strict):
    """How the displaced learn about the place they left."""

    start_gap: float = quantity(0.2, "index", "How far beliefs start below the truth", "PRIOR: beliefs start pessimistic", 0, 1)  # fmt: skip
    rate: float = quantity(0.08, "1/month", "Share of the gap to the truth closed each month", PRIOR, 0, 1)
    rate_per_share_back: float = quantity(0.10, "1/month", "Addition when the whole origin community is back", "PRIOR: 74 % hear of home from relatives living there (MCNA VIII 2020)", 0, 1)  # fmt: skip
    noise_sd: float = quantity(0.03, "index", "Standard deviation of monthly news", PRIOR, 0, 0.5)
    informed_within: float = quantity(0.2, "index", "Beliefs this close to the truth count as informed", PRIOR, 0, 1)


class House(Strict):
    """The house at origin."""

    usable: float = quantity(0.4, "0-1", "Condition from which a house can be lived in", PRIOR, 0, 1)
    repaired_to: float = quantity(0.6, "0-1", "Condition after a repair made from afar or by relatives", PRIOR, 0, 1)
    repair_away: float = quantity(0.01, "1/month", "Chance that an unusable house is repaired while its owner is away", "PRIOR: cohort models of Iraq 2018-19 found 0.7 % a month, weakly identified; set by hand within 0.3-2 %", 0, 0.2)  # fmt: skip
    repair_home: float = quantity(0.02, "1/month", "Improvement of the house while the owner lives at home", PRIOR, 0, 0.5)  # fmt: skip

    @model_validator(mode="after")
    def _a_repair_repairs(self) -> "House":
        if self.repaired_to < self.usable:
            raise ValueError(
                f"repaired_to {self.repaired_to} is below usable {self.usable}: nobody could live in the house"
            )
        return self


class Review(Strict):
    """When households reconsider, and evictions."""

    base: float = quantity(0.30, "1/month", "Chance of an unprompted review just after arriving", PRIOR, 0, 1)
    floor: float = quantity(0.15, "1/month", "The same after a long stay", PRIOR, 0, 1)
    fading: float = quantity(18.0, "months", "Time constant from base to floor", PRIOR, 1, 240)
    settled: float = quantity(0.03, "1/month", "Chance of a review when settled or at home", PRIOR, 0, 1)
    eviction_rented: float = quantity(0.004, "1/month", "Hazard of eviction from a rented dwelling", PRIOR, 0, 0.5)
    eviction_informal: float = quantity(0.005, "1/month", "Hazard of eviction from an informal site", PRIOR, 0, 0.5)
    eviction_debt_factor: float = quantity(1.5, "ratio", "Eviction hazard of households in debt against others", PRIOR, 0, 10)  # fmt: skip


class Choice(Strict):
    """What places are worth, in units of the Gumbel term of utility (scale 1)."""

    taste_return: float = quantity(0.9, "utility", "Standard deviation of the persistent taste for home", "PRIOR: cohort models of Iraq 2018-19 found 1.2; set by hand within 0.8-1.8", 0, 5)  # fmt: skip
    taste_commitment: float = quantity(0.8, "utility", "Standard deviation of the persistent taste for settling", PRIOR, 0, 5)  # fmt: skip
    epoch: int = quantity(18, "months", "How long the luck of a destination lasts before it is drawn anew", "PRIOR: set by hand within 12-60; monthly draws would make small probabilities accumulate", 1, 600)  # fmt: skip
    security: float = quantity(4.0, "utility", "Loss at no security; grows with the square of insecurity", PRIOR, 0, 20)  # fmt: skip
    services: float = quantity(1.0, "utility", "Gain from no to full service cover", PRIOR, 0, 10)
    cohesion: float = quantity(0.0, "utility", "Gain from no to full social cohesion; off by default", PRIOR, 0, 10)
    income: float = quantity(0.5, "utility", "Weight of log real income relative to subsistence", PRIOR, 0, 10)
    income_floor: float = quantity(0.1, "ratio", "Lowest real income relative to subsistence that still makes a difference", PRIOR, 0.001, 1)  # fmt: skip
    house: float = quantity(1.5, "utility", "Gain from a destroyed to a sound house at origin", "PRIOR: several-fold less return with heavy damage (NRC 2022)", 0, 10)  # fmt: skip
    hlp: float = quantity(0.4, "utility", "Gain from no to full HLP documents", PRIOR, 0, 10)
    co_villagers: float = quantity(0.0, "utility", "Gain when the whole origin community is back; off by default", "PRIOR: a cascade did not earn its place in cohort models", 0, 10)  # fmt: skip
    attachment_origin: float = quantity(0.5, "utility", "Pull of home itself when just displaced", PRIOR, 0, 10)
    attachment_origin_fading: float = quantity(36.0, "months", "Time constant of its fading while away", PRIOR, 1, 600)  # fmt: skip
    attachment_origin_floor: float = quantity(0.4, "share", "Part of it that never fades", PRIOR, 0, 1)
    attachment_here: float = quantity(0.4, "utility", "Attachment to the place of stay after long", "PRIOR: wish to stay 60 %, 69.5 % at year five (IOM PROGRESS 2024)", 0, 10)  # fmt: skip
    attachment_here_growth: float = quantity(30.0, "months", "Time constant of its growth", PRIOR, 1, 600)
    cash: float = quantity(0.05, "utility", "Gain per month of household subsistence received on return", PRIOR, 0, 2)
    vulnerable_move: float = quantity(0.4, "utility", "Extra burden of a move for a vulnerable household", "PRIOR: residual caseloads are more vulnerable", 0, 5)  # fmt: skip
    leave_commitment: float = quantity(1.5, "utility", "Loss when leaving home or a place where settled", PRIOR, 0, 10)
    tenure: float = quantity(0.3, "utility", "Gain from secure tenure when settled", PRIOR, 0, 10)


class Pathways(Strict):
    """Constants of the alternatives, in utility units."""

    return_home: float = quantity(-1.0, "utility", "Constant of being at home", PRIOR, -20, 20)
    integrate: float = quantity(-3.5, "utility", "Constant of committing to the place of displacement", PRIOR, -20, 20)  # fmt: skip
    settle: float = quantity(-6.5, "utility", "Constant of settling in a third place", "PRIOR: survey shares 0.3-0.8 % (REACH 2018-19)", -20, 20)  # fmt: skip
    camp_stay: float = quantity(1.1, "utility", "Constant of living in a camp, against renting", "PRIOR: camp hazard of leaving x 0.23 in cohort models of Iraq 2018-19", -20, 20)  # fmt: skip
    informal: float = quantity(-1.2, "utility", "Constant of an informal site, against renting", PRIOR, -20, 20)
    hosted: float = quantity(-0.6, "utility", "Constant of being hosted, against renting", PRIOR, -20, 20)
    move_fixed: float = quantity(0.3, "utility", "Burden of any move to another place", PRIOR, 0, 10)
    move_per_100km: float = quantity(0.15, "utility/100 km", "Burden of distance", PRIOR, 0, 5)
    closing: float = quantity(1.0, "utility", "Loss of staying in a closing camp, at the end of the notice", PRIOR, 0, 10)  # fmt: skip
    camp_entry: float = quantity(
        -3.0,
        "utility",
        "Constant of moving into a camp from elsewhere in the area",
        "PRIOR: camps admit few newcomers",
        -20,
        20,
    )
    sent_home: float = quantity(0.0, "utility", "Added to going home on the last day of a camp: buses home, orders, nowhere else that is allowed; off by default", "PRIOR: of families whose camp closed in Iraq, August to December 2019, 16 % (4-43) stayed displaced", -20, 20)  # fmt: skip
    settle_options: int = quantity(2, "areas", "Third places a household considers in an epoch", PRIOR, 0, 2)
    hosted_share: float = quantity(0.25, "share", "Households that relatives could host where they are", PRIOR, 0, 1)


class Gates(Strict):
    """What stops a household that wants to go, and the minimum conditions of a move."""

    transport_per_person_km: float = quantity(0.05, "USD/person/km", "Cost of travel with belongings", PRIOR, 0, 10)
    reinstall: float = quantity(100.0, "USD", "Lump needed to start again at home", PRIOR, 0, 10_000)
    lease_months: float = quantity(3.0, "months", "Rents paid in advance and registration when settling", PRIOR, 0, 24)
    credit_share: float = quantity(1.0, "share", "Part of the debt limit that can be borrowed for a move", PRIOR, 0, 1)  # fmt: skip
    means_found: float = quantity(0.03, "1/month", "Chance that a family which cannot pay the way home finds the means: a season's wage, something sold, relatives", "PRIOR: no money 25 % of reasons not to return (REACH MCNA VIII 2020), and no class that never returns in cohort models", 0, 1)  # fmt: skip
    access_opening: float = quantity(0.0, "1/month", "Part of the places of origin out of reach that opens in a month; off by default", "PRIOR: no class that never returns in cohort models of Iraq 2018-19", 0, 1)  # fmt: skip
    school_share: float = quantity(0.0, "share", "Families that do not move during the school year; off by default", "PRIOR: seasonality did not earn its place in cohort models", 0, 1)  # fmt: skip
    documents_share: float = quantity(0.02, "share", "Families without civil documents whom that stops at checkpoints and registries", f"PRIOR: {_MCNA}: documents are a reason not to return for under 1 %, and 54 % miss some", 0, 1)  # fmt: skip
    minimum_security: float = quantity(0.4, "index", "Security below which a place is not fit to return to or stay in", PRIOR, 0, 1)  # fmt: skip
    minimum_services: float = quantity(0.5, "share", "Service cover below which a move there is premature", PRIOR, 0, 1)  # fmt: skip


class Criteria(Strict):
    """When a vulnerability linked to displacement counts as overcome (IRIS sub-criteria), for hosts and displaced alike."""

    food_share: float = quantity(0.6, "share", "Part of subsistence that is food", PRIOR, 0.1, 0.95)
    bearable_debt: float = quantity(3.0, "months", "Debt, in months of subsistence, beyond which a household is not economically secure", PRIOR, 0, 60)  # fmt: skip
    safety_per_security: float = quantity(4.0, "logit", "Rise of the share that is safe from violence with security, from 0 to 1", PRIOR, 0, 20)  # fmt: skip
    movement_per_security: float = quantity(2.0, "logit", "Rise of the share that moves freely with security, from 0 to 1", PRIOR, 0, 20)  # fmt: skip
    health_per_services: float = quantity(4.0, "logit", "Rise of the share with health care with service cover, from 0 to 1", PRIOR, 0, 20)  # fmt: skip
    education_per_services: float = quantity(4.0, "logit", "Rise of the share with schooling with service cover, from 0 to 1", PRIOR, 0, 20)  # fmt: skip
    camp_movement: float = quantity(1.0, "logit", "Fall of the share that moves freely in a camp", PRIOR, 0, 10)
    informal_services: float = quantity(1.0, "logit", "Fall of the shares with health care and schooling in an informal site", PRIOR, 0, 10)  # fmt: skip
    hosted_adequate: float = quantity(0.5, "share", "Housing of hosted families that is adequate, relative to hosts", PRIOR, 0, 1)  # fmt: skip
    hosts_alike: float = quantity(0.3, "correlation", "How far host households that pass one sub-criterion pass others too", PRIOR, 0, 0.95)  # fmt: skip


class Costs(Strict):
    """What displacement costs those who look after the displaced, beside the programmes of a scenario."""

    care_camp: float = quantity(600.0, "USD/person/year", "Care and maintenance in a camp", f"PRIOR: upper half of the range of {_IDMC}", 0, 10_000)  # fmt: skip
    care_informal: float = quantity(370.0, "USD/person/year", "Care and maintenance in an informal site", f"{_IDMC}: mean", 0, 10_000)  # fmt: skip
    care_rented: float = quantity(200.0, "USD/person/year", "Care and maintenance of displaced families that rent", f"PRIOR: lower half of the range of {_IDMC}", 0, 10_000)  # fmt: skip
    care_hosted: float = quantity(200.0, "USD/person/year", "Care and maintenance of displaced families that are hosted", f"PRIOR: lower half of the range of {_IDMC}", 0, 10_000)  # fmt: skip
    discount_rate: float = quantity(0.03, "1/year", "Rate at which later money counts less", PRIOR, 0, 0.3)


class Markets(Strict):
    """How areas respond to the people in them."""

    feedback: bool = quantity(True, "on/off", "Whether work, rents, services and vacancies respond", "MODEL")
    job_absorption: float = quantity(0.6, "share", "New jobs per additional worker", PRIOR, 0, 1.5)
    employment_cap: float = quantity(0.97, "share", "Highest employment rate", PRIOR, 0.1, 1)
    host_renter_share: float = quantity(0.02, "families/person", "Host families in low-end rented housing per host person", PRIOR, 0, 0.3)  # fmt: skip
    rent_elasticity: float = quantity(0.5, "ratio", "Rise of low-end rent with the number of renters", "PRIOR: low-end rents +14 % with arrivals (Depetris-Chauvin & Santos 2018)", 0, 3)  # fmt: skip
    occupants_rent: float = quantity(0.2, "share", "Occupants of houses given back who then rent in the same area", "PRIOR: most occupants are displaced families who are counted already, or go to relatives", 0, 1)  # fmt: skip
    network_scale_km: float = quantity(200.0, "km", "Distance over which third places are considered 1/e less often", PRIOR, 1, 5000)  # fmt: skip
    within_area_km: float = quantity(30.0, "km", "Distance of a move inside an area", PRIOR, 0, 500)


class Parameters(Strict):
    """All parameters of a run."""

    budget: Budget = Budget()
    beliefs: Beliefs = Beliefs()
    house: House = House()
    review: Review = Review()
    choice: Choice = Choice()
    pathways: Pathways = Pathways()
    gates: Gates = Gates()
    criteria: Criteria = Criteria()
    costs: Costs = Costs()
    markets: Markets = Markets()
