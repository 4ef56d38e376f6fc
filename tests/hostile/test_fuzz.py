"""Whatever is handed over, a command ends with results, or with one message that names the file and exit code 2."""

import os
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from random import Random

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from mutations import mutated
from trial import Outcome, try_case

CASES, RUN_EVERY = int(os.environ.get("FUZZ_CASES", "10000")), 40


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_check_of_damaged_files(random: Random) -> None:
    case = mutated(random)
    note("\n".join(case.done))
    outcome = try_case(case, run=False)
    assert not outcome.fault, f"{outcome.fault}\n{outcome.err}"


@pytest.mark.parametrize("seed", [5, 8, 11])
def test_run_of_damaged_files(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.report.folder.save_figures", lambda *_: [])
    assert not (fault := numbered(seed, run=True).fault), fault


def numbered(seed: int, run: bool) -> Outcome:
    """Return the outcome of a numbered case, with what was done to it where it is at fault."""
    case = mutated(Random(seed))
    outcome = try_case(case, run)
    done = "\n".join(case.done)
    fault = f"seed {seed}, {'run' if run else 'check'}: {outcome.fault}\n{done}\n{outcome.err}" if outcome.fault else ""
    return Outcome(outcome.code, "", outcome.err[:3000], fault)


def _numbered(seed: int) -> tuple[int, str, str]:
    outcome = numbered(seed, run=seed % RUN_EVERY == 0)
    return outcome.code, outcome.message if outcome.code == 2 else "", outcome.fault


@pytest.mark.slow
def test_many_damaged_cases() -> None:
    began = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(_numbered, range(CASES), chunksize=50))
    codes = Counter(code for code, _, _ in outcomes)
    messages = Counter(message for code, message, _ in outcomes if code == 2)
    print(f"{CASES:,} cases in {time.monotonic() - began:.0f} s, of which {CASES // RUN_EVERY} full runs")
    print(f"{codes[0]:,} ran cleanly, {codes[2]:,} were refused with {len(messages)} different messages; most often:")
    for message, count in messages.most_common(10):
        print(f"{count:6,}  {message}")
    faults = [fault for _, _, fault in outcomes if fault]
    assert not faults, f"{len(faults)} faults, the first:\n" + "\n\n".join(faults[:10])
