"""Frames: what the page draws, from glances at the baseline and at what the room has moved, paired by seed.

All numbers are per hundred families of the case, made from counts as they may be published: rounded, and missing
where they would tell of few. They are the numbers that ``sim compare`` publishes of the same scenarios and seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim.live.glance import ALL, COUNTED, MONEY, SITUATIONS, Counts, Glance, Numbers
from sim.live.watch import Room, warnings
from sim.outcomes import BEST, Line, rounded, withheld
from sim.outcomes.suppression import is_small

Mask = npt.NDArray[np.bool_]
Plain = dict[str, Any]
Kind = Literal["preview", "full"]
OUTCOMES = ("displaced", BEST, "returned", "integrating", "settled_elsewhere")
QUANTILES = {"low": 0.05, "q25": 0.25, "q75": 0.75, "high": 0.95}
DIGITS = 4
MOST_JUDGED = 64  # scenarios of which is kept what may be shown
BASELINE, ACTIONS = 0, 1


@dataclass(frozen=True)
class Pairs:
    """Glances at the baseline and at the moved scenario, seed by seed.

    Attributes
    ----------
    kind : {"preview", "full"}
        A preview knows the mean of a difference, not how far luck spreads it.
    baseline, actions : sequence of Glance
    """

    kind: Kind
    baseline: Sequence[Glance]
    actions: Sequence[Glance]

    @classmethod
    def previewed(cls, baseline: Sequence[Glance], quick: Glance, quick_actions: Glance) -> "Pairs":
        """Return the baseline as it is known, moved by the difference of two quick runs with the same luck.

        A paired difference of few households is known far better than a level of few: the picture barely jumps when
        the full result comes.
        """
        return cls("preview", baseline, [_shifted(one, quick, quick_actions) for one in baseline])

    def families(self, of: str) -> Numbers:
        """Return a count of families, float64[2 scenario, seed, ...]."""
        return np.array([[getattr(one.families, of) for one in side] for side in (self.baseline, self.actions)])

    def rows(self, of: str) -> Numbers:
        """Return the simulated households behind a count, mean over seeds, float64[2 scenario, ...]."""
        found = np.array([[getattr(one.rows, of) for one in side] for side in (self.baseline, self.actions)])
        mean: Numbers = found.mean(axis=1)
        return mean


def frame(pairs: Pairs, room: Room, settings: Mapping[str, float]) -> Plain:
    """Return a frame as plain data: what a room sees of its settings.

    Parameters
    ----------
    pairs : Pairs
    room : Room
        What does not change while the page is open.
    settings : mapping of str to float
        Levers that are not at the baseline.
    """
    ends = pairs.families("ends")
    per = 100.0 / float(rounded(ends[BASELINE, :, COUNTED.index(ALL)].mean()))
    hidden = _hidden_stock(pairs)
    outcomes = {name: _situation(pairs, name, per, hidden) for name in SITUATIONS}
    outcomes[BEST] = _held(pairs, per)
    return {
        "kind": pairs.kind,
        "settings": dict(settings),
        "outcomes": {name: outcomes[name] for name in OUTCOMES},
        "bars": {side: {name: outcomes[name]["end"][side] for name in SITUATIONS} for side in ("baseline", "actions")},
        "watch": warnings(pairs.baseline, pairs.actions, room, settings, per),
        "areas": _areas(pairs),
        "money": {name: _money(pairs, number) for number, name in enumerate(MONEY)},
        "seeds": len(pairs.baseline),
    }


def _shifted(baseline: Glance, quick: Glance, quick_actions: Glance) -> Glance:
    """Return a glance moved by the difference of two others; counts, and rows behind them, stay at zero or above."""
    families, rows = (
        Counts(*(np.maximum(one + after - before, 0.0) for one, before, after in zip(*parts)))
        for parts in zip(baseline[:2], quick[:2], quick_actions[:2])
    )
    money = baseline.money + quick_actions.money - quick.money
    shares = baseline.shares + quick_actions.shares - quick.shares
    rent = baseline.rent + quick_actions.rent - quick.rent
    return Glance(families, rows, money, shares, rent, baseline.assessed)


def _situation(pairs: Pairs, name: str, per: float, hidden: Mask) -> Plain:
    at = SITUATIONS.index(name)
    stock = pairs.families("stock")[:, :, at]
    return _outcome(list(range(stock.shape[-1])), stock, hidden[:, at], per, pairs.kind)


def _held(pairs: Pairs, per: float) -> Plain:
    held = pairs.families("held")
    hidden = is_small(held.mean(axis=1), pairs.rows("held"))
    return _outcome(list(pairs.baseline[0].assessed), held, hidden, per, pairs.kind)


def _outcome(months: list[int], counts: Numbers, hidden: Mask, per: float, kind: Kind) -> Plain:
    """Return an outcome over months; ``counts`` are [2, seed, month], ``hidden`` [2, month]."""
    sides = [_series(one, own, per) for one, own in zip(counts, hidden)]
    last = counts[:, :, -1]
    difference = last[ACTIONS] - last[BASELINE]
    spread = [difference.mean(), *np.quantile(difference, [QUANTILES["low"], QUANTILES["high"]])]
    mean, low, high = _per(np.array(spread), per, np.full(3, hidden[:, -1].any()))
    known = {"low": None, "high": None} if kind == "preview" else {"low": low, "high": high}
    end = {"baseline": sides[BASELINE]["mean"][-1], "actions": sides[ACTIONS]["mean"][-1], "difference": mean, **known}
    lines = {"baseline": sides[BASELINE], "actions": sides[ACTIONS]}
    return {"months": months, **lines, "end": end, "withheld": bool(hidden.any())}


def _series(counts: Numbers, hidden: Mask, per: float) -> dict[str, list[float | None]]:
    """Return mean and spread over seeds, month by month; ``counts`` are [seed, month]."""
    lines = dict(zip(QUANTILES, np.quantile(counts, list(QUANTILES.values()), axis=0)))
    return {name: _per(line, per, hidden) for name, line in {"mean": counts.mean(axis=0), **lines}.items()}


def _per(counts: Numbers, per: float, hidden: Mask) -> list[float | None]:
    """Return counts per hundred families as they may be shown."""
    found = np.round(rounded(counts) * per, DIGITS).tolist()
    return [None if own else one for one, own in zip(found, hidden.tolist())]


def _hidden_stock(pairs: Pairs) -> Mask:
    """Return where a situation must not be shown in a month, bool[2, 4, month]: it, or another, is of few."""
    families, rows = pairs.families("stock").mean(axis=1), pairs.rows("stock")
    months = families.shape[-1]
    return np.array([_judged(one.tobytes(), behind.tobytes(), months) for one, behind in zip(families, rows)])


@lru_cache(maxsize=MOST_JUDGED)
def _judged(families: bytes, rows: bytes, months: int) -> Mask:
    """Return which counts of one scenario, by situation and month, must not be shown.

    As in every comparison, what readers need most is kept, and rather the total of all situations is formally withheld.
    The baseline comes with every frame, and is judged once.
    """
    counts, behind = (_with_total(np.frombuffer(one).reshape(-1, months)) for one in (families, rows))
    cells = np.arange(counts.size).reshape(counts.shape)
    lines = [Line(int(cells[-1, at]), tuple(int(one) for one in cells[:-1, at])) for at in range(months)]
    kept = np.arange(counts.size) < cells[-1, 0]
    found = withheld(counts.reshape(1, -1), behind.reshape(1, -1), lines, kept=kept)
    return found.reshape(counts.shape)[:-1]


def _with_total(counts: Numbers) -> Numbers:
    return np.concatenate([counts, counts.sum(axis=0, keepdims=True)])


def _areas(pairs: Pairs) -> Plain:
    """Return the map of every situation: per hundred families of an area, and the change against the baseline."""
    families, rows = pairs.families("areas").mean(axis=1), pairs.rows("areas")
    bases = pairs.families("bases")[BASELINE].mean(axis=0)
    hidden = is_small(families, rows)
    found = {}
    for at, name in enumerate(SITUATIONS):
        base = bases[1 if name == "returned" else 0]
        unknown = hidden[:, at] | (base < 1)
        level = 100.0 * rounded(families[:, at]) / np.maximum(base, 1)
        change = level[ACTIONS] - level[BASELINE]
        found[name] = {"level": _whole(level[ACTIONS], unknown[ACTIONS]), "change": _whole(change, unknown.any(axis=0))}
    return found


def _whole(values: Numbers, hidden: Mask) -> list[float | None]:
    return [None if own else float(round(value)) for value, own in zip(values, hidden)]


def _money(pairs: Pairs, number: int) -> Plain:
    """Return an outcome in USD: with actions, its spread over seeds, and the baseline."""
    baseline, actions = (np.array([one.money[number] for one in side]) for side in (pairs.baseline, pairs.actions))
    spread = {end: round(float(np.quantile(actions, QUANTILES[end]))) for end in ("low", "high")}
    return {"baseline": round(float(baseline.mean())), "actions": round(float(actions.mean())), **spread}
