import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.numbers import count, difference, level

counts = st.floats(0, 1e8, allow_nan=False)


def test_level_shows_four_digits_and_the_range_in_the_same_rounding():
    assert level(326_312.4, 324_871, 327_844, "families") == ("326,300", "(324,900-327,800)")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0, "families", "0"),
        (float("nan"), "families", "withheld"),
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


def test_a_range_below_zero_is_in_words():
    assert level(-195_100, -341_300, -48_800, "USD") == ("-195,100 USD", "(-341,300 to -48,800)")
    assert level(1_000, -500, 2_500, "USD").range == "(-500 to 2,500)"


def test_difference_carries_its_sign():
    assert difference(-42_680, -43_586, -41_647, "families") == (
        "-42,680",
        "(-43,590 to -41,650)",
    )
    assert difference(33.09, 31, 34.2, "%") == ("+33.1 points", "(+31.0 to +34.2)")


def test_a_blank_is_withheld():
    blank = float("nan")
    assert level(blank, blank, blank, "families") == ("withheld", "")
    assert difference(blank, blank, blank, "families") == ("withheld", "")


@given(counts, counts, counts)
def test_a_level_and_its_range_are_rounded_alike(mean, low, high):
    low, mean, high = sorted((low, mean, high))
    shown = level(mean, low, high, "families")
    texts = [shown.value, *shown.range.strip("()").replace(" M", "").split("-")]
    values = [float(text.replace(" M", "").replace(",", "")) for text in texts if text]
    assert values[0] <= values[-1]
    assert values[len(values) > 1] <= values[0]
