"""Scenarios are ranked by nothing but solutions that last, on the command line too."""

from pathlib import Path

import pytest

from sim import cli
from sim.interventions import AidCut, CampClosure
from sim.outcomes import BEST, HEADLINE, require_rankable
from sim.outcomes.flags import PRESSING, RANKED_BY
from sim.schema.errors import InputError

NO_GAIN = "scenarios are not ranked by this: more returns, or fewer displaced, is not what displaced people gain"
REFUSED = {
    "returns": NO_GAIN,
    "displaced": NO_GAIN,
    "sustaned_whole": "no such outcome - did you mean 'sustained_whole'?",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_comparison_is_not_ranked_by_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        cli.main(["compare", "valley/as-is", "--seeds", "1", "--months", "1", "--rank-by", name])
    shown = capsys.readouterr()
    assert end.value.code == 2
    assert shown.out == ""
    (message,) = shown.err.strip().splitlines()
    assert message.startswith(f"error: --rank-by: {REFUSED[name]}")
    assert f"found '{name}'" in message
    assert f"allowed: {BEST}: solutions held for 12 months" in message
    assert not list(tmp_path.iterdir()), "refused before anything is run or written"


@pytest.mark.parametrize("name", sorted({one.name for one in HEADLINE} - set(RANKED_BY)))
def test_every_other_outcome_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        require_rankable(name)
    assert "scenarios are not ranked by this" in str(caught.value)


def test_scenarios_are_ranked_by_solutions_chosen_and_informed() -> None:
    assert [require_rankable(name) for name in RANKED_BY] == [BEST]
    label = next(one.label for one in HEADLINE if one.name == BEST)
    assert "choice" in label
    assert "informed" in label


def test_what_marks_a_gain_is_a_kind_of_programme() -> None:
    assert set(PRESSING) == {spec.model_fields["kind"].default for spec in (CampClosure, AidCut)}
