import numpy as np
import pytest
from tests.contracts.conftest import a_payload

from privateedit.core.edit import Instruction
from privateedit.core.errand import MOST_BESIDE, MOST_RESULTS, Errand, Takes
from privateedit.core.payload import _mint
from privateedit.errors import InputError, Refused

WORDS = Instruction("a violet scarf")
PAYLOAD = a_payload()


def region(shape=PAYLOAD.hidden.shape):
    where = np.zeros(shape, np.bool_)
    where[2:9, 3:30] = True
    return where


def exposed():
    return _mint(data=b"x", image_format="png", hidden=np.ones((4, 4), np.bool_), sealed=False)


def test_it_asks_for_one_picture_anywhere_unless_told():
    errand = Errand(PAYLOAD, WORDS)
    assert (errand.where, errand.beside, errand.count) == (None, (), 1)
    assert Takes() == Takes(where=False, beside=0, count=1)


def test_its_region_is_a_copy_that_nobody_can_write():
    where = region()
    errand = Errand(PAYLOAD, WORDS, where)
    where[:] = False
    assert errand.where.sum() == 7 * 27
    with pytest.raises(ValueError, match="read-only"):
        errand.where[0, 0] = True
    with pytest.raises(ValueError, match=r"(?i)writeable"):
        errand.where.flags.writeable = True


@pytest.mark.parametrize(
    "where",
    [region((5, 40)), region().T, region().astype(np.uint8), np.zeros_like(PAYLOAD.hidden)],
    ids=["small", "turned", "numbers", "empty"],
)
def test_a_region_that_fits_nothing_or_marks_nothing(where):
    with pytest.raises(InputError, match="region"):
        Errand(PAYLOAD, WORDS, where)


@pytest.mark.parametrize("count", [0, -1, MOST_RESULTS + 1, True])
def test_a_number_of_results_that_nobody_gives(count):
    with pytest.raises(InputError, match="from 1 to 10"):
        Errand(PAYLOAD, WORDS, count=count)


def test_how_many_pictures_go_along():
    assert len(Errand(PAYLOAD, WORDS, beside=[PAYLOAD] * MOST_BESIDE, count=MOST_RESULTS).beside) == 15
    with pytest.raises(InputError, match="further pictures"):
        Errand(PAYLOAD, WORDS, beside=(PAYLOAD,) * (MOST_BESIDE + 1))


@pytest.mark.parametrize("beside", [(b"bytes",), (exposed(),), (PAYLOAD, None)])
def test_only_sealed_pictures_go_along(beside):
    with pytest.raises(Refused):
        Errand(PAYLOAD, WORDS, beside=beside)
    with pytest.raises(Refused):
        Errand(beside[-1] if beside[-1] is None else b"x", WORDS)


def test_an_exposed_picture_may_be_edited_by_whoever_may_see_it():
    assert not Errand(exposed(), WORDS).payload.sealed


def test_repr_shows_no_words():
    text = repr(Errand(PAYLOAD, WORDS, region(), (PAYLOAD,), 3))
    assert "violet" not in text
    assert text.endswith("1 beside, 3 wanted)")
