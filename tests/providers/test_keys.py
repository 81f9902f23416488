import pickle

import pytest

from privateedit.errors import InputError
from privateedit.providers.keys import Key
from privateedit.providers.openai import OpenAI
from privateedit.providers.service import Login, Profile

SECRET = "sk-very-secret"


def test_a_key_is_shown_to_nobody_but_its_service():
    key = Key(SECRET)
    assert SECRET not in repr(key)
    assert SECRET not in str(key)
    with pytest.raises(TypeError):
        pickle.dumps(key)
    assert key.header(OpenAI.profile) == ("authorization", f"Bearer {SECRET}")


def test_other_ways_to_show_it():
    plain = Profile("x", "X", "", login=Login("x-key", ""))
    assert Key(SECRET).header(plain) == ("x-key", SECRET)
    basic = Profile("x", "X", "", login=Login(prefix="Basic ", basic=True))
    assert Key("me:pass").header(basic) == ("authorization", "Basic bWU6cGFzcw==")


@pytest.mark.parametrize("secret", ["two\nlines", "é", "tab\tbed"])
def test_what_would_break_a_header_is_no_key(secret):
    with pytest.raises(InputError) as caught:
        Key(secret)
    assert secret not in str(caught.value)
