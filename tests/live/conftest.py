"""One page of the valley with every lever there is, served to all tests that ask something of it."""

from collections.abc import Iterator

import pytest
from serving_it import Served, served

from sim.live.engine import Engine, Size
from sim.scenario import load_scenario


@pytest.fixture(scope="session")
def page() -> Iterator[Served]:
    with served(Engine(load_scenario("valley/as-is"), None, Size(seeds=2), processes=2)) as running:
        yield running
