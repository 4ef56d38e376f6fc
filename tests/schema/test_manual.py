"""The reference pages are current, and every number a person may set says what it is and where it comes from."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).parents[2]


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


manual = load(REPOSITORY / "docs" / "build_manual.py")


@pytest.mark.parametrize("name", ["parameters.md", "columns.md", "outputs.md"])
def test_the_committed_page_is_current(name: str) -> None:
    committed = (REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    assert committed == manual.pages()[name], "run python docs/build_manual.py"


@pytest.mark.parametrize("model", manual.DOCUMENTED, ids=lambda model: model.__name__)
def test_every_number_states_unit_meaning_and_source(model: type) -> None:
    fields = dict(manual.numeric_fields(model))
    assert fields
    for name, field in fields.items():
        extra = field.json_schema_extra or {}
        assert extra.get("unit"), f"{model.__name__}.{name} states no unit"
        assert extra.get("source"), f"{model.__name__}.{name} states no source"
        assert field.description, f"{model.__name__}.{name} states no meaning"


def test_every_parameter_is_on_the_page() -> None:
    page = manual.parameters_page()
    fields = [name for name, _ in manual.numeric_fields(manual.Parameters)]
    assert len(fields) > 50
    assert all(f"`{name.split('.')[-1]}`" in page for name in fields)


def test_numbers_in_and_out_of_models_are_found() -> None:
    names = dict(manual.numeric_fields(manual.Composition))
    assert {"sizes", "female_headed", "skill_sd"} <= set(names)
    assert "budget.subsistence" in dict(manual.numeric_fields(manual.Parameters))
    assert "budget" in dict(manual.numeric_fields(manual.PROGRAMMES["transport"])), "an optional number is a number"
    assert "kind" not in dict(manual.numeric_fields(manual.PROGRAMMES["transport"]))


def test_an_out_of_date_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "HERE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["build_manual.py", "--check"])
    assert manual.main() == 1
    assert not list(tmp_path.iterdir()), "a check writes nothing"
    monkeypatch.setattr(sys, "argv", ["build_manual.py"])
    assert manual.main() == 0
    assert {path.name for path in tmp_path.iterdir()} == {"parameters.md", "columns.md", "outputs.md"}
