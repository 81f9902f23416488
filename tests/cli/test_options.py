import pytest

from privateedit.cli.options import chosen_ids
from privateedit.errors import InputError


@pytest.mark.parametrize(
    ("text", "ids"), [("all", None), ("ALL", None), ("none", ()), ("0", (0,)), ("0, 2", (0, 2))]
)
def test_faces_are_chosen_by_words_and_numbers(text, ids):
    assert chosen_ids(text) == ids


@pytest.mark.parametrize("text", ["", "a", "0,", "-1", "1.5", "٣"])
def test_anything_else_is_refused(text):
    with pytest.raises(InputError):
        chosen_ids(text)
