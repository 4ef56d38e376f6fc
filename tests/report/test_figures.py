import matplotlib as mpl
import pytest
from matplotlib.image import imread

from sim.report.figures import CHARTS, charts_of, draw, save_figures
from sim.report.view import COMPARED

LABEL = "luck only; parameter uncertainty not included"


def words(figure):
    return " ".join(" ".join(text.get_text() for text in figure.findobj(mpl.text.Text)).split())


@pytest.mark.parametrize("name", CHARTS)
def test_every_figure_says_what_it_is(comparison, name):
    text = words(draw(comparison)[name])
    assert LABEL in text
    assert "Scenario, not a forecast." in text
    for title in ("No closure", "Camps closed without notice", "Camps closed with notice and alternatives"):
        assert title in text


def test_differences_are_those_that_are_published(comparison):
    figure = draw(comparison)["differences"]
    assert len([axis for axis in figure.axes if axis.get_title(loc="left")]) == len(COMPARED)
    axis = next(axis for axis in figure.axes if axis.get_title(loc="left") == "Still displaced at the end")
    marks = {line.get_label(): line for line in axis.lines if not line.get_label().startswith("_")}
    table = comparison.published.query("outcome == 'displaced'").set_index("scenario")
    for name in comparison.scenarios[1:]:
        assert marks[comparison.titles[name] + (" (!)" if name in comparison.flags else "")].get_xdata() == [
            table.loc[name, "difference"]
        ]
    assert len({line.get_marker() for line in marks.values()}) == 2, "told apart without colour"


@pytest.mark.parametrize("name", charts_of(1))
def test_a_run_has_no_range(result, name):
    text = words(draw(result)[name])
    assert "One run, seed 1" in text
    assert "Ranges" not in text


def test_scenarios_differ_without_colour(comparison):
    axis = draw(comparison)["stock"].axes[0]
    lines = [line for line in axis.lines if not line.get_label().startswith("_")]
    assert len({line.get_marker() for line in lines}) == 3
    bars = draw(comparison)["moves"].axes[0].patches
    assert len({bar.get_hatch() for bar in bars}) == 3


def test_nothing_is_cut_off(comparison, result):
    for shown in (comparison, result):
        for figure in draw(shown).values():
            figure.draw_without_rendering()
            inked, page = figure.get_tightbbox(), figure.bbox_inches
            assert inked.x0 >= -0.02
            assert inked.y0 >= -0.02
            assert inked.x1 <= page.x1 + 0.02
            assert inked.y1 <= page.y1 + 0.02


def test_title_and_legend_do_not_meet(comparison):
    figure = draw(comparison)["moves"]
    figure.draw_without_rendering()
    title, legend = figure.texts[0].get_window_extent(), figure.legends[0].get_window_extent()
    assert legend.y1 <= title.y0 + 1
    assert figure.axes[0].get_window_extent().y1 <= legend.y0 + 1


@pytest.mark.slow
def test_files_open_and_repeat_exactly(result, tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    written = []
    for folder in folders:
        folder.mkdir()
        written.append(save_figures(result, folder))
    assert {path.name for path in written[0]} == {f"{name}.{kind}" for name in charts_of(1) for kind in ("png", "svg")}
    for first, second in zip(*written, strict=True):
        assert first.read_bytes() == second.read_bytes()
        if first.suffix == ".png":
            assert imread(first).std() > 0
        else:
            assert "<svg" in first.read_text()
