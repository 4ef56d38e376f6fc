import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.outcomes import SMALLEST_CELL
from sim.report.numbers import count, difference, level

counts = st.floats(0, 1e8, allow_nan=False)


def test_level_shows_four_digits_and_the_range_in_the_same_rounding():
    assert level(326_312.4, 324_871, 327_844, "families") == ("326,300", "(324,900-327,800)")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0, "families", "0"),
        (3, "families", "<10"),
        (9.99, "persons", "<10"),
        (10, "families", "10"),
        (1_824_946, "persons", "1.825 M"),
        (42_757_260, "USD", "42.76 M USD"),
        (950, "USD", "950 USD"),
        (4.4, "USD", "4 USD"),
        (44.94, "%", "44.9%"),
        (3, "%", "3.0%"),
    ],
)
def test_one_number(value, unit, shown):
    assert count(value, unit) == shown


def test_a_small_end_of_a_range_is_withheld_too():
    assert level(15, 4, 28, "families") == ("15", "(<10-28)")


def test_difference_carries_its_sign():
    assert difference(-42_680, -43_586, -41_647, "families", (311_800, 269_100)) == (
        "-42,680",
        "(-43,590 to -41,650)",
    )
    assert difference(33.09, 31, 34.2, "%", (11.9, 44.9)) == ("+33.1 points", "(+31.0 to +34.2)")


def test_no_difference_from_which_a_withheld_count_follows():
    assert difference(996, 900, 1000, "families", (4, 1000)).value == "withheld"
    assert difference(3, 0, 5, "families", (4, 7)) == ("<10", "")


@given(counts, counts, counts)
def test_no_small_count_is_ever_written(mean, low, high):
    shown = level(mean, *sorted((low, high)), "families")
    for text in (shown.value, *shown.range.strip("()").replace(" M", "").split("-")):
        if text and "M" not in shown.joined(" ") and not text.startswith("<"):
            assert float(text.replace(",", "")) == 0 or float(text.replace(",", "")) >= SMALLEST_CELL
