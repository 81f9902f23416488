from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers

from privateedit.errors import NotServed, ProviderError, Sent
from privateedit.server.repeats import Repeats, mark_of

FIRST, AGAIN, TWICE = (Headers({"x-stainless-retry-count": count}) for count in "012")
MARK = b"one edit"


class Ledger:
    def name(self, photo):
        return photo


def send(repeats, headers, mark=MARK, error=None):
    with repeats.sending(headers, mark):
        if error is not None:
            raise error


def refused(repeats, headers, mark=MARK):
    with pytest.raises(NotServed) as caught:
        send(repeats, headers, mark)
    assert caught.value.status == 409
    return caught.value.sent


def test_what_was_sent_is_not_sent_again_by_a_client_alone():
    repeats = Repeats()
    send(repeats, FIRST)
    assert refused(repeats, AGAIN) is Sent.YES
    assert refused(repeats, Headers({"x-stainless-retry-count": "x"})) is Sent.YES


def test_while_it_is_under_way_nobody_knows_yet():
    repeats = Repeats()
    with repeats.sending(FIRST, MARK):
        assert refused(repeats, AGAIN) is Sent.UNKNOWN


@pytest.mark.parametrize("sent", [Sent.YES, Sent.UNKNOWN])
def test_what_may_have_left_counts_as_sent_and_is_told(sent):
    repeats = Repeats()
    with pytest.raises(ProviderError):
        send(repeats, FIRST, error=ProviderError("it broke", sent=sent))
    assert refused(repeats, AGAIN) is sent


def test_what_did_not_leave_may_be_tried_again():
    repeats = Repeats()
    with pytest.raises(ProviderError):
        send(repeats, FIRST, error=ProviderError("no connection", sent=Sent.NO))
    send(repeats, AGAIN)
    assert refused(repeats, TWICE) is Sent.YES


def test_an_earlier_try_does_not_overtake_a_later_one():
    repeats = Repeats()
    with repeats.sending(AGAIN, MARK):
        assert refused(repeats, FIRST) is Sent.UNKNOWN


def test_an_error_nobody_thought_of_may_have_sent_it():
    repeats = Repeats()
    with pytest.raises(RuntimeError):
        send(repeats, FIRST, error=RuntimeError())
    assert refused(repeats, AGAIN) is Sent.UNKNOWN


def test_a_person_may_ask_as_often_as_they_like():
    repeats = Repeats()
    for headers in (FIRST, FIRST, Headers({})):
        send(repeats, headers)


def test_what_was_never_sent_may_be_tried_again():
    send(Repeats(), AGAIN)


def test_nothing_is_remembered_for_long():
    clock = [0.0]
    repeats = Repeats(lambda: clock[0])
    send(repeats, FIRST)
    clock[0] = 1801.0
    send(repeats, AGAIN)
    assert len(repeats._last) == 1


def mark(*photos, prompt="x", model="", count=1, canvas=None):
    pictures = [SimpleNamespace(concealed=SimpleNamespace(photo=photo)) for photo in photos]
    return mark_of(
        pictures, SimpleNamespace(prompt=prompt, model=model, count=count, canvas=canvas), Ledger()
    )


def test_the_same_edit_has_the_same_mark_and_another_has_another():
    assert mark("a") == mark("a")
    others = [mark("b"), mark("a", "b"), mark("a", prompt="y"), mark("a", model="m"), mark("a", count=2)]
    assert len({mark("a"), *others}) == 6
