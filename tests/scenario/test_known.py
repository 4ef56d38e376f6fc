"""What could be known at a month: later events are left out, and until then nothing is different."""

import numpy as np
import pytest

from sim.model import SolutionsModel
from sim.scenario import compile_scenario, compiled_as_known, known_until, load_scenario

LAUNCH, MONTHS = "2019-07", 22


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("iraq/as-happened", {"rows": 6000, "months": MONTHS})


def test_what_begins_later_is_left_out(scenario):
    spec = known_until(scenario, LAUNCH).spec
    assert set(spec.programmes) == {"ramadi_2018", "tikrit_2018"}, "camps closed from August 2019 on were not announced"
    assert "babylon_2018_12" in spec.arrivals
    assert "baghdad_2019_08" not in spec.arrivals
    assert set(spec.recodes) == set(scenario.spec.recodes)
    assert known_until(scenario, "2017-12").spec.programmes == {}
    assert known_until(scenario, "2030-01") is scenario


def test_a_closure_is_known_from_its_announcement(scenario):
    announced = scenario.override({"programmes.mosul_2019.notice_months": 3})
    assert "mosul_2019" in known_until(announced, LAUNCH).spec.programmes
    assert "mosul_2019" not in known_until(announced, "2019-05").spec.programmes


def test_until_then_it_is_the_same_run(scenario):
    whole = SolutionsModel(compile_scenario(scenario), seed=5).run()
    known = SolutionsModel(compiled_as_known(scenario, LAUNCH), seed=5).run()
    last = 19  # months to the end of July 2019
    for name in ("families", "by_wave", "site_families", "flows", "rent"):
        then, now = whole.recorder.arrays[name], known.recorder.arrays[name]
        here = slice(1, None) if name in ("families", "by_wave") else slice(None)  # those to come later are not known
        assert (then[: last + 1, here] == now[: last + 1, here]).all(), name
    assert (whole.recorder.arrays["site_families"][last + 2] != known.recorder.arrays["site_families"][last + 2]).any()


def test_security_stays_as_it_was(scenario):
    known, whole = compiled_as_known(scenario, "2018-06"), compile_scenario(scenario)
    assert (known.paths["security"][:6] == whole.paths["security"][:6]).all()
    assert (known.paths["security"][5:] == known.paths["security"][5]).all()
    assert np.abs(whole.paths["security"][5:] - known.paths["security"][5]).max() > 0, "it did change"


def test_a_wave_can_be_shifted():
    base = load_scenario("iraq/no-closure", {"rows": 6000, "months": 1})
    waves = list(compile_scenario(base).tables.waves["wave"])
    shifted = compile_scenario(base.override({"wave_shifts": {"w3": 0.75}})).wave_shift
    assert shifted[waves.index("w3")] == 0.75
    rest = [n for n, wave in enumerate(waves) if wave != "w3"]
    assert (shifted[rest] == compile_scenario(base).wave_shift[rest]).all()
