import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.errors import InputError
from privateedit.providers.typed_options import SEED, Number, Whole, Word, YesNo, typed

KINDS = {
    "seed": SEED,
    "steps": Whole(15, 50),
    "guidance": Number(1.5, 10),
    "size": Word(("1K", "2K")),
    "up": YesNo(),
}


def test_texts_become_what_the_service_takes():
    given_ = {"seed": "7", "steps": "50", "guidance": "1.5", "size": "2K", "up": "True"}
    read = typed(given_, KINDS, "model")
    assert read == {"seed": 7, "steps": 50, "guidance": 1.5, "size": "2K", "up": True}
    assert [type(value) for value in read.values()] == [int, int, float, str, bool]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("steps", "14"), ("steps", "51"), ("steps", "20.5"), ("steps", "twenty"), ("steps", ""),
        ("steps", "٢٠"),
        ("seed", "-1"), ("seed", str(2**32)), ("seed", "9" * 5000),
        ("guidance", "1.4"), ("guidance", "nan"), ("guidance", "inf"), ("guidance", "much"),
        ("size", "3K"), ("up", "yes"),
    ],
)  # fmt: skip
def test_a_value_that_is_none_is_named_by_its_option_and_not_repeated(name, text):
    with pytest.raises(InputError, match=f"The option {name} takes") as raised:
        typed({name: text}, KINDS, "model")
    assert str(KINDS[name]) in raised.value.message


def test_an_option_of_another_model_is_refused_with_those_it_has():
    with pytest.raises(InputError, match="no option 'steps'; it has: seed"):
        typed({"steps": "20"}, {"seed": SEED}, "model")
    with pytest.raises(InputError, match="it has: none"):
        typed({"steps": "20"}, {}, "model")


@given(st.integers(), st.integers(0, 60), st.integers(0, 60))
def test_a_whole_number_is_read_exactly_when_it_lies_within_its_bounds(number, least, most):
    read = Whole(least, most).read(str(number))
    assert read == (number if least <= number <= most else None)


@given(st.text(max_size=20))
def test_no_text_makes_a_kind_fail_otherwise(text):
    for name, kind in KINDS.items():
        try:
            assert name in typed({name: text}, KINDS, "model")
        except InputError:
            assert kind.read(text) is None
