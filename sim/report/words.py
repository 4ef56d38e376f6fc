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
GROUPS = {
    "neither": "neither",
    "female_headed": "headed by a woman",
    "vulnerable": "with a disability or chronic illness",
    "female_headed_vulnerable": "headed by a woman, with a disability or chronic illness",
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
