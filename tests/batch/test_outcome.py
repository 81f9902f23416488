import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.batch.outcome import Failure, Outcome, Status, packed, shown, unpacked, worst
from privateedit.errors import CannotAlign, InputError, Sent


def test_a_failure_believes_an_error_that_knows_what_was_sent():
    assert Failure.of(CannotAlign("No.", sent=Sent.YES), Sent.UNKNOWN).sent is Sent.YES
    assert Failure.of(InputError("No."), Sent.UNKNOWN) == Failure("InputError", 2, "No.", Sent.UNKNOWN)


def test_an_unexpected_error_tells_its_kind_and_not_its_words():
    failure = Failure.of(ValueError("a secret prompt"), Sent.NO)
    assert (failure.code, failure.error) == (1, "Unexpected")
    assert "secret" not in failure.message
    assert "ValueError" in failure.message


def test_a_line_is_one_object_whatever_the_name():
    name = os.fsdecode(b'a\n\xff"b.jpg')
    line = Outcome(3, name, "a.png", Status.DONE, Sent.YES, None, {"restored": {"width": 3}}).line()
    assert line.count("\n") == 1
    told = json.loads(line)
    assert (told["name"], told["out"], told["restored"]) == (name, "a.png", {"width": 3})
    failed = json.loads(Outcome(3, "a", "a.png", Status.FAILED, Sent.NO, Failure("X", 5, "No.")).line())
    assert (failed["out"], failed["code"], failed["message"]) == (None, 5, "No.")


@given(st.binary(min_size=1, max_size=20).filter(lambda data: b"\0" not in data))
def test_every_file_name_comes_back_as_it_was(data):
    assert packed(unpacked(data)) == data
    text = shown(unpacked(data))
    assert text.isprintable()
    text.encode()


@pytest.mark.parametrize(
    ("codes", "code"),
    [({}, 0), ({0: 5}, 0), ({2: 3, 6: 1}, 6), ({2: 1, 3: 1}, 3), ({1: 1, 6: 9}, 1), ({4: 0, 2: 1}, 2)],
)
def test_the_worst_code_counts(codes, code):
    assert worst(codes) == code
