"""How soon the live page answers, in a real browser: previews in a drag, full results, ten rooms at once; and how near
previews are to full results.

    python benchmarks/live.py [--case valley] [--rooms 10] [--json live.json]

Needs chromium and the tools (`make .venv/dev`). Times are of this machine, which may be doing other things; how far
previews are off full results does not depend on it.
"""

import argparse
import asyncio
import json
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

BROWSER_TESTS = Path(__file__).parents[1] / "tests" / "browser"
PAUSE = 16  # ms between two moves of the hand: one a frame
THROTTLE = 4


def month_lever(start: dict[str, Any]) -> str:
    """Return the lever that closes camps."""
    return str(next(lever["id"] for lever in start["levers"] if lever["kind"] == "month"))


def delays(page: Any, since: float, kind: str) -> np.ndarray:
    """Return the delays of repaints of a kind from the move of the hand, ms."""
    return np.array([one["t"] - one["sent"] for one in page.log if one["kind"] == kind and one["t"] > since])


def drag(page: Any, selector: str, values: list[int]) -> dict[str, float]:
    """Drag a lever, let go, and return how the page followed."""
    since = page.evaluate("performance.now()")
    page.drag(selector, values, PAUSE)
    released = page.evaluate("performance.now()")
    page.settled()
    log = [one for one in page.log if one["t"] > since]
    previews = [one["t"] for one in log if one["kind"] == "preview"]
    found = delays(page, since, "preview")
    return {
        "preview p50 ms": float(np.quantile(found, 0.5)),
        "preview p95 ms": float(np.quantile(found, 0.95)),
        "repaints a second": (len(previews) - 1) / max((previews[-1] - previews[0]) / 1000, 1e-3),
        "full after release ms": log[-1]["t"] - released,
    }


def in_browser(case: str, rooms: int) -> dict[str, dict[str, float]]:
    """Return what was measured in a browser."""
    sys.path.insert(0, str(BROWSER_TESTS))
    from browsing import Page, served, slider, started
    from playwright.sync_api import sync_playwright

    found: dict[str, dict[str, float]] = {}
    began = time.perf_counter()
    server = served(case, seeds=8, rows=None)
    with closing(server), sync_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])

        def opened() -> Page:
            return Page(browser.new_context(viewport={"width": 1366, "height": 768}).new_page(), server).open()

        page = opened()
        found["start"] = {"ready s": time.perf_counter() - began}
        lever = slider(month_lever(started(server)))
        months = [*range(36, 8, -1), *range(9, 37)]
        drag(page, lever, months[:10])
        found["drag"] = drag(page, lever, [month for month in months for _ in range(4)][:-4])
        page.page.context.new_cdp_session(page.page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        found[f"drag, {THROTTLE}x slower browser"] = drag(
            page, lever, [month for month in months[::-1] for _ in range(4)][2:]
        )
        page.page.context.close()
        found[f"{rooms} rooms at once"] = at_once([opened() for _ in range(rooms)], lever)
        browser.close()
    return found


def at_once(pages: list[Any], lever: str) -> dict[str, float]:
    """Move a lever in all rooms within the same moment, and return how long the first repaint took."""
    since = [page.evaluate("performance.now()") for page in pages]
    for at, page in enumerate(pages):
        page.evaluate(
            """([selector, value]) => setTimeout(() => {
              const range = document.querySelector(selector);
              range.value = value;
              range.dispatchEvent(new Event("input", { bubbles: true }));
            }, 1500 - performance.now() % 1500)""",
            [lever, 10 + at],
        )
    for page, then in zip(pages, since):
        page.wait_for_function("then => window.liveLog.some(one => one.t > then)", arg=then)
        page.settled()
    first = [next(one["t"] - one["sent"] for one in page.log if one["t"] > then) for page, then in zip(pages, since)]
    return {
        "first repaint p50 ms": float(np.quantile(first, 0.5)),
        "first repaint p95 ms": float(np.quantile(first, 0.95)),
    }


async def accuracy(case: str) -> dict[str, float]:
    """Return how far the differences of previews are off those of full results, per hundred families."""
    from sim.cli.live import QUICK_ROWS, baseline_and_pack, size_for
    from sim.live.engine import Engine

    scenario, opened = baseline_and_pack(case, None, every=False)
    engine = Engine(scenario, opened, size_for(scenario, 8, None), processes=2)
    engine.start()
    off = []
    for lever in engine.levers:
        for share in (0.3, 0.6, 1.0):
            value = round(lever.scale.low + share * (lever.scale.high - lever.scale.low))
            if lever.needs or lever.scale.step < 1 or value == lever.value:
                continue
            preview, full = await engine.preview({lever.id: value}), await engine.full({lever.id: value})
            for name, outcome in full["outcomes"].items():
                ends = outcome["end"], preview["outcomes"][name]["end"]
                if None not in (ends[0]["difference"], ends[1]["difference"]):
                    off.append(abs(ends[1]["difference"] - ends[0]["difference"]))
    engine.close()
    return {
        "households of a preview": QUICK_ROWS,
        "off, median": float(np.median(off)),
        "off, p95": float(np.quantile(off, 0.95)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", default="valley")
    parser.add_argument("--rooms", type=int, default=10)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    arguments = parser.parse_args()
    found = in_browser(arguments.case, arguments.rooms)
    found["previews against full results, per 100 families"] = asyncio.run(accuracy(arguments.case))
    table = Table("what", "measure", "value", title=f"The live page, case {arguments.case}")
    for what, numbers in found.items():
        for name, value in numbers.items():
            table.add_row(what, name, f"{value:,.3g}" if value < 10 else f"{value:,.0f}")
    Console().print(table)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
