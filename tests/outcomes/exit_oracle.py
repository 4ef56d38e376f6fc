"""Exit metrics once more, written from docs/exit-metrics.md alone: plain loops and exact fractions, for reading.

Whether a missing indicator could change an answer is found by trying every way to fill it in.
"""

from fractions import Fraction
from itertools import product
from typing import NamedTuple

Answers = tuple[int | None, ...]
Result = Fraction | None  # None: undecided


class Household(NamedTuple):
    """One row of a survey."""

    answers: Answers
    host: bool
    weight: int
    cell: str


class RefusedError(Exception):
    """There is no answer to give."""


def results(survey: list[Household], metric: str, criteria: list[str], hosts_too: bool = True) -> list[Result]:
    """Return what every household gets; results of hosts are refused only if they are asked for."""
    refuse_unanswered(survey)
    if metric == "ecdf":
        return [dominance(household, survey) for household in survey]
    if metric == "cells":
        return by_cell(survey, hosts_too)
    return [whatever_is_missing(household, survey, metric, criteria) for household in survey]


def share(survey: list[Household], found: list[Result], host: bool) -> Result:
    """Return the weighted mean over the decided households of a population."""
    total, weight = Fraction(0), 0
    for household, result in zip(survey, found, strict=True):
        if household.host == host and result is not None:
            total += household.weight * result
            weight += household.weight
    return total / weight if weight else None


def refuse_unanswered(survey: list[Household]) -> None:
    for host in (True, False):
        of_it = [household.answers for household in survey if household.host == host]
        for at in range(len(survey[0].answers)):
            if all(answers[at] is None for answers in of_it):
                raise RefusedError("an indicator is missing for everybody")


def whatever_is_missing(household: Household, survey: list[Household], metric: str, criteria: list[str]) -> Result:
    choices = [(0, 1) if answer is None else (answer,) for answer in household.answers]
    possible = {exits(filled, survey, metric, criteria) for filled in product(*choices)}
    return Fraction(possible.pop()) if len(possible) == 1 else None


def exits(answers: tuple[int, ...], survey: list[Household], metric: str, criteria: list[str]) -> bool:
    if metric == "pass_fail":
        return all(answer == 1 for answer in answers)
    sets = {name: [at for at, of_it in enumerate(criteria) if of_it == name] for name in criteria}
    if metric == "composite":
        sets = {"all": list(range(len(answers)))}
    # Every benchmark is computed before any is compared, so that one that does not exist is always noticed.
    benchmarks = {name: host_mean_of_sum(survey, at) for name, at in sets.items()}
    return all(sum(answers[i] for i in at) >= benchmarks[name] for name, at in sets.items())


def host_mean_of_sum(survey: list[Household], at: list[int]) -> Fraction:
    total, weight = 0, 0
    for household in survey:
        chosen = [household.answers[i] for i in at]
        if household.host and None not in chosen:
            total += household.weight * sum(answer for answer in chosen if answer is not None)
            weight += household.weight
    if weight == 0:
        raise RefusedError("no host has complete data")
    return Fraction(total, weight)


def dominance(household: Household, survey: list[Household]) -> Result:
    reached, weight = 0, 0
    for other in survey:
        if other.host and None not in other.answers:
            weight += other.weight
            if None not in household.answers and all(
                mine is not None and theirs is not None and mine >= theirs
                for mine, theirs in zip(household.answers, other.answers, strict=True)
            ):
                reached += other.weight
    if weight == 0:
        raise RefusedError("no host has complete data")
    return None if None in household.answers else Fraction(reached, weight)


def by_cell(survey: list[Household], hosts_too: bool) -> list[Result]:
    hosts = [household for household in survey if household.host]
    benchmarks = [mean(hosts, at) for at in range(len(survey[0].answers))]
    found: list[Result] = []
    for household in survey:
        alike = [other for other in survey if (other.cell, other.host) == (household.cell, household.host)]
        complete = [other for other in alike if None not in other.answers]
        if (hosts_too or not household.host) and 1 in (len(alike), len(complete)):
            raise RefusedError("a cell of one household")
        if None in household.answers:
            found.append(None)
        else:
            found.append(Fraction(all(mean(complete, at) >= least for at, least in enumerate(benchmarks))))
    return found


def mean(households: list[Household], at: int) -> Fraction:
    known = [(household.weight, household.answers[at]) for household in households if household.answers[at] is not None]
    total = sum(weight * answer for weight, answer in known if answer is not None)
    return Fraction(total, sum(weight for weight, _ in known))
