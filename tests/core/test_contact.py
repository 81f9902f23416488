import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.core.contact import contacts


def kinds(text):
    return [kind for kind, _ in contacts(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to anna.schmidt+x@mail.example.org please", "email"),
        ("jürgen@müller.de", "email"),
        ("like on https://example.org/anna", "web"),
        ("see www.example.org", "web"),
        ("see anna-schmidt.de/me", "web"),
        ("in the style of @anna_s", "handle"),
        ("@anna.s, smiling", "handle"),
        ("call +49 170 1234567", "phone"),
        ("call +4917012345678", "phone"),
        ("call 0170/1234567", "phone"),
        ("call (555) 123-4567", "phone"),
        ("call 555-123-4567", "phone"),
        ("call 1.800.555.0199", "phone"),
        ("number 123456789", "number"),
        ("card 4111 1111 1111 1111", "number"),
        ("number 123-45-6789", "number"),
    ],
)
def test_what_leads_to_a_person_is_found(text, kind):
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "make the background blue",
        "at 1920x1080, then 4096 x 4096",
        "on 2024-05-13 or 13.05.2024 or 5/13/24",
        "from 1980-2020, the 1960s",
        "in 255 255 255 and rgb(12, 200, 13), #ff00aa, #123456789",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "f/1.8, 1/250 s, ISO 3200, 50 mm, 5500 K",
        "make it nicer.Then stop",
        "50% brighter, 16:9, 10 000 stars",
        "a @ b",
    ],
)
def test_ordinary_numbers_and_points_are_not(text):
    assert kinds(text) == []


def test_a_stretch_is_found_once_and_where_it_is():
    text = "anna@example.org and @anna, +49 170 1234567"
    assert [(kind, text[a:b]) for kind, (a, b) in contacts(text)] == [
        ("email", "anna@example.org"),
        ("handle", "@anna"),
        ("phone", "+49 170 1234567"),
    ]


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12)


@settings(deadline=None)
@given(WORD, WORD, WORD, st.text("abc ,.", max_size=20), st.text("abc ,", max_size=20))
def test_every_plain_address_is_found_anywhere(user, host, ending, before, after):
    assert "email" in kinds(f"{before} {user}@{host}.{ending} {after}")


@settings(deadline=None)
@given(st.integers(10**6, 10**14))
def test_every_long_number_is_found(number):
    assert len(kinds(f"id {number} on a card")) == 1


@settings(deadline=None)
@given(st.text())
def test_places_lie_inside_the_text_and_do_not_overlap_within_a_kind(text):
    ends = {}
    for kind, (start, end) in contacts(text):
        assert ends.get(kind, 0) <= start < end <= len(text)
        ends[kind] = end


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "a." * 25_000, "@" * 50_000, "1-" * 25_000, "1 " * 25_000, "(+" * 25_000]
)
def test_a_hostile_text_is_read_in_time(text):
    start = time.perf_counter()
    assert len(kinds(text)) <= len(text)
    assert time.perf_counter() - start < 10  # what backtracks over the whole text takes minutes
