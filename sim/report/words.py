"""Plain words for the names that results use; the same words in tables, figures and pages."""

SITUATIONS = {
    "not_arrived": "Not yet arrived or displaced",
    "displaced": "Still displaced",
    "integrating": "Integrating where displaced",
    "settled_elsewhere": "Settled elsewhere",
    "returned": "At home",
}
PATHWAYS = {
    "stay": "Stay",
    "return": "Return",
    "local_integration": "Integrate",
    "settlement_elsewhere": "Settle elsewhere",
    "displaced_elsewhere": "Displaced (again)",
}
MOVE_CLASSES = {
    "no_push": "Not pushed",
    "would_have_moved_now": "Pushed, would have moved anyway",
    "hastened": "Hastened: would have gone, but later",
    "diverted": "Diverted: would have gone elsewhere",
    "expelled": "Expelled: would not have moved",
}
GATES = {
    "access": "No access to the place",
    "permission": "No clearance to go back",
    "money": "Cannot pay for the move",
    "dwelling": "House unusable or occupied",
    "season": "School year",
    "programme_place": "No place left in a programme",
    "vacancy": "No dwelling to rent",
    "documents": "No civil documents",
}
TRAIT_VALUES = {
    "all": "All families",
    "not_female": "Not headed by a woman",
    "female": "Headed by a woman",
    "not_vulnerable": "No disability or chronic illness",
    "vulnerable": "Disability or chronic illness",
    "owner": "Owned their home",
    "tenant": "Rented their home",
    "informal": "Informal tenure at home",
    "out_of_camp": "Came from outside camps",
    "camp": "Came from a camp",
}
SHORT_TRAITS = {
    "not_female": "not women-led",
    "female": "women-led",
    "not_vulnerable": "no disability",
    "vulnerable": "disability, illness",
    "owner": "owners",
    "tenant": "tenants",
    "informal": "informal tenure",
    "out_of_camp": "not from camps",
    "camp": "from camps",
}
CHANGES = {
    "same": "End alike",
    "gained": "Gained: a solution, or a better one",
    "gained_pushed": "Gained, but were pushed on the way",
    "lost": "Lost: no solution, or a lesser one",
    "lost_pushed": "Lost, and were pushed",
    "pushed": "End alike, but were pushed",
    "spared": "End alike, and were spared a push",
}
OUTCOMES = {
    "still_displaced": "Still displaced",
    "sustained": "Solution held for 12 months, living as hosts do",
    "sustained_whole": "Solution held, chosen and informed",
    "lives_as_hosts": "Live as hosts do",
    "induced_moves": "Induced moves",
    "premature_moves": "Premature moves",
    "in_debt": "In debt",
}
METRICS = {
    "pass_fail": "Pass every sub-criterion (IRIS)",
    "composite": "Pass as many as hosts do on average",
    "criterion_composite": "Pass as many as hosts within every criterion",
    "cells": "Their group passes as much as hosts, in everything",
    "ecdf": "At least as well as a host in everything, in expectation",
}
CRITERIA = {
    "safety": "1.1 Safe from violence",
    "movement": "1.2 Free to move",
    "food": "2.1 Enough food",
    "housing": "2.2 Adequate housing",
    "health": "2.3 Health care",
    "education": "2.4 Schooling",
    "work": "3.1 In work",
    "economic_security": "3.2 Can pay for all needs",
    "tenure": "4.1 Secure tenure, property restored",
    "documents": "5.1 Civil documents",
}
AREAS = {
    "employment": "In work, hosts included, %",
    "services": "Service cover, %",
    "cohesion": "Cohesion, %",
    "families_reunited": "Displaced families reunited, %",
    "participation": "Displaced adults taking part in public life, %",
    "remedies": "Displaced families with access to remedies, %",
    "security": "Security, %",
    "rent": "Rent at the low end, USD a month",
}
COSTS = {
    "camp": "Displaced in camps",
    "informal_site": "Displaced in informal sites",
    "rented": "Displaced and renting",
    "hosted": "Displaced and hosted",
    "aid_withheld": "Displaced families: aid kept from them",
    "host_rent": "Host renters: dearer rents",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOT_A_FORECAST = "Scenario, not a forecast."


def word(words: dict[str, str], name: str) -> str:
    """Return the plain words of a name, or the name itself with spaces."""
    return words.get(name, name.replace("_", " "))


def month_words(month: str) -> str:
    """Return ``Aug 2019`` for ``2019-08``."""
    year, _, number = month.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return ``1 month``, ``6 months``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
