import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.batch.naming import (
    HOME,
    SHEETS,
    beside_ours,
    folders_of,
    free_stem,
    is_inside,
    is_ours,
    is_photo,
    key_of,
    made_inside,
    require_nameable,
    stem_of,
    wanted_stem,
)
from privateedit.errors import OutputError


def test_photos_are_known_by_their_ending():
    assert is_photo("a.JPG")
    assert is_photo("2023/a.heic")
    for name in ("a.txt", "a", ".a.jpg", "2023/._a.jpg", "a.jpg.part", "a.psd"):
        assert not is_photo(name), name


def test_a_stem_loses_the_last_ending_only():
    assert stem_of("2023.05/a.b.jpg") == "2023.05/a.b"
    assert stem_of("2023.05/readme") == "2023.05/readme"


def test_names_that_one_file_system_takes_for_one_have_one_key():
    assert key_of("Ann/STRASSE") == key_of("ann/straße")
    assert key_of(unicodedata.normalize("NFD", "Émile")) == key_of("émile")
    assert key_of("a") != key_of("b")


def test_a_taken_stem_gets_the_next_number():
    taken = {"a", "a-2"}
    assert free_stem("a", taken.__contains__) == ("a-3", 3)
    assert free_stem("b", taken.__contains__) == ("b", 1)
    assert free_stem("a", taken.__contains__, start=3) == ("a-3", 3)


def test_nothing_is_put_where_the_batch_keeps_its_own():
    for stem in (f"{HOME}/photos", f"{SHEETS}/0001", "outcomes", "Contact-Sheet/a"):
        assert is_ours(stem), stem
    assert free_stem("outcomes", lambda stem: False) == ("outcomes-2", 2)
    assert not is_ours("2023/outcomes")
    assert free_stem("journals", lambda stem: False) == ("journals-2", 2)
    assert free_stem("outcomes/a", lambda stem: False) == ("outcomes/a", 1)
    assert free_stem("Contact-Sheet/a", lambda stem: False) == ("Contact-Sheet-2/a", 1)


def test_folders_are_those_above():
    assert folders_of("A/b/c.jpg") == ["a/b", "a"]
    assert folders_of("c.jpg") == []


@given(st.lists(st.text("aAb-2ß.", min_size=1, max_size=5), max_size=30))
def test_stems_never_share_a_key_and_keep_what_they_were(names):
    taken = {}
    for name in names:
        stem, number = free_stem(name, lambda each: key_of(each) in taken)
        assert key_of(stem) not in taken
        assert stem == (name if number == 1 else f"{name}-{number}")
        taken[key_of(stem)] = stem


def test_a_folder_that_is_called_like_ours_gets_a_number():
    assert free_stem("contact-sheet/a", lambda stem: False) == ("contact-sheet-2/a", 1)
    assert free_stem("Contact-Sheet/b/a", {"Contact-Sheet-2/b/a"}.__contains__) == (
        "Contact-Sheet-2/b/a-2",
        2,
    )
    assert beside_ours("outcomes/a") == "outcomes/a"  # the file beside it has an ending
    assert beside_ours("2023/outcomes") == "2023/outcomes"
    assert not is_ours(beside_ours(f"{HOME}/a"))


OUTSIDE = (
    "../x.png",
    "a/../../x.png",
    "/x.png",
    "//x",
    "a//x",
    "./x",
    "a/.",
    "",
    "..",
    "C:/x",
    "c:\\x",
    "..\\x",
)


def test_names_that_lead_out_are_known_and_made_harmless():
    for name in (*OUTSIDE, "a\0.png"):
        assert not is_inside(name), name
        assert is_inside(made_inside(name)), name
    for name in ("a.png", "..a/b..png", "12:30.jpg", "a b/c.jpg"):
        assert is_inside(name), name
        assert made_inside(name) == name
    assert made_inside("../../x.png") == "_/_/x.png"


def test_a_name_that_is_no_text_has_a_key_that_is():
    key_of("\udcff/a").encode()
    assert key_of("\udcff") != key_of("\udcfe")


def test_a_stem_that_a_file_can_have_is_kept():
    for stem in ("a", "2023/a", "a\\b", "C:x", "x" * 251, "é" * 125, "outcomes/a"):
        assert wanted_stem(f"{stem}.jpg", ".png") == stem


def test_a_stem_that_no_file_here_can_have_is_made_one():
    assert wanted_stem("C:\\x.jpg", ".png") == "C:_x"
    assert wanted_stem("a\\\\b.jpg", ".png") == "a__b"
    assert wanted_stem("..\\x.jpg", ".png") == ".._x"
    assert wanted_stem("C:/x.jpg", ".png") == "_/x"
    assert wanted_stem("contact-sheet/..jpg", ".png").startswith("contact-sheet-2/")
    assert wanted_stem("é" * 126 + ".jpg", ".png") == "é" * 125
    assert wanted_stem("d" * 300 + "/" + "x" * 252, ".png") == "d" * 255 + "/" + "x" * 250


def test_a_number_finds_room_in_the_longest_name():
    taken = {"x" * 251}
    assert free_stem("x" * 251, taken.__contains__, ending=".png") == ("x" * 248 + "-2", 2)
    assert free_stem("x" * 251, taken.__contains__, 12, ".jpeg") == ("x" * 247 + "-12", 12)
    assert free_stem("x" * 249, {"x" * 249}.__contains__, ending=".png") == ("x" * 249 + "-2", 2)


PARTS = st.text("a\\:C./é", min_size=1, max_size=9).map(lambda part: part.replace("/", "é" * 140))


@given(st.lists(PARTS.filter(lambda part: part not in {".", ".."}), min_size=1, max_size=4).map("/".join))
def test_what_is_wanted_can_always_be_had(name):
    for ending in (".png", ".JPEG"):
        stem = wanted_stem(name, ending)
        require_nameable(stem + ending)
        require_nameable(free_stem(stem, {stem}.__contains__, ending=ending)[0] + ending)


@pytest.mark.parametrize("out", ["../x.png", "contact-sheet/x.png", "x" * 252 + ".png", "d" * 256 + "/x.png"])
def test_a_name_that_cannot_be_had_is_refused(out):
    with pytest.raises(OutputError, match="name"):
        require_nameable(out)
