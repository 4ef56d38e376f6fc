"""What would it take: the value of one lever with which an outcome reaches a target.

Previews say where to look, full results what is true there: the level of a preview is never taken for the answer.
"""

from collections.abc import Awaitable, Callable
from typing import TypedDict

from sim.live.levers import Lever

Point = tuple[float, float]  # a value of the lever, and the level there
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
    """Return a value between where the lever stands and elsewhere with which the target is reached, by full results.

    What is reached is the level at the step of the scale that comes nearest to the target.

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
    here = await level(now, False)
    if not looked or here is None:
        return {"found": False, "value": now, "reached": here}
    tried = [(now, here)]
    for value in _worth_a_try(looked, here, target):
        if (shown := await level(value, False)) is None:
            continue
        if min(here, shown) <= target <= max(here, shown):
            return await _closed_in(lever, _nearest(tried, target), (value, shown), target, level)
        tried.append((value, shown))
    value, reached = _nearest(tried, target)
    return {"found": abs(reached - target) <= NEAR, "value": value, "reached": reached}


def _worth_a_try(looked: list[Point], here: float, target: float) -> list[float]:
    """Return the value that seems to reach the target, and the one that goes furthest towards it and beyond."""
    nearest, _ = _nearest(looked, target)
    furthest, _ = max(looked, key=lambda one: one[1] if target >= here else -one[1])
    return list(dict.fromkeys([nearest, furthest]))


async def _closed_in(lever: Lever, one: Point, other: Point, target: float, level: Level) -> Found:
    """Close in on the target between two values that lie on both sides of it, by full results and straight lines."""
    tried, ends = [one, other], [one, other]
    for _ in range(TRIES):
        value = _crossing(lever, ends[0], ends[1], target)
        if abs(_nearest(tried, target)[1] - target) <= NEAR or any(value == known for known, _ in tried):
            break
        if (shown := await level(value, False)) is None:
            break
        tried.append((value, shown))
        same_side = (shown - target) * (ends[0][1] - target) > 0
        ends[0 if same_side else 1] = (value, shown)
    value, reached = _nearest(tried, target)
    return {"found": True, "value": value, "reached": reached}


def _nearest(tried: list[Point], target: float) -> Point:
    return min(tried, key=lambda one: abs(one[1] - target))


def _grid(lever: Lever) -> list[float]:
    """Return values over the whole scale, both ends among them, each on a step."""
    scale = lever.scale
    steps = round((scale.high - scale.low) / scale.step)
    places = sorted({round(n * steps / (LOOKS - 1)) for n in range(LOOKS)})
    return [scale.checked(min(scale.high, scale.low + place * scale.step), lever.id) for place in places]


def _crossing(lever: Lever, one: Point, other: Point, target: float) -> float:
    """Return the step of the scale nearest to where a straight line between two points meets the target.

    It lies between the two while there is a step between them.
    """
    scale = lever.scale
    share = 0.5 if one[1] == other[1] else (target - one[1]) / (other[1] - one[1])
    exact = one[0] + min(1.0, max(0.0, share)) * (other[0] - one[0])
    low, high = sorted((one[0], other[0]))
    if high - low > 1.5 * scale.step:
        exact = min(high - scale.step, max(low + scale.step, exact))
    stepped = scale.low + round((exact - scale.low) / scale.step) * scale.step
    return scale.checked(min(scale.high, max(scale.low, stepped)), lever.id)
