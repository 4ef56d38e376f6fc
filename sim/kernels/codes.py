"""Whole-number codes shared by kernels, tables and results; names are the field's own.

Each family of codes is a run of module constants (numba reads them as literals) beside the tuple of
their names in the same order, which tables and result dimensions use. Append, never renumber.
"""

# Situation: where a household stands. Derived from the columns, never stored.
NOT_ARRIVED, DISPLACED, INTEGRATING, SETTLED_ELSEWHERE, RETURNED = range(5)
SITUATIONS = ("not_arrived", "displaced", "integrating", "settled_elsewhere", "returned")

# Settlement type (shelter): DTM shelter categories, grouped.
CAMP, INFORMAL, RENTED, HOSTED, OWN_HOME = range(5)
SHELTERS = ("camp", "informal_site", "rented", "hosted", "own_home")

# Tenure at origin.
OWNER, TENANT, INFORMAL_TENURE = range(3)
TENURES = ("owner", "tenant", "informal")

# Housing, land and property (HLP) documents.
HLP_NONE, HLP_PARTIAL, HLP_FULL = range(3)
HLP_DOCUMENTS = ("none", "partial", "full")

# Intention: the pathway of the best alternative at the last review.
STAY, INTEGRATE, RETURN, SETTLE, MOVE_DISPLACED = range(5)
INTENTIONS = ("stay", "local_integration", "return", "settlement_elsewhere", "displaced_elsewhere")

# Gates: what can stop a household that wants to go. Bit i of a gate mask is GATES[i]; the mask has eight bits. Two are
# rival: a place in a programme (a convoy seat, a grant), a vacancy (a rental unit, a place in a camp).
ACCESS, PERMISSION, MONEY, DWELLING, SEASON, SEAT, VACANCY, DOCUMENTS = range(8)
GATES = ("access", "permission", "money", "dwelling", "season", "programme_place", "vacancy", "documents")

# Voluntariness of a move, from evaluating the same month with and without the push.
UNPUSHED, MOVED_ANYWAY, HASTENED, DIVERTED, EXPELLED = range(5)
MOVE_CLASSES = ("no_push", "would_have_moved_now", "hastened", "diverted", "expelled")

# What pushed a household this month: bit i of a push mask is PUSHES[i]. All but a cut of aid force a review.
PUSH_CLOSURE, PUSH_EVICTION, PUSH_SHOCK, PUSH_AID_CUT = 1, 2, 4, 8
PUSHES = ("closure", "eviction", "shock", "aid_cut")
FORCING = PUSH_CLOSURE | PUSH_EVICTION | PUSH_SHOCK

# Sub-criteria of a durable solution (IRIS, EGRISS 2020, after the IASC Framework, 2010): bit i of a criteria mask is
# CRITERIA[i], set where the vulnerability is overcome. Above them: what two of them would be without any assistance.
(SAFETY, MOVEMENT, FOOD, HOUSING, HEALTH, EDUCATION, WORK, ECONOMIC_SECURITY, TENURE, IDENTITY_DOCUMENTS) = range(10)
CRITERIA = (
    "safety", "movement", "food", "housing", "health", "education", "work", "economic_security", "tenure", "documents",
)  # fmt: skip
IRIS_NUMBERS = ("1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "4.1", "5.1")
ALL_CRITERIA = (1 << len(CRITERIA)) - 1
FOOD_UNAIDED, ECONOMIC_UNAIDED = len(CRITERIA), len(CRITERIA) + 1
# Those for which a household passes where its own rank is below a rate of its area and settlement type, in the order
# of the last axis of Month.standards.
RATED = (SAFETY, MOVEMENT, HOUSING, HEALTH, EDUCATION)

# Why families do not return, as surveys ask them; several may be named.
(BECAUSE_HOUSE, BECAUSE_HLP, BECAUSE_SECURITY, BECAUSE_LIVELIHOOD, BECAUSE_SERVICES, BECAUSE_MONEY, BECAUSE_HERE) = (
    range(7)
)
REASONS = ("house", "hlp", "security", "livelihood", "services", "money", "conditions_here")

# How a household came to where it is: bits of the column ``came``.
CAME_CHOSEN, CAME_INFORMED, CAME_FIT = 1, 2, 4

# Site status.
OPEN, CLOSING, CLOSED = range(3)

# Programmes that households meet as an offer when they choose.
OFFER_TRANSPORT, OFFER_RETURN_GRANT, OFFER_RENT_SUBSIDY = range(3)

# Whom a programme serves.
WHO_ALL, WHO_VULNERABLE, WHO_FEMALE_HEADED = range(3)
