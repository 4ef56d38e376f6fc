"""Words of the page: the same keys, values and emphasis in every language, and no key that is unknown or unused."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sim.live import places
from sim.schema.errors import is_printable

LIVE = Path(places.__file__).parent
LANGUAGES = ("en", "fr", "ar")
OTHERS = LANGUAGES[1:]
PLURALS = {"en": {"one"}, "fr": {"one", "many"}, "ar": {"zero", "one", "two", "few", "many"}}  # beside "other"
VALUE, TAG = re.compile(r"\{(\w+)\}"), re.compile(r"</?\w+>")
#: What the server, or a value of it, names: of these keys every one may be used.
DYNAMIC = ("lever.", "unit.", "help.", "trait.", "watch.", "error.")
ALIKE = {"Notes", "Actions", "Action", "Conditions", "Version {version}.", "ltr"}  # the same words in French
NAMES = {"JavaScript", "solutions-sim"}  # that stay as they are in Arabic


@cache
def catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((LIVE / "words" / f"{language}.json").read_text(encoding="utf-8"))
    return found


@cache
def page() -> str:
    files = sorted(path for path in (LIVE / "page").iterdir() if path.suffix in (".js", ".html"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def base(key: str) -> str:
    return key.partition("#")[0]


def keys(language: str) -> set[str]:
    return {base(key) for key in catalogue(language)}


def test_keys_stand_once() -> None:
    for language in LANGUAGES:
        text = (LIVE / "words" / f"{language}.json").read_text(encoding="utf-8")
        pairs = json.loads(text, object_pairs_hook=list)
        assert len(pairs) == len(catalogue(language)), language
        assert keys(language) <= set(catalogue(language)), "a plural variant has the plain text beside it"


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert keys(language) == keys("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_and_emphasis_are_those_of_english(language: str) -> None:
    for key, text in catalogue(language).items():
        english = catalogue("en")[base(key)]
        values, wanted = set(VALUE.findall(text)), set(VALUE.findall(english))
        spelled_out = {"n"} if "#" in key else set()  # "two months" is one word in Arabic
        assert values <= wanted <= values | spelled_out, key
        assert TAG.findall(text) == TAG.findall(english), key
        assert not TAG.sub("", text).count("<"), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_can_be_shown_and_use_western_digits(language: str) -> None:
    for key, text in catalogue(language).items():
        assert text == text.strip() != "", key
        assert is_printable(text), key
        assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", text), key
    assert catalogue(language)["locale"].endswith("-u-nu-latn")
    assert catalogue(language)["direction"] == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_variants_are_those_of_the_language(language: str) -> None:
    counted = {base(key) for key in catalogue("en") if "#" in key}
    assert {key.partition("#")[2] for key in catalogue(language) if "#" in key} <= PLURALS[language]
    if language == "ar":
        for key in counted:
            assert {f"{key}#few", f"{key}#many"} <= set(catalogue("ar")), key


def test_what_may_be_negative_is_written_out() -> None:
    """A sum of money below zero takes the variant of its size, which must not swallow number and sign."""
    for language in LANGUAGES:
        money = [text for key, text in catalogue(language).items() if base(key).startswith(("usd", "unit.USD"))]
        assert all("{n}" in text for text in money), language


def test_no_english_is_left_over() -> None:
    for key, text in catalogue("fr").items():
        words = VALUE.sub("", catalogue("en")[base(key)]).replace("USD", "")
        if re.search("[a-z]", words) and "#" not in key:
            assert text != catalogue("en")[key] or text in ALIKE, key
    for key, text in catalogue("ar").items():
        latin = set(re.findall(r"[A-Za-z][\w-]+", TAG.sub("", VALUE.sub("", text))))
        assert latin <= NAMES or key in ("locale", "direction"), key


def literals() -> Iterator[str]:
    """Yield every quoted text of the page that looks like a key of a family that the catalogue has."""
    families = {key.partition(".")[0] for key in keys("en") if "." in key}
    for found in re.findall(r'"([a-z_]+(?:\.[\w/-]+)+)"', page()):
        if found.partition(".")[0] in families and not found.endswith((".js", ".html", ".css", ".json", ".yaml")):
            yield found


def patterns() -> list[re.Pattern[str]]:
    """Return what keys are put together from, such as ``sentence.*.*``, as patterns."""
    families = {key.partition(".")[0] for key in keys("en")}
    found = [
        text for text in re.findall(r"`((?:[^`\s$]|\$\{[^}`]*\})*)`", page()) if text.partition(".")[0] in families
    ]
    pieces = [re.split(r"\$\{[^}]*\}", text) for text in found]
    return [re.compile(r"[\w/.-]+".join(map(re.escape, one))) for one in pieces if len(one) > 1]


def test_every_key_that_the_page_names_is_there() -> None:
    named = set(literals()) | set(re.findall(r'data-t(?:-label|-title)?="([^"]+)"', page()))
    assert len(named) > 80
    assert named <= keys("en")
    called = set(re.findall(r'\bt\("([^"]+)"', page()))
    assert called <= keys("en")


def test_every_pattern_of_the_page_fits_some_key() -> None:
    found = patterns()
    assert len(found) > 5
    assert all(any(pattern.fullmatch(key) for key in keys("en")) for pattern in found)


def test_no_key_is_unused() -> None:
    quoted = set(re.findall(r'"([^"\n]+)"', page()))
    made = patterns()
    unused = {
        key
        for key in keys("en")
        if key not in quoted and not key.startswith(DYNAMIC) and not any(one.fullmatch(key) for one in made)
    }
    assert unused <= {"locale"}, "words.js reads it from the catalogue"
