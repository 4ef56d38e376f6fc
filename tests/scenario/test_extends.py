"""Scenarios that extend others, overrides on the command line, and shipped names."""

import pytest

from sim.library import scenario_names
from sim.scenario import load_scenario
from sim.scenario.load import parse_override
from sim.schema.errors import InputError

CASE = "title: A case\nstart: 2018-01\nmonths: 12\nparameters: {choice: {epoch: 24}}\n"


def folder(path, **files: str):
    """Write files and return the folder."""
    for name, text in files.items():
        (path / f"{name}.yaml").write_text(text)
    return path


def refused(path, *parts: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    text = str(caught.value)
    for part in parts:
        assert part in text, text


def test_a_scenario_is_its_case_with_what_differs(tmp_path):
    folder(tmp_path, case=CASE, plan="extends: case\ntitle: Plan\nparameters: {choice: {security: 3}}\n")
    scenario = load_scenario(tmp_path / "plan.yaml")
    assert (scenario.spec.title, scenario.spec.months) == ("Plan", 12)
    assert (scenario.spec.parameters.choice.epoch, scenario.spec.parameters.choice.security) == (24, 3)
    assert scenario.name == f"{tmp_path.name}/plan"
    assert [path.name for path in scenario.lineage] == ["plan.yaml", "case.yaml"]
    assert scenario.tables == tmp_path.resolve()


def test_tables_belong_to_the_file_that_names_them(tmp_path):
    (tmp_path / "deep").mkdir()
    folder(tmp_path, case=CASE + "tables: figures\n")
    folder(tmp_path / "deep", plan="extends: ../case\ntitle: Plan\n")
    assert load_scenario(tmp_path / "deep" / "plan.yaml").tables == (tmp_path / "figures").resolve()


def test_a_circle_is_refused(tmp_path):
    folder(tmp_path, one="extends: two\ntitle: One\n", two="extends: three\n", three="extends: one\n")
    refused(tmp_path / "one.yaml", "three.yaml", "line 1", "extends", "circle")
    folder(tmp_path, self="extends: self\n")
    refused(tmp_path / "self.yaml", "self.yaml", "circle")


def test_a_long_chain_is_refused(tmp_path):
    folder(tmp_path, case=CASE, s0="extends: case\n", **{f"s{n}": f"extends: s{n - 1}\n" for n in range(1, 12)})
    refused(tmp_path / "s11.yaml", "extends", "too many")


def test_what_is_extended_must_be_there(tmp_path):
    folder(tmp_path, plan="title: Plan\nextends: nowhere\n", numbers="extends: 3\n")
    refused(tmp_path / "plan.yaml", "nowhere")
    refused(tmp_path / "numbers.yaml", "line 1", "extends", "3")
    refused(tmp_path / "missing.yaml", "missing.yaml", "does not exist")


def test_an_error_points_at_the_file_that_wrote_the_value(tmp_path):
    folder(tmp_path, case=CASE.replace("24", "0"), plan="extends: case\ntitle: Plan\n")
    refused(tmp_path / "plan.yaml", "case.yaml, line 4", "parameters.choice.epoch")


def test_overrides_are_checked_like_what_is_written(tmp_path):
    folder(tmp_path, case=CASE)
    scenario = load_scenario(tmp_path / "case.yaml")
    changed = scenario.override({"parameters.choice.epoch": 6, "months": 3})
    assert (changed.spec.parameters.choice.epoch, changed.spec.months) == (6, 3)
    assert scenario.spec.months == 12, "the original is left alone"
    with pytest.raises(InputError, match=r"override parameters\.choice.epoc.*unknown key - did you mean 'epoch'"):
        scenario.override({"parameters.choice.epoc": 6})
    with pytest.raises(InputError, match="override months"):
        scenario.override({"months": 0})


def test_overrides_as_written_on_a_command_line():
    assert parse_override("months=12") == ("months", 12)
    assert parse_override("a.b = x=y") == ("a.b", "x=y")
    for text in ("months", "=3", "a={"):
        with pytest.raises(InputError, match="--set"):
            parse_override(text)


def test_a_programme_of_unknown_kind_names_the_nearest(tmp_path):
    folder(tmp_path, case=CASE, plan="extends: case\ntitle: Plan\nprogrammes:\n  p: {kind: transprt}\n")
    refused(tmp_path / "plan.yaml", "line 4", "programmes.p.kind", "did you mean 'transport'", "camp_closure")
    folder(tmp_path, plan="extends: case\ntitle: Plan\nprogrammes:\n  p: {places_per_month: 3}\n")
    refused(tmp_path / "plan.yaml", "programmes.p", "kind is missing")
    window = "{kind: transport, places_per_month: 1, window: {first_month: 2018-05, last_month: 2018-04}}"
    folder(tmp_path, plan=f"extends: case\ntitle: Plan\nprogrammes:\n  p: {window}\n")
    refused(tmp_path / "plan.yaml", "programmes.p.window", "before first_month")


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_loads(name):
    assert load_scenario(name).name == name


def test_an_unknown_name_offers_the_nearest():
    refused("iraq/no-closur", "no such scenario", "did you mean 'iraq/no-closure'")
