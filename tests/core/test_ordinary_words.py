import unicodedata

from privateedit.core.ordinary_words import ORDINARY


def test_words_are_written_as_they_are_compared():
    for word in ORDINARY:
        assert word == word.casefold()
        assert not word.isascii() or word.isalpha()
        assert word == unicodedata.normalize("NFC", word)


def test_what_cameras_and_people_call_files_is_ordinary():
    assert {
        "img",
        "dsc",
        "dscn",
        "photo",
        "portrait",
        "scan",
        "edited",
        "final",
        "camera",
        "screenshot",
    } <= ORDINARY
    assert {"照片", "사진", "写真", "foto", "bild"} <= ORDINARY


def test_first_names_that_no_edit_asks_for_are_not():
    names = {
        "anna",
        "peter",
        "maria",
        "mohammed",
        "grace",
        "frank",
        "jack",
        "max",
        "schmidt",
        "garcia",
        "nguyen",
    }
    assert not names & ORDINARY
