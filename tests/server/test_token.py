import os
import stat

import pytest

from privateedit.errors import Refused
from privateedit.server.token import FILE, PREFIX, Token, local_token


def test_a_token_is_made_once_and_only_its_owner_reads_it(tmp_path):
    folder = tmp_path / "state"
    first = local_token(folder)
    assert first.text.startswith(PREFIX)
    assert len(first.text) > 40
    assert local_token(folder).text == first.text
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert local_token(tmp_path / "other").text != first.text


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_token_that_others_can_read_is_none(tmp_path):
    folder = tmp_path / "state"
    local_token(folder)
    (folder / FILE).chmod(0o644)
    with pytest.raises(Refused):
        local_token(folder)


def test_a_damaged_file_is_replaced(tmp_path):
    folder = tmp_path / "state"
    local_token(folder)
    (folder / FILE).write_bytes(b"\xff\x00")
    assert local_token(folder).text.startswith(PREFIX)


def test_only_the_whole_token_is_the_token():
    token = Token("pe-abc")
    assert token.is_in("pe-abc")
    assert not any(token.is_in(said) for said in ("pe-ab", "pe-abcd", "", None, "PE-ABC", "pe-äbc"))
    assert "abc" not in repr(token)
