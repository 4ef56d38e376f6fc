"""What would it take: the value of one lever with which an outcome reaches a target.

Previews say where to look, full results what is true there: the level of a preview is never taken for the answer.
"""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TypedDict

from sim.live.levers import Lever

Level = Callable[[float, bool], Awaitable[float | None]]
LOOKS = 7  # values of the lever that are previewed
TRIES = 4  # full results that close in on the target
NEAR = 0.25  # per hundred families: near enough to the target


class Found(TypedDict):
    """The answer: whether the target is reached, with which value of the lever, and what is reached with it."""

    found: bool
    value: float
    reached: float | None


async def search(lever: Lever, now: float, target: float, level: Level) -> Found:
    """Return the value nearest to where the lever stands with which the target is reached, by full results.

    Parameters
    ----------
    lever : Lever
    now : float
        Where it stands.
    target : float
        Per hundred families.
    level : callable
        Awaitable of the level at a value; with ``True`` as its second argument a preview will do. None: too few to
        tell.
    """
    looked = [(value, shown) for value in _grid(lever) if (shown := await level(value, True)) is not None]
    if not looked:
        return {"found": False, "value": now, "reached": None}
    between = [pair for pair in pairwise(looked) if _reaches(pair[0][1], pair[1][1], target)]
    if not between:
        value, _ = min(looked, key=lambda one: abs(one[1] - target))
        reached = await level(value, False)
        return {"found": reached is not None and abs(reached - target) <= NEAR, "value": value, "reached": reached}
    left, right = min(between, key=lambda pair: min(abs(pair[0][0] - now), abs(pair[1][0] - now)))
    return await _closed_in(lever, left[0], right[0], target, level)


async def _closed_in(lever: Lever, left: float, right: float, target: float, level: Level) -> Found:
    """Close in on the target between two values, by full results and straight lines."""
    ends = [(value, shown) for value in (left, right) if (shown := await level(value, False)) is not None]
    tried = list(ends)
    for _ in range(TRIES):
        if len(ends) < 2 or min(abs(shown - target) for _, shown in tried) <= NEAR:
            break
        value = _crossing(lever, ends[0], ends[1], target)
        if any(value == known for known, _ in tried) or (shown := await level(value, False)) is None:
            break
        tried.append((value, shown))
        same_side = (shown - target) * (ends[0][1] - target) > 0
        ends = [(value, shown), ends[1]] if same_side else [ends[0], (value, shown)]
    if not tried:
        return {"found": False, "value": left, "reached": None}
    value, reached = min(tried, key=lambda one: abs(one[1] - target))
    crossed = len(ends) == 2 and _reaches(ends[0][1], ends[1][1], target)
    return {"found": abs(reached - target) <= NEAR or crossed, "value": value, "reached": reached}


def _grid(lever: Lever) -> list[float]:
    """Return values over the whole scale, both ends among them, each on a step."""
    scale = lever.scale
    steps = round((scale.high - scale.low) / scale.step)
    places = sorted({round(n * steps / (LOOKS - 1)) for n in range(LOOKS)})
    return [scale.checked(min(scale.high, scale.low + place * scale.step), lever.id) for place in places]


def _crossing(lever: Lever, one: tuple[float, float], other: tuple[float, float], target: float) -> float:
    """Return the step of the scale nearest to where a straight line between two points meets the target."""
    scale = lever.scale
    share = 0.5 if one[1] == other[1] else (target - one[1]) / (other[1] - one[1])
    exact = one[0] + min(1.0, max(0.0, share)) * (other[0] - one[0])
    stepped = scale.low + round((exact - scale.low) / scale.step) * scale.step
    return scale.checked(min(scale.high, max(scale.low, stepped)), lever.id)


def _reaches(one: float, other: float, target: float) -> bool:
    return min(one, other) <= target <= max(one, other)
