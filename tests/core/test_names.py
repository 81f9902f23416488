import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from privateedit.core.names import Finding, Kind, Names, findings
from privateedit.core.ordinary_words import ORDINARY


def kinds(prompt, stem="", **fields):
    return [finding.kind for finding in findings(prompt, Names.of(file_stem=stem, **fields))]


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("Anna Schmidt in a garden", "anna-schmidt"),
        ("put anna in a garden", "IMG_AnnaSchmidt2024"),
        ("put anna in a garden", "20240513_anna_final(2)"),
        ("Make Anna's hair red", "anna"),
        ("annaschmidt, smiling", "anna schmidt"),
        ("AnnaSchmidt, smiling", "annaschmidt"),
        ("ANNA", "anna01"),
        ("Jose on a beach", "josé"),
        ("José on a beach", "jose"),
        ("Jose\u0301 on a beach", "jos\u00e9"),
        ("Jürgen on a beach", "juergen"),
        ("Juergen on a beach", "jürgen"),
        ("Jurgen on a beach", "Jürgen"),
        ("ŁUKASZ on a beach", "lukasz"),
        ("Søren on a beach", "soren"),
        ("Анна на пляже", "анна"),
        ("让张伟穿西装", "张伟-生日"),
        ("花子をビーチに", "田中花子_写真"),
        ("小明 in a suit", "王小明"),
        ("안나를 공원에", "안나"),
        ("Rose Brown on a beach", "rose_brown"),
        ("Grace on a beach", "grace"),
    ],
)
def test_a_name_from_the_files_name_is_found(prompt, stem):
    assert kinds(prompt, stem) == [Kind.FILE_NAME]


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("make the background blue", "blue_shirt"),
        ("make the blue shirt red", "blue_shirt"),
        ("add a rose to the garden", "rose-garden"),
        ("a brown rose", "rose_brown"),
        ("a professional portrait photo, 2024", "IMG_20240513_portrait-edited-final"),
        ("a scan of a screenshot", "Screenshot 2024-05-13 at 10.11.12"),
        ("hannah on a beach", "anna"),
        ("an oil painting of a man with a hat", "man_with_hat"),
        ("make this 照片 blue", "微信图片_20240513"),
        ("to be or not to be", "to"),
        ("a smiling woman", ""),
        ("", "anna"),
    ],
)
def test_ordinary_words_are_not_names(prompt, stem):
    assert kinds(prompt, stem) == []


def test_each_source_is_told_apart():
    names = Names.of(
        file_stem="beach",
        artists=["Peter Studio"],
        owners=["Copyright 2024 Maria Garcia, all rights reserved"],
        persons=["Lena", "Tom"],
    )
    found = findings(
        "Garcia's picture of Lena and Tom by Peter, all rights reserved, garcia@example.org", names
    )
    assert [(each.kind, each.count) for each in found] == [
        (Kind.ARTIST, 1),
        (Kind.OWNER, 2),
        (Kind.PERSON, 2),
        (Kind.EMAIL, 1),
    ]


def test_a_finding_says_where():
    (found,) = findings("For Anna and anna.", Names.of(file_stem="anna"))
    assert found == Finding(Kind.FILE_NAME, ((4, 8), (13, 17)))
    assert found.sentence == "The instruction contains a word of the file's name."


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_sentence(kind):
    assert kind.sentence.startswith("The instruction contains ")
    assert kind.sentence.endswith(".")


NAME = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=10).filter(
    lambda name: name not in ORDINARY
)
FILLER = st.lists(st.sampled_from(sorted(word for word in ORDINARY if word.isascii())), max_size=6).map(
    " ".join
)


@settings(deadline=None)
@given(
    NAME,
    FILLER,
    FILLER,
    st.sampled_from("-_ .+()&"),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_a_word_of_the_file_is_found_in_any_case_anywhere(name, before, after, separator, written):
    assert Kind.FILE_NAME in kinds(f"{before} {written(name)} {after}", f"img{separator}{name}{separator}01")


@settings(deadline=None)
@given(FILLER, FILLER)
def test_ordinary_words_never_warn(prompt, stem):
    assert kinds(prompt, stem.replace(" ", "_")) == []


@settings(deadline=None)
@given(st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_anything_can_be_checked_and_nothing_is_repeated(prompt, stem, fields):
    names = Names.of(file_stem=stem, artists=fields, owners=fields, persons=fields)
    for finding in findings(prompt, names):
        assert finding.sentence == finding.kind.sentence
        assert finding.count == len(finding.at) > 0
        assert all(isinstance(place, int) for span in finding.at for place in span)
    assert repr(names) == "Names()"


@settings(deadline=None)
@given(NAME)
def test_messages_hold_no_name(name):
    assume(not any(name in kind.sentence.lower() for kind in Kind))
    assume(name not in "finding(kind=<kind.file_name: 'file_name'>, at=((0, 00),))")
    for finding in findings(name, Names.of(file_stem=name)):
        assert name not in (finding.sentence + repr(finding)).lower()


def test_a_long_instruction_is_checked_in_time():
    names = Names.of(file_stem="anna-schmidt")
    start = time.perf_counter()
    assert findings("anna in a garden " * 2_000, names)[0].count == 2_000
    assert time.perf_counter() - start < 10
